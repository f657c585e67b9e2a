"""Random systems of all types, channels and quantifiers: both engines say the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.engines.agreement import FIXED
from tests.engines.drawn_systems import problems
from tests.engines.native.agreement import checked_build, comparable, native, same
from verifier.ir.problem import SafetyProblem
from verifier.verdict import Found


@given(problems())
@settings(FIXED, max_examples=250)
def test_the_engines_agree(problem: SafetyProblem) -> None:
    same(problem)


@pytest.mark.slow
@given(problems())
@settings(FIXED, max_examples=4000)
def test_the_engines_agree_on_many(problem: SafetyProblem) -> None:
    same(problem)


@given(problems())
@settings(FIXED, max_examples=100)
def test_checked_code_finds_nothing_broken(problem: SafetyProblem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        broken = checked_build(patch)
        found = native(problem)
    assert broken == [0]
    assert comparable(found) == comparable(native(problem))


@given(problems())
@settings(FIXED, max_examples=60)
def test_hashes_alone_find_the_same_runs_and_prove_nothing(problem: SafetyProblem) -> None:
    exact = native(problem)
    for workers in (1, 2):
        found = native(problem, workers=workers, compact=True)
        assert not found.complete and "probability" in found.stopped
        assert (found.states, found.transitions, found.depth, found.terminal) == (
            exact.states,
            exact.transitions,
            exact.depth,
            exact.terminal,
        )
        for name, answer in exact.answers.items():
            other = found.answers[name]
            assert isinstance(other, Found) == isinstance(answer, Found)
            if isinstance(other, Found) and isinstance(answer, Found):
                assert other.trace == answer.trace
