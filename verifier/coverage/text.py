"""The table of coverage for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from verifier.coverage.summary import MARKS, SOURCE, by_verdict, counts, open_ends, why_nothing
from verifier.coverage.table import Covered, Status, Table

INDENT = 12  # under the id


def lines(
    table: Table, shown: Sequence[Covered], rows: Sequence[Covered], width: int
) -> Iterator[str]:
    """Those of the rows that are to be shown, and how the catalogue stands with all of them."""
    for covered in shown:
        yield from _row(covered, width)
        yield ""
    yield from textwrap.wrap(f"{table.catalogue.path.as_posix()}, {counts(rows)}.", width)
    yield from textwrap.wrap(SOURCE, width)
    ends = [*open_ends(rows)]
    if ends:
        yield ""
        yield "Left to do:"
        for end in ends:
            yield from textwrap.wrap(end, width, initial_indent="  ", subsequent_indent="    ")


def _row(covered: Covered, width: int) -> Iterator[str]:
    row = covered.row
    status = covered.status
    mark = "✓" if covered.accounted else "?"
    shown = "not checked" if status is Status.MODELLED else str(status)
    yield f"{mark} {row.id}  {' '.join(row.check)}  {shown}"
    yield from textwrap.wrap(row.text, width, initial_indent="    ", subsequent_indent="    ")
    for citation in covered.modelled:
        yield from _labelled("modelled", f"{citation.shown}  ({citation.span})", width)
    for checking in covered.checked:
        citation = checking.citation
        name = f'{citation.shown} "{citation.property}"  ({citation.span})'
        yield from _labelled("checked by", name, width)
        for model, verdict, variants in by_verdict(checking.verdicts):
            text = f"{MARKS[verdict]} {verdict} in {model}: {'; '.join(variants)}"
            yield from textwrap.wrap(
                text, width, initial_indent=" " * 15, subsequent_indent=" " * 19
            )
        if not checking.verdicts:
            yield " " * 15 + "? no block says a verdict"
    why = why_nothing(covered)
    if why:
        yield from _labelled("why not", why, width)


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    first = f"    {label:<{INDENT - 2}} "
    yield from textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=" " * len(first)
    ) or [first.rstrip()]
