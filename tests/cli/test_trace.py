"""``verify trace``: a part of a run, the least run, and what decides it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from tests.causes.models import COUNTING, PROGRAM, STOP_AND_GO, with_traits
from tests.traces.models import PAIR
from verifier.cli import output
from verifier.cli.explaining import explanation_schema
from verifier.cli.main import verify
from verifier.cli.minimising import minimise_schema

ROOT = Path(__file__).parents[2]
RACE = "out/stop_and_go.default.nothing_goes_after_the_stop.trace.json"
COUNT = "out/counting.default.every_tick_is_counted_once.trace.json"
STUCK = "out/pair.default.no_deadlock.trace.json"
LATE = "out/program.default.nothing_goes_after_the_stop.trace.json"
WITNESS = "out/pair.default.answered.trace.json"
FULL = "unordered, loses at most 1, duplicates at most 1"
ANSWERED = PAIR + 'reachable "answered": a.got == 1'


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(verify, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def saved(text: str) -> None:
    Path("model.mdl").write_text(text, encoding="utf-8")
    invoke("check", "model.mdl", "--engine", "explicit", "--out", "out", "-q")


def reported(*arguments: str) -> Any:
    result = invoke(*arguments, "--format", "json")
    found = json.loads(result.stdout)
    assert found["exit"] == result.exit_code
    return found


def test_a_race_is_explained(snapshot: SnapshotAssertion) -> None:
    saved(STOP_AND_GO)
    result = invoke("trace", "explain", RACE, "-q")
    assert result.exit_code == 0
    assert result.stdout == snapshot
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_the_charts_stand_side_by_side_where_they_fit(
    snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(STOP_AND_GO)
    monkeypatch.setattr("verifier.cli.explaining.width", lambda: 120)
    result = invoke("trace", "explain", RACE, "-q")
    assert result.stdout == snapshot
    assert max(len(line) for line in result.stdout.splitlines()) <= 120


def test_a_race_as_data() -> None:
    saved(STOP_AND_GO)
    found = reported("trace", "explain", RACE, "-q")
    assert found["schema"] == "verify-explanation/1"
    race = found["race"]
    assert (race["verdict"], race["passed"], race["claims"]) == ("pair", [], True)
    ((first, second),) = race["pairs"]
    shown = {row["step"]: row for row in found["run"]}
    assert shown[first]["shown"].startswith("gate.Stop")
    assert shown[second]["shown"].startswith("gate.Go")
    order = [row["was"] for row in race["good"]]
    assert sorted(order) == [1, 2, 3, 4] and order.index(second) < order.index(first)
    assert found["network"] == {
        "allowed": ["reordering on net"], "used": [], "needed": [[]], "holds_without": [],
        "unknown": [], "explored": 0,
    }  # fmt: skip


# Whoever comes first keeps the other one away; a label that is longer than a line.
LABEL = "a_label_that_goes_on_and_on_for_more_than_eighty_characters_in_one_word_indeed_it_does"
AWAY = f"""
model away
enum Label {{ {LABEL}, b }}
message Stop {{ l: Label }}
channel net {{ capacity 1 }}
node S(r: R) {{
  var done: bool
  action go when not done {{ done := true  send Stop {{ l: {LABEL} }} to r }}
}}
node R {{
  var stopped: bool
  var struck: bool
  on Stop {{ stopped := true }}
  action strike when not stopped and not struck {{ struck := true }}
}}
instance s: S(r)
instance r: R
invariant "no strike before the stop": when s.done: not r.struck
invariant "no stop": not r.stopped
final when true
"""


def test_an_event_that_the_exchange_prevents() -> None:
    saved(AWAY)
    file = "out/away.default.no_strike_before_the_stop.trace.json"
    text = invoke("trace", "explain", file, "-q").stdout
    order = text.partition("✗ the bad order")[0]
    assert all(len(line) <= 80 for line in order.splitlines())
    told = " ".join(order.split())
    assert "B first: not violated, and A cannot happen any more." in told
    assert 'The good order violates another property: "no stop".' in told
    assert "does not happen" not in told
    race = reported("trace", "explain", file, "-q")["race"]
    assert (race["passed"], race["violates"], race["violates_later"]) == ([2], ["no stop"], [])


def test_the_schemas_are_those_of_the_documentation() -> None:
    saved(STOP_AND_GO)
    for command, made in (("explanation", explanation_schema()), ("minimise", minimise_schema())):
        schema = json.loads((ROOT / f"docs/{command}.schema.json").read_bytes())
        assert schema == made
    wanted = explanation_schema(), minimise_schema()
    jsonschema.validate(reported("trace", "explain", RACE, "-q"), wanted[0])
    jsonschema.validate(reported("trace", "minimise", RACE), wanted[1])


def test_no_race_and_a_network_that_is_needed(snapshot: SnapshotAssertion) -> None:
    saved(with_traits(COUNTING, FULL))
    result = invoke("trace", "explain", COUNT, "-q")
    assert (result.exit_code, result.stdout) == (0, snapshot)
    found = reported("trace", "explain", COUNT, "-q")
    assert (found["race"]["verdict"], found["race"]["good"]) == ("no-race", None)
    assert found["network"]["needed"] == [["duplication on net"], ["loss on net"]]
    assert found["network"]["holds_without"] == [["duplication on net", "loss on net"]]


def test_a_network_without_mischief() -> None:
    saved(with_traits(PROGRAM, "fifo, capacity 2"))
    text = invoke("trace", "explain", LATE, "-q").stdout
    assert "No race" in text
    assert "the model allows no reordering, loss, duplication or clock skew" in " ".join(
        text.split()
    )


def test_what_is_wrong_from_the_start_is_no_race() -> None:
    saved(PAIR + 'invariant "asked": a.n > 0')
    file = "out/pair.default.asked.trace.json"
    text = invoke("trace", "explain", file, "-q")
    assert text.exit_code == 0 and "No race" in text.stdout
    assert "searched, 1 state\n" in invoke("trace", "minimise", file).stdout
    assert invoke("trace", "show", file, "--from", "1", "--to", "1").exit_code == 0


def test_a_limit_of_the_explanation_is_told() -> None:
    saved(with_traits(COUNTING, FULL))
    result = invoke("trace", "explain", COUNT, "-q", "--max-states", "1")
    assert result.exit_code == 4
    assert "? whether another order" in result.stdout and "? with only" in result.stdout
    found = reported("trace", "explain", COUNT, "-q", "--max-states", "1")
    assert found["race"]["verdict"] == "unknown" and found["network"]["unknown"]


def test_a_witness_has_nothing_to_explain() -> None:
    saved(ANSWERED)
    result = invoke("trace", "explain", WITNESS)
    assert result.exit_code == 2
    assert 'a witness of "answered": nothing is violated' in result.stderr


def test_a_run_is_minimised() -> None:
    saved(ANSWERED)
    result = invoke("trace", "minimise", STUCK, "--out", "least.json")
    assert result.exit_code == 0
    assert "the least of all runs that show this: searched, 13 states" in result.stdout
    assert "saved as least.json" in result.stdout
    assert invoke("trace", "replay", "least.json").exit_code == 0
    found = reported("trace", "minimise", STUCK)
    cost = {"steps": 6, "messages": 4, "losses": 0, "duplicates": 0, "switches": 2}
    assert (found["after"], found["minimal"], found["exit"]) == (cost, "least", 0)
    assert found["before"]["switches"] >= 2 and found["file"] is None
    assert "the initial state" not in result.stdout


def test_without_a_file_the_least_run_is_drawn() -> None:
    saved(ANSWERED)
    text = invoke("trace", "minimise", WITNESS).stdout
    assert "a receives Answer" in text and "in the last state:" in text


def test_a_limit_of_the_search_is_told() -> None:
    saved(ANSWERED)
    result = invoke("trace", "minimise", STUCK, "--max-states", "4")
    assert result.exit_code == 4
    assert "the limit of 4 states was reached" in result.stdout
    assert "1-minimal: none of the steps can be left out alone" in result.stdout
    found = reported("trace", "minimise", STUCK, "--max-states", "4")
    assert found["minimal"] == "one-minimal" and found["excluded_steps"] < 6
    hurried = reported("trace", "minimise", STUCK, "--max-states", "4", "--time-limit", "1ms")
    assert hurried["minimal"] in ("unknown", "one-minimal")


def test_a_run_finds_its_model_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(ANSWERED)
    run = str((tmp_path / STUCK).absolute())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert invoke("trace", "replay", run).exit_code == 0
    (tmp_path / "model.mdl").rename(tmp_path / "moved.mdl")
    result = invoke("trace", "replay", run)
    assert result.exit_code == 3 and "say where it is: --model FILE" in result.stderr
    assert invoke("trace", "replay", run, "--model", "../moved.mdl").exit_code == 0


def test_a_part_of_a_run_is_shown() -> None:
    saved(ANSWERED)
    text = invoke("trace", "show", STUCK, "--from", "2", "--to", "3").stdout
    assert "… 1 step: 1" in text and "… 3 steps: 4 to 6" in text
    assert "no step is enabled" not in text  # its end is not shown
    assert "no step is enabled" in invoke("trace", "show", STUCK, "--from", "5").stdout
    diff = invoke("trace", "show", STUCK, "--diff").stdout
    assert diff == invoke("trace", "show", STUCK, "--as", "diff").stdout
    full = invoke("trace", "show", STUCK, "--full", "--node", "b").stdout
    assert "step 1: a.ask" in full and "state" in full


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--node", "c"), "there is no node 'c'; nodes: a, b"),
        (("--from", "3", "--to", "2"), "--to 2 is before --from 3"),
        (("--from", "7"), "--from 7: the run has 6 steps"),
        (("--from", "0"), "0 is not in the range"),
    ],
)
def test_a_part_that_is_not_there(arguments: tuple[str, ...], words: str) -> None:
    saved(ANSWERED)
    result = invoke("trace", "show", STUCK, *arguments)
    assert result.exit_code == 2 and words in result.stderr


@pytest.mark.parametrize("height", [10, 1000])
def test_a_long_run_is_paged_on_a_terminal(height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    paged: list[str] = []
    lines = [f"line {number}" for number in range(100)]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "echo_via_pager", paged.extend)
    size = type("Size", (), {"lines": height, "columns": 80})
    monkeypatch.setattr(output.shutil, "get_terminal_size", lambda _: size)
    output.paged(lines)
    assert "".join(paged).split("\n")[:-1] == (lines if height == 10 else [])
