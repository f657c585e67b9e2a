"""Scalar expressions with everything folded that a solver need not be asked.

The formulas of the symbolic engines are expressions of the pivot over scalars only: truth values,
numbers, enumerations and stamps.  The constructors here know more than those of `ir.build`, for
here every leaf is a scalar: they put comparisons into the branches of an ``if``, cancel what stands
on both sides, and write each comparison in one way, so that equal facts are one node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from verifier.engines.symbolic.sums import (
    added,
    made,
    ordered,
    place_of,
    sum_bounds,
    sum_of,
    value_of,
)
from verifier.engines.symbolic.sums import bounds as bounds
from verifier.ir import build
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import (
    And,
    Arith,
    Equal,
    Expr,
    Fresh,
    If,
    Less,
    Literal,
    Or,
    make,
)

PUSHED_MAX = 64  # comparisons that two branching terms may become
ONE_BY_ONE_MAX = 32  # truths that are counted one by one


class NotSymbolic(Exception):
    """Something of the model cannot be said to a solver; the message says what."""


def integer(value: int) -> Literal:
    """A number."""
    return build.number(value)


def conjunction(arguments: Iterable[Expr]) -> Expr:
    """a and b and ...; a fact beside its opposite is false."""
    found = build.conjunction(arguments)
    if isinstance(found, And):
        parts = set(found.arguments)
        if any(negate(part) in parts for part in found.arguments):
            return FALSE
    return found


def disjunction(arguments: Iterable[Expr]) -> Expr:
    """a or b or ...; a fact beside its opposite is true."""
    found = build.disjunction(arguments)
    if isinstance(found, Or):
        parts = set(found.arguments)
        if any(negate(part) in parts for part in found.arguments):
            return TRUE
    return found


def implies(left: Expr, right: Expr) -> Expr:
    """not a or b."""
    return disjunction((negate(left), right))


def choose(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    """if condition then .. else ..."""
    if condition is TRUE or then is otherwise:
        return then
    if condition is FALSE:
        return otherwise
    if then.type == T.BOOL:
        if then is TRUE or then is condition:
            return disjunction((condition, otherwise))
        if then is FALSE:
            return conjunction((negate(condition), otherwise))
        if otherwise is TRUE:
            return disjunction((negate(condition), then))
        if otherwise is FALSE or otherwise is condition:
            return conjunction((condition, then))
    if isinstance(then, If) and then.condition is condition:
        then = then.then
    if isinstance(otherwise, If) and otherwise.condition is condition:
        otherwise = otherwise.otherwise
    return make(If, condition, then, otherwise, _joined(then.type, otherwise.type))


def _joined(left: T.Type, right: T.Type) -> T.Type:
    """A type for both branches; only its bounds matter from here on."""
    if left == right or isinstance(left, T.Stamp | T.Bool):
        return left
    (a, b), (c, d) = bounds(left), bounds(right)
    low = None if a is None or c is None else min(a, c)
    high = None if b is None or d is None else max(b, d)
    return T.Int(low, high)


def same(left: Expr, right: Expr) -> Expr:
    """Whether two scalars are equal."""
    return _compared("same", left, right)


def below(left: Expr, right: Expr) -> Expr:
    """left < right."""
    return _compared("below", left, right)


def at_most(left: Expr, right: Expr) -> Expr:
    """left <= right."""
    return negate(below(right, left))


def forget() -> None:
    """Lets go of what was compared."""
    _compared.cache_clear()


@cache
def _compared(how: str, left: Expr, right: Expr) -> Expr:
    if left is right:
        return TRUE if how == "same" else FALSE
    if left.type == T.BOOL:
        return _same_truth(left, right) if how == "same" else conjunction((negate(left), right))
    if _branches(left) * _branches(right) <= PUSHED_MAX:
        if isinstance(left, If):
            return choose(
                left.condition,
                _compared(how, left.then, right),
                _compared(how, left.otherwise, right),
            )
        if isinstance(right, If):
            return choose(
                right.condition,
                _compared(how, left, right.then),
                _compared(how, left, right.otherwise),
            )
    if left.type == T.STAMP:
        return _stamps(how, left, right)
    return _numbers(how, left, right)


@cache
def _branches(term: Expr) -> int:
    """How many ways a term branches, ``if`` in ``if`` counted out."""
    return _branches(term.then) + _branches(term.otherwise) if isinstance(term, If) else 1


def _same_truth(left: Expr, right: Expr) -> Expr:
    if left is TRUE:
        return right
    if right is TRUE:
        return left
    if left is FALSE:
        return negate(right)
    if right is FALSE:
        return negate(left)
    if left is negate(right):
        return FALSE
    return make(Equal, left, right)


def _stamps(how: str, left: Expr, right: Expr) -> Expr:
    """A fresh stamp is greater than every stamp that there is."""
    first, second = _freshness(left), _freshness(right)
    if first or second:
        return build.truth(first == second if how == "same" else first < second)
    if how == "same":
        return make(Equal, *ordered(left, right))
    if isinstance(left, Literal) and isinstance(right, Literal):
        return build.truth(value_of(left) < value_of(right))
    if isinstance(right, Literal) and value_of(right) == 0:
        return FALSE
    return make(Less, left, right)


def _freshness(stamp: Expr) -> int:
    """0 for a stamp that was there before the step, otherwise its place among the fresh ones."""
    if not isinstance(stamp, Fresh):
        return 0
    if not (isinstance(stamp.back, Literal) and stamp.back.value == 0):
        raise NotSymbolic("a clock with a skew")
    return stamp.offset


# ---- numbers -----------------------------------------------------------------------------------


def plus(left: Expr, right: Expr) -> Expr:
    """The sum of two unbounded numbers."""
    return made(added(sum_of(left), sum_of(right), 1))


def arithmetic(op: str, left: Expr, right: Expr, of: T.Type) -> Expr:
    """As `expr.Arith`."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        value = build.compute(op, value_of(left), value_of(right))
        return integer(value % of.modulus if isinstance(of, T.Mod) else value)
    if isinstance(of, T.Mod):
        return _wrapped(op, left, right, of.modulus)
    if op in "+-":
        return made(added(sum_of(left), sum_of(right), 1 if op == "+" else -1))
    if op == "*" and isinstance(left, Literal):
        left, right = right, left
    if op == "*" and isinstance(right, Literal):
        terms, constant = sum_of(left)
        factor = value_of(right)
        return made((Counter({t: n * factor for t, n in terms.items()}), constant * factor))
    if op in "/%" and isinstance(right, Literal):
        if right.value == 0:
            return integer(0)
        interval = build.interval(op, T.Int(*bounds(left.type)), right.type)
        return make(Arith, op, left, right, interval)
    raise NotSymbolic(f"'{op}' of two numbers that are not known")


