"""The stamps inside a value: only their order means anything, so they may be renumbered."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from verifier.ir import types as T
from verifier.ir.types import Type, Value


def with_stamps(of: Type, value: Value, change: Callable[[int], int]) -> Value:
    """The value with every stamp in it replaced, from left to right.  A strictly monotone
    ``change`` keeps sorted tuples sorted, so the result is a value of the type again."""
    if isinstance(value, int):
        return change(value) if isinstance(of, T.Stamp) else value
    match of:
        case T.Record(_, fields):
            parts = zip(fields, value, strict=True)
            return tuple(with_stamps(kind, part, change) for (_, kind), part in parts)
        case T.Message(alternatives):
            tag, *rest = value
            assert isinstance(tag, int)
            fields_of = with_stamps(alternatives[tag], tuple(rest), change)
            assert isinstance(fields_of, tuple)
            return (tag, *fields_of)
        case T.Optional(item) | T.List(item, _) | T.Set(item) | T.Map(_, item):
            return tuple(with_stamps(item, part, change) for part in value)
        case T.Channel(message):
            return tuple(with_stamps(message, part, change) for part in value)
        case T.Bool() | T.Int() | T.Mod() | T.Enum() | T.Stamp():
            raise AssertionError(f"{value} is not a value of {of}")
        case _:
            assert_never(of)
