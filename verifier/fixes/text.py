"""The fixes of a model for a terminal: a table of the fixes, then each property with its sets."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from verifier.fixes.rows import FixReport, RepairRow, TargetRow
from verifier.viewers.legible import broken

MARKS = {
    "holds": "✓",
    "repaired": "✓",
    "holds with fixes": "✓",
    "not repaired": "✗",
    "unknown": "?",
}
NAMES_MAX = 3  # of actions that never happen; a frozen model has many


def text(report: FixReport, width: int) -> Iterator[str]:
    """All lines."""
    yield f"{report.name}, variant {report.variant}  ({report.file})"
    yield ""
    yield from _wrapped(f"{verdict(report)}. {extent(report)}", width, "", "    ")
    yield ""
    yield from _table(report, width)
    for target in report.properties:
        yield from _target(report, target, width)
    yield from _together(report, width)
    yield from _breaks(report, width)
    yield f"again: {report.reproduce}"


def verdict(report: FixReport) -> str:
    """What was found, in a line."""
    count = {word: sum(t.verdict == word for t in report.properties) for word in MARKS}
    total = sum(count.values()) - count["holds"]
    if not total:
        which = "that was asked for " if report.properties else ""
        return f"HOLDS: every property {which}holds without a fix"
    properties = "property" if total == 1 else "properties"
    if count["repaired"] == total:
        each = "" if total == 1 else "each of "
        return f"REPAIRED: a set of fixes for {each}{total} {properties}"
    head = "REPAIRED: " if count["repaired"] else ""
    if not head:
        head = "NOT REPAIRED: " if count["not repaired"] else "NOT DECIDED: "
    said = f"{head}{count['repaired']} of {total} {properties}"
    said += f", {count['not repaired']} by no set" if count["not repaired"] else ""
    said += f", {count['unknown']} not decided" if count["unknown"] else ""
    if count["holds with fixes"]:
        said += f"; with fixes {count['holds with fixes']} more"
        said += " hold of which it is open whether they do without"
    return said


def extent(report: FixReport) -> str:
    """How many sets were tried, and why no others."""
    of = f"{report.tried} of {report.sets} sets of fixes were tried"
    if report.stopped:
        return f"NOT complete ({report.stopped}): {of}."
    if report.tried == report.sets:
        return f"All {report.sets} sets of fixes were tried."
    if report.max_fixes is not None:
        return f"Sets of more than {report.max_fixes} were left out: {of}."
    if not any(t.verdict not in ("holds", "unknown") for t in report.properties):
        return f"{of}."
    return f"{of}; the others contain a smaller one that repairs."


def together(report: FixReport) -> str:
    """What is said of all properties together, over the sets; "" if it says nothing new."""
    found = report.together
    asked = [target for target in report.properties if target.verdict != "holds"]
    if found is None or not asked:
        return ""
    if len(asked) == 1 and not found.unknown:
        alone = [repair.fixes for repair in asked[0].repairs]
        if found.sets and all(row.fixes in alone for row in found.sets):
            return ""
    what = "all that was asked for holds" if len(asked) > 1 else "it holds"
    if found.sets:
        count = len(found.sets)
        sets = "1 smallest set" if count == 1 else f"{count} smallest sets"
        return f"All together: {what} and nothing breaks with {sets}"
    if found.unknown:
        return f"All together: with no set is it known that {what} and nothing breaks"
    most = report.max_fixes
    limit = "" if most is None else f" of at most {most} fix{'es' * (most != 1)}"
    return f"All together: with no set{limit} it is true that {what} and nothing breaks"


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
        "holds": "",
        "repaired": f"; {_minimal(target)}",
        "holds with fixes": f"; {_minimal(target)}",
        "not repaired": "; with no set of fixes does it hold",
        "unknown": "; no set is known",
    }[target.verdict]
    head = f"{MARKS[target.verdict]} {target.property}: {target.without_fixes} without a fix{said}"
    yield from _wrapped(head, width, "", "    ")
    reason = "; ".join(target.reasons)
    for number, repair in enumerate(target.repairs, 1):
        if target.verdict != "holds":
            yield from _wrapped(f"{number}. {_set(repair.fixes)}", width, "  ", "     ")
        if not repair.minimal:
            yield "     perhaps not minimal: whether a part of it is enough is not decided"
        yield from _repair(repair, width)
    if target.unknown:
        sets = "; ".join(_set(fixes) for fixes in target.unknown)
        yield from _wrapped(f"not decided with: {sets} ({reason})", width, "    ", "      ")
    yield ""


def _minimal(target: TargetRow) -> str:
    return f"{len(target.repairs)} minimal set{'s' * (len(target.repairs) != 1)}"


def _together(report: FixReport, width: int) -> Iterator[str]:
    """The sets with which everything holds."""
    head = together(report)
    if not head or report.together is None:
        return
    yield from _wrapped(head, width, "", "    ")
    for number, repair in enumerate(report.together.sets, 1):
        yield from _wrapped(f"{number}. {_set(repair.fixes)}", width, "  ", "     ")
        yield from _repair(repair, width)
    if report.together.unknown:
        sets = "; ".join(_set(fixes) for fixes in report.together.unknown)
        yield from _wrapped(f"not decided with: {sets}", width, "    ", "      ")
    yield ""


def _repair(repair: RepairRow, width: int) -> Iterator[str]:
    """What is known of a set."""
    if repair.fixes and repair.states is not None and repair.states_added is not None:
        yield f"     states    {repair.states:,} ({repair.states_added:+,})"
    indent, more = "     {:<10}", " " * 15
    for text_ in repair.needs:
        yield from _wrapped(text_, width, indent.format("needs"), more)
    for text_ in repair.costs:
        yield from _wrapped(text_, width, indent.format("costs"), more)
    for text_ in repair.needs_no_longer:
        yield from _wrapped(f"needs {text_}", width, indent.format("no longer"), more)
    for text_ in repair.costs_no_longer:
        yield from _wrapped(f"costs {text_}", width, indent.format("no longer"), more)
    for rest in repair.assumptions:
        if rest.verdict != "holds":
            said = f"{rest.assumption} ({rest.verdict} with {rest.dropped})"
            yield from _wrapped(said, width, indent.format("rests on"), more)
    free = [rest.dropped for rest in repair.assumptions if rest.verdict == "holds"]
    if free:
        yield from _wrapped(", ".join(free), width, indent.format("also with"), more)
    for name in repair.breaks:
        yield from _wrapped(name, width, indent.format("breaks"), more)
    if repair.never:
        said = f"never happens any more: {few(repair.never)}"
        yield from _wrapped(said, width, "     ", more)


def few(names: list[str]) -> str:
    """The first of some names, and how many more there are."""
    rest = len(names) - NAMES_MAX
    return ", ".join(names[:NAMES_MAX]) + (f" and {rest} more" if rest > 0 else "")


def _breaks(report: FixReport, width: int) -> Iterator[str]:
    if report.breaks:
        yield "what a fix breaks that holds without it:"
        for row in report.breaks:
            beside = f" beside {_set(row.beside)}" if row.beside else ""
            yield from _wrapped(f"{row.fix}{beside}: {row.property}", width, "  ", "      ")
        yield ""
    if report.undecided:
        sets = "; ".join(_set(fixes) for fixes in report.undecided)
        reason = "; ".join(report.undecided_reasons)
        said = f"? what breaks is not decided with: {sets} ({reason})"
        yield from _wrapped(said, width, "", "    ")
        yield ""


def _set(fixes: list[str]) -> str:
    return ", ".join(fixes) or "no fix"


def _count(states: int | None) -> str:
    return "?" if states is None else f"{states:,}"


def _wrapped(line: str, width: int, first: str, others: str) -> list[str]:
    return broken(line, width, first, others)
