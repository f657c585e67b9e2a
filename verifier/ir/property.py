"""What a model can claim about its runs, as data over the variables of the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.ir.expr import Expr
from verifier.source import Span


@dataclass(frozen=True, slots=True)
class Invariant:
    """``predicate`` holds in every reachable state; ``defined`` says where it has a meaning, and a
    reachable state where it has none is a run-time error.

    A ``lemma`` is claimed for the sake of proofs, which may assume it for earlier states; engines
    that explore check it as any other."""

    name: str
    predicate: Expr
    defined: Expr
    requirements: tuple[str, ...] = ()
    lemma: bool = False
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a step property says about the steps of one action: predicates over Var (before), Next
    (after, before stamps are renumbered) and the action's parameters."""

    predicate: Expr
    defined: Expr


@dataclass(frozen=True, slots=True)
class StepProperty:
    """Every step of every named action satisfies the action's claim."""

    name: str
    claims: Mapping[str, Claim]
    requirements: tuple[str, ...] = ()
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reachable:
    """Some reachable state satisfies ``predicate``."""

    name: str
    predicate: Expr
    defined: Expr
    requirements: tuple[str, ...] = ()
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FlowEvent:
    """One line of a flow: by action name, the condition (old state, parameters) under which a
    step of that action is this line."""

    shown: str
    matches: Mapping[str, Expr]


@dataclass(frozen=True, slots=True)
class Flow:
    """Some run contains the events in this order: it starts in a reachable state where ``start``
    holds, ends in one where ``finish`` holds, and between the two no step matches ``without``."""

    name: str
    start: Expr
    events: tuple[FlowEvent, ...]
    finish: Expr
    without: tuple[FlowEvent, ...]
    requirements: tuple[str, ...] = ()
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DeadlockFree:
    """Every reachable state without an enabled label satisfies ``final`` (decision 001)."""

    name: str
    final: Expr
    defined: Expr
    requirements: tuple[str, ...] = ()
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NoFault:
    """No step violates a check of the given kind: ``runtime`` or ``reception``."""

    name: str
    kind: str
    requirements: tuple[str, ...] = ()
    origin: Span | None = field(default=None, compare=False)


Property: TypeAlias = Invariant | StepProperty | Reachable | Flow | DeadlockFree | NoFault
