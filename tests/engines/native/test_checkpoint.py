"""A search that was killed and taken up again ends as if nothing had happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.native.agreement import comparable, native
from tests.engines.native.test_search import reference
from tests.silent import Silent
from verifier.engines.interface import Budget, CheckpointError, Saving, Strategy
from verifier.engines.native import checkpoint, engine, search
from verifier.ir.problem import SafetyProblem
from verifier.verdict import Exploration


def part_of(problem: SafetyProblem, folder: Path, workers: int, states: int, compact: bool) -> None:
    """A search that is saved all the time, and stopped."""
    saving = Saving(folder, 0.0, resume=False)
    engine.explore(
        problem, Budget(states_max=states), Silent(), strategy=Strategy(workers, compact, saving)
    )


def rest_of(problem: SafetyProblem, folder: Path, workers: int, compact: bool) -> Exploration:
    saving = Saving(folder, 60.0, resume=True)
    return engine.explore(problem, Budget(), Silent(), strategy=Strategy(workers, compact, saving))


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("states", [1, 50, 3000])
def test_the_rest_completes_the_part(
    workers: int, states: int, compact: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LARGE_LEVEL", 100)
    monkeypatch.setattr(search, "ROUND_STATES", 200)
    problem = reference(2, 2)
    part_of(problem, tmp_path, workers, states, compact)
    found = rest_of(problem, tmp_path, workers, compact)
    assert comparable(found) == comparable(native(problem, workers=workers, compact=compact))
    again = rest_of(problem, tmp_path, workers, compact)  # of a search that is done
    assert comparable(again) == comparable(found)


def _manifest(folder: Path) -> Path:
    (path,) = folder.glob(f"*/{checkpoint.MANIFEST}")
    return path


def test_files_that_no_manifest_names_are_removed(tmp_path: Path) -> None:
    problem = reference(2, 2)
    part_of(problem, tmp_path, 1, 3000, False)
    folder = _manifest(tmp_path).parent
    (folder / "stray.1.part").write_bytes(b"left by a process that was killed")
    rest_of(problem, tmp_path, 1, False)
    manifest = json.loads(_manifest(tmp_path).read_text())
    named = {
        piece["file"]
        for owner in manifest["pieces"]
        for row in ("states", "parents")
        for piece in owner[row]
    }
    assert {path.name for path in folder.glob("*.part")} == named


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("format", "verify-checkpoint/0", "format"),
        ("version", "0.0.1", "version of verify"),
        ("problem", "0" * 64, "model"),
        ("words", 9, "layout"),
        ("owners", 7, "number of workers"),
        ("compact", True, "way of keeping states"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(
    field: str, value: object, said: str, tmp_path: Path
) -> None:
    problem = reference(1, 1)
    part_of(problem, tmp_path, 1, 10, False)
    path = _manifest(tmp_path)
    manifest = json.loads(path.read_text())
    manifest[field] = value
    path.write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match=f"saved for another {said}"):
        rest_of(problem, tmp_path, 1, False)


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    problem = reference(2, 2)
    part_of(problem, tmp_path, 1, 3000, False)
    path = next(_manifest(tmp_path).parent.glob("states*.part"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        rest_of(problem, tmp_path, 1, False)
    path.unlink()
    with pytest.raises(CheckpointError, match="cannot be read"):
        rest_of(problem, tmp_path, 1, False)
    _manifest(tmp_path).write_text("{")
    with pytest.raises(CheckpointError, match="cannot be read"):
        rest_of(problem, tmp_path, 1, False)
