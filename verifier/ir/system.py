"""The one noun in the middle: typed variables, initial actions, guarded actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from verifier.ir.build import quantified
from verifier.ir.expr import Expr, Param
from verifier.ir.types import Type, Value
from verifier.source import Span

State: TypeAlias = tuple[Value, ...]  # one value per variable, in declaration order


@dataclass(frozen=True, slots=True)
class Variable:
    """A component of the state.

    ``node`` is the instance it belongs to ("" for the world and for channels); ``shown`` is its
    name within that node.  A ghost is read by properties and by ghosts only.
    """

    name: str
    type: Type
    node: str = ""
    shown: str = ""
    ghost: bool = False
    hidden: bool = False  # made by the lowering (budgets of channels): not drawn in charts


@dataclass(frozen=True, slots=True)
class Parameter:
    """A choice that is part of the label.

    Ranges over the distinct items of ``within`` (a set, list or channel; evaluated in the old
    state, may read earlier parameters), or over every value of its type when that is None.
    """

    variable: Param
    within: Expr | None = None


class Kind(Enum):
    """Who acts, for `quiet`, for reports and for charts."""

    INITIAL = "initial"
    ACTION = "action"  # spontaneous step of a node
    HANDLER = "handler"  # receipt of a message
    TIMEOUT = "timeout"
    ENVIRONMENT = "environment"  # movement, attackers; not a step that `quiet` waits for
    LOSS = "loss"
    DUPLICATION = "duplication"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that must hold when the action fires; otherwise the step is a run-time error.

    ``kind`` is the property row it is reported under: ``runtime`` or ``reception``.
    """

    code: str  # "R01" ...; see verifier.ir.faults
    kind: str
    message: str
    condition: Expr  # over the old state and the parameters
    origin: Span | None


@dataclass(frozen=True, slots=True)
class Send:
    """A message that the action sends if the condition holds; for charts, flows and filters."""

    condition: Expr
    channel: str
    message: Expr


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message that the action takes from a channel."""

    channel: str
    message: Expr


@dataclass(frozen=True, slots=True)
class Branch:
    """An arm of an ``if``: taken when the action fires and the condition holds."""

    shown: str
    condition: Expr
    origin: Span | None


@dataclass(frozen=True, slots=True)
class Action:
    """A guarded command: all assignments read the old state and happen at once.

    Variables that are not assigned keep their value.  If a check fails the step has no successor.
    """

    name: str
    kind: Kind
    parameters: tuple[Parameter, ...]
    guard: Expr
    checks: tuple[Check, ...]
    assignments: Mapping[str, Expr]
    node: str = ""
    shown: str = ""  # the name a person reads: "on ProxyBindingUpdate", "attach"
    receives: Receipt | None = None
    sends: tuple[Send, ...] = ()
    branches: tuple[Branch, ...] = ()
    requirements: tuple[str, ...] = ()
    origin: Span | None = field(default=None, compare=False)


def enabled(action: Action) -> Expr:
    """That some choice of the parameters satisfies the guard, as a condition on the state."""
    condition = action.guard
    for parameter in reversed(action.parameters):
        variable = parameter.variable
        within = variable.type if parameter.within is None else parameter.within
        condition = quantified("any", variable, within, condition)
    return condition


@dataclass(frozen=True, slots=True)
class TransitionSystem:
    """What is checked.

    Initial actions assign every variable and read none.  ``stamp_gap`` is the distance between
    neighbouring stamps of a canonical state: 1, or more when some step places stamps between
    others (see `expr.Fresh`): then 1 + the largest ``offset``.
    """

    name: str
    variables: tuple[Variable, ...]
    initial: tuple[Action, ...]
    actions: tuple[Action, ...]
    nodes: tuple[str, ...] = ()  # instance names, the lifelines of charts, in declaration order
    stamp_gap: int = 1


@dataclass(frozen=True, slots=True)
class Label:
    """One resolved choice: which action, with which arguments.  It decides the successor."""

    action: str
    arguments: tuple[Value, ...] = ()
