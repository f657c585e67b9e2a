"""Where every part of a state stands in 64-bit words: one layout for engines and saved runs.

A value whose parts need at most 64 bits is *small*: one number of exactly that many bits.  A
larger one is *wide*: a row of words, in which no scalar and no small part straddles two words, so
that any part is read by one shift and one mask.  Parts stand in their own order from the most
significant bit down and numbers are stored as their distance from the lowest value; so comparing
packed messages as unsigned numbers, word by word, is comparing the values themselves, which keeps
the canonical order of channels (sets are the exception: see `engines.native.channels`).

Absent things are all zeros: an optional has a bit for presence, and the tag of a message counts
from 1, so that a slot of a channel is in use when its tag is not 0.  A scalar of one value needs
no bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, assert_never, cast

from verifier.ir import types as T
from verifier.ir.expr import Fresh, walk
from verifier.ir.system import State, TransitionSystem
from verifier.ir.types import Type, Value

WORD = 64


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, stored as its distance from ``low``; ``low + count - 1`` is the largest."""

    bits: int
    low: int
    count: int
    words: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: in a small whole at ``shift``, in a wide one at ``shift`` of word
    ``word``; a wide part begins at ``word`` and has shift 0."""

    word: int
    shift: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after the other: a record, or an optional (its bit for presence, then the item)."""

    bits: int
    words: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A message: the tag, counted from 1, then the fields of its alternative.  Each alternative is
    a row that has the tag as its first part, at the same place in all."""

    bits: int
    words: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """``count`` equal parts: a map, the bits of a set, the slots of a list or a channel.

    Small parts stand ``per_word`` to a word (all of them in a small array).
    """

    bits: int
    words: int
    item: Layout
    count: int
    per_word: int

    def place(self, index: int) -> Place:
        """Where a part stands."""
        if not is_small(self.item):
            return Place(index * self.item.words, 0, self.item)
        word, inside = divmod(index, self.per_word)
        return Place(word, (self.per_word - 1 - inside) * self.item.bits, self.item)


Layout: TypeAlias = Scalar | Row | Choice | Array


def is_small(layout: Layout) -> bool:
    """Whether the whole fits one word."""
    return layout.bits <= WORD


@dataclass(frozen=True)
class Packing:
    """The layout of the states of a system.

    ``places`` are those of the variables, in declaration order; ``words`` is the size of a state.
    ``stamp_high`` is the largest stamp that can occur, also within a step: the canonical stamps of
    a state are multiples of the gap, and there are at most as many as there are places for them.
    """

    system: TransitionSystem

    @cached_property
    def stamp_high(self) -> int:
        """The largest number that a stamp can have."""
        gap = self.system.stamp_gap
        places = sum(stamp_places(variable.type) for variable in self.system.variables)
        offsets = [
            node.offset
            for action in (*self.system.actions, *self.system.initial)
            for node in walk(action.guard, *action.assignments.values())
            if isinstance(node, Fresh)
        ]
        return places * gap + max(offsets, default=0)

    @cached_property
    def _known(self) -> dict[Type, Layout]:
        return {}

    def layout(self, of: Type) -> Layout:
        """The layout of a type."""
        known = self._known.get(of)
        if known is None:
            known = self._known[of] = self._layout(of)
        return known

    def _layout(self, of: Type) -> Layout:
        match of:
            case T.Stamp():
                return _scalar(0, self.stamp_high + 1)
            case T.Int(low, high) if low is None or high is None:
                return Scalar(WORD, -(1 << WORD - 1), 1 << WORD)  # never part of a state
            case T.Bool() | T.Int() | T.Mod() | T.Enum():
                numbers = cast(range, T.scalar_range(of))
                return _scalar(numbers.start, len(numbers))
            case T.Record(_, fields):
                return _row([self.layout(field) for _, field in fields])
            case T.Optional(item):
                return _row([_scalar(0, 2), self.layout(item)])
            case T.Map(key, value):
                return _array(self.layout(value), len(cast(range, T.scalar_range(key))))
            case T.Set(item):
                return _array(_scalar(0, 2), len(cast(range, T.scalar_range(item))))
            case T.List(item, capacity) | T.Channel(item, _, capacity):
                assert capacity is not None, f"{of} has no bound: see `finite`"
                return _array(self.slot(item), capacity)
            case T.Message(alternatives):
                tag = _scalar(0, len(alternatives) + 1)
                return _choice(
                    [
                        [tag, *(self.layout(field) for _, field in record.fields)]
                        for record in alternatives
                    ]
                )
            case _:
                assert_never(of)

    def slot(self, item: Type) -> Layout:
        """The layout of one slot of a list or channel: all zeros when it is not in use."""
        return self.layout(item if isinstance(item, T.Message) else T.Optional(item))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where the variables stand: wide ones first, then small ones, the largest first, each in
        the first word that has room, since the order of variables means nothing."""
        layouts = [self.layout(variable.type) for variable in self.system.variables]
        found: dict[int, Place] = {}
        start = 0
        for number, layout in enumerate(layouts):
            if not is_small(layout):
                found[number] = Place(start, 0, layout)
                start += layout.words
        used: list[int] = []
        by_size = sorted(range(len(layouts)), key=lambda n: -layouts[n].bits)
        for number in by_size:
            layout = layouts[number]
            if number in found:
                continue
            word = next((w for w, bits in enumerate(used) if bits + layout.bits <= WORD), None)
            if word is None:
                word = len(used)
                used.append(0)
            found[number] = Place(start + word, used[word], layout)
            used[word] += layout.bits
        return tuple(found[number] for number in range(len(layouts)))

    @cached_property
    def words(self) -> int:
        """How many words a state has; at least one."""
        ends = (p.word + (1 if is_small(p.layout) else p.layout.words) for p in self.places)
        return max(ends, default=1)

    @cached_property
    def bits(self) -> int:
        """How many bits of a state are in use."""
        return sum(place.layout.bits for place in self.places)

    def pack(self, state: State) -> list[int]:
        """The words of a state."""
        words = [0] * self.words
        for variable, place, value in zip(self.system.variables, self.places, state, strict=True):
            self._put(words, place, 0, variable.type, value)
        return words

    def unpack(self, words: list[int]) -> State:
        """The state that has these words."""
        return tuple(
            self._get(words, place, 0, variable.type)
            for variable, place in zip(self.system.variables, self.places, strict=True)
        )

    def packed(self, of: Type, value: Value) -> list[int]:
        """The words of a value on its own."""
        layout = self.layout(of)
        words = [0] * (1 if is_small(layout) else layout.words)
        self._put(words, Place(0, 0, layout), 0, of, value)
        return words

    def unpacked(self, of: Type, words: list[int]) -> Value:
        """The value that has these words."""
        return self._get(words, Place(0, 0, self.layout(of)), 0, of)

    def _put(self, words: list[int], place: Place, start: int, of: Type, value: Value) -> None:
        """Writes a value at a place whose words are counted from ``start``; all is zero before."""
        if is_small(place.layout):
            words[start + place.word] |= self._small(of, value) << place.shift
            return
        for part, kind, item in self._parts(of, value):
            self._put(words, part, start + place.word, kind, item)

    def _small(self, of: Type, value: Value) -> int:
        layout = self.layout(of)
        if isinstance(layout, Scalar):
            return cast(int, value) - layout.low
        return sum(self._small(kind, item) << p.shift for p, kind, item in self._parts(of, value))

    def _parts(self, of: Type, value: Value) -> list[tuple[Place, Type, Value]]:
        """The parts of a compound value that are not all zeros by absence."""
        layout, items = self.layout(of), cast("tuple[Value, ...]", value)
        match of, layout:
            case T.Record(_, fields), Row(places=places):
                return [(p, k, v) for p, (_, k), v in zip(places, fields, items, strict=True)]
            case T.Optional(item), Row(places=places):
                return [(places[0], T.BOOL, True), (places[1], item, items[0])] if items else []
            case T.Map(_, item), Array():
                return [(layout.place(i), item, v) for i, v in enumerate(items)]
            case T.Set(item), Array():
                low = cast(range, T.scalar_range(item)).start
                return [(layout.place(cast(int, v) - low), T.BOOL, True) for v in items]
            case ((T.List(item) | T.Channel(item)), Array()):
                if isinstance(item, T.Message):
                    return [(layout.place(i), item, v) for i, v in enumerate(items)]
                slot = T.Optional(item)
                return [(layout.place(i), slot, (v,)) for i, v in enumerate(items)]
            case T.Message(alternatives), Choice(rows=rows):
                tag = cast(int, items[0])
                kinds = [T.Int(0, len(alternatives)), *(k for _, k in alternatives[tag].fields)]
                values = (tag + 1, *items[1:])
                return list(zip(rows[tag].places, kinds, values, strict=True))
            case _:
                raise AssertionError(of)

    def _get(self, words: list[int], place: Place, start: int, of: Type) -> Value:
        layout = place.layout
        if is_small(layout):
            part = words[start + place.word] >> place.shift & (1 << layout.bits) - 1
            return self._value([part], 0, of)
        return self._value(words, start + place.word, of)

    def _value(self, words: list[int], start: int, of: Type) -> Value:
        """The value whose layout begins at a word."""
        layout = self.layout(of)
        match of, layout:
            case _, Scalar(low=low):
                return bool(words[start]) if isinstance(of, T.Bool) else words[start] + low
            case T.Record(_, fields), Row(places=places):
                parts = zip(places, fields, strict=True)
                return tuple(self._get(words, p, start, kind) for p, (_, kind) in parts)
            case T.Optional(item), Row(places=places):
                if not self._get(words, places[0], start, T.BOOL):
                    return ()
                return (self._get(words, places[1], start, item),)
            case T.Map(_, item), Array(count=count):
                return tuple(self._get(words, layout.place(i), start, item) for i in range(count))
            case T.Set(item), Array(count=count):
                low = cast(range, T.scalar_range(item)).start
                return tuple(
                    low + i if not isinstance(item, T.Bool) else bool(i)
                    for i in range(count)
                    if self._get(words, layout.place(i), start, T.BOOL)
                )
            case ((T.List(item) | T.Channel(item)), Array(count=count)):
                kind = item if isinstance(item, T.Message) else T.Optional(item)
                slots = (self._get(words, layout.place(i), start, kind) for i in range(count))
                used = [cast("tuple[Value, ...]", slot) for slot in slots if slot != ()]
                return tuple(slot if isinstance(item, T.Message) else slot[0] for slot in used)
            case T.Message(alternatives), Choice(rows=rows):
                tag_place = rows[0].places[0]
                tag = self._get(words, tag_place, start, T.Int(0, len(alternatives)))
                if tag == 0:
                    return ()  # a slot that is not in use
                assert isinstance(tag, int)
                places, record = rows[tag - 1].places[1:], alternatives[tag - 1]
                placed = zip(places, record.fields, strict=True)
                return (tag - 1, *(self._get(words, p, start, kind) for p, (_, kind) in placed))
            case _:
                raise AssertionError(of)


