"""Counterexamples to induction: why there is no proof, and which lemma might help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.ir.expr import Expr
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Check, State, TransitionSystem

if TYPE_CHECKING:  # it needs the solver, which takes a while to load
    from verifier.engines.symbolic.prover import NotProved

NEAR_STATES = 300  # that a lemma is tried on before it is proposed


@dataclass(frozen=True, slots=True)
class Way:
    """A counterexample to induction: states that need not be reachable, each as a predicate that it
    does not satisfy, and the actions between them.  ``lemma`` is the first of the predicates that
    is true of the nearest reachable states."""

    excluded: tuple[Expr, ...]
    actions: tuple[str, ...]
    lemma: Expr | None


def way(system: TransitionSystem, failure: NotProved) -> Way | None:
    """The states that the prover could not exclude, if it has got so far."""
    if not failure.excluded:
        return None
    near = _near(system)

    def plausible(predicate: Expr) -> bool:
        return all(evaluate(system, predicate, state, {}) for state in near)

    lemma = next((one for one in failure.excluded if plausible(one)), None)
    return Way(failure.excluded, failure.actions, lemma)


def _near(system: TransitionSystem) -> list[State]:
    """The nearest reachable states, some of them."""
    seen: dict[State, None] = {}
    for _, state in initial_states(system):
        seen[state] = None
        if len(seen) >= NEAR_STATES:
            break
    queue = list(seen)
    for state in queue:
        for _, after in successors(system, state):
            if not isinstance(after, Check) and after not in seen:
                seen[after] = None
                queue.append(after)
            if len(seen) >= NEAR_STATES:
                return list(seen)
    return list(seen)
