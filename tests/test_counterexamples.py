"""The saved runs belong to the models as they are, and show what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.cli.export import FORMATS, Judged
from verifier.cli.race_files import EXPORTS
from verifier.cli.saved import judged_run
from verifier.races.catalogue import PLACE, read_catalogue
from verifier.races.commands import RUN
from verifier.viewers.journal import journal

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = sorted(path for path in (ROOT / "counterexamples").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_saved_run_is_accepted_by_the_judge_and_drawn_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of another text of its model ends the program: then `verify docs` writes it again."""
    monkeypatch.chdir(ROOT)
    model, prop, run, fault = judged_run(folder / RUN, None)
    judged = Judged(model, prop, fault, journal(model.system, run), changes=True, packets=None)
    for name, file in EXPORTS.items():
        assert (folder / file).read_bytes() == FORMATS[name].write(judged), file


def test_every_race_has_a_run_and_every_run_a_race(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert [folder.name for folder in FOLDERS] == sorted(
        race.id for race in read_catalogue(PLACE).races
    )
