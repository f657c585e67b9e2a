"""`verify fixes` as its users see it: exit status, table, JSON and page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from tests.fixes.models import (
    BOTH_NEEDED,
    GROWS,
    HOPELESS,
    IN_FORCE,
    MODES,
    PAYING,
    RESTS,
    STUMBLES,
    UNDOES,
)
from verifier.cli.fixes import fixes_command
from verifier.fixes.rows import fixes_schema

ROOT = Path(__file__).parents[2]


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
     never happens any more: back, up

All together: with no set it is true that it holds and nothing breaks
"""
    assert wanted in output
    assert (
        "REPAIRED: a set of fixes for 1 property. 11 of 12 sets of fixes were tried; the" in output
    )


def told(tmp_path: Path, text: str, *options: str) -> str:
    """The text in one line."""
    return " ".join(run(tmp_path, text, *options)[1].split())


def test_nothing_is_said_of_others_where_every_set_was_tried(tmp_path: Path) -> None:
    text = told(tmp_path, HOPELESS)
    assert "NOT REPAIRED: 0 of 1 property, 1 by no set. All 2 sets of fixes were tried." in text
    assert "the others" not in text and "All together" not in text


def test_what_is_taken_back_is_needed_no_longer(tmp_path: Path) -> None:
    text = run(tmp_path, IN_FORCE)[1]
    assert "     no longer needs a timer\n     no longer costs traffic\n" in text
    assert "     needs " not in text and "     costs " not in text


@pytest.mark.parametrize(
    ("mode", "now", "no_longer"), [("slow", [], ["a clock"]), ("late", ["a clock"], [])]
)
def test_of_an_enumeration_the_declared_value_needs_nothing(
    tmp_path: Path, mode: str, now: list[str], no_longer: list[str]
) -> None:
    text = MODES.replace("SMALL", mode)
    made = json.loads(run(tmp_path, text, "--format", "json")[1])
    (repair,) = made["properties"][0]["repairs"]
    assert repair["fixes"] == [f"mode = {mode}"]
    assert (repair["needs"], repair["needs_no_longer"]) == (now, no_longer)


def test_errors_are_not_called_a_limit(tmp_path: Path) -> None:
    status, _ = run(tmp_path, STUMBLES)
    text = told(tmp_path, STUMBLES)
    assert status == 4 and "limit" not in text
    assert "REPAIRED: 2 of 4 properties; with fixes 2 more hold of which it is open" in text
    assert "not decided with: no fix; cap = true (runs end at the errors found" in text


def test_what_holds_already_is_not_repaired(tmp_path: Path) -> None:
    text = told(tmp_path, BOTH_NEEDED, "--property", "one")
    assert "HOLDS: every property that was asked for holds without a fix." in text
    assert "✓ one: holds without a fix" in text and "minimal set" not in text
    made = json.loads(run(tmp_path, UNDOES, "--property", "small", "--format", "json")[1])
    assert [row["repairs"] for row in made["fixes"]] == [["small"], []]


def test_all_properties_together(tmp_path: Path) -> None:
    text = told(tmp_path, PAYING)
    assert (
        "All together: all that was asked for holds and nothing breaks with 1 smallest set "
        "1. retry = true, idem = true states 26 (+5) costs a timer costs memory at the server"
    ) in text
    assert "never happens any more: on Done, on Pay, pay" in text
    made = json.loads(run(tmp_path, PAYING, "--format", "json")[1])
    assert [row["fixes"] for row in made["together"]["sets"]] == [["retry = true", "idem = true"]]
    few = told(tmp_path, PAYING, "--max-fixes", "1")
    assert "All together: with no set of at most 1 fix it is true that all" in few


def test_the_schema_is_that_of_the_documentation(tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs/fixes.schema.json").read_bytes())
    assert schema == fixes_schema()
    jsonschema.validate(json.loads(run(tmp_path, PAYING, "--format", "json")[1]), schema)


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
            "needs_no_longer": [],
            "costs_no_longer": [],
            "assumptions": [
                {"assumption": "delay = short", "dropped": "delay = long", "verdict": "violated"}
            ],
            "breaks": [],
            "never": ["up"],
        }
    ]
    assert made["together"]["sets"] == [{**target["repairs"][0], "assumptions": []}]


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
    assert (
        page.text.count(hostile) >= 3
        and "All together" in page.text
        and "Content-Security-Policy" in out.read_text()
    )


def test_the_page_names_the_set_without_fixes(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    run(tmp_path, STUMBLES, "--html", str(out))
    text = out.read_text(encoding="utf-8")
    assert "<li></li>" not in text and "<li>no fix</li><li>cap = true</li>" in text
