"""The steps of a run as events: what each takes and sends, and which may not change places freely.

Two events depend on each other if they are of the same node, or one changes what the other reads or
changes.  What only depends by way of a message, from its sending to its receipt, is not listed: no
order without it can be executed.  Events that do not depend on each other may change places, and
nothing but the order on paper changes (A. Mazurkiewicz, Trace theory, LNCS 255, 1987).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.ir.expr import Fresh, Var, walk
from verifier.ir.footprint import expressions_of_step, writes
from verifier.ir.system import Action, Kind, Label, State, TransitionSystem
from verifier.ir.types import Channel, Value, show
from verifier.traces.flights import Flights, Identity, at_first, moved, taken
from verifier.traces.trace import Trace

CLOCK = "now()"  # read and changed by every step that takes a fresh stamp: their order is the time


@dataclass(frozen=True, slots=True)
class Event:
    """``step`` counts from 1.  ``takes`` is the message that is received, lost or copied."""

    step: int
    label: Label
    action: Action
    takes: Identity | None

    @property
    def receives(self) -> bool:
        """Whether it is the receipt of a message by a node."""
        return self.action.kind is Kind.HANDLER and self.takes is not None

    @property
    def befalls(self) -> bool:
        """Whether it comes to its node from outside its program: a message, or the end of a timer.
        Then it is nobody's choice whether it comes before or after something else."""
        return self.receives or self.action.kind is Kind.TIMEOUT

    @property
    def disturbs(self) -> bool:
        """Whether it is the network that loses or copies a message."""
        return self.action.kind in (Kind.LOSS, Kind.DUPLICATION)


@dataclass(frozen=True, slots=True)
class Happened:
    """The events of a run, and the messages in flight at its end.  ``awaited`` are the receipts of
    these: they have not happened, but might have; their steps are counted on."""

    events: tuple[Event, ...]
    awaited: tuple[Event, ...]
    flights: Flights


def arguments_of(action: Action, label: Label) -> Mapping[str, Value]:
    """The arguments by name."""
    names = [parameter.variable.name for parameter in action.parameters]
    return dict(zip(names, label.arguments, strict=True))


def happened(system: TransitionSystem, trace: Trace) -> Happened:
    """The events of a run that `replay` has accepted."""
    actions = {action.name: action for action in system.actions}
    flights, _ = at_first(system, trace.initial)
    state: State = trace.initial
    events: list[Event] = []
    for number, step in enumerate(trace.steps, start=1):
        action = actions[step.label.action]
        arguments = arguments_of(action, step.label)
        if step.state is None:
            found = taken(system, action, arguments, state, flights)
        else:
            movement = moved(system, action, arguments, state, number, flights)
            flights, state = movement.flights, step.state
            copied = [message.copy_of for message in movement.born if message.copy_of is not None]
            copies = action.kind is Kind.DUPLICATION and copied
            found = copied[0] if copies else movement.taken or movement.lost
        events.append(Event(number, step.label, action, found))
    return Happened(tuple(events), tuple(_awaited(system, state, flights, len(events))), flights)


def _awaited(
    system: TransitionSystem, state: State, flights: Flights, steps: int
) -> Iterator[Event]:
    """The receipts of what is in flight.  Which step of its receiver takes a message depends on
    when it comes; any one stands for it here."""
    for variable, contents in zip(system.variables, state, strict=True):
        if not isinstance(variable.type, Channel):
            continue
        assert isinstance(contents, tuple)
        for identity, message in zip(flights[variable.name], contents, strict=True):
            receiver = _receiver(variable.type, message)
            action = next(
                (
                    action
                    for action in system.actions
                    if action.kind is Kind.HANDLER
                    and action.node == receiver
                    and action.receives is not None
                    and action.receives.channel == variable.name
                ),
                None,
            )
            if action is not None:
                steps += 1
                yield Event(steps, Label(action.name), action, identity)


def _receiver(of: Channel, message: Value) -> str:
    """The name of the node that a message is for."""
    assert isinstance(message, tuple) and isinstance(message[0], int)
    kinds = dict(of.message.alternatives[message[0]].fields)
    return show(kinds["receiver"], message[2])


@dataclass(frozen=True, slots=True)
class Dependence:
    """What each action reads and changes, without channels and what only the network reads."""

    reads: Mapping[str, frozenset[str]]
    writes: Mapping[str, frozenset[str]]

    def between(self, one: Event, other: Event) -> bool:
        """Whether it matters which of the two comes first."""
        mine, theirs = one.action, other.action
        if mine.node and mine.node == theirs.node:
            return True
        if one.takes is not None and one.takes == other.takes:
            return True  # a message that is copied, and then received or lost
        return bool(
            self.writes[mine.name] & (self.reads[theirs.name] | self.writes[theirs.name])
            or self.writes[theirs.name] & self.reads[mine.name]
        )


def dependence(system: TransitionSystem) -> Dependence:
    """What the actions of a system read and change."""
    left_out = {v.name for v in system.variables if isinstance(v.type, Channel) or v.hidden}
    reading: dict[str, frozenset[str]] = {}
    writing: dict[str, frozenset[str]] = {}
    for action in system.actions:
        nodes = list(walk(*expressions_of_step(action)))
        takes_stamps = {CLOCK for node in nodes if isinstance(node, Fresh)}
        read = {node.name for node in nodes if isinstance(node, Var)} | takes_stamps
        reading[action.name] = frozenset(read - left_out)
        writing[action.name] = frozenset((writes(action) | takes_stamps) - left_out)
    return Dependence(reading, writing)
