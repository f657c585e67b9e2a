"""What the examples say of themselves is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.classics.exploring import Silent
from verifier.checker import Plan, check
from verifier.cli.expectations import compare
from verifier.language.load import load

EXAMPLES = sorted((Path(__file__).parents[2] / "models" / "examples").glob("*.mdl"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_as_it_says(file: Path) -> None:
    expectations = load(file, None, {}).expectations
    assert expectations
    for expected in expectations:
        model = load(file, expected.variant, expected.settings)
        assert list(compare(check(model, Plan(), Silent()), expected)) == [], expected.origin
