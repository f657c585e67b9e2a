"""Loads and explores a classic model with the engine itself, without the command line around it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.silent import Silent
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir import build
from verifier.ir.problem import Bad, BadState, SafetyProblem, Stuck
from verifier.ir.property import DeadlockFree, Invariant, Reachable
from verifier.language.load import load
from verifier.language.model import Model
from verifier.verdict import Exploration, Found

CLASSICS = Path(__file__).parents[2] / "models" / "classics"


def model_of(name: str, options: Mapping[str, str]) -> Model:
    return load(CLASSICS / f"{name}.mdl", None, options)


def questions(model: Model) -> tuple[Bad, ...]:
    """What is asked of a model: a state that breaks a property, or shows what is reachable."""
    asked: list[Bad] = []
    for claim in model.properties:
        match claim:
            case Invariant():
                asked.append(BadState(claim.name, build.negate(claim.predicate)))
            case Reachable():
                asked.append(BadState(claim.name, claim.predicate))
            case DeadlockFree():
                asked.append(Stuck(claim.name, claim.final))
            case _:
                pass
    return tuple(asked)


def explored(model: Model) -> Exploration:
    return explore(SafetyProblem(model.system, questions(model)), Budget(), Silent())


def shortest(found: Exploration, name: str) -> tuple[int, int | None]:
    """The length of the shortest run to a state that was asked for, and how many there are."""
    answer = found.answers[name]
    assert isinstance(answer, Found), f"{name}: {answer}"
    return answer.trace.depth, answer.occurrences
