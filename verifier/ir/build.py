"""Expressions built with the constants already folded.

Only rules whose two sides are equal for all values stand here, because expressions are total.
The lowering builds everything through these functions, so that a branch that an option switches
off costs nothing in any engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from verifier.ir.expr import (
    EXPR_KINDS,
    And,
    Arith,
    AtMost,
    Equal,
    Expr,
    Field,
    If,
    IsSome,
    Less,
    Literal,
    Lookup,
    Member,
    Not,
    Or,
    Param,
    Quantified,
    Size,
    Some,
    Unwrap,
    make,
)
from verifier.ir.types import BOOL, INTEGER, Int, Map, Mod, Type, Value, default, scalar_range

TRUE = make(Literal, True, BOOL)
FALSE = make(Literal, False, BOOL)


def literal(value: Value, of: Type) -> Literal:
    """A constant of a type."""
    return make(Literal, value, of)


def number(value: int) -> Literal:
    """An integer constant; its type is the interval of that one number."""
    return make(Literal, value, Int(value, value))


def truth(value: bool) -> Literal:
    """True or false."""
    return TRUE if value else FALSE


def negate(argument: Expr) -> Expr:
    """not a; double negation and constants fold."""
    if isinstance(argument, Literal):
        return truth(not argument.value)
    if isinstance(argument, Not):
        return argument.argument
    return make(Not, argument)


def conjunction(arguments: Iterable[Expr]) -> Expr:
    """a and b and ...; flat, without repetition, in order; empty is true."""
    parts: dict[Expr, None] = {}
    for argument in arguments:
        if argument is FALSE:
            return FALSE
        if isinstance(argument, And):
            parts.update(dict.fromkeys(argument.arguments))
        elif argument is not TRUE:
            parts[argument] = None
    if not parts:
        return TRUE
    return next(iter(parts)) if len(parts) == 1 else make(And, tuple(parts))


def disjunction(arguments: Iterable[Expr]) -> Expr:
    """a or b or ...; flat, without repetition, in order; empty is false."""
    parts: dict[Expr, None] = {}
    for argument in arguments:
        if argument is TRUE:
            return TRUE
        if isinstance(argument, Or):
            parts.update(dict.fromkeys(argument.arguments))
        elif argument is not FALSE:
            parts[argument] = None
    if not parts:
        return FALSE
    return next(iter(parts)) if len(parts) == 1 else make(Or, tuple(parts))


def both(left: Expr, right: Expr) -> Expr:
    """left and right."""
    return conjunction((left, right))


def implies(left: Expr, right: Expr) -> Expr:
    """not left or right."""
    return disjunction((negate(left), right))


def equal(left: Expr, right: Expr) -> Expr:
    """left = right; the two have one type, or are both integers or both node references."""
    if left is right:
        return TRUE
    if isinstance(left, Literal) and isinstance(right, Literal):
        return truth(left.value == right.value)
    return make(Equal, left, right)


def less(left: Expr, right: Expr) -> Expr:
    """left < right."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        return truth(_int(left) < _int(right))
    return FALSE if left is right else make(Less, left, right)


