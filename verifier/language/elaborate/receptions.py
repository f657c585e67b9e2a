"""What a node does with every message that reaches it: handle, ignore, defer, or be surprised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verifier.ir import types as ir
from verifier.ir.build import FALSE, both, conjunction, disjunction, equal, literal, negate
from verifier.ir.expr import (
    Deliverable,
    Expr,
    HasTag,
    Literal,
    MessageField,
    MessageOf,
    Param,
    Take,
    make,
)
from verifier.ir.faults import Fault
from verifier.ir.rewrite import replace_leaves
from verifier.ir.system import Action, Check, Kind, Parameter, Receipt
from verifier.language import ast
from verifier.language.elaborate.actions import Condition, Made
from verifier.language.elaborate.frame import Frame, Sight
from verifier.language.elaborate.network import message_info
from verifier.language.elaborate.places import contents
from verifier.language.elaborate.program import ChannelInfo, MessageInfo, NodeInstance
from verifier.language.elaborate.receipts import (
    handler,
    ignored,
    message_variable,
    receipt_condition,
    without,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a node says about one kind of message."""

    info: MessageInfo
    handlers: tuple[ast.Handler, ...]
    ignores: tuple[tuple[ast.Ignore, Condition], ...]
    kept: Expr  # no handler takes it, and it is deferred
    said: Expr  # of a message of this kind for this node: something is said about it


@dataclass(frozen=True, slots=True)
class Receptions:
    """The rules of one node for one channel, and what the channel can deliver to it."""

    node: NodeInstance
    channel: ChannelInfo
    rules: tuple[Rules, ...]
    within: Expr


def receive(
    frame: Frame, node: NodeInstance, names: set[str]
) -> tuple[list[Made], list[Receptions]]:
    """The receipts of a node, and what `surprises` needs to know about them."""
    frame = frame.inside(sight=Sight.NODE, taken=frozenset({"message"}))
    made: list[Made | None] = []
    receptions: list[Receptions] = []
    for channel in frame.program.channels.values():
        # First when each message is handled and deferred, then the steps: in a fifo channel what
        # is deferred decides which message is the next one.
        rules = tuple(_rules(frame, node, info) for info in _messages(frame, channel))
        within = _deliverable(frame, channel, [rule.kept for rule in rules])
        for rule in rules:
            made += [handler(frame, h, rule.info, within, names) for h in rule.handlers]
            made += [
                ignored(frame, rule.info, condition, within, declaration, names)
                for declaration, condition in rule.ignores
            ]
        receptions.append(Receptions(node, channel, rules, within))
    return [m for m in made if m is not None], receptions


def _messages(frame: Frame, channel: ChannelInfo) -> Iterator[MessageInfo]:
    infos = frame.program.messages.values()
    yield from sorted((i for i in infos if i.channel is channel), key=lambda info: info.tag)


def _rules(frame: Frame, node: NodeInstance, info: MessageInfo) -> Rules:
    members = node.declaration.members
    handlers = tuple(
        m
        for m in members
        if isinstance(m, ast.Handler) and message_info(frame, m.pattern.message) is info
    )
    conditions = [receipt_condition(frame, h.pattern, h.guard, info) for h in handlers]
    handled = disjunction(condition.guard for condition in conditions)
    defers = [condition for _, condition in _matching(frame, members, ast.Defer, info)]
    deferred = disjunction(condition.guard for condition in defers)
    kept = both(deferred, negate(handled))
    said = [condition.said for condition in (*conditions, *defers)]
    ignores: list[tuple[ast.Ignore, Condition]] = []
    earlier: list[Expr] = [handled, deferred]
    for declaration, condition in _matching(frame, members, ast.Ignore, info):
        assert isinstance(declaration, ast.Ignore)
        ignores.append((declaration, without(condition, *earlier)))
        earlier.append(condition.guard)
        said.append(condition.said)
    return Rules(info, handlers, tuple(ignores), kept, disjunction(said))


def _matching(
    frame: Frame,
    members: Iterable[ast.Member],
    kind: type[ast.Ignore] | type[ast.Defer],
    info: MessageInfo,
) -> Iterator[tuple[ast.Ignore | ast.Defer, Condition]]:
    for member in members:
        if isinstance(member, kind):
            for pattern in member.patterns:
                if message_info(frame, pattern.message) is info:
                    yield member, receipt_condition(frame, pattern, member.guard, info)


def _deliverable(frame: Frame, channel: ChannelInfo, kept: list[Expr]) -> Expr:
    """Unordered: any message.  Fifo: of every link the first that is not deferred."""
    all_of_it = contents(frame, channel)
    if not channel.type.fifo:
        return all_of_it
    message = message_variable(channel)
    bound = make(Param, "queued", channel.type.message)
    deferred = replace_leaves(disjunction(kept), lambda node: bound if node is message else None)
    of = ir.List(channel.type.message, channel.type.capacity)
    return make(Deliverable, all_of_it, bound, deferred, of)


def surprises(frame: Frame, receptions: Iterable[Receptions], made: Iterable[Made]) -> list[Action]:
    """Unspecified receptions: a step that fails, for every message that can reach a node and that
    nothing in the node is said about."""
    sent = _sent(m.action for m in made)
    found = [_surprise(frame, reception, sent) for reception in receptions]
    return [action for action in found if action is not None]


def _sent(actions: Iterable[Action]) -> set[tuple[str, int, int]]:
    """Channel, tag and receiver of every message that some step may send."""
    found: set[tuple[str, int, int]] = set()
    for action in actions:
        for send in action.sends:
            assert isinstance(send.message, MessageOf)
            receiver = send.message.items[1]
            numbers: Iterable[int]
            if isinstance(receiver, Literal):
                assert isinstance(receiver.value, int)
                numbers = (receiver.value,)
            else:
                numbers = ir.scalar_range(receiver.type) or ()
            found.update((send.channel, send.message.tag, number) for number in numbers)
    return found


def _surprise(
    frame: Frame, reception: Receptions, sent: set[tuple[str, int, int]]
) -> Action | None:
    node, channel = reception.node, reception.channel
    message = message_variable(channel)
    nodes = frame.program.nodes
    checks: list[Check] = []
    for rule in reception.rules:
        if (channel.name, rule.info.tag, node.ordinal) not in sent:
            continue
        lost = both(make(HasTag, message, rule.info.tag), negate(rule.said))
        if lost is not FALSE:
            text = f"{node.name} does not say what it does with {rule.info.name} here"
            checks.append(
                Check(
                    str(Fault.UNSPECIFIED_RECEPTION),
                    "reception",
                    text,
                    negate(lost),
                    node.declaration.name.span,
                )
            )
    receiver = make(MessageField, message, -1, 1, nodes)
    mine = equal(receiver, literal(node.ordinal, nodes))
    if not checks:
        return None
    lost = both(mine, negate(conjunction(check.condition for check in checks)))
    take = make(Take, contents(frame, channel), message, channel.type)
    return Action(
        name=f"{node.name}.unexpected in {channel.name}",
        kind=Kind.HANDLER,
        parameters=(Parameter(message, reception.within),),
        guard=lost,
        checks=tuple(checks),
        assignments={channel.name: take},
        node=node.name,
        shown="unexpected",
        receives=Receipt(channel.name, message),
        origin=node.declaration.name.span,
    )
