"""What is unusually large is explored like everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.native.agreement import checked_build, comparable, native
from tests.engines.native.hostile import MODELS
from tests.silent import Silent
from verifier.engines.explicit import search as explicit
from verifier.engines.interface import Budget
from verifier.ir.packing import Packing
from verifier.ir.problem import SafetyProblem
from verifier.language.load import load
from verifier.properties.safety import encode

STATES_MAX = {"wide": 300, "long_channel": 3000, "many_actions": 1500, "deep_nesting": 2000}


def problem_of(folder: Path, name: str) -> SafetyProblem:
    path = folder / f"{name}.mdl"
    path.write_text(MODELS[name], encoding="utf-8")
    model = load(path, None, {})
    return encode(model.system, model.properties)


@pytest.mark.parametrize("name", MODELS)
def test_both_engines_agree(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of(tmp_path, name)
    budget = Budget(states_max=STATES_MAX.get(name))
    expected = explicit.explore(problem, budget, Silent())
    for workers in (1, 2):
        found = native(problem, budget, workers)
        assert (found.stopped, found.states) == (expected.stopped, expected.states)
        assert comparable(found) == comparable(expected)
    broken = checked_build(monkeypatch)
    native(problem, budget)
    assert broken == [0]


def test_a_wide_state_takes_the_bits_of_its_parts(tmp_path: Path) -> None:
    packing = Packing(problem_of(tmp_path, "wide").system)
    assert (packing.bits, packing.words) == (4096 * 8 + 12 + 6, 513)
