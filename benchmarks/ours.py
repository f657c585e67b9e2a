"""This checker, started as a user starts it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.processes import Finished
from benchmarks.tool import Built, Counted, Tool
from verifier.engines.registry import ENGINES

NATIVE = "native"
REFERENCE_ENGINE = "explicit"
FASTEST = NATIVE if NATIVE in ENGINES and find_spec("llvmlite") is not None else REFERENCE_ENGINE
SLOW_STATES_MAX = 200_000
CLOCK_SECONDS = 0.001  # the report's; a search that took less took this at most


def build(
    case: Case, directory: Path, *, engine: str, workers: int, limits: Sequence[str]
) -> Built:
    """There is nothing to build: the time to compile is in that of the run."""
    settings = [
        word for name, value in case.options.items() for word in ("--set", f"{name}={value}")
    ]
    command = [sys.executable, "-m", "verifier", "check", str(case.file), *settings]
    command += ["--engine", engine, "--workers", str(workers), "--format", "json", "--quiet"]
    command += limits
    return Built(tuple(command), 0.0)


def read(finished: Finished) -> Counted:
    said = json.loads(finished.output)
    assert said["complete"], f"not explored completely: {said['stopped']}"
    seconds = max(said["seconds"]["search"], CLOCK_SECONDS)
    return Counted(said["states"], said["transitions"], said["depth"], seconds)


def ours(
    name: str,
    setting: str,
    *,
    engine: str,
    workers: int = 1,
    limits: Sequence[str] = (),
    states_max: int = sys.maxsize,
    caches: bool = True,
) -> Tool:
    return Tool(
        name=name,
        family="ours",
        setting=setting,
        needs=(),
        build=lambda case, directory: build(
            case, directory, engine=engine, workers=workers, limits=limits
        ),
        read=read,
        suits=lambda case: case.states <= states_max,
        caches=caches,
        accepted=frozenset({0, 1}),  # 1: the model breaks one of its properties, as it should
    )


def warm(engine: str) -> Tool:
    """What everything else is compared with."""
    return ours("ours", f"`--engine {engine} --workers 1`, its code cached", engine=engine)


def cold(engine: str) -> Tool:
    return ours(
        "ours, nothing cached",
        "the same on the first day: all code is made, and the search begins before it is good",
        engine=engine,
        caches=False,
    )


def slow(engine: str) -> Tool:
    """The engine that the others are compared with for what they find, not for speed."""
    return ours(
        "ours, reference engine",
        f"`--engine {REFERENCE_ENGINE}`, plain Python, at sizes it is meant for",
        engine=REFERENCE_ENGINE,
        states_max=0 if engine == REFERENCE_ENGINE else SLOW_STATES_MAX,
    )
