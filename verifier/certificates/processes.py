"""Solvers in processes of their own, which end with the one who asks them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from verifier.certificates import solver

ANSWERS = ("sat", "unsat", "unknown")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a solver said to the questions of a file, in order; ``trouble`` if it did not finish or
    complained, else empty."""

    said: tuple[str, ...]
    trouble: str
    seconds: float


class Solvers:
    """The solvers that run, asked by several threads; none of them runs beyond the deadline."""

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = deadline
        self._lock = Lock()
        self.running: set[subprocess.Popen[str]] = set()
        self._ended = False

    def late(self) -> bool:
        """Whether the deadline is over."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def ask(self, name: str, file: Path, seconds_max: float) -> Answers:
        """Gives a file to a solver, with so much time for each question."""
        began = time.monotonic()
        many = len(questions(file.read_text(encoding="utf-8")))
        whole = 60 + 2 * (many + 1) * seconds_max  # cvc5 may be asked twice, and forget the clock
        if self.deadline is not None:
            whole = min(whole, self.deadline - began)
        # -P: the directory of the script is not searched for modules.
        command = [sys.executable, "-P", solver.__file__, name, str(file), str(seconds_max)]
        started = self._started(command) if whole > 0 else None
        if started is None:
            return Answers((), "it was not asked", 0.0)
        try:
            out, err = started.communicate(timeout=whole)
        except subprocess.TimeoutExpired:
            return Answers((), f"no end within {whole:.3g} seconds", whole)
        finally:
            self._gone(started)
        return _read(out, err, started.returncode, time.monotonic() - began)

    def end(self) -> None:
        """Ends all that run, and starts no more."""
        with self._lock:
            self._ended = True
            for one in self.running:
                one.kill()

    def _started(self, command: Sequence[str]) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._ended:
                return None
            pipe = subprocess.PIPE
            started = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
            self.running.add(started)
            return started

    def _gone(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self.running.discard(process)
            if process.poll() is None:
                process.kill()
        process.communicate()


def _read(out: str, err: str, status: int, seconds: float) -> Answers:
    lines = out.splitlines()
    said = tuple(line for line in lines if line in ANSWERS)
    errors = [line for line in lines if line.startswith("(error")]
    trouble = ""
    if errors:
        trouble = errors[0]
    elif status != 0:
        trouble = (err.strip() or f"exit status {status}").splitlines()[-1]
    return Answers(said, trouble, seconds)


def questions(text: str) -> Sequence[str]:
    """The label of every question of a file."""
    labels = []
    label = ""
    for line in text.splitlines():
        if line.startswith("(echo "):
            label = line[7:-2].replace('""', '"')
        elif line == "(check-sat)":
            labels.append(label)
    return labels
