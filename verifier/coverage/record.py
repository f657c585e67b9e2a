"""The table of coverage as data, for scripts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from verifier.coverage.catalogue import checkable
from verifier.coverage.summary import why_nothing
from verifier.coverage.table import Covered, Table

SCHEMA = "verify-requirements/1"


class VerdictRecord(msgspec.Struct, frozen=True):
    """What one block of a model says of a property."""

    model: str
    variant: str
    settings: dict[str, str]
    verdict: str
    steps: int | None


class PlaceRecord(msgspec.Struct, frozen=True):
    """Something that cites a row; ``kind`` says what, ``name`` is that of a property."""

    kind: str
    name: str | None
    file: str
    line: int
    verdicts: list[VerdictRecord]


class RowRecord(msgspec.Struct, frozen=True):
    """A row; ``accounted`` is false where something is left to do."""

    id: str
    check: list[str]
    text: str
    status: str
    checkable: bool
    accounted: bool
    why_not: str
    modelled: list[PlaceRecord]
    checked: list[PlaceRecord]


class CoverageRecord(msgspec.Struct, frozen=True):
    """One object for one command."""

    schema: str
    catalogue: str
    models: dict[str, str]
    rows: list[RowRecord]
    exit: int


def record(table: Table, rows: Sequence[Covered], status: int) -> CoverageRecord:
    """The rows that were asked for."""
    return CoverageRecord(
        SCHEMA,
        table.catalogue.path.as_posix(),
        dict(table.models),
        [_row(covered) for covered in rows],
        status,
    )


def _row(covered: Covered) -> RowRecord:
    row = covered.row
    modelled = [PlaceRecord(c.shown, None, c.span.file, c.span.line, []) for c in covered.modelled]
    checked = [
        PlaceRecord(
            c.citation.shown,
            c.citation.property,
            c.citation.span.file,
            c.citation.span.line,
            [
                VerdictRecord(v.model, v.variant, dict(v.settings), v.verdict, v.steps)
                for v in c.verdicts
            ],
        )
        for c in covered.checked
    ]
    return RowRecord(
        row.id, list(row.check), row.text, covered.status.value, checkable(row),
        covered.accounted, why_nothing(covered), modelled, checked,
    )  # fmt: skip