def stamp_places(of: Type) -> int:
    """How many stamps a value of the type can hold at most."""
    match of:
        case T.Stamp():
            return 1
        case T.Record(_, fields):
            return sum(stamp_places(kind) for _, kind in fields)
        case T.Optional(item):
            return stamp_places(item)
        case T.Map(key, item):
            return len(cast(range, T.scalar_range(key))) * stamp_places(item)
        case T.List(item, capacity) | T.Channel(item, _, capacity):
            assert capacity is not None, f"{of} has no bound: see `finite`"
            return capacity * stamp_places(item)
        case T.Message(alternatives):
            return max(stamp_places(record) for record in alternatives)
        case _:
            return 0


def _scalar(low: int, count: int) -> Scalar:
    return Scalar((count - 1).bit_length(), low, count)


def _row(parts: list[Layout]) -> Row:
    bits = sum(part.bits for part in parts)
    if bits <= WORD and all(is_small(part) for part in parts):
        return Row(bits, 1, _small_places(parts, bits))
    places, words = _wide_places(parts)
    return Row(max(bits, WORD + 1), words, places)


def _small_places(parts: list[Layout], bits: int) -> tuple[Place, ...]:
    """The places of parts from the most significant of so many bits down."""
    places = []
    for part in parts:
        bits -= part.bits
        places.append(Place(0, bits, part))
    return tuple(places)


