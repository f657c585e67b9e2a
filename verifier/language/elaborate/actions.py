"""Spontaneous steps: actions of nodes and of the environment, and timeouts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verifier.ir import types as ir
from verifier.ir.build import (
    FALSE,
    TRUE,
    both,
    conjunction,
    disjunction,
    negate,
    truth,
)
from verifier.ir.expr import Expr, Literal, Param, make
from verifier.ir.system import Action, Check, Kind, Parameter, Receipt
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import boolean
from verifier.language.elaborate.domains import domain
from verifier.language.elaborate.frame import POISON, Frame, Sight, Step
from verifier.language.elaborate.program import MessageInfo, NodeInstance
from verifier.language.elaborate.statements import block
from verifier.language.elaborate.types import finite_type
from verifier.source import Span

LABELS_MAX = 1_000_000  # combinations of parameters of one action


@dataclass(frozen=True, slots=True)
class Made:
    """An action with what properties need to name it: ``member`` is the message, action or timer;
    ``message`` binds the name of an event's message; ``names`` are the action's parameters."""

    action: Action
    node: NodeInstance | None
    member: str
    message: MessageInfo | None = None
    names: tuple[Param, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step is possible, and what must hold for that question to have an answer.

    ``said`` is the part of a receipt's guard that the text says: all but that the message is of
    this kind and for this node.
    """

    guard: Expr
    checks: tuple[Check, ...] = ()
    said: Expr = TRUE

    @property
    def defined(self) -> Expr:
        """All its checks."""
        return conjunction(check.condition for check in self.checks)


def node_frame(frame: Frame, node: NodeInstance, sight: Sight) -> Frame:
    """The place where the code of a node stands."""
    return frame.inside(file=node.file, node=node, sight=sight, locals={}, checks=[], path=TRUE)


def finish(
    frame: Frame,
    condition: Condition,
    *,
    name: str,
    shown: str,
    kind: Kind,
    parameters: tuple[Parameter, ...],
    ids: tuple[ast.Requirement, ...],
    origin: Span,
    receives: Receipt | None = None,
) -> Action | None:
    """The action that the walked body amounts to; None if an option switches it off."""
    step = frame.step
    assert step is not None
    enabled = disjunction(
        (negate(condition.defined), both(condition.guard, conjunction(step.guards)))
    )
    if enabled is FALSE:
        return None
    chosen = tuple(Parameter(variable, within) for variable, within in step.parameters)
    return Action(
        name=name,
        kind=kind,
        parameters=(*parameters, *chosen),
        guard=enabled,
        checks=tuple(dict.fromkeys((*condition.checks, *frame.checks))),
        assignments=dict(step.values),
        node=frame.node.name if frame.node is not None else "",
        shown=shown,
        receives=receives,
        sends=tuple(step.sends),
        branches=tuple(step.branches),
        requirements=tuple(requirement.id for requirement in ids),
        origin=origin,
    )


def refuse_fairness(frame: Frame, fairness: str | None, span: Span) -> None:
    """Fairness is known to the grammar and not checked yet (decision 004): so it is refused."""
    if fairness is not None:
        frame.error(
            Code.LIVENESS,
            f"'{fairness}' is not checked yet",
            span,
            cause="liveness and fairness come with an engine of their own",
        )


def condition_of(frame: Frame, *guards: ast.Expr | None) -> Condition:
    """Conditions that must all hold, evaluated left to right."""
    inner = frame.inside(step=None, checks=[])
    parts: list[Expr] = []
    for guard in guards:
        if guard is not None:
            found = boolean(inner.under(conjunction(parts)), guard)
            parts.append(found)
    return Condition(conjunction(parts), tuple(inner.checks))


