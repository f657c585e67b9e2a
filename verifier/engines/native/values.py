"""What the value of an expression is while code for it is written.

Every value lies within its own type; that type may be wider than the declared one where the model
computes a number that has still to be checked (`x + 1`).  So nothing is ever cut off before the
checks of a step have been passed, and behind them everything fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

from verifier.engines.native.code import Bit, Function, Pointer, Word
from verifier.ir import types as T
from verifier.ir.types import Type


@dataclass(frozen=True, slots=True)
class Number:
    """A number between ``low`` and ``high``, in a register wide enough for both."""

    word: Word
    low: int
    high: int

    @property
    def bits(self) -> int:
        """The width of its register."""
        return width_for(self.low, self.high)

    @property
    def register(self) -> str:
        """The LLVM type of its register."""
        return f"i{self.bits}"


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""

    bit: Bit


@dataclass(frozen=True, slots=True)
class Small:
    """A packed compound in one word."""

    word: Word
    type: Type


@dataclass(frozen=True, slots=True)
class Wide:
    """A packed compound in memory that nobody changes any more."""

    pointer: Pointer
    type: Type


@dataclass(frozen=True, slots=True)
class Parts:
    """A compound that has not been packed: the fields of a record or message (without its tag), or
    whether an optional is present and its item."""

    items: tuple[Value, ...]
    type: Type
    tag: int = 0


Value: TypeAlias = Number | Truth | Small | Wide | Parts


def width_for(low: int, high: int) -> int:
    """The bits of a register that holds these numbers: 64, or as many as it takes.  Not 128, since
    division by a library routine of that width cannot be linked."""
    if low >= -(1 << 63) and high < 1 << 63:
        return 64
    needed = max(low.bit_length(), high.bit_length()) + 1
    return max(192, -(-needed // 64) * 64)


def bounds(of: Type) -> tuple[int, int]:
    """The smallest and largest number of a scalar type other than Stamp."""
    if isinstance(of, T.Int) and (of.low is None or of.high is None):
        return -(1 << 63), (1 << 63) - 1
    numbers = cast(range, T.scalar_range(of))
    return numbers.start, numbers.stop - 1


def hull(one: Type, other: Type) -> Type:
    """A type that has all values of two comparable types, which keeps their order and equality."""
    if one == other:
        return one
    match one, other:
        case T.Record(name, fields), T.Record(_, others):
            pairs = zip(fields, others, strict=True)
            return T.Record(name, tuple((field, hull(a, b)) for (field, a), (_, b) in pairs))
        case T.Optional(a), T.Optional(b):
            return T.Optional(hull(a, b))
        case T.Map(key, a), T.Map(_, b):
            return T.Map(key, hull(a, b))
        case T.Set(a), T.Set(b):
            return T.Set(hull(a, b))
        case T.List(a, count), T.List(b, other_count):
            return T.List(hull(a, b), max(slots(count), slots(other_count)))
        case T.Message(alternatives), T.Message(others_):
            pairs_ = zip(alternatives, others_, strict=True)
            return T.Message(tuple(cast(T.Record, hull(a, b)) for a, b in pairs_))
        case T.Channel(a, fifo, count), T.Channel(b, _, other_count):
            most = max(slots(count), slots(other_count))
            return T.Channel(cast(T.Message, hull(a, b)), fifo, most)
        case _:
            (low, high), (low2, high2) = bounds(one), bounds(other)
            return T.Int(min(low, low2), max(high, high2))


def slots(capacity: int | None) -> int:
    """A capacity as a number: `registry.unfit` keeps what has none away from this engine."""
    assert capacity is not None, "a list or channel without a bound"
    return capacity


def type_of(value: Value, declared: Type) -> Type:
    """The declared type, wider where the value may not fit."""
    match value:
        case Truth():
            return T.BOOL
        case Number(_, low, high):
            if isinstance(declared, T.Stamp):
                return declared
            least, most = bounds(declared)
            fits = least <= low and high <= most
            return declared if fits else T.Int(min(low, least), max(high, most))
        case Small() | Wide():
            return value.type
        case Parts(items, of, tag):
            match of:
                case T.Record(name, fields):
                    pairs = zip(fields, items, strict=True)
                    return T.Record(name, tuple((n, type_of(item, k)) for (n, k), item in pairs))
                case T.Optional(item):
                    return T.Optional(type_of(items[1], item))
                case T.Message(alternatives):
                    record = alternatives[tag]
                    pairs = zip(record.fields, items, strict=True)
                    widened = tuple((n, type_of(item, k)) for (n, k), item in pairs)
                    if widened == record.fields:
                        return of
                    wider = T.Record(record.name, widened)
                    return T.Message((*alternatives[:tag], wider, *alternatives[tag + 1 :]))
                case _:
                    raise AssertionError(of)


def item_type(of: Type) -> Type:
    """What a collection holds."""
    match of:
        case T.Set(item) | T.List(item, _):
            return item
        case T.Channel(message):
            return message
        case T.Map(_, item):
            return item
        case _:
            raise AssertionError(of)


def resized(f: Function, number: Number, bits: int) -> Word:
    """The number in a register of at least its own width."""
    if number.bits == bits or isinstance(number.word, int):
        return number.word
    return f.op(f"sext {number.register} {number.word} to i{bits}")


def fitted(f: Function, word: Word, low: int, high: int, bits: int) -> Number:
    """A number of a register of so many bits that lies between two bounds."""
    wanted = width_for(low, high)
    if wanted < bits and isinstance(word, str):
        word = f.op(f"trunc i{bits} {word} to i{wanted}")
    elif wanted > bits and isinstance(word, str):
        word = f.op(f"sext i{bits} {word} to i{wanted}")
    return Number(word, low, high)


def part_types(of: Type) -> list[Type]:
    """The types of the parts of a record or an optional."""
    match of:
        case T.Record(_, fields):
            return [kind for _, kind in fields]
        case T.Optional(item):
            return [T.BOOL, item]
        case _:
            raise AssertionError(of)
