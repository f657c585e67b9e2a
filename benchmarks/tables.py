"""Comparisons as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.cases import Case
from benchmarks.comparison import Ratio, Row, fastest, leanest
from benchmarks.tool import Tool

NOTHING = "-"
HEADING = (
    "| tool | states/s | ours / it | search | model to verdict | of it building "
    "| bytes a state | peak memory |"
)
ALIGNED = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"

# Below this, what a program holds in any case is more than its states.
STATES_THAT_SHOW_IN_MEMORY = 500_000

# What was asked for: at least this many times as fast, at most this share of the memory.
TIMES_WANTED = (("SPIN", 4.0), ("Murphi", 4.0), ("C", 0.9))
MEMORY_WANTED = ("SPIN", 0.5)


def case_table(case: Case, rows: Sequence[Row]) -> Iterator[str]:
    yield f"### {case.title}: {case.states:,} states, {case.transitions:,} transitions"
    yield ""
    yield HEADING
    yield ALIGNED
    for row in rows:
        yield _line(case, row)


def _line(case: Case, row: Row) -> str:
    name = row.series.tool.name
    if row.series.tool.reduces:
        name += f" ({row.states:,} states)"
    built = row.series.build_seconds
    cells = (
        name,
        f"{row.rate:,.0f}",
        times(row.ratio),
        seconds(row.seconds),
        seconds(row.whole_seconds),
        seconds(built) if built else NOTHING,
        f"{row.bytes_per_state:.0f}" if row.states >= STATES_THAT_SHOW_IN_MEMORY else NOTHING,
        f"{row.peak_bytes / 2**20:,.0f} MiB",
    )
    return f"| {' | '.join(cells)} |"


def times(found: Ratio | None) -> str:
    if found is None:
        return NOTHING
    if found.least == found.most:
        return f"{found.median:.2f}"
    return f"{found.median:.2f} ({found.least:.2f} to {found.most:.2f})"


def seconds(value: float) -> str:
    return f"{value:.3f} s" if value < 1 else f"{value:.1f} s"


def goals(sizes: Sequence[tuple[Case, Sequence[Row]]]) -> Iterator[str]:
    """What was to be reached beside what was."""
    yield "| ours / it | wanted |" + "".join(f" at {case.states:,} states |" for case, _ in sizes)
    yield "| --- | ---: |" + " ---: |" * len(sizes)
    for family, wanted in TIMES_WANTED:
        cells = [fastest(rows, family) for _, rows in sizes]
        found = [
            NOTHING if row is None else f"{times(row.ratio)}, {row.series.tool.name}"
            for row in cells
        ]
        yield f"| speed of {family}, its fastest exact search | {wanted:g} | {' | '.join(found)} |"
    family, share = MEMORY_WANTED
    found = [_share(rows, family) for _, rows in sizes]
    yield f"| bytes a state of {family} | below {share:g} | {' | '.join(found)} |"


def _share(rows: Sequence[Row], family: str) -> str:
    mine, theirs = leanest(rows, "ours"), leanest(rows, family)
    if mine is None or theirs is None or not theirs.bytes_per_state:
        return NOTHING
    share = mine.bytes_per_state / theirs.bytes_per_state
    return f"{share:.2f} ({mine.bytes_per_state:.0f} and {theirs.bytes_per_state:.0f})"


def settings(tools: Sequence[Tool]) -> Iterator[str]:
    for tool in tools:
        yield f"- **{tool.name}**: {tool.setting}"
