"""Proofs by induction beside a search for runs: with nothing known first, then with mined facts.

Most claims that induction proves need no facts, and to mine takes seconds.  So the facts are asked
for only when claims are left for which ``STEPS_MAX`` steps did not suffice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from verifier.engines.symbolic.induction import Induction, start
from verifier.ir.expr import Expr
from verifier.ir.problem import Key, SafetyProblem
from verifier.verdict import BY_INDUCTION, Inductive

STEPS_MAX = 4  # what is not inductive by then hardly ever is by some more
MINING_SECONDS = 10.0  # where it takes longer, the prover has the better chances
MINING_SHARE = 0.2  # of the time that is left

Facts: TypeAlias = Callable[[], Sequence[Expr]]
"""Predicates that hold in every reachable state."""


@dataclass(slots=True)
class Beside:
    """The proofs that go on while runs get longer."""

    problem: SafetyProblem
    deadline_seconds: float | None
    facts: Facts
    plain: Induction | None
    _tried: int = 0  # steps

    def prove(self, depth: int, claims: Sequence[Key]) -> Iterator[tuple[Key, Inductive]]:
        """Which of these no run shows, and why, where no run of ``depth`` steps does; ``depth`` is
        one more each time, or one that was looked at before, which says nothing new."""
        steps = depth + 1
        if self.plain is None or not self._tried < steps <= STEPS_MAX:
            return
        self._tried = steps
        left = list(claims)
        for key in self.plain.prove(steps, claims):
            left.remove(key)
            yield key, Inductive(BY_INDUCTION, steps)
        if left and steps == STEPS_MAX:
            yield from self._with_facts(self.plain.proved, left)

    def _with_facts(self, proved: set[Key], left: list[Key]) -> Iterator[tuple[Key, Inductive]]:
        """All numbers of steps once more, in states of which more is known."""
        facts = tuple(self.facts())
        again = start(self.problem, facts, self.deadline_seconds) if facts else None
        if again is None:
            return
        again.proved |= proved
        for steps in range(1, STEPS_MAX + 1):
            for key in again.prove(steps, tuple(left)) if left else ():
                left.remove(key)
                yield key, Inductive(BY_INDUCTION, steps, facts)


def begin(problem: SafetyProblem, deadline_seconds: float | None, facts: Facts) -> Beside:
    """The proofs, before any run is looked at."""
    return Beside(problem, deadline_seconds, facts, start(problem, (), deadline_seconds))


def mined(problem: SafetyProblem, deadline_seconds: float | None) -> Sequence[Expr]:
    """Simple facts, and what follows from what among them, that are true at the start and together
    kept by every step; none where they cannot be said, or take too long."""
    # Here, because a search that ends in a few steps needs none of it.
    from verifier.engines.symbolic.prover import Prover
    from verifier.engines.symbolic.queries import GaveUp
    from verifier.engines.symbolic.scalars import NotSymbolic

    now, most = time.monotonic(), MINING_SECONDS
    if deadline_seconds is not None:
        most = min(most, MINING_SHARE * (deadline_seconds - now))
    try:
        prover = Prover(problem, now + most, lambda depth, lemmas: None)
    except (GaveUp, NotSymbolic):
        return ()
    with suppress(GaveUp, NotSymbolic):  # the simple ones are there
        prover.mine_implications()
    return prover.predicates()
