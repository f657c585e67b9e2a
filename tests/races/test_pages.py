"""The pages about the races of the models are what the models give."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from verifier.cli.docs import docs_command

ROOT = Path(__file__).resolve().parents[2]


def test_docs_races_and_counterexamples_are_what_the_models_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(docs_command, ["--check", "--quiet"])
    assert done.exit_code == 0, f"run `make golden` and read the diff:\n{done.output}"
