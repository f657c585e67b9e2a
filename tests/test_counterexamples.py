"""The saved runs belong to the models as they are, and show what they say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from verifier.language.load import load
from verifier.language.model import ExpectedVerdict, Model
from verifier.traces.replay import replay
from verifier.traces.storage import digest, read, restored

ROOT = Path(__file__).resolve().parents[1]
BOUNDS = {"MAX_MOVES": "3", "LOSSES": "0"}  # of `tools/save_counterexamples.py`
SAVED = sorted((ROOT / "counterexamples").glob("*.trace.json"))


@cache
def _model(variant: str) -> Model:
    return load(ROOT / "models" / "scenario_c.mdl", variant, BOUNDS)


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.name.removesuffix(".trace.json"))
def test_a_saved_run_is_accepted_by_the_judge(path: Path) -> None:
    stored = read(path)
    model = _model(stored.variant)
    assert stored.file == "models/scenario_c.mdl", "named from the root, so that it can be replayed"
    assert stored.digest == digest(model.texts, model.variant, model.options), "run `make golden`"
    prop = next(prop for prop in model.properties if prop.name == stored.property)
    replay(model.system, prop, restored(stored))


def test_every_violation_of_scenario_c_is_saved() -> None:
    saved = {(stored.variant, stored.property): len(stored.steps) for stored in map(read, SAVED)}
    expected = {
        (block.variant, item.property): item.steps
        for block in _model("draft_baseline").expectations
        if block.settings == BOUNDS and (block.variant or "").startswith(("draft", "rfc"))
        for item in block.items
        if isinstance(item, ExpectedVerdict) and item.verdict == "violated"
        if item.steps is not None
    }
    assert saved == expected
