"""Comparisons: ``==``, the orderings, ``in``; and how two sides that should agree get one type."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import (
    FALSE,
    TRUE,
    at_most,
    both,
    conjunction,
    disjunction,
    equal,
    is_some,
    less,
    literal,
    member,
    negate,
    truth,
    unwrap,
)
from verifier.ir.expr import Expr
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import circle_bound, lifted
from verifier.language.elaborate.coercion import coerce, common_type, mismatch, present, value
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, MessageLocal, is_poison

ORDERINGS = ("<", "<=", ">", ">=")


def equality(frame: Frame, left: ast.Expr, right: ast.Expr) -> Expr:
    """``left == right``."""
    if lifted(frame, left) is not None or lifted(frame, right) is not None:
        return _equal_to_no_bound(frame, left, right)
    one, other = _message(frame, left), _message(frame, right)
    if one is not None and other is not None:
        return _equal_messages(frame, one, other, right)
    first, second = pair(frame, left, frame, right, None)
    if is_poison(first) or is_poison(second):
        return literal(0, POISON)
    of = common_type(frame, first.type, second.type)
    if of is None or isinstance(of, (ir.Message, ir.Channel)):
        return mismatch(frame, second, first.type, right)
    if isinstance(of, (ir.Int, ir.Enum)):
        return equal(first, second)
    if isinstance(of, ir.Mod):  # a number beside it is compared as a number
        return equal(first, second)
    if isinstance(of, ir.Optional):
        return _equal_optionals(frame, of.item, (first, left), (second, right))
    return equal(coerce(frame, first, of, left), coerce(frame, second, of, right))


def _message(frame: Frame, expr: ast.Expr) -> MessageLocal | None:
    """The message that an expression is the name of, if it is one."""
    local = frame.locals.get(expr.text) if isinstance(expr, ast.Name) else None
    return local if isinstance(local, MessageLocal) else None


def _equal_messages(frame: Frame, one: MessageLocal, other: MessageLocal, source: ast.Expr) -> Expr:
    """Two messages are equal in kind, ends and fields; whether they are one message or two copies
    of it, only counting tells."""
    if one.info.name != other.info.name:
        return frame.error(
            Code.TYPE_MISMATCH,
            f"a message {one.info.name} is compared with a message {other.info.name}",
            source.span,
            cause="messages of different kinds are never equal",
        )
    return equal(one.expr, other.expr)


def _equal_to_no_bound(frame: Frame, left: ast.Expr, right: ast.Expr) -> Expr:
    """No number equals a bound that is lifted."""
    other = right if lifted(frame, left) is not None else left
    found = frame.elaborate(other)
    of = found.type.item if isinstance(found.type, ir.Optional) else found.type
    if is_poison(found) or isinstance(of, (ir.Int, ir.Mod)):
        return found if is_poison(found) else FALSE
    return mismatch(frame, found, ir.INTEGER, other)


def _equal_optionals(
    frame: Frame, item: ir.Type, first: tuple[Expr, ast.Expr], second: tuple[Expr, ast.Expr]
) -> Expr:
    """T? against T? or T: absent equals only absent, and nothing is unwrapped by force."""
    (here, one), (there, other) = _presence(first[0]), _presence(second[0])
    if isinstance(item, (ir.Int, ir.Mod, ir.Enum)) or one.type == other.type:
        same = equal(one, other)
    else:
        inner = frame.under(conjunction((here, there)))
        same = equal(coerce(inner, one, item, first[1]), coerce(inner, other, item, second[1]))
    return disjunction((conjunction((here, there, same)), both(negate(here), negate(there))))


def _presence(e: Expr) -> tuple[Expr, Expr]:
    """Whether there is a value, and the value."""
    return (is_some(e), unwrap(e, e.type.item)) if isinstance(e.type, ir.Optional) else (TRUE, e)


def ordering(frame: Frame, expr: ast.Binary) -> Expr:
    """``< <= > >=`` of two numbers or two stamps."""
    above, below = lifted(frame, expr.left) is not None, lifted(frame, expr.right) is not None
    if above != below:
        number = _ordered(frame, expr, expr.right if above else expr.left)
        if is_poison(number) or isinstance(number.type, ir.Int):
            return number if is_poison(number) else truth(below == (expr.op in ("<", "<=")))
        return mismatch(frame, number, ir.INTEGER, expr.right if above else expr.left)
    first = _ordered(frame, expr, expr.left)
    if is_poison(first):
        return first
    second = _ordered(frame, expr, expr.right)
    if is_poison(second):
        return second
    if isinstance(first.type, ir.Stamp) != isinstance(second.type, ir.Stamp):
        return mismatch(frame, second, first.type, expr.right)
    match expr.op:
        case "<":
            return less(first, second)
        case "<=":
            return at_most(first, second)
        case ">":
            return less(second, first)
        case _:
            return at_most(second, first)


def _ordered(frame: Frame, expr: ast.Binary, source: ast.Expr) -> Expr:
    """One side of an ordering: a number or a stamp."""
    found = frame.elaborate(source, None)
    if is_poison(found):
        return found
    found = present(frame, found, source)
    if isinstance(found.type, (ir.Int, ir.Stamp)):
        return found
    if circle_bound(frame.program, found.type) is not None:
        return found  # numbers that no longer wrap around are in order, as invariants say
    return frame.error(
        Code.NOT_ORDERED,
        f"'{expr.op}' on {describe(found.type)}",
        source.span,
        cause="these values have no order",
        hint="numbers that wrap around are compared with newer(a, b)"
        if isinstance(found.type, ir.Mod)
        else "",
    )


def membership(frame: Frame, item: ast.Expr, collection: ast.Expr) -> Expr:
    """``item in collection``.

    Like ``==`` it never fails: none, and a number outside the type of the items, are in none.
    """
    within = frame.elaborate(collection, _hinted(frame, item, collection))
    if is_poison(within):
        return within
    within = present(frame, within, collection)
    if not isinstance(within.type, (ir.Set, ir.List)):
        return frame.error(
            Code.NOT_ITERABLE,
            f"'in' needs a set or a list, not {describe(within.type)}",
            collection.span,
        )
    found = frame.elaborate(item, within.type.item)
    if is_poison(found):
        return found
    if isinstance(found.type, ir.Optional) and not isinstance(within.type.item, ir.Optional):
        here = is_some(found)
        there = _is_member(frame.under(here), unwrap(found, found.type.item), within, item)
        return there if is_poison(there) else both(here, there)
    return _is_member(frame, found, within, item)


def _is_member(frame: Frame, found: Expr, within: Expr, source: ast.Expr) -> Expr:
    assert isinstance(within.type, (ir.Set, ir.List))
    if isinstance(found.type, (ir.Int, ir.Mod)) and isinstance(within.type.item, (ir.Int, ir.Mod)):
        return member(found, within)
    fits = common_type(frame, found.type, within.type.item)
    if isinstance(fits, ir.Enum):
        return member(found, within)  # a node of a wider type is just not among them
    inside = coerce(frame, found, within.type.item, source)
    return inside if is_poison(inside) else member(inside, within)


def _hinted(frame: Frame, item: ast.Expr, collection: ast.Expr) -> ir.Type | None:
    """The labels in ``x in {idle, busy}`` are those of the type of x."""
    if not isinstance(collection, ast.SetValue) or _needs_type(frame, item):
        return None
    of = frame.inside(checks=[]).elaborate(item).type
    of = of.item if isinstance(of, ir.Optional) else of
    plain = isinstance(of, ir.Enum) and of is not POISON and of not in frame.program.node_types
    return ir.Set(of) if plain and of != frame.program.nodes else None


def in_range(frame: Frame, expr: ast.InRange) -> Expr:
    """``x in low..high``"""
    ends = [
        None if lifted(frame, e) else value(frame, e, ir.INTEGER) for e in (expr.low, expr.high)
    ]
    found, item = frame.elaborate(expr.item), expr.item
    if is_poison(found) or any(end is not None and is_poison(end) for end in ends):
        return literal(0, POISON)
    low, high = ends
    inner = unwrap(found, found.type.item) if isinstance(found.type, ir.Optional) else found
    if not isinstance(inner.type, (ir.Int, ir.Mod)):
        return frame.error(
            Code.TYPE_MISMATCH, f"a number is needed here, not {describe(inner.type)}", item.span
        )
    above = FALSE if low is None else at_most(low, inner)
    inside = both(above, TRUE if high is None else at_most(inner, high))
    if inner is not found:
        inside = both(is_some(found), inside)
    return negate(inside) if expr.negated else inside


def pair(
    first: Frame, left: ast.Expr, second: Frame, right: ast.Expr, expected: ir.Type | None
) -> tuple[Expr, Expr]:
    """Two expressions that should agree: the one with a type of its own tells it to the other."""
    if expected is None and _needs_type(first, left):
        found = second.elaborate(right, None)
        return first.elaborate(left, found.type), found
    found = first.elaborate(left, expected)
    return found, second.elaborate(right, expected or found.type)


def _needs_type(frame: Frame, expr: ast.Expr) -> bool:
    match expr:
        case ast.Nothing():
            return True
        case ast.SetValue(items) | ast.ListValue(items):
            return not items or _needs_type(frame, items[0])
        case ast.Name(text):
            return text not in frame.locals and len(frame.table.labels(text)) > 1
        case _:
            return False
