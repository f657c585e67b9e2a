"""What two solvers, each in a fresh process, say to the files of a certificate.

The solvers share no code with each other, and the files can be given to any third one by hand.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from verifier.certificates import solver

SOLVERS = ("z3", "cvc5")
FILES = ("initiation.smt2", "consecution.smt2", "safety.smt2")
ANSWERS = ("sat", "unsat", "unknown")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a solver said to the questions of a file, in order; ``trouble`` if it did not finish or
    complained, else empty."""

    said: tuple[str, ...]
    trouble: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """Both solvers found no counterexample to anything; seconds by solver and file."""

    seconds: Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in the certificate is wrong: what, and how that was seen."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One solver finds a counterexample where the other says that there is none: our mistake, or
    one of theirs."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """A solver is not there, or gave up, and the other found nothing wrong."""

    reason: str


Outcome: TypeAlias = Accepted | Refused | Disagreement | Undecided
Run: TypeAlias = Callable[[str, Path, float], Answers]


def missing_solvers() -> list[str]:
    """The solvers that are not installed."""
    return [name for name in SOLVERS if find_spec(name) is None]


def run_solver(name: str, file: Path, seconds_max: float) -> Answers:
    """Gives a file to a solver in a process of its own, with so much time for each question."""
    import time

    began = time.monotonic()
    # -P: the directory of the script is not searched for modules.
    command = [sys.executable, "-P", solver.__file__, name, str(file), str(seconds_max)]
    many = len(questions(file.read_text(encoding="utf-8")))
    whole = 60 + 2 * (many + 1) * seconds_max  # cvc5 may be asked twice, and forget the clock
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=whole, check=False)
    except subprocess.TimeoutExpired:
        return Answers((), f"no end within {whole:g} seconds", whole)
    lines = ended.stdout.splitlines()
    said = tuple(line for line in lines if line in ANSWERS)
    errors = [line for line in lines if line.startswith("(error")]
    trouble = ""
    if errors:
        trouble = errors[0]
    elif ended.returncode != 0:
        trouble = (ended.stderr.strip() or f"exit status {ended.returncode}").splitlines()[-1]
    return Answers(said, trouble, time.monotonic() - began)


def solved(directory: Path, *, seconds_max: float, run: Run = run_solver) -> Outcome:
    """What the solvers say to the three files together."""
    missing = missing_solvers()
    if missing:
        names = " and ".join(missing)
        return Undecided(f"{names} is not installed: pip install 'mdl-verifier[certify]'")
    asked = [(name, file) for file in FILES for name in SOLVERS]
    with ThreadPoolExecutor(max_workers=2) as threads:
        found = dict(
            zip(
                asked,
                threads.map(lambda one: run(one[0], directory / one[1], seconds_max), asked),
                strict=True,
            )
        )
    return judged({file: (directory / file).read_text(encoding="utf-8") for file in FILES}, found)


def judged(texts: Mapping[str, str], found: Mapping[tuple[str, str], Answers]) -> Outcome:
    """The outcome of all answers: a disagreement first, then what is wrong, then what is open."""
    refused: list[Refused] = []
    open_: list[str] = []
    for file, text in texts.items():
        labels = questions(text)
        both = [found[name, file] for name in SOLVERS]
        for place, label in enumerate(labels):
            said = [one.said[place] if place < len(one.said) else "nothing" for one in both]
            shown = ", ".join(f"{n} says {s}" for n, s in zip(SOLVERS, said, strict=True))
            where = f"{file}, question {place + 1} ({label})"
            if "sat" in said and "unsat" in said:
                return Disagreement(where, shown)
            if "sat" in said:
                refused.append(Refused(where, shown))
            elif said != ["unsat", "unsat"]:
                open_.append(f"{where}: {shown}")
        for name, answers in zip(SOLVERS, both, strict=True):
            if answers.trouble:
                open_.insert(0, f"{file}: {name}: {answers.trouble}")
            elif len(answers.said) != len(labels):
                many = f"{len(answers.said)} answers to {len(labels)} questions"
                open_.insert(0, f"{file}: {name}: {many}")
    if refused:
        return refused[0]
    if open_:
        return Undecided(open_[0])
    return Accepted({pair: answers.seconds for pair, answers in found.items()})


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