def plain_action(
    frame: Frame, declaration: ast.ActionDecl, *, name: str, taken: set[str]
) -> Made | None:
    """An action of a node or of the environment."""
    refuse_fairness(frame, declaration.fairness, declaration.name.span)
    frame = frame.inside(step=Step(), checks=[], taken=frozenset())
    parameters: list[Parameter] = []
    for parameter in declaration.parameters:
        made = _parameter(frame, parameter)
        if made is None:
            return None
        found, narrowed = made
        parameters.append(found)
        frame = frame.with_local(parameter.name.text, found.variable)
        frame = frame.inside(taken=frame.taken | {found.variable.name})
        assert frame.step is not None
        if narrowed is not TRUE:
            frame.step.guards.append(narrowed)
    _few(frame, declaration, parameters)
    condition = condition_of(frame, declaration.guard)
    block(frame.under(condition.guard) if condition.guard is FALSE else frame, declaration.body)
    action = finish(
        frame,
        condition,
        name=unique(name, taken),
        shown=declaration.name.text,
        kind=Kind.ENVIRONMENT if declaration.environment else Kind.ACTION,
        parameters=tuple(parameters),
        ids=declaration.ids,
        origin=declaration.name.span,
    )
    names = tuple(parameter.variable for parameter in parameters)
    if action is None:
        return None
    return Made(action, frame.node, declaration.name.text, None, names)


def _few(frame: Frame, declaration: ast.ActionDecl, parameters: list[Parameter]) -> None:
    """Refuses what no search can go through: each combination is tried in every state."""
    count = combinations(parameters)
    if count > LABELS_MAX:
        frame.error(
            Code.TOO_LARGE,
            f"the parameters of '{declaration.name.text}' have {count:,} combinations",
            declaration.name.span,
            cause="each of them is tried in every state",
            hint="give smaller bounds, or choose from a set that depends on the state",
        )


def combinations(parameters: Iterable[Parameter]) -> int:
    """How many choices of arguments there are, as far as that does not depend on the state."""
    count = 1
    for parameter in parameters:
        within = parameter.within
        if within is None:
            count *= max(1, len(ir.scalar_range(parameter.variable.type) or ()))
        elif isinstance(within, Literal) and isinstance(within.value, tuple):
            count *= max(1, len(within.value))
    return count


def _parameter(frame: Frame, declared: ast.ParameterDecl) -> tuple[Parameter, Expr] | None:
    name = declared.name.text
    if declared.type is not None:
        of = finite_type(frame.inside(sight=Sight.CONSTANT), declared.type)
        return None if of is POISON else (Parameter(make(Param, name, of)), TRUE)
    assert declared.domain is not None
    over = domain(frame.inside(step=None), declared.domain)
    if over is None:
        return None
    variable = make(Param, name, over.item)
    return Parameter(variable, over.collection), over.condition(variable)


def timeout(frame: Frame, declaration: ast.TimeoutHandler, taken: set[str]) -> Made | None:
    """``on timeout t``: possible while t runs and its own condition allows it; stops t first."""
    assert frame.node is not None
    refuse_fairness(frame, declaration.fairness, declaration.timer.span)
    node = frame.node
    frame = frame.inside(step=Step(), checks=[])
    timer = frame.members[declaration.timer.text]
    assert isinstance(timer, ast.TimerDecl) and frame.step is not None
    path = f"{node.name}.{timer.name.text}"
    running = frame.read(path, ir.BOOL)
    allowed = condition_of(frame.inside(sight=Sight.TIMER).under(running), timer.condition)
    wanted = condition_of(frame.under(both(running, allowed.guard)), declaration.guard)
    condition = Condition(
        conjunction((running, allowed.guard, wanted.guard)), (*allowed.checks, *wanted.checks)
    )
    frame.step.values[path] = truth(False)
    block(frame, declaration.body)
    action = finish(
        frame,
        condition,
        name=unique(f"{node.name}.timeout {timer.name.text}", taken),
        shown=f"timeout {timer.name.text}",
        kind=Kind.TIMEOUT,
        parameters=(),
        ids=declaration.ids,
        origin=declaration.span,
    )
    return None if action is None else Made(action, frame.node, timer.name.text)


def unique(name: str, taken: set[str]) -> str:
    """A name that no action has yet."""
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}#{count}"
    taken.add(candidate)
    return candidate
