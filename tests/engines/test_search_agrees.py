"""The compiled search does what the reference semantics says, on random systems."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.engines.drawn_expressions import Scope, expression, filled, types
from tests.engines.drawn_systems import problems
from tests.engines.walk import TooLarge, Walk, walk
from verifier.engines.explicit.compile import compile_problem
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import make
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import fire, initial_states, successors
from verifier.ir.stamps import canonical
from verifier.ir.system import Action, Check, Kind, Parameter, State, TransitionSystem, Variable
from verifier.verdict import Absent, Exploration, Found

# The same examples on every machine; the database of failures would make runs differ.
FIXED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


class Deaf:
    """An observer that does not listen."""

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Nothing."""


@settings(FIXED, max_examples=250)
@given(problems())
def test_every_step_of_the_generated_code_is_one_of_the_semantics(problem: SafetyProblem) -> None:
    system = problem.system
    compiled = compile_problem(problem)
    states = list(dict.fromkeys(state for _, state in initial_states(system)))
    for state in states[:40]:
        out: list[tuple[int, tuple[object, ...], object, object]] = []
        compiled.expand(state, out.append)
        expected = list(successors(system, state))
        assert [(system.actions[a].name, args) for a, args, _, _ in out] == [
            (label.action, label.arguments) for label, _ in expected
        ]
        for (action, _, after, _), (_, wanted) in zip(out, expected, strict=True):
            if isinstance(wanted, Check):
                assert system.actions[action].checks[after] is wanted  # type: ignore[call-overload]
            else:
                assert after == wanted
        new = (after for _, after in expected if not isinstance(after, Check))
        states += [after for after in dict.fromkeys(new) if after not in states]


@settings(FIXED, max_examples=250)
@given(problems())
def test_the_search_finds_what_a_plain_walk_finds(problem: SafetyProblem) -> None:
    try:
        expected = walk(problem, 250)
    except TooLarge:
        assume(False)
    found = explore(problem, Budget(), Deaf())
    assert found.complete
    assert found.states == len(expected.distance)
    assert found.transitions == expected.transitions
    assert found.depth == max(expected.distance.values(), default=0)
    assert found.terminal == expected.terminal
    assert dict(found.fired) == expected.fired
    assert _faults(problem.system, found) == expected.faults
    _compare_answers(problem, found, expected)
    branches = {(a.name, n) for a in problem.system.actions for n in range(len(a.branches))}
    assert set(found.untaken) == branches - expected.taken


def _faults(system: TransitionSystem, found: Exploration) -> dict[tuple[str, str], object]:
    """The shortest run to each failing check, and how often it fails."""
    table: dict[tuple[str, str], object] = {}
    for fault in found.faults:
        trace = fault.found.trace
        assert trace.steps[-1].state is None
        _is_a_run(system, trace.states, [step.label for step in trace.steps])
        action = trace.steps[-1].label.action
        table[action, fault.check.code] = (trace.depth, fault.found.occurrences)
    return table


def _compare_answers(problem: SafetyProblem, found: Exploration, expected: Walk) -> None:
    for bad in problem.bad:
        answer = found.answers[bad.name]
        if bad.name in expected.seen:
            assert isinstance(answer, Found)
            assert (answer.trace.depth, answer.occurrences) == expected.seen[bad.name]
            labels = [step.label for step in answer.trace.steps]
            _is_a_run(problem.system, answer.trace.states, labels)
        else:
            assert isinstance(answer, Absent)


def _is_a_run(system: TransitionSystem, states: tuple[State, ...], labels: list[object]) -> None:
    assert states[0] in [state for _, state in initial_states(system)]
    for place, label in enumerate(labels):
        outcome = dict(successors(system, states[place]))[label]  # type: ignore[index]
        if place + 1 < len(states):
            assert outcome == states[place + 1]
        else:
            assert isinstance(outcome, Check) or place == len(labels) - 1


@settings(FIXED, max_examples=500)
@given(st.data())
def test_an_expression_has_the_same_value_in_both(data: st.DataObject) -> None:
    draw = data.draw
    kinds = [types(draw) for _ in range(draw(st.integers(1, 4)))]
    variables = tuple(Variable(f"v{place}", kind) for place, kind in enumerate(kinds))
    parameter = make(E.Param, "p", T.Int(1, 3))
    leaves = tuple(make(E.Var, v.name, v.type) for v in variables)
    back = make(E.Param, "back", T.Int(0, 4))
    required: list[E.Expr] = []
    scope = Scope(draw, (*leaves, parameter), (b.number(0), back), required=required)
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
    compile_problem(SafetyProblem(system, ())).expand(state, out.append)  # type: ignore[arg-type]
    assert len(out) == 3 * 5
    for _, (p, position), after, _ in out:
        expected = fire(system, action, state, {"p": p, "back": position})
        if isinstance(expected, Check):
            assert checks[after] is expected  # type: ignore[call-overload]
        else:
            assert after == canonical(system, expected)