def _wrapped(op: str, left: Expr, right: Expr, modulus: int) -> Expr:
    """Sums and differences wrap at most once, and that is a case, not a division."""
    low, high = bounds(left.type)
    least, most = bounds(right.type)
    fits = (low is not None and low >= 0 and high is not None and high < modulus) and (
        least is not None and least >= 0 and most is not None and most < modulus
    )
    if op in "+-" and fits:
        plain = made(added(sum_of(left), sum_of(right), 1 if op == "+" else -1))
        once = plus(plain, integer(-modulus if op == "+" else modulus))
        if op == "+":
            return choose(below(plain, integer(modulus)), plain, once)
        return choose(below(plain, integer(0)), once, plain)
    return arithmetic("%", arithmetic(op, left, right, T.INTEGER), integer(modulus), T.INTEGER)


def total(truths: Sequence[Expr]) -> Expr:
    """How many of them are true."""
    one, zero = integer(1), integer(0)
    terms: Counter[Expr] = Counter()
    constant = 0
    for truth in truths:
        if truth is TRUE:
            constant += 1
        elif truth is not FALSE:
            terms[choose(truth, one, zero)] += 1
    return made((terms, constant))


def at_least(count: int, truths: Sequence[Expr]) -> Expr:
    """Whether so many of them are true."""
    if count <= 0:
        return TRUE
    if count > len(truths):
        return FALSE
    if count == 1:
        return disjunction(truths)
    if count == len(truths):
        return conjunction(truths)
    if 2 * count > len(truths) + 1:  # then fewer steps say how many are not
        return negate(at_least(len(truths) - count + 1, [negate(truth) for truth in truths]))
    return _reached(count, truths)[count]