def _wide_places(parts: list[Layout]) -> tuple[tuple[Place, ...], int]:
    """The places of parts that share words, from the most significant bit of each word down, and
    the number of words."""
    places: list[Place] = []
    word, free = 0, WORD
    for part in parts:
        if not is_small(part):
            word, free = (word, free) if free == WORD else (word + 1, WORD)
            places.append(Place(word, 0, part))
            word += part.words
            continue
        if part.bits > free:
            word, free = word + 1, WORD
        free -= part.bits
        places.append(Place(word, free, part))
    return tuple(places), word + (free < WORD)


def _choice(alternatives: list[list[Layout]]) -> Choice:
    sizes = [sum(part.bits for part in parts) for parts in alternatives]
    bits = max(sizes)
    if bits <= WORD and all(is_small(part) for parts in alternatives for part in parts):
        rows = [Row(bits, 1, _small_places(parts, bits)) for parts in alternatives]
        return Choice(bits, 1, tuple(rows))
    wide = [_wide_places(parts) for parts in alternatives]
    words = max(count for _, count in wide)
    bits = max(bits, WORD + 1)
    return Choice(bits, words, tuple(Row(bits, words, places) for places, _ in wide))


def _array(item: Layout, count: int) -> Array:
    bits = item.bits * count
    if is_small(item):
        if bits <= WORD:
            return Array(bits, 1, item, count, max(count, 1))
        per_word = WORD // item.bits
        return Array(bits, -(-count // per_word), item, count, per_word)
    return Array(max(bits, WORD + 1), item.words * count, item, count, 0)
