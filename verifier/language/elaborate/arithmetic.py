"""``+ - * / %`` on numbers, ``| & -`` on sets."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import arithmetic, equal, interval, literal, negate, number
from verifier.ir.expr import Expr, SetOp, make
from verifier.ir.faults import Fault
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import circle_bound, needs_value, unrolled
from verifier.language.elaborate.coercion import coerce, common_type, mismatch, present
from verifier.language.elaborate.comparison import pair
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, is_poison

SET_OPERATORS = ("|", "&", "-")


def operation(frame: Frame, expr: ast.Binary, expected: ir.Type | None) -> Expr:
    """``+ - * / %`` on numbers, ``| & -`` on sets: the left side says which."""
    wanted = expected if isinstance(expected, (ir.Set, ir.Mod)) else None
    first, second = pair(frame, expr.left, frame, expr.right, wanted)
    if is_poison(first) or is_poison(second):
        return literal(0, POISON)
    if isinstance(first.type, ir.Set) and expr.op in SET_OPERATORS:
        if not isinstance(second.type, ir.Set):
            return mismatch(frame, second, first.type, expr.right)
        item = common_type(frame, first.type.item, second.type.item)
        if item is None:
            return mismatch(frame, second, first.type, expr.right)
        of = ir.Set(item)
        parts = (coerce(frame, first, of, expr.left), coerce(frame, second, of, expr.right))
        return make(SetOp, expr.op, *parts, of)
    if expr.op in ("|", "&"):
        return frame.error(
            Code.TYPE_MISMATCH,
            f"'{expr.op}' needs sets, not {describe(first.type)}",
            expr.left.span,
            hint="conditions are joined with 'and' and 'or'",
        )
    left = numeric(frame, first, expr.left)
    return calculate(frame, expr.op, left, numeric(frame, second, expr.right), expr)


def numeric(frame: Frame, found: Expr, source: ast.Expr) -> Expr:
    """The value as a number; 0 after a mistake."""
    if is_poison(found):
        return number(0)
    found = present(frame, found, source)
    if not isinstance(found.type, (ir.Int, ir.Mod)):
        hint = "stamps are only compared and copied" if isinstance(found.type, ir.Stamp) else ""
        frame.error(
            Code.TYPE_MISMATCH,
            f"a number is needed here, not {describe(found.type)}",
            source.span,
            hint=hint,
        )
        return number(0)
    return found


def calculate(frame: Frame, op: str, left: Expr, right: Expr, expr: ast.Expr) -> Expr:
    """The result wraps around if one side does; else it has the interval that the sides allow."""
    if isinstance(left.type, ir.Mod) or isinstance(right.type, ir.Mod):
        moduli = {t.modulus for t in (left.type, right.type) if isinstance(t, ir.Mod)}
        if len(moduli) > 1:
            return frame.error(
                Code.TYPE_MISMATCH, "numbers that wrap around at different moduli", expr.span
            )
        if op in "+-*":
            circle = ir.Mod(moduli.pop())
            bound = circle_bound(frame.program, circle)
            if bound is not None and not _stays_up(frame, op, left, right):
                cause = "without wrapping around this could go below 0"
                return needs_value(frame, bound, expr.span, cause)
            return arithmetic(op, left, right, circle)
    if op in "/%":
        frame.require(
            Fault.DIVISION, negate(equal(right, number(0))), "division by zero", expr.span
        )
    sides = (unrolled(frame.program, left.type), unrolled(frame.program, right.type))
    return arithmetic(op, left, right, interval(op, *sides))


def _stays_up(frame: Frame, op: str, left: Expr, right: Expr) -> bool:
    """Whether no result is below 0."""
    result = interval(op, *(unrolled(frame.program, side.type) for side in (left, right)))
    return result.low is not None and result.low >= 0
