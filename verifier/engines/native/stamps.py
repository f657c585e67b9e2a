"""Renumbering stamps by rank, in one function that every step calls.

Written into each step it made compiling several times as slow.  The canonical stamps of a state
are the multiples of the gap; see `ir.stamps.canonical`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from verifier.engines.native.access import Access, mask
from verifier.engines.native.code import Function, Pointer, Word
from verifier.engines.native.constants import Constants
from verifier.engines.native.values import Wide, part_types
from verifier.ir import types as T
from verifier.ir.packing import Array, Choice, Layout, Packing, Place, Row, is_small
from verifier.ir.stamps import holds_stamps
from verifier.ir.types import Type

Visit = Callable[[Word], Word | None]  # a stamp; what replaces it, or None to leave it


def stamp_functions(packing: Packing, constants: Constants) -> list[str]:
    """``newest(state)``, how many stamps a state holds, and ``canonical(state)``, in place."""
    return [_newest(packing, constants), _canonical(packing, constants)]


def _newest(packing: Packing, constants: Constants) -> str:
    f = Function("newest", "ptr %state", "i64", "noinline")
    walker = _Walker(Access(f, packing, constants))
    highest = f.local(0)

    def note(stamp: Word) -> None:
        old = f.get(highest)
        f.set(highest, f.choose(f.compare("ugt", stamp, old), stamp, old))

    walker.state("%state", note)
    gap = packing.system.stamp_gap
    found = f.get(highest)
    f.leave(f"i64 {found if gap == 1 else f.op(f'udiv i64 {found}, {gap}')}")
    return f.text()


def _canonical(packing: Packing, constants: Constants) -> str:
    """Marks every stamp in a row of bits, then replaces each by the number of marks up to it."""
    f = Function("canonical", "ptr %state", "void", "noinline")
    walker = _Walker(Access(f, packing, constants))
    words = packing.stamp_high // 64 + 1
    gap = packing.system.stamp_gap
    marks = f.room(words)
    for number in range(words):
        f.store(1 if number == 0 else 0, marks, number)

    def mark(stamp: Word) -> None:
        word, bit = (0, stamp) if words == 1 else (f.lshr(stamp, 6), f.and_(stamp, 63))
        place = f.at(marks, word)
        f.store(f.or_(f.load(place), f.shl(1, bit)), place)

    walker.state("%state", mark)
    rename = f.new_label("rename")
    if words == 1 and gap == 1:
        # The marks of a canonical state are ones without a hole: most steps end here.
        found = f.load(marks)
        hole = f.and_(found, f.add(found, 1))
        done = f.new_label("canonical")
        f.branch(f.compare("eq", hole, 0), done, rename)
        f.label(done)
        f.leave()
        f.label(rename)
    before = f.room(words)  # marks in the words before each word
    total: Word = -1  # stamp 0 has rank 0
    for number in range(words):
        f.store(total, before, number)
        total = f.add(total, _ones(f, f.load(marks, number)))

    def rank(stamp: Word) -> Word:
        word, bit = (0, stamp) if words == 1 else (f.lshr(stamp, 6), f.and_(stamp, 63))
        up_to = f.sub(f.shl(2, bit), 1)  # for bit 63 the shift gives 0, and all ones are left
        ones = _ones(f, f.and_(f.load(marks, word), up_to))
        return f.mul(f.add(f.load(before, word), ones), gap)

    walker.state("%state", rank)
    f.leave()
    return f.text()


def _ones(f: Function, word: Word) -> Word:
    return f.op(f"call i64 @llvm.ctpop.i64(i64 {word})")


class _Walker:
    """Goes through every place of a state where a stamp can be."""

    def __init__(self, access: Access) -> None:
        self.access, self.f = access, access.f

    def state(self, pointer: Pointer, visit: Visit) -> None:
        """All stamps of a state in memory."""
        packing = self.access.packing
        for variable, place in zip(packing.system.variables, packing.places, strict=True):
            if holds_stamps(variable.type):
                self.place(pointer, place, variable.type, visit)

    def place(self, pointer: Pointer, place: Place, of: Type, visit: Visit) -> None:
        """All stamps of a part of something wide."""
        if not is_small(place.layout):
            self.wide(self.f.at(pointer, place.word), place.layout, of, visit)
            return
        at = self.f.at(pointer, place.word)
        word = self.f.load(at)
        bits = mask(place.layout.bits)
        small = self.f.and_(self.f.lshr(word, place.shift), bits)
        new = self.small(small, place.layout, of, visit)
        if new is not None:
            self.f.store(self.access.replaced(word, place.shift, place.layout.bits, new), at)

    def wide(self, pointer: Pointer, layout: Layout, of: Type, visit: Visit) -> None:
        """All stamps of something wide."""
        match layout:
            case Array(item=item, count=count):
                kind = self.access.slot_type(of)
                self._slots(pointer, layout, kind, visit, count, item)
            case Choice():
                self._wide_message(pointer, layout, cast(T.Message, of), visit)
            case Row(places=places):
                for place, kind in zip(places, part_types(of), strict=True):
                    if holds_stamps(kind):
                        self.place(pointer, place, kind, visit)
            case _:
                raise AssertionError(of)

    def _slots(
        self, pointer: Pointer, layout: Array, kind: Type, visit: Visit, count: int, item: Layout
    ) -> None:
        with self.f.loop(0, count) as (i, _, _):
            if not is_small(item):
                self.wide(self.f.at(pointer, self.f.mul(i, item.words)), item, kind, visit)
                return
            number, inside = (
                (self.f.op(f"udiv i64 {i}, {layout.per_word}"), i)
                if layout.per_word > 1
                else (i, 0)
            )
            if layout.per_word > 1:
                inside = self.f.sub(i, self.f.mul(number, layout.per_word))
            at = self.f.at(pointer, number)
            word = self.f.load(at)
            shift = self.f.mul(self.f.sub(layout.per_word - 1, inside), item.bits)
            small = self.f.and_(self.f.lshr(word, shift), mask(item.bits))
            new = self.small(small, item, kind, visit)
            if new is not None:
                self.f.store(self.access.replaced(word, shift, item.bits, new), at)

    def _wide_message(self, pointer: Pointer, layout: Choice, of: T.Message, visit: Visit) -> None:
        for tag, (row, record) in enumerate(zip(layout.rows, of.alternatives, strict=True)):
            if holds_stamps(record):
                with self.f.when(self.access.has_tag(Wide(pointer, of), tag)):
                    for place, (_, kind) in zip(row.places[1:], record.fields, strict=True):
                        if holds_stamps(kind):
                            self.place(pointer, place, kind, visit)

    def small(self, word: Word, layout: Layout, of: Type, visit: Visit) -> Word | None:
        """All stamps of a small value; its new bits if there are any."""
        f = self.f
        match layout, of:
            case _, T.Stamp():
                return visit(word)
            case Array(item=item, count=count), _:
                return self._small_array(word, layout, of, visit, item, count)
            case Choice(rows=rows), T.Message(alternatives):
                return self._small_message(word, rows, alternatives, visit)
            case Row(places=places), _:
                new: Word | None = None
                for place, kind in zip(places, part_types(of), strict=True):
                    if holds_stamps(kind):
                        bits = mask(place.layout.bits)
                        part = f.and_(f.lshr(word, place.shift), bits)
                        changed = self.small(part, place.layout, kind, visit)
                        if changed is not None:
                            word = self.access.replaced(
                                word, place.shift, place.layout.bits, changed
                            )
                            new = word
                return new
            case _:
                raise AssertionError(of)

    def _small_array(
        self, word: Word, layout: Array, of: Type, visit: Visit, item: Layout, count: int
    ) -> Word | None:
        f = self.f
        kind = self.access.slot_type(of)
        held = f.local(word)
        replaces = False
        with f.loop(0, count) as (i, _, _):
            shift = f.mul(f.sub(count - 1, i), item.bits)
            now = f.get(held)
            part = f.and_(f.lshr(now, shift), mask(item.bits))
            changed = self.small(part, item, kind, visit)
            if changed is not None:
                replaces = True
                f.set(held, self.access.replaced(now, shift, item.bits, changed))
        return f.get(held) if replaces else None

    def _small_message(
        self, word: Word, rows: tuple[Row, ...], alternatives: tuple[T.Record, ...], visit: Visit
    ) -> Word | None:
        f = self.f
        held = f.local(word)
        replaces = False
        tag_place = rows[0].places[0]
        tag = f.and_(f.lshr(word, tag_place.shift), mask(tag_place.layout.bits))
        for number, (row, record) in enumerate(zip(rows, alternatives, strict=True)):
            if not holds_stamps(record):
                continue
            with f.when(f.compare("eq", tag, number + 1)):
                now: Word = word
                for place, (_, kind) in zip(row.places[1:], record.fields, strict=True):
                    if holds_stamps(kind):
                        bits = mask(place.layout.bits)
                        part = f.and_(f.lshr(now, place.shift), bits)
                        changed = self.small(part, place.layout, kind, visit)
                        if changed is not None:
                            replaces = True
                            now = self.access.replaced(now, place.shift, place.layout.bits, changed)
                if replaces:
                    f.set(held, now)
        return f.get(held) if replaces else None
