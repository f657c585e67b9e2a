"""Every mistake the language knows has a model that makes it, and is shown where it was made."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from verifier.language.codes import SENTENCES, Code
from verifier.language.load import load
from verifier.source import SourceError, underline

REJECTED = sorted((Path(__file__).parents[2] / "models" / "rejected").glob("*.mdl"))


def test_every_code_has_a_sentence_and_a_model() -> None:
    assert set(SENTENCES) == set(Code)
    assert {path.name[:4] for path in REJECTED} == {code.value for code in Code}


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_the_mistake_is_found_and_nothing_else(
    path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)  # so that the golden text holds no directory
    with pytest.raises(SourceError) as error:
        load(Path(path.name), None, {})
    assert {d.code for d in error.value.diagnostics} == {path.name[:4]}
    assert "\n".join(underline(d, {}) for d in error.value.diagnostics) == snapshot
