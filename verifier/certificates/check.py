"""What two solvers, each in a fresh process, say to the files of a certificate.

The solvers share no code with each other, and the files can be given to any third one by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from verifier.certificates.directory import CONDITIONS
from verifier.certificates.processes import Answers, Solvers, questions

SOLVERS = ("z3", "cvc5")
TIME_LIMIT = "the time limit was reached"


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


def solved(
    directory: Path, *, seconds_max: float, deadline: float | None = None, run: Run | None = None
) -> Outcome:
    """What the solvers say to the three files together; at the deadline, on the clock of
    ``time.monotonic()``, what is not answered stays open.  ``run`` stands in for the solvers."""
    missing = missing_solvers()
    if missing:
        names = " and ".join(missing)
        return Undecided(f"{names} is not installed: pip install 'mdl-verifier[certify]'")
    asked = [(name, file) for file in CONDITIONS for name in SOLVERS]
    solvers = Solvers(deadline)
    ask = run or solvers.ask
    with ThreadPoolExecutor(max_workers=2) as threads:
        try:
            answers = threads.map(lambda one: ask(one[0], directory / one[1], seconds_max), asked)
            found = dict(zip(asked, answers, strict=True))
        except BaseException:  # Ctrl-C above all: who asked does not wait for the answers
            threads.shutdown(wait=False, cancel_futures=True)
            solvers.end()
            raise
    outcome = judged(
        {file: (directory / file).read_text(encoding="utf-8") for file in CONDITIONS}, found
    )
    if isinstance(outcome, Undecided) and solvers.late():
        return Undecided(TIME_LIMIT)
    return outcome


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
