"""Which message is which: messages followed by their places through the steps of a run.

Channels are sorted and stamps are ranked anew after each step, so a message cannot be known by its
value.  But neither changes the order of the messages in a channel, so it is known by its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from verifier.ir.expr import RemoveAt, RepeatAt
from verifier.ir.semantics import evaluate
from verifier.ir.system import Action, Kind, State, TransitionSystem
from verifier.ir.types import Channel, Value

Identity: TypeAlias = tuple[int, int]  # the step that made it (0: there at first), which of these
Flights: TypeAlias = Mapping[str, tuple[Identity, ...]]  # channel -> in the order of its value


@dataclass(frozen=True, slots=True)
class Born:
    """A message that a step makes.  ``value`` is as the step makes it, stamps not yet renumbered;
    ``copy_of`` is what it is a duplicate of."""

    identity: Identity
    channel: str
    of: Channel
    value: Value
    copy_of: Identity | None


@dataclass(frozen=True, slots=True)
class Movement:
    """What a step does to messages, and where all of them are afterwards."""

    taken: Identity | None
    lost: Identity | None
    born: tuple[Born, ...]
    flights: Flights


def at_first(system: TransitionSystem, state: State) -> tuple[Flights, tuple[Born, ...]]:
    """The messages that are in flight in an initial state."""
    flights: dict[str, tuple[Identity, ...]] = {}
    born: list[Born] = []
    for variable, value in zip(system.variables, state, strict=True):
        if isinstance(variable.type, Channel):
            assert isinstance(value, tuple)
            here = [
                Born((0, len(born) + place), variable.name, variable.type, message, None)
                for place, message in enumerate(value)
            ]
            flights[variable.name] = tuple(message.identity for message in here)
            born += here
    return flights, tuple(born)


def taken(
    system: TransitionSystem,
    action: Action,
    arguments: Mapping[str, Value],
    before: State,
    flights: Flights,
) -> Identity | None:
    """The message that a step receives; of equal ones that which is there first."""
    if action.receives is None or action.kind is Kind.LOSS:
        return None
    message = evaluate(system, action.receives.message, before, arguments)
    contents = _contents(system, before)[action.receives.channel]
    return flights[action.receives.channel][contents.index(message)]


def moved(
    system: TransitionSystem,
    action: Action,
    arguments: Mapping[str, Value],
    before: State,
    step: int,
    flights: Flights,
) -> Movement:
    """What a step that does not fail does to the messages in flight."""
    received = taken(system, action, arguments, before, flights)
    sent = [
        (send.channel, evaluate(system, send.message, before, arguments))
        for send in action.sends
        if action.kind is not Kind.DUPLICATION
        and evaluate(system, send.condition, before, arguments)
    ]
    lost: Identity | None = None
    born: list[Born] = []
    after = dict(flights)
    kinds = {variable.name: variable.type for variable in system.variables}
    for name, old in _contents(system, before).items():
        of, change = kinds[name], action.assignments.get(name)
        assert isinstance(of, Channel)
        if change is None:
            continue
        if isinstance(change, RemoveAt | RepeatAt):
            place = evaluate(system, change.index, before, arguments)
            assert isinstance(place, int)
            queue = list(flights[name])
            if isinstance(change, RemoveAt):
                lost = queue.pop(place)
            else:
                born.append(Born((step, len(born)), name, of, old[place], queue[place]))
                queue.insert(place + 1, born[-1].identity)
            after[name] = tuple(queue)
            continue
        new = evaluate(system, change, before, arguments)
        assert isinstance(new, tuple)
        known: dict[Value, list[Identity]] = {}
        for value, identity in zip(old, flights[name], strict=True):
            if identity != received:
                known.setdefault(value, []).append(identity)
        originals = {value: group[0] for value, group in known.items()}
        for channel, value in sent:
            if channel == name:
                born.append(Born((step, len(born)), name, of, value, None))
                known.setdefault(value, []).append(born[-1].identity)
        placed = []
        for value in new:
            if not known.get(value):
                born.append(Born((step, len(born)), name, of, value, originals.get(value)))
                known[value] = [born[-1].identity]
            placed.append(known[value].pop(0))
        for group in known.values():
            lost = group[-1] if group else lost
        after[name] = tuple(placed)
    return Movement(received, lost, tuple(born), after)


def _contents(system: TransitionSystem, state: State) -> dict[str, tuple[Value, ...]]:
    """What is in each channel."""
    found = {}
    for variable, value in zip(system.variables, state, strict=True):
        if isinstance(variable.type, Channel):
            assert isinstance(value, tuple)
            found[variable.name] = value
    return found
