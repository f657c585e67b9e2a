"""Values at the edges of their types: what random systems meet too seldom."""

from __future__ import annotations

import pytest

from tests.engines.native.agreement import same
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import BadState, SafetyProblem
from verifier.ir.system import Action, Check, Kind, Parameter, TransitionSystem, Variable

SMALL = T.Int(-4, 4)
WIDE = T.Int(-40, 40)


def problem(
    variables: tuple[Variable, ...],
    initial: dict[str, Expr],
    actions: tuple[Action, ...],
    bad: tuple[BadState, ...] = (),
) -> SafetyProblem:
    """A system that starts in one state."""
    start = Action("start", Kind.INITIAL, (), b.TRUE, (), initial)
    return SafetyProblem(TransitionSystem("values", variables, (start,), actions), bad)


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "%"])
@pytest.mark.parametrize("kind", [SMALL, T.Int(0, 8), T.Int(-7, -1)], ids=str)
def test_arithmetic_rounds_as_the_reference_does(op: str, kind: T.Int) -> None:
    left, right = make(E.Param, "left", SMALL), make(E.Param, "right", kind)
    result = make(E.Arith, op, left, right, T.INTEGER)
    action = Action(
        "go",
        Kind.ACTION,
        (Parameter(left), Parameter(right)),
        b.TRUE,
        (),
        {"x": left, "y": right, "z": result},
    )
    kinds = {"x": SMALL, "y": kind, "z": WIDE}
    variables = tuple(Variable(name, of) for name, of in kinds.items())
    zero = {name: b.literal(T.default(of), of) for name, of in kinds.items()}
    same(problem(variables, zero, (action,)))


@pytest.mark.parametrize("modulus", [5, 8])
def test_wrapping_arithmetic_rounds_as_the_reference_does(modulus: int) -> None:
    of = T.Mod(modulus)
    left, right = make(E.Param, "left", of), make(E.Param, "right", of)
    places = {op: f"v{place}" for place, op in enumerate("+-*/%")}
    assignments: dict[str, Expr] = {
        name: make(E.Arith, op, left, right, of) for op, name in places.items()
    }
    action = Action("go", Kind.ACTION, (Parameter(left), Parameter(right)), b.TRUE, (), assignments)
    variables = tuple(Variable(name, of) for name in places.values())
    zero: dict[str, Expr] = {name: b.literal(0, of) for name in places.values()}
    same(problem(variables, zero, (action,)))


def test_what_is_absent_is_one_state_whatever_was_there() -> None:
    of = T.Optional(T.Int(0, 6))
    some = make(E.Some, make(E.Param, "n", T.Int(0, 6)), of)
    flag = make(E.Param, "flag", T.BOOL)
    none = b.literal((), of)
    action = Action(
        "go",
        Kind.ACTION,
        (Parameter(make(E.Param, "n", T.Int(0, 6))), Parameter(flag)),
        b.TRUE,
        (),
        {"v": make(E.If, flag, some, none, of)},
    )
    found = same(problem((Variable("v", of),), {"v": none}, (action,)))
    assert found.states == 8


def test_what_is_absent_in_a_narrower_type_is_absent_in_a_wider_one() -> None:
    wide, narrow = T.Optional(T.Int(0, 6)), T.Optional(T.Int(2, 6))
    number = make(E.Param, "n", T.Int(0, 6))
    given = make(E.Var, "narrow", narrow)
    copy = Action("copy", Kind.ACTION, (), b.TRUE, (), {"wide": given})
    some = make(E.Some, number, wide)
    put = Action("put", Kind.ACTION, (Parameter(number),), b.TRUE, (), {"wide": some})
    variables = (Variable("wide", wide), Variable("narrow", narrow))
    initial: dict[str, Expr] = {"wide": b.literal((), wide), "narrow": b.literal((), narrow)}
    found = same(problem(variables, initial, (copy, put)))
    assert found.states == 8


RECORD = T.Record("M", (("sender", T.BOOL), ("receiver", T.BOOL), ("n", T.Int(0, 3))))
MESSAGE = T.Message((RECORD,))
NET = T.Channel(MESSAGE, False, 2)


@pytest.mark.parametrize("first", [True, False], ids=["asked first", "asked last"])
def test_a_number_that_is_not_checked_yet_is_not_cut_off(first: bool) -> None:
    # x + 1 may be 4, which the field has no room for: a check that comes before the one that says
    # so must still see 4, not 0.
    x, net = make(E.Var, "x", T.Int(0, 3)), make(E.Var, "net", NET)
    more = make(E.Arith, "+", x, b.number(1), T.INTEGER)
    false = b.literal(False, T.BOOL)
    message = make(E.MessageOf, 0, (false, false, more), MESSAGE)
    sent = make(E.Put, net, message, NET)
    here = make(E.Param, "m", MESSAGE)
    field = make(E.MessageField, here, 0, 2, T.Int(0, 3))
    seen = b.quantified("any", here, sent, b.equal(field, b.number(4)))
    checks = [
        Check("R07", "runtime", "not four", b.negate(seen), None),
        Check("R01", "runtime", "in range", b.in_range(more, 0, 3), None),
    ]
    ordered = tuple(checks if first else reversed(checks))
    action = Action(
        "go", Kind.ACTION, (), b.TRUE, ordered, {"x": more, "net": make(E.Take, sent, message, NET)}
    )
    variables = (Variable("x", T.Int(0, 3)), Variable("net", NET))
    initial: dict[str, Expr] = {"x": b.literal(0, T.Int(0, 3)), "net": b.literal((), NET)}
    found = same(problem(variables, initial, (action,)))
    assert [fault.check.code for fault in found.faults] == ["R07" if first else "R01"]
