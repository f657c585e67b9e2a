"""Whether two systems have the same reachable states and the same transitions between them.

Compared state by state on the compiled steps of the reference search, so that "changes nothing"
is never a matter of equal numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from verifier.engines.explicit.compile import Transition, compile_problem
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import initial_states
from verifier.ir.system import Action, State, TransitionSystem

Step = tuple[str, tuple[Any, ...], object]


def reachable(system: TransitionSystem) -> list[State]:
    """Every reachable state."""
    compiled = compile_problem(SafetyProblem(system, ()))
    states = list(dict.fromkeys(state for _, state in initial_states(system)))
    seen = set(states)
    found: list[Transition] = []
    for state in states:  # grows meanwhile
        found.clear()
        compiled.expand(state, found.append)
        for _, _, successor, _ in found:
            if not isinstance(successor, int) and successor not in seen:
                seen.add(successor)
                states.append(successor)
    return states


def same_graph(states: Iterable[State], one: TransitionSystem, other: TransitionSystem) -> bool:
    """Whether the systems agree in every one of the states, which are those reachable in ``one``,
    step by step, errors included.

    Then both have the same states.  Actions that are the same in both need no look.
    """
    if _shape(one) != _shape(other):
        return False
    if {state for _, state in initial_states(one)} != {s for _, s in initial_states(other)}:
        return False
    mine = {action.name: action for action in one.actions}
    others = {action.name: action for action in other.actions}
    same = {
        name
        for name, action in mine.items()
        if name in others and _meaning(action) == _meaning(others[name])
    }
    first, second = _Steps(one, same), _Steps(other, same)
    return all(first.of(state) == second.of(state) for state in states)


def _shape(system: TransitionSystem) -> object:
    return system.stamp_gap, [(variable.name, variable.type) for variable in system.variables]


def _meaning(action: Action) -> object:
    """All of an action that decides its steps."""
    checks = [(check.code, check.message, check.condition) for check in action.checks]
    return action.parameters, action.guard, checks, dict(action.assignments)


class _Steps:
    """The steps of a system but for some actions."""

    def __init__(self, system: TransitionSystem, without: set[str]) -> None:
        self.actions = tuple(a for a in system.actions if a.name not in without)
        problem = SafetyProblem(replace(system, actions=self.actions), ())
        self.expand = compile_problem(problem).expand

    def of(self, state: State) -> set[Step]:
        """Action, arguments and successor of each; of a step that fails a check, which check."""
        found: list[Transition] = []
        self.expand(state, found.append)
        return {self._step(transition) for transition in found}

    def _step(self, transition: Transition) -> Step:
        index, arguments, successor, _ = transition
        action = self.actions[index]
        if isinstance(successor, int):
            check = action.checks[successor]
            return action.name, arguments, f"{check.code} {check.message}"
        return action.name, arguments, successor
