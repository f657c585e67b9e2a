"""Receipts: when a handler, ``ignore`` or ``defer`` applies, and the steps that take a message."""

from __future__ import annotations

from dataclasses import replace

from verifier.ir import types as ir
from verifier.ir.build import (
    FALSE,
    at_most,
    both,
    conjunction,
    equal,
    is_some,
    literal,
    negate,
    unwrap,
)
from verifier.ir.expr import Expr, HasTag, MessageField, Param, Take, make
from verifier.ir.system import Kind, Parameter, Receipt
from verifier.language import ast
from verifier.language.elaborate.actions import (
    Condition,
    Made,
    condition_of,
    finish,
    refuse_fairness,
    unique,
)
from verifier.language.elaborate.frame import Frame, MessageLocal, Sight, Step
from verifier.language.elaborate.places import contents
from verifier.language.elaborate.program import ChannelInfo, MessageInfo
from verifier.language.elaborate.statements import block
from verifier.language.elaborate.types import type_of

MESSAGE = "message"  # the parameter of every receipt


def message_variable(channel: ChannelInfo) -> Param:
    """The parameter that stands for the message in every receipt from a channel."""
    return make(Param, MESSAGE, channel.type.message)


def pattern_frame(
    frame: Frame, pattern: ast.Pattern, info: MessageInfo
) -> tuple[Frame, Expr, Expr]:
    """The scope behind ``M(m) from g: T``; that the message is of the kind and for this node; and
    that its sender fits."""
    assert frame.node is not None
    nodes = frame.program.nodes
    message = message_variable(info.channel)
    sender = make(MessageField, message, info.tag, 0, nodes)
    receiver = make(MessageField, message, info.tag, 1, nodes)
    arrived = both(
        make(HasTag, message, info.tag), equal(receiver, literal(frame.node.ordinal, nodes))
    )
    fits: list[Expr] = []
    inner = frame.inside(taken=frozenset({MESSAGE}))
    if pattern.variable is not None:
        inner = inner.with_local(pattern.variable.text, MessageLocal(message, info))
    if pattern.sender is not None:
        text = pattern.sender.text
        if pattern.sender_type is not None:
            named = ast.NamedType(pattern.sender_type, pattern.sender_type.span)
            of = type_of(frame.inside(sight=Sight.CONSTANT), named)
            numbers = ir.scalar_range(of)
            assert numbers is not None
            if of != nodes:
                fits.append(at_most(literal(numbers.start, nodes), sender))
                fits.append(at_most(sender, literal(numbers.stop - 1, nodes)))
            inner = inner.with_local(text, make(MessageField, message, info.tag, 0, of))
        elif text in frame.members or frame.table.declared(text) is not None:
            known = frame.elaborate(ast.Name(text, pattern.sender.span), nodes)
            if isinstance(known.type, ir.Optional):  # nobody is none
                fits += [is_some(known), equal(sender, unwrap(known, known.type.item))]
            else:
                fits.append(equal(sender, known))
        else:
            inner = inner.with_local(text, sender)
    return inner, arrived, conjunction(fits)


def receipt_condition(
    frame: Frame, pattern: ast.Pattern, guard: ast.Expr | None, info: MessageInfo
) -> Condition:
    """When a handler, ``ignore`` or ``defer`` applies to the message."""
    inner, arrived, fits = pattern_frame(frame, pattern, info)
    wanted = condition_of(inner.under(both(arrived, fits)), guard)
    said = both(fits, wanted.guard)
    return Condition(both(arrived, said), wanted.checks, said)


def handler(
    frame: Frame,
    declaration: ast.Handler,
    info: MessageInfo,
    within: Expr,
    taken: set[str],
) -> Made | None:
    """``on M(m) from g when G { ... }``."""
    node = frame.node
    assert node is not None
    refuse_fairness(frame, declaration.fairness, declaration.pattern.span)
    frame = frame.inside(step=Step(), checks=[])
    inner, _, _ = pattern_frame(frame, declaration.pattern, info)
    condition = receipt_condition(frame, declaration.pattern, declaration.guard, info)
    message = message_variable(info.channel)
    assert frame.step is not None
    frame.step.values[info.channel.name] = make(
        Take, contents(frame, info.channel), message, info.channel.type
    )
    block(inner.under(FALSE) if condition.guard is FALSE else inner, declaration.body)
    action = finish(
        inner,
        condition,
        name=unique(f"{node.name}.{info.name}", taken),
        shown=f"on {info.name}",
        kind=Kind.HANDLER,
        parameters=(Parameter(message, within),),
        ids=declaration.ids,
        origin=declaration.pattern.span,
        receives=Receipt(info.channel.name, message),
    )
    return None if action is None else Made(action, frame.node, info.name, info)


def ignored(
    frame: Frame,
    info: MessageInfo,
    condition: Condition,
    within: Expr,
    declaration: ast.Ignore,
    taken: set[str],
) -> Made | None:
    """``ignore M``: the message is taken without effect."""
    node = frame.node
    assert node is not None
    frame = frame.inside(step=Step(), checks=[])
    message = message_variable(info.channel)
    assert frame.step is not None
    frame.step.values[info.channel.name] = make(
        Take, contents(frame, info.channel), message, info.channel.type
    )
    action = finish(
        frame,
        condition,
        name=unique(f"{node.name}.ignore {info.name}", taken),
        shown=f"ignore {info.name}",
        kind=Kind.HANDLER,
        parameters=(Parameter(message, within),),
        ids=declaration.ids,
        origin=declaration.span,
        receives=Receipt(info.channel.name, message),
    )
    return None if action is None else Made(action, frame.node, info.name, info)


def without(condition: Condition, *others: Expr) -> Condition:
    """The condition where none of the others holds."""
    return replace(condition, guard=conjunction((condition.guard, *(negate(o) for o in others))))
