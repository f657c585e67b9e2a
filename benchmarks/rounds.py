"""Runs tools alternately on a case, round by round, so that a slow minute of the machine is bad for
all of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import ROOT, Case
from benchmarks.processes import run
from benchmarks.tool import Built, Counted, Tool, compare

# Where this checker keeps compiled code; a folder of our own, so that we know what is in it.
CACHE_VARIABLE = "XDG_CACHE_HOME"


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one tool."""

    counted: Counted
    process_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Series:
    """All runs of one tool on one case, one for each round."""

    tool: Tool
    case: Case
    build_seconds: float
    samples: tuple[Sample, ...]


def installed(tools: Sequence[Tool]) -> tuple[Tool, ...]:
    return tuple(tool for tool in tools if all(shutil.which(need) for need in tool.needs))


def measure(
    case: Case, tools: Sequence[Tool], rounds: int, tell: Callable[[str], None]
) -> tuple[Series, ...]:
    """Every suitable tool on a case, in every round, each round with another one first."""
    suitable = [tool for tool in tools if tool.suits(case)]
    samples: dict[str, list[Sample]] = {tool.name: [] for tool in suitable}
    with tempfile.TemporaryDirectory() as folder:
        directories = {tool.name: Path(folder) / str(i) for i, tool in enumerate(suitable)}
        built: dict[str, Built] = {}
        for tool in suitable:
            directories[tool.name].mkdir()
            built[tool.name] = tool.build(case, directories[tool.name])
            if tool.family == "ours" and tool.caches:  # the run that fills its cache
                _sample(tool, case, built[tool.name], directories[tool.name])
        for turn in range(rounds):
            first = turn % len(suitable)
            for tool in suitable[first:] + suitable[:first]:
                sample = _sample(tool, case, built[tool.name], directories[tool.name])
                samples[tool.name].append(sample)
                rate = sample.counted.states / sample.counted.seconds
                tell(
                    f"{case.title}, round {turn + 1}: {tool.name}: "
                    f"{sample.counted.seconds:.3f} s, {rate:,.0f} states/s"
                )
    return tuple(
        Series(tool, case, built[tool.name].seconds, tuple(samples[tool.name])) for tool in suitable
    )


def _sample(tool: Tool, case: Case, built: Built, directory: Path) -> Sample:
    cache = directory / "cache"
    if not tool.caches:
        shutil.rmtree(cache, ignore_errors=True)
    finished = run(
        built.command,
        directory,
        environment={CACHE_VARIABLE: str(cache), "PYTHONPATH": str(ROOT)},
        accepted=tool.accepted,
    )
    counted = tool.read(finished)
    compare(tool, case, counted)
    return Sample(counted, finished.seconds, finished.peak_bytes)
