"""What is shown while something runs: in place on a terminal, line by line in a log."""

from __future__ import annotations

import io
import sys

import pytest

from verifier.cli import progress as shown
from verifier.cli.progress import Progress


class Terminal(io.StringIO):
    """Takes everything for a person who watches."""

    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a proof of one question shows in these."""
    clock = iter(range(1000))
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(shown.time, "monotonic", lambda: next(clock) / 10)
    progress = Progress(shown=True)
    progress.proving("a claim", 12)
    for lemmas in range(7):
        progress.deepening(2, lemmas)
    progress.certifying("checking", "a claim")
    progress.done()
    return stream.getvalue()


def test_a_proof_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = lines(Terminal(), monkeypatch).split("\r\x1b[2K")
    assert said == [
        "",
        'proving "a claim", 12 facts, 0 s',
        'proving "a claim", 12 facts, depth 2, 2 lemmas, 0 s',
        'proving "a claim", 12 facts, depth 2, 5 lemmas, 1 s',
        'checking the certificate of "a claim", 1 s',
        "",
    ]


def test_a_proof_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines(io.StringIO(), monkeypatch).splitlines() == [
        'proving "a claim", 12 facts, 0 s',
        'checking the certificate of "a claim", 1 s',
    ]


def test_a_long_name_leaves_room_for_what_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(shown, "EVERY_SECONDS_TERMINAL", 0.0)
    progress = Progress(shown=True)
    progress.proving("x" * 200, 0)
    progress.deepening(3, 1_234)
    last = stream.getvalue().split("\r\x1b[2K")[-1]
    assert "depth 3, 1,234 lemmas" in last and len(last) == shown.WIDTH
