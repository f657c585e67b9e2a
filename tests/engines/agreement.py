"""The compiled search beside the reference semantics: every number and every run."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.engines.walk import Walk, arguments, walk
from tests.silent import Silent
from verifier.engines.explicit.compile import compile_problem
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir.problem import Bad, BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Check, State, TransitionSystem
from verifier.traces.trace import Trace
from verifier.verdict import Absent, Exploration, Found

# The same examples on every machine; the database of failures would make runs differ.
FIXED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


def compare_steps(problem: SafetyProblem, states_max: int) -> None:
    """The generated code gives the labels of the semantics, in order, with what they lead to, from
    the first so many states of the search."""
    system = problem.system
    compiled = compile_problem(problem)
    found = dict.fromkeys(state for _, state in initial_states(system))
    waiting = list(found)
    for state in waiting:
        out: list[tuple[int, tuple[object, ...], object, object]] = []
        compiled.expand(state, out.append)
        expected = list(successors(system, state))
        assert [(system.actions[a].name, args) for a, args, _, _ in out] == [
            (label.action, label.arguments) for label, _ in expected
        ]
        for (action, _, after, _), (_, wanted) in zip(out, expected, strict=True):
            if isinstance(wanted, Check):
                assert system.actions[action].checks[after] is wanted
                continue
            assert after == wanted
            if wanted not in found and len(waiting) < states_max:
                found[wanted] = None
                waiting.append(wanted)


def compare_searches(problem: SafetyProblem, states_max: int) -> Exploration:
    """The search finds what a plain walk finds.

    Raises:
        TooLarge: there are more states.
    """
    expected = walk(problem, states_max)
    # A search that takes equal states for different ones might not end.
    found = explore(problem, Budget(states_max=max(len(expected.distance), 1)), Silent())
    assert found.complete
    assert found.states == len(expected.distance)
    assert found.transitions == expected.transitions
    assert found.depth == max(expected.distance.values(), default=0)
    assert found.terminal == expected.terminal
    assert dict(found.fired) == expected.fired
    _compare_faults(problem.system, found, expected)
    for bad in problem.bad:
        answer = found.answers[bad.name]
        if bad.name in expected.seen:
            assert isinstance(answer, Found)
            assert (answer.trace.depth, answer.occurrences) == expected.seen[bad.name]
            _shows(problem.system, bad, answer.trace)
        else:
            assert isinstance(answer, Absent)
    branches = {(a.name, n) for a in problem.system.actions for n in range(len(a.branches))}
    assert set(found.untaken) == branches - expected.taken
    return found


def _compare_faults(system: TransitionSystem, found: Exploration, expected: Walk) -> None:
    """The failing checks, the shortest run to each, and how often it fails."""
    actions = {action.name: action for action in system.actions}
    table = {}
    for fault in found.faults:
        trace = fault.found.trace
        assert _outcome(system, trace) is fault.check
        last = trace.steps[-1]
        assert last.state is None
        place = actions[last.label.action].checks.index(fault.check)
        table[last.label.action, place] = (trace.depth, fault.found.occurrences)
    assert table == expected.faults


def _shows(system: TransitionSystem, bad: Bad, trace: Trace) -> None:
    """The end of a run is what the question asks for."""
    _outcome(system, trace)
    match bad:
        case BadState(_, condition):
            assert evaluate(system, condition, trace.states[-1], {})
        case Stuck(_, final):
            assert not list(successors(system, trace.states[-1]))
            assert not evaluate(system, final, trace.states[-1], {})
        case BadStep(_, conditions):
            label = trace.steps[-1].label
            action = next(a for a in system.actions if a.name == label.action)
            before = trace.states[trace.depth - 1]
            assert evaluate(system, conditions[label.action], before, arguments(action, label))


def _outcome(system: TransitionSystem, trace: Trace) -> State | Check:
    """What the last step of a run leads to; every step is one of the semantics."""
    outcome: State | Check = trace.initial
    assert (trace.start, trace.initial) in list(initial_states(system))
    for step in trace.steps:
        assert not isinstance(outcome, Check)
        outcome = dict(successors(system, outcome))[step.label]
        assert step.state == (None if isinstance(outcome, Check) else outcome)
    return outcome
