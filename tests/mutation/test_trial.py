"""What becomes of a change is what a user sees who makes it by hand and checks the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.silent import Silent
from verifier.checker import Checked, Plan, check
from verifier.language.load import load
from verifier.mutation.change import changed
from verifier.mutation.mutants import changes
from verifier.mutation.trial import Fate, original, trial
from verifier.source import SourceError
from verifier.traces.trace import Trace

MODELS = Path(__file__).resolve().parents[2] / "models"
PLAN = Plan(engine="explicit")


def _words(checked: Checked) -> dict[str, str]:
    return {c.prop.name: type(c.verdict).__name__.lower() for c in checked.conclusions}


def _size(checked: Checked) -> tuple[int, int, int]:
    found = checked.exploration
    return found.states, found.transitions, found.depth


@pytest.mark.parametrize("name", ["examples/request_ack", "proofs/token_ring"])
def test_a_change_is_noticed_where_the_changed_file_has_another_verdict(
    name: str, tmp_path: Path
) -> None:
    path = MODELS / f"{name}.mdl"
    base = original(path, None, {}, PLAN, 20, Silent())
    before = check(load(path, None, {}), PLAN, Silent())
    fates = []
    for number, change in enumerate(changes(base.sources)):
        outcome = trial(base, change, Silent())
        fates.append(outcome.fate)
        file = tmp_path / f"{number}.mdl"
        file.write_text(changed(base.sources.texts[change.span.file], change), encoding="utf-8")
        try:
            after = check(load(file, None, {}), PLAN, Silent())
        except SourceError:
            assert outcome.fate is Fate.NO_MODEL
            continue
        differ = {
            f"{name}: {word}"
            for name, word in _words(after).items()
            if word not in ("unknown", _words(before)[name])
        }
        assert (outcome.fate is Fate.NOTICED) == bool(differ), change
        match outcome.fate:
            case Fate.NOTICED:
                assert outcome.detail in differ
            case Fate.SAME_GRAPH | Fate.SAME_SYSTEM:
                assert _size(after) == _size(before)
                assert _lengths(after) == _lengths(before)
            case _:
                pass
    assert {Fate.NOTICED, Fate.SURVIVED, Fate.SAME_GRAPH, Fate.SAME_SYSTEM} <= set(fates)


def _lengths(checked: Checked) -> dict[str, int]:
    """How long the shortest runs are."""
    return {
        conclusion.prop.name: evidence.depth
        for conclusion in checked.conclusions
        if isinstance(evidence := getattr(conclusion.verdict, "evidence", None), Trace)
    }
