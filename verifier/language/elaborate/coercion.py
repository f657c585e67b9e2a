"""A value of one type where another is needed: what is allowed, and what is checked at run time."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import (
    TRUE,
    arithmetic,
    choose,
    in_range,
    is_some,
    literal,
    quantified,
    some,
    unwrap,
)
from verifier.ir.expr import Expr, Filter, Literal, Param, make
from verifier.ir.faults import Fault
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import circle_bound
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison


def coerce(frame: Frame, found: Expr, target: ir.Type, source: ast.Expr) -> Expr:
    """``found`` as a value of ``target``.

    An integer may have to be in range, an optional present: that is checked when the model runs,
    or at once if it is a constant.  Everything else is a mistake of the model.
    """
    of = found.type
    if is_poison(found) or target is POISON:
        return literal(0, POISON)
    if of == target:
        return found
    match of, target:
        case (ir.Int(), ir.Int(low, high)):
            return _ranged(frame, found, low, high, target, source)
        case (ir.Int(), ir.Mod(modulus)):
            most = modulus - 1 if circle_bound(frame.program, target) is None else None
            return _ranged(frame, found, 0, most, target, source)
        case (ir.Mod(), ir.Int(low, high)):
            return _ranged(frame, found, low, high, target, source)
        case (ir.Enum(), ir.Enum()) if _subtype(frame, of, target):
            return literal(found.value, target) if isinstance(found, Literal) else found
        case (ir.Set(item), ir.Set(wanted)) if common_type(frame, item, wanted) is not None:
            return _resized(frame, found, item, wanted, source)
        case (ir.Optional(item), ir.Optional(wanted)):
            inner = coerce(frame.under(is_some(found)), unwrap(found, item), wanted, source)
            return choose(is_some(found), some(inner, target), literal((), target), target)
        case (_, ir.Optional(wanted)):
            inner = coerce(frame, found, wanted, source)
            return inner if is_poison(inner) else some(inner, target)
        case (ir.Optional(), _):
            return coerce(frame, present(frame, found, source), target, source)
        case _:
            return mismatch(frame, found, target, source)


def value(frame: Frame, expr: ast.Expr, target: ir.Type) -> Expr:
    """The expression as a value of a type."""
    return coerce(frame, frame.elaborate(expr, target), target, expr)


def boolean(frame: Frame, expr: ast.Expr) -> Expr:
    """The expression as a condition; true after a mistake."""
    found = value(frame, expr, ir.BOOL)
    return TRUE if is_poison(found) else found


def present(frame: Frame, found: Expr, source: ast.Expr) -> Expr:
    """The value of an optional, which must be present when the model runs; others as they are."""
    if not isinstance(found.type, ir.Optional):
        return found
    text = frame.program.text(source.span)
    frame.require(Fault.ABSENT, is_some(found), f"'{text}' is absent", source.span)
    return unwrap(found, found.type.item)


def mismatch(frame: Frame, found: Expr, target: ir.Type, source: ast.Expr) -> Expr:
    """Reports that a value of another type is needed."""
    hint = ""
    if found.type == frame.program.nodes and target in frame.program.node_types:
        hint = f"bind the sender with its type: from x: {describe(target)}"
    return frame.error(
        Code.TYPE_MISMATCH,
        f"a value of type {describe(target)} is needed here",
        source.span,
        cause=f"this is of type {describe(found.type)}",
        hint=hint,
    )


def common_type(frame: Frame, left: ir.Type, right: ir.Type) -> ir.Type | None:
    """The type in which two values can be compared or joined, or None."""
    if left == right:
        return left
    match left, right:
        case (ir.Int(a, b), ir.Int(c, d)):
            low = None if a is None or c is None else min(a, c)
            return ir.Int(low, None if b is None or d is None else max(b, d))
        case (ir.Mod(), ir.Int()):
            return left
        case (ir.Int(), ir.Mod()):
            return right
        case (ir.Enum(), ir.Enum()):
            if _subtype(frame, left, right):
                return right
            if _subtype(frame, right, left):
                return left
            # Two node types can meet behind a parameter of type Node, which is expanded in place.
            both_nodes = left in frame.program.node_types and right in frame.program.node_types
            return frame.program.nodes if both_nodes else None
        case (ir.Set(a), ir.Set(b)):
            inner = common_type(frame, a, b)
            return None if inner is None else ir.Set(inner)
        case (ir.Optional(a), ir.Optional(b)):
            inner = common_type(frame, a, b)
            return None if inner is None else ir.Optional(inner)
        case (ir.Optional(a), b) | (b, ir.Optional(a)):
            inner = common_type(frame, a, b)
            return None if inner is None else ir.Optional(inner)
        case _:
            return None


def _subtype(frame: Frame, of: ir.Type, wanted: ir.Type) -> bool:
    """Whether every instance of one node type is one of the other: only `Node` has subtypes."""
    return wanted == frame.program.nodes and of in frame.program.node_types


def _resized(frame: Frame, found: Expr, item: ir.Type, wanted: ir.Type, source: ast.Expr) -> Expr:
    """A set over one range of numbers, or one type of nodes, as a set over another one."""
    numbers = ir.scalar_range(wanted)
    assert numbers is not None
    variable = make(Param, "item#", item)  # no text can write this name: it hides nothing
    inside = in_range(variable, numbers.start, numbers.stop - 1)
    text = frame.program.text(source.span)
    message = f"an item of '{text}' is not in {describe(wanted)}"
    frame.require(
        Fault.OUT_OF_RANGE, quantified("all", variable, found, inside), message, source.span
    )
    return make(Filter, variable, found, TRUE, ir.Set(wanted))


def _ranged(
    frame: Frame,
    found: Expr,
    low: int | None,
    high: int | None,
    target: ir.Type,
    source: ast.Expr,
) -> Expr:
    inside = in_range(found, low, high)
    if isinstance(found, Literal):
        assert isinstance(inside, Literal)
        if inside.value:
            return literal(found.value, target)
        written = isinstance(source, (ast.Integer, ast.Unary))
        if written or frame.sight is Sight.CONSTANT:
            return frame.error(
                Code.OUTSIDE_TYPE,
                f"{found.value} is not a value of {describe(target)}",
                source.span,
            )
    text = frame.program.text(source.span)
    message = f"the value of '{text}' is not in {describe(target)}"
    frame.require(Fault.OUT_OF_RANGE, inside, message, source.span)
    if isinstance(target, ir.Mod):
        return arithmetic("+", found, literal(0, ir.Int(0, 0)), target)
    return found
