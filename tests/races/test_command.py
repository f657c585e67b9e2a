"""The command on a model of another domain: what it writes, and what --check notices."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from tests.races.models import RACES, VALVE
from verifier.cli.docs import docs_command


@pytest.fixture
def valve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the model and its catalogue."""
    monkeypatch.chdir(tmp_path)
    Path("valve.mdl").write_text(VALVE, encoding="utf-8")
    Path("races.toml").write_text(RACES, encoding="utf-8")
    return tmp_path


def docs(*words: str) -> Result:
    given = ["--races", "races.toml", "--quiet", "--engine", "explicit", *words]
    return CliRunner().invoke(docs_command, given)


def written() -> None:
    done = docs()
    assert done.exit_code == 0, done.output


def change(path: str, old: str, new: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_written(valve: Path, snapshot: SnapshotAssertion) -> None:
    written()
    files = sorted(p.relative_to(valve).as_posix() for p in valve.rglob("*") if p.is_file())
    assert files == [
        "pages/index.md", "pages/overtaken.md", "pages/overtaken.svg", "races.toml",
        "runs/overtaken/run.itf.json", "runs/overtaken/run.mmd", "runs/overtaken/run.svg",
        "runs/overtaken/run.trace.json", "valve.mdl",
    ]  # fmt: skip
    assert Path("pages/index.md").read_text(encoding="utf-8") == snapshot(name="index")
    assert Path("pages/overtaken.md").read_text(encoding="utf-8") == snapshot(name="page")


def test_what_is_written_is_accepted_and_written_again_the_same(valve: Path) -> None:
    written()
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert docs("--check").exit_code == 0
    written()
    assert before == {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_a_changed_page_is_noticed(valve: Path) -> None:
    written()
    change("pages/overtaken.md", "**violated**", "**holds**")
    done = docs("--check")
    assert done.exit_code == 1
    assert "pages/overtaken.md: is not what the models give" in done.output
    assert "  +| verdict | **violated** in 4 steps" in done.output
    assert "**holds**" in Path("pages/overtaken.md").read_text(encoding="utf-8"), "nothing written"


def test_a_verdict_that_the_model_changes_is_noticed(valve: Path) -> None:
    """The fix no longer repairs: its page and the matrix are wrong, and the run is another's."""
    written()
    change("valve.mdl", "number > newest", "number >= 0")
    done = docs("--check")
    assert done.exit_code == 1
    assert "pages/index.md: is not what the models give" in done.output
    assert "runs/overtaken/run.trace.json: is not what the models give" in done.output
    written()
    assert "still violated" in Path("pages/overtaken.md").read_text(encoding="utf-8")


def test_a_race_that_is_none_any_more_has_no_run(valve: Path) -> None:
    written()
    change("valve.mdl", "valve.closed == master.wish", "true")
    assert docs("--check").exit_code == 1
    written()
    assert not Path("runs").exists() or not any(Path("runs").rglob("*.json"))
    assert docs("--check").exit_code == 0
    assert "**holds** in all" in Path("pages/overtaken.md").read_text(encoding="utf-8")


def test_what_no_race_has_any_more_is_removed_and_nothing_else(valve: Path) -> None:
    written()
    Path("pages/own.md").write_text("# Mine\n", encoding="utf-8")
    change("races.toml", 'id = "overtaken"', 'id = "late"')
    done = docs("--check")
    assert done.exit_code == 1
    assert "pages/overtaken.md: no race has this" in done.output
    written()
    assert sorted(p.name for p in Path("pages").iterdir()) == [
        "index.md", "late.md", "late.svg", "own.md"
    ]  # fmt: skip
    assert [p.name for p in Path("runs").iterdir()] == ["late"]


def test_hostile_text_is_only_text(valve: Path) -> None:
    written()
    page = Path("pages/overtaken.md").read_text(encoding="utf-8")
    index = Path("pages/index.md").read_text(encoding="utf-8")
    outside = re.sub(r"(?s)(`{3,})\w*\n.*?\n\1", "", page)  # without what is in fences
    for text in (outside, index):
        assert not re.search(r"(?<!\\)<(script|b)\b", text)
        assert not re.search(r"(?<!\\)\]\(javascript", text)
    assert "\n# no heading" not in page
    assert "a counter \\| in the master" in page
    assert "````text\n```\nHOLDS\n````" in page, "a fence is longer than what is in it"


def test_a_fix_shows_what_its_options_cite_and_what_is_set_beside_the_bounds(valve: Path) -> None:
    """Also where the option is no `fix option`, and the name no `bound`."""
    written()
    page = Path("pages/overtaken.md").read_text(encoding="utf-8")
    assert "| `SPARE` | `false` | `true` | V-4 |  |  |" in page
    assert "`PUSHES = 2`, with `SPARE = true`:" in page


def test_without_words_there_is_no_table_of_them(valve: Path) -> None:
    text = Path("races.toml").read_text(encoding="utf-8")
    Path("races.toml").write_text(text.partition("[[word]]")[0], encoding="utf-8")
    written()
    for path in ("pages/index.md", "pages/overtaken.md"):
        assert "ords of the models" not in Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "status", "message"),
    [
        ('id = "overtaken"', 'id = "../x"', 3, "is not made of small letters"),
        ('id = "overtaken"', 'id = "index"', 3, "cannot be called"),
        ('variant = "plain"', 'variant = "none"', 3, "there is no variant 'none'"),
        ("settings = { locked = true }", "", 3, "changes nothing"),
        ("told last", "told first", 3, 'there is no property "the valve is as it was told first"'),
        ('model = "valve.mdl"', 'model = "no.mdl"', 3, "there is no file no.mdl"),
        ("title = ", "titel = ", 3, "titel"),
        ("[[race", "[[race", 0, "1 races"),
    ],
)
def test_mistakes_of_the_catalogue(
    valve: Path, old: str, new: str, status: int, message: str
) -> None:
    text = Path("races.toml").read_text(encoding="utf-8").replace(old, new)
    Path("races.toml").write_text(text, encoding="utf-8")
    done = docs()
    assert (done.exit_code, message in done.output) == (status, True), done.output


def test_no_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = docs()
    assert done.exit_code == 2
    assert f"races.toml: {os.strerror(2)}" in done.output


def test_a_model_with_a_run_time_error_has_no_pages(valve: Path) -> None:
    """Behind an error nothing is seen, so that nothing can be said to hold."""
    change("valve.mdl", "channel wire { unordered, capacity 4 }", "channel wire { capacity 1 }")
    done = docs()
    assert done.exit_code == 3
    assert 'valve.mdl, variant plain: "no run-time error" does not hold' in done.output
    assert not Path("pages").exists()
