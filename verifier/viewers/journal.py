"""What happened in each step of a run: which messages left and arrived, and what changed.

The viewers draw this; it is made from the system and the trace alone.  A message keeps its number
from send to receipt (`traces.flights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.ir import types
from verifier.ir.semantics import fire
from verifier.ir.system import Action, Check, Kind, Label, State, TransitionSystem, Variable
from verifier.ir.types import Value
from verifier.traces.flights import Born, Identity, at_first, moved, taken
from verifier.traces.trace import Trace
from verifier.viewers.chronology import Chronology, Numbers, chronology
from verifier.viewers.difference import differences


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

    def repeats(self, step: int) -> bool:
        """Whether the step is one of those that an infinite run repeats for ever."""
        return self.trace.loop_start is not None and step > self.trace.loop_start


def journal(system: TransitionSystem, trace: Trace) -> Journal:
    """Tells what happens in a run that `replay` has accepted."""
    actions = {action.name: action for action in system.actions}
    messages: dict[int, Message] = {}
    numbers: dict[Identity, int] = {}
    times = chronology(system, trace)
    flights, born = at_first(system, trace.initial)
    for message in born:
        _note(messages, numbers, times.before[0], 0, message)
    entries: list[Entry] = []
    before = trace.initial
    for number, step in enumerate(trace.steps, start=1):
        action = actions[step.label.action]
        arguments = {
            parameter.variable.name: value
            for parameter, value in zip(action.parameters, step.label.arguments, strict=True)
        }
        failed: Check | None = None
        lost: int | None = None
        left: list[int] = []
        if step.state is None:
            raw = fire(system, action, before, arguments)
            assert isinstance(raw, Check), "the judge has seen this step fail"
            failed = raw
            received = taken(system, action, arguments, before, flights)
        else:
            moving = moved(system, action, arguments, before, number, flights)
            received, flights = moving.taken, moving.flights
            for message in moving.born:
                left.append(_note(messages, numbers, times.after[number - 1], number, message))
            lost = None if moving.lost is None else numbers[moving.lost]
        arrived = None if received is None else numbers[received]
        if arrived is not None:
            messages[arrived].ended, messages[arrived].fate = number, "received"
        if lost is not None:
            messages[lost].ended, messages[lost].fate = number, "lost"
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
                failed,
            )
        )
        before = step.state if step.state is not None else before
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


def _note(
    messages: dict[int, Message],
    known: dict[Identity, int],
    numbers: Numbers,
    step: int,
    born: Born,
) -> int:
    """A new message, with its number."""
    value, of = born.value, born.of.message
    assert isinstance(value, tuple) and isinstance(value[0], int)
    record = of.alternatives[value[0]]
    fields = dict(zip((name for name, _ in record.fields), value[1:], strict=True))
    kinds = dict(record.fields)
    number = len(messages) + 1
    known[born.identity] = number
    numbered = Chronology.renumbered(of, value, numbers)
    assert isinstance(numbered, tuple)
    messages[number] = Message(
        number=number,
        name=record.name,
        channel=born.channel,
        record=record,
        values=numbered[1:],
        shown=types.show(of, numbered),
        sender=types.show(kinds["sender"], fields["sender"]) if "sender" in fields else "",
        receiver=types.show(kinds["receiver"], fields["receiver"]) if "receiver" in fields else "",
        sent=step,
        copy_of=None if born.copy_of is None else known[born.copy_of],
    )
    return number
