"""Expressions: every one gets a type and becomes an expression of the pivot."""

from __future__ import annotations

from typing import assert_never

from verifier.ir import types as ir
from verifier.ir.build import (
    arithmetic,
    at_most,
    both,
    choose,
    disjunction,
    equal,
    implies,
    is_some,
    literal,
    negate,
    number,
    truth,
    unwrap,
)
from verifier.ir.expr import Expr, Fresh, LiveStamps, Param, SetOf, TupleOf, make
from verifier.ir.rewrite import after_step
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.arithmetic import calculate, numeric, operation
from verifier.language.elaborate.calls import call
from verifier.language.elaborate.coercion import boolean, coerce, common_type, mismatch
from verifier.language.elaborate.comparison import (
    ORDERINGS,
    equality,
    in_range,
    membership,
    ordering,
    pair,
)
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.elements import index as index_into
from verifier.language.elaborate.elements import record
from verifier.language.elaborate.frame import POISON, Frame, is_poison
from verifier.language.elaborate.network import in_flight, room
from verifier.language.elaborate.quantifiers import quantifier
from verifier.language.elaborate.references import name, select
from verifier.language.elaborate.timers import running


def elaborate(frame: Frame, expr: ast.Expr, expected: ir.Type | None) -> Expr:
    """The expression of the pivot that ``expr`` means at this place.

    ``expected`` settles what has no type of its own (labels, none, {}, []); the result need not be
    of it: `coerce` decides that.
    """
    wanted = expected.item if isinstance(expected, ir.Optional) else expected
    match expr:
        case ast.Integer(value):
            return number(value)
        case ast.Truth(value):
            return truth(value)
        case ast.Nothing():
            if isinstance(expected, ir.Optional):
                return literal((), expected)
            return _untyped(frame, expr, "none")
        case ast.Quiet():
            return _quiet(frame, expr)
        case ast.SelfRef():
            if frame.node is None:
                return frame.error(Code.NO_SENDER, "'self' outside a node", expr.span)
            of = frame.program.types[id(frame.node.declaration)]
            return literal(frame.node.ordinal, of)
        case ast.Name():
            return name(frame, expr, wanted)
        case ast.Select():
            return select(frame, expr)
        case ast.Index():
            return index_into(frame, expr)
        case ast.Call():
            return call(frame, expr, wanted)
        case ast.RecordValue():
            return record(frame, expr)
        case ast.SetValue() | ast.ListValue():
            return _collection(frame, expr, wanted)
        case ast.Unary(op, operand):
            if op == "not":
                return negate(boolean(frame, operand))
            zero = number(0)
            found = numeric(frame, frame.elaborate(operand), operand)
            return calculate(frame, "-", zero, found, expr)
        case ast.Binary():
            return _binary(frame, expr, expected)
        case ast.InRange():
            return in_range(frame, expr)
        case ast.Conditional(condition, then, otherwise):
            return _conditional(frame, condition, then, otherwise, expected)
        case ast.Let(local, value, body):
            bound = frame.elaborate(value, None)
            return frame.with_local(local.text, bound).elaborate(body, expected)
        case ast.Quantifier():
            return quantifier(frame, expr, wanted)
        case ast.InFlight():
            return in_flight(frame, expr)
        case ast.Room():
            return room(frame, expr)
        case ast.Old(operand):
            if not frame.after:
                return frame.error(
                    Code.OLD_OUTSIDE_STEP,
                    "'old' outside a step property",
                    expr.span,
                    cause="only a step has a state before it",
                    hint="declare the property with 'step' instead of 'invariant'",
                )
            return frame.inside(after=False).elaborate(operand, expected)
        case ast.Running():
            return running(frame, expr)
        case ast.Now():
            return _now(frame, expr)
        case _:
            assert_never(expr)


def _untyped(frame: Frame, expr: ast.Expr, what: str) -> Expr:
    return frame.error(
        Code.UNTYPED,
        f"nothing says which type '{what}' has here",
        expr.span,
        hint="compare or assign it to something that has a type",
    )


def _quiet(frame: Frame, expr: ast.Quiet) -> Expr:
    quiet = frame.program.quiet
    if quiet is None or not frame.sight.network:
        return frame.error(
            Code.NOT_IN_NODE_CODE,
            f"'quiet' in {frame.sight.value}",
            expr.span,
            cause="whether the whole system is at rest is not known to a node",
            hint="use it in properties and in environment actions at the top level",
        )
    return after_step(quiet) if frame.after else quiet


