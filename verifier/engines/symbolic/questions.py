"""What a problem asks, as conditions on one state or one step of an unrolling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from verifier.engines.symbolic.commands import guarded
from verifier.engines.symbolic.scalars import conjunction, disjunction
from verifier.engines.symbolic.unrolling import Step, Unrolling
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr
from verifier.ir.problem import BadState, BadStep, Stuck


def in_last_state(unrolling: Unrolling, bad: BadState | Stuck) -> Expr:
    """Whether the last state shows the bad."""
    flattener, truth = unrolling.flattener(), unrolling.leaves.truth
    match bad:
        case BadState(_, condition):
            return truth(flattener.truth(condition, {}))
        case Stuck(_, final):
            alive = enabled(unrolling)
            if alive is TRUE:
                return FALSE
            return conjunction((negate(alive), negate(truth(flattener.truth(final, {})))))
        case _:
            assert_never(bad)


def enabled(unrolling: Unrolling) -> Expr:
    """Whether some step may be tried in the last state; all choices are written out, for there may
    be no free ones below a "not"."""
    flattener = unrolling.flattener()
    found: list[Expr] = []
    for action in sorted(unrolling.system.actions, key=lambda action: len(action.parameters)):
        for _, condition in guarded(flattener, action, None):
            truth = unrolling.leaves.truth(condition)
            if truth is TRUE:
                return TRUE
            found.append(truth)
    return disjunction(found)


def by_step(unrolling: Unrolling, bad: BadStep, step: Step) -> Expr:
    """Whether the step, which may fail, shows the bad."""
    truth = unrolling.leaves.truth
    return disjunction(
        conjunction((one.chosen, truth(step.flattener.truth(condition, one.command.bound))))
        for one in step.taken
        if (condition := bad.conditions.get(one.command.action.name)) is not None
    )


def failing(unrolling: Unrolling, step: Step) -> Mapping[tuple[str, int], Expr]:
    """For each check whether it is the first that the step fails; those that it cannot fail are
    left out."""
    truth = unrolling.leaves.truth
    found: dict[tuple[str, int], list[Expr]] = {}
    for one in step.taken:
        before, action = one.chosen, one.command.action
        for check, condition in one.command.checks:
            holds = truth(condition)
            key = action.name, action.checks.index(check)
            found.setdefault(key, []).append(conjunction((before, negate(holds))))
            before = conjunction((before, holds))
    return {key: disjunction(truths) for key, truths in found.items()}
