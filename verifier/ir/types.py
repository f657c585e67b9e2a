"""Types, their values, and how values are ordered, numbered and shown.

A value is an integer or a tuple of values, never anything else, so that Python's own
``<`` and ``hash`` are the order and the identity of every type:

==============  =======================================================================
type            value
==============  =======================================================================
Bool            False, True
Int, Mod        the number
Enum            the ordinal, ``low .. low + len(labels) - 1``
Stamp           0 for "before every fresh stamp", otherwise a rank (see `semantics`)
Record          the tuple of its fields, in declaration order
Optional        ``()`` when absent, ``(value,)`` when present
Map             the tuple of its values, in the order of the keys
Set             the strictly increasing tuple of its members
List            the tuple of its items, at most ``capacity``
Message         ``(tag, field, field, ...)``; the tag numbers the alternative
Channel         the tuple of the messages in flight, in the channel's canonical order
==============  =======================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias, assert_never

Value: TypeAlias = "int | tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Bool:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Int:
    """The integers ``low .. high``, both included; None on a side means no bound."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Mod:
    """The integers ``0 .. modulus - 1`` with wrap-around arithmetic."""

    modulus: int


@dataclass(frozen=True, slots=True)
class Enum:
    """Named values.  Node types are enumerations too: each owns a range of one numbering of all
    nodes (``low`` is its first), so a reference keeps its value when it is seen as a plain node."""

    name: str
    labels: tuple[str, ...]
    low: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A point in a total order: only compared, copied, and taken fresh."""


@dataclass(frozen=True, slots=True)
class Record:
    """Named fields."""

    name: str
    fields: tuple[tuple[str, Type], ...]

    def __hash__(self) -> int:
        # Asked whenever an expression is made.  Equality looks at the fields; to hash them, too,
        # would go through all of them each time, and names tell nearly all records apart.
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Optional:
    """A value that may be absent."""

    item: Type


@dataclass(frozen=True, slots=True)
class Map:
    """One value for every key; the key type is scalar and finite."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Set:
    """A set over a scalar, finite item type."""

    item: Type


@dataclass(frozen=True, slots=True)
class List:
    """A sequence of at most ``capacity`` items.  None, which is no bound, is for what a channel
    without a bound can deliver only."""

    item: Type
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """One of several records; each starts with the fields ``sender`` and ``receiver``."""

    alternatives: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """The messages in flight.

    Unordered: a multiset, kept sorted.  Fifo: one queue for each pair (sender, receiver), kept as
    one tuple that is sorted by the pair and keeps the order of sending within a pair.  A capacity
    of None is no bound: the channel is never full.
    """

    message: Message
    fifo: bool
    capacity: int | None


Type: TypeAlias = (
    Bool | Int | Mod | Enum | Stamp | Record | Optional | Map | Set | List | Message | Channel
)

BOOL = Bool()
STAMP = Stamp()
INTEGER = Int(None, None)


def scalar_range(of: Type) -> range | None:
    """The ordinals of a finite scalar type as a range, or None if it is not one."""
    match of:
        case Bool():
            return range(2)
        case Int(low, high):
            return None if low is None or high is None else range(low, high + 1)
        case Mod(modulus):
            return range(modulus)
        case Enum(_, labels, low):
            return range(low, low + len(labels))
        case _:
            return None


def default(of: Type) -> Value:
    """The value that a variable has when nothing else is said, and that stands in for the
    undefined result of a partial operation (decision 002)."""
    match of:
        case Bool():
            return False
        case Int(low, high):
            if low is not None and low > 0:
                return low
            return high if high is not None and high < 0 else 0
        case Mod() | Stamp():
            return 0
        case Enum(_, _, low):
            return low
        case Record(_, fields):
            return tuple(default(field) for _, field in fields)
        case Optional() | Set() | List() | Channel():
            return ()
        case Map(key, value):
            keys = scalar_range(key)
            assert keys is not None, f"{key} cannot be the key of a map"
            return (default(value),) * len(keys)
        case Message(alternatives):
            return (0, *(default(field) for _, field in alternatives[0].fields))
        case _:
            assert_never(of)


def contains(of: Type, value: Value) -> bool:
    """Whether ``value`` is a well-formed value of the type, in canonical form."""
    match of:
        case Bool() | Mod() | Enum():
            numbers = scalar_range(of)
            return isinstance(value, int) and numbers is not None and value in numbers
        case Int(low, high):
            return isinstance(value, int) and (
                (low is None or low <= value) and (high is None or value <= high)
            )
        case Stamp():
            return isinstance(value, int) and value >= 0
        case Message(alternatives):
            if not isinstance(value, tuple) or not value or not isinstance(value[0], int):
                return False
            if not 0 <= value[0] < len(alternatives):
                return False
            return contains(alternatives[value[0]], value[1:])
        case _:
            return isinstance(value, tuple) and _contains_compound(of, value)


