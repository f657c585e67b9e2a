"""Spacer's answers about clauses are those of exploration, and what it proves is proved again."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.certificates.solving import outcome
from tests.engines.drawn_systems import problems
from tests.silent import Silent
from verifier.certificates import mdl
from verifier.certificates.check import Accepted
from verifier.certificates.conditions import certificate_texts
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.engines.symbolic import arithmetic, horn, spacer
from verifier.engines.symbolic.asking import faults, formulas
from verifier.engines.symbolic.frames import Ground
from verifier.engines.symbolic.predicates import predicate
from verifier.engines.symbolic.prover import Proved, prove
from verifier.engines.symbolic.queries import GaveUp
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.spacer import Reachable, Unreachable
from verifier.engines.symbolic.views import View
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import State
from verifier.language.lift import lift
from verifier.properties.safety import encode
from verifier.verdict import Found

MODELS = Path(__file__).resolve().parents[3] / "models" / "proofs"
HORN = sorted((MODELS / "horn").glob("*.mdl"))
SECONDS = 20.0


def problem_of(file: Path, variant: str | None) -> SafetyProblem:
    """The problem of a model whose bounds are lifted."""
    model, reasons = lift(file, variant, {})
    assert not reasons
    return encode(model.system, model.properties)


def answer_of(problem: SafetyProblem, name: str, slots: int) -> spacer.Answer:
    ground = Ground(View(problem.system, slots), None)
    bad = next(bad for bad in problem.bad if bad.name == name)
    return spacer.solve(horn.clauses(ground, formulas(ground, bad), ()), SECONDS)


@pytest.mark.parametrize("file", HORN, ids=lambda file: file.stem)
def test_what_spacer_proves_is_proved_again_and_can_be_certified(file: Path) -> None:
    problem = problem_of(file, None)
    bad = problem.bad[0]
    ground = Ground(View(problem.system, 1), None)
    cubes = arithmetic.proved(ground, formulas(ground, bad), time.monotonic() + SECONDS)
    invariant = tuple(predicate(ground.view, ground.slots, one) for one in cubes)
    texts = certificate_texts(problem.system, (bad,), include_faults=False, invariant=invariant)
    assert isinstance(outcome(texts), Accepted)
    assert mdl.declarations(problem.system, invariant)


@pytest.mark.parametrize("file", HORN, ids=lambda file: file.stem)
def test_spacer_sees_the_mistake_of_an_arithmetic_model(file: Path) -> None:
    (wrong,) = set(lift(file, None, {})[0].variants) - {"default"}
    problem = problem_of(file, wrong)
    assert isinstance(answer_of(problem, problem.bad[0].name, 1), Reachable)


@pytest.mark.parametrize("name", ["accounts", "parity", "pour"])
def test_the_prover_asks_spacer_where_our_own_procedure_gives_up(name: str) -> None:
    problem = problem_of(MODELS / "horn" / f"{name}.mdl", None)
    outcomes = prove(problem, time.monotonic() + 60)
    assert all(isinstance(outcome, Proved) for outcome in outcomes.values()), outcomes


def test_an_open_view_is_never_proved() -> None:
    problem = problem_of(MODELS / "lock_server.mdl", None)
    ground = Ground(View(problem.system, 2), None)
    with pytest.raises(AssertionError):
        arithmetic.proved(ground, formulas(ground, problem.bad[0]), None)


def test_few_messages_are_enough_to_find_a_mistake() -> None:
    """Of an open view the clauses know the runs with few messages; that is for measurements."""
    problem = problem_of(MODELS / "token_ring.mdl", "impatient")
    assert isinstance(answer_of(problem, problem.bad[0].name, 2), Reachable)


SEEN: Counter[str] = Counter()


def reachable(problem: SafetyProblem) -> list[State]:
    seen = dict.fromkeys(state for _, state in initial_states(problem.system))
    queue = list(seen)
    while queue and len(seen) < 200:
        for _, state in successors(problem.system, queue.pop()):
            if isinstance(state, tuple) and state not in seen:
                seen[state] = None
                queue.append(state)
    return list(seen)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spacer_agrees_with_exploration(data: st.DataObject) -> None:
    """On systems without open channels it says what is so, both ways."""
    problem = data.draw(problems(), label="a problem")
    found = explore(problem, Budget(states_max=2_000), Silent())
    assume(found.complete)
    try:
        ground = Ground(View(problem.system, 1), None)
        assume(horn.exact(ground.view))
        questions = {bad.name: formulas(ground, bad) for bad in problem.bad}
        questions["faults"] = [one for _, asked in faults(ground) for one in asked]
        said = {
            name: spacer.solve(horn.clauses(ground, asked, ()), 5.0)
            for name, asked in questions.items()
            if asked
        }
    except (NotSymbolic, GaveUp) as stopped:
        SEEN[str(stopped)] += 1
        return
    states = reachable(problem)
    for name, answer in said.items():
        SEEN[type(answer).__name__] += 1
        shown = bool(found.faults) if name == "faults" else isinstance(found.answers[name], Found)
        assert not (isinstance(answer, Unreachable) and shown), name
        assert not (isinstance(answer, Reachable) and not shown), name
        if isinstance(answer, Unreachable) and answer.invariant is not None:
            for one in horn.cubes_of(answer.invariant):
                said_of = predicate(ground.view, ground.slots, one)
                assert all(evaluate(problem.system, said_of, state, {}) for state in states)


def test_random_systems_are_proved_and_refuted() -> None:
    """Runs after the test above, which would be empty if nothing was answered."""
    assert SEEN["Unreachable"] > 5 and SEEN["Reachable"] > 5, SEEN
