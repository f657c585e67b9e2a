"""What steps do to channels, as code; each agrees with the function of its name in `ir.channels`.

An unordered channel is kept sorted, so that equal multisets are equal words.  Packed messages
compare as the values do, except for sets inside of them: those are compared by their members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from verifier.engines.native.access import Access
from verifier.engines.native.arrays import (
    Packed,
    each,
    either_of,
    equal,
    inserted,
    layout_of,
    removed,
    used_at,
)
from verifier.engines.native.code import Bit, Word
from verifier.engines.native.values import Number, Small, Truth, Value, Wide, slots
from verifier.ir import types as T
from verifier.ir.packing import Array, Choice, Layout, Row, Scalar

UNROLLED_MAX = 12


def put(a: Access, channel: Packed, message: Value) -> Packed:
    """One more message; a full channel stays as it is."""
    of = cast(T.Channel, channel.type)
    packed = a.packed(message, of.message)
    index = (_behind_link if of.fifo else _sorted_place)(a, channel, packed)
    if of.capacity == 1:
        index = 0
    full = used_at(a, channel, slots(of.capacity) - 1)
    if isinstance(channel, Small):
        # A place behind the last slot occurs only when the channel is full.
        index = a.f.choose(full, 0, index)
        return either_of(a, full, channel, inserted(a, channel, index, packed))
    index = a.f.choose(full, 0, index)
    return either_of(a, full, channel, inserted(a, channel, index, packed))


def _sorted_place(a: Access, channel: Packed, message: Packed) -> Word:
    layout = layout_of(a, channel)
    if isinstance(channel, Small) and layout.count <= UNROLLED_MAX and not has_sets(layout):
        assert isinstance(message, Small)
        index: Word = 0
        for number in range(layout.count):
            slot = cast(Small, a.item(channel, number)).word
            # 0 minus 1 is larger than any message: an unused slot is behind all.
            behind = a.f.compare("ult", a.f.op(f"add i64 {slot}, -1"), message.word)
            index = a.f.add(index, a.f.word(behind))
        return index
    return _count_while(a, channel, lambda slot: not_after(a, slot, message))


def _behind_link(a: Access, channel: Packed, message: Packed) -> Word:
    mine = link(a, message)
    return _count_while(a, channel, lambda slot: a.f.compare("ule", link(a, slot), mine))


def _count_while(a: Access, channel: Packed, holds: Callable[[Packed], Bit]) -> Word:
    """How many messages at the front satisfy a condition."""
    found = a.f.local(0)
    with each(a, channel) as (i, message, _, leave):
        a.f.set(found, i)
        assert isinstance(message, Small | Wide)
        a.f.leave_unless(holds(message), leave)
        a.f.set(found, a.f.add(i, 1))
    return a.f.get(found)


def link(a: Access, message: Packed) -> Word:
    """Sender and receiver as one number that keeps their order."""
    assert isinstance(message.type, T.Message)
    sender, receiver = (message_end(a, message, index) for index in (0, 1))
    kind = message.type.alternatives[0].fields[1][1]
    scalar = cast(Scalar, a.packing.layout(kind))
    base = a.f.sub(receiver.word, scalar.low)
    return a.f.add(a.f.mul(sender.word, max(scalar.count, 1)), base)


def message_end(a: Access, message: Value, index: int) -> Number:
    """The sender (0) or the receiver (1) of a message of any alternative."""
    if not isinstance(message, Small | Wide):
        return cast(Number, a.message_part(message, 0, index))
    layout = cast(Choice, a.packing.layout(message.type))
    alternatives = cast(T.Message, message.type).alternatives
    found = cast(Number, a.message_part(message, 0, index))
    for tag in range(1, len(alternatives)):
        if layout.rows[tag].places[index + 1] != layout.rows[0].places[index + 1]:
            other = cast(Number, a.message_part(message, tag, index))
            word = a.f.choose(a.has_tag(message, tag), other.word, found.word)
            found = Number(word, min(found.low, other.low), max(found.high, other.high))
    return found


def take(a: Access, channel: Packed, message: Value) -> Packed:
    """Without the first copy of a message, if there is one."""
    layout = layout_of(a, channel)
    index = a.f.local(layout.count)
    with each(a, channel) as (i, other, again, leave):
        a.f.leave_unless(equal(a, other, message), again)
        a.f.set(index, i)
        a.f.jump(leave)
    found = a.f.compare("slt", a.f.get(index), layout.count)
    place = a.f.choose(found, a.f.get(index), 0)
    return either_of(a, found, removed(a, channel, place), channel)


def remove_at(a: Access, channel: Packed, index: Number, inside: Bit) -> Packed:
    """Without the message at a place, if it is inside."""
    place = a.f.choose(inside, index.word, 0)
    return either_of(a, inside, removed(a, channel, place), channel)


def repeat_at(a: Access, channel: Packed, index: Number, inside: Bit) -> Packed:
    """The message at a place twice, if it is inside and the channel is not full."""
    layout = layout_of(a, channel)
    fits = a.f.both(inside, a.f.not_(used_at(a, channel, layout.count - 1)))
    place = a.f.choose(fits, index.word, 0)
    return either_of(a, fits, inserted(a, channel, place, a.item(channel, place)), channel)


# ---- order -------------------------------------------------------------------------------------


def has_sets(layout: Layout) -> bool:
    """Whether a set is among the parts of a message."""
    match layout:
        case Scalar():
            return False
        case Row(places=places):
            return any(has_sets(place.layout) for place in places)
        case Choice(rows=rows):
            return any(has_sets(row) for row in rows)
        case Array(item=item):
            return (isinstance(item, Scalar) and item.count == 2) or has_sets(item)


def not_after(a: Access, left: Packed, right: Packed) -> Bit:
    """Whether one message comes before another or is equal to it."""
    layout = a.packing.layout(left.type)
    if not has_sets(layout):
        if isinstance(left, Small) and isinstance(right, Small):
            return a.f.compare("ule", left.word, right.word)
        assert isinstance(left, Wide) and isinstance(right, Wide)
        result: Bit = True
        for number in reversed(range(layout.words)):
            one, other = a.f.load(left.pointer, number), a.f.load(right.pointer, number)
            less = a.f.compare("ult", one, other)
            same = a.f.compare("eq", one, other)
            result = a.f.either(less, a.f.both(same, result))
        return result
    return a.f.compare("sle", _sign(a, left, right), 0)


def _sign(a: Access, left: Value, right: Value) -> Word:
    """-1, 0 or 1: the order of two values of one type, part by part."""
    match left, right:
        case (Truth(one), Truth(other)):
            return a.f.sub(a.f.word(one), a.f.word(other))
        case (Number(), Number()):
            less = a.f.compare("slt", left.word, right.word)
            more = a.f.compare("sgt", left.word, right.word)
            return a.f.choose(less, -1, a.f.word(more))
        case ((Small() | Wide()), (Small() | Wide())):
            return _sign_of_compound(a, left, right)
        case _:
            raise AssertionError(left)


def _sign_of_compound(a: Access, left: Packed, right: Packed) -> Word:
    match left.type:
        case T.Record() | T.Optional():
            one, other = a.parts(left), a.parts(right)
            return _first(a, list(zip(one.items, other.items, strict=True)))
        case T.Set():
            return _sign_of_sets(a, left, right)
        case T.Map() | T.List():
            result = a.f.local(0)
            with a.f.loop(0, layout_of(a, left).count) as (i, _, leave):
                sign = _sign(a, a.item(left, i), a.item(right, i))
                a.f.set(result, sign)
                a.f.leave_unless(a.f.compare("eq", sign, 0), leave)
            return a.f.get(result)
        case T.Message(alternatives):
            choice = cast(Choice, a.packing.layout(left.type))
            kind = T.Int(0, len(alternatives))
            tag = choice.rows[0].places[0]
            result = a.f.local(_sign(a, a.part(left, tag, kind), a.part(right, tag, kind)))
            same = a.f.compare("eq", a.f.get(result), 0)
            for number, record in enumerate(alternatives):
                with a.f.when(a.f.both(same, a.has_tag(left, number))):
                    fields = range(len(record.fields))
                    pairs = [
                        (a.message_part(left, number, i), a.message_part(right, number, i))
                        for i in fields
                    ]
                    a.f.set(result, _first(a, pairs))
            return a.f.get(result)
        case _:
            raise AssertionError(left.type)


def _first(a: Access, pairs: list[tuple[Value, Value]]) -> Word:
    """The order of the first pair that differs."""
    result: Word = 0
    for left, right in reversed(pairs):
        sign = _sign(a, left, right)
        result = a.f.choose(a.f.compare("eq", sign, 0), result, sign)
    return result


def _sign_of_sets(a: Access, left: Packed, right: Packed) -> Word:
    """Sets compare as their members in increasing order: at the first member that only one has, the
    other one is larger if it has a larger member, and a beginning of the first if not."""
    count = layout_of(a, left).count
    state = a.f.local(0)  # 0 equal so far; 1, 2: only the left, only the right has the member
    sign = a.f.local(0)
    with a.f.loop(0, count) as (i, again, leave):
        one = cast(Truth, a.item(left, i)).bit
        other = cast(Truth, a.item(right, i)).bit
        undecided = a.f.compare("eq", a.f.get(state), 0)
        with a.f.when(undecided):
            only_left = a.f.both(one, a.f.not_(other))
            only_right = a.f.both(other, a.f.not_(one))
            a.f.set(sign, a.f.choose(only_left, 1, a.f.choose(only_right, -1, 0)))
            a.f.set(state, a.f.choose(only_left, 1, a.f.choose(only_right, 2, 0)))
            a.f.jump(again)
        from_left = a.f.compare("eq", a.f.get(state), 1)
        with a.f.when(a.f.choose_bit(from_left, other, one)):
            a.f.set(sign, a.f.choose(from_left, -1, 1))
            a.f.jump(leave)
    return a.f.get(sign)
