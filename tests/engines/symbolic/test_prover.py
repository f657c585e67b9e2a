"""The prover never proves what exploration refutes, and what it proves is true of every state."""

from __future__ import annotations

import time
from collections import Counter


from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.drawn_systems import problems
from tests.silent import Silent
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.engines.symbolic.prover import FAULTS, Proved, prove
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import State
from verifier.verdict import Found

STATES_MAX = 300


def reachable(problem: SafetyProblem) -> list[State]:
    """Reachable states, all of them unless there are too many."""
    seen = dict.fromkeys(state for _, state in initial_states(problem.system))
    queue = list(seen)
    while queue and len(seen) < STATES_MAX:
        for _, state in successors(problem.system, queue.pop()):
            if isinstance(state, tuple) and state not in seen:
                seen[state] = None
                queue.append(state)
    return list(seen)


COUNTS: Counter[str] = Counter()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_proved_is_true(data: st.DataObject) -> None:
    problem = data.draw(problems(), label="a problem")
    found = explore(problem, Budget(states_max=2_000), Silent())
    states = reachable(problem)
    for name, outcome in prove(problem, time.monotonic() + 20).items():
        COUNTS[type(outcome).__name__] += 1
        if not isinstance(outcome, Proved):
            COUNTS[outcome.reason] += 1
            continue
        if name == FAULTS:
            assert not found.faults
        else:
            assert not isinstance(found.answers[name], Found), name
        for predicate in outcome.invariant:
            for state in states:
                assert evaluate(problem.system, predicate, state, {}), (predicate, state)


def test_counts() -> None:
    print(COUNTS)
    assert COUNTS["Proved"] > 20
