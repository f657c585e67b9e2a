"""Every model of the repository, in small bounds, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.native.agreement import checked_build, native, same
from tests.silent import Silent
from verifier.engines.interface import Budget
from verifier.engines.registry import ENGINES, Strategy
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import Flow
from verifier.language.load import load
from verifier.properties.flow import encode_flow
from verifier.properties.safety import encode

MODELS = Path(__file__).resolve().parents[3] / "models"
FILES = sorted(
    path for path in MODELS.rglob("*.mdl") if path.parent.name not in ("rejected", "lib")
)
SMALL = {"MAX_MOVES": "2", "MAX_REPEATS": "0", "M": "2", "K": "2"}
QUICK_MAX = 12_000  # states that the reference engine is asked to visit


def cases() -> list[object]:
    """Each variant of each model."""
    return [
        pytest.param(file, variant, id=f"{file.stem}-{variant}")
        for file in FILES
        for variant in load(file, None, {}).variants
    ]


def problem_of(file: Path, variant: str) -> SafetyProblem:
    """The main question about a variant, in small bounds."""
    options = load(file, None, {}).options
    model = load(file, variant, {name: value for name, value in SMALL.items() if name in options})
    return encode(model.system, model.properties)


@pytest.mark.parametrize(("file", "variant"), cases())
def test_a_model_on_both_engines(file: Path, variant: str) -> None:
    problem = problem_of(file, variant)
    limited = ENGINES["explicit"](Strategy())(problem, Budget(states_max=QUICK_MAX), Silent())
    if limited.complete:
        same(problem, workers=(1, 2))
        return
    found = native(problem, Budget(states_max=QUICK_MAX))
    assert (found.states, found.transitions) == (limited.states, limited.transitions)
    assert found.answers.keys() == limited.answers.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_flows_of_a_model_on_both_engines(file: Path) -> None:
    options = load(file, None, {}).options
    model = load(file, None, {name: value for name, value in SMALL.items() if name in options})
    for prop in model.properties:
        if isinstance(prop, Flow):
            problem = encode_flow(model.system, prop).problem
            budget = Budget(states_max=QUICK_MAX)
            expected = ENGINES["explicit"](Strategy())(problem, budget, Silent())
            found = native(problem, budget)
            assert found.answers[prop.name] == expected.answers[prop.name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_checked_code_of_a_model_finds_nothing_broken(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = problem_of(file, load(file, None, {}).default)
    broken = checked_build(monkeypatch)
    native(problem, Budget(states_max=QUICK_MAX))
    assert broken == [0]
