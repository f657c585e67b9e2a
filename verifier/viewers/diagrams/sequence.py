"""A run as a sequence diagram before it has a form: what Mermaid, PlantUML and SVG draw."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from verifier.ir.system import Kind
from verifier.viewers.journal import Entry, Journal, Message
from verifier.viewers.telling import (
    alteration,
    chosen_for_the_run,
    departures,
    direct,
    failure,
    headline,
    is_timer,
    participants,
)

NOTE_WIDTH = 60


class Mark(Enum):
    """What kind of step it is, which a drawing shows by a sign or a word."""

    STEP = "step"
    ENVIRONMENT = "environment"
    TIMEOUT = "timeout"
    NETWORK = "network"  # a loss or a duplication
    FAILURE = "failure"  # the step ends the run with a run-time error


@dataclass(frozen=True, slots=True)
class Event:
    """A step.  ``node`` is the lifeline it happens on, None if it has none; ``notes`` are what was
    sent, then timers and changed variables, then the failure."""

    step: int
    node: str | None
    mark: Mark
    headline: str
    arrived: Message | None
    lost: Message | None
    left: tuple[Message, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """All that is drawn.  ``given`` is what the run chose at its start; ``loop_start`` is the step
    after which the rest of the run repeats for ever, None if it ends."""

    title: str
    nodes: tuple[str, ...]
    given: tuple[str, ...]
    there_at_first: tuple[Message, ...]
    events: tuple[Event, ...]
    in_flight: tuple[Message, ...]
    loop_start: int | None

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages of the run, by number: a copy comes after what it is a copy of."""
        left = (message for event in self.events for message in event.left)
        return tuple(sorted((*self.there_at_first, *left), key=lambda message: message.number))


def sequence(told: Journal, title: str, *, changes: bool) -> Sequence:
    """The diagram of a run; without ``changes`` the variables that change are left out."""
    nodes = tuple(participants(told))
    return Sequence(
        title,
        nodes,
        tuple(chosen_for_the_run(told)),
        tuple(message for message in told.messages.values() if message.sent == 0),
        tuple(_event(told, entry, nodes, changes) for entry in told.entries),
        tuple(message for message in told.messages.values() if message.ended is None),
        told.trace.loop_start,
    )


def tag(message: Message) -> str:
    """The name of a message on its arrow; a delayed one has its number."""
    return message.name if direct(message) else f"{message.name} #{message.number}"


def _event(told: Journal, entry: Entry, nodes: tuple[str, ...], changes: bool) -> Event:
    failed = failure(entry)
    notes = [
        *departures(told, entry),
        *(alteration(entry, c) for c in entry.changes if changes or is_timer(c)),
        *(() if failed is None else (failed,)),
    ]
    mark = _mark(entry)
    said = headline(told, entry)
    return Event(
        entry.step,
        entry.action.node if entry.action.node in nodes else None,
        mark,
        f"environment: {said}" if entry.action.kind is Kind.ENVIRONMENT else said,
        told.messages.get(entry.arrived or 0),
        told.messages.get(entry.lost or 0),
        tuple(told.messages[number] for number in entry.left),
        tuple(notes),
    )


def _mark(entry: Entry) -> Mark:
    if entry.failed is not None:
        return Mark.FAILURE
    match entry.action.kind:
        case Kind.ENVIRONMENT:
            return Mark.ENVIRONMENT
        case Kind.TIMEOUT:
            return Mark.TIMEOUT
        case Kind.LOSS | Kind.DUPLICATION:
            return Mark.NETWORK
        case _:
            return Mark.STEP


def note_lines(paragraphs: Iterable[str]) -> Iterator[str]:
    """The lines of a note, for programs that break none by themselves."""
    for paragraph in paragraphs:
        yield from textwrap.wrap(paragraph, NOTE_WIDTH, break_on_hyphens=False)
