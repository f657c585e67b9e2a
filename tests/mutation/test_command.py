"""``verify mutate`` on a model of which every change is known by hand."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.silent import Silent
from verifier.checker import Plan
from verifier.cli.main import verify
from verifier.mutation import survey as surveying
from verifier.mutation import trial as trying
from verifier.mutation.mutants import changes

MODEL = """\
model small
enum Colour { red, green, blue }
option fancy: bool = false
node N {
  var x: int 0..3
  var colour: Colour = red
  ghost var seen: bool
  function ready(): bool = x == 2
  action up when x < 2 and colour == red  @ "U-1" { x += 1; seen := true }
  action paint when ready()  @ "U-2" {
    colour := green
    if fancy { x := 0 }
  }
}
instance n: N
invariant "small": n.x <= 2
"""
STEP = 'step "paint is green": on N.paint: n.colour == green\n'
FLOW = 'flow "first up, then paint": do n.up do n.paint without n.up\n'

# In the order of the text: what is changed, what stands there then, and what becomes of it.
FATES = [
    ("ready", "x != 2", "noticed"),  # no step from x = 2
    ("up", "colour == red", "noticed"),  # x = 3
    ("up", "x < 2", "same graph"),  # nobody paints before x = 2
    ("up", "x >= 2 and colour == red", "noticed"),  # no step from x = 0
    ("up", "x <= 2 and colour == red", "noticed"),
    ("up", "x < 2 and colour != red", "noticed"),
    ("up", "", "survived"),  # x stays 0, and may do so for ever
    ("up", "x -= 1", "noticed"),
    ("up", "2", "survived"),  # from 0 to 2 at once
    ("paint", "true", "survived"),  # painted early, it stays
    ("paint", "not ready()", "noticed"),  # no step from x = 2
    ("paint", "", "survived"),  # stays red
    ("paint", "blue", "survived"),  # as many states and transitions, but others
    ("paint", "not fancy", "noticed"),  # no step from x = 0 when it is green
    ("paint", "", "same graph"),
    ("paint", "1", "same system"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(text: str, *arguments: str) -> Result:
    Path("m.mdl").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(verify, ["mutate", "m.mdl", "-q", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def tried(text: str, *arguments: str) -> list[dict[str, Any]]:
    return list(json.loads(run(text, "--format", "json", *arguments).stdout)["changes"])


def fates(text: str, *arguments: str) -> list[str]:
    return [change["fate"] for change in tried(text, *arguments)]


@pytest.mark.parametrize("engine", ["explicit", "native"])
def test_every_change_has_the_fate_that_it_must_have(engine: str) -> None:
    found = tried(MODEL, "--engine", engine)
    assert [c["fate"] for c in found] == [fate for _, _, fate in FATES]
    for change, (name, text, _) in zip(found, FATES, strict=True):
        assert change["place"].split()[-1] == name
        assert text in change["after"]
    assert [(c["line"], c["requirements"]) for c in found if c["fate"] == "survived"] == [
        (9, ["U-1"]),
        (9, ["U-1"]),
        (10, ["U-2"]),
        (11, ["U-2"]),
        (11, ["U-2"]),
    ]


def test_a_change_that_only_a_step_property_notices() -> None:
    before, after = tried(MODEL), tried(MODEL + STEP)
    differ = {
        (b["kind"], b["before"], a["detail"])
        for b, a in zip(before, after, strict=True)
        if (b["fate"], a["fate"]) == ("survived", "noticed")
    }
    assert differ == {
        ("drops the assignment", "colour := green", "paint is green: violated"),
        ("another value", "colour := green", "paint is green: violated"),
    }


def test_a_change_that_only_a_flow_notices() -> None:
    flow = 'flow "twice up": do n.up do n.up then n.x == 2\n'
    noticed = [c for c in tried(MODEL + flow) if c["detail"].startswith("twice up")]
    assert [c["after"].split("{")[1].split(";")[0].strip() for c in noticed] == [
        "seen := true }",
        "x += 2",
    ]


def test_only_the_property_that_was_asked_for_notices() -> None:
    assert fates(MODEL + STEP, "--property", "paint is green").count("noticed") == 4
    assert fates(MODEL, "--property", "small").count("noticed") == 3


def test_the_text_for_a_terminal() -> None:
    result = run(MODEL + STEP, "--in", "action up")
    assert (result.exit_code, result.stderr) == (1, "")
    assert (
        result.stdout
        == """\
