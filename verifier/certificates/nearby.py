"""Values near to others: a small change at random, of any type."""

from __future__ import annotations

import random
from typing import assert_never, cast

from verifier.ir import types as T
from verifier.ir.channels import put, remove_at
from verifier.ir.types import Type, Value


def changed(chance: random.Random, of: Type, value: Value) -> Value:
    """A value that differs from another one in one place, most of the time: of the type but for the
    range of its numbers and its capacity, which who asks has to look at."""
    if isinstance(value, int):
        return _number(chance, of, value)
    items = value
    match of:
        case T.Record(_, fields):
            return _one_of(chance, [kind for _, kind in fields], items)
        case T.Map(_, item):
            return _one_of(chance, [item] * len(items), items)
        case T.Optional(item):
            if not items:
                return (anything(chance, item),)
            return () if chance.random() < 0.3 else (changed(chance, item, items[0]),)
        case T.Set(item):
            member = anything(chance, item)
            return T.in_order(set(items) ^ {member})
        case T.List(item):
            place = chance.randrange(len(items) + 1)
            return _edited(chance, item, items, place)
        case T.Message(alternatives):
            tag = cast(int, items[0])
            return (tag, *cast("tuple[Value, ...]", changed(chance, alternatives[tag], items[1:])))
        case T.Channel(message):
            return _flight(chance, of, message, items)
        case T.Bool() | T.Int() | T.Mod() | T.Enum() | T.Stamp():
            raise AssertionError(f"{value} is not a value of {of}")
        case _:
            assert_never(of)


def anything(chance: random.Random, of: Type) -> Value:
    """Some value of a type: a small one."""
    numbers = T.scalar_range(of)
    if numbers is not None:
        return chance.choice(numbers)
    match of:
        case T.Message(alternatives):
            tag = chance.randrange(len(alternatives))
            return (tag, *(anything(chance, kind) for _, kind in alternatives[tag].fields))
        case T.Record(_, fields):
            return tuple(anything(chance, kind) for _, kind in fields)
        case T.Int() | T.Stamp():
            return _number(chance, of, cast(int, T.default(of)))
        case _:
            default = T.default(of)
            return default if chance.random() < 0.5 else changed(chance, of, default)


def few_values(of: Type, count: int) -> list[Value]:
    """A few values of a type that may have too many."""
    match of:
        case T.Int(int(low), None):
            return list(range(low, low + count))
        case T.Int(None, int(high)):
            return list(range(high, high - count, -1))
        case T.Int():
            return list(range(-1, count - 1))
        case _:
            chance = random.Random(0)
            return [T.default(of), *(anything(chance, of) for _ in range(count))]


def _number(chance: random.Random, of: Type, value: int) -> Value:
    if isinstance(of, T.Bool):
        return not value
    return value + chance.choice((-2, -1, 1, 1, 2, 3))


def _one_of(chance: random.Random, kinds: list[Type], items: tuple[Value, ...]) -> Value:
    if not items:
        return items
    place = chance.randrange(len(items))
    new = changed(chance, kinds[place], items[place])
    return (*items[:place], new, *items[place + 1 :])


def _edited(
    chance: random.Random, item: Type, items: tuple[Value, ...], place: int
) -> tuple[Value, ...]:
    """One item more, one less, or another one."""
    if place == len(items) or chance.random() < 0.3:
        return (*items[:place], anything(chance, item), *items[place:])
    if chance.random() < 0.4:
        return (*items[:place], *items[place + 1 :])
    return (*items[:place], changed(chance, item, items[place]), *items[place + 1 :])


def _flight(
    chance: random.Random, of: T.Channel, message: T.Message, flight: tuple[Value, ...]
) -> Value:
    """One message more, one less, or another one in the place of one."""
    if not flight or chance.random() < 0.4:
        return put(flight, anything(chance, message), of)
    place = chance.randrange(len(flight))
    left = remove_at(flight, place)
    return left if chance.random() < 0.3 else put(left, changed(chance, message, flight[place]), of)
