"""Progress on stderr, from the first second on."""

from __future__ import annotations

import sys
import time

from verifier.engines.memory import memory_bytes

FIRST_SECONDS = 0.5
EVERY_SECONDS_TERMINAL = 0.3
EVERY_SECONDS_LOG = 5.0
WIDTH = 100


class Progress:
    """An observer that writes one line: rewritten in place on a terminal, repeated in a log."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.terminal = sys.stderr.isatty()
        self.began = time.monotonic()
        self.memory_before = memory_bytes()
        self.next = self.began + FIRST_SECONDS
        self.drawn = False
        self.question = ""

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Writes the line when it is time to."""
        now = time.monotonic()
        if not self.shown or now < self.next:
            return
        memory = memory_bytes()
        per_state = max(0, memory - self.memory_before) // max(1, states)
        line = (
            f"depth {depth}, {states:,} states, {states / (now - self.began):,.0f}/s, "
            f"{transitions:,} transitions, frontier {frontier:,}, "
            f"{memory / 2**20:,.0f} MiB, {per_state:,} B/state"
        )
        self._say(line, now)

    def proving(self, question: str, facts: int) -> None:
        """A proof begins: always a line of its own, since it may take long."""
        now = time.monotonic()
        if self.shown:
            what = f'proving "{question}"' if question else "looking for simple facts"
            self.question = f"{what}, {facts:,} facts"
            self._say(f"{self.question}, {now - self.began:.0f} s", now)

    def deepening(self, depth: int, lemmas: int) -> None:
        """How far that proof has got: on a terminal only, a log has one line for each proof."""
        now = time.monotonic()
        if self.shown and self.terminal and now >= self.next:
            got = f"depth {depth}, {lemmas:,} lemmas, {now - self.began:.0f} s"
            self._say(f"{self.question[: WIDTH - len(got) - 2]}, {got}", now)

    def certifying(self, doing: str, name: str) -> None:
        """A certificate is written or checked: a line of its own, too."""
        now = time.monotonic()
        if self.shown:
            self._say(f'{doing} the certificate of "{name}", {now - self.began:.0f} s', now)

    def _say(self, line: str, now: float) -> None:
        self.next = now + (EVERY_SECONDS_TERMINAL if self.terminal else EVERY_SECONDS_LOG)
        if self.terminal:
            sys.stderr.write(f"\r\x1b[2K{line[:WIDTH]}")
            self.drawn = True
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def done(self) -> None:
        """Clears the line."""
        if self.drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self.drawn = False
