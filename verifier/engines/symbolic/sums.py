"""Sums of scalars in one form: how often each term, and a constant; terms in one order."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TypeAlias
from weakref import WeakKeyDictionary

from verifier.ir import build
from verifier.ir import types as T
from verifier.ir.expr import Arith, Expr, Literal, make

Bounds: TypeAlias = tuple[int | None, int | None]

Sum: TypeAlias = tuple[Counter[Expr], int]

_places: WeakKeyDictionary[Expr, int] = WeakKeyDictionary()
_count = count()


def bounds(of: T.Type) -> Bounds:
    """The least and the greatest value of a scalar type."""
    if isinstance(of, T.Int):
        return of.low, of.high
    numbers = T.scalar_range(of)
    if numbers is None:
        return (0, None)
    return numbers.start, numbers.stop - 1


def ordered(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """The two sides of an equality, a constant on the right, in an order that is always the same
    in one process."""
    if isinstance(left, Literal):
        return right, left
    if isinstance(right, Literal):
        return left, right
    return (left, right) if place_of(left) <= place_of(right) else (right, left)


def place_of(term: Expr) -> int:
    return _places.setdefault(term, next(_count))


def sum_of(term: Expr) -> Sum:
    """The sum that a term is.  Not by recursion: a sum of thousands of truths is as deep."""
    terms: Counter[Expr] = Counter()
    constant = 0
    waiting = [(term, 1)]
    while waiting:
        part, sign = waiting.pop()
        if isinstance(part, Literal):
            constant += sign * value_of(part)
        elif isinstance(part, Arith) and part.op in "+-" and not isinstance(part.type, T.Mod):
            waiting.append((part.right, sign if part.op == "+" else -sign))
            waiting.append((part.left, sign))
        elif isinstance(part, Arith) and part.op == "*" and isinstance(part.right, Literal):
            terms[part.left] += sign * value_of(part.right)
        else:
            terms[part] += sign
    return Counter({term: n for term, n in terms.items() if n}), constant


def added(left: Sum, right: Sum, sign: int) -> Sum:
    terms = Counter(left[0])
    for term, n in right[0].items():
        terms[term] += sign * n
    return Counter({term: n for term, n in terms.items() if n}), left[1] + sign * right[1]


def made(whole: Sum) -> Expr:
    terms, constant = whole
    found: Expr | None = None
    for term, n in sorted(terms.items(), key=lambda item: place_of(item[0])):
        part = term if n == 1 else make(Arith, "*", term, build.number(n), T.Int(*_scaled(term, n)))
        found = part if found is None else _plus(found, part)
    if found is None:
        return build.number(constant)
    return found if constant == 0 else _plus(found, build.number(constant))


def _plus(left: Expr, right: Expr) -> Expr:
    (a, b), (c, d) = bounds(left.type), bounds(right.type)
    low = None if a is None or c is None else a + c
    high = None if b is None or d is None else b + d
    return make(Arith, "+", left, right, T.Int(low, high))


def _scaled(term: Expr, factor: int) -> Bounds:
    low, high = bounds(term.type)
    ends = (
        None if low is None else low * factor,
        None if high is None else high * factor,
    )
    return ends if factor >= 0 else (ends[1], ends[0])


def sum_bounds(terms: Counter[Expr], constant: int) -> Bounds:
    low: int | None = constant
    high: int | None = constant
    for term, n in terms.items():
        least, most = _scaled(term, n)
        low = None if low is None or least is None else low + least
        high = None if high is None or most is None else high + most
    return low, high


def value_of(constant: Literal) -> int:
    """The number that a constant is."""
    assert isinstance(constant.value, int)
    return constant.value
