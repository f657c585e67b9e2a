"""Expressions of the pivot as code.

Expressions are total, so everything a step needs is computed straight on and chosen from
afterwards: on this scale a select is cheaper than a branch that is guessed wrong.
"""

from __future__ import annotations

from typing import assert_never, cast

from verifier.engines.native import arithmetic, channels, collections, rows
from verifier.engines.native.arrays import (
    Packed,
    compare_numbers,
    either_of,
    equal,
    inserted,
    layout_of,
    removed,
    replaced_at,
    size,
    used_at,
)
from verifier.engines.native.code import Bit
from verifier.engines.native.fresh import fresh, newest
from verifier.engines.native.values import (
    Number,
    Parts,
    Small,
    Truth,
    Value,
    Wide,
    bounds,
    hull,
    resized,
    type_of,
)
from verifier.engines.native.writer import Writer
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, Param
from verifier.ir.packing import is_small


def make(w: Writer, expr: Expr) -> Value:
    """The code of one node; its parts are known already."""
    a = w.access
    match expr:
        case E.Literal(value, of):
            return a.constant(of, value)
        case E.Var(name, of):
            assert w.state is not None, f"{name} is read where there is no state"
            w.f.remark(name)
            return a.read(w.state, a.packing.places[w.variables[name]], of)
        case E.Param() | E.Next():
            raise AssertionError(f"{expr} is not bound here")
        case E.Not() | E.And() | E.Or():
            return Truth(_connected(w, expr))
        case E.Equal(left, right):
            counted = _size_compared(w, expr)
            return Truth(equal(a, w.value(left), w.value(right)) if counted is None else counted)
        case E.Less(left, right) | E.AtMost(left, right):
            counted = _size_compared(w, expr)
            if counted is not None:
                return Truth(counted)
            relation = "slt" if isinstance(expr, E.Less) else "sle"
            return Truth(compare_numbers(a, relation, w.number(left), w.number(right)))
        case E.Arith(op, left, right, of):
            return arithmetic.calculate(a, op, w.number(left), w.number(right), of)
        case E.If(condition, then, otherwise, of):
            bit = w.truth(condition)
            return _either(w, bit, w.value(then), w.value(otherwise), of)
        case E.Some(item, of):
            return Parts((Truth(True), w.value(item)), of)
        case E.IsSome(option):
            return cast(Truth, a.field(w.value(option), 0))
        case E.Unwrap(option, of):
            whole = w.value(option)
            item_ = a.field(whole, 1)
            if a.default_is_absent(of) and not isinstance(whole, Parts):
                return item_  # what is absent is all zeros, which is the default here
            return or_default(w, cast(Truth, a.field(whole, 0)).bit, item_, of)
        case E.Field(E.WithField(record, index, new), asked):
            return w.value(new if index == asked else w.read_through(expr, record))
        case E.Field(record, index):
            return a.field(w.value(record), index)
        case E.WithField(record, index, new, of):
            items = a.parts(w.value(record)).items
            return Parts((*items[:index], w.value(new), *items[index + 1 :]), of)
        case E.TupleOf(items_, of):
            return _tuple(w, [w.value(item) for item in items_], of)
        case E.MessageOf(tag, items_, of):
            return Parts(tuple(w.value(item) for item in items_), of, tag)
        case E.HasTag(message, tag):
            return Truth((message, tag) in w.facts or a.has_tag(w.value(message), tag))
        case E.MessageField():
            return _message_field(w, expr)
        case E.Lookup() | E.Store():
            return _map(w, expr)
        case E.At() | E.Replace() | E.Append() | E.Tail():
            return _list(w, expr)
        case E.Size(collection):
            return size(a, w.packed(collection))
        case E.Member() | E.SetOf() | E.SetOp() | E.Filter() | E.Quantified():
            return collections.make(w, expr)
        case E.Put() | E.Take() | E.RemoveAt() | E.RepeatAt():
            return _channel(w, expr)
        case E.Deliverable():
            return _deliverable(w, expr)
        case E.Fresh(back, offset):
            return fresh(w, w.number(back), offset)
        case E.LiveStamps():
            highest = a.packing.stamp_high // w.system.stamp_gap
            return Number(newest(w), 0, highest)
        case _:
            assert_never(expr)


def _connected(w: Writer, expr: E.Not | E.And | E.Or) -> Bit:
    match expr:
        case E.Not(argument):
            return w.f.not_(w.truth(argument))
        case E.And(arguments):
            result: Bit = True
            for part in arguments:
                result = w.f.both(result, w.truth(part))
            return result
        case E.Or(arguments):
            result = False
            for part in arguments:
                result = w.f.either(result, w.truth(part))
            return result
        case _:
            assert_never(expr)


# ---- parts of it ---------------------------------------------------------------------------


