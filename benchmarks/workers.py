"""What a second worker brings, alternately with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks import ours
from benchmarks.cases import SMALLEST, TEN_MILLION, Case
from benchmarks.comparison import Row, compared
from benchmarks.rounds import measure


def measured(
    engine: str, rounds: int, states_max: int, tell: Callable[[str], None]
) -> tuple[Case, tuple[Row, ...]]:
    case = TEN_MILLION if TEN_MILLION.states <= states_max else SMALLEST
    tools = tuple(
        ours.ours(
            f"ours, {workers} {'worker' if workers == 1 else 'workers'}",
            f"`--engine {engine} --workers {workers}`",
            engine=engine,
            workers=workers,
        )
        for workers in (2, 1)
    )
    return case, compared(measure(case, tools, rounds, tell), measure(SMALLEST, tools, 1, tell))


def table(case: Case, rows: Sequence[Row]) -> Iterator[str]:
    two, one = rows
    assert one.ratio is not None
    yield f"{case.title}: {case.states:,} states."
    yield ""
    yield "| workers | states/s | search | peak memory |"
    yield "| ---: | ---: | ---: | ---: |"
    for workers, row in ((1, one), (2, two)):
        megabytes = row.peak_bytes / 2**20
        yield f"| {workers} | {row.rate:,.0f} | {row.seconds:.2f} s | {megabytes:,.0f} MiB |"
    yield ""
    yield (
        f"Two workers search {one.ratio.median:.2f} times as fast as one "
        f"({one.ratio.least:.2f} to {one.ratio.most:.2f} over the rounds)."
    )
