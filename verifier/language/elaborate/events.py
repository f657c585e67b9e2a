"""Events: which steps a step property or a line of a flow is about, and under which condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.ir import types as ir
from verifier.ir.build import FALSE, TRUE, at_most, both, conjunction, disjunction, equal, literal
from verifier.ir.expr import Expr, Literal, MessageField, MessageOf, make
from verifier.ir.system import Action
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.actions import Made
from verifier.language.elaborate.coercion import boolean
from verifier.language.elaborate.elements import array_element
from verifier.language.elaborate.frame import Frame, MessageLocal, is_poison
from verifier.language.elaborate.network import message_info
from verifier.language.elaborate.program import MessageInfo
from verifier.language.tables import similar


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One action that an event may be: the condition on the state before it and its parameters,
    and the scope in which the names of the event are bound."""

    action: Action
    condition: Expr
    frame: Frame


def occurrences(frame: Frame, event: ast.Event, made: Iterable[Made]) -> list[Occurrence]:
    """The steps that an event of the text names; reports one that can never happen."""
    made = list(made)
    nodes = range(0)
    if event.member is None:
        member, candidates = event.target.name.text, [m for m in made if m.node is None]
    else:
        meant = node_range(frame, event.target)
        if meant is None:
            return []
        nodes, member = meant, event.member.text
        candidates = [m for m in made if m.node is not None and m.node.ordinal in nodes]
    named = [m for m in candidates if m.member == member]
    if not named:
        known = sorted({m.member for m in candidates})
        if not _declared_but_off(frame, event, member, nodes):
            frame.error(
                Code.BAD_EVENT,
                f"nothing called '{member}' happens at '{event.target.name.text}'",
                event.span,
                hint=similar(member, known) or f"what happens there: {', '.join(known)}",
            )
        return []
    found = (_bind(frame, event, m) for m in named)
    return [o for o in found if o is not None and o.condition is not FALSE]


def _declared_but_off(frame: Frame, event: ast.Event, member: str, nodes: Iterable[int]) -> bool:
    """Whether the event exists in the text, but an option switches all its steps off, or there is
    no node of the type."""
    types = [node.declaration for node in frame.program.instances if node.ordinal in nodes]
    named = frame.table.declared(event.target.name.text)
    if isinstance(named, ast.NodeDecl):
        types.append(named)
    for part in (part for declaration in types for part in declaration.members):
        match part:
            case ast.Handler(pattern=pattern) if pattern.message.text == member:
                return True
            case ast.Ignore(patterns=patterns) if any(p.message.text == member for p in patterns):
                return True
            case ast.ActionDecl(name=name) if name.text == member:
                return True
            case ast.TimeoutHandler(timer=timer) if timer.text == member:
                return True
            case _:
                pass
    return event.member is None and isinstance(frame.table.declared(member), ast.ActionDecl)


def node_range(frame: Frame, target: ast.NodeName) -> range | None:
    """The ordinals of the nodes that a node name can mean; None after a mistake."""
    text = target.name.text
    if text == "Node":
        return ir.scalar_range(frame.program.nodes)
    declaration = frame.table.declared(text)
    if isinstance(declaration, ast.NodeDecl):
        return ir.scalar_range(frame.program.types[id(declaration)])
    assert isinstance(declaration, ast.Instance)
    if target.index is not None:
        found = array_element(frame, declaration, target.index, target.span)
        if is_poison(found):
            return None
        if not isinstance(found, Literal):
            frame.error(Code.NOT_CONSTANT, "an event needs a constant index", target.span)
            return None
        assert isinstance(found.value, int)
        return range(found.value, found.value + 1)
    if declaration.index is not None:
        members, _ = frame.program.arrays[id(declaration)]
        return range(members.low, members.low + len(members.labels))
    node = next(n for n in frame.program.instances if n.name == text)
    return range(node.ordinal, node.ordinal + 1)


def _bind(frame: Frame, event: ast.Event, made: Made) -> Occurrence | None:
    inner = frame.inside(
        taken=frame.taken | {p.variable.name for p in made.action.parameters}, after=False
    )
    if made.message is not None:
        assert made.action.receives is not None
        if len(event.variables) > 1:
            _too_many(frame, event, 1)
            return None
        for variable in event.variables:
            local = MessageLocal(made.action.receives.message, made.message)
            inner = inner.with_local(variable.text, local)
    else:
        if len(event.variables) > len(made.names):
            _too_many(frame, event, len(made.names))
            return None
        for variable, parameter in zip(event.variables, made.names, strict=False):
            inner = inner.with_local(variable.text, parameter)
    condition: Expr = TRUE
    if event.condition is not None:
        condition = defined_and(inner, event.condition)
    return Occurrence(made.action, condition, inner)


def _too_many(frame: Frame, event: ast.Event, most: int) -> None:
    frame.error(
        Code.WRONG_ARGUMENTS,
        f"this event binds at most {most} name{'s' if most != 1 else ''}",
        event.span,
        hint="a receipt binds its message; an action binds its parameters in order",
    )


def defined_and(frame: Frame, condition: ast.Expr) -> Expr:
    """The condition where it has a meaning, false where it has none: an event that cannot be
    asked about does not match."""
    inner = frame.inside(checks=[])
    found = boolean(inner, condition)
    return both(inner.defined(), found)


def receipts(frame: Frame, line: ast.FlowMessage, made: Iterable[Made]) -> dict[str, Expr]:
    """Action name -> condition, for ``a -> b: M(m) where P``."""
    senders, receivers = node_range(frame, line.sender), node_range(frame, line.receiver)
    if senders is None or receivers is None:
        return {}
    info = message_info(frame, line.message)
    found: dict[str, Expr] = {}
    for m in made:
        receives = m.action.receives
        if m.message is not info or m.node is None or m.node.ordinal not in receivers:
            continue
        assert receives is not None
        inner = frame.inside(taken=frame.taken | {"message"})
        if line.variable is not None:
            inner = inner.with_local(line.variable.text, MessageLocal(receives.message, info))
        sender = make(MessageField, receives.message, info.tag, 0, frame.program.nodes)
        condition = _within(frame, sender, senders)
        if line.condition is not None:
            condition = both(condition, defined_and(inner, line.condition))
        if condition is not FALSE:
            found[m.action.name] = condition
    if not found and not any(m.message is info for m in made):
        frame.error(
            Code.BAD_EVENT,
            f"no node takes the message '{info.name}'",
            line.span,
        )
    return found


def _within(frame: Frame, node: Expr, ordinals: range) -> Expr:
    nodes = frame.program.nodes
    if len(ordinals) == len(nodes.labels):
        return TRUE
    if not ordinals:
        return FALSE
    if len(ordinals) == 1:
        return equal(node, literal(ordinals.start, nodes))
    first, last = literal(ordinals.start, nodes), literal(ordinals.stop - 1, nodes)
    return conjunction((at_most(first, node), at_most(node, last)))


def traffic(info: MessageInfo, actions: Iterable[Action]) -> Iterator[tuple[str, Expr]]:
    """Action name -> when the action sends or receives a message of the kind."""
    for action in actions:
        conditions = [
            send.condition
            for send in action.sends
            if isinstance(send.message, MessageOf)
            and send.channel == info.channel.name
            and send.message.tag == info.tag
        ]
        if conditions:
            yield action.name, disjunction(conditions)
