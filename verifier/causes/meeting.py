"""Whether a property claims anything at the end of a run in which it does not fail.

``when settled: P`` is true wherever things are not settled, and a run that ends there shows little.
An implication is kept as a disjunction, in which what stood before ``implies`` is negated.
"""

from __future__ import annotations

from typing import assert_never

from verifier.ir.expr import Expr, Not, Or
from verifier.ir.property import (
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.semantics import evaluate
from verifier.ir.system import State, TransitionSystem
from verifier.traces.trace import Trace


def is_met(system: TransitionSystem, prop: Property, trace: Trace) -> bool:
    """Whether the run has come to where the property claims something."""
    match prop:
        case Invariant(_, predicate, _):
            return not _premise_false(system, predicate, trace.states[-1])
        case StepProperty(_, claims):
            return any(step.label.action in claims for step in trace.steps)
        case DeadlockFree() | NoFault():
            return True
        case Reachable() | Flow():
            return False
        case _:
            assert_never(prop)


def _premise_false(system: TransitionSystem, predicate: Expr, state: State) -> bool:
    """Whether the predicate is true only because one of its premises is false."""
    if not isinstance(predicate, Or):
        return False
    premises = [part for part in predicate.arguments if _is_premise(part)]
    if len(premises) == len(predicate.arguments):
        premises = premises[:-1]  # the last one is the conclusion
    return any(bool(evaluate(system, part, state, {})) for part in premises)


def _is_premise(part: Expr) -> bool:
    return isinstance(part, Not)
