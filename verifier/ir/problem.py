"""The question that an engine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
