"""SPIN: generates a C program for the model, which is compiled and searches."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.processes import Finished, run
from benchmarks.tool import Built, Counted, CountsDiffer, Tool, exists, number

# The largest state vector of the models here has 600 bytes; SPIN wants to be told.
COMPILE = ("gcc", "-O3", "-march=native", "-w", "-DSAFETY", "-DVECTORSZ=1024", "-DMEMLIM=32000")
# Places on the stack, each of which costs memory; where they are not enough, the counts differ.
DEPTH_MAX = {"peterson": 100_000, "dining_philosophers_monitor": 150_000, "german": 20_000}
DEPTH_MAX_ELSE = 1_000
CLOCK_IS_EXACT_FROM = 1.0  # seconds; SPIN's clock goes in hundredths


def table_bits(states: int) -> int:
    """The logarithm of a hash table of at least twice as many places as there are states: smaller
    ones were slower, larger ones not faster."""
    return max(16, (2 * states - 1).bit_length())


def build(case: Case, directory: Path, *, breadth_first: bool, reduced: bool) -> Built:
    macros = [f"-D{name}={value}" for name, value in case.options.items()]
    flags = []
    if breadth_first:
        macros.append("-DBREADTH_FIRST")
        flags.append("-DBFS")
    if not reduced:
        flags.append("-DNOREDUCE")
    generated = run(["spin", "-a", *macros, str(case.peer_file(".pml"))], directory)
    compiled = run([*COMPILE, *flags, "-o", "pan", "pan.c"], directory)
    command = ["./pan", "-E", f"-w{table_bits(case.states)}"]
    if not breadth_first:
        command.append(f"-m{DEPTH_MAX.get(case.model, DEPTH_MAX_ELSE)}")
    return Built(tuple(command), generated.seconds + compiled.seconds)


def read(finished: Finished, *, breadth_first: bool) -> Counted:
    if number(r"errors: (\d+)", finished) != 0:
        raise CountsDiffer(finished.output)
    elapsed = re.search(r"elapsed time ([\d.]+) seconds", finished.output)
    seconds = float(elapsed[1]) if elapsed is not None else 0.0
    return Counted(
        # A number of more than eight digits is printed rounded, and then not understood.
        states=number(r"\n *(\d+) states, stored", finished),
        transitions=number(r"\n *(\d+) transitions \(", finished) - 1,  # SPIN counts the start
        depth=number(r"depth reached (\d+)", finished) if breadth_first else None,
        seconds=seconds if seconds >= CLOCK_IS_EXACT_FROM else finished.seconds,
    )


def _tool(name: str, setting: str, *, breadth_first: bool, reduced: bool) -> Tool:
    return Tool(
        name=name,
        family="SPIN",
        setting=setting,
        needs=("spin", "gcc"),
        build=lambda case, directory: build(
            case, directory, breadth_first=breadth_first, reduced=reduced
        ),
        read=lambda finished: read(finished, breadth_first=breadth_first),
        suits=exists(".pml"),
        reduces=reduced,
    )


TOOLS = (
    _tool(
        "SPIN, depth-first",
        "`-DSAFETY -DNOREDUCE`, `gcc -O3 -march=native`",
        breadth_first=False,
        reduced=False,
    ),
    _tool(
        "SPIN, breadth-first",
        "the same with `-DBFS`, which finds shortest runs as ours does",
        breadth_first=True,
        reduced=False,
    ),
    _tool(
        "SPIN, reduced",
        "depth-first with partial-order reduction",
        breadth_first=False,
        reduced=True,
    ),
)
