"""The explorer in C of this folder, compiled with one of its models."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.processes import Finished, run
from benchmarks.tool import Built, Counted, Tool, exists, number

COMPILE = ("gcc", "-O3", "-march=native", "-Wall", "-Wextra", "-Werror")


def build(case: Case, directory: Path) -> Built:
    macros = [f"-D{name}={value}" for name, value in case.options.items()]
    source = str(case.peer_file(".c"))
    compiled = run([*COMPILE, *macros, "-o", "explorer", source], directory)
    return Built(("./explorer",), compiled.seconds)


def read(finished: Finished) -> Counted:
    elapsed = re.search(r"seconds=([\d.]+)", finished.output)
    assert elapsed is not None, finished.output
    return Counted(
        states=number(r"states=(\d+)", finished),
        transitions=number(r"transitions=(\d+)", finished),
        depth=number(r"depth=(\d+)", finished),
        seconds=float(elapsed[1]),
    )


HAND_WRITTEN = Tool(
    name="C, by hand",
    family="C",
    setting="breadth-first, a byte for each variable, `gcc -O3 -march=native`",
    needs=("gcc",),
    build=build,
    read=read,
    suits=exists(".c"),
)

TOOLS = (HAND_WRITTEN,)
