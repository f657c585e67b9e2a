"""The table of coverage in numbers, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.coverage.catalogue import MEANINGS, checkable
from verifier.coverage.table import Covered, Status
from verifier.coverage.verdicts import HOLDS, UNKNOWN, VIOLATED, Stated

MARKS = {HOLDS: "✓", VIOLATED: "✗", UNKNOWN: "?"}
SOURCE = (
    "Verdicts are what the `expect` blocks of the models say; `verify test` holds them against "
    "what is found."
)


def counts(rows: Sequence[Covered]) -> str:
    """How many rows there are, and how they stand."""
    to_check = [covered for covered in rows if checkable(covered.row)]
    checked = [covered for covered in to_check if covered.status is Status.CHECKED]
    explained = [c for c in to_check if c.status is not Status.CHECKED and c.row.why_not]
    others = len(rows) - len(to_check)
    reasons = f"; of {len(explained)} the catalogue says why not" if explained else ""
    rest = f"{others} {'is' if others == 1 else 'are'} configuration or scope"
    total = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    share = _part(len(checked), len(to_check))
    return f"{total}: {share} of those to be checked are checked{reasons}; {rest}"


def _part(some: int, total: int) -> str:
    share = f" ({100 * some // total} %)" if total else ""
    return f"{some} of {total}{share}"


def why_nothing(covered: Covered) -> str:
    """Why no property checks a row; "" if nothing says so."""
    row = covered.row
    if covered.checked:
        return ""
    if row.why_not:
        return row.why_not
    if not checkable(row):
        return "; ".join(f"{kind}, {MEANINGS[kind]}" for kind in row.check)
    return ""


def open_ends(rows: Sequence[Covered]) -> Iterator[str]:
    """What is left to do, a line for each row."""
    for covered in rows:
        name = covered.row.id
        if covered.outdated:
            yield f"{name}: says why nothing checks it (why_not), and something does"
        if covered.accounted:
            continue
        match covered.status:
            case Status.UNDECIDED:
                yield f"{name}: no block of the models says a verdict of what checks it"
            case Status.MODELLED:
                yield f"{name}: modelled, and no property checks it"
            case Status.ABSENT | Status.CHECKED:
                yield f"{name}: nothing cites it"


def by_verdict(verdicts: Sequence[Stated]) -> Iterator[tuple[str, str, list[str]]]:
    """Model, verdict and the variants that have it: first those of the blocks without settings."""
    for model in dict.fromkeys(v.model for v in verdicts):
        own = [v for v in verdicts if v.model == model]
        for verdict in MARKS:
            plain = [v for v in own if v.verdict == verdict and not v.settings]
            if plain:
                yield model, verdict, [_variant(v) for v in plain]
        for verdict in MARKS:
            told = {(v.variant, v.verdict) for v in own if not v.settings}
            more = [
                v
                for v in own
                if v.verdict == verdict and v.settings and (v.variant, v.verdict) not in told
            ]
            if more:
                yield model, verdict, [_variant(v) for v in more]


def _variant(stated: Stated) -> str:
    settings = ", ".join(f"{name} = {value}" for name, value in stated.settings)
    steps = f" in {stated.steps} steps" if stated.steps is not None else ""
    return stated.variant + (f" with {settings}" if settings else "") + steps
