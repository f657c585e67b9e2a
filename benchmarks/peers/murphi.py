"""Rumur and CMurphi, which read the same language: each generates a program that searches."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.processes import Finished, run
from benchmarks.tool import Built, Counted, CountsDiffer, Tool, exists, number

COMPILE = ("-O3", "-march=native", "-w")
SUMMARY = r"(\d+) states, \d+ rules fired in [\d.]+s\."
CMURPHI_BYTES = 72  # of memory per state that make its table full enough and not too full


def sized(case: Case) -> str:
    """The text of the model with its constants set."""
    text = case.peer_file(".m").read_text(encoding="utf-8")
    for name, value in case.options.items():
        text, changed = re.subn(
            rf"^  {name}: \d+;", f"  {name}: {value};", text, flags=re.MULTILINE
        )
        assert changed == 1, f"{case.model}: the constant {name} is declared once"
    return text


def build_rumur(case: Case, directory: Path, *options: str) -> Built:
    (directory / "model.m").write_text(sized(case), encoding="utf-8")
    asked = ("--threads", "1", "--deadlock-detection", "off", *options)
    generated = run(["rumur", *asked, "--output", "model.c", "model.m"], directory)
    compiled = run(["gcc", *COMPILE, "-mcx16", "-o", "model", "model.c", "-lpthread"], directory)
    return Built(("./model",), generated.seconds + compiled.seconds)


def build_cmurphi(case: Case, directory: Path) -> Built:
    """The files to include stand beside the folder of the compiler, as in its archive."""
    (directory / "model.m").write_text(sized(case), encoding="utf-8")
    generated = run(["mu", "model.m"], directory)
    program = shutil.which("mu")
    assert program is not None
    include = Path(program).resolve().parents[1] / "include"
    compiled = run(["g++", *COMPILE, f"-I{include}", "-o", "model", "model.cpp"], directory)
    megabytes = 16 + case.states * CMURPHI_BYTES // 2**20
    command = ("./model", "-ndl", "-nosym", "-pn", f"-m{megabytes}")
    return Built(command, generated.seconds + compiled.seconds)


def read(finished: Finished) -> Counted:
    """The time is that of the process: Rumur's own clock goes in seconds."""
    if "No error found" not in finished.output:
        raise CountsDiffer(finished.output)
    return Counted(
        states=number(SUMMARY, finished),
        transitions=number(r"(\d+) rules fired in [\d.]+s\.", finished),
        depth=None,
        seconds=finished.seconds,
    )


def _has_scalarset(case: Case) -> bool:
    file = case.peer_file(".m")
    return file.exists() and "scalarset" in file.read_text(encoding="utf-8")


RUMUR = Tool(
    name="Rumur",
    family="Murphi",
    setting="`--threads 1 --symmetry-reduction off`, `gcc -O3 -march=native`",
    needs=("rumur", "gcc"),
    build=lambda case, directory: build_rumur(case, directory, "--symmetry-reduction", "off"),
    read=read,
    suits=exists(".m"),
)
RUMUR_UNPACKED = Tool(
    name="Rumur, unpacked",
    family="Murphi",
    setting="the same with `--pack-state off`, which is faster and needs more memory",
    needs=("rumur", "gcc"),
    build=lambda case, directory: build_rumur(
        case, directory, "--symmetry-reduction", "off", "--pack-state", "off"
    ),
    read=read,
    suits=exists(".m"),
)
RUMUR_SYMMETRY = Tool(
    name="Rumur, symmetry",
    family="Murphi",
    setting="`--symmetry-reduction heuristic`, where the model says what is alike",
    needs=("rumur", "gcc"),
    build=lambda case, directory: build_rumur(case, directory, "--symmetry-reduction", "heuristic"),
    read=read,
    suits=_has_scalarset,
    reduces=True,
)
CMURPHI = Tool(
    name="CMurphi",
    family="Murphi",
    setting="`-ndl -nosym`, exact, `g++ -O3 -march=native`",
    needs=("mu", "g++"),
    build=build_cmurphi,
    read=read,
    suits=exists(".m"),
)

TOOLS = (RUMUR, RUMUR_UNPACKED, RUMUR_SYMMETRY, CMURPHI)
