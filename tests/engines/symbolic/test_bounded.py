"""Bounded model checking finds what a plain walk finds, as early, on random systems and models."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings

from tests.engines.agreement import FIXED
from tests.engines.drawn_systems import problems
from tests.engines.test_models import model_of, problems_of
from tests.engines.walk import TooLarge, Walk, walk
from tests.silent import Silent
from verifier.engines.interface import Budget
from verifier.engines.symbolic.bounded import UNSAID, explore
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Check
from verifier.traces.trace import Trace
from verifier.verdict import NO_LONGER_RUN, Absent, Exploration, Found, Unknown


def is_run(problem: SafetyProblem, trace: Trace) -> bool:
    """Every step is one of the semantics."""
    system, state = problem.system, trace.initial
    assert (trace.start, state) in list(initial_states(system))
    for number, step in enumerate(trace.steps, start=1):
        after = dict(successors(system, state))[step.label]
        assert step.state == (None if isinstance(after, Check) else after)
        if step.state is None:
            return number == len(trace.steps)
        state = step.state
    return True


def compare(problem: SafetyProblem, expected: Walk, depth_max: int) -> Exploration:
    """Each bad is found in the depth that the walk says, or is none up to the depth looked at."""
    found = explore(problem, Budget(depth_max=depth_max), Silent())
    for bad in problem.bad:
        match found.answers[bad.name]:
            case Found(trace):
                assert trace.depth == expected.seen[bad.name][0], bad.name
                assert is_run(problem, trace)
            case Unknown(_, reason) if reason.startswith(UNSAID):
                assert problem.system.name == "drawn", reason
            case Unknown(depth):
                assert bad.name not in expected.seen or expected.seen[bad.name][0] > depth, bad.name
            case Absent():
                assert bad.name not in expected.seen
    actions = {action.name: action for action in problem.system.actions}
    faults = {}
    for fault in found.faults:
        trace = fault.found.trace
        assert is_run(problem, trace)
        action = actions[trace.steps[-1].label.action]
        faults[action.name, action.checks.index(fault.check)] = trace.depth
    unsaid = found.stopped.startswith(UNSAID)
    for key, (length, _) in expected.faults.items():
        if unsaid and key not in faults:
            continue
        late = length > found.depth and not found.complete
        assert faults.get(key) == length or (key not in faults and late), key
    assert faults.keys() <= expected.faults.keys()
    if found.complete and found.proof is not None and found.proof.method == NO_LONGER_RUN:
        assert found.depth >= max(expected.distance.values(), default=0)
    return found


@settings(FIXED, max_examples=150)
@given(problems())
def test_random_systems(problem: SafetyProblem) -> None:
    with suppress(TooLarge):
        compare(problem, walk(problem, 250), 5)


@pytest.mark.parametrize(
    ("name", "settings", "depth"),
    [
        ("classics/alternating_bit", "", 6),
        ("classics/bakery", "", 12),
        ("classics/dining_philosophers", "N=6", 6),
        ("classics/election_ring_cr", "N=3", 9),
        ("classics/election_ring_dkr", "", 8),
        ("classics/german", "DATA=1", 8),
        ("classics/readers_writers", "CLIENTS=2", 6),
        ("classics/scenario_c_reference", "M=1 K=3", 7),
        ("classics/sliding_window", "", 6),
        ("classics/two_phase_commit", "", 10),
        ("examples/go_back_n", "", 6),
        ("examples/needham_schroeder", "", 10),
        ("examples/request_ack", "", 9),
        ("proofs/last_writer_wins", "", 6),
        ("proofs/lock_queue", "LOSSES=1", 7),
        ("proofs/sharded_store", "", 6),
    ],
)
def test_models(name: str, settings: str, depth: int) -> None:
    for problem in problems_of(model_of(name, settings)):
        found = compare(problem, walk(problem, 3_000), depth)
        assert found.complete or found.depth == depth, found.stopped
