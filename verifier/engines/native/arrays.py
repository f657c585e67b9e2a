"""Lists and channels as rows of slots: the used ones first, the rest all zeros."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from verifier.engines.native import rows
from verifier.engines.native.access import Access, mask
from verifier.engines.native.code import Bit, Pointer, Word
from verifier.engines.native.values import (
    Number,
    Parts,
    Small,
    Truth,
    Value,
    Wide,
    hull,
    item_type,
    resized,
)
from verifier.ir import types as T
from verifier.ir.packing import Array, is_small

Packed = Small | Wide


def layout_of(a: Access, whole: Packed) -> Array:
    """The layout of an array."""
    layout = a.packing.layout(whole.type)
    assert isinstance(layout, Array)
    return layout


def used_at(a: Access, whole: Packed, index: int) -> Bit:
    """Whether a slot of a list or channel is in use."""
    layout = layout_of(a, whole)
    if index >= layout.count:
        return False
    if isinstance(whole, Small):
        slot = mask(layout.item.bits) << layout.place(index).shift
        return a.f.compare("ne", a.f.and_(whole.word, slot), 0)
    return a.used(a.item(whole, index))


def size(a: Access, whole: Packed) -> Number:
    """How many items a set, list or channel has."""
    layout = layout_of(a, whole)
    count = layout.count
    if count == 0:
        return Number(0, 0, 0)
    if isinstance(whole.type, T.Set):
        return Number(_population(a, whole, layout), 0, count)
    if isinstance(whole, Small):
        if isinstance(whole.word, int):
            used = sum(1 for i in range(count) if used_at(a, whole, i))
            return Number(used, used, used)
        # The lowest bit that is set lies in the last slot in use.
        zeros = a.f.op(f"call i64 @llvm.cttz.i64(i64 {whole.word}, i1 false)")
        behind = zeros if layout.item.bits == 1 else a.f.op(f"udiv i64 {zeros}, {layout.item.bits}")
        some = a.f.compare("ne", whole.word, 0)
        return Number(a.f.choose(some, a.f.sub(count, behind), 0), 0, count)
    found = a.f.local(0)
    with a.f.loop(0, count) as (i, _, leave):
        a.f.set(found, i)
        a.f.leave_unless(a.used(a.item(whole, i)), leave)
        a.f.set(found, a.f.add(i, 1))
    return Number(a.f.get(found), 0, count)


def _population(a: Access, whole: Packed, layout: Array) -> Word:
    if isinstance(whole, Small):
        if isinstance(whole.word, int):
            return whole.word.bit_count()
        return a.f.op(f"call i64 @llvm.ctpop.i64(i64 {whole.word})")
    total = a.f.local(0)
    with a.f.loop(0, layout.words) as (i, _, _):
        word = a.f.load(whole.pointer, i)
        ones = a.f.op(f"call i64 @llvm.ctpop.i64(i64 {word})")
        a.f.set(total, a.f.add(a.f.get(total), ones))
    return a.f.get(total)


@contextmanager
def each(a: Access, whole: Packed) -> Iterator[tuple[Word, Value, str, str]]:
    """Runs the block for every item of a set, list or channel in order; gives the place, the item,
    and the labels that go on and that leave."""
    layout = layout_of(a, whole)
    item = item_type(whole.type)
    with a.f.loop(0, layout.count) as (i, again, leave):
        slot = a.item(whole, i)
        if isinstance(whole.type, T.Set):
            a.f.leave_unless(cast(Truth, slot).bit, again)
            yield i, member_at(a, i, whole.type), again, leave
        else:
            a.f.leave_unless(a.used(slot), leave)
            yield i, a.from_slot(slot, item), again, leave


def member_at(a: Access, place: Word, of: T.Set) -> Value:
    """The member that a bit of a set stands for."""
    numbers = cast(range, T.scalar_range(of.item))
    if isinstance(of.item, T.Bool):
        return Truth(a.f.bit(place))
    return Number(a.f.add(place, numbers.start), numbers.start, numbers.stop - 1)


def in_memory(a: Access, whole: Packed) -> Pointer:
    """A copy that may be changed."""
    layout = layout_of(a, whole)
    pointer = a.f.room(max(layout.words, 1))
    if isinstance(whole, Small):
        a.f.store(whole.word, pointer)
    else:
        rows.copy(a.f, pointer, whole.pointer, layout.words)
    return pointer


def _tail_masks(a: Access, bits: int, shift: Word) -> tuple[Word, Word]:
    """The bits below a slot, and those of the slot and all below it."""
    below = a.f.sub(a.f.shl(1, shift), 1)
    return below, a.f.or_(below, a.f.shl(mask(bits), shift))


def inserted(a: Access, whole: Packed, index: Word, slot: Value) -> Packed:
    """With a slot put in at a place; the last slot is not in use and the place is inside."""
    layout = layout_of(a, whole)
    kind = a.slot_type(whole.type)
    bits = layout.item.bits
    if isinstance(whole, Small):
        new = a.word(slot, kind)
        if layout.count == 1:
            return Small(new, whole.type)
        shift = a.f.mul(a.f.sub(layout.count - 1, index), bits)
        _, tail = _tail_masks(a, bits, shift)
        moved = a.f.lshr(a.f.and_(whole.word, tail), bits)
        head = a.f.and_(whole.word, a.f.xor(tail, mask(64)))
        return Small(a.f.or_(a.f.or_(head, moved), a.f.shl(new, shift)), whole.type)
    pointer = in_memory(a, whole)
    last = layout.count - 1
    with a.f.loop(0, a.f.sub(last, index)) as (i, _, _):
        to = a.f.sub(last, i)
        a.put_item(pointer, layout, to, a.item(Wide(pointer, whole.type), a.f.sub(to, 1)), kind)
    a.put_item(pointer, layout, index, slot, kind)
    return Wide(pointer, whole.type)


def removed(a: Access, whole: Packed, index: Word) -> Packed:
    """Without the slot at a place, which is inside."""
    layout = layout_of(a, whole)
    kind = a.slot_type(whole.type)
    bits = layout.item.bits
    if isinstance(whole, Small):
        if layout.count == 1:
            return Small(0, whole.type)
        shift = a.f.mul(a.f.sub(layout.count - 1, index), bits)
        below, tail = _tail_masks(a, bits, shift)
        moved = a.f.shl(a.f.and_(whole.word, below), bits)
        return Small(a.f.or_(a.f.and_(whole.word, a.f.xor(tail, mask(64))), moved), whole.type)
    pointer = in_memory(a, whole)
    here = Wide(pointer, whole.type)
    with a.f.loop(index, layout.count - 1) as (i, _, _):
        a.put_item(pointer, layout, i, a.item(here, a.f.add(i, 1)), kind)
    _clear_item(a, pointer, layout, layout.count - 1)
    return here


def _clear_item(a: Access, pointer: Pointer, layout: Array, index: int) -> None:
    place = layout.place(index)
    at = a.f.at(pointer, place.word)
    if is_small(layout.item):
        a.f.store(a.replaced(a.f.load(at), place.shift, layout.item.bits, 0), at)
    else:
        rows.clear(a.f, at, layout.item.words)


def replaced_at(a: Access, whole: Packed, index: Word, slot: Value) -> Packed:
    """With the part at a place replaced; the place is inside."""
    layout = layout_of(a, whole)
    kind = a.slot_type(whole.type)
    if isinstance(whole, Small):
        shift = a.f.mul(a.f.sub(layout.count - 1, index), layout.item.bits)
        if layout.item.bits == 0:
            return whole
        new = a.replaced(whole.word, shift, layout.item.bits, a.word(slot, kind))
        return Small(new, whole.type)
    pointer = in_memory(a, whole)
    a.put_item(pointer, layout, index, slot, kind)
    return Wide(pointer, whole.type)


def either_of(a: Access, condition: Bit, then: Packed, otherwise: Packed) -> Packed:
    """One of two packed values of one type."""
    assert then.type == otherwise.type
    if isinstance(condition, bool):
        return then if condition else otherwise
    if isinstance(then, Small) and isinstance(otherwise, Small):
        return Small(a.f.choose(condition, then.word, otherwise.word), then.type)
    assert isinstance(then, Wide) and isinstance(otherwise, Wide)
    pointer = a.f.choose(condition, then.pointer, otherwise.pointer, "ptr")
    return Wide(cast(str, pointer), then.type)


def equal(a: Access, left: Value, right: Value) -> Bit:
    """Whether two values are equal; their types may differ in range."""
    if isinstance(left, Truth) and isinstance(right, Truth):
        return a.f.not_(_differ(a, left.bit, right.bit))
    if isinstance(left, Number) and isinstance(right, Number):
        return compare_numbers(a, "eq", left, right)
    assert isinstance(left, Small | Wide | Parts) and isinstance(right, Small | Wide | Parts)
    if isinstance(left, Parts) or isinstance(right, Parts):
        if isinstance(left.type, T.Message):
            return _equal_messages(a, left, right)
        one, other = a.parts(left), a.parts(right)
        same = [equal(a, x, y) for x, y in zip(one.items, other.items, strict=True)]
        if isinstance(left.type, T.Optional):
            present = cast(Truth, one.items[0]).bit
            return a.f.both(same[0], a.f.either(a.f.not_(present), same[1]))
        result: Bit = True
        for part in same:
            result = a.f.both(result, part)
        return result
    of = hull(left.type, right.type)
    one_, other_ = a.packed(left, of), a.packed(right, of)
    if isinstance(one_, Small) and isinstance(other_, Small):
        return a.f.compare("eq", one_.word, other_.word)
    assert isinstance(one_, Wide) and isinstance(other_, Wide)
    return rows.same_words(a.f, one_.pointer, other_.pointer, a.packing.layout(of).words)


def _equal_messages(a: Access, left: Value, right: Value) -> Bit:
    made, other = (left, right) if isinstance(left, Parts) else (right, left)
    assert isinstance(made, Parts)
    result = a.has_tag(other, made.tag)
    for index, item in enumerate(made.items):
        result = a.f.both(result, equal(a, item, a.message_part(other, made.tag, index)))
    return result


def _differ(a: Access, left: Bit, right: Bit) -> Bit:
    if isinstance(left, bool):
        return a.f.not_(right) if left else right
    if isinstance(right, bool):
        return a.f.not_(left) if right else left
    return a.f.op(f"xor i1 {left}, {right}")


def compare_numbers(a: Access, relation: str, left: Number, right: Number) -> Bit:
    """A comparison of numbers of any width; decided here where their ranges decide it."""
    if relation == "eq" and (left.high < right.low or right.high < left.low):
        return False
    if relation == "slt":
        if left.high < right.low:
            return True
        if left.low >= right.high:
            return False
    if relation == "sle":
        if left.high <= right.low:
            return True
        if left.low > right.high:
            return False
    bits = max(left.bits, right.bits)
    return a.f.compare(relation, resized(a.f, left, bits), resized(a.f, right, bits), f"i{bits}")
