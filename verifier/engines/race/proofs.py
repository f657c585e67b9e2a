"""The other process of a race: bounded model checking and the prover in turns.

Nobody knows which of the two will answer a question, and there is one core for both.  So they take
turns that are twice as long each time: neither can keep the other from an answer, and to begin
again costs no more than what came before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from verifier.engines.interface import TIMED_OUT, Budget
from verifier.engines.race.known import Known
from verifier.engines.race.messages import (
    Closed,
    Looked,
    Message,
    NothingMore,
    Proved,
    Shown,
    read_problem,
    written,
)
from verifier.engines.race.process import serve
from verifier.engines.symbolic import bounded, prover
from verifier.engines.symbolic.prover import Outcome, Prover
from verifier.engines.symbolic.queries import GaveUp
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.solver import LATE_SECONDS
from verifier.ir.expr import Expr
from verifier.ir.problem import Key, SafetyProblem
from verifier.traces.trace import Trace
from verifier.verdict import BY_INVARIANT, Absent, Inductive

FIRST_SECONDS = 3.0  # of the first turn: what has a short run or an easy proof needs no more
PROVER_SHARE = 5.0  # as long as the turn before: it begins by looking at the model as a whole
NOTHING_MORE = "the solver neither proves nor refutes the rest"


@dataclass(slots=True)
class Work:
    """What is asked, what is answered already, and who wants to know."""

    known: Known
    hear: Callable[[Message], None]
    prover: Prover | None = None  # what it has proved in one turn it knows in the next

    def tell(self, message: Message) -> None:
        """Notes an answer and tells it."""
        self.known.note(message)
        self.hear(message)

    def left(self) -> SafetyProblem:
        """The questions that are not answered."""
        problem, names = self.known.problem, self.known.open()
        return replace(problem, bad=tuple(bad for bad in problem.bad if bad.name in names))

    def answer(self, key: Key, found: Trace | Inductive) -> None:
        """Tells an answer, once."""
        if key not in self.known.shown and key not in self.known.proved:
            self.tell(Shown(key, found) if isinstance(found, Trace) else Proved(key, found))

    def facts(self) -> tuple[Expr, ...]:
        """What induction over runs may use: it is mined in the other turns."""
        return () if self.prover is None else self.prover.predicates()

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """As an observer: tells how long the runs are that were looked at."""
        self.tell(Looked(depth))


def work(order: bytes, tell: Callable[[bytes], None]) -> None:
    """Answers what it can of a problem."""
    mine = Work(Known(read_problem(order)), lambda message: tell(written(message)))
    turns = [(_look_for_runs, 1.0), (_prove, PROVER_SHARE)]
    seconds = FIRST_SECONDS
    while turns:
        for turn, share in tuple(turns):
            more = time.monotonic() + share * seconds if len(turns) > 1 else None
            if turn(mine, more):
                turns.remove((turn, share))
            if mine.known.settles(()):
                return
        seconds *= 2
    mine.tell(NothingMore(NOTHING_MORE))


def _look_for_runs(mine: Work, deadline: float | None) -> bool:
    """Longer and longer runs, and proofs by induction; whether more time would change nothing."""
    problem = mine.left()
    budget = Budget(deadline_seconds=deadline)
    found = bounded.explore(problem, budget, mine, mine.answer, mine.facts)
    if found.complete:
        for name, answer in found.answers.items():
            if isinstance(answer, Absent) and isinstance(answer.evidence, Inductive):
                mine.answer(name, answer.evidence)
        assert found.proof is not None, "it has visited no states"
        mine.tell(Closed(found.proof))
    return found.stopped != TIMED_OUT


def _prove(mine: Work, deadline: float | None) -> bool:
    """Invariants; whether more time would change nothing."""
    problem = mine.known.problem

    def heard(name: str, outcome: Outcome) -> None:
        if isinstance(outcome, prover.Proved):
            evidence = Inductive(BY_INVARIANT, 1, outcome.invariant)
            mine.tell(Closed(evidence) if name == prover.FAULTS else Proved(name, evidence))

    try:
        if mine.prover is None:
            mine.prover = Prover(problem, deadline, lambda depth, lemmas: None)
        mine.prover.go_on_until(deadline)
        left = mine.known.open()
        if mine.known.closed() is None:
            left.append(prover.FAULTS)
        names = [name for name in prover.questions(problem, problem.lemmas) if name in left]
        prover.prove_with(mine.prover, names, heard)
    except NotSymbolic:
        return True
    except GaveUp:
        pass
    return deadline is None or time.monotonic() < deadline - LATE_SECONDS


if __name__ == "__main__":
    serve(work)
