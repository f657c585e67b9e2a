"""A binder whose variable is the very node of a parameter or of a binder around it."""

from __future__ import annotations

import pytest

from tests.engines.native.agreement import same
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import BadState, BadStep, SafetyProblem
from verifier.ir.system import Action, Kind, Parameter, TransitionSystem, Variable

KIND = T.Int(0, 2)
X = make(E.Var, "x", KIND)
AT = make(E.Param, "at", KIND)
IS_ONE = b.equal(AT, b.literal(1, KIND))
WITHIN: dict[str, T.Type | Expr] = {
    "a type": KIND,
    "a set": b.literal((0, 1, 2), T.Set(KIND)),
    "many values": T.Int(0, 2),
}


def problem(step: Expr, kind: str, within: T.Type | Expr) -> SafetyProblem:
    """A step that reads a condition with its own parameter, and under a binder of that name."""
    bound = b.quantified(kind, AT, within, IS_ONE)
    guard = b.conjunction([b.less(X, b.literal(2, KIND)), b.disjunction([IS_ONE, b.negate(bound)])])
    system = TransitionSystem(
        "binders",
        (Variable("x", KIND),),
        (Action("start", Kind.INITIAL, (), b.TRUE, (), {"x": b.literal(0, KIND)}),),
        (
            Action(
                "go",
                Kind.ACTION,
                (Parameter(AT),),
                guard,
                (),
                {"x": b.choose(b.both(IS_ONE, bound), b.literal(1, KIND), AT, KIND)},
            ),
        ),
    )
    nested = b.quantified("any", AT, KIND, b.both(IS_ONE, b.quantified(kind, AT, within, IS_ONE)))
    bad = (
        BadState("nested", b.both(b.equal(X, b.literal(1, KIND)), nested)),
        BadStep("step", {"go": b.both(step, bound)}),
    )
    return SafetyProblem(system, bad)


@pytest.mark.parametrize("kind", ["all", "any"])
@pytest.mark.parametrize("within", WITHIN.values(), ids=WITHIN)
@pytest.mark.parametrize("step", [IS_ONE, b.negate(IS_ONE)], ids=["one", "other"])
def test_what_was_computed_outside_is_not_used_inside(
    step: Expr, kind: str, within: T.Type | Expr
) -> None:
    same(problem(step, kind, within))


def test_a_filter_hides_a_parameter() -> None:
    ones = make(E.Filter, AT, KIND, IS_ONE, T.Set(KIND))
    step = b.both(b.negate(IS_ONE), b.member(b.literal(1, KIND), ones))
    same(problem(step, "any", KIND))
