"""What a viewer shows at each step of a run, as data: the terminal and the page draw the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.ir.property import Flow, Property, Reachable
from verifier.ir.semantics import evaluate
from verifier.ir.system import Action, Check, Kind
from verifier.viewers.extent import extent
from verifier.viewers.holding import Standing, arguments_of, standings
from verifier.viewers.journal import Entry, Journal
from verifier.viewers.legible import legible
from verifier.viewers.parts import Row, rows
from verifier.viewers.run import reasons
from verifier.viewers.telling import (
    alteration,
    chosen_for_the_run,
    departures,
    failure,
    for_ever,
    headline,
    participants,
)
from verifier.viewers.tracks import Arrow, arrows


@dataclass(frozen=True, slots=True)
class Heading:
    """What the run is of."""

    model: str
    file: str
    variant: str


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a handler or an action; ``first`` is the number of its first line."""

    file: str
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm of an ``if`` that the step took, with its place."""

    shown: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A step, and what there is to say of it.  ``column`` is that of the node that acts, None for
    the environment; ``source`` is a place in `Scenes.sources`; numbers are those of messages."""

    column: int | None
    title: str
    headline: str
    sends: tuple[str, ...]
    changes: tuple[str, ...]
    failure: str | None
    arrived: int | None
    lost: int | None
    left: tuple[int, ...]
    line: int
    source: int | None
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Scenes:
    """All of a run.  Step 0 is the initial state, and ``steps[0]`` says so; ``decisive`` is the
    step where the condition that the run is about first becomes false (or a goal is reached)."""

    heading: Heading
    claim: str
    violated: bool
    columns: tuple[str, ...]
    steps: tuple[Scene, ...]
    arrows: tuple[Arrow, ...]
    rows: tuple[Row, ...]
    standings: tuple[Standing, ...]
    sources: tuple[Source, ...]
    reasons: tuple[str, ...]
    decisive: int
    repeats_from: int | None = None  # the first of the steps that an infinite run repeats for ever
    for_ever: str = ""  # how it goes on then

    @property
    def last(self) -> int:
        """The number of the last step."""
        return len(self.steps) - 1

    def in_flight(self, step: int) -> tuple[Arrow, ...]:
        """The messages that are on their way after a step."""
        return tuple(
            arrow
            for arrow in self.arrows
            if arrow.sent <= step and (arrow.ended is None or arrow.ended > step)
        )


def scenes(
    told: Journal,
    properties: tuple[Property, ...],
    prop: Property,
    fault: Check | None,
    heading: Heading,
    texts: Mapping[str, str],
) -> Scenes:
    """Everything that is shown of a run that `replay` has accepted; ``texts`` are those of the
    model's files by their names in spans."""
    columns = tuple(participants(told))
    standing = standings(told.system, properties, prop, told.trace)
    sources: dict[Source, int] = {}
    read: dict[str, Source | None] = {}
    steps = [_initial(told)]
    for entry in told.entries:
        if entry.action.name not in read:
            read[entry.action.name] = _source(entry.action, texts)
        source = read[entry.action.name]
        place = None if source is None else sources.setdefault(source, len(sources))
        steps.append(_scene(told, entry, columns, place))
    states = told.times.states
    wanted = isinstance(prop, Reachable | Flow) and fault is None
    first = standing[0].first
    loop = told.trace.loop_start
    return Scenes(
        heading=Heading(legible(heading.model), legible(heading.file), legible(heading.variant)),
        claim=legible(_claim(prop, fault)),
        violated=not wanted,
        columns=tuple(legible(column) for column in columns),
        steps=tuple(steps),
        arrows=arrows(told.messages, columns),
        rows=rows(told.system, states),
        standings=tuple(
            Standing(legible(s.name), s.wanted, s.asked, s.marks, s.first) for s in standing
        ),
        sources=tuple(sources),
        reasons=tuple(legible(line) for line in reasons(told, prop, fault)),
        # A check that fails ends the run, whatever the property says of the steps before.
        decisive=told.trace.depth if fault is not None or first is None else first,
        repeats_from=None if loop is None else loop + 1,
        for_ever="" if loop is None else for_ever(told),
    )


def _claim(prop: Property, fault: Check | None) -> str:
    if fault is not None:
        return f"{fault.code}: {fault.message}"
    return prop.name


def _initial(told: Journal) -> Scene:
    """The initial state, as step 0."""
    chosen = ", ".join(chosen_for_the_run(told))
    there = tuple(number for number, message in told.messages.items() if message.sent == 0)
    said = "the initial state" + (f" with {chosen}" if chosen else "")
    sends = tuple(
        legible(f"in flight from the start: #{number} {told.messages[number].shown}")
        for number in there
    )
    return Scene(
        None, "initial state", legible(said), sends, (), None, None, None, there, 0, None, ()
    )


def _scene(told: Journal, entry: Entry, columns: tuple[str, ...], source: int | None) -> Scene:
    action, failed = entry.action, failure(entry)
    handled = entry.arrived is not None or entry.lost is not None
    said = headline(told, entry)
    title = "" if handled else said if action.kind is Kind.DUPLICATION else entry.title
    return Scene(
        column=columns.index(action.node) if action.node in columns else None,
        title=legible(title),
        headline=legible(said),
        sends=tuple(legible(line) for line in departures(told, entry)),
        changes=tuple(legible(alteration(entry, change)) for change in entry.changes),
        failure=None if failed is None else legible(failed),
        arrived=entry.arrived,
        lost=entry.lost,
        left=entry.left,
        line=action.origin.line if action.origin is not None else 0,
        source=source,
        arms=_arms(told, entry),
    )


def _source(action: Action, texts: Mapping[str, str]) -> Source | None:
    origin = action.origin
    if origin is None or origin.file not in texts:
        return None
    first, lines = extent(texts[origin.file], origin)
    return Source(legible(origin.file), first, tuple(legible(line) for line in lines))


def _arms(told: Journal, entry: Entry) -> tuple[Arm, ...]:
    """The arms that the step took, in the order of the text."""
    if not entry.action.branches:
        return ()
    before = told.trace.states[entry.step - 1]
    arguments = arguments_of(told.system, told.trace.steps[entry.step - 1].label)
    return tuple(
        Arm(legible(branch.shown), legible(branch.origin.file), branch.origin.line)
        for branch in entry.action.branches
        if branch.origin is not None and evaluate(told.system, branch.condition, before, arguments)
    )