def _contains_compound(
    of: Record | Optional | Map | Set | List | Channel, value: tuple[Value, ...]
) -> bool:
    match of:
        case Record(_, fields):
            return len(value) == len(fields) and all(
                contains(field, item) for (_, field), item in zip(fields, value, strict=True)
            )
        case Optional(item):
            return len(value) <= 1 and all(contains(item, part) for part in value)
        case Map(key, item):
            keys = scalar_range(key)
            assert keys is not None
            return len(value) == len(keys) and all(contains(item, part) for part in value)
        case Set(item):
            members: list[Any] = list(value)
            return members == sorted(set(members)) and all(contains(item, part) for part in value)
        case List(item, capacity):
            return fits(len(value), capacity) and all(contains(item, part) for part in value)
        case Channel(message, fifo, capacity):
            places: list[Any] = [link(part) if fifo else part for part in value]
            return (
                fits(len(value), capacity)
                and all(contains(message, part) for part in value)
                and places == sorted(places)
            )
        case _:
            assert_never(of)


def fits(count: int, capacity: int | None) -> bool:
    """Whether so many items are no more than the capacity."""
    return capacity is None or count <= capacity


def link(message: Value) -> Value:
    """The pair (sender, receiver) of a message."""
    assert isinstance(message, tuple)
    return message[1:3]


def in_order(items: Iterable[Value]) -> tuple[Value, ...]:
    """The items sorted; all are of one type, so any two can be compared."""
    unsorted: Iterable[Any] = items
    return tuple(sorted(unsorted))


def values(of: Type) -> Iterator[Value]:
    """Every value of a finite type without channels, in increasing order for scalars and in the
    order of enumeration that labels rely on for the rest (decision 006)."""
    numbers = scalar_range(of)
    if numbers is not None:
        yield from (bool(number) for number in numbers) if isinstance(of, Bool) else numbers
        return
    match of:
        case Record(_, fields):
            yield from product(*(tuple(values(field)) for _, field in fields))
        case Optional(item):
            yield ()
            yield from ((value,) for value in values(item))
        case Map(key, item):
            keys = scalar_range(key)
            assert keys is not None
            yield from product(tuple(values(item)), repeat=len(keys))
        case Set(item):
            members = tuple(values(item))
            for mask in range(1 << len(members)):
                yield tuple(member for bit, member in enumerate(members) if mask >> bit & 1)
        case List(item, capacity):
            assert capacity is not None, "lists without a bound cannot be enumerated"
            items = tuple(values(item))
            for length in range(capacity + 1):
                yield from product(items, repeat=length)
        case _:
            raise AssertionError(f"the values of {of} cannot be enumerated")


def show(of: Type, value: Value) -> str:
    """The value as a person writes it in a model."""
    match of:
        case Bool():
            return "true" if value else "false"
        case Int() | Mod():
            return str(value)
        case Stamp():
            return f"t{value}"
        case Enum(_, labels, low):
            assert isinstance(value, int)
            return labels[value - low]
        case Message(alternatives):
            assert isinstance(value, tuple) and isinstance(value[0], int)
            return show(alternatives[value[0]], value[1:])
        case _:
            assert isinstance(value, tuple)
            return _show_compound(of, value)


def _show_compound(
    of: Record | Optional | Map | Set | List | Channel, value: tuple[Value, ...]
) -> str:
    match of:
        case Record(name, fields):
            shown = (
                f"{field}: {show(kind, item)}"
                for (field, kind), item in zip(fields, value, strict=True)
                if field not in ("sender", "receiver")
            )
            body = ", ".join(shown)
            return f"{name} {{ {body} }}" if body else name
        case Optional(item):
            return show(item, value[0]) if value else "none"
        case Map(key, item):
            keys = values(key)
            pairs = (f"{show(key, k)}: {show(item, v)}" for k, v in zip(keys, value, strict=True))
            return "{ " + ", ".join(pairs) + " }"
        case Set(item):
            return "{" + ", ".join(show(item, part) for part in value) + "}"
        case List(item, _):
            return "[" + ", ".join(show(item, part) for part in value) + "]"
        case Channel(message, _, _):
            return "[" + ", ".join(show(message, part) for part in value) + "]"
        case _:
            assert_never(of)
