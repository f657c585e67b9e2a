"""Measures the checker beside every other tool that is installed, alternately in one run.

    python benchmarks/explicit.py              all tools, all cases; writes docs/benchmarks.md
    python benchmarks/explicit.py --quick      small sizes, one round; only prints
    python benchmarks/explicit.py --growth     how cost grows with the states, and its picture
    python benchmarks/explicit.py --workers    two workers beside one

Every tool must find the counts that the cases have, or the run ends with an error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

if not __package__:  # started as a file: then its own folder is on the path, not the one above
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import growth, ours, workers
from benchmarks.cases import CLASSICS, MILLION, REFERENCE, SMALLEST, TEN_MILLION, Case
from benchmarks.comparison import Row, compared
from benchmarks.page import PAGE, PICTURE, circumstances, replace_part
from benchmarks.peers import hand_written, murphi, spin
from benchmarks.rounds import installed, measure
from benchmarks.tables import case_table, goals, settings
from verifier.engines.registry import ENGINES

PEERS = (*spin.TOOLS, *murphi.TOOLS, *hand_written.TOOLS)
QUICK_STATES_MAX = 200_000
ROUNDS_THAT_COUNT = 3  # fewer do not go into the page


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--rounds",
        type=int,
        default=None,
        help=f"{ROUNDS_THAT_COUNT} if not said; fewer are only printed",
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, one round")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="TEXT",
        help="only cases or tools with this in their name; ours always",
    )
    parser.add_argument("--engine", choices=sorted(ENGINES), default=ours.FASTEST)
    parser.add_argument("--no-write", action="store_true", help="print and leave the page alone")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--growth", action="store_true")
    part.add_argument("--workers", action="store_true")
    return parser.parse_args(words)


def chosen(names: Sequence[str], only: Sequence[str]) -> set[str]:
    """Those with one of the texts in their name; all if none has it, as it is meant for others."""
    matching = {name for name in names if any(text.lower() in name.lower() for text in only)}
    return matching or set(names)


def progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def comparison(asked: argparse.Namespace, rounds: int, states_max: int) -> Iterator[str]:
    """All tools on all cases that were asked for."""
    cases = [case for case in (*REFERENCE, *CLASSICS) if case.states <= states_max]
    titles = chosen([case.title for case in cases], asked.only)
    peers = installed(PEERS)
    names = chosen([tool.name for tool in peers], asked.only)
    tools = (
        ours.warm(asked.engine),
        ours.cold(asked.engine),
        ours.slow(asked.engine),
        *(tool for tool in peers if tool.name in names),
    )
    smallest = measure(SMALLEST, tools, rounds, progress)
    sizes: list[tuple[Case, tuple[Row, ...]]] = []
    for case in cases:
        if case.title in titles:
            found = smallest if case == SMALLEST else measure(case, tools, rounds, progress)
            sizes.append((case, compared(found, smallest)))
    yield from circumstances(rounds)
    yield ""
    yield from settings(tools)
    yield ""
    large = [(case, rows) for case, rows in sizes if case in (MILLION, TEN_MILLION)]
    if large:
        yield from goals(large)
        yield ""
    for case, rows in sizes:
        yield from case_table(case, rows)
        yield ""


def main(words: Sequence[str] | None = None) -> None:
    asked = arguments(words)
    rounds = asked.rounds or (1 if asked.quick else ROUNDS_THAT_COUNT)
    states_max = QUICK_STATES_MAX if asked.quick else sys.maxsize
    writes = not (asked.no_write or asked.quick or asked.only) and rounds >= ROUNDS_THAT_COUNT
    if asked.growth:
        sizes = growth.measured(asked.engine, rounds, states_max, progress)
        part = "growth"
        shown = f"![States per second and bytes a state over states]({PICTURE.name})"
        lines = [shown, "", *circumstances(rounds), "", *growth.table(sizes)]
        if writes:
            PICTURE.write_text(growth.picture(sizes), encoding="utf-8")
    elif asked.workers:
        part = "workers"
        case, rows = workers.measured(asked.engine, rounds, states_max, progress)
        lines = [*circumstances(rounds), "", *workers.table(case, rows)]
    else:
        part = "explicit"
        lines = list(comparison(asked, rounds, states_max))
    print("\n".join(lines))
    if writes:
        replace_part(PAGE, part, lines)


if __name__ == "__main__":
    main()
