"""``send``: who sends, what, and whether there is room for it."""

from __future__ import annotations

from verifier.ir.build import literal
from verifier.ir.expr import Expr, MessageOf, Put, make
from verifier.ir.faults import Fault
from verifier.ir.system import Send
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import value
from verifier.language.elaborate.elements import field_values
from verifier.language.elaborate.frame import Frame, Sight, is_poison
from verifier.language.elaborate.network import fits, message_info
from verifier.language.elaborate.places import contents
from verifier.language.elaborate.program import ChannelInfo


def send(frame: Frame, statement: ast.Send) -> None:
    """Puts a message into its channel."""
    sender = _sender(frame, statement)
    info = message_info(frame, statement.message)
    own = info.record.fields[2:]
    items = field_values(frame, info.name, own, statement.fields, statement.span)
    receiver = value(frame, statement.receiver, frame.program.nodes)
    if items is None or is_poison(receiver) or is_poison(sender):
        return
    message = make(MessageOf, info.tag, (sender, receiver, *items), info.channel.type.message)
    put(frame, info.channel, message, statement)


def _sender(frame: Frame, statement: ast.Send) -> Expr:
    """The node whose step it is; what the environment sends may claim to be from another one."""
    if statement.sender is not None:
        if frame.sight is not Sight.ENVIRONMENT:
            return frame.error(
                Code.NO_SENDER,
                f"{frame.sight.value} sends in the name of another node",
                statement.span,
                cause="what a node sends comes from itself",
                hint="leave out 'from', or make this an 'environment action'",
            )
        return value(frame, statement.sender, frame.program.nodes)
    if frame.node is None:
        return frame.error(
            Code.NO_SENDER,
            "a message is sent outside a node",
            statement.span,
            hint="say in whose name: send M { ... } from NODE to NODE",
        )
    return literal(frame.node.ordinal, frame.program.nodes)


def put(frame: Frame, channel: ChannelInfo, message: Expr, statement: ast.Send) -> None:
    """Sends a message: there must be room for it."""
    assert frame.step is not None
    before = contents(frame, channel)
    frame.require(
        Fault.CHANNEL_FULL,
        fits(frame, channel, before, message),
        f"the channel '{channel.name}' is full",
        statement.span,
    )
    frame.step.sends.append(Send(frame.path, channel.name, message))
    frame.step.values[channel.name] = make(Put, before, message, channel.type)
