"""What happened in each step of a run: which messages left and arrived, and what changed.

The viewers draw this; it is made from the system and the trace alone.  A message keeps its number
from send to receipt: channels are sorted and stamps are ranked anew after each step, so a message
is followed by its place among the messages of its channel, which neither changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from verifier.ir import types
from verifier.ir.expr import RemoveAt, RepeatAt
from verifier.ir.semantics import evaluate, fire
from verifier.ir.system import Action, Check, Kind, Label, State, TransitionSystem, Variable
from verifier.ir.types import Value
from verifier.traces.trace import Trace
from verifier.viewers.chronology import Chronology, Numbers, chronology
from verifier.viewers.difference import differences

Flights = dict[str, list[int]]  # channel -> numbers of its messages, in the order of its value


@dataclass(slots=True)
class Message:
    """A message of the run.  ``sent`` and ``ended`` are step numbers (0: there from the start;
    None: in flight to the end); ``fate`` is received, lost or in flight.  ``values`` are those of
    the fields of ``record``, with stamps numbered for the whole run."""

    number: int
    name: str
    channel: str
    record: types.Record
    values: tuple[Value, ...]
    shown: str
    sender: str
    receiver: str
    sent: int
    ended: int | None = None
    fate: str = "in flight"
    copy_of: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a variable that has another value after the step; ``path`` is what follows the
    name of the variable: ``[key].field``."""

    variable: Variable
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A step.  The numbers are those of messages; ``failed`` is the check that ends the run."""

    step: int
    action: Action
    title: str
    arrived: int | None
    lost: int | None
    left: tuple[int, ...]
    changes: tuple[Change, ...]
    failed: Check | None


@dataclass(frozen=True, slots=True)
class Journal:
    """All of a run."""

    system: TransitionSystem
    trace: Trace
    times: Chronology
    entries: tuple[Entry, ...]
    messages: Mapping[int, Message]


def journal(system: TransitionSystem, trace: Trace) -> Journal:
    """Tells what happens in a run that `replay` has accepted."""
    actions = {action.name: action for action in system.actions}
    messages: dict[int, Message] = {}
    times = chronology(system, trace)
    flights = _there_at_first(system, trace.initial, messages, times.before[0])
    entries: list[Entry] = []
    before = trace.initial
    for number, step in enumerate(trace.steps, start=1):
        action = actions[step.label.action]
        arguments = {
            parameter.variable.name: value
            for parameter, value in zip(action.parameters, step.label.arguments, strict=True)
        }
        raw = fire(system, action, before, arguments)
        arrived = _taken(system, action, before, arguments, flights)
        if arrived is not None:
            messages[arrived].ended, messages[arrived].fate = number, "received"
        lost: int | None = None
        left: list[int] = []
        if not isinstance(raw, Check):
            sent = _sent(system, action, before, arguments)
            number_of = partial(_number, messages, times.after[number - 1], number)
            lost = _settle(
                system, action, before, arguments, raw, sent, flights, messages, number_of, left
            )
        if lost is not None:
            messages[lost].ended, messages[lost].fate = number, "lost"
        after = step.state if step.state is not None else before
        shown = times.states[number - 1 : number + 1]
        entries.append(
            Entry(
                number,
                action,
                _title(step.label, action, times.before[number - 1]),
                arrived,
                lost,
                tuple(left),
                tuple(changes(system, shown[0], shown[-1])),
                raw if isinstance(raw, Check) else None,
            )
        )
        before = after
    return Journal(system, trace, times, tuple(entries), messages)


def changes(system: TransitionSystem, before: State, after: State) -> list[Change]:
    """The variables that differ, channels left out: their messages are drawn."""
    found = []
    for variable, old, new in zip(system.variables, before, after, strict=True):
        if not isinstance(variable.type, types.Channel) and not variable.hidden:
            for path, was, becomes in differences(variable.type, old, new, ""):
                found.append(Change(variable, path, was, becomes))
    return found


def _title(label: Label, action: Action, numbers: Numbers) -> str:
    """The label without the message that it takes, which is drawn as an arrow."""
    shown = [
        (parameter, value)
        for parameter, value in zip(action.parameters, label.arguments, strict=True)
        if not _is_message(parameter.variable.type)
        and action.kind not in (Kind.LOSS, Kind.DUPLICATION)
    ]
    given = ", ".join(
        f"{p.variable.name.split('.')[-1]}: {_show(p.variable.type, value, numbers)}"
        for p, value in shown
    )
    return f"{action.shown}({given})" if given else action.shown


def _show(of: types.Type, value: Value, numbers: Numbers) -> str:
    return types.show(of, Chronology.renumbered(of, value, numbers))


def _is_message(of: types.Type) -> bool:
    return isinstance(of, types.Message)


def _there_at_first(
    system: TransitionSystem, state: State, messages: dict[int, Message], numbers: Numbers
) -> Flights:
    flights: Flights = {}
    for variable, value in zip(system.variables, state, strict=True):
        if isinstance(variable.type, types.Channel):
            assert isinstance(value, tuple)
            flights[variable.name] = [
                _number(messages, numbers, 0, variable.name, variable.type, message)
                for message in value
            ]
    return flights


def _number(
    messages: dict[int, Message],
    numbers: Numbers,
    step: int,
    channel: str,
    of: types.Channel,
    value: Value,
) -> int:
    """A new message, with its number."""
    assert isinstance(value, tuple) and isinstance(value[0], int)
    record = of.message.alternatives[value[0]]
    fields = dict(zip((name for name, _ in record.fields), value[1:], strict=True))
    kinds = dict(record.fields)
    number = len(messages) + 1
    numbered = Chronology.renumbered(of.message, value, numbers)
    assert isinstance(numbered, tuple)
    messages[number] = Message(
        number=number,
        name=record.name,
        channel=channel,
        record=record,
        values=numbered[1:],
        shown=types.show(of.message, numbered),
        sender=types.show(kinds["sender"], fields["sender"]) if "sender" in fields else "",
        receiver=types.show(kinds["receiver"], fields["receiver"]) if "receiver" in fields else "",
        sent=step,
    )
    return number


def _taken(
    system: TransitionSystem,
    action: Action,
    before: State,
    arguments: Mapping[str, Value],
    flights: Flights,
) -> int | None:
    """The number of the message that the step receives, taken out of its channel."""
    if action.receives is None or action.kind is Kind.LOSS:
        return None
    message = evaluate(system, action.receives.message, before, arguments)
    value = _channel(system, before, action.receives.channel)
    return flights[action.receives.channel][value.index(message)]


def _channel(system: TransitionSystem, state: State, name: str) -> tuple[Value, ...]:
    place = next(i for i, variable in enumerate(system.variables) if variable.name == name)
    value = state[place]
    assert isinstance(value, tuple)
    return value


def _sent(
    system: TransitionSystem, action: Action, before: State, arguments: Mapping[str, Value]
) -> list[tuple[str, Value]]:
    """What the step sends: channel and message."""
    return [
        (send.channel, evaluate(system, send.message, before, arguments))
        for send in action.sends
        if evaluate(system, send.condition, before, arguments)
    ]


def _place(
    system: TransitionSystem,
    action: Action,
    channel: str,
    before: State,
    arguments: Mapping[str, Value],
) -> int | None:
    """The place in the queue of the message that the step loses or duplicates, if it names one."""
    match action.assignments.get(channel):
        case RemoveAt(_, index) | RepeatAt(_, index):
            place = evaluate(system, index, before, arguments)
            assert isinstance(place, int)
            return place
        case _:
            return None


def _settle(
    system: TransitionSystem,
    action: Action,
    before: State,
    arguments: Mapping[str, Value],
    after: State,
    sent: list[tuple[str, Value]],
    flights: Flights,
    messages: dict[int, Message],
    number_of: Callable[[str, types.Channel, Value], int],
    left: list[int],
) -> int | None:
    """Gives every message in flight after the step its number; returns the one that was lost."""
    lost = None
    for variable, old, new in zip(system.variables, before, after, strict=True):
        if not isinstance(variable.type, types.Channel):
            continue
        assert isinstance(old, tuple) and isinstance(new, tuple)
        place = _place(system, action, variable.name, before, arguments)
        if place is not None:  # a queue, whose equal messages are told apart by their places
            queue = flights[variable.name]
            if action.kind is Kind.LOSS:
                lost = queue.pop(place)
            else:
                number = number_of(variable.name, variable.type, old[place])
                messages[number].copy_of = queue[place]
                queue.insert(place + 1, number)
                left.append(number)
            continue
        known: dict[Value, list[int]] = {}
        for value, number in zip(old, flights[variable.name], strict=True):
            if messages[number].ended is None:
                known.setdefault(value, []).append(number)
        copies: dict[Value, int] = {value: group[0] for value, group in known.items()}
        if action.kind is not Kind.DUPLICATION:
            for channel, value in sent:
                if channel == variable.name:
                    number = number_of(variable.name, variable.type, value)
                    known.setdefault(value, []).append(number)
                    left.append(number)
        numbers = []
        for value in new:
            if known.get(value):
                numbers.append(known[value].pop(0))
            else:
                number = number_of(variable.name, variable.type, value)
                messages[number].copy_of = copies.get(value)
                left.append(number)
                numbers.append(number)
        for group in known.values():
            for number in group:
                lost = number
        flights[variable.name] = numbers
    return lost
