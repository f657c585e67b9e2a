"""Charts, to the letter; and what must be so of the chart of any run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.viewers import models
from tests.viewers.drawing import drawn, found
from tests.viewers.seen import turning
from tests.viewers.walks import TRAITS, talk, walk
from verifier.ir.system import TransitionSystem
from verifier.viewers.canvas import plain
from verifier.viewers.chart import chart
from verifier.viewers.journal import Journal, journal
from verifier.viewers.run import STYLES
from verifier.viewers.selection import Selection

ROOT = Path(__file__).parents[2]
NAMES = [
    "OVERTAKEN", "LOSS", "DUPLICATION", "ITSELF", "LONG_NAMES", "RING", "ERROR", "RECEPTION",
    "DEADLOCK", "FLOW", "STAMPS", "QUEUE", "MANY", "UNDEFINED",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str) -> str:
    return str(getattr(models, name))


@pytest.mark.parametrize("name", NAMES)
def test_a_chart(name: str, snapshot: SnapshotAssertion) -> None:
    lines = drawn(found(read(name)))
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines) == snapshot


def test_a_run_without_end(snapshot: SnapshotAssertion) -> None:
    """Its last steps have a bracket, also where some of them are not drawn."""
    told, _ = turning()
    lines = [*chart(told, 80), *chart(told, 80, Selection(steps=frozenset({6, 7})))]
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines) == snapshot


def test_the_yardstick(snapshot: SnapshotAssertion) -> None:
    text = (ROOT / "models/classics/scenario_c_reference.mdl").read_text(encoding="utf-8")
    lines = drawn(found(text))
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("style", ["diff", "full"])
def test_the_other_styles(style: str, snapshot: SnapshotAssertion) -> None:
    lines = [line for name in ("LOSS", "STAMPS") for line in drawn(found(read(name)), style)]
    assert max(map(len, lines)) <= 80
    assert "\n".join(lines) == snapshot


def test_ascii(snapshot: SnapshotAssertion) -> None:
    """Each character has one of the same width that any terminal has."""
    lines = [line for name in ("DUPLICATION", "LONG_NAMES") for line in drawn(found(read(name)))]
    shown = [plain(line) for line in lines]
    assert all(line.isascii() for line in shown) and "?" not in "".join(shown)
    assert [len(line) for line in shown] == [len(line) for line in lines]
    assert "\n".join(shown) == snapshot


LONG_NAME = re.compile(r" *[*]?[\w.]{60,}:?")  # stays whole, to be copied


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    checked = found(read(name))
    for style in STYLES:
        for line in drawn(checked, style, width):
            assert len(line) <= width or LONG_NAME.fullmatch(line)
            assert line == line.rstrip()


# ---- any run -----------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(TRAITS), st.integers(0, 25), st.integers(0, 10**6))
def test_any_run(trait: str, length: int, seed: int) -> None:
    system = talk(trait)
    told = journal(system, walk(system, length, seed))
    agrees_with_the_states(system, told)
    lines = list(chart(told, 80))
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    every_departure_has_an_end(told, list(chart(told, 200)))  # nothing is wrapped there


def agrees_with_the_states(system: TransitionSystem, told: Journal) -> None:
    """Messages come and go as the channels of the states do."""
    flying = 0
    for entry in told.entries:
        state = told.trace.steps[entry.step - 1].state
        flying += len(entry.left) - (entry.arrived is not None) - (entry.lost is not None)
        if state is None:
            assert entry.step == len(told.entries) and entry.failed is not None
            continue
        held = [v for v, of in zip(state, system.variables, strict=True) if of.name in CHANNELS]
        assert flying == sum(len(messages) for messages in held)
    ended = {m.number for m in told.messages.values() if m.fate != "in flight"}
    arrived = {e.arrived for e in told.entries} | {e.lost for e in told.entries}
    assert ended == arrived - {None}
    for message in told.messages.values():
        assert message.ended is None or message.ended > message.sent
        if message.copy_of is not None:
            original = told.messages[message.copy_of]
            assert original.shown == message.shown and original.sent < message.sent
            assert original.ended is None or original.ended > message.sent


CHANNELS = ("net", "other")


def every_departure_has_an_end(told: Journal, lines: list[str]) -> None:
    """A number that leaves on a track arrives, is lost, or is in the last line."""
    text = "\n".join(lines)
    departed = {int(n) for n in re.findall(r"(?:sends|copy of #\d+:) #(\d+) \w", text)}
    ended = {int(n) for n in re.findall(r"(?:receives|gets|ignores|loses) #(\d+) ", text)}
    flying = re.search(r"still in flight: ([\d#,\s]+)", text)
    listed = {int(n) for n in re.findall(r"\d+", flying[1])} if flying else set()
    assert departed == ended | listed and not ended & listed
    assert listed == {m.number for m in told.messages.values() if m.fate == "in flight"}
    numbers = [
        number
        for number, message in told.messages.items()
        if message.fate != "in flight" and number not in departed
    ]
    for number in numbers:  # one arrow: nothing happens between the two ends
        message = told.messages[number]
        assert message.ended == message.sent + 1 and message.sender != message.receiver


@pytest.mark.parametrize(("trait", "fates"), [(TRAITS[2], {"lost", "received", "in flight"})])
def test_the_walks_meet_what_they_should(trait: str, fates: set[str]) -> None:
    system = talk(trait)
    met, copies, failed, own = set(), 0, 0, 0
    for seed in range(40):
        told = journal(system, walk(system, 25, seed))
        met |= {message.fate for message in told.messages.values()}
        copies += sum(message.copy_of is not None for message in told.messages.values())
        own += sum(message.sender == message.receiver for message in told.messages.values())
        failed += any(entry.failed is not None for entry in told.entries)
    assert met == fates
    assert copies > 10 and failed > 5 and own > 10
