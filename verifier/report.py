"""The report of a check as data: the schema `verify-report/1`, which scripts read."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

SCHEMA = "verify-report/1"


class ModelRow(msgspec.Struct, frozen=True):
    """Which model was checked; option values as ``--set`` takes them."""

    name: str
    file: str
    variant: str
    options: dict[str, str]


class Seconds(msgspec.Struct, frozen=True):
    """Where the time went; ``compile`` reads the model and makes its code."""

    total: float
    compile: float
    search: float


class TraceRow(msgspec.Struct, frozen=True):
    """A run: its length, where its loop starts (None: it has none), and the file it is saved in."""

    steps: int
    loop_start: int | None
    file: str | None


class FaultRow(msgspec.Struct, frozen=True):
    """One run-time error or unspecified reception; ``at`` is file:line:column."""

    code: str
    message: str
    at: str | None
    occurrences: int | None
    trace: TraceRow


class PropertyRow(msgspec.Struct, frozen=True):
    """One property.  ``evidence``: exhaustive, inductive, bounded or trace.  ``occurrences``: in
    how many states (steps) it is violated, None when not all were seen.  ``bound``: the depth up to
    which every run was explored, for unknown.  ``reason``: why it is unknown, or how it was proved
    without visiting states."""

    name: str
    kind: str
    verdict: str
    evidence: str
    requirements: list[str]
    trace: TraceRow | None
    occurrences: int | None = None
    bound: int | None = None
    reason: str | None = None
    faults: list[FaultRow] = []


class NeverRow(msgspec.Struct, frozen=True):
    """An action that never fired, or a branch that was never taken."""

    name: str
    at: str | None


class Coverage(msgspec.Struct, frozen=True):
    """What the exploration never saw of the model's text."""

    never_fired: list[NeverRow]
    never_taken: list[NeverRow]


class Report(msgspec.Struct, frozen=True):
    """Everything about one check.  ``stopped`` says what ended an incomplete exploration;
    ``states``, ``transitions`` and ``terminal`` are None where none were visited;
    ``bytes_per_state`` is the memory of the visited set for each state, where it is known."""

    schema: str
    model: ModelRow
    engine: str
    complete: bool
    stopped: str | None
    states: int | None
    transitions: int | None
    depth: int
    terminal: int | None
    bytes_per_state: float | None
    seconds: Seconds
    peak_memory_bytes: int
    properties: list[PropertyRow]
    coverage: Coverage
    reproduce: str
    exit: int


class DiagnosticRow(msgspec.Struct, frozen=True):
    """One mistake in a model; line and column count from 1."""

    code: str
    message: str
    file: str
    line: int
    column: int
    cause: str
    hint: str


class ModelErrors(msgspec.Struct, frozen=True):
    """What stands in place of a report when the model is wrong."""

    schema: str
    file: str
    diagnostics: list[DiagnosticRow]
    exit: int


def json_schema() -> dict[str, Any]:
    """The JSON schema of what ``--format json`` prints: a report, what stands in its place, or,
    for several files, a list of these.  ``docs/report.schema.json`` is this."""
    (one, errors), parts = msgspec.json.schema_components(
        [Report, ModelErrors], ref_template="#/$defs/{name}"
    )
    either = {"anyOf": [one, errors]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "anyOf": [one, errors, {"type": "array", "items": either}],
        "$defs": {name: _described(part) for name, part in parts.items()},
    }


def _described(part: dict[str, Any]) -> dict[str, Any]:
    """The part with its docstring as every version of Python gives it (3.13 strips indentation)."""
    if "description" not in part:
        return part
    return {**part, "description": cleandoc(part["description"])}
