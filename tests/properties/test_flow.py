"""Flows: found, with the shortest run, if and only if some run performs them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.test_safety import EVERYTHING, summed
from tests.traces.models import PAIR, Silent, checked, conclusion, model_of
from verifier.checker import Plan
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir.build import FALSE, TRUE, both, disjunction
from verifier.ir.expr import Equal, Expr, Literal, Param, Var, make
from verifier.ir.property import Flow, FlowEvent
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Action, Check, Kind, Parameter, TransitionSystem, Variable
from verifier.ir.types import Int
from verifier.properties.flow import encode_flow
from verifier.traces.replay import TraceMismatch, replay
from verifier.traces.trace import Step, Trace
from verifier.verdict import Absent, Found

# The verdict on a flow that no run performs.
NEVER = "violated"


@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        ("a -> b: Ask", 2),
        ("a -> b: Ask b -> a: Answer", 3),
        ("do a.ask a -> b: Ask b -> a: Answer", 3),
        ("do a.ask do a.ask a -> b: Ask a -> b: Ask", 4),
        ("a -> b: Ask do a.ask a -> b: Ask", 4),
        ("a -> b: Ask(m) where m.n == 2", 3),
        ("a -> b: Ask(m) where m.n == 2 a -> b: Ask(m) where m.n == 1", 4),
        ("a -> b: Ask(m) where m.n == 1 a -> b: Ask(m) where m.n == 1", None),
        ("b -> a: Answer b -> a: Answer", 6),
        ("b -> a: Answer b -> a: Answer b -> a: Answer", None),
        ("do a.ask(loud) where loud do a.ask(loud) where not loud", 2),
        ("given a.n == 1 do a.ask", 2),
        ("given a.n == 2 do a.ask", None),
        ("given a.got == 1 a -> b: Ask", 5),
        ("given a.n == 1 given a.got == 1 do a.ask", 4),
        ("a -> b: Ask then a.n == 2", 3),
        ("a -> b: Ask then a.n == 0", None),
        ("a -> b: Ask then a.n == 1 then a.got == 1", 3),
        ("do a.ask b -> a: Answer without Ask", None),
        ("given a.n == 2 b -> a: Answer without Ask", 4),
        ("given a.got == 1 b -> a: Answer without Ask", 6),
        ("a -> b: Ask without Never", 2),
    ],
)
def test_a_flow(lines: str, steps: int | None, tmp_path: Path) -> None:
    found = checked(tmp_path, f'{PAIR}flow "p": {lines}')
    said = summed(conclusion(found, "p"))
    assert said[:2] == ("holds", steps) if steps is not None else said[0] == NEVER
    # The counts are those of the model, whatever the monitor has seen.
    counts = found.exploration
    assert (counts.states, counts.transitions, counts.depth) == EVERYTHING


def test_each_line_is_a_step_of_its_own(tmp_path: Path) -> None:
    """One receipt is not two lines, even if it is as either says."""
    text = 'flow "p": a -> b: Ask(m) where m.n == 2 a -> b: Ask(m) where m.n >= 1 without Answer'
    assert summed(conclusion(checked(tmp_path, PAIR + text), "p"))[0] == NEVER
    text = 'flow "p": a -> b: Ask(m) where m.n == 2 a -> b: Ask(m) where m.n >= 1'
    assert summed(conclusion(checked(tmp_path, PAIR + text), "p")) == ("holds", 4)


def test_a_flow_that_no_run_performs_is_refuted_by_all_runs(tmp_path: Path) -> None:
    """The whole product is explored.  Its monitor sees no first answer or one, and a first answer
    is seen in the states where one is taken: no state is met twice."""
    text = PAIR + 'flow "p": b -> a: Answer then a.n == 0'
    assert summed(conclusion(checked(tmp_path, text), "p")) == ("violated", EVERYTHING)


def test_a_limit_holds_for_each_exploration(tmp_path: Path) -> None:
    text = PAIR + 'flow "near": do a.ask\nflow "far": b -> a: Answer b -> a: Answer\n'
    found = checked(tmp_path, text, Plan(states_max=4))
    assert summed(conclusion(found, "near")) == ("holds", 1)
    assert summed(conclusion(found, "far"))[2] == "the limit of 4 states was reached"


def test_the_run_is_one_of_the_model(tmp_path: Path) -> None:
    model = model_of(tmp_path, PAIR + 'flow "p": a -> b: Ask b -> a: Answer')
    flow = next(p for p in model.properties if isinstance(p, Flow))
    product = encode_flow(model.system, flow)
    assert [v.name for v in product.problem.system.variables[-3:]] == ["flow 0", "flow 1", "flow 2"]
    answer = explore(product.problem, Budget(), Silent()).answers["p"]
    assert isinstance(answer, Found)
    assert len(answer.trace.initial) == len(model.system.variables) + 3
    lifted = product.lift(answer.trace)
    assert [len(state) for state in lifted.states] == [len(model.system.variables)] * 4
    replay(model.system, flow, lifted)


# ---- against all runs --------------------------------------------------------------------------
#
# A machine of four states with random steps, and a bit that says which label of two was taken; the
# oracle walks all runs up to a length and asks of each, by trying every way to choose the lines.

LENGTH_MAX = 5
PLACE = Int(0, 3)


def there(place: int) -> Expr:
    return make(Equal, make(Var, "at", PLACE), Literal(place, PLACE))


def machine(edges: frozenset[tuple[int, str, int]]) -> TransitionSystem:
    """From where, by which action, where to; several edges are told apart by their argument."""
    given = make(Param, "to", PLACE)
    actions = []
    for name in ("x", "y"):
        enabled: Expr = FALSE
        for source, action, target in sorted(edges):
            if action == name:
                edge = both(there(source), make(Equal, given, Literal(target, PLACE)))
                enabled = disjunction((enabled, edge))
        actions.append(
            Action(name, Kind.ACTION, (Parameter(given),), enabled, (), {"at": given}, shown=name)
        )
    initial = Action("initial", Kind.INITIAL, (), TRUE, (), {"at": Literal(0, PLACE)})
    return TransitionSystem("m", (Variable("at", PLACE),), (initial,), tuple(actions))


@cache
def runs(edges: frozenset[tuple[int, str, int]]) -> list[Trace]:
    """All runs up to LENGTH_MAX steps, shorter ones first."""
    system = machine(edges)
    level = [Trace(label, state, ()) for label, state in initial_states(system)]
    found = list(level)
    for _ in range(LENGTH_MAX):
        level = [
            Trace(run.start, run.initial, (*run.steps, Step(label, after)))
            for run in level
            for label, after in successors(system, run.states[-1])
            if not isinstance(after, Check)
        ]
        found += level
    return found


def performs(system: TransitionSystem, flow: Flow, run: Trace) -> bool:
    """By the words of `Flow`: try every beginning, and every choice of which steps are lines."""
    states, labels = run.states, [step.label for step in run.steps]

    def is_line(event: FlowEvent, step: int) -> bool:
        condition = event.matches.get(labels[step].action)
        given = {"to": labels[step].arguments[0]}
        return condition is not None and bool(evaluate(system, condition, states[step], given))

    def rest(step: int, line: int) -> bool:
        if step == len(labels):
            return line == len(flow.events) and bool(evaluate(system, flow.finish, states[-1], {}))
        if any(is_line(event, step) for event in flow.without):
            return False
        taken = line < len(flow.events) and is_line(flow.events[line], step)
        return rest(step + 1, line) or (taken and rest(step + 1, line + 1))

    return any(
        evaluate(system, flow.start, state, {}) and rest(begin, 0)
        for begin, state in enumerate(states)
    )


@st.composite
def flow_events(draw: st.DrawFn) -> FlowEvent:
    given = make(Param, "to", PLACE)
    conditions = st.sampled_from(
        [TRUE, *(make(Equal, given, Literal(p, PLACE)) for p in range(4)), there(1), there(2)]
    )
    names = draw(st.sets(st.sampled_from(["x", "y"]), min_size=1))
    return FlowEvent("line", {name: draw(conditions) for name in sorted(names)})


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    predicates = st.sampled_from([TRUE, TRUE, there(0), there(1), there(3)])
    return Flow(
        "p",
        draw(predicates),
        tuple(draw(st.lists(flow_events(), min_size=1, max_size=3))),
        draw(predicates),
        tuple(draw(st.lists(flow_events(), max_size=1))),
    )


EDGES = st.frozensets(
    st.tuples(st.integers(0, 3), st.sampled_from(["x", "y"]), st.integers(0, 3)),
    min_size=2,
    max_size=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDGES, flows())
def test_flows_are_as_an_enumeration_of_all_runs_says(
    edges: frozenset[tuple[int, str, int]], flow: Flow
) -> None:
    system = machine(edges)
    performing = [run for run in runs(edges) if performs(system, flow, run)]
    shortest = min((run.depth for run in performing), default=None)
    product = encode_flow(system, flow)
    answer = explore(product.problem, Budget(), Silent()).answers["p"]
    if isinstance(answer, Found):
        lifted = product.lift(answer.trace)
        replay(system, flow, lifted)
        if lifted.depth <= LENGTH_MAX:
            assert performs(system, flow, lifted)
        assert shortest == lifted.depth or (shortest is None and lifted.depth > LENGTH_MAX)
    else:
        assert isinstance(answer, Absent)
        assert shortest is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDGES, flows())
def test_the_judge_is_as_the_words_say(edges: frozenset[tuple[int, str, int]], flow: Flow) -> None:
    system = machine(edges)
    for run in runs(edges)[:200]:
        try:
            replay(system, flow, run)
            accepted = True
        except TraceMismatch:
            accepted = False
        assert accepted == performs(system, flow, run)
