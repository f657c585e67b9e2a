"""The questions of a problem as formulas about a view."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.engines.symbolic.frames import Ground
from verifier.engines.symbolic.scalars import conjunction
from verifier.ir.build import FALSE, negate
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, BadState, BadStep, Stuck
from verifier.ir.system import Check, enabled


def formulas(ground: Ground, bad: Bad) -> list[Expr]:
    """What is asked, each as a formula about a state (and a step that may be taken in it)."""
    truth = ground.view.flattener.truth
    found: list[Expr] = []
    match bad:
        case BadState(condition=condition):
            found.append(truth(condition, {}))
        case BadStep(conditions=conditions):
            for step in ground.steps.all:
                command = step.command
                asked = conditions.get(command.action.name)
                if asked is not None:
                    found.append(conjunction((command.condition, truth(asked, command.bound))))
        case Stuck(final=final):
            stuck = [negate(enabled(action)) for action in ground.view.system.actions]
            parts = [truth(one, {}) for one in stuck]
            found.append(conjunction((*parts, negate(truth(final, {})))))
    return [formula for formula in found if formula is not FALSE]


def faults(ground: Ground) -> Iterator[tuple[Check, list[Expr]]]:
    """For each check of an action, that it is the first that fails."""
    found: dict[int, tuple[Check, list[Expr]]] = {
        id(check): (check, []) for action in ground.view.system.actions for check in action.checks
    }
    for step in ground.steps.all:
        before = [step.command.condition]
        for check, condition in step.command.checks:
            failing = conjunction((*before, negate(condition)))
            if failing is not FALSE:
                found[id(check)][1].append(failing)
            before.append(condition)
    yield from found.values()
