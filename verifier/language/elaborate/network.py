"""Questions about the messages in flight."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import (
    TRUE,
    arithmetic,
    both,
    disjunction,
    less,
    number,
    quantified,
    size,
)
from verifier.ir.expr import Expr, HasTag, Param, make
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import boolean
from verifier.language.elaborate.frame import Frame, MessageLocal, Sight
from verifier.language.elaborate.places import at_place, contents, same_link
from verifier.language.elaborate.program import ChannelInfo, MessageInfo
from verifier.language.elaborate.quantifiers import fresh_name
from verifier.language.tables import Declared


def message_info(frame: Frame, message: ast.Ident) -> MessageInfo:
    """The message of this name."""
    declaration = frame.table.declared(message.text)
    assert isinstance(declaration, ast.MessageDecl)
    return frame.program.messages[id(declaration)]


def in_flight(frame: Frame, expr: ast.InFlight) -> Expr:
    """``in_flight(M(m) where P)`` and ``count_in_flight(...)``, also with ``at k``."""
    if not frame.sight.network:
        return frame.error(
            Code.NOT_IN_NODE_CODE,
            f"messages in flight are read by {frame.sight.value}",
            expr.span,
            cause="a node does not see the network",
            hint="use it in properties, environment actions and the 'when' of a timer",
        )
    if expr.message is None:
        counts = [size(contents(frame, c)) for c in frame.program.channels.values()]
        if expr.counted:
            total: Expr = number(0)
            for count in counts:
                total = arithmetic("+", total, count, ir.INTEGER)
            return total
        return disjunction(less(number(0), count) for count in counts)
    info = message_info(frame, expr.message)
    if expr.place is not None:
        return at_place(frame, expr, expr.place, info)
    within = contents(frame, info.channel)
    name = expr.variable.text if expr.variable is not None else expr.message.text
    variable = make(Param, fresh_name(frame, name), info.channel.type.message)
    tagged = make(HasTag, variable, info.tag)
    condition: Expr = TRUE
    if expr.condition is not None:
        with frame.bound(name, variable, within) as inner:
            inner.locals[name] = MessageLocal(variable, info)
            condition = boolean(inner.under(tagged), expr.condition)
    kind = "count" if expr.counted else "any"
    return quantified(kind, variable, within, both(tagged, condition))


def room(frame: Frame, expr: ast.Room) -> Expr:
    """``room(channel)``: one more message fits."""
    if frame.sight is Sight.CONSTANT:
        return frame.error(
            Code.NOT_CONSTANT,
            f"room in '{expr.channel.text}' is not known before the model runs",
            expr.span,
        )
    declaration = next(
        s.declaration
        for s in frame.table.symbols[expr.channel.text]
        if isinstance(s, Declared) and isinstance(s.declaration, ast.ChannelDecl)
    )
    channel = frame.program.channels.get(id(declaration))
    if channel is None:
        return frame.error(
            Code.NO_CHANNEL,
            f"no message travels on '{expr.channel.text}'",
            expr.channel.span,
            hint=f"write: message M {{ ... }} via {expr.channel.text}",
        )
    before = contents(frame, channel)
    free = _free(channel, before)
    if channel.per_link is None:
        return free
    # Nobody has said yet between whom: there is room if no link is full.
    message = make(Param, fresh_name(frame, "any"), channel.type.message)
    with frame.bound("any message", message, before) as inner:
        links = less(_on_link(inner, channel, before, message), number(channel.per_link))
    return both(free, quantified("all", message, before, links))


def fits(frame: Frame, channel: ChannelInfo, before: Expr, message: Expr) -> Expr:
    """Whether a channel that contains ``before`` has room for the message."""
    free = _free(channel, before)
    if channel.per_link is None:
        return free
    return both(free, less(_on_link(frame, channel, before, message), number(channel.per_link)))


def _free(channel: ChannelInfo, before: Expr) -> Expr:
    """Whether there are fewer messages than the whole channel has room for."""
    capacity = channel.type.capacity
    return TRUE if capacity is None else less(size(before), number(capacity))


def _on_link(frame: Frame, channel: ChannelInfo, before: Expr, message: Expr) -> Expr:
    """How many messages between the same two nodes are in flight."""
    other = make(Param, fresh_name(frame, "other"), channel.type.message)
    same = same_link(frame.program, other, message)
    return quantified("count", other, before, same)
