"""The fixes of a model as one page of HTML that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from verifier.fixes.rows import FixReport, RepairRow, TargetRow

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
        f"<p><code>{escape(report.file)}</code>: {report.tried} of {report.sets} sets of fixes "
        "were tried; the others contain a smaller one that repairs.</p>",
        *([f"<p><strong>Not complete: {escape(report.stopped)}.</strong></p>"]
          if report.stopped else []),
        *([f"<p>Sets of more than {report.max_fixes} fixes were left out.</p>"]
          if report.max_fixes is not None else []),
        "<h2>Each fix alone</h2>",
        _table(
            ("fix", "repairs", "breaks", "needs", "costs", "states"),
            (
                (escape(row.fix), _list(row.repairs), _list(row.breaks), _list(row.needs),
                 _list(row.costs), _count(row.states))
                for row in report.fixes
            ),
        ),
        *(_target(target) for target in report.properties),
        "<h2>What a fix breaks</h2>",
        _table(
            ("fix", "beside", "property"),
            ((escape(b.fix), _list(b.beside), escape(b.property)) for b in report.breaks),
        ),
        *(["<h2>Not decided</h2>", _list(", ".join(s) or "no fix" for s in report.undecided)]
          if report.undecided else []),
        f"<p>Again: <code>{escape(report.reproduce)}</code></p>",
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _target(target: TargetRow) -> str:
    colour = "holds" if target.verdict == "repaired" else "violated"
    head = (
        f"<h2>{escape(target.property)}</h2><p>{escape(target.without_fixes)} without a fix; "
        f'<span class="{colour}">{escape(target.verdict)}</span></p>'
    )
    rows = _table(
        ("minimal set", "states", "needs", "costs", "assumptions", "breaks"),
        (_repair(repair) for repair in target.repairs),
    )
    unknown = ""
    if target.unknown:
        unknown = f"<p>Not decided with:</p>{_list(', '.join(s) for s in target.unknown)}"
    return head + (rows if target.repairs else "") + unknown


def _repair(repair: RepairRow) -> tuple[str, ...]:
    fixes = _list(repair.fixes) if repair.fixes else "no fix"
    if not repair.minimal:
        fixes += "<p>perhaps not minimal: a limit left that open</p>"
    rests = (f"{r.verdict} with {r.dropped} instead of {r.assumption}" for r in repair.assumptions)
    return (
        fixes, _count(repair.states), _list(repair.needs), _list(repair.costs), _list(rests),
        _list(repair.breaks),
    )  # fmt: skip


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
