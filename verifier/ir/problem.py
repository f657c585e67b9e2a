"""The question that an engine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from verifier.ir.build import negate
from verifier.ir.expr import Expr
from verifier.ir.system import TransitionSystem


@dataclass(frozen=True, slots=True)
class BadState:
    """Is a state reachable that satisfies ``condition``?"""

    name: str
    condition: Expr


@dataclass(frozen=True, slots=True)
class BadStep:
    """Is a step reachable, of an action that is a key, that satisfies the action's condition?

    Conditions read the old state and the parameters only: what the step would make of a variable
    is already put in.  The step is taken as found also when its check fails later.
    """

    name: str
    conditions: Mapping[str, Expr]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Is a state reachable that has no enabled label and does not satisfy ``final``?"""

    name: str
    final: Expr


Bad = BadState | BadStep | Stuck


@dataclass(frozen=True, slots=True)
class SafetyProblem:
    """Which of these are reachable, and by which shortest runs?  Failing checks of the actions are
    always asked too: they are part of the system, so that no reduction can drop them."""

    system: TransitionSystem
    bad: tuple[Bad, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of a problem by where they are asked, each with its number: of every state, of
    states without an enabled label, and of the steps of each action by name."""

    states: list[tuple[int, Expr]]
    ends: list[tuple[int, Expr]]
    steps: dict[str, list[tuple[int, Expr]]]


def asked(problem: SafetyProblem) -> Asked:
    """The questions, as those who generate code for them need them."""
    found = Asked([], [], {action.name: [] for action in problem.system.actions})
    for number, bad in enumerate(problem.bad):
        match bad:
            case BadState(condition=condition):
                found.states.append((number, condition))
            case Stuck(final=final):
                found.ends.append((number, negate(final)))
            case BadStep(conditions=conditions):
                for name, condition in conditions.items():
                    found.steps[name].append((number, condition))
            case _:
                assert_never(bad)
    return found
