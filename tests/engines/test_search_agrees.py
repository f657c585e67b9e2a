"""The compiled search does what the reference semantics says, on random systems."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED, compare_searches, compare_steps
from tests.engines.drawn_expressions import Scope, expression, filled, types
from tests.engines.drawn_systems import problems
from tests.engines.walk import TooLarge
from verifier.engines.explicit.compile import compile_problem
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import make
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import fire
from verifier.ir.stamps import canonical
from verifier.ir.system import Action, Check, Kind, Parameter, TransitionSystem, Variable


@settings(FIXED, max_examples=200)
@given(problems())
def test_every_step_of_the_generated_code_is_one_of_the_semantics(problem: SafetyProblem) -> None:
    compare_steps(problem, 40)


@settings(FIXED, max_examples=200)
@given(problems())
def test_the_search_finds_what_a_plain_walk_finds(problem: SafetyProblem) -> None:
    with suppress(TooLarge):
        compare_searches(problem, 250)


@settings(FIXED, max_examples=400)
@given(st.data())
def test_an_expression_has_the_same_value_in_both(data: st.DataObject) -> None:
    draw = data.draw
    kinds = [types(draw) for _ in range(draw(st.integers(1, 4)))]
    variables = tuple(Variable(f"v{place}", kind) for place, kind in enumerate(kinds))
    parameter = make(E.Param, "p", T.Int(1, 3))
    leaves = tuple(make(E.Var, v.name, v.type) for v in variables)
    back = make(E.Param, "back", T.Int(0, 4))
    required: list[E.Expr] = []
    scope = Scope(draw, (*leaves, parameter), (b.number(0), back), required=required, used=[])
    result = types(draw)
    wanted = expression(scope, result, 4)
    variables = (*variables, Variable("result", result))
    parameters = (Parameter(parameter), Parameter(back))
    checks = tuple(Check("R01", "runtime", "", fits, None) for fits in required)
    action = Action("step", Kind.ACTION, parameters, b.TRUE, checks, {"result": wanted})
    system = TransitionSystem("one", variables, (), (action,), stamp_gap=3)
    raw = tuple(filled(draw, v.type) for v in variables)
    state = canonical(system, raw)
    out: list[tuple[int, tuple[int, int], object, object]] = []
    compile_problem(SafetyProblem(system, ())).expand(state, out.append)
    assert len(out) == 3 * 5
    for _, (p, position), after, _ in out:
        expected = fire(system, action, state, {"p": p, "back": position})
        if isinstance(expected, Check):
            assert checks[after] is expected
        else:
            assert after == canonical(system, expected)
