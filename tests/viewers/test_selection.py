"""A part of a run: what is drawn, what is folded, and what becomes of messages between the two."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED
from tests.viewers import models
from tests.viewers.drawing import found, traces
from verifier.viewers.journal import Journal, journal
from verifier.viewers.run import STYLES, steps
from verifier.viewers.selection import EVERYTHING, Selection, selection, touches

ALL = ("OVERTAKEN", "LOSS", "DUPLICATION", "ITSELF", "LONG_NAMES")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(text: str) -> list[Journal]:
    """All runs of a model."""
    checked = found(text)
    return [journal(checked.model.system, trace) for _, trace, _ in traces(checked)]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("style", STYLES)
def test_any_part_of_a_run_can_be_drawn(name: str, style: str) -> None:
    journals = told(getattr(models, name))

    @settings(FIXED, max_examples=25)
    @given(st.data())
    def drawn(data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(journals))
        numbers = [entry.step for entry in one.entries]
        kept = data.draw(st.frozensets(st.sampled_from(numbers))) if numbers else frozenset()
        chosen = Selection(kept, dict.fromkeys(sorted(kept)[:2], "A"), data.draw(st.booleans()))
        lines = list(steps(one, style, 80, chosen))
        text = "\n".join(lines)
        if style == "chart":
            assert all(len(line) <= 80 for line in lines)
            for number in numbers:
                assert any(line.startswith(f"{number:>3}") for line in lines) == (number in kept)
            for message in one.messages.values():
                if message.sent in kept and message.ended is not None and message.ended not in kept:
                    (said,) = [
                        line
                        for line in lines
                        if f" #{message.number} {message.name}" in line
                        and ("reaches" in line or "is lost" in line)
                    ]
                    assert f"in step {message.ended}" in " ".join(text.split())
                    assert "┊" in said or message.sender not in one.system.nodes
            # What leaves on a track ends, or is in flight at the end.
            assert lines[-1].count("┊") == 0 or "…" in text
        else:
            headings = [line for line in lines if line.startswith("step ")]
            assert len(headings) == len(kept)

    drawn()


def test_everything_is_the_run_as_it_was() -> None:
    (one, *_) = told(models.OVERTAKEN)
    every = Selection(frozenset(entry.step for entry in one.entries))
    for style in STYLES:
        assert list(steps(one, style, 80, every)) == list(steps(one, style, 80, EVERYTHING))
    assert selection(one, (), 1, None) is EVERYTHING
    assert selection(one, (), 1, len(one.entries)) is EVERYTHING


def test_the_steps_of_a_node() -> None:
    (one, *_) = told(models.OVERTAKEN)
    mine = selection(one, ("b",), 1, None).steps
    assert mine == {entry.step for entry in one.entries if touches(one, entry, {"b"})}
    # A asks B (twice), B receives both; what A receives comes from B.
    assert mine == {entry.step for entry in one.entries}
    (apart, *_) = told(models.ITSELF)
    (alone,) = {entry.action.node for entry in apart.entries[:1]}
    other = ({"n", "other"} - {alone}).pop()
    assert selection(apart, (alone,), 1, None).steps == {
        entry.step for entry in apart.entries if entry.action.node == alone
    }
    assert selection(apart, (other,), 2, 3).steps == {
        entry.step for entry in apart.entries[1:3] if entry.action.node == other
    }


def test_a_message_between_what_is_drawn_and_what_is_folded() -> None:
    (one, *_) = told(models.OVERTAKEN)
    last = len(one.entries)
    arrived = one.entries[-1].arrived
    assert arrived is not None
    lines = list(steps(one, "chart", 80, Selection(frozenset({last}))))
    assert lines[1].lstrip().startswith("…") and f"{last - 1} steps: 1 to {last - 1}" in lines[1]
    # Sent in the step before, it is one arrow; else it is on its track where the drawing begins.
    sent = one.messages[arrived].sent
    assert ("┊" in lines[1]) == (sent != last - 1)
    first = list(steps(one, "chart", 80, Selection(frozenset({1}))))
    assert any("╮" in line for line in first)  # its receipt is folded, so it leaves on a track
    flying = [m.number for m in one.messages.values() if m.ended is None]
    assert any("still in flight" in line for line in first) == bool(flying)


def test_text_says_where_it_begins() -> None:
    (one, *_) = told(models.OVERTAKEN)
    lines = list(steps(one, "diff", 80, Selection(frozenset({2, 5}))))
    assert lines[0] == "state before step 2"
    assert [line for line in lines if line.startswith("…")] == ["… 2 steps", "… 1 step"]
    assert next(steps(one, "full", 80, Selection(frozenset({1})))) == "initial state"
