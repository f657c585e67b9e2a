"""Values of a run as JSON: plainly, for scripts, and as ITF writes them, for other checkers."""

from __future__ import annotations

from collections import Counter
from typing import Any, assert_never

from verifier.ir import types
from verifier.ir.types import Type, Value

EXACT = 2**53 - 1  # beyond it readers of JSON that know floating point only lose digits


def plain(of: Type, value: Value) -> Any:
    """The value as a script wants it: an enumeration by its label, a record as an object, ``none``
    as null, a map as an object, a message with its name."""
    match of:
        case types.Bool():
            return bool(value)
        case types.Int() | types.Mod() | types.Stamp():
            return value
        case types.Enum():
            return types.show(of, value)
        case types.Record(_, fields):
            assert isinstance(value, tuple)
            return {
                name: plain(kind, part) for (name, kind), part in zip(fields, value, strict=True)
            }
        case types.Optional(item):
            assert isinstance(value, tuple)
            return plain(item, value[0]) if value else None
        case types.Map(key, item):
            assert isinstance(value, tuple)
            keys = types.values(key)
            return {
                types.show(key, k): plain(item, part) for k, part in zip(keys, value, strict=True)
            }
        case types.Set(item) | types.List(item, _):
            assert isinstance(value, tuple)
            return [plain(item, part) for part in value]
        case types.Message(alternatives):
            record, parts = _alternative(alternatives, value)
            return {"message": record.name, **plain(record, parts)}
        case types.Channel(message, _, _):
            assert isinstance(value, tuple)
            return [plain(message, part) for part in value]
        case _:
            assert_never(of)


def itf(of: Type, value: Value) -> Any:
    """The value in the Informal Trace Format of Apalache (its ADR 015): an optional value is a
    variant ``some`` or ``none``, a message the variant of its name, an unordered channel a bag,
    which is a map from messages to how many there are."""
    match of:
        case types.Bool():
            return bool(value)
        case types.Int() | types.Mod() | types.Stamp():
            assert isinstance(value, int)
            return value if -EXACT <= value <= EXACT else {"#bigint": str(value)}
        case types.Enum():
            return types.show(of, value)
        case types.Record(_, fields):
            assert isinstance(value, tuple)
            return {name: itf(kind, part) for (name, kind), part in zip(fields, value, strict=True)}
        case types.Optional(item):
            assert isinstance(value, tuple)
            return _variant("some", itf(item, value[0])) if value else _variant("none", UNIT)
        case types.Map(key, item):
            assert isinstance(value, tuple)
            keys = types.values(key)
            return {"#map": [[itf(key, k), itf(item, v)] for k, v in zip(keys, value, strict=True)]}
        case types.Set(item):
            assert isinstance(value, tuple)
            return {"#set": [itf(item, part) for part in value]}
        case types.List(item, _):
            assert isinstance(value, tuple)
            return [itf(item, part) for part in value]
        case types.Message(alternatives):
            record, parts = _alternative(alternatives, value)
            return _variant(record.name, itf(record, parts))
        case types.Channel(message, fifo, _):
            assert isinstance(value, tuple)
            if fifo:
                return [itf(message, part) for part in value]
            return {"#map": [[itf(message, part), n] for part, n in Counter(value).items()]}
        case _:
            assert_never(of)


UNIT = "U_OF_UNIT"  # as Apalache writes the value of a variant that has none


def _variant(tag: str, value: Any) -> dict[str, Any]:
    return {"tag": tag, "value": value}


def _alternative(
    alternatives: tuple[types.Record, ...], value: Value
) -> tuple[types.Record, tuple[Value, ...]]:
    """Which message it is, and its fields."""
    assert isinstance(value, tuple) and isinstance(value[0], int)
    return alternatives[value[0]], value[1:]
