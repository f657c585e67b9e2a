"""What stands at a place of a fifo channel: ``in_flight(M(m) at k where P)``.

A channel is kept as one row, link after link and in each link in the order of sending.  Who writes
a model thinks of one queue for each pair of nodes, so ``at k`` counts there.  ``at k overall``
counts in the row: that is what provers speak of, and where messages go from one node to one other
it is the same.
"""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import (
    arithmetic,
    at_most,
    both,
    choose,
    conjunction,
    disjunction,
    equal,
    in_range,
    interval,
    literal,
    negate,
    number,
    quantified,
    size,
)
from verifier.ir.expr import At, Expr, HasTag, Literal, MessageField, Param, make
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import needs_value
from verifier.language.elaborate.coercion import boolean, value
from verifier.language.elaborate.frame import POISON, Frame, MessageLocal, Sight, is_poison
from verifier.language.elaborate.program import ChannelInfo, MessageInfo, Program
from verifier.language.elaborate.quantifiers import fresh_name
from verifier.source import Span


def contents(frame: Frame, channel: ChannelInfo) -> Expr:
    """What is in a channel here."""
    return frame.read(channel.name, channel.type)


def same_link(program: Program, left: Expr, right: Expr) -> Expr:
    """Whether two messages go from the same node to the same node."""
    return conjunction(
        equal(*(make(MessageField, message, -1, end, program.nodes) for message in (left, right)))
        for end in (0, 1)
    )


def at_place(frame: Frame, expr: ast.InFlight, place: ast.QueuePlace, info: MessageInfo) -> Expr:
    """``in_flight(M(m) at k where P)`` and ``count_in_flight(...)`` of it."""
    channel = info.channel
    wanted = value(frame, place.number, ir.INTEGER)
    if is_poison(wanted) or not _there_can_be(frame, channel, place, wanted):
        return literal(0, POISON)
    row = contents(frame, channel)
    if place.overall or len(frame.program.nodes.labels) == 1:
        found = _standing(frame, expr, info, row, wanted)
        return choose(found, number(1), number(0), ir.INTEGER) if expr.counted else found
    most = channel.type.capacity
    assert most is not None, "see `_there_can_be`"
    # What stands at place k of its link stands at place k overall or behind it.
    known = wanted.value if isinstance(wanted, Literal) else 1
    places = ir.Int(known if isinstance(known, int) else 1, most)
    variable = make(Param, fresh_name(frame, "place"), places)
    with frame.bound(" place", variable, places) as inner:
        counted = _counted_on_link(frame.program, row, variable, wanted)
        claim = _standing(inner.under(counted), expr, info, row, variable)
    kind = "count" if expr.counted else "any"
    return quantified(kind, variable, places, both(counted, claim))


def _standing(frame: Frame, expr: ast.InFlight, info: MessageInfo, row: Expr, place: Expr) -> Expr:
    """Whether a message of the kind, of which the condition is true, stands at a place of the row,
    from 1."""
    assert expr.message is not None
    message = _at(row, _minus(place, number(1)))
    inside = conjunction((in_range(place, 1, None), at_most(place, size(row))))
    tagged = both(inside, make(HasTag, message, info.tag))
    if expr.condition is None:
        return tagged
    name = expr.variable.text if expr.variable is not None else expr.message.text
    inner = frame.with_local(name, MessageLocal(message, info)).under(tagged)
    return both(tagged, boolean(inner, expr.condition))


def _counted_on_link(program: Program, row: Expr, place: Expr, wanted: Expr) -> Expr:
    """Whether the message at a place of the row is the one that is wanted of its link: the messages
    of a link stand together, so the first of them has to be so many places before."""
    here = _at(row, _minus(place, number(1)))
    first = _minus(place, wanted)
    one_more = arithmetic("+", wanted, number(1), interval("+", _type(wanted), ir.Int(1, 1)))
    before = _at(row, _minus(place, one_more))
    return conjunction(
        (
            in_range(wanted, 1, None),
            in_range(first, 0, None),
            same_link(program, _at(row, first), here),
            disjunction((equal(place, wanted), negate(same_link(program, before, here)))),
        )
    )


def _at(row: Expr, index: Expr) -> Expr:
    assert isinstance(row.type, ir.Channel)
    return make(At, row, index, row.type.message)


def _minus(left: Expr, right: Expr) -> Expr:
    return arithmetic("-", left, right, interval("-", _type(left), _type(right)))


def _type(found: Expr) -> ir.Type:
    """A type as narrow as what is known."""
    known = found.value if isinstance(found, Literal) else None
    return ir.Int(known, known) if isinstance(known, int) else found.type


def _there_can_be(frame: Frame, channel: ChannelInfo, place: ast.QueuePlace, wanted: Expr) -> bool:
    """Whether something can stand at the place; if not that is reported."""
    most = channel.type.capacity
    if not channel.type.fifo:
        _no_place(
            frame, f"the messages in '{channel.name}' have no places", place.span,
            cause="the channel is unordered: any of them may be received next",
            hint="make it fifo, or leave 'at' out",
        )  # fmt: skip
        return False
    if place.overall and frame.program.symmetric and frame.sight is not Sight.LEMMA:
        frame.error(
            Code.NOT_SYMMETRIC,
            f"'overall' tells the members of '{frame.program.symmetric}' apart",
            place.span,
            cause="the links of a channel stand in the order in which the nodes are declared",
            hint="leave it out, to count on the link of the message alone",
        )
        return False
    if most is None and not place.overall:
        cause = "each place of the channel is looked at"
        if channel.endless is not None:
            needs_value(frame, channel.endless, place.span, cause)
        else:
            _no_place(
                frame, f"'{channel.name}' has no last place", place.span, cause=cause,
                hint="give the channel a capacity",
            )  # fmt: skip
        return False
    if channel.per_link is not None and not place.overall:
        most = channel.per_link if most is None else min(most, channel.per_link)
    if not isinstance(wanted, Literal):
        return True
    assert isinstance(wanted.value, int)
    if wanted.value >= 1 and (most is None or wanted.value <= most):
        return True
    _no_place(
        frame, f"'{channel.name}' has no place {wanted.value}", place.number.span,
        hint="its first place is 1" + (f", its last {most}" if most is not None else ""),
    )  # fmt: skip
    return False


def _no_place(frame: Frame, message: str, span: Span, cause: str = "", hint: str = "") -> None:
    frame.error(Code.NO_PLACE, message, span, cause, hint)
