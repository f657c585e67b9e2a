"""`verify fixes` as its users see it: exit status, table, JSON and page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fixes.models import BOTH_NEEDED, GROWS, HOPELESS, RESTS
from verifier.cli.fixes import fixes_command


def run(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    path = tmp_path / "m.mdl"
    path.write_text(text)
    result = CliRunner().invoke(fixes_command, [str(path), "--quiet", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        (BOTH_NEEDED, (), 0),
        (HOPELESS, (), 1),
        (BOTH_NEEDED, ("--property", "nothing"), 2),
        (BOTH_NEEDED, ("--fix", "nothing"), 2),
        (BOTH_NEEDED, ("--weaken", "nothing=1"), 2),
        ("node N { var x: int }", (), 2),
        (HOPELESS.replace("n.n < 2", "n.m < 2"), (), 3),
        (GROWS, ("--max-states", "100"), 4),
        (BOTH_NEEDED, ("--max-fixes", "1"), 4),
    ],
)
def test_exit_status(tmp_path: Path, text: str, options: tuple[str, ...], status: int) -> None:
    assert run(tmp_path, text, *options)[0] == status


def test_text(tmp_path: Path) -> None:
    _, output = run(tmp_path, BOTH_NEEDED)
    assert max(map(len, output.splitlines()[1:-1])) <= 80
    wanted = """\
✓ never three: violated without a fix; 1 minimal set
  1. lock = true, order = stamped
     states    1 (-3)
     needs     a lock
     needs     a clock
     costs     one message
     breaks    one
"""
    assert wanted in output


def test_json_and_text_say_the_same(tmp_path: Path) -> None:
    status, output = run(tmp_path, RESTS, "--format", "json")
    made = json.loads(output)
    assert made["schema"] == "verify-fixes/1" and made["exit"] == status == 0
    (target,) = made["properties"]
    assert target["repairs"] == [
        {
            "fixes": ["wait = true"],
            "minimal": True,
            "states": 1,
            "states_added": -2,
            "needs": [],
            "costs": ["10 s"],
            "assumptions": [
                {"assumption": "delay = short", "dropped": "delay = long", "verdict": "violated"}
            ],
            "breaks": [],
        }
    ]


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onclick"}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_hostile_texts_as_text(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script><img src=x>"
    out = tmp_path / "page.html"
    text = BOTH_NEEDED.replace("never three", hostile).replace("a lock", hostile)
    assert run(tmp_path, text, "--html", str(out))[0] == 0
    page = Tags()
    page.feed(out.read_text(encoding="utf-8"))
    assert not {"script", "img", "link"} & set(page.tags)
    assert page.text.count(hostile) >= 3 and "Content-Security-Policy" in out.read_text()
