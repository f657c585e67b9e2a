"""What the classic models say of themselves is so, at every size they speak of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.classics.exploring import CLASSICS
from tests.silent import Silent
from verifier.checker import Plan, check
from verifier.cli.expectations import compare
from verifier.language.load import load
from verifier.language.model import ExpectedCount

FILES = sorted(CLASSICS.glob("*.mdl"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_model_is_as_it_says(file: Path) -> None:
    for expected in load(file, None, {}).expectations:
        model = load(file, expected.variant, expected.settings)
        assert list(compare(check(model, Plan(), Silent()), expected)) == [], expected.settings


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_model_says_its_default_counts(file: Path) -> None:
    default = load(file, None, {}).expectations[0]
    assert (default.variant, dict(default.settings)) == (None, {})
    counts = [item.what for item in default.items if isinstance(item, ExpectedCount)]
    assert {"states", "transitions", "depth"} <= set(counts)


def test_a_wrong_count_is_noticed() -> None:
    model = load(CLASSICS / "peterson.mdl", None, {})
    right = model.expectations[0]
    wrong = replace(
        right,
        items=tuple(
            replace(item, count=item.count + 1) if isinstance(item, ExpectedCount) else item
            for item in right.items
        ),
    )
    assert len(list(compare(check(model, Plan(), Silent()), wrong))) == 4