def _size_compared(w: Writer, expr: E.Equal | E.Less | E.AtMost) -> Bit | None:
    """A size compared with a constant: one look at a slot, instead of counting them."""
    match expr:
        case E.Less(E.Size(c), E.Literal(k)):
            bound, sense, whole = cast(int, k), False, c
        case E.AtMost(E.Size(c), E.Literal(k)):
            bound, sense, whole = cast(int, k) + 1, False, c
        case E.Less(E.Literal(k), E.Size(c)):
            bound, sense, whole = cast(int, k) + 1, True, c
        case E.AtMost(E.Literal(k), E.Size(c)):
            bound, sense, whole = cast(int, k), True, c
        case E.Equal(E.Size(c), E.Literal(0)) | E.Equal(E.Literal(0), E.Size(c)):
            bound, sense, whole = 1, False, c
        case _:
            return None
    if isinstance(whole.type, T.Set):
        return None
    if bound <= 0:
        return sense
    at_least = used_at(w.access, w.packed(whole), bound - 1)
    return at_least if sense else w.f.not_(at_least)


def or_default(w: Writer, condition: Bit, value: Value, of: T.Type) -> Value:
    """The value, or the default of its type."""
    if condition is True:
        return value
    return _either(w, condition, value, w.access.constant(of, T.default(of)), of)


def _either(w: Writer, condition: Bit, then: Value, otherwise: Value, of: T.Type) -> Value:
    f, a = w.f, w.access
    if isinstance(condition, bool):
        return then if condition else otherwise
    if isinstance(then, Truth) and isinstance(otherwise, Truth):
        return Truth(f.choose_bit(condition, then.bit, otherwise.bit))
    if isinstance(then, Number) and isinstance(otherwise, Number):
        bits = max(then.bits, otherwise.bits)
        word = f.choose(
            condition, resized(a.f, then, bits), resized(a.f, otherwise, bits), f"i{bits}"
        )
        return Number(word, min(then.low, otherwise.low), max(then.high, otherwise.high))
    if isinstance(of, T.Record | T.Optional) and (
        isinstance(then, Parts) or isinstance(otherwise, Parts)
    ):
        kinds = (
            [kind for _, kind in of.fields]
            if isinstance(of, T.Record)
            else [cast(T.Type, T.BOOL), of.item]
        )
        rows = zip(a.parts(then).items, a.parts(otherwise).items, kinds, strict=True)
        return Parts(tuple(_either(w, condition, x, y, kind) for x, y, kind in rows), of)
    if a.settled:
        wanted = of
    else:
        wanted = hull(type_of(then, _own(then, of)), type_of(otherwise, _own(otherwise, of)))
    return either_of(a, condition, a.packed(then, wanted), a.packed(otherwise, wanted))


def _tuple(w: Writer, items: list[Value], of: T.Type) -> Value:
    """A record in its parts; a map or a list packed."""
    a = w.access
    match of:
        case T.Record():
            return Parts(tuple(items), of)
        case T.Map(_, kind) | T.List(kind):
            wanted = kind
            if not a.settled:
                for item in items:
                    wanted = hull(wanted, type_of(item, kind))
            whole: T.Type = (
                T.Map(of.key, wanted) if isinstance(of, T.Map) else T.List(wanted, of.capacity)
            )
            return _array(w, items, whole, wanted)
        case _:
            raise AssertionError(of)


def _array(w: Writer, items: list[Value], of: T.Type, kind: T.Type) -> Packed:
    a = w.access
    layout = a.packing.layout(of)
    slots = [item if isinstance(of, T.Map) else a.as_slot(item, kind) for item in items]
    slot_kind = a.slot_type(of)
    array = layout_of(a, Small(0, of))
    if is_small(layout):
        word: int | str = 0
        for number, slot in enumerate(slots):
            place = array.place(number)
            word = w.f.or_(word, w.f.shl(a.word(slot, slot_kind), place.shift))
        return Small(word, of)
    pointer = w.f.room(layout.words)
    rows.clear(a.f, pointer, layout.words)
    for number, slot in enumerate(slots):
        a.put_item(pointer, array, number, slot, slot_kind)
    return Wide(pointer, of)


def _message_field(w: Writer, expr: E.MessageField) -> Value:
    a = w.access
    message = w.value(expr.message)
    if expr.tag == -1:
        return channels.message_end(a, message, expr.index)
    if isinstance(message, Parts) and message.tag != expr.tag:
        return a.constant(expr.type, T.default(expr.type))
    part = a.message_part(message, expr.tag, expr.index)
    if (expr.message, expr.tag) in w.facts:
        return part
    return or_default(w, a.has_tag(message, expr.tag), part, expr.type)


