"""The report as text: verdict first, then each property with its bound, then the runs."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report import PropertyRow, Report
from verifier.viewers.legible import broken

MARKS = {"holds": "✓", "violated": "✗", "unknown": "?"}
NEVER_SHOWN_MAX = 12


def summary(report: Report, width: int = 80) -> Iterator[str]:
    """The verdict on the model, and the table of its properties."""
    model = report.model
    yield f"{model.name}, variant {model.variant}  ({model.file})"
    yield ""
    yield from _wrapped(_verdict(report), width, "")
    yield ""
    for row in report.properties:
        yield from _wrapped(
            f"{MARKS[row.verdict]} {row.name}: {_finding(report, row)}", width, "  "
        )
        for number, fault in enumerate(row.faults):
            if number or len(row.faults) > 1:
                text = f"{fault.code} {fault.message} in {_counted(fault.trace.steps, 'step')}"
                yield from _wrapped(text, width, "      ")
    yield ""


def _verdict(report: Report) -> str:
    """One line that says all: how many of each, and how much was explored."""
    total = len(report.properties)
    count = {verdict: sum(row.verdict == verdict for row in report.properties) for verdict in MARKS}
    if count["violated"]:
        said = f"VIOLATED: {count['violated']} of {total} properties"
    elif count["unknown"]:
        said = f"UNKNOWN: {count['unknown']} of {total} properties are not decided"
    else:
        said = f"HOLDS: all {total} properties"
    if count["violated"] and count["unknown"]:
        said += f", {count['unknown']} not decided"
    if report.states is None or report.transitions is None:
        runs = f"All runs of up to {_counted(report.depth, 'step')} were looked at"
        if report.complete:
            proved = "; the others are proved" if count["violated"] else ", proved"
            return f"{said}{proved}. {runs}."
        return f"{said}. {runs} ({report.stopped})."
    size = (
        f"{_counted(report.states, 'state')}, {_counted(report.transitions, 'transition')}, "
        f"depth {report.depth}"
    )
    if report.complete:
        return f"{said}. Explored completely: {size}."
    return f"{said}. NOT explored completely ({report.stopped}): {size}."


def _finding(report: Report, row: PropertyRow) -> str:
    ids = f"  [{', '.join(row.requirements)}]" if row.requirements else ""
    match row.verdict, row.evidence:
        case "holds", "trace":
            assert row.trace is not None
            said = f"holds, by a run of {_counted(row.trace.steps, 'step')}{_by(report, row)}"
        case "holds", "inductive":
            said = f"holds, proved: {row.reason}"
        case "holds", _:
            said = f"holds in {_all_states(report)}"
        case "violated", "trace":
            assert row.trace is not None
            said = f"VIOLATED in {_counted(row.trace.steps, 'step')}{_by(report, row)}"
            if row.occurrences is not None and row.occurrences > 1:
                said += f" ({row.occurrences:,} times in all)"
        case "violated", "inductive":
            said = f"VIOLATED: no run does this, proved: {row.reason}"
        case "violated", _:
            said = f"VIOLATED: no run does this, in {_all_states(report)}"
        case _:
            said = f"unknown beyond depth {row.bound}: {row.reason}"
    saved = f"  saved as {row.trace.file}" if row.trace is not None and row.trace.file else ""
    return f"{said}{ids}{saved}"


def _by(report: Report, row: PropertyRow) -> str:
    """Who found a run, where several looked and it was not the search."""
    several = row.engine is not None and not report.engine.startswith(row.engine)
    return ", found by the solver" if several else ""


def coverage(report: Report, width: int = 80) -> Iterator[str]:
    """What of the model's text was never used; a model checks less than it seems to then."""
    so_far = "" if report.complete else " so far"
    for title, rows in (
        (f"never fired{so_far}", report.coverage.never_fired),
        (f"never taken{so_far}", report.coverage.never_taken),
    ):
        if rows:
            yield f"{title}:"
            for row in rows[:NEVER_SHOWN_MAX]:
                where = f"  ({row.at})" if row.at else ""
                yield from _wrapped(f"{row.name}{where}", width, "  ")
            if len(rows) > NEVER_SHOWN_MAX:
                yield f"  and {len(rows) - NEVER_SHOWN_MAX} more (all are in --format json)"


def footer(report: Report, width: int = 80) -> Iterator[str]:
    """What it cost, and the command that does it again."""
    for note in report.notes:
        yield from _wrapped(f"note: {note}", width, "")
    seconds, memory = report.seconds, report.peak_memory_bytes / 2**20
    each = "" if report.bytes_per_state is None else f", {report.bytes_per_state:.0f} B/state"
    yield (
        f"{report.engine} search, {seconds.search:.1f} s of {seconds.total:.1f} s, "
        f"{memory:,.0f} MiB at most{each}"
    )
    yield f"again: {report.reproduce}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _all_states(report: Report) -> str:
    assert report.states is not None, "only a search is exhaustive"
    return "the only state" if report.states == 1 else f"all {report.states:,} states"


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return broken(text, width, indent, indent + "    ", breaking=False)
