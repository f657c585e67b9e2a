"""Bounded model checking finds what a plain walk finds, as early, on random systems and models."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.engines.agreement import FIXED
from tests.engines.drawn_systems import problems
from tests.engines.test_models import model_of, problems_of
from tests.engines.walk import TooLarge, Walk, walk
from tests.silent import Silent
from verifier.engines.interface import Budget
from verifier.engines.symbolic import bounded
from verifier.engines.symbolic.bounded import explore
from verifier.engines.symbolic.finite import Finite
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.search import UNSAID
from verifier.engines.symbolic.solver import TOO_HARD
from verifier.engines.symbolic.unrolling import Unrolling
from verifier.ir.expr import Expr
from verifier.ir.problem import BadState, SafetyProblem, Stuck
from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Check
from verifier.language.load import load
from verifier.properties.safety import encode
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


# ---- with numbers left to the solver -----------------------------------------------------------


class NotWritten(Finite):
    """As if the values of numbers were too many to write out."""

    def truth(self, expr: Expr) -> Expr:
        raise NotSymbolic("too many")


@settings(FIXED, max_examples=80)
@given(problems())
def test_random_systems_with_numbers_left_to_the_solver(problem: SafetyProblem) -> None:
    with suppress(TooLarge), pytest.MonkeyPatch.context() as patched:
        patched.setattr(bounded, "Finite", NotWritten)
        compare(problem, walk(problem, 250), 4)


@pytest.mark.parametrize(
    ("name", "settings", "depth"),
    [
        ("classics/alternating_bit", "", 6),
        ("classics/election_ring_cr", "N=3", 7),
        ("classics/german", "DATA=1", 7),
        ("classics/sliding_window", "", 6),
        ("classics/two_phase_commit", "", 8),
    ],
)
def test_models_with_numbers_left_to_the_solver(
    name: str, settings: str, depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "Finite", NotWritten)
    for problem in problems_of(model_of(name, settings)):
        found = compare(problem, walk(problem, 3_000), depth)
        assert found.complete or found.depth == depth, found.stopped


GROWING = """
model growing
node N {
  var a: int 0..
  var b: int 0..
  var c: int 0..
  var e: int 0..
  var f: int 0..
  action ia { a += 1 }
  action ib when a > 2 { b += 1 }
  action ic when b > 2 and a + b > c { c += 1 }
  action ie { e += a }
  action jf { f += e }
}
instance n: N
invariant "c below 6": n.c < 6
invariant "c at most the sum": n.c <= n.a + n.b
invariant "f small": n.f < 9
"""


def test_sums_of_numbers_without_bounds(tmp_path: Path) -> None:
    """That c is 6 takes three steps of a, three of b and six of c.  After some steps e and f have
    more values than are written out."""
    path = tmp_path / "growing.mdl"
    path.write_text(GROWING, encoding="utf-8")
    model = load(path, None, {})
    problem = encode(model.system, model.properties)
    found = explore(problem, Budget(), Silent())
    assert found.complete
    assert isinstance(found.answers["c at most the sum"], Absent)
    shown = {name: a.trace for name, a in found.answers.items() if isinstance(a, Found)}
    assert {name: trace.depth for name, trace in shown.items()} == {"c below 6": 12, "f small": 7}
    assert all(is_run(problem, trace) for trace in shown.values())


def test_what_cannot_be_asked_first_is_asked_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one question alone is too much, the others keep their answers, and its own depth is
    not that of the search which could not ask it."""
    path = tmp_path / "growing.mdl"
    path.write_text(GROWING, encoding="utf-8")
    model = load(path, None, {})
    problem = encode(model.system, model.properties)
    asked = bounded.in_last_state

    def not_all(unrolling: Unrolling, bad: BadState | Stuck) -> Expr:
        if bad.name == "f small" and isinstance(unrolling.leaves, Finite):
            raise NotSymbolic("too many")
        return asked(unrolling, bad)

    monkeypatch.setattr(bounded, "in_last_state", not_all)
    answer = explore(problem, Budget(), Silent()).answers["f small"]
    assert isinstance(answer, Found) and answer.trace.depth == 7
    short = explore(problem, Budget(depth_max=3), Silent()).answers
    assert short["f small"] == Unknown(3, "the limit of 3 steps was reached")


def test_a_question_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also without a limit of time; in both ways, and what was looked at before stays known."""
    problem = problems_of(model_of("classics/sliding_window", ""))[0]
    monkeypatch.setattr(bounded, "EFFORT", 3_000)
    for leaves in (Finite, NotWritten):
        monkeypatch.setattr(bounded, "Finite", leaves)
        found = explore(problem, Budget(depth_max=30), Silent(), facts=tuple)
        assert (found.stopped, found.complete) == (TOO_HARD, False)
        assert Unknown(found.depth, TOO_HARD) in found.answers.values()


def test_a_memory_limit_ends_the_search() -> None:
    problem = problems_of(model_of("classics/bakery", ""))[0]
    found = explore(problem, Budget(memory_max_bytes=1_000_000), Silent())
    assert found.stopped == "the memory limit of 1,000,000 bytes was reached"
