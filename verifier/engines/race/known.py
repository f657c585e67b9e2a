"""What is known without visiting states, and what follows from it together with a search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import assert_never

from verifier.engines.interface import FOUND_ALL
from verifier.engines.race.messages import Closed, Looked, Message, NothingMore, Proved, Shown
from verifier.ir.problem import Key, SafetyProblem, check_of, keys_of_checks
from verifier.traces.trace import Trace
from verifier.verdict import (
    BY_INDUCTION,
    IF_NO_STEP_FAILS,
    Absent,
    Answer,
    Exploration,
    Fault,
    Found,
    Inductive,
    Unknown,
)

SYMBOLIC = "symbolic"
SETTLED = "the rest was proved elsewhere"  # what ends a search; no user ever reads it


@dataclass(slots=True)
class Known:
    """Answers to a problem, as they come in."""

    problem: SafetyProblem
    shown: dict[Key, Trace] = field(default_factory=dict)
    proved: dict[Key, Inductive] = field(default_factory=dict)
    depth: int = 0  # runs of up to so many steps were looked at
    gave_up: str = ""
    _closed: Inductive | None = None

    def note(self, message: Message) -> None:
        """One more answer."""
        match message:
            case Shown(key, trace):
                self.shown[key] = trace
            case Proved(key, evidence):
                self.proved[key] = evidence
            case Closed(evidence):
                self._closed = evidence
            case Looked(depth):
                self.depth = max(self.depth, depth)
            case NothingMore(reason):
                self.gave_up = reason
            case _:
                assert_never(message)

    def open(self) -> list[str]:
        """The bads that are neither shown nor proved to be absent."""
        names = (bad.name for bad in self.problem.bad)
        return [name for name in names if name not in self.shown and name not in self.proved]

    def closed(self) -> Inductive | None:
        """Why no step fails a check but those that are shown to; None if that is not known."""
        if self._closed is not None:
            return self._closed
        keys = keys_of_checks(self.problem.system)
        if not all(key in self.shown or key in self.proved for key in keys):
            return None
        steps = (self.proved[key].steps for key in keys if key in self.proved)
        return Inductive(BY_INDUCTION, max(steps, default=1))

    def settles(self, found: Collection[str]) -> bool:
        """Whether every question is answered, together with the bads that a search has found."""
        return all(name in found for name in self.open()) and self.closed() is not None

    def shows(self, found: Collection[str]) -> bool:
        """Whether every bad is found by one or the other."""
        return all(bad.name in found or bad.name in self.shown for bad in self.problem.bad)


def joined(known: Known, found: Exploration) -> Exploration:
    """What a search and the proofs beside it say together.  A search that has seen everything
    needs no other: it knows the numbers, too."""
    _agree(known, found)
    if found.complete or found.stopped == FOUND_ALL:
        return found
    closed = known.closed()
    answers = {name: _answer(known, name, answer, closed) for name, answer in found.answers.items()}
    faults = _faults(known, found)
    whole = closed is not None and not any(isinstance(a, Unknown) for a in answers.values())
    told = bool(known.shown or known.proved or closed)
    engine = f"{found.engine} and {SYMBOLIC}" if told else found.engine
    depth = max(found.depth, known.depth)
    if not whole:
        stopped = FOUND_ALL if found.stopped == SETTLED else found.stopped
        return replace(
            found, engine=engine, answers=answers, faults=faults, stopped=stopped, safe=closed
        )
    return replace(
        found,
        engine=engine,
        complete=True,
        stopped="",
        depth=depth,
        answers=answers,
        faults=faults,
        counted=False,  # the states that were visited are not all
        proof=closed,
    )


def _answer(known: Known, name: str, answer: Answer, closed: Inductive | None) -> Answer:
    """The answer to a question that the search may have left open."""
    if not isinstance(answer, Unknown):
        return answer
    depth = max(answer.depth, known.depth)
    if name in known.shown:
        return Found(known.shown[name], None, SYMBOLIC)
    if name not in known.proved:
        return Unknown(depth, answer.reason)
    # A step that fails ends its run, and the proof says nothing of what would come then.
    return Unknown(depth, IF_NO_STEP_FAILS) if closed is None else Absent(known.proved[name])


def _faults(known: Known, found: Exploration) -> tuple[Fault, ...]:
    """The checks that fail, those of the search first."""
    mine = {_key(known.problem, fault) for fault in found.faults}
    others = (
        Fault(check_of(known.problem, *key), Found(trace, None, SYMBOLIC))
        for key, trace in known.shown.items()
        if isinstance(key, tuple) and key not in mine
    )
    return (*found.faults, *others)


def _key(problem: SafetyProblem, fault: Fault) -> tuple[str, int]:
    name = fault.found.trace.steps[-1].label.action
    action = next(one for one in problem.system.actions if one.name == name)
    return name, action.checks.index(fault.check)


def _agree(known: Known, found: Exploration) -> None:
    """Two engines that contradict each other are a mistake of ours, and then nothing is said."""
    runs: dict[Key, Trace] = {
        name: answer.trace for name, answer in found.answers.items() if isinstance(answer, Found)
    }
    runs |= {_key(known.problem, fault): fault.found.trace for fault in found.faults}
    for key, trace in runs.items():
        assert key not in known.proved, f"{key} is shown by a run and proved to be shown by none"
        if key in known.shown:
            assert known.shown[key].depth == trace.depth, f"two shortest runs to {key} differ"
    if known.closed() is not None:
        failing = {key for key in runs if isinstance(key, tuple)}
        assert failing <= known.shown.keys(), "a check fails that is proved not to"
    if found.complete:
        absent = {name for name, answer in found.answers.items() if isinstance(answer, Absent)}
        assert not absent & known.shown.keys(), "a run shows what a search has seen nowhere"
        failing = {key for key in known.shown if isinstance(key, tuple)}
        assert failing <= runs.keys(), "a step fails that a search has seen nowhere"
