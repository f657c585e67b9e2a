"""Folding constants never changes what an expression means."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED
from tests.engines.drawn_expressions import (
    COLOUR,
    Draw,
    Scope,
    expression,
    filled,
    types,
    value,
)
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.rewrite import after_step, apart, assuming, replace_leaves
from verifier.ir.semantics import evaluate
from verifier.ir.system import State, TransitionSystem, Variable
from verifier.ir.types import Value

SMALL = T.Int(0, 3)
p = make(E.Param, "p", T.BOOL)
q = make(E.Param, "q", SMALL)
x = make(E.Var, "x", SMALL)
y = make(E.Var, "y", SMALL)
ON = make(E.Var, "on", T.BOOL)
MAP = T.Map(T.Int(1, 2), SMALL)
PAIR = T.Record("Pair", (("a", SMALL), ("b", T.BOOL)))
MAYBE = T.Optional(SMALL)
SET = T.Set(SMALL)


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (b.negate(b.negate(p)), p),
        (b.negate(b.TRUE), b.FALSE),
        (b.conjunction([]), b.TRUE),
        (b.conjunction([p, b.TRUE, p]), p),
        (b.conjunction([p, b.FALSE]), b.FALSE),
        (b.conjunction([b.both(p, ON), p]), make(E.And, (p, ON))),
        (b.disjunction([]), b.FALSE),
        (b.disjunction([p, b.FALSE, p]), p),
        (b.disjunction([p, b.TRUE]), b.TRUE),
        (b.implies(p, b.TRUE), b.TRUE),
        (b.implies(b.TRUE, p), p),
        (b.equal(x, x), b.TRUE),
        (b.equal(b.number(1), b.literal(1, SMALL)), b.TRUE),
        (b.less(x, x), b.FALSE),
        (b.at_most(x, x), b.TRUE),
        (b.less(b.number(1), b.number(2)), b.TRUE),
        (b.at_most(b.number(3), b.number(2)), b.FALSE),
        (b.choose(b.TRUE, x, b.number(1), SMALL), x),
        (b.choose(b.FALSE, x, y, SMALL), y),
        (b.choose(p, x, x, SMALL), x),
        (b.choose(p, b.TRUE, b.FALSE, T.BOOL), p),
        (b.arithmetic("+", b.number(2), b.number(3), T.INTEGER), b.number(5)),
        (b.arithmetic("/", b.number(2), b.number(0), T.INTEGER), b.number(0)),
        (b.arithmetic("-", b.number(0), b.number(1), T.Mod(8)), b.literal(7, T.Mod(8))),
        (b.is_some(b.some(x, MAYBE)), b.TRUE),
        (b.is_some(b.literal((), MAYBE)), b.FALSE),
        (b.unwrap(b.some(x, MAYBE), SMALL), x),
        (b.unwrap(b.literal((), MAYBE), SMALL), b.literal(0, SMALL)),
        (b.some(b.number(2), MAYBE), b.literal((2,), MAYBE)),
        (b.field(b.literal((2, True), PAIR), 1, T.BOOL), b.TRUE),
        (b.lookup(b.literal((2, 3), MAP), b.number(2), SMALL), b.literal(3, SMALL)),
        (b.lookup(b.literal((2, 3), MAP), b.number(0), SMALL), b.literal(0, SMALL)),
        (b.member(x, b.literal((), SET)), b.FALSE),
        (b.member(b.number(2), b.literal((1, 2), SET)), b.TRUE),
        (b.size(b.literal((1, 2), SET)), b.number(2)),
        (b.quantified("all", q, SMALL, b.TRUE), b.TRUE),
        (b.quantified("any", q, SMALL, b.TRUE), b.TRUE),
        (b.quantified("all", q, b.literal((), SET), b.TRUE), b.TRUE),
        (b.in_range(x, 0, 3), b.TRUE),
        (b.in_range(x, 1, 5), b.at_most(b.number(1), x)),
        (b.in_range(x, None, 2), b.at_most(x, b.number(2))),
        (b.in_range(b.number(7), 0, 3), b.FALSE),
    ],
)
def test_what_folds(built: Expr, expected: Expr) -> None:
    assert built is expected


def test_what_must_not_fold() -> None:
    """Over no values `any` is false and `all` true, whatever the body says."""
    some = make(E.Var, "s", SET)
    for kind, body in (("any", b.TRUE), ("all", b.FALSE)):
        assert isinstance(b.quantified(kind, q, some, body), E.Quantified)
    assert isinstance(b.quantified("count", q, SMALL, b.TRUE), E.Quantified)


def test_equal_expressions_are_one_object_and_true_is_not_1() -> None:
    assert make(E.And, (p, ON)) is make(E.And, (p, ON))
    assert b.literal(1, SMALL) is not b.literal(1, T.Int(0, 4))
    assert b.literal(True, T.BOOL) is not b.literal(1, T.BOOL)


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "%"])
def test_an_interval_contains_every_result(op: str) -> None:
    ends = range(-3, 4)
    for low, high, other_low, other_high in product(ends, repeat=4):
        if low <= high and other_low <= other_high:
            found = b.interval(op, T.Int(low, high), T.Int(other_low, other_high))
            for left, right in product((low, 0, high), (other_low, -1, 0, 1, other_high)):
                if low <= left <= high and other_low <= right <= other_high:
                    assert T.contains(found, b.compute(op, left, right)), (found, left, right)


def test_an_interval_without_an_end_has_none() -> None:
    assert b.interval("+", T.INTEGER, SMALL) == T.INTEGER
    assert b.interval("-", SMALL, T.Mod(8)) == T.Int(-7, 3)


# ---- rewriting ---------------------------------------------------------------------------------


def somewhere(draw: Draw) -> tuple[TransitionSystem, State, Scope]:
    """Some variables, values of them, and a scope to draw expressions over them."""
    kinds = [types(draw) for _ in range(draw(st.integers(1, 3)))]
    variables = tuple(Variable(f"v{place}", kind) for place, kind in enumerate(kinds))
    state = tuple(filled(draw, kind) for kind in kinds)
    leaves = tuple(make(E.Var, v.name, v.type) for v in variables)
    return TransitionSystem("one", variables, (), ()), state, Scope(draw, leaves, used=[])


@settings(FIXED, max_examples=200)
@given(st.data())
def test_folding_again_and_assuming_what_is_so_changes_no_value(data: st.DataObject) -> None:
    system, state, scope = somewhere(data.draw)
    root = expression(scope, types(data.draw), 4)
    expected = evaluate(system, root, state, {})
    [folded] = assuming([root], {})
    assert evaluate(system, folded, state, {}) == expected
    conditions = [n for n in E.walk(root) if n.type == T.BOOL and closed(n)]
    known = {n: b.truth(bool(evaluate(system, n, state, {}))) for n in conditions[:3]}
    [settled] = assuming([root], known)
    assert evaluate(system, settled, state, {}) == expected


def closed(expr: Expr) -> bool:
    """Whether no parameter occurs at all."""
    return not any(isinstance(node, E.Param) for node in E.walk(expr))


@settings(FIXED, max_examples=100)
@given(st.data())
def test_the_predicate_after_the_step_is_the_predicate_in_the_next_state(
    data: st.DataObject,
) -> None:
    system, state, scope = somewhere(data.draw)
    after = tuple(value(data.draw, v.type) for v in system.variables)
    root = expression(scope, T.BOOL, 4)
    if not any(isinstance(node, E.Fresh | E.LiveStamps) for node in E.walk(root)):
        found = evaluate(system, after_step(root), state, {}, after)
        assert found == evaluate(system, root, after, {})


@settings(FIXED, max_examples=100)
@given(st.data())
def test_bound_variables_may_be_called_otherwise(data: st.DataObject) -> None:
    system, state, scope = somewhere(data.draw)
    root = expression(scope, T.BOOL, 5)
    renamed = apart(root, {"q0", "q1"})
    bound = {n.variable.name for n in E.walk(renamed) if isinstance(n, E.Filter | E.Quantified)}
    assert not bound & {"q0", "q1"}
    assert evaluate(system, renamed, state, {}) == evaluate(system, root, state, {})


def test_what_is_put_in_is_not_looked_into_again() -> None:
    swapped = replace_leaves(b.less(x, y), {x: y, y: x}.get)
    assert swapped is b.less(y, x)


def test_a_binder_keeps_its_variable_when_leaves_are_replaced() -> None:
    body = b.equal(q, x)
    binder = make(E.Quantified, "any", q, SMALL, body, T.BOOL)
    changed: dict[Value, Expr] = {"x": b.number(2)}
    found = replace_leaves(binder, lambda n: changed.get(n.name) if isinstance(n, E.Var) else None)
    assert found is make(E.Quantified, "any", q, SMALL, b.equal(q, b.number(2)), T.BOOL)


def test_colours_are_compared_by_their_place() -> None:
    red, blue = b.literal(0, COLOUR), b.literal(2, COLOUR)
    assert b.less(red, blue) is b.TRUE