def _map(w: Writer, expr: E.Lookup | E.Store) -> Value:
    a = w.access
    of = expr.map.type
    assert isinstance(of, T.Map)
    low, high = bounds(of.key)
    key = w.number(expr.key)
    inside = w.inside(key, low, high - low + 1)
    if isinstance(expr, E.Lookup):
        if isinstance(expr.map, E.Store):
            old = w.value(w.read_through(expr, expr.map.map))
            # A key outside is no key of the map, and equal keys are both inside or both not.
            same = w.f.both(compare_numbers(a, "eq", key, w.number(expr.map.key)), inside)
            return _either(w, same, w.value(expr.map.value), old, expr.type)
        if inside is False:
            return a.constant(expr.type, T.default(expr.type))
        whole = w.packed(expr.map)
        item = a.item(whole, w.place(key, low, inside))
        return or_default(w, inside, item, expr.type)
    new = w.value(expr.value)
    whole = _widened(w, w.packed(expr.map), new)
    if inside is False:
        return whole
    changed = replaced_at(a, whole, w.place(key, low, inside), new)
    return either_of(a, inside, changed, whole)


def _widened(w: Writer, whole: Packed, new: Value) -> Packed:
    """A map, list or channel in a type that has room for a new item."""
    a = w.access
    if a.settled:
        return whole
    match whole.type:
        case T.Map(key, item):
            wanted: T.Type = T.Map(key, hull(item, type_of(new, _own(new, item))))
        case T.List(item, capacity):
            wanted = T.List(hull(item, type_of(new, _own(new, item))), capacity)
        case T.Channel(item, fifo, capacity):
            message = cast(T.Message, hull(item, type_of(new, item)))
            wanted = T.Channel(message, fifo, capacity)
        case _:
            raise AssertionError(whole.type)
    return a.packed(whole, wanted)


def _list(w: Writer, expr: E.At | E.Replace | E.Append | E.Tail) -> Value:
    a, f = w.access, w.f
    whole = w.packed(expr.list)
    count = layout_of(a, whole).count
    if isinstance(expr, E.Tail):
        return removed(a, whole, 0) if count else whole
    if isinstance(expr, E.Append):
        item = w.value(expr.item)
        whole = _widened(w, whole, item)
        assert isinstance(whole.type, T.List)
        if count == 0:
            return whole
        full = used_at(a, whole, count - 1)
        index = f.choose(full, 0, size(a, whole).word)
        slot = a.as_slot(item, whole.type.item)
        return either_of(a, full, whole, inserted(a, whole, index, slot))
    index_ = w.number(expr.index)
    if isinstance(expr, E.At):
        if count == 0:
            return a.constant(expr.type, T.default(expr.type))
        within = w.inside(index_, 0, count)
        slot = a.item(whole, w.place(index_, 0, within))
        of = cast("T.Channel | T.List", whole.type)
        kind = of.message if isinstance(of, T.Channel) else of.item
        there = f.both(within, a.used(slot))
        return or_default(w, there, a.from_slot(slot, kind), expr.type)
    new = w.value(expr.value)
    whole = _widened(w, whole, new)
    if count == 0:
        return whole
    assert isinstance(whole.type, T.List)
    inside = compare_numbers(a, "slt", index_, size(a, whole))
    inside = f.both(inside, compare_numbers(a, "sle", Number(0, 0, 0), index_))
    place = w.place(index_, 0, inside)
    changed = replaced_at(a, whole, place, a.as_slot(new, whole.type.item))
    return either_of(a, inside, changed, whole)


def _channel(w: Writer, expr: E.Put | E.Take | E.RemoveAt | E.RepeatAt) -> Value:
    a = w.access
    whole = w.packed(expr.channel)
    match expr:
        case E.Put(_, message):
            new = w.value(message)
            return channels.put(a, _widened(w, whole, new), new)
        case E.Take(channel, message):
            if isinstance(message, Param) and message in w.taken:
                source, place = w.taken[message]
                if source is channel:
                    return removed(a, whole, place)
            return channels.take(a, whole, w.value(message))
        case E.RemoveAt(_, index) | E.RepeatAt(_, index):
            number = w.number(index)
            inside = compare_numbers(a, "slt", number, size(a, whole))
            inside = w.f.both(inside, compare_numbers(a, "sle", Number(0, 0, 0), number))
            change = channels.remove_at if isinstance(expr, E.RemoveAt) else channels.repeat_at
            return change(a, whole, number, inside)
        case _:
            assert_never(expr)


def _deliverable(w: Writer, expr: E.Deliverable) -> Value:
    """The list of what may be received; handlers go through it without making it."""
    a, f = w.access, w.f
    of = expr.type
    assert isinstance(of, T.List)
    layout = a.packing.layout(of)
    pointer = f.room(max(layout.words, 1))
    rows.clear(a.f, pointer, max(layout.words, 1))
    count = f.local(0)
    array = layout_of(a, Small(0, of))
    with collections.deliverable(w, expr) as (_, message, _, _):
        a.put_item(pointer, array, f.get(count), message, of.item)
        f.set(count, f.add(f.get(count), 1))
    return Small(f.load(pointer), of) if is_small(layout) else Wide(pointer, of)


def _own(value: Value, declared: T.Type) -> T.Type:
    """The type that a value is measured against: its own if it is a compound."""
    return value.type if isinstance(value, Small | Wide | Parts) else declared