def _reached(count: int, truths: Sequence[Expr]) -> list[Expr]:
    """Whether at least k of them are true, for each k up to ``count``.

    A few are gone through one by one.  Of many it is said by halves (Bailleux and Boufkhad, CP
    2003): one by one, the disjunctions of thousands of truths grow to millions of parts.
    """
    reached: list[Expr] = [TRUE, *(FALSE for _ in range(count))]
    if len(truths) <= ONE_BY_ONE_MAX:
        for truth in truths:
            for k in range(count, 0, -1):
                reached[k] = disjunction((reached[k], conjunction((reached[k - 1], truth))))
        return reached
    half = len(truths) // 2
    left, right = _reached(count, truths[:half]), _reached(count, truths[half:])
    for k in range(1, count + 1):
        reached[k] = disjunction(conjunction((left[i], right[k - i])) for i in range(k + 1))
    return reached


def _numbers(how: str, left: Expr, right: Expr) -> Expr:
    """Everything on one side: positive terms, negative terms, a constant."""
    terms, constant = added(sum_of(right), sum_of(left), -1)
    if not terms:
        return build.truth(constant == 0 if how == "same" else constant > 0)
    low, high = sum_bounds(terms, constant)
    if how == "same":
        if (low is not None and low > 0) or (high is not None and high < 0):
            return FALSE
    else:
        if low is not None and low > 0:
            return TRUE
        if high is not None and high <= 0:
            return FALSE
    if all(_is_bit(term) for term in terms):
        return _bits(how, terms, constant)
    negative = Counter({term: -n for term, n in terms.items() if n < 0})
    positive = Counter({term: n for term, n in terms.items() if n > 0})
    # Of one form: terms < terms + constant, the constant on the right; alone it has its own side.
    if how == "same":
        if not negative:
            return make(Equal, made((positive, 0)), integer(-constant))
        if not positive:
            return make(Equal, made((negative, 0)), integer(constant))
        one, other = made((negative, 0)), made((positive, 0))
        if constant == 0:
            return make(Equal, *ordered(one, other))
        if place_of(one) > place_of(other):
            one, other, constant = other, one, -constant
        return make(Equal, one, made((sum_of(other)[0], constant)))
    if not negative:  # 0 < positive + constant
        return negate(make(Less, made((positive, 0)), integer(1 - constant)))
    if not positive:
        return make(Less, made((negative, 0)), integer(constant))
    # A comparison and its opposite are one node: y < x + 1 is not (x < y).
    one, other = made((negative, 0)), made((positive, 0))
    if constant > 0:
        return negate(make(Less, other, made((negative, 1 - constant))))
    return make(Less, one, made((positive, constant)))


def _is_bit(term: Expr) -> bool:
    return (
        isinstance(term, If)
        and isinstance(term.then, Literal)
        and isinstance(term.otherwise, Literal)
        and term.then.value == 1
        and term.otherwise.value == 0
    )


def _bits(how: str, terms: Counter[Expr], constant: int) -> Expr:
    """Weighted truths compared with a number, as logic: their sum + constant against 0."""
    truths: list[Expr] = []
    for term, n in terms.items():
        assert isinstance(term, If)
        # A negative weight -n of b is n of (not b), less n.
        truths += [term.condition if n > 0 else negate(term.condition)] * abs(n)
        constant -= 0 if n > 0 else -n
    if how == "below":  # sum + constant > 0
        return at_least(1 - constant, truths)
    return conjunction((at_least(-constant, truths), negate(at_least(1 - constant, truths))))
