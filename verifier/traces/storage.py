"""The trace file: a run with enough about its model to be judged again later.

A file says which text of the model it belongs to (a digest), so that a run of another text is
refused rather than misjudged.  Interchange formats are exports, not this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from verifier import __version__
from verifier.ir import types
from verifier.ir.system import Label, State, TransitionSystem
from verifier.ir.types import Value
from verifier.traces.trace import Step, Trace

FORMAT = "verify-trace/1"


class UnreadableTrace(Exception):
    """The file is no trace file, or one of another format."""


class StoredLabel(msgspec.Struct, frozen=True):
    """A label; ``shown`` is for readers of the file, ``at`` the place of the action's text."""

    action: str
    arguments: list[Any]
    shown: str
    at: str | None


class StoredStep(msgspec.Struct, frozen=True):
    """A step; the state is absent where a check of the step fails."""

    label: StoredLabel
    state: list[Any] | None


class StoredTrace(msgspec.Struct, frozen=True):
    """The content of a trace file."""

    format: str
    tool: str
    model: str
    file: str
    variant: str
    options: dict[str, str]
    digest: str
    property: str
    fault: str | None  # code of the run-time error the run ends in; None: the property itself
    variables: list[str]
    start: StoredLabel
    initial: list[Any]
    steps: list[StoredStep]
    loop_start: int | None


def digest(texts: Mapping[str, str], variant: str, options: Mapping[str, str]) -> str:
    """A digest of all that the meaning of the model comes from.

    Names of files are left out: only what they say counts, in the order of their digests, so that
    a copy of the directory elsewhere is the same model.
    """
    parts = sorted(hashlib.sha256(text.encode()).hexdigest() for text in texts.values())
    parts += [variant, *(f"{name}={value}" for name, value in sorted(options.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stored_label(system: TransitionSystem, label: Label) -> StoredLabel:
    """The label with what a reader wants to know about it."""
    action = next(a for a in (*system.initial, *system.actions) if a.name == label.action)
    return StoredLabel(
        label.action,
        [_plain(value) for value in label.arguments],
        show_label(system, label),
        None if action.origin is None else str(action.origin),
    )


def show_label(system: TransitionSystem, label: Label) -> str:
    """The label as a person reads it: the action, then its arguments by name."""
    action = next(a for a in (*system.initial, *system.actions) if a.name == label.action)
    given = ", ".join(
        f"{parameter.variable.name}: {types.show(parameter.variable.type, value)}"
        for parameter, value in zip(action.parameters, label.arguments, strict=True)
    )
    return f"{action.name}({given})" if given else action.name


def save(path: Path, stored: StoredTrace) -> None:
    """Writes the file, or leaves what was there: never half of it."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(content(stored))
    draft.replace(path)


def content(stored: StoredTrace) -> bytes:
    """What stands in the file."""
    return msgspec.json.format(msgspec.json.encode(stored), indent=1) + b"\n"


def store(
    system: TransitionSystem,
    trace: Trace,
    *,
    model: str,
    file: str,
    variant: str,
    options: Mapping[str, str],
    texts: Mapping[str, str],
    prop: str,
    fault: str | None,
) -> StoredTrace:
    """The content of the file for a run."""
    return StoredTrace(
        format=FORMAT,
        tool=f"mdl-verifier {__version__}",
        model=model,
        file=file,
        variant=variant,
        options=dict(options),
        digest=digest(texts, variant, options),
        property=prop,
        fault=fault,
        variables=[variable.name for variable in system.variables],
        start=stored_label(system, trace.start),
        initial=[_plain(value) for value in trace.initial],
        steps=[
            StoredStep(
                stored_label(system, step.label),
                None if step.state is None else [_plain(value) for value in step.state],
            )
            for step in trace.steps
        ],
        loop_start=trace.loop_start,
    )


def read(path: Path) -> StoredTrace:
    """The content of a trace file.

    Raises:
        UnreadableTrace: it is none, or of another format.
    """
    try:
        found = path.read_bytes()
    except OSError as error:
        raise UnreadableTrace(f"{path}: {error.strerror}") from None
    try:
        stored = msgspec.json.decode(found, type=StoredTrace)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableTrace(f"{path} is no trace file: {error}") from None
    if stored.format != FORMAT:
        raise UnreadableTrace(f"{path} has format '{stored.format}', this tool reads '{FORMAT}'")
    return stored


def restored(stored: StoredTrace) -> Trace:
    """The run in the file; whether it is one is for `replay` to say."""
    return Trace(
        _label(stored.start),
        _state(stored.initial),
        tuple(
            Step(_label(step.label), None if step.state is None else _state(step.state))
            for step in stored.steps
        ),
        stored.loop_start,
    )


def _label(stored: StoredLabel) -> Label:
    return Label(stored.action, _state(stored.arguments))


def _plain(value: Value) -> Any:
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _value(plain: Any) -> Value:
    if isinstance(plain, list):
        return tuple(_value(part) for part in plain)
    if isinstance(plain, int):
        return plain
    raise UnreadableTrace(f"{plain!r} is not a value")


def _state(plain: list[Any]) -> State:
    return tuple(_value(part) for part in plain)
