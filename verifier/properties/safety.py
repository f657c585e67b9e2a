"""Invariants, goals, steps and deadlock as bad states and bad steps of one problem.

All asked properties go into one `SafetyProblem`, so that one exploration answers them all and
gives each its own shortest run.  Flows need a monitor and are asked on their own (`flow`): a
monitor is a part of the state, and the counts of the model would no longer be its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from verifier.ir.build import TRUE, both, conjunction, negate
from verifier.ir.expr import Expr, Next, Var, make
from verifier.ir.problem import Bad, BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.property import (
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.rewrite import apart, replace_leaves
from verifier.ir.system import Action, TransitionSystem


def encode(system: TransitionSystem, properties: Iterable[Property]) -> SafetyProblem:
    """The problem whose bad states and steps bear the names of the properties."""
    asked = tuple(properties)
    return SafetyProblem(
        system,
        tuple(bad for prop in asked for bad in _bads(system, prop)),
        tuple(prop.name for prop in asked if isinstance(prop, Invariant) and prop.lemma),
    )


def undefined(name: str) -> str:
    """The name of the question whether a property has no value somewhere."""
    return f"{name} (has no value)"


def _bads(system: TransitionSystem, prop: Property) -> Iterator[Bad]:
    match prop:
        case Invariant(name, predicate, defined):
            yield BadState(name, both(defined, negate(predicate)))
            if defined is not TRUE:
                yield BadState(undefined(name), negate(defined))
        case Reachable(name, predicate, defined):
            yield BadState(name, both(defined, predicate))
            if defined is not TRUE:
                yield BadState(undefined(name), negate(defined))
        case StepProperty(name, claims):
            violating, meaningless = {}, {}
            for action in system.actions:
                claim = claims.get(action.name)
                if claim is not None:
                    wrong = both(claim.defined, negate(claim.predicate))
                    violating[action.name] = made_by(action, wrong)
                    if claim.defined is not TRUE:
                        meaningless[action.name] = made_by(action, negate(claim.defined))
            yield BadStep(name, violating)
            if meaningless:
                yield BadStep(undefined(name), meaningless)
        case DeadlockFree(name, final, defined):
            yield Stuck(name, both(defined, final))
            if defined is not TRUE:
                yield BadState(undefined(name), negate(defined))
        case NoFault() | Flow():
            pass
        case _:
            assert_never(prop)


def made_by(action: Action, claim: Expr) -> Expr:
    """Where a claim about a step is true of a step of this action: the state after the step
    replaced by what the action assigns.  A step that fails a check has no state after it, and
    nothing is claimed about it: it is a finding itself."""
    before = replace_leaves(
        apart(claim, {parameter.variable.name for parameter in action.parameters}),
        lambda node: (
            action.assignments.get(node.name, _unchanged(node)) if isinstance(node, Next) else None
        ),
    )
    return both(conjunction(check.condition for check in action.checks), before)


def _unchanged(node: Next) -> Expr:
    return make(Var, node.name, node.type)
