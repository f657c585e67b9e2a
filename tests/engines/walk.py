"""The search again, as plainly as it can be said: what the engine is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Action, Check, Label, State, TransitionSystem
from verifier.ir.types import Value

Key = TypeVar("Key")
Sighting = tuple[int, int]  # length of a shortest run, number of occurrences


class TooLarge(Exception):
    """There are more states than a test wants to wait for."""


@dataclass(slots=True)
class Walk:
    """Everything that the engine must agree with."""

    distance: dict[State, int] = field(default_factory=dict)
    transitions: int = 0
    terminal: int = 0
    fired: dict[str, int] = field(default_factory=dict)
    faults: dict[tuple[str, int], Sighting] = field(default_factory=dict)  # (action, check)
    seen: dict[str, Sighting] = field(default_factory=dict)
    taken: set[tuple[str, int]] = field(default_factory=set)  # branches


def walk(problem: SafetyProblem, states_max: int) -> Walk:
    """Level by level, straight from the reference semantics."""
    system, found = problem.system, Walk()
    found.fired = {action.name: 0 for action in system.actions}
    named = {action.name: action for action in system.actions}
    queue = list(dict.fromkeys(state for _, state in initial_states(system)))
    found.distance = dict.fromkeys(queue, 0)
    for state in queue:
        depth = found.distance[state]
        for bad in problem.bad:
            if isinstance(bad, BadState) and evaluate(system, bad.condition, state, {}):
                _saw(found.seen, bad.name, depth)
        out = list(successors(system, state))
        if not out:
            found.terminal += 1
            for bad in problem.bad:
                if isinstance(bad, Stuck) and not evaluate(system, bad.final, state, {}):
                    _saw(found.seen, bad.name, depth)
        for label, after in out:
            found.transitions += 1
            found.fired[label.action] += 1
            action = named[label.action]
            given = arguments(action, label)
            for bad in problem.bad:
                if isinstance(bad, BadStep) and label.action in bad.conditions:
                    condition = bad.conditions[label.action]
                    if evaluate(system, condition, state, given):
                        _saw(found.seen, bad.name, depth + 1)
            for place, branch in enumerate(action.branches):
                if evaluate(system, branch.condition, state, given):
                    found.taken.add((label.action, place))
            if isinstance(after, Check):
                _saw(found.faults, (label.action, action.checks.index(after)), depth + 1)
            elif after not in found.distance:
                found.distance[after] = depth + 1
                queue.append(after)
                if len(queue) > states_max:
                    raise TooLarge
    return found


def arguments(action: Action, label: Label) -> dict[str, Value]:
    """What the parameters stand for in a step."""
    names = [parameter.variable.name for parameter in action.parameters]
    return dict(zip(names, label.arguments, strict=True))


def places(system: TransitionSystem) -> dict[str, int]:
    """Where each variable is in a state."""
    return {variable.name: place for place, variable in enumerate(system.variables)}


def _saw(table: dict[Key, Sighting], key: Key, length: int) -> None:
    shortest, count = table.get(key, (length, 0))
    table[key] = (min(shortest, length), count + 1)
