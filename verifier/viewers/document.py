"""A run as one JSON object for scripts, in the schema `verify-run/1` (docs/run.schema.json)."""

from __future__ import annotations

from typing import Any

import msgspec

from verifier.ir.system import Action, State
from verifier.ir.types import Value
from verifier.report import ModelRow, schema_of
from verifier.viewers.interchange import plain
from verifier.viewers.journal import Entry, Journal, Message

SCHEMA = "verify-run/1"


class PropertyShown(msgspec.Struct, frozen=True):
    """What the run shows of which property.  ``verdict``: ``violated``, or ``holds`` where the run
    is the witness; ``fault`` is the code of the run-time error that it ends in."""

    name: str
    kind: str
    verdict: str
    fault: str | None
    requirements: list[str]


class VariableRow(msgspec.Struct, frozen=True):
    """A variable; ``node`` is the instance it belongs to, None for the world and channels."""

    name: str
    node: str | None
    ghost: bool


class MessageRow(msgspec.Struct, frozen=True):
    """A message.  ``sent`` and ``ended`` are steps (0: in flight from the start; None: to the end);
    ``fate``: ``received``, ``lost`` or ``in flight``; ``copy_of``: the message that the network
    duplicated."""

    id: int
    name: str
    channel: str
    sender: str
    receiver: str
    fields: dict[str, Any]
    sent: int
    ended: int | None
    fate: str
    copy_of: int | None


class ChangeRow(msgspec.Struct, frozen=True):
    """A part of a variable that the step changes; ``path`` is ``[key].field``, the values are
    as a model writes them."""

    variable: str
    path: str
    before: str
    after: str


class FailureRow(msgspec.Struct, frozen=True):
    """The run-time error of the last step; ``at`` is file:line:column."""

    code: str
    message: str
    at: str | None


class StepRow(msgspec.Struct, frozen=True):
    """A step.  It leads from state ``step - 1`` to state ``step``, unless it fails.  ``receives``,
    ``loses`` and ``sends`` are ids of messages; ``node`` is None for the world and the network."""

    step: int
    action: str
    kind: str
    node: str | None
    arguments: dict[str, Any]
    at: str | None
    receives: int | None
    loses: int | None
    sends: list[int]
    changes: list[ChangeRow]
    failure: FailureRow | None


class Run(msgspec.Struct, frozen=True):
    """A run.  States are objects from variables to values; stamps are numbered for the whole run;
    ``loop_start`` is the index of the state to which an infinite run returns for ever."""

    schema: str
    tool: str
    model: ModelRow
    property: PropertyShown
    nodes: list[str]
    variables: list[VariableRow]
    start: dict[str, Any]
    states: list[dict[str, Any]]
    steps: list[StepRow]
    messages: list[MessageRow]
    loop_start: int | None


def document(told: Journal, tool: str, model: ModelRow, shows: PropertyShown) -> Run:
    """The run as data."""
    system, trace = told.system, told.trace
    starting = next(action for action in system.initial if action.name == trace.start.action)
    return Run(
        schema=SCHEMA,
        tool=tool,
        model=model,
        property=shows,
        nodes=list(system.nodes),
        variables=[VariableRow(v.name, v.node or None, v.ghost) for v in system.variables],
        start=_arguments(starting, trace.start.arguments),
        states=[_state(told, state) for state in told.times.states],
        steps=[_step(told, entry) for entry in told.entries],
        messages=[_message(message) for message in told.messages.values()],
        loop_start=trace.loop_start,
    )


def json_text(run: Run) -> bytes:
    """The object as text."""
    return msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n"


def run_schema() -> dict[str, Any]:
    """The JSON schema of the object; ``docs/run.schema.json`` is this."""
    return schema_of(Run, SCHEMA)


def _state(told: Journal, state: State) -> dict[str, Any]:
    variables = told.system.variables
    return {v.name: plain(v.type, value) for v, value in zip(variables, state, strict=True)}


def _step(told: Journal, entry: Entry) -> StepRow:
    action, label = entry.action, told.trace.steps[entry.step - 1].label
    numbers = told.times.before[entry.step - 1]
    arguments = tuple(
        told.times.renumbered(parameter.variable.type, value, numbers)
        for parameter, value in zip(action.parameters, label.arguments, strict=True)
    )
    failed = entry.failed
    return StepRow(
        step=entry.step,
        action=action.name,
        kind=action.kind.value,
        node=action.node or None,
        arguments=_arguments(action, arguments),
        at=None if action.origin is None else str(action.origin),
        receives=entry.arrived,
        loses=entry.lost,
        sends=list(entry.left),
        changes=[ChangeRow(c.variable.name, c.path, c.before, c.after) for c in entry.changes],
        failure=None
        if failed is None
        else FailureRow(
            str(failed.code), failed.message, None if failed.origin is None else str(failed.origin)
        ),
    )


def _arguments(action: Action, values: tuple[Value, ...]) -> dict[str, Any]:
    return {
        parameter.variable.name: plain(parameter.variable.type, value)
        for parameter, value in zip(action.parameters, values, strict=True)
    }


def _message(message: Message) -> MessageRow:
    fields = plain(message.record, message.values)
    return MessageRow(
        id=message.number,
        name=message.name,
        channel=message.channel,
        sender=message.sender,
        receiver=message.receiver,
        fields={name: v for name, v in fields.items() if name not in ("sender", "receiver")},
        sent=message.sent,
        ended=message.ended,
        fate=message.fate,
        copy_of=message.copy_of,
    )
