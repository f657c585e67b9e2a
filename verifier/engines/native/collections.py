"""Sets and binders as code: a set is one bit for each value of its item type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import assert_never, cast

from verifier.engines.native import rows
from verifier.engines.native.access import mask
from verifier.engines.native.arrays import Packed, each, equal, layout_of
from verifier.engines.native.channels import link
from verifier.engines.native.code import Bit, Word
from verifier.engines.native.values import Number, Small, Truth, Value, Wide, bounds, hull
from verifier.engines.native.writer import Writer
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import EXPR_KINDS, Expr, Param
from verifier.ir.packing import is_small
from verifier.ir.types import Type

UNROLLED_MAX = 8  # a binder over so few values is written out


def make(w: Writer, expr: E.Member | E.SetOf | E.SetOp | E.Filter | E.Quantified) -> Value:
    """The value of an expression about a collection; its parts are known already."""
    match expr:
        case E.Member(item, collection):
            return Truth(_member(w, w.value(item), w.packed(collection)))
        case E.SetOf(items, of):
            return _set_of(w, [w.number(item) for item in items], of)
        case E.SetOp(op, left, right):
            return _set_operation(w, op, w.packed(left), w.packed(right))
        case E.Filter():
            return _filter(w, expr)
        case E.Quantified():
            return _quantified(w, expr)
        case _:
            assert_never(expr)


def _as_number(w: Writer, value: Value) -> Number:
    if isinstance(value, Truth):
        return Number(w.f.word(value.bit), 0, 1)
    assert isinstance(value, Number)
    return value


def _member(w: Writer, item: Value, collection: Packed) -> Bit:
    a, f = w.access, w.f
    if isinstance(collection.type, T.Set):
        number = _as_number(w, item)
        low, high = bounds(collection.type.item)
        inside = w.inside(number, low, high - low + 1)
        if inside is False:
            return False
        place = w.place(number, low, inside)
        return f.both(inside, cast(Truth, a.item(collection, place)).bit)
    found = f.local(False, "i1")
    with each(a, collection) as (_, other, again, leave):
        f.leave_unless(equal(a, other, item), again)
        f.set(found, True)
        f.jump(leave)
    return f.get(found)


def _set_of(w: Writer, items: list[Number], of: Type) -> Packed:
    assert isinstance(of, T.Set)
    low, high = bounds(of.item)
    if not w.access.settled and any(n.low < low or n.high > high for n in items):
        low, high = min(low, *(n.low for n in items)), max(high, *(n.high for n in items))
        of = T.Set(T.Int(low, high))
    return _from_members(w, items, of)


def _from_members(w: Writer, items: list[Number], of: T.Set) -> Packed:
    a, f = w.access, w.f
    low, _ = bounds(of.item)
    empty: Packed = Small(0, of)
    layout = layout_of(a, empty)
    if is_small(layout):
        word: Word = 0
        for number in items:
            distance = f.sub(layout.count - 1 + low, number.word)
            # Behind the checks of a step a member may still be outside where nobody looks.
            word = f.or_(word, f.shl(1, f.and_(distance, 63)))
        return Small(f.and_(word, mask(layout.bits)), of)
    pointer = f.room(layout.words)
    rows.clear(a.f, pointer, layout.words)
    for number in items:
        inside = w.inside(number, low, layout.count)
        with f.when(inside):
            a.put_item(pointer, layout, w.place(number, low, inside), Truth(True), T.BOOL)
    return Wide(pointer, of)


def _set_operation(w: Writer, op: str, left: Packed, right: Packed) -> Packed:
    a, f = w.access, w.f
    of = hull(left.type, right.type)
    left, right = a.packed(left, of), a.packed(right, of)

    def join(one: Word, other: Word) -> Word:
        match op:
            case "|":
                return f.or_(one, other)
            case "&":
                return f.and_(one, other)
            case _:
                return f.and_(one, f.xor(other, mask(64)))

    if isinstance(left, Small) and isinstance(right, Small):
        return Small(join(left.word, right.word), of)
    assert isinstance(left, Wide) and isinstance(right, Wide)
    words = layout_of(a, left).words
    pointer = f.room(words)
    with f.loop(0, words) as (i, _, _):
        f.store(join(f.load(left.pointer, i), f.load(right.pointer, i)), pointer, i)
    return Wide(pointer, of)


def _filter(w: Writer, expr: E.Filter) -> Packed:
    a, f = w.access, w.f
    of = expr.type
    if isinstance(expr.within, EXPR_KINDS):
        of = w.packed(cast(Expr, expr.within)).type
    assert isinstance(of, T.Set)
    layout = layout_of(a, Small(0, of))
    low, _ = bounds(of.item)
    pointer = f.room(layout.words)
    rows.clear(a.f, pointer, layout.words)
    w.ahead(expr.body, expr.variable)
    for item, again, _ in members(w, expr.variable, expr.within):
        f.leave_unless(w.truth(expr.body), again)
        place = f.sub(_as_number(w, item).word, low)
        a.put_item(pointer, layout, place, Truth(True), T.BOOL)
    return Small(f.load(pointer), of) if is_small(layout) else Wide(pointer, of)


def _quantified(w: Writer, expr: E.Quantified) -> Value:
    f = w.f
    w.ahead(expr.body, expr.variable)
    if expr.kind == "count":
        total = f.local(0)
        high = 0
        for _, again, _ in members(w, expr.variable, expr.within):
            f.leave_unless(w.truth(expr.body), again)
            f.set(total, f.add(f.get(total), 1))
        if isinstance(expr.within, EXPR_KINDS):
            high = layout_of(w.access, w.packed(cast(Expr, expr.within))).count
        else:
            high = number_of_values(cast(Type, expr.within))
        return Number(f.get(total), 0, high)
    any_ = expr.kind == "any"
    if not isinstance(expr.within, EXPR_KINDS):
        values = few_values(cast(Type, expr.within))
        if values is not None:
            result: Bit = not any_
            for value in values:
                with w.scope():
                    w.bind_variable(
                        expr.variable, w.access.constant(cast(Type, expr.within), value)
                    )
                    body = w.truth(expr.body)
                result = f.either(result, body) if any_ else f.both(result, body)
            return Truth(result)
    found = f.local(not any_, "i1")
    for _, again, leave in members(w, expr.variable, expr.within):
        body = w.truth(expr.body)
        f.leave_unless(body if any_ else f.not_(body), again)
        f.set(found, any_)
        f.jump(leave)
    return Truth(f.get(found))


# ---- going through values ----------------------------------------------------------------------


def number_of_values(of: Type) -> int:
    """How many values a finite type has."""
    numbers = T.scalar_range(of)
    return len(numbers) if numbers is not None else sum(1 for _ in T.values(of))


def few_values(of: Type) -> list[T.Value] | None:
    """The values of a type that has few of them."""
    numbers = T.scalar_range(of)
    if numbers is not None and len(numbers) > UNROLLED_MAX:
        return None
    if numbers is None and number_of_values(of) > UNROLLED_MAX:
        return None
    return list(T.values(of))


def members(w: Writer, variable: Param, within: Type | Expr) -> Iterator[tuple[Value, str, str]]:
    """Writes a loop in which the variable goes through a type or the items of a collection, once:
    the caller's code between two rounds of this iterator is the body.  Gives the item and the
    labels that go on and that leave."""
    a = w.access
    if isinstance(within, EXPR_KINDS):
        source = cast(Expr, within)
        with w.scope(), each(a, w.packed(source)) as (_, item, again, leave):
            w.bind_variable(variable, item)
            yield item, again, leave
        return
    of = cast(Type, within)
    with w.scope(), each_of_type(w, of) as (item, again, leave):
        w.bind_variable(variable, item)
        yield item, again, leave


@contextmanager
def each_of_type(w: Writer, of: Type) -> Iterator[tuple[Value, str, str]]:
    """A loop over every value of a type, in the order of `types.values`."""
    a, f = w.access, w.f
    numbers = T.scalar_range(of)
    if numbers is not None:
        with f.loop(numbers.start, numbers.stop) as (i, again, leave):
            if isinstance(of, T.Bool):
                yield Truth(f.bit(i)), again, leave
            else:
                yield Number(i, numbers.start, numbers.stop - 1), again, leave
        return
    layout = a.packing.layout(of)
    values = list(T.values(of))
    words = 1 if is_small(layout) else layout.words
    table = a.constants.table([word for value in values for word in a.packing.packed(of, value)])
    with f.loop(0, len(values)) as (i, again, leave):
        at = f.at(table, f.mul(i, words))
        yield (Small(f.load(at), of) if is_small(layout) else Wide(at, of)), again, leave


@contextmanager
def deliverable(w: Writer, expr: E.Deliverable) -> Iterator[tuple[Word, Packed, str, str]]:
    """A loop over the messages that may be received next; gives place and message and the labels
    that go on and that leave.  Equal messages come more than once in an unordered channel."""
    a, f = w.access, w.f
    channel = w.packed(expr.channel)
    assert isinstance(channel.type, T.Channel)
    w.ahead(expr.deferred, expr.variable)
    with w.scope(), each(a, channel) as (i, message, again, leave):
        assert isinstance(message, Small | Wide)
        w.bind_variable(expr.variable, message)
        f.leave_unless(f.not_(w.truth(expr.deferred)), again)
        if channel.type.fifo:
            mine = link(a, message)
            with w.scope(), f.loop(0, i) as (j, next_, _):
                earlier = a.item(channel, j)
                assert isinstance(earlier, Small | Wide)
                f.leave_unless(f.compare("eq", link(a, earlier), mine), next_)
                w.bind_variable(expr.variable, earlier)
                # An earlier message of the link that is not deferred goes first.
                f.leave_unless(w.truth(expr.deferred), again)
        yield i, message, again, leave


def distinct(w: Writer, whole: Packed, place: Word, item: Value, again: str) -> None:
    """Goes on if an item of a list or channel stands at an earlier place too; in an unordered
    channel equal messages are neighbours."""
    a, f = w.access, w.f
    if isinstance(whole.type, T.Set):
        return
    if isinstance(whole.type, T.Channel) and not whole.type.fifo:
        first = f.compare("eq", place, 0)
        before = f.choose(first, 0, f.sub(place, 1))
        same = equal(a, a.item(whole, before), item)
        f.leave_unless(f.either(first, f.not_(same)), again)
        return
    kind = (
        whole.type.message if isinstance(whole.type, T.Channel) else cast(T.List, whole.type).item
    )
    with f.loop(0, place) as (j, _, _):
        earlier = a.from_slot(a.item(whole, j), kind)
        same = equal(a, earlier, item)
        f.leave_unless(f.not_(same), again)