def at_most(left: Expr, right: Expr) -> Expr:
    """left <= right."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        return truth(_int(left) <= _int(right))
    return TRUE if left is right else make(AtMost, left, right)


def choose(condition: Expr, then: Expr, otherwise: Expr, of: Type) -> Expr:
    """if condition then .. else .. of the given type."""
    if isinstance(condition, Literal):
        return then if condition.value else otherwise
    if then is otherwise:
        return then
    if of == BOOL and then is TRUE and otherwise is FALSE:
        return condition
    return make(If, condition, then, otherwise, of)


def arithmetic(op: str, left: Expr, right: Expr, of: Type) -> Expr:
    """Integer arithmetic with the result type given; see `expr.Arith`."""
    if isinstance(left, Literal) and isinstance(right, Literal):
        value = compute(op, _int(left), _int(right))
        return number(value) if isinstance(of, Int) else literal(value % _modulus(of), of)
    return make(Arith, op, left, right, of)


def compute(op: str, left: int, right: int) -> int:
    """The integer result of ``+ - * / %``; a divisor of 0 gives 0."""
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left // right if right else 0
        case "%":
            return left % right if right else 0
        case _:
            raise AssertionError(f"unknown operator {op}")


def interval(op: str, left: Type, right: Type) -> Int:
    """The smallest interval known to contain every result of the operation."""
    bounds = [_bounds(left), _bounds(right)]
    (a, b), (c, d) = bounds
    if a is None or b is None or c is None or d is None:
        return _half_open(op, (a, b), (c, d))
    if op in "+-*":
        ends = [compute(op, x, y) for x in (a, b) for y in (c, d)]
        return Int(min(ends), max(ends))
    if op == "%":
        top = max(abs(c), abs(d)) - 1
        return Int(0 if c >= 0 else -max(top, 0), max(top, 0) if d > 0 else 0)
    top = max(abs(a), abs(b))
    return Int(-top if min(a, c) < 0 else 0, top)


def _half_open(
    op: str, left: tuple[int | None, int | None], right: tuple[int | None, int | None]
) -> Int:
    """As `interval` where some end is missing."""
    (a, b), (c, d) = left, right
    match op:
        case "+":
            return Int(_sum(a, c), _sum(b, d))
        case "-":
            return Int(
                None if a is None or d is None else a - d, None if b is None or c is None else b - c
            )
        case "*" if a is not None and c is not None and a >= 0 and c >= 0:
            return Int(a * c, None)
        case _:
            return INTEGER


def _sum(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


def in_range(value: Expr, low: int | None, high: int | None) -> Expr:
    """low <= value <= high, as far as the value's own type leaves it open."""
    least, most = _bounds(value.type)
    parts = []
    if low is not None and (least is None or least < low):
        parts.append(at_most(number(low), value))
    if high is not None and (most is None or most > high):
        parts.append(at_most(value, number(high)))
    return conjunction(parts)


def some(item: Expr, of: Type) -> Expr:
    """A present optional."""
    if isinstance(item, Literal):
        return literal((item.value,), of)
    return make(Some, item, of)


def is_some(option: Expr) -> Expr:
    """Whether an optional is present."""
    if isinstance(option, Some):
        return TRUE
    if isinstance(option, Literal):
        return truth(option.value != ())
    return make(IsSome, option)


def unwrap(option: Expr, of: Type) -> Expr:
    """The value of an optional, or the default of its type."""
    if isinstance(option, Some):
        return option.item
    if isinstance(option, Literal):
        assert isinstance(option.value, tuple)
        return literal(option.value[0] if option.value else default(of), of)
    return make(Unwrap, option, of)


def field(record: Expr, index: int, of: Type) -> Expr:
    """One field of a record."""
    if isinstance(record, Literal):
        assert isinstance(record.value, tuple)
        return literal(record.value[index], of)
    return make(Field, record, index, of)


def lookup(map_: Expr, key: Expr, of: Type) -> Expr:
    """The value of a map at a key."""
    if isinstance(map_, Literal) and isinstance(key, Literal):
        assert isinstance(map_.type, Map) and isinstance(map_.value, tuple)
        keys = scalar_range(map_.type.key)
        assert keys is not None
        inside = _int(key) in keys
        return literal(map_.value[_int(key) - keys.start] if inside else default(of), of)
    return make(Lookup, map_, key, of)


def member(item: Expr, collection: Expr) -> Expr:
    """Whether an item is in a collection."""
    if isinstance(collection, Literal):
        if collection.value == ():
            return FALSE
        if isinstance(item, Literal):
            assert isinstance(collection.value, tuple)
            return truth(item.value in collection.value)
    return make(Member, item, collection)


def size(collection: Expr) -> Expr:
    """Number of items."""
    if isinstance(collection, Literal):
        assert isinstance(collection.value, tuple)
        return number(len(collection.value))
    return make(Size, collection, INTEGER)


def quantified(kind: str, variable: Param, within: Type | Expr, body: Expr) -> Expr:
    """all, any or count; `all` of true and `any` of false fold."""
    if (kind == "all" and body is TRUE) or (kind == "any" and body is FALSE):
        return body
    if not isinstance(within, EXPR_KINDS):
        numbers = scalar_range(cast(Type, within))
        if numbers and (body is TRUE or body is FALSE) and kind != "count":
            return body
    of = INTEGER if kind == "count" else BOOL
    return make(Quantified, kind, variable, within, body, of)


def _int(constant: Literal) -> int:
    assert isinstance(constant.value, int)
    return constant.value


def _modulus(of: Type) -> int:
    assert isinstance(of, Mod)
    return of.modulus


def _bounds(of: Type) -> tuple[int | None, int | None]:
    match of:
        case Int(low, high):
            return low, high
        case Mod(modulus):
            return 0, modulus - 1
        case _:
            return None, None
