"""Counterexamples to induction: why there is no proof, and which lemma might help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import both, conjunction, negate
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, BadState
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Check, State, TransitionSystem
from verifier.proving.bounds import without_weaker

if TYPE_CHECKING:  # it needs the solver, which takes a while to load
    from verifier.engines.symbolic.prover import NotProved

NEAR_STATES = 300  # that a lemma is tried on before it is proposed


@dataclass(frozen=True, slots=True)
class Way:
    """A counterexample to induction: states that need not be reachable, each as a predicate that it
    does not satisfy, and the actions between them.  ``lemma`` is the first of the predicates that
    is true of the nearest reachable states, and says more than that nothing bad is reachable.
    ``absent``: what must not be in flight may be missing in the states before the last."""

    excluded: tuple[Expr, ...]
    actions: tuple[str, ...]
    lemma: Expr | None
    absent: bool = False


def way(system: TransitionSystem, failure: NotProved, bad: Bad | None) -> Way | None:
    """The states that the prover could not exclude, if it has got so far; ``bad`` is what was
    asked, None for run-time errors."""
    if not failure.excluded:
        return None
    excluded = [without_weaker(one) for one in failure.excluded]
    left_out: list[Expr] = []
    if isinstance(bad, BadState):
        # The prover excludes sets of states that say what is in flight, never what is not.
        left_out = [part for part in _conjuncts(bad.condition) if _reads_channel(part)]
        whole = _conjuncts(negate(excluded[-1]))
        left_out = [part for part in left_out if part not in whole and not _is_presence(part)]
        excluded[-1] = negate(both(negate(excluded[-1]), conjunction(left_out)))
    near = _near(system)

    def plausible(predicate: Expr) -> bool:
        return all(evaluate(system, predicate, state, {}) for state in near)

    # To say that the last of these states is not reachable is to say what is to be proved.
    tried = excluded[:-1] if isinstance(bad, BadState) else excluded
    lemma = next((one for one in tried if plausible(one)), None)
    absent = bool(left_out) and len(excluded) > 1
    return Way(tuple(excluded), failure.actions, lemma, absent)


def _conjuncts(expr: Expr) -> list[Expr]:
    """What has to be true for the expression to be."""
    match expr:
        case E.And(arguments):
            return [each for part in arguments for each in _conjuncts(part)]
        case E.Not(E.Or(arguments)):
            return [each for part in arguments for each in _conjuncts(negate(part))]
        case _:
            return [expr]


def _reads_channel(expr: Expr) -> bool:
    return any(isinstance(n, E.Var) and isinstance(n.type, T.Channel) for n in E.walk(expr))


def _is_presence(expr: Expr) -> bool:
    """That some message is in flight: what is asked of it stands in the states."""
    match expr:
        case E.Quantified("any", _, E.Var()):
            return True
        case _:
            return False


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
