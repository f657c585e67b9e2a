"""Which variables expressions, actions and questions depend on, and which an action changes."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir.expr import Expr, Fresh, LiveStamps, Var, walk
from verifier.ir.problem import Bad, BadState, BadStep, Stuck
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import Action, TransitionSystem


def variables_of(system: TransitionSystem, *roots: Expr) -> frozenset[str]:
    """The variables whose values before the step decide the values of the expressions.

    A fresh stamp is placed among all stamps of the state, so it reads every variable that may
    hold one.
    """
    found: set[str] = set()
    for node in walk(*roots):
        if isinstance(node, Var):
            found.add(node.name)
        elif isinstance(node, (Fresh, LiveStamps)):
            found |= stamped(system)
    return frozenset(found)


def stamped(system: TransitionSystem) -> frozenset[str]:
    """The variables that may hold stamps."""
    return frozenset(v.name for v in system.variables if holds_stamps(v.type))


def reads(system: TransitionSystem, action: Action) -> frozenset[str]:
    """What decides which labels of the action are enabled, which check fails, and which values
    the assigned variables get, up to the renumbering of stamps."""
    return variables_of(system, *expressions_of_step(action))


def writes(action: Action) -> frozenset[str]:
    """The variables that the action may change.  Where stamps are renumbered a variable that is
    not here still holds the same stamps: only their numbers change."""
    return frozenset(action.assignments)


def watches(system: TransitionSystem, bad: Bad) -> frozenset[str]:
    """The variables that a question reads."""
    match bad:
        case BadState(_, condition):
            return variables_of(system, condition)
        case Stuck(_, final):
            return variables_of(system, final)
        case BadStep(_, conditions):
            return variables_of(system, *conditions.values())


def expressions_of_step(action: Action) -> Iterator[Expr]:
    """What the steps of the action are decided by; what only reports show is left out."""
    yield from (p.within for p in action.parameters if p.within is not None)
    yield action.guard
    yield from (check.condition for check in action.checks)
    yield from action.assignments.values()
