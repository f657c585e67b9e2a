"""From what a solver says of the leaves to a run of the system.

The labels are not read off the formulas: each is found among the successors that `ir.semantics`
gives, so a mistake in the formulas shows here at the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.solver import Model
from verifier.engines.symbolic.unrolling import Taken, Unrolling
from verifier.ir.expr import Expr
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.stamps import canonical
from verifier.ir.system import Action, Check, Label, State, TransitionSystem
from verifier.traces.trace import Step, Trace


def run(unrolling: Unrolling, model: Model, steps: int) -> Trace:
    """The run of so many steps, all of which succeed."""
    system = unrolling.system
    states = [state(unrolling, model, number) for number in range(steps + 1)]
    first = _action(unrolling, model, 0)
    starting = replace(system, initial=(first,))
    start = next(label for label, made in initial_states(starting) if made == states[0])
    found = [
        Step(_label(system, _action(unrolling, model, number + 1), before, after), after)
        for number, (before, after) in enumerate(pairwise(states))
    ]
    return Trace(start, states[0], tuple(found))


def last_step(
    unrolling: Unrolling, model: Model, steps: int, shows: Callable[[Label, State | Check], bool]
) -> Trace:
    """The run of so many steps, of which the last, which may fail, shows something."""
    before = run(unrolling, model, steps - 1)
    action = _action(unrolling, model, steps)
    alone = replace(unrolling.system, actions=(action,))
    label, after = next(
        (label, after)
        for label, after in successors(alone, before.states[-1])
        if shows(label, after)
    )
    last = Step(label, None if isinstance(after, Check) else after)
    return replace(before, steps=(*before.steps, last))


def is_step(system: TransitionSystem, condition: Expr, state: State, label: Label) -> bool:
    """Whether the condition model of a step from the state."""
    action = next(action for action in system.actions if action.name == label.action)
    names = [parameter.variable.name for parameter in action.parameters]
    return bool(evaluate(system, condition, state, dict(zip(names, label.arguments, strict=True))))


def chosen(unrolling: Unrolling, model: Model, step: int) -> Taken:
    """The command that makes a step; number 0 makes the initial state."""
    return next(one for one in unrolling.steps[step].taken if model(one.chosen))


def _action(unrolling: Unrolling, model: Model, step: int) -> Action:
    return chosen(unrolling, model, step).command.action


def state(unrolling: Unrolling, model: Model, number: int) -> State:
    """The state after so many steps."""

    def scalar(expr: Expr) -> int:
        return unrolling.leaves.value(expr, model)

    variables, trees_of = unrolling.system.variables, unrolling.states[number]
    return canonical(
        unrolling.system,
        tuple(trees.value(v.type, trees_of[v.name], scalar) for v in variables),
    )


def _label(system: TransitionSystem, action: Action, before: State, after: State) -> Label:
    """The first choice of arguments with which the action leads from state to state."""
    alone = replace(system, actions=(action,))
    return next(label for label, made in successors(alone, before) if made == after)
