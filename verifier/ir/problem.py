"""The question that an engine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from verifier.ir.build import negate
from verifier.ir.expr import Expr
from verifier.ir.system import Check, TransitionSystem


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
    always asked too: they are part of the system, so that no reduction can drop them.  ``lemmas``
    are the names of those that are claimed for the sake of proofs."""

    system: TransitionSystem
    bad: tuple[Bad, ...]
    lemmas: tuple[str, ...] = ()


Key: TypeAlias = "str | tuple[str, int]"
"""What is asked: a bad by its name; or of an action, by name, the place of a check that fails."""


def keys_of_checks(system: TransitionSystem) -> list[tuple[str, int]]:
    """Every check that may fail."""
    return [
        (action.name, place) for action in system.actions for place in range(len(action.checks))
    ]


def check_of(problem: SafetyProblem, action: str, place: int) -> Check:
    """The check at a place of an action."""
    return next(one for one in problem.system.actions if one.name == action).checks[place]


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
