"""The least run: beside brute force on random systems, and where it is known by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.causes.models import NO_LIMITS, violation
from tests.engines.agreement import FIXED
from tests.engines.drawn_expressions import Draw, Scope, expression, pick
from tests.engines.drawn_systems import systems
from tests.traces.models import COUNTER, PAIR
from tests.viewers.models import DUPLICATION, LOSS
from verifier.causes.cost import Cost, cost_of
from verifier.causes.goal import goal_of
from verifier.causes.minimise import minimise
from verifier.causes.reduction import executed
from verifier.causes.shortest import Limits
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import TRUE
from verifier.ir.expr import make
from verifier.ir.property import Claim, DeadlockFree, Invariant, NoFault, Property, StepProperty
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Check, Kind, Send, State, TransitionSystem
from verifier.traces.replay import TraceMismatch, replay
from verifier.traces.trace import Step, Trace

NOTHING = Limits(0, None)  # no search: only leave steps out
RUNS_MAX = 600
KINDS = (Kind.ACTION, Kind.ACTION, Kind.ACTION, Kind.LOSS, Kind.DUPLICATION)


@st.composite
def acted(draw: Draw) -> TransitionSystem:
    """A random system whose steps are of nodes, send messages, lose and copy."""
    system = draw(systems())
    leaves = tuple(make(E.Var, v.name, v.type) for v in system.variables)
    actions = []
    for action in system.actions:
        scope = Scope(draw, (*leaves, *(p.variable for p in action.parameters)))
        sends = tuple(
            Send(expression(scope, T.BOOL, 1), "nowhere", leaves[0])
            for _ in range(pick(draw, (0, 1, 2)))
        )
        node, kind = pick(draw, ("", "p", "q")), pick(draw, KINDS)
        actions.append(replace(action, node=node, kind=kind, sends=sends))
    return replace(system, actions=tuple(actions))


@st.composite
def claimed(draw: Draw) -> tuple[TransitionSystem, Property]:
    """A random system with a property of any kind."""
    system = draw(acted())
    leaves = tuple(make(E.Var, v.name, v.type) for v in system.variables)
    predicate = expression(Scope(draw, leaves), T.BOOL, 3)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        claims = {
            action.name: Claim(expression(Scope(draw, leaves), T.BOOL, 2), TRUE)
            for action in system.actions
        }
        return system, StepProperty("claim", claims)
    if kind == 1:
        return system, DeadlockFree("claim", predicate, TRUE)
    if kind == 2:
        return system, NoFault("claim", "runtime")
    return system, Invariant("claim", predicate, TRUE)


def shows(system: TransitionSystem, prop: Property, trace: Trace) -> bool:
    try:
        replay(system, prop, trace)
    except TraceMismatch:
        return False
    return True


def runs(system: TransitionSystem, prop: Property, depth: int) -> Iterator[Trace]:
    """All runs of so many steps that show the violation and do not show it before."""
    waiting = [Trace(label, state, ()) for label, state in initial_states(system)]
    seen = 0
    while waiting:
        trace = waiting.pop()
        seen += 1
        assume(seen <= RUNS_MAX)
        if shows(system, prop, trace):
            if trace.depth == depth:
                yield trace
            continue
        if trace.depth < depth and (not trace.steps or trace.steps[-1].state is not None):
            for label, after in successors(system, trace.states[-1]):
                step = Step(label, None if isinstance(after, Check) else after)
                waiting.append(replace(trace, steps=(*trace.steps, step)))


def price(system: TransitionSystem, trace: Trace) -> tuple[int, int, int, int, int]:
    """The cost, counted once more."""
    actions = {action.name: action for action in system.actions}
    messages, states, nodes = 0, trace.states, []
    for place, step in enumerate(trace.steps):
        action = actions[step.label.action]
        names = [p.variable.name for p in action.parameters]
        arguments = dict(zip(names, step.label.arguments, strict=True))
        if action.kind is not Kind.DUPLICATION and step.state is not None:
            messages += sum(
                bool(evaluate(system, send.condition, states[place], arguments))
                for send in action.sends
            )
        nodes += [action.node] if action.node else []
    kinds = [actions[step.label.action].kind for step in trace.steps]
    switches = sum(a != b for a, b in pairwise(nodes))
    return (
        trace.depth, messages, kinds.count(Kind.LOSS), kinds.count(Kind.DUPLICATION), switches,
    )  # fmt: skip


def some_run(draw: Draw, system: TransitionSystem, prop: Property) -> Trace | None:
    """A run that shows the violation, by chance."""
    label, state = pick(draw, tuple(initial_states(system)) or (None,)) or (None, ())
    if label is None:
        return None
    trace = Trace(label, state, ())
    for _ in range(7):
        if shows(system, prop, trace):
            return trace
        last: State | None = trace.steps[-1].state if trace.steps else state
        moves = [] if last is None else list(successors(system, last))
        if not moves:
            return None
        label, after = pick(draw, tuple(moves))
        step = Step(label, None if isinstance(after, Check) else after)
        trace = replace(trace, steps=(*trace.steps, step))
    return trace if shows(system, prop, trace) else None


@settings(FIXED, max_examples=25)
@given(st.data())
def test_the_least_run_is_as_cheap_as_the_cheapest_of_all(data: st.DataObject) -> None:
    system, prop = data.draw(claimed())
    trace = some_run(data.draw, system, prop)
    assume(trace is not None)
    assert trace is not None
    found = minimise(system, prop, trace, None, NO_LIMITS, NO_LIMITS)
    assert found.stopped is None
    replay(system, prop, found.trace)
    assert found.cost == cost_of(system, found.trace) <= found.before == cost_of(system, trace)
    for depth in range(found.cost.steps):
        assert not list(runs(system, prop, depth))
    costs = [price(system, other) for other in runs(system, prop, found.cost.steps)]
    assert Cost(*min(costs)) == found.cost


@settings(FIXED, max_examples=25)
@given(st.data())
def test_without_a_search_no_step_can_be_left_out(data: st.DataObject) -> None:
    system, prop = data.draw(claimed())
    trace = some_run(data.draw, system, prop)
    assume(trace is not None)
    assert trace is not None
    found = minimise(system, prop, trace, None, NOTHING, NO_LIMITS)
    replay(system, prop, found.trace)
    assert found.cost <= found.before
    least = minimise(system, prop, trace, None, NO_LIMITS, NO_LIMITS)
    assert least.cost <= found.cost
    if found.stopped is not None:
        assert found.stopped.depth < found.cost.steps or found.stopped.depth < least.cost.steps
    goal = goal_of(system, prop, found.trace, None)
    labels = [step.label for step in found.trace.steps]
    for place in range(len(labels)):
        rest = [*labels[:place], *labels[place + 1 :]]
        assert executed(goal, found.trace.initial, rest) is None


def lengthened(system: TransitionSystem, prop: Property, trace: Trace, most: int) -> Trace:
    """A longer run to the same: the longest of those that a search without direction meets."""
    longest = trace
    waiting = [Trace(trace.start, trace.initial, ())]
    for _ in range(4_000):
        if not waiting:
            break
        part = waiting.pop()
        if shows(system, prop, part):
            longest = max(longest, part, key=lambda one: one.depth)
        elif part.depth < most:
            for label, after in successors(system, part.states[-1]):
                if not isinstance(after, Check):
                    step = Step(label, after)
                    waiting.append(replace(part, steps=(*part.steps, step)))
    return longest


@pytest.mark.parametrize(
    ("text", "name", "cost"),
    [
        # ask, its loss: a message sent, a loss.
        (LOSS, "lost at once", Cost(2, 1, 1, 0, 0)),
        # ask, answer, a copy of the answer, and A receives both.
        (DUPLICATION, "once", Cost(5, 2, 0, 1, 2)),
        (PAIR + 'reachable "one": a.got == 1', "one", Cost(3, 2, 0, 0, 2)),
        (PAIR + 'flow "all": a -> b: Ask a -> b: Ask b -> a: Answer', "all", Cost(5, 4, 0, 0, 2)),
        (PAIR, "no deadlock", Cost(6, 4, 0, 0, 2)),
    ],
)
def test_known_costs(text: str, name: str, cost: Cost, tmp_path: Path) -> None:
    system, prop, trace, fault = violation(tmp_path, text, name)
    assert minimise(system, prop, trace, fault, NO_LIMITS, NO_LIMITS).cost == cost
    longer = lengthened(system, prop, trace, cost.steps + 3)
    found = minimise(system, prop, longer, fault, NO_LIMITS, NO_LIMITS)
    assert found.cost == cost and found.before == cost_of(system, longer)


def test_the_same_run_time_error(tmp_path: Path) -> None:
    system, prop, trace, fault = violation(tmp_path, COUNTER, "no run-time error")
    longer = trace
    for label, after in successors(system, trace.initial):
        if label.arguments == (1,) and not isinstance(after, Check):
            longer = Trace(trace.start, trace.initial, (Step(label, after),))
    state = longer.states[-1]
    for _ in range(3):
        label, after = next(iter(successors(system, state)))
        step = Step(label, None if isinstance(after, Check) else after)
        longer = replace(longer, steps=(*longer.steps, step))
        state = longer.states[-1]
    replay(system, prop, longer, fault)
    assert longer.depth == 4
    for search in (NO_LIMITS, NOTHING):
        found = minimise(system, prop, longer, fault, search, NO_LIMITS)
        replay(system, prop, found.trace, fault)
        assert found.cost.steps == 2 if search is NO_LIMITS else found.cost.steps <= 4


def test_a_limit_is_told(tmp_path: Path) -> None:
    system, prop, trace, fault = violation(tmp_path, PAIR, "no deadlock")
    found = minimise(system, prop, trace, fault, Limits(5, None), NO_LIMITS)
    assert found.stopped is not None
    assert found.stopped.reason == "the limit of 5 states was reached"
    assert found.stopped.depth < 6 == found.cost.steps and found.unfinished == ""
    ended = minimise(system, prop, trace, fault, Limits(5, None), Limits(None, 0.0))
    assert ended.unfinished == "the time limit was reached"
    replay(system, prop, ended.trace, fault)
