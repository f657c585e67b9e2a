"""The fixes of a model for a terminal: a table of the fixes, then each property with its sets."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from verifier.fixes.rows import FixReport, RepairRow, TargetRow

MARKS = {"repaired": "✓", "not repaired": "✗", "unknown": "?"}


def text(report: FixReport, width: int) -> Iterator[str]:
    """All lines."""
    yield f"{report.name}, variant {report.variant}  ({report.file})"
    yield ""
    yield from _wrapped(_verdict(report), width, "", "    ")
    yield ""
    yield from _table(report, width)
    for target in report.properties:
        yield from _target(report, target, width)
    yield from _breaks(report, width)
    yield f"again: {report.reproduce}"


def _verdict(report: FixReport) -> str:
    count = {word: sum(t.verdict == word for t in report.properties) for word in MARKS}
    total = len(report.properties)
    if not total:
        said = "HOLDS: every property holds without a fix"
    elif count["repaired"] == total:
        said = f"REPAIRED: a set of fixes for each of {total} properties"
    else:
        said = f"REPAIRED: {count['repaired']} of {total} properties"
        said += f", {count['not repaired']} by no set" if count["not repaired"] else ""
        said += f", {count['unknown']} not decided" if count["unknown"] else ""
    of = f"{report.tried} of {report.sets} sets of fixes were tried"
    if report.stopped:
        return f"{said}. NOT complete ({report.stopped}): {of}."
    if report.max_fixes is not None:
        return f"{said}. Sets of more than {report.max_fixes} were left out: {of}."
    return f"{said}. {of}; the others contain a smaller one that repairs."


def _table(report: FixReport, width: int) -> Iterator[str]:
    """What each fix does alone: how many properties it repairs and breaks."""
    room = max(len("fix"), *(len(row.fix) for row in report.fixes))
    room = min(room, width - 40)
    yield f"  {'fix alone':<{room}}  {'repairs':>7}  {'breaks':>6}  {'states':>12}"
    yield f"  {'none':<{room}}  {'':>7}  {'':>6}  {_count(report.states):>12}"
    for row in report.fixes:
        seen = row.states is not None or row.repairs or row.breaks
        repairs, breaks = (len(row.repairs), len(row.breaks)) if seen else ("?", "?")
        first, *rest = textwrap.wrap(row.fix, room)
        yield f"  {first:<{room}}  {repairs:>7}  {breaks:>6}  {_count(row.states):>12}"
        for line in rest:
            yield f"  {line}"
    yield ""


def _target(report: FixReport, target: TargetRow, width: int) -> Iterator[str]:
    said = {
        "repaired": f"{len(target.repairs)} minimal set{'s' * (len(target.repairs) != 1)}",
        "not repaired": "with no set of fixes does it hold",
        "unknown": "no set is known",
    }[target.verdict]
    head = (
        f"{MARKS[target.verdict]} {target.property}: {target.without_fixes} without a fix; {said}"
    )
    yield from _wrapped(head, width, "", "    ")
    for number, repair in enumerate(target.repairs, 1):
        yield from _repair(repair, number, width)
    if target.unknown:
        sets = "; ".join(_set(fixes) for fixes in target.unknown)
        yield from _wrapped(f"not decided with: {sets}", width, "    ", "      ")
    yield ""


def _repair(repair: RepairRow, number: int, width: int) -> Iterator[str]:
    yield from _wrapped(f"{number}. {_set(repair.fixes)}", width, "  ", "     ")
    if not repair.minimal:
        yield "     perhaps not minimal: a limit left open whether a part of it is enough"
    if repair.fixes and repair.states is not None and repair.states_added is not None:
        yield f"     states    {repair.states:,} ({repair.states_added:+,})"
    indent, more = "     {:<10}", " " * 15
    for text_ in repair.needs:
        yield from _wrapped(text_, width, indent.format("needs"), more)
    for text_ in repair.costs:
        yield from _wrapped(text_, width, indent.format("costs"), more)
    for rest in repair.assumptions:
        if rest.verdict != "holds":
            said = f"{rest.assumption} ({rest.verdict} with {rest.dropped})"
            yield from _wrapped(said, width, indent.format("rests on"), more)
    free = [rest.dropped for rest in repair.assumptions if rest.verdict == "holds"]
    if free:
        yield from _wrapped(", ".join(free), width, indent.format("also with"), more)
    for name in repair.breaks:
        yield from _wrapped(name, width, indent.format("breaks"), more)


def _breaks(report: FixReport, width: int) -> Iterator[str]:
    if report.breaks:
        yield "what a fix breaks that holds without it:"
        for row in report.breaks:
            beside = f" beside {_set(row.beside)}" if row.beside else ""
            yield from _wrapped(f"{row.fix}{beside}: {row.property}", width, "  ", "      ")
        yield ""
    if report.undecided:
        sets = "; ".join(_set(fixes) for fixes in report.undecided)
        yield from _wrapped(f"? what breaks is not decided with: {sets}", width, "", "    ")
        yield ""


def _set(fixes: list[str]) -> str:
    return ", ".join(fixes) or "no fix"


def _count(states: int | None) -> str:
    return "?" if states is None else f"{states:,}"


def _wrapped(line: str, width: int, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        line, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