small, variant default  (m.mdl)
The original: 4 states, 4 transitions, depth 3.

No property notices these:

  ? N action up: drops the assignment  (m.mdl:9:53)  [U-1]
      - action up when x < 2 and colour == red  @ "U-1" { x += 1; seen := true }
      + action up when x < 2 and colour == red  @ "U-1" {  seen := true }

  ? N action up: another value  (m.mdl:9:58)  [U-1]
      - action up when x < 2 and colour == red  @ "U-1" { x += 1; seen := true }
      + action up when x < 2 and colour == red  @ "U-1" { x += 2; seen := true }

These change nothing reachable, and so nothing that could be noticed:

  = N action up: drops the condition colour == red  (m.mdl:9:18)  [U-1]
      - action up when x < 2 and colour == red  @ "U-1" { x += 1; seen := true }
      + action up when x < 2  @ "U-1" { x += 1; seen := true }

changes tried: 8; noticed: 5; not noticed by any property: 2; without effect on
what is reachable: 1.
"""
    )


def test_the_page_says_how_to_write_it_again() -> None:
    result = run(MODEL, "--in", "ready", "--in", "up", "--format", "markdown")
    page = result.stdout
    assert "Written by `verify mutate m.mdl --in ready --in up --format markdown`" in page
    assert '- action up when x < 2 and colour == red  @ "U-1" { x += 1; seen := true }\n+' in page
    assert "| no deadlock: violated | 3 |" in page


def test_options_and_variants_decide_what_is_tried() -> None:
    with_fancy = fates(MODEL, "--set", "fancy=true")
    assert with_fancy[-1] != "same system"
    assert run(MODEL, "--variant", "none").exit_code == 2


def test_all_noticed() -> None:
    text = "model m\nnode N { var x: int 0..1  action a when x == 0 { x += 1 } }\ninstance n: N\n"
    whole = text + 'invariant "x": true\nreachable "one": n.x == 1\nfinal when n.x == 1\n'
    result = run(whole)
    assert result.exit_code == 0, result.stdout
    assert result.stdout.endswith("changes tried: 5; noticed: 5.\n")


def test_changes_that_are_left_out_are_counted() -> None:
    result = run(MODEL, "--max-mutants", "6")
    assert result.exit_code == 4, "those that were tried are noticed, but not all were tried"
    said = " ".join(result.stdout.split())
    assert "NOT tried (the limit of 6 was reached): 10" in said


def test_a_change_that_meets_a_limit_is_undecided() -> None:
    text = "model m\nnode N { var x: int 0..90  action a when x < 3 { x += 1 } }\ninstance n: N\n"
    result = run(text + 'final when n.x >= 3\nreachable "three": n.x == 3\n', "--max-states", "9")
    undecided = [line for line in result.stdout.splitlines() if "limit of 9 states" in line]
    assert undecided and "undecided" in result.stdout
    assert run(MODEL, "--max-states", "2").exit_code == 4
    assert "nothing was changed" in run(MODEL, "--max-states", "2").stderr


def test_out_of_time() -> None:
    assert run(MODEL, "--time-limit", "1ms").exit_code == 4
    Path("m.mdl").write_text(MODEL, encoding="utf-8")
    base = trying.original(Path("m.mdl"), None, {}, Plan(), 20, Silent())
    every = list(changes(base.sources))
    made = surveying.survey(
        base,
        every,
        changes_max=None,
        deadline_seconds=time.monotonic() - 1,
        observer=Silent(),
        tell=lambda tried, total: None,
    )
    assert (made.outcomes, made.untried) == ((), len(every))
    assert made.stopped == "the time limit was reached"


def test_an_interrupt_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = trying.trial
    calls = []

    def interrupted(*arguments: Any) -> trying.Outcome:
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(surveying, "trial", interrupted)
    result = run(MODEL)
    assert result.exit_code == 130
    assert "changes tried: 7;" in result.stdout and "NOT tried (interrupted): 9" in result.stdout
    assert "+ action up" in result.stdout


def test_larger_models_are_not_compared_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "COMPARED_MAX", 3)
    found = fates(MODEL)
    assert found.count("same size") == 3 and found.count("same graph") == 0
    assert run(MODEL).exit_code == 1


def test_a_wrong_model() -> None:
    assert run(MODEL.replace("x < 2", "y < 2")).exit_code == 3
    assert run(MODEL, "--in", "nowhere").exit_code == 2
    assert run(MODEL, "--property", "none").exit_code == 2
