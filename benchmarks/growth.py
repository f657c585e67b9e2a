"""How cost grows: the reference model from ten thousand states to a hundred million."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks import ours
from benchmarks.cases import GROWTH, Case, reference
from benchmarks.comparison import Row, compared
from benchmarks.peers.hand_written import HAND_WRITTEN
from benchmarks.plot import Line, Panel, plot
from benchmarks.rounds import installed, measure
from benchmarks.tables import NOTHING

Sizes = Sequence[tuple[Case, Sequence[Row]]]

ALMOST_NOTHING = reference(1, 1, 75, 121, 9)
MEMORY_MAX = "8G"
# Memory comes in pieces; below this, one piece more or less is several bytes a state.
STATES_THAT_SHOW_IN_MEMORY = 200_000


def measured(
    engine: str, rounds: int, states_max: int, tell: Callable[[str], None]
) -> tuple[tuple[Case, tuple[Row, ...]], ...]:
    """Ours, and C by hand where there is a compiler, at every size up to ``states_max``."""
    tools = (
        ours.ours(
            "ours",
            f"`--engine {engine} --workers 1 --max-memory {MEMORY_MAX}`",
            engine=engine,
            limits=("--max-memory", MEMORY_MAX),
        ),
        *installed([HAND_WRITTEN]),
    )
    smallest = measure(ALMOST_NOTHING, tools, rounds, tell)
    return tuple(
        (case, compared(measure(case, tools, rounds, tell), smallest))
        for case in GROWTH
        if case.states <= states_max
    )


def table(sizes: Sizes) -> Iterator[str]:
    names = [row.series.tool.name for row in sizes[0][1]]
    yield "| M | K | states |" + "".join(
        f" {name}: states/s | bytes a state | peak memory |" for name in names
    )
    yield "| ---: | ---: | ---: |" + " ---: | ---: | ---: |" * len(names)
    for case, rows in sizes:
        cells = [f"{case.options['M']}", f"{case.options['K']}", f"{case.states:,}"]
        for row in rows:
            shows = case.states >= STATES_THAT_SHOW_IN_MEMORY
            cells.append(f"{row.rate:,.0f}")
            cells.append(f"{row.bytes_per_state:.0f}" if shows else NOTHING)
            cells.append(f"{row.peak_bytes / 2**20:,.0f} MiB")
        yield f"| {' | '.join(cells)} |"


def picture(sizes: Sizes) -> str:
    """States per second and bytes a state over states, as SVG."""
    large = [(case, rows) for case, rows in sizes if case.states >= STATES_THAT_SHOW_IN_MEMORY]
    return plot(
        (
            Panel("states per second", _lines(sizes, lambda row: row.rate)),
            Panel("bytes a state", _lines(large, lambda row: row.bytes_per_state)),
        ),
        "states",
    )


def _lines(sizes: Sizes, quantity: Callable[[Row], float]) -> tuple[Line, ...]:
    tools = range(len(sizes[0][1]))
    return tuple(
        Line(
            sizes[0][1][tool].series.tool.name,
            tuple((float(case.states), quantity(rows[tool])) for case, rows in sizes),
        )
        for tool in tools
    )
