"""What happened in each step of a run: which messages left and arrived, and what changed.

The viewers draw this; it is made from the system and the trace alone.  A message keeps its number
from send to receipt: channels are sorted and stamps are renumbered after each step, so a message
is followed by its place among the messages of its channel, which neither changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.ir import types
from verifier.ir.semantics import evaluate, fire
from verifier.ir.system import Action, Check, Kind, Label, State, TransitionSystem, Variable
from verifier.ir.types import Value
from verifier.traces.trace import Trace

Flights = dict[str, list[int]]  # channel -> numbers of its messages, in the order of its value


@dataclass(slots=True)
class Message:
    """A message of the run.  ``sent`` and ``ended`` are step numbers (0: there from the start;
    None: in flight to the end); ``fate`` is received, lost or in flight."""

    number: int
    name: str
    shown: str
    sender: str
    receiver: str
    sent: int
    ended: int | None = None
    fate: str = "in flight"
    copy_of: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A variable that has another value after the step."""

    variable: Variable
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
    entries: tuple[Entry, ...]
    messages: Mapping[int, Message]


def journal(system: TransitionSystem, trace: Trace) -> Journal:
    """Tells what happens in a run that `replay` has accepted."""
    actions = {action.name: action for action in system.actions}
    messages: dict[int, Message] = {}
    flights = _there_at_first(system, trace.initial, messages)
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
            lost = _settle(system, action, before, raw, sent, flights, messages, number, left)
        after = step.state if step.state is not None else before
        entries.append(
            Entry(
                number,
                action,
                _title(step.label, action),
                arrived,
                lost,
                tuple(left),
                tuple(changes(system, before, after)),
                raw if isinstance(raw, Check) else None,
            )
        )
        before = after
    return Journal(system, trace, tuple(entries), messages)


def changes(system: TransitionSystem, before: State, after: State) -> list[Change]:
    """The variables that differ, channels left out: their messages are drawn."""
    found = []
    for variable, old, new in zip(system.variables, before, after, strict=True):
        if old != new and not isinstance(variable.type, types.Channel) and not variable.hidden:
            found.append(
                Change(variable, types.show(variable.type, old), types.show(variable.type, new))
            )
    return found


def _title(label: Label, action: Action) -> str:
    """The label without the message that it takes, which is drawn as an arrow."""
    shown = [
        (parameter, value)
        for parameter, value in zip(action.parameters, label.arguments, strict=True)
        if not _is_message(parameter.variable.type)
        and action.kind not in (Kind.LOSS, Kind.DUPLICATION)
    ]
    given = ", ".join(
        f"{p.variable.name.split('.')[-1]}: {types.show(p.variable.type, value)}"
        for p, value in shown
    )
    return f"{action.shown}({given})" if given else action.shown


def _is_message(of: types.Type) -> bool:
    return isinstance(of, types.Message)


def _there_at_first(
    system: TransitionSystem, state: State, messages: dict[int, Message]
) -> Flights:
    flights: Flights = {}
    for variable, value in zip(system.variables, state, strict=True):
        if isinstance(variable.type, types.Channel):
            assert isinstance(value, tuple)
            flights[variable.name] = [
                _number(messages, variable.type, message, 0) for message in value
            ]
    return flights


def _number(messages: dict[int, Message], of: types.Channel, value: Value, step: int) -> int:
    """A new message, with its number."""
    assert isinstance(value, tuple) and isinstance(value[0], int)
    record = of.message.alternatives[value[0]]
    fields = dict(zip((name for name, _ in record.fields), value[1:], strict=True))
    kinds = dict(record.fields)
    number = len(messages) + 1
    messages[number] = Message(
        number=number,
        name=record.name,
        shown=types.show(of.message, value),
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
    if action.receives is None:
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


def _settle(
    system: TransitionSystem,
    action: Action,
    before: State,
    after: State,
    sent: list[tuple[str, Value]],
    flights: Flights,
    messages: dict[int, Message],
    step: int,
    left: list[int],
) -> int | None:
    """Gives every message in flight after the step its number; returns the one that was lost."""
    lost = None
    for variable, old, new in zip(system.variables, before, after, strict=True):
        if not isinstance(variable.type, types.Channel):
            continue
        assert isinstance(old, tuple) and isinstance(new, tuple)
        known: dict[Value, list[int]] = {}
        for value, number in zip(old, flights[variable.name], strict=True):
            if messages[number].ended is None:
                known.setdefault(value, []).append(number)
        copies: dict[Value, int] = {value: group[0] for value, group in known.items()}
        if action.kind is not Kind.DUPLICATION:
            for channel, value in sent:
                if channel == variable.name:
                    number = _number(messages, variable.type, value, step)
                    known.setdefault(value, []).append(number)
                    left.append(number)
        numbers = []
        for value in new:
            if known.get(value):
                numbers.append(known[value].pop(0))
            else:
                number = _number(messages, variable.type, value, step)
                messages[number].copy_of = copies.get(value)
                left.append(number)
                numbers.append(number)
        for group in known.values():
            for number in group:
                messages[number].ended, messages[number].fate = step, "lost"
                lost = number
        flights[variable.name] = numbers
    return lost