def _now(frame: Frame, expr: ast.Now) -> Expr:
    step = frame.step
    if step is None:
        return frame.error(
            Code.NOT_IN_A_STEP,
            "'now()' outside the body of a step",
            expr.span,
            cause="each evaluation makes a new stamp",
        )
    step.stamps += 1
    if expr.skew is None:
        return make(Fresh, number(0), step.stamps)
    most = frame.program.constant(frame, expr.skew, ir.INTEGER)
    if is_poison(most):
        return most
    assert isinstance(most.value, int)
    if most.value <= 0:
        return make(Fresh, number(0), step.stamps)  # a clock that is right
    positions = ir.Int(0, 2 * most.value)
    back = make(Param, f"skew#{len(step.parameters)}", positions)
    step.parameters.append((back, None))
    step.gap = max(step.gap, step.stamps + 1)
    live = arithmetic("*", number(2), make(LiveStamps, ir.INTEGER), ir.INTEGER)
    # Where the path is not taken the position does not matter: it is pinned, so that one step
    # has one label.
    step.guards.append(both(at_most(back, live), disjunction((frame.path, equal(back, number(0))))))
    return make(Fresh, back, step.stamps)


def _collection(frame: Frame, expr: ast.SetValue | ast.ListValue, expected: ir.Type | None) -> Expr:
    is_set = isinstance(expr, ast.SetValue)
    target = expected if isinstance(expected, ir.Set if is_set else ir.List) else None
    if not expr.items and target is None:
        return _untyped(frame, expr, "{}" if is_set else "[]")
    item = target.item if isinstance(target, (ir.Set, ir.List)) else None
    found = [frame.elaborate(part, item) for part in expr.items]
    if any(is_poison(part) for part in found):
        return literal(0, POISON)
    if item is None:
        item = found[0].type
        for part in found[1:]:
            joined = common_type(frame, item, part.type)
            item = item if joined is None else joined
    items = tuple(
        coerce(frame, part, item, source) for part, source in zip(found, expr.items, strict=True)
    )
    if is_set:
        if ir.scalar_range(item) is None:
            return frame.error(
                Code.BAD_KEY, f"a set cannot hold {describe(item)}", expr.span,
                hint="members are bool, enumerations, node types or int lo..hi",
            )  # fmt: skip
        return make(SetOf, items, ir.Set(item))
    of = target if isinstance(target, ir.List) else ir.List(item, len(items))
    if not ir.fits(len(items), of.capacity):
        return frame.error(Code.OUTSIDE_TYPE, f"{len(items)} items in {describe(of)}", expr.span)
    return make(TupleOf, items, of) if items else literal((), of)


def _conditional(
    frame: Frame,
    condition: ast.Expr,
    then: ast.Expr,
    otherwise: ast.Expr,
    expected: ir.Type | None,
) -> Expr:
    test = boolean(frame, condition)
    yes, no = frame.under(test), frame.under(negate(test))
    left, right = pair(yes, then, no, otherwise, expected)
    if is_poison(left) or is_poison(right):
        return literal(0, POISON)
    of = expected if expected is not None and expected is not POISON else None
    if of is None or of == ir.INTEGER:
        of = common_type(frame, left.type, right.type)
    if of is None:
        return mismatch(frame, right, left.type, otherwise)
    return choose(test, coerce(yes, left, of, then), coerce(no, right, of, otherwise), of)


def _binary(frame: Frame, expr: ast.Binary, expected: ir.Type | None) -> Expr:
    if expr.op in ("in", "not in"):
        inside = membership(frame, expr.left, expr.right)
        return negate(inside) if expr.op == "not in" and not is_poison(inside) else inside
    left, right = expr.left, expr.right
    match expr.op:
        case "and":
            first = boolean(frame, left)
            return both(first, boolean(frame.under(first), right))
        case "or":
            first = boolean(frame, left)
            return disjunction((first, boolean(frame.under(negate(first)), right)))
        case "implies":
            first = boolean(frame, left)
            return implies(first, boolean(frame.under(first), right))
        case "==" | "!=":
            same = equality(frame, left, right)
            return negate(same) if expr.op == "!=" and not is_poison(same) else same
        case "??":
            return _fallback(frame, left, right, expected)
        case op if op in ORDERINGS:
            return ordering(frame, expr)
        case _:
            return operation(frame, expr, expected)


def _fallback(frame: Frame, left: ast.Expr, right: ast.Expr, expected: ir.Type | None) -> Expr:
    option = frame.elaborate(left, None if expected is None else ir.Optional(expected))
    if is_poison(option):
        return option
    if not isinstance(option.type, ir.Optional):
        return frame.error(
            Code.TYPE_MISMATCH, "'??' needs a value that may be absent", left.span,
            cause=f"this is of type {describe(option.type)} and always there",
        )  # fmt: skip
    here = is_some(option)
    missing = frame.under(negate(here))
    otherwise = missing.elaborate(right, option.type.item)
    of = common_type(frame, option.type.item, otherwise.type)
    if of is None:
        return mismatch(frame, otherwise, option.type.item, right)
    present_value = coerce(frame.under(here), unwrap(option, option.type.item), of, left)
    return choose(here, present_value, coerce(missing, otherwise, of, right), of)
