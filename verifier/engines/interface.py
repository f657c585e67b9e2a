"""What every engine takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from verifier.ir.problem import SafetyProblem
from verifier.verdict import Exploration

INTERRUPTED = "interrupted"
TIMED_OUT = "the time limit was reached"
FOUND_ALL = "everything asked was found"


@dataclass(frozen=True, slots=True)
class Budget:
    """Every search has an end.  None means no limit of that kind.

    ``until_all_found`` lets the search stop as soon as every bad has been found, which makes the
    counts those of a part (used where only the runs are wanted).  ``settled`` is asked now and then
    by engines that visit states, with the names of what they have found: what it says ends the
    search, "" does not.
    """

    states_max: int | None = None
    memory_max_bytes: int | None = None
    deadline_seconds: float | None = None  # on the clock of time.monotonic()
    until_all_found: bool = False
    depth_max: int | None = None  # steps of a run; for engines that go by length
    settled: Callable[[Collection[str]], str] | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """Where a search is saved while it runs, how often, and whether to go on from there."""

    directory: Path
    every_seconds: float
    resume: bool


@dataclass(frozen=True, slots=True)
class Strategy:
    """How to search; the answer is the same, except that a ``compact`` search, which keeps hashes
    of states only, cannot say that something holds.  ``proofs``: where nobody asked for an engine,
    proofs may be tried beside the search.  ``mining``: the symbolic engine may look for facts; a
    prover that has done so need not be followed by another."""

    workers: int = 1
    compact: bool = False
    saving: Saving | None = None
    proofs: bool = False
    mining: bool = True


class CheckpointError(Exception):
    """What was saved cannot be gone on with; the message says why."""


class Observer(Protocol):
    """Hears what a running engine does; the engine itself never prints."""

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Called from the first second on, at least every few thousand states."""


class Engine(Protocol):
    """An engine is a function.  A limit or an interrupt is an answer (``complete`` False), not an
    exception."""

    def __call__(self, problem: SafetyProblem, budget: Budget, observer: Observer) -> Exploration:
        """Explores the problem."""
