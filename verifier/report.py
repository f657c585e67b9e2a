"""The reports of a check and of a proof as data: the schemas `verify-report/1` and
`verify-proof/1`, which scripts read."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

SCHEMA = "verify-report/1"
PROOF_SCHEMA = "verify-proof/1"


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
    without visiting states.  ``engine``: the one that this rests on."""

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
    engine: str | None = None


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
    ``bytes_per_state`` is the memory of the visited set for each state, where it is known.
    ``notes`` say what went otherwise than it should."""

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
    notes: list[str]
    reproduce: str
    exit: int


class CertificateRow(msgspec.Struct, frozen=True):
    """The certificate of a proof: the directory it is in (None: it was only checked, or there is
    none), and what was said of it: ``written``, ``accepted``, ``refused``, ``undecided``,
    ``unwritten`` (there was no time) or ``none``, and why."""

    directory: str | None
    status: str
    reason: str | None


class InductionRow(msgspec.Struct, frozen=True):
    """A counterexample to induction: states, which need not be reachable, as conditions that they
    satisfy, and the actions between them.  ``lemma`` is a declaration that excludes the first of
    them that is not known to be reachable.  ``absent``: that some message is not in flight is said
    of the last of them only."""

    states: list[str]
    actions: list[str]
    lemma: str | None
    absent: bool = False


class ProvedRow(msgspec.Struct, frozen=True):
    """One property.  As in a report of a check; ``evidence`` may be inductive, and ``facts`` is
    then of how many predicates the invariant consists."""

    name: str
    kind: str
    verdict: str
    evidence: str
    requirements: list[str]
    trace: TraceRow | None
    bound: int | None = None
    reason: str | None = None
    faults: list[FaultRow] = []
    facts: int | None = None
    certificate: CertificateRow | None = None
    induction: InductionRow | None = None


class ProofReport(msgspec.Struct, frozen=True):
    """Everything about one proof.  The verdicts are for every value of the bounds ``lifted`` and
    of ``open_options``; ``circles`` are the lifted bounds at which numbers would wrap around.
    ``kept`` says why other bounds have the value that they have; ``any_messages``: some channel is
    never full; ``any_stamps``: there are times, and none is the last; ``nodes``: how many there are
    of each name; ``hint``: what to ask instead, where that may decide more."""

    schema: str
    model: ModelRow
    lifted: list[str]
    circles: list[str]
    kept: dict[str, str]
    open_options: list[str]
    any_messages: bool
    any_stamps: bool
    nodes: dict[str, int]
    stopped: str | None
    seconds: float
    peak_memory_bytes: int
    properties: list[ProvedRow]
    reproduce: str
    exit: int
    hint: str | None = None


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
    """The JSON schema of what ``--format json`` prints: a report of a check or of a proof, what
    stands in its place, or, for several files, a list of these.  ``docs/report.schema.json`` is
    this."""
    kinds, parts = msgspec.json.schema_components(
        [Report, ProofReport, ModelErrors], ref_template="#/$defs/{name}"
    )
    either = {"anyOf": list(kinds)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "anyOf": [*kinds, {"type": "array", "items": either}],
        "$defs": {name: _described(part) for name, part in parts.items()},
    }


def schema_of(kind: type[msgspec.Struct], title: str) -> dict[str, Any]:
    """The JSON schema of an object of another command."""
    (shape,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **shape,
        "$defs": {name: _described(part) for name, part in parts.items()},
    }


def _described(part: dict[str, Any]) -> dict[str, Any]:
    """The part with its docstring as every version of Python gives it (3.13 strips indentation)."""
    if "description" not in part:
        return part
    return {**part, "description": cleandoc(part["description"])}
