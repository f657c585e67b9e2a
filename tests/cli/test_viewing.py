"""`verify trace open` and `verify trace export --html`, as a user types them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.models import BAD
from verifier.cli.exit import Exit
from verifier.cli.main import verify


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(verify, list(arguments))


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run in a file."""
    monkeypatch.chdir(tmp_path)
    Path("bad.mdl").write_text(BAD, encoding="utf-8")
    invoke("check", "bad.mdl", "--out", "runs")
    file = min(Path("runs").glob("*.trace.json"))
    return str(file)


def test_a_page_is_written(saved: str) -> None:
    done = invoke("trace", "export", saved, "--html", "run.html")
    assert (done.exit_code, done.stderr) == (Exit.HOLDS, "")
    assert not done.stdout
    assert Path("run.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert not list(Path().glob("*.part"))


def test_a_page_that_cannot_be_written(saved: str) -> None:
    done = invoke("trace", "export", saved, "--html", "nowhere/run.html")
    assert done.exit_code == Exit.USAGE
    assert done.stderr == "nowhere/run.html: No such file or directory\n"


@pytest.mark.parametrize("arguments", [("open",), ("export", "--html", "run.html")])
def test_nothing_is_shown_that_the_judge_refuses(saved: str, arguments: tuple[str, ...]) -> None:
    Path("bad.mdl").write_text(BAD + "\n// another text\n", encoding="utf-8")
    done = invoke("trace", arguments[0], saved, *arguments[1:])
    assert done.exit_code == Exit.USAGE and "belongs to another text" in done.stderr
    assert not Path("run.html").exists()


def test_without_a_terminal(saved: str) -> None:
    done = invoke("trace", "open", saved)
    assert done.exit_code == Exit.USAGE
    assert done.stderr == (
        f"verify trace open needs a terminal\n  to print the run: verify trace show {saved}\n"
    )


def test_without_the_library(saved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "textual" else find(name)
    )
    done = invoke("trace", "open", saved)
    assert done.exit_code == Exit.USAGE
    assert "pip install 'mdl-verifier[view]'" in done.stderr
    assert f"verify trace show {saved}" in done.stderr
