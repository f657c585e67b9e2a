"""What an engine answers about a problem, and what the checker says about a property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.ir.expr import Expr
from verifier.ir.property import Property
from verifier.ir.system import Check
from verifier.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class Exhaustive:
    """Every reachable state was visited."""

    states: int
    transitions: int
    depth: int


ENDLESS_QUEUE = "a queue of messages without end"  # why nothing is proved of a fifo channel
NO_LONGER_RUN = "no run is longer"
BY_INDUCTION = "by induction"
BY_INVARIANT = "inductive invariant"
IF_NO_STEP_FAILS = "it is proved for runs in which no step fails, and whether one does is not known"


@dataclass(frozen=True, slots=True)
class Inductive:
    """It was proved without visiting states; ``method`` says how, ``steps`` how many consecutive
    steps the proof looks at."""

    method: str
    steps: int
    invariant: tuple[Expr, ...] = ()  # predicates about states that the proof rests on


@dataclass(frozen=True, slots=True)
class Found:
    """A run that shows it, the shortest there is, and in how many reachable states (for a
    `BadStep`: by how many labels) it shows in all; None when the search ended early.  ``by`` is the
    engine that found it, where it is not the one of the `Exploration`."""

    trace: Trace
    occurrences: int | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such run."""

    evidence: Exhaustive | Inductive


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither was established; ``reason`` says what stopped the engine, ``depth`` how far every
    run was explored."""

    depth: int
    reason: str


Answer: TypeAlias = Found | Absent | Unknown


@dataclass(frozen=True, slots=True)
class Fault:
    """A check that fails in some reachable step, with the shortest run to it.  Where a property
    has no value in a reachable state, ``prop`` is that property and the check says so."""

    check: Check
    found: Found
    prop: Property | None = None


@dataclass(frozen=True, slots=True)
class Exploration:
    """All that one search established.  ``complete`` is False when a limit or an interrupt ended
    it (``stopped`` says which); the counts are then those of the part that was seen."""

    engine: str  # that answered
    complete: bool
    stopped: str
    states: int
    transitions: int
    depth: int
    terminal: int  # reachable states without an enabled label
    answers: Mapping[str, Answer]  # by name of the problem's bad
    faults: tuple[Fault, ...]  # one per failing check, in the order they were met
    fired: Mapping[str, int] = field(default_factory=dict)  # transitions by action name
    untaken: tuple[tuple[str, int], ...] = ()  # (action name, index into its branches)
    seconds: float = 0.0
    counted: bool = True  # False: no states were visited, and the numbers of them mean nothing
    proof: Inductive | None = None  # what a complete one rests on then
    bytes_per_state: float | None = None  # of the visited set, where the engine knows it
    safe: Inductive | None = None  # why no check fails but those in ``faults``, where it was proved
    elsewhere_bytes: int = 0  # the most memory that another process had for it
    notes: tuple[str, ...] = ()  # what a user should know of how it went, as sentences


@dataclass(frozen=True, slots=True)
class Holds:
    """The property holds; a trace is the witness of a `Reachable` or `Flow`."""

    evidence: Exhaustive | Inductive | Trace


@dataclass(frozen=True, slots=True)
class Violated:
    """The property is violated; for a `Reachable` or `Flow` by exhaustive search."""

    evidence: Exhaustive | Inductive | Trace
    occurrences: int | None = None


Verdict: TypeAlias = Holds | Violated | Unknown
