"""Reading and making packed values: every shift and mask of the generated code is written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from verifier.engines.native import rows
from verifier.engines.native.block import Block
from verifier.engines.native.code import Bit, Function, Pointer, Word
from verifier.engines.native.constants import Constants
from verifier.engines.native.values import (
    Number,
    Parts,
    Small,
    Truth,
    Value,
    Wide,
    bounds,
    part_types,
    type_of,
)
from verifier.ir import types as T
from verifier.ir.packing import Array, Choice, Layout, Packing, Place, Row, Scalar, is_small
from verifier.ir.types import Type


def mask(bits: int) -> int:
    """So many ones."""
    return (1 << bits) - 1


@dataclass(slots=True)
class Access:
    """Writes code that reads and makes values.  ``settled`` is True behind the checks of a step:
    from there on every number fits where it is put."""

    f: Function
    packing: Packing
    constants: Constants
    settled: bool = False
    checked: bool = False

    # ---- reading -------------------------------------------------------------------------------

    def decode(self, word: Word, of: Type) -> Value:
        """The value of a small type that has these bits, which nothing else stands beside."""
        layout = self.packing.layout(of)
        if not isinstance(layout, Scalar):
            return Small(word, of)
        if isinstance(of, T.Bool):
            return Truth(self.f.bit(word))
        number = self.f.add(word, layout.low)
        if isinstance(number, int) and layout.bits == 64:
            number = (number + 2**63) % 2**64 - 2**63
        return Number(number, layout.low, layout.low + layout.count - 1)

    def constant(self, of: Type, value: T.Value) -> Value:
        """A value that is known."""
        if isinstance(value, int):
            return (
                Truth(bool(value)) if isinstance(of, T.Bool) else Number(int(value), value, value)
            )
        words = self.packing.packed(of, value)
        layout = self.packing.layout(of)
        return Small(words[0], of) if is_small(layout) else Wide(self.constants.table(words), of)

    def default_is_absent(self, of: Type) -> bool:
        """Whether the default of a type is all zeros."""
        return not any(self.packing.packed(of, T.default(of)))

    def read(self, pointer: Pointer, place: Place, of: Type) -> Value:
        """The part at a place of a wide value."""
        if not is_small(place.layout):
            return Wide(self.f.at(pointer, place.word), of)
        # The state that is read is never written; other memory may be on its way.
        load = self.f.load_fixed if pointer == "%state" else self.f.load
        return self._decoded(load(pointer, place.word), place, of)

    def _decoded(self, word: Word, place: Place, of: Type) -> Value:
        """The part of a word; a truth value by one test of its bit."""
        if isinstance(of, T.Bool):
            return Truth(self.f.compare("ne", self.f.and_(word, 1 << place.shift), 0))
        return self.decode(self._field(word, place), of)

    def _field(self, word: Word, place: Place) -> Word:
        bits = place.layout.bits
        if bits == 0:
            return 0
        return self.f.and_(self.f.lshr(word, place.shift), mask(bits))

    def part(self, whole: Small | Wide, place: Place, of: Type) -> Value:
        """The part at a place."""
        if isinstance(whole, Wide):
            return self.read(whole.pointer, place, of)
        return self._decoded(whole.word, place, of)

    def field(self, value: Value, index: int) -> Value:
        """One field of a record, or whether an optional is present (0) and its item (1)."""
        if isinstance(value, Parts):
            return value.items[index]
        assert isinstance(value, Small | Wide)
        row = self.packing.layout(value.type)
        assert isinstance(row, Row)
        return self.part(value, row.places[index], part_types(value.type)[index])

    def parts(self, value: Value) -> Parts:
        """A record or optional in its parts."""
        if isinstance(value, Parts):
            return value
        assert isinstance(value, Small | Wide)
        count = len(part_types(value.type))
        items = tuple(self.field(value, index) for index in range(count))
        return Parts(items, value.type)

    # ---- making --------------------------------------------------------------------------------

    def word(self, value: Value, of: Type) -> Word:
        """The bits of a value in a small type."""
        layout = self.packing.layout(of)
        match value:
            case Truth(bit):
                return self.f.word(bit)
            case Number():
                assert isinstance(layout, Scalar)
                return self._distance(value, layout)
            case Small(word, kind) if kind == of:
                return word
            case _:
                return self._made(value, of, layout)

    def _distance(self, value: Number, layout: Scalar) -> Word:
        fits = layout.low <= value.low and value.high < layout.low + max(1, 1 << layout.bits)
        assert fits or self.settled, f"{value} does not fit {layout}"
        if layout.bits == 0:
            return 0
        distance: Word = self.f.sub(value.word, layout.low, value.register)
        if value.bits > 64 and isinstance(distance, str):
            distance = self.f.op(f"trunc {value.register} {distance} to i64")
        return distance if fits and layout.bits < 64 else self.f.and_(distance, mask(layout.bits))

    def _made(self, value: Value, of: Type, layout: Layout) -> Word:
        if isinstance(layout, Array):
            return self._small_array(value, of, layout)
        total: Word = 0
        if isinstance(of, T.Message) and not isinstance(value, Parts):
            for tag in range(len(of.alternatives)):
                fields = self._retyped(value, of, tag)
                total = self.f.choose(self.has_tag(value, tag), self.word(fields, of), total)
            return total
        for place, kind, part in self._pieces(value, of):
            total = self.f.or_(total, self.f.shl(self.word(part, kind), place.shift))
        if isinstance(of, T.Optional):  # an absent item is all zeros in every type
            present = cast(Truth, self.parts(value).items[0]).bit
            return self.f.choose(present, total, 0)
        return total

    def _pieces(self, value: Value, of: Type) -> list[tuple[Place, Type, Value]]:
        """The parts of a row or message, with where they go in a type."""
        layout = self.packing.layout(of)
        match of:
            case T.Record(_, fields):
                assert isinstance(layout, Row)
                kinds = [kind for _, kind in fields]
                return list(zip(layout.places, kinds, self.parts(value).items, strict=True))
            case T.Optional(item):
                assert isinstance(layout, Row)
                kinds = [T.BOOL, item]
                return list(zip(layout.places, kinds, self.parts(value).items, strict=True))
            case T.Message(alternatives):
                assert isinstance(layout, Choice) and isinstance(value, Parts)
                tag = Number(value.tag + 1, value.tag + 1, value.tag + 1)
                kinds = [
                    T.Int(0, len(alternatives)),
                    *(k for _, k in alternatives[value.tag].fields),
                ]
                row = layout.rows[value.tag]
                return list(zip(row.places, kinds, (tag, *value.items), strict=True))
            case _:
                raise AssertionError(of)

    def _small_array(self, value: Value, of: Type, layout: Array) -> Word:
        """The bits of an array of another type, item by item."""
        assert isinstance(value, Small | Wide)
        pointer = self.f.room(1)
        self.f.store(0, pointer)
        self._copy_items(value, pointer, of, layout)
        return self.f.load(pointer)

    def pack(self, value: Value, declared: Type) -> Small | Wide:
        """The compound packed, in its declared type if it is sure to fit."""
        wanted = declared if self.settled else type_of(value, declared)
        return self.packed(value, wanted)

    def packed(self, value: Value, of: Type) -> Small | Wide:
        """The compound packed in a type."""
        if isinstance(value, Small | Wide) and value.type == of:
            return value
        layout = self.packing.layout(of)
        if is_small(layout):
            return Small(self.word(value, of), of)
        pointer = self.f.room(layout.words)
        self.write(pointer, Place(0, 0, layout), value, of)
        return Wide(pointer, of)

    def write(self, pointer: Pointer, place: Place, value: Value, of: Type) -> None:
        """Writes a wide value into memory; what was there before does not matter."""
        assert not is_small(place.layout)
        target = self.f.at(pointer, place.word)
        layout = place.layout
        if isinstance(value, Wide) and value.type == of:
            rows.copy(self.f, target, value.pointer, layout.words)
            return
        if isinstance(layout, Array):
            assert isinstance(value, Small | Wide)
            rows.clear(self.f, target, layout.words)
            self._copy_items(value, target, of, layout)
            return
        if isinstance(of, T.Message) and not isinstance(value, Parts):
            rows.clear(self.f, target, layout.words)
            for tag in range(len(of.alternatives)):
                with self.f.when(self.has_tag(value, tag)):
                    pieces = self._pieces(self._retyped(value, of, tag), of)
                    self._write_pieces(target, layout.words, pieces)
            return
        pieces = self._pieces(value, of)
        if isinstance(of, T.Optional):
            present = cast(Truth, self.parts(value).items[0]).bit
            if present is not True:
                rows.clear(self.f, target, layout.words)
                with self.f.when(present):
                    self._write_pieces(target, layout.words, pieces)
                return
        self._write_pieces(target, layout.words, pieces)

    def _write_pieces(
        self, target: Pointer, words: int, pieces: Iterable[tuple[Place, Type, Value]]
    ) -> None:
        """Writes parts that share words, every word once."""
        collected: dict[int, Word] = {}
        covered: set[int] = set()
        for place, kind, part in pieces:
            if is_small(place.layout):
                bits = self.f.shl(self.word(part, kind), place.shift)
                collected[place.word] = self.f.or_(collected.get(place.word, 0), bits)
            else:
                self.write(target, place, self.packed(part, kind), kind)
                covered.update(range(place.word, place.word + place.layout.words))
        for number in range(words):
            if number not in covered:
                self.f.store(collected.get(number, 0), target, number)

    def _retyped(self, value: Value, of: T.Message, tag: int) -> Parts:
        """A message of an alternative as one of another type."""
        count = len(of.alternatives[tag].fields)
        return Parts(tuple(self.message_part(value, tag, i) for i in range(count)), of, tag)

    def _copy_items(self, value: Small | Wide, target: Pointer, of: Type, layout: Array) -> None:
        """Copies an array of one type into an array of another, item by item."""
        given = self.packing.layout(value.type)
        assert isinstance(given, Array)
        offset = 0  # how far the first item of the source is into the target
        if isinstance(of, T.Set):
            assert isinstance(value.type, T.Set)
            offset = bounds(value.type.item)[0] - bounds(of.item)[0]
        kind = self.slot_type(of)
        with self.f.loop(0, min(given.count, layout.count - min(offset, 0))) as (i, again, _):
            if offset < 0:
                self.f.leave_unless(self.f.compare("sge", i, -offset), again)
            item = self.item(value, i)
            self.put_item(target, layout, self.f.add(i, offset), item, kind)

    # ---- arrays --------------------------------------------------------------------------------

    def slot_type(self, of: Type) -> Type:
        """The type of one part of an array, as it is packed."""
        match of:
            case T.Map(_, item):
                return item
            case T.Set():
                return T.BOOL
            case T.Channel(message):
                return message
            case T.List(item):
                return item if isinstance(item, T.Message) else T.Optional(item)
            case _:
                raise AssertionError(of)

    def item(self, whole: Small | Wide, index: Word) -> Value:
        """One part of an array; the index is inside."""
        layout = self.packing.layout(whole.type)
        assert isinstance(layout, Array)
        kind, item = self.slot_type(whole.type), layout.item
        if item.bits == 0:
            return self.decode(0, kind)
        if isinstance(index, int):
            return self.part(whole, layout.place(index), kind)
        self._check_index(index, layout)
        if not is_small(item):
            assert isinstance(whole, Wide)
            return Wide(self.f.at(whole.pointer, self.f.mul(index, item.words)), kind)
        word: Word
        inside: Word
        if isinstance(whole, Small):
            word, inside = whole.word, index
        else:
            row, inside = self._split(index, layout.per_word)
            word = self.f.load(whole.pointer, row)
        shift = self.f.mul(self.f.sub(layout.per_word - 1, inside), item.bits)
        return self.decode(self.f.and_(self.f.lshr(word, shift), mask(item.bits)), kind)

    def _check_index(self, index: Word, layout: Array) -> None:
        """In a checked build: an index is inside."""
        if self.checked and isinstance(index, str):
            with self.f.when(self.f.compare("uge", index, layout.count)):
                self.f.increment("%block", Block.BROKEN)

    def _split(self, index: Word, per_word: int) -> tuple[Word, Word]:
        if per_word == 1:
            return index, 0
        if isinstance(index, int):
            return divmod(index, per_word)
        number = self.f.op(f"udiv i64 {index}, {per_word}")
        return number, self.f.sub(index, self.f.mul(number, per_word))

    def put_item(
        self, pointer: Pointer, layout: Array, index: Word, value: Value, kind: Type
    ) -> None:
        """Writes one part of an array in memory; the index is inside."""
        item = layout.item
        if item.bits == 0:
            return
        self._check_index(index, layout)
        if not is_small(item):
            place = Place(0, 0, item)
            at = self.f.at(pointer, self.f.mul(index, item.words))
            self.write(at, place, self.packed(value, kind), kind)
            return
        number, inside = self._split(index, layout.per_word)
        at = self.f.at(pointer, number)
        shift = self.f.mul(self.f.sub(layout.per_word - 1, inside), item.bits)
        self.f.store(self.replaced(self.f.load(at), shift, item.bits, self.word(value, kind)), at)

    def replaced(self, word: Word, shift: Word, bits: int, new: Word) -> Word:
        """The word with some bits replaced."""
        hole = self.f.xor(self.f.shl(mask(bits), shift), 2**64 - 1)
        return self.f.or_(self.f.and_(word, hole), self.f.shl(new, shift))

    def used(self, slot: Value) -> Bit:
        """Whether a slot of a list or channel is in use."""
        match slot:
            case Small(word):
                return self.f.compare("ne", word, 0)
            case Wide(pointer, of):
                layout = self.packing.layout(of)
                row = layout.rows[0] if isinstance(layout, Choice) else cast(Row, layout)
                first = row.places[0]
                return self.f.compare("ne", self._field(self.f.load(pointer, first.word), first), 0)
            case _:
                raise AssertionError(slot)

    def from_slot(self, slot: Value, item: Type) -> Value:
        """The item in a slot that is in use."""
        return slot if isinstance(item, T.Message) else self.parts(slot).items[1]

    def as_slot(self, value: Value, item: Type) -> Value:
        """A slot in use that holds an item."""
        if isinstance(item, T.Message):
            return value
        return Parts((Truth(True), value), T.Optional(item))

    # ---- messages ------------------------------------------------------------------------------

    def has_tag(self, message: Value, tag: int) -> Bit:
        """Whether a message is of an alternative."""
        if isinstance(message, Parts):
            return message.tag == tag
        assert isinstance(message, Small | Wide)
        layout = self.packing.layout(message.type)
        assert isinstance(layout, Choice)
        place = layout.rows[0].places[0]
        if isinstance(message, Small):
            # One masked comparison, which joins with those of other fields.
            field = self.f.and_(message.word, mask(place.layout.bits) << place.shift)
            return self.f.compare("eq", field, tag + 1 << place.shift)
        found = self._field(self.f.load(message.pointer, place.word), place)
        return self.f.compare("eq", found, tag + 1)

    def message_part(self, message: Value, tag: int, index: int) -> Value:
        """A field of a message that is of the alternative."""
        if isinstance(message, Parts):
            return message.items[index]
        assert isinstance(message, Small | Wide) and isinstance(message.type, T.Message)
        layout = self.packing.layout(message.type)
        assert isinstance(layout, Choice)
        kind = message.type.alternatives[tag].fields[index][1]
        return self.part(message, layout.rows[tag].places[index + 1], kind)
