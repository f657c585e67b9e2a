"""An event of a run as a step of another run, where the same messages may be elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.causes.events import Event, arguments_of
from verifier.causes.goal import Move
from verifier.causes.rematch import rematched, similarity
from verifier.ir.expr import Put, RemoveAt, RepeatAt, Take
from verifier.ir.semantics import evaluate
from verifier.ir.system import Action, Kind, State, TransitionSystem
from verifier.ir.types import Value
from verifier.traces.flights import Flights, Identity


def step_of(
    system: TransitionSystem, event: Event, state: State, flights: Flights, moves: list[Move]
) -> Move | None:
    """The step that the event is here; None if it cannot happen."""
    if event.takes is None:
        return rematched(event.action, event.label, moves)
    actions = {action.name: action for action in system.actions}
    if event.receives:
        able = [
            move
            for move in receipts(system, event.takes, state, flights, moves)
            if actions[move.label.action].node == event.action.node
        ]
    else:
        place = _first_place(system, event.takes, state, flights)
        able = [
            move
            for move in moves
            if move.label.action == event.label.action
            and place == _disturbed(system, event.action, move, state)
        ]
    return max(able, key=lambda move: _likeness(event, move), default=None)


def receipts(
    system: TransitionSystem,
    message: Identity,
    state: State,
    flights: Flights,
    moves: Iterable[Move],
) -> Iterator[Move]:
    """The steps in which a node takes this message."""
    actions = {action.name: action for action in system.actions}
    found = _place(message, flights)
    if found is None:
        return
    value = _contents(system, state, found[0])[found[1]]
    for move in moves:
        action = actions[move.label.action]
        if action.kind is Kind.HANDLER and _taken(system, action, move, state) == (found[0], value):
            yield move


def first_of_equals(
    system: TransitionSystem, message: Identity, state: State, flights: Flights
) -> Flights:
    """The same messages in flight, this one before those that are equal to it: of equal ones a
    step takes the first."""
    found = _place(message, flights)
    assert found is not None
    channel, place = found
    contents, here = _contents(system, state, channel), list(flights[channel])
    first = place
    while first > 0 and contents[first - 1] == contents[place]:
        first -= 1
    here[first], here[place] = here[place], here[first]
    return {**flights, channel: tuple(here)}


def _place(message: Identity, flights: Flights) -> tuple[str, int] | None:
    """The channel of a message in flight, and its place there."""
    for channel, here in flights.items():
        if message in here:
            return channel, here.index(message)
    return None


def _contents(system: TransitionSystem, state: State, channel: str) -> tuple[Value, ...]:
    place = next(i for i, variable in enumerate(system.variables) if variable.name == channel)
    value = state[place]
    assert isinstance(value, tuple)
    return value


def _taken(
    system: TransitionSystem, action: Action, move: Move, state: State
) -> tuple[str, Value] | None:
    """The channel and the value of the message that a step takes."""
    if action.receives is None:
        return None
    arguments = arguments_of(action, move.label)
    return action.receives.channel, evaluate(system, action.receives.message, state, arguments)


def _first_place(
    system: TransitionSystem, message: Identity, state: State, flights: Flights
) -> tuple[str, int] | None:
    """The place of the first of the messages beside it that are equal to it: which of them the
    network loses or copies makes no difference."""
    found = _place(message, flights)
    if found is None:
        return None
    channel, place = found
    contents = _contents(system, state, channel)
    while place > 0 and contents[place - 1] == contents[place]:
        place -= 1
    return channel, place


def _disturbed(
    system: TransitionSystem, action: Action, move: Move, state: State
) -> tuple[str, int] | None:
    """The place of the message that the network loses or copies in this step."""
    arguments = arguments_of(action, move.label)
    for channel, change in action.assignments.items():
        if isinstance(change, RemoveAt | RepeatAt):
            place = evaluate(system, change.index, state, arguments)
            assert isinstance(place, int)
            return channel, place
        if isinstance(change, Take | Put):
            message = evaluate(system, change.message, state, arguments)
            return channel, _contents(system, state, channel).index(message)
    return None


def _likeness(event: Event, move: Move) -> tuple[bool, int]:
    same = move.label.action == event.label.action
    return same, similarity(event.label.arguments, move.label.arguments)
