"""The fixes of a model as one page of HTML that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from verifier.fixes.rows import FixReport, RepairRow, TargetRow
from verifier.fixes.text import extent, together, verdict

GOOD = ("holds", "repaired", "holds with fixes")

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.4; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
th, td { border: 1px solid #8886; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td > ul { margin: 0; padding-left: 1.1rem; }
.holds { color: light-dark(#176f2c, #6fd388); } .violated { color: light-dark(#b3261e, #ff8a80); }
code { overflow-wrap: anywhere; }
"""


def page(report: FixReport) -> str:
    """The whole page."""
    title = f"Fixes of {report.name}, variant {report.variant}"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        f"<p><code>{escape(report.file)}</code>: <strong>{escape(verdict(report))}.</strong> "
        f"{escape(extent(report))}</p>",
        "<h2>Each fix alone</h2>",
        _table(
            ("fix", "repairs", "breaks", "needs", "costs", "states"),
            (
                (escape(row.fix), _list(row.repairs), _list(row.breaks),
                 _list(both(row.needs, row.needs_no_longer)),
                 _list(both(row.costs, row.costs_no_longer)), _count(row.states))
                for row in report.fixes
            ),
        ),
        *(_target(target) for target in report.properties),
        *_together(report),
        "<h2>What a fix breaks</h2>",
        _table(
            ("fix", "beside", "property"),
            ((escape(b.fix), _list(b.beside), escape(b.property)) for b in report.breaks),
        ),
        *(["<h2>Not decided</h2>", _sets(report.undecided), _list(report.undecided_reasons)]
          if report.undecided else []),
        f"<p>Again: <code>{escape(report.reproduce)}</code></p>",
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


HEADS = ("minimal set", "states", "needs", "costs", "assumptions", "breaks", "never happens")


def _target(target: TargetRow) -> str:
    colour = "holds" if target.verdict in GOOD else "violated"
    said = (
        ""
        if target.verdict == "holds"
        else (f'; <span class="{colour}">{escape(target.verdict)}</span>')
    )
    head = (
        f"<h2>{escape(target.property)}</h2><p>{escape(target.without_fixes)} without a fix{said}"
        "</p>"
    )
    rows = _table(HEADS, map(_repair, target.repairs))
    unknown = ""
    if target.unknown:
        unknown = f"<p>Not decided with:</p>{_sets(target.unknown)}<p>Why:</p>"
        unknown += _list(target.reasons)
    return head + (rows if target.repairs else "") + unknown


def _together(report: FixReport) -> Iterable[str]:
    """The sets with which everything holds."""
    head = together(report)
    if not head or report.together is None:
        return
    yield f"<h2>All together</h2><p>{escape(head.partition(': ')[2].capitalize())}.</p>"
    if report.together.sets:
        yield _table(HEADS, map(_repair, report.together.sets))
    if report.together.unknown:
        yield f"<p>Not decided with:</p>{_sets(report.together.unknown)}"


def _repair(repair: RepairRow) -> tuple[str, ...]:
    fixes = _list(repair.fixes) if repair.fixes else "no fix"
    if not repair.minimal:
        fixes += "<p>perhaps not minimal: whether a part of it is enough is not decided</p>"
    rests = (f"{r.verdict} with {r.dropped} instead of {r.assumption}" for r in repair.assumptions)
    return (
        fixes, _count(repair.states), _list(both(repair.needs, repair.needs_no_longer)),
        _list(both(repair.costs, repair.costs_no_longer)), _list(rests), _list(repair.breaks),
        _list(repair.never),
    )  # fmt: skip


def both(now: list[str], no_longer: list[str]) -> list[str]:
    """What is needed or costs, and what does no longer."""
    return [*now, *(f"no longer: {text}" for text in no_longer)]


def _sets(sets: list[list[str]]) -> str:
    return _list(", ".join(fixes) or "no fix" for fixes in sets)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; the cells are already escaped."""
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="number">{cell}</td>' if name == "states" else f"<td>{cell}</td>"
            for name, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _list(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(one)}</li>" for one in texts)
    return f"<ul>{items}</ul>" if items else ""


def _count(states: int | None) -> str:
    return "?" if states is None else f"{states:,}"
