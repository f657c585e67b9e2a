"""What the benchmark makes of its measurements."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.cases import MILLION, Case
from benchmarks.comparison import Row, compared, exact, fastest, leanest
from benchmarks.explicit import PEERS, chosen
from benchmarks.ours import cold, warm
from benchmarks.page import circumstances, replace_part
from benchmarks.peers import murphi
from benchmarks.plot import Line, Panel, plot
from benchmarks.processes import Finished, ProgramFailed, run
from benchmarks.proof_tables import CANNOT, Answer, Measured, contradictions, table
from benchmarks.rounds import Sample, Series
from benchmarks.tables import case_table, goals
from benchmarks.tool import Counted, Tool

MEBIBYTE = 2**20
OURS = warm("explicit")
SPIN, SPIN_BREADTH_FIRST, SPIN_REDUCED = PEERS[:3]


def series(tool: Tool, case: Case, seconds: list[float], megabytes: int) -> Series:
    samples = tuple(
        Sample(
            Counted(case.states, case.transitions, case.depth, one), one + 0.1, megabytes * MEBIBYTE
        )
        for one in seconds
    )
    return Series(tool, case, 1.5, samples)


def rows() -> tuple[Row, ...]:
    return compared(
        [
            series(OURS, MILLION, [1.0, 2.0, 1.0], 50),
            series(SPIN, MILLION, [4.0, 4.0, 5.0], 110),
            series(SPIN_BREADTH_FIRST, MILLION, [9.0, 9.0, 9.0], 90),
            series(SPIN_REDUCED, MILLION, [0.1, 0.1, 0.1], 9),
        ],
        [series(tool, MILLION, [0.1], 10) for tool in (OURS, SPIN, SPIN_BREADTH_FIRST)],
    )


def test_ratios_are_taken_round_by_round() -> None:
    ours, spin = rows()[:2]
    assert ours.ratio is None
    assert spin.ratio is not None
    assert (spin.ratio.least, spin.ratio.median, spin.ratio.most) == (2.0, 4.0, 5.0)
    assert spin.bytes_per_state == 100 * MEBIBYTE / MILLION.states
    assert spin.whole_seconds == 1.5 + 4.1


def test_a_setting_that_leaves_states_out_is_not_the_fastest() -> None:
    assert [row.series.tool for row in exact(rows(), "SPIN")] == [SPIN, SPIN_BREADTH_FIRST]
    best, least = fastest(rows(), "SPIN"), leanest(rows(), "SPIN")
    assert best is not None and best.series.tool is SPIN
    assert least is not None and least.series.tool is SPIN_BREADTH_FIRST
    assert fastest(rows(), "C") is None


def test_tables_say_what_was_found() -> None:
    table = "\n".join(case_table(MILLION, rows()))
    assert (
        "| SPIN, depth-first | 360,390 | 4.00 (2.00 to 5.00) | 4.0 s | 5.6 s | 1.5 s | 73 |"
        in table
    )
    assert "| SPIN, reduced (1,441,562 states) |" in table
    summary = "\n".join(goals([(MILLION, rows())]))
    assert "| 4 | 4.00 (2.00 to 5.00), SPIN, depth-first |" in summary
    assert "0.50 (29 and 58)" in summary
    assert "| 0.9 | - |" in summary


def test_a_part_of_the_page_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n", encoding="utf-8")
    replace_part(page, "x", ["new", "er"])
    replace_part(page, "x", ["new", "er"])
    assert page.read_text(encoding="utf-8") == (
        "a\n<!-- x: begin -->\n\nnew\ner\n\n<!-- x: end -->\nb\n"
    )
    with pytest.raises(ValueError, match="no part"):
        replace_part(page, "y", [])


def test_circumstances_say_when_and_on_what() -> None:
    text = " ".join(circumstances(3))
    assert "3 rounds" in text and "cores" in text and "Python 3" in text


def test_a_plot_is_a_picture_with_a_dot_for_each_point() -> None:
    lines = (Line("ours", ((1e4, 2e6), (1e8, 3e6))), Line("C", ((1e4, 5e6), (1.1e8, 3e6))))
    root = ElementTree.fromstring(plot((Panel("states per second", lines),), "states"))
    dots = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(dots) == 4
    assert all(0 <= float(dot.attrib["cx"]) <= 345 for dot in dots)


def test_one_asks_for_cases_or_tools_by_a_part_of_their_name() -> None:
    names = [tool.name for tool in PEERS]
    assert chosen(names, ["rumur"]) == {"Rumur", "Rumur, unpacked", "Rumur, symmetry"}
    assert chosen(names, ["peterson"]) == set(names)


def test_cmurphi_is_understood() -> None:
    said = (
        "Status:\n\n\tNo error found.\n\nState Space Explored:\n\n"
        "\t6733 states, 23385 rules fired in 0.10s.\n"
    )
    assert murphi.read(Finished(said, 0.125, 0)) == Counted(6_733, 23_385, None, 0.125)


def test_memory_and_time_of_a_program_are_its_own(tmp_path: Path) -> None:
    small = run(["true"], tmp_path)
    large = run(
        [sys.executable, "-c", f"import time; b = b'x' * {64 * MEBIBYTE}; time.sleep(0.2)"],
        tmp_path,
    )
    assert large.seconds >= 0.2
    assert 60 * MEBIBYTE < large.peak_bytes - small.peak_bytes < 90 * MEBIBYTE


def test_a_program_that_fails_or_does_not_end_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="status 3"):
        run(["sh", "-c", "exit 3"], tmp_path)
    with pytest.raises(ProgramFailed, match="not done"):
        run(["sleep", "60"], tmp_path, limit_seconds=0.2)


def test_nothing_is_cached_where_that_is_measured() -> None:
    assert warm("explicit").caches and not cold("explicit").caches


def said(engine: str, *answers: Answer) -> Measured:
    return Measured("model", "default", engine, 60, 1.0, "", answers)


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [
        (("explicit", "holds", None), ("native", "holds", None), 0),
        (("explicit", "violated", 4), ("native", "violated", 4), 0),
        (("explicit", "violated", 4), ("symbolic", "violated", 5), 1),
        (("explicit", "holds", None), ("native", "violated", 4), 1),
        (("explicit", "holds", None), ("symbolic", "unknown", None), 0),
        (("explicit", "violated", 4), ("prove", "holds", None), 1),
        (("explicit", "holds", None), ("prove", "violated", 9), 0),  # beyond the bounds
    ],
)
def test_engines_that_contradict_each_other(
    one: tuple[str, str, int | None], other: tuple[str, str, int | None], wrong: int
) -> None:
    found = [said(name, Answer("p", "invariant", *rest)) for name, *rest in (one, other)]
    assert len(list(contradictions(found))) == wrong


def test_a_goal_that_is_reached_within_bounds_is_reached_without_them() -> None:
    reached, never = (
        Answer("g", "reachable", verdict, steps)
        for verdict, steps in (("holds", 3), ("violated", None))
    )
    assert list(contradictions([said("native", never), said("prove", reached)])) == []
    assert len(list(contradictions([said("native", reached), said("prove", never)]))) == 1


def test_numbers_that_never_go_round_show_nothing_of_those_that_do() -> None:
    run = said("native", Answer("p", "invariant", "violated", 5))
    proof = said("prove", Answer("p", "invariant", "holds", None))
    assert list(contradictions([run, replace(proof, circles=("TICKETS",))])) == []
    assert len(list(contradictions([run, proof]))) == 1


def test_the_table_of_engines() -> None:
    rows = list(
        table(
            [
                said("explicit", Answer("p", "invariant", "holds", None)),
                Measured("model", "default", "native", 60, failed=CANNOT),
            ]
        )
    )
    assert rows[0] == "| model | variant | states | explicit | native |"
    assert rows[2] == "| model | default |  | 1 ✓, 1.0 s | - |"
