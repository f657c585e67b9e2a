"""The pages about the races of the models are what the models give."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from verifier.cli.docs import docs_command
from verifier.language.model import Choice
from verifier.races.page import taken

ROOT = Path(__file__).resolve().parents[2]


def test_docs_races_and_counterexamples_are_what_the_models_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(docs_command, ["--check", "--quiet"])
    assert done.exit_code == 0, f"run `make golden` and read the diff:\n{done.output}"


@pytest.mark.parametrize(
    ("before", "after", "needs"),
    [
        ("slow", "quick", ["a clock"]),
        ("quick", "late", ["a clock"]),
        ("quick", "slow", ["no longer: a clock"]),
        ("slow", "slow", []),
    ],
)
def test_a_fix_that_takes_something_back_needs_it_no_longer(
    before: str, after: str, needs: list[str]
) -> None:
    choice = Choice("mode", ("slow", "quick", "late"), "slow", ("a clock",), (), ())
    assert taken(choice, before, after) == (needs, [])
