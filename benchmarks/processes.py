"""Runs a program and says how long it took and how much memory it needed at most."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCH = (sys.executable, "-I", "-S", str(Path(__file__).resolve().parent / "launch.py"))

# What the system counts memory in; see the manual page of getrusage on either.
UNIT_OF_MEMORY = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Finished:
    """A run of a program, from start to end.  ``worked_seconds`` is what processors spent on it and
    on the programs that it started and waited for."""

    output: str
    seconds: float
    peak_bytes: int
    worked_seconds: float = 0.0


class ProgramFailed(Exception):
    """A program did not do what it was started for; the text says what it printed."""


def run(
    command: Sequence[str],
    directory: Path,
    *,
    environment: Mapping[str, str] | None = None,
    accepted: frozenset[int] = frozenset({0}),
    limit_seconds: float = 3_600.0,
) -> Finished:
    """Runs a program to its end.

    Raises:
        ProgramFailed: it ended with another status than the accepted ones, or took too long.
    """
    words = " ".join(command)
    with (
        tempfile.NamedTemporaryFile("r") as report,
        subprocess.Popen(
            [*LAUNCH, report.name, *command],
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that it can be ended together with what it started
        ) as child,
    ):
        try:
            output, complaints = child.communicate(timeout=limit_seconds)
        except subprocess.TimeoutExpired as error:
            raise ProgramFailed(f"{words}: not done after {limit_seconds:.0f} s") from error
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
        said = report.read().split()
    if len(said) != 4 or int(said[0]) not in accepted:
        status = said[0] if said else "none"
        raise ProgramFailed(f"{words}: status {status}\n{output}{complaints}")
    return Finished(output, float(said[1]), int(said[2]) * UNIT_OF_MEMORY, float(said[3]))
