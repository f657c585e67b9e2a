"""The race: a search in this process and proofs in another one, until all is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from verifier.engines.interface import (
    FOUND_ALL,
    INTERRUPTED,
    TIMED_OUT,
    Budget,
    Engine,
    Observer,
)
from verifier.engines.memory import available_bytes, memory_bytes
from verifier.engines.race.known import SETTLED, Known, joined
from verifier.engines.race.messages import read_message, written
from verifier.engines.race.process import Process
from verifier.ir.problem import SafetyProblem
from verifier.verdict import Exploration, Found

MODULE = "verifier.engines.race.proofs"

STATES_FIRST = 2_000  # of every search, alone: less is done before the solver is loaded
SECONDS_FIRST = 20.0  # of a search that will end, alone: most have ended by then
SECONDS_BESIDE = 60.0  # of the proofs beside a search that will end: they cost it a core
SECONDS_AFTER = 60.0  # of the proofs at least, when the memory ended the search

SHARE = 0.5  # of the memory that can be had, for the proofs
SPARE = 0.9  # of it, for both
NO_MEMORY = "the memory of this machine is used up"
"""Where nobody has set a limit."""

Start: TypeAlias = Callable[[SafetyProblem, int], Process]
"""Starts the proofs of a problem with so many bytes of memory."""


def start_proofs(problem: SafetyProblem, memory_max_bytes: int) -> Process:
    """The other process."""
    return Process(MODULE, written(problem), memory_max_bytes)


@dataclass(slots=True)
class Race:
    """A search as an observer of it sees it, and the proofs beside it.  ``endless``: the search
    need not end, for there may be infinitely many states."""

    problem: SafetyProblem
    budget: Budget
    observer: Observer
    start: Start
    endless: bool
    known: Known
    memory_max_bytes: int | None
    began: float = field(default_factory=time.monotonic)
    states: int = 0
    process: Process | None = None
    started: float | None = None
    memory_elsewhere: int = 0
    notes: list[str] = field(default_factory=list)

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """As an observer: how far the search is."""
        self.states = states
        self.observer.explored(states, transitions, frontier, depth)

    def settled(self, found: Collection[str]) -> str:
        """Asked by the search now and then: why it need not go on."""
        if self.started is None and self._is_time():
            self.begin()
        self.listen(0.0)
        if self._is_enough(found):
            return SETTLED
        if self._costs_too_much():
            self.stop("")
        return self._over()

    def _is_enough(self, found: Collection[str]) -> bool:
        if self.budget.until_all_found and self.known.shows(found):
            return True
        return self.started is not None and self.known.settles(found)

    def _is_time(self) -> bool:
        if self.states < STATES_FIRST:
            return False
        return self.endless or time.monotonic() - self.began > SECONDS_FIRST

    def _costs_too_much(self) -> bool:
        """Whether a search that will end anyway should have all cores again."""
        if self.process is None or self.started is None or self.endless:
            return False
        return time.monotonic() - self.started > SECONDS_BESIDE

    def _over(self) -> str:
        """The two together may need too much memory; then the proofs give way."""
        limit = self.memory_max_bytes
        if limit is None:
            return ""
        mine = memory_bytes()
        if self.process is not None and mine + self.process.memory_bytes > limit:
            self.stop("there was not enough memory for both")
        # With a limit of the user's the search itself says so.
        if self.budget.memory_max_bytes is None and self.endless and mine > limit:
            return f"{NO_MEMORY}, at {limit:,} bytes"
        return ""

    def begin(self) -> None:
        """Starts the proofs."""
        self.started = time.monotonic()
        limit = self.memory_max_bytes
        share = 2**62 if limit is None else max(0, int((limit - memory_bytes()) * SHARE))
        try:
            self.process = self.start(self.problem, share)
        except OSError as error:
            self.notes.append(f"no proofs were tried beside the search: {error}")

    def listen(self, seconds: float) -> None:
        """Takes in what the proofs have found; waits at most so long for it."""
        if self.process is None:
            return
        found = self.process.messages(seconds)
        for message in found or ():
            self.known.note(read_message(message))
        if found is None:
            why = "" if self._said_all() else self.process.why()
            self.stop(why)

    def _said_all(self) -> bool:
        return bool(self.known.gave_up) or self.known.settles(())

    def wait(self, found: Exploration) -> str:
        """After a search that memory has ended: for the proofs, as long as it had taken; says what
        ended that."""
        names = [name for name, said in found.answers.items() if isinstance(said, Found)]
        until = time.monotonic() + max(SECONDS_AFTER, time.monotonic() - self.began)
        if self.started is None:
            self.begin()
        while self.process is not None and not self._is_enough(names):
            now = time.monotonic()
            if self.budget.deadline_seconds is not None and now > self.budget.deadline_seconds:
                return TIMED_OUT
            if now > until:
                return found.stopped
            self.listen(0.2)
        return found.stopped

    def stop(self, why: str) -> None:
        """Ends the other process; ``why`` is what the user should know of that."""
        if self.process is None:
            return
        process, self.process = self.process, None
        self.memory_elsewhere = max(self.memory_elsewhere, process.memory_bytes)
        process.stop()
        if why:
            self.notes.append(f"the proofs beside the search ended early: {why}")


def explore(
    problem: SafetyProblem,
    budget: Budget,
    observer: Observer,
    *,
    search: Engine,
    endless: bool,
    start: Start = start_proofs,
) -> Exploration:
    """Explores the problem by the search, and has proofs tried beside it.  What one has answered
    the other need not; what the search has found is told as it would tell it alone."""
    race = Race(problem, budget, observer, start, endless, Known(problem), _limit(budget))
    try:
        found = search(problem, replace(budget, settled=race.settled), race)
        if found.stopped not in ("", SETTLED, FOUND_ALL, INTERRUPTED, TIMED_OUT):
            try:
                found = replace(found, stopped=race.wait(found))
            except KeyboardInterrupt:
                found = replace(found, stopped=INTERRUPTED)
        elif found.stopped == TIMED_OUT:
            race.listen(0.0)
    finally:
        race.stop("")
    whole = joined(race.known, found)
    return replace(
        whole,
        seconds=time.monotonic() - race.began if race.started is not None else whole.seconds,
        elsewhere_bytes=race.memory_elsewhere,
        notes=tuple(race.notes),
    )


def _limit(budget: Budget) -> int | None:
    """How much memory both may use."""
    if budget.memory_max_bytes is not None:
        return budget.memory_max_bytes
    free = available_bytes()
    return None if free is None else int(memory_bytes() + free * SPARE)
