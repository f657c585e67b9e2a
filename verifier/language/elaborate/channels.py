"""Channels: their traits, and what the network does to messages by itself."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir import types as ir
from verifier.ir.build import (
    TRUE,
    arithmetic,
    conjunction,
    disjunction,
    equal,
    less,
    negate,
    number,
    size,
)
from verifier.ir.expr import At, Expr, Param, Put, RemoveAt, RepeatAt, Take, make
from verifier.ir.faults import Fault
from verifier.ir.system import Action, Check, Kind, Parameter, Receipt, Send
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import lifted, needs_value
from verifier.language.elaborate.frame import Frame
from verifier.language.elaborate.network import fits
from verifier.language.elaborate.places import contents
from verifier.language.elaborate.program import ChannelInfo
from verifier.language.elaborate.types import constant_int
from verifier.language.tables import is_unbounded

CAPACITY_DEFAULT = 8


def traits(
    frame: Frame,
    declaration: ast.ChannelDecl,
    message: ir.Message,
    messages: tuple[ast.MessageDecl, ...],
) -> ChannelInfo:
    """The channel that a declaration describes."""
    amounts: dict[str, int | None] = {}  # None: nothing is said of it, or no limit
    for trait in declaration.traits:
        clash = _CLASHES.get(trait.kind, set()) & amounts.keys()
        if trait.kind in amounts or clash:
            frame.error(
                Code.BAD_TRAITS,
                f"the trait '{_words(trait.kind)}' contradicts or repeats another one",
                trait.span,
            )
        if trait.kind == "fair_trait":
            frame.error(
                Code.LIVENESS,
                "fairness of a channel",
                trait.span,
                cause="liveness comes with an engine of its own",
            )
        amount = _amount(frame, trait)
        if amount is not None and amount < (1 if trait.kind.startswith("capacity") else 0):
            frame.error(Code.BAD_TRAITS, f"{amount} is too small here", trait.span)
            amount = 1
        amounts[trait.kind] = amount
    fifo = "fifo" in amounts
    per_link = amounts.get("capacity_per_link")
    said = "capacity" in amounts or "capacity_per_link" in amounts
    capacity = amounts.get("capacity") if said else CAPACITY_DEFAULT
    if capacity is None and per_link is not None:
        capacity = per_link * len(frame.program.nodes.labels) ** 2
    losses = None if "lossy" in amounts else amounts.get("loses", 0)
    never = "duplicates" not in amounts and "duplicates_when_room" not in amounts
    duplicates = amounts.get("duplicates_at_most", 0) if never else None
    if fifo and capacity is None and (losses != 0 or duplicates != 0):
        _refuse_endless_queue(frame, declaration)
        capacity = 1
    return ChannelInfo(
        declaration.name.text,
        ir.Channel(message, fifo, capacity),
        messages,
        per_link,
        losses,
        duplicates,
        "duplicates_when_room" in amounts,
        next(_lifted_capacities(frame, declaration), None),
        declaration.name.span,
    )


def _lifted_capacities(frame: Frame, declaration: ast.ChannelDecl) -> Iterator[ast.Option]:
    for trait in declaration.traits:
        bound = lifted(frame, trait.amount)
        if trait.kind in _CAPACITIES and bound is not None:
            yield bound


def _amount(frame: Frame, trait: ast.Trait) -> int | None:
    """The number of a trait; None if it has none, or means no limit."""
    open_ended = trait.amount is not None and is_unbounded(trait.amount)
    if trait.amount is None or open_ended or lifted(frame, trait.amount) is not None:
        return None
    return constant_int(frame, trait.amount)


def _refuse_endless_queue(frame: Frame, declaration: ast.ChannelDecl) -> None:
    """The places of a queue are gone through to lose or to double what stands there."""
    trait = next(trait for trait in declaration.traits if trait.kind in _CAPACITIES)
    bound = lifted(frame, trait.amount)
    cause = "each place of a queue is a step of its own"
    if bound is not None:
        needs_value(frame, bound, trait.span, cause)
        return
    frame.error(
        Code.BAD_TRAITS,
        "a fifo channel that loses or duplicates messages needs a capacity",
        trait.span,
        cause=cause,
        hint="give it one, or make it unordered",
    )


_CAPACITIES = ("capacity", "capacity_per_link")
_CLASHES: dict[str, set[str]] = {
    "fifo": {"unordered"},
    "unordered": {"fifo"},
    "lossy": {"loses"},
    "loses": {"lossy"},
    "duplicates": {"duplicates_at_most", "duplicates_when_room"},
    "duplicates_at_most": {"duplicates"},
    "duplicates_when_room": {"duplicates"},
}


def _words(kind: str) -> str:
    return kind.replace("_", " ").replace("fair trait", "fair")


def budgets(channel: ChannelInfo) -> Iterator[tuple[str, ir.Int]]:
    """The hidden variables that count what a channel may still do to messages."""
    if channel.losses:
        yield f"{channel.name}.losses left", ir.Int(0, channel.losses)
    if channel.duplicates:
        yield f"{channel.name}.duplicates left", ir.Int(0, channel.duplicates)


def disturbances(frame: Frame, channel: ChannelInfo) -> Iterator[Action]:
    """Loss and duplication of each distinct message."""
    frame = frame.inside(step=None, checks=[])
    if channel.losses != 0:
        yield _disturbance(frame, channel, Kind.LOSS, channel.losses)
    if channel.duplicates != 0:
        yield _disturbance(frame, channel, Kind.DUPLICATION, channel.duplicates)


def _disturbance(frame: Frame, channel: ChannelInfo, kind: Kind, limit: int | None) -> Action:
    loss = kind is Kind.LOSS
    before = contents(frame, channel)
    parameter, guards, message, after = _chosen(channel, before, loss)
    assignments: dict[str, Expr] = {channel.name: after}
    if limit is not None:
        name = f"{channel.name}.{'losses' if loss else 'duplicates'} left"
        of = ir.Int(0, limit)
        left = frame.read(name, of)
        guards.append(less(number(0), left))
        assignments[name] = arithmetic("-", left, number(1), ir.Int(-1, limit - 1))
    checks: list[Check] = []
    if not loss:
        free = fits(frame, channel, before, message)
        if channel.duplicates_when_room:
            guards.append(free)
        elif free is not TRUE:
            text = f"a duplicate does not fit: the channel '{channel.name}' is full"
            checks.append(Check(str(Fault.CHANNEL_FULL), "runtime", text, free, channel.span))
    return Action(
        name=f"{channel.name}.{'lose' if loss else 'duplicate'}",
        kind=kind,
        parameters=(parameter,),
        guard=conjunction(guards),
        checks=tuple(checks),
        assignments=assignments,
        shown="lose" if loss else "duplicate",
        receives=Receipt(channel.name, message) if loss else None,
        sends=() if loss else (Send(TRUE, channel.name, message),),
        origin=channel.span,
    )


def _chosen(
    channel: ChannelInfo, before: Expr, loss: bool
) -> tuple[Parameter, list[Expr], Expr, Expr]:
    """Which message: by its value where order does not matter, else by its place in the queue.

    Of equal neighbours in a queue only the first is tried, for the others would do the same.  A
    duplicate stands directly behind its original.
    """
    if not channel.type.fifo:
        message = make(Param, "message", channel.type.message)
        kind = Take if loss else Put
        return Parameter(message, before), [], message, make(kind, before, message, channel.type)
    most = channel.type.capacity
    assert most is not None, "queues without a bound lose and double nothing"
    place = make(Param, "place", ir.Int(0, most - 1))
    there = make(At, before, place, channel.type.message)
    previous_place = arithmetic("-", place, number(1), ir.Int(-1, most - 2))
    previous = make(At, before, previous_place, channel.type.message)
    first_of_equals = disjunction((equal(place, number(0)), negate(equal(previous, there))))
    guards = [less(place, size(before)), first_of_equals]
    change = RemoveAt if loss else RepeatAt
    return Parameter(place), guards, there, make(change, before, place, channel.type)
