"""Stamps: where they are, what a fresh one is, and which states are one but for their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import cast

from verifier.ir import types as T
from verifier.ir.system import State, TransitionSystem
from verifier.ir.types import Type, Value


@cache  # asked for every variable of every state
def holds_stamps(of: Type) -> bool:
    """Whether values of the type may contain stamps."""
    match of:
        case T.Stamp():
            return True
        case T.Record(_, fields):
            return any(holds_stamps(kind) for _, kind in fields)
        case T.Optional(item) | T.List(item, _) | T.Map(_, item):
            return holds_stamps(item)
        case T.Message(alternatives):
            return any(holds_stamps(alternative) for alternative in alternatives)
        case T.Channel(message):
            return holds_stamps(message)
        case _:
            return False


def stamps(system: TransitionSystem, state: State) -> list[int]:
    """The distinct stamps that a state holds, 0 left out, in increasing order."""
    found: set[int] = set()

    def note(stamp: int) -> int:
        found.add(stamp)
        return stamp

    for variable, value in zip(system.variables, state, strict=False):
        if holds_stamps(variable.type):
            map_stamps(variable.type, value, note)
    return sorted(found - {0})


def place_stamp(stamps: Sequence[int], back: int, offset: int) -> int:
    """The stamp that `expr.Fresh` means in a state that holds these stamps."""
    downwards = [*reversed(stamps), 0]
    if back == 0:
        return downwards[0] + offset
    place = min((back + 1) // 2, len(downwards)) - 1
    if back % 2 == 1:
        return downwards[place]
    return downwards[min(place + 1, len(downwards) - 1)] + offset


def canonical(system: TransitionSystem, state: State) -> State:
    """The state with its stamps renumbered by rank: states that differ only in the values of
    stamps, not in their order, are one state.  A monotone map keeps sorted tuples sorted."""
    rank = {stamp: (i + 1) * system.stamp_gap for i, stamp in enumerate(stamps(system, state))}
    rank[0] = 0
    return tuple(
        map_stamps(variable.type, value, rank.__getitem__) if holds_stamps(variable.type) else value
        for variable, value in zip(system.variables, state, strict=True)
    )


def map_stamps(of: Type, value: Value, change: Callable[[int], int]) -> Value:
    """The value with every stamp in it replaced."""
    if isinstance(value, int):
        return change(value) if isinstance(of, T.Stamp) else value
    match of:
        case T.Record(_, fields):
            return tuple(
                map_stamps(kind, part, change)
                for (_, kind), part in zip(fields, value, strict=True)
            )
        case T.Message(alternatives):
            record = alternatives[cast(int, value[0])]
            return (value[0], *cast("tuple[Value, ...]", map_stamps(record, value[1:], change)))
        case T.Optional(item) | T.List(item, _) | T.Set(item) | T.Map(_, item):
            return tuple(map_stamps(item, part, change) for part in value)
        case T.Channel(message):
            return tuple(map_stamps(message, part, change) for part in value)
        case _:
            raise AssertionError(f"{value} is not a value of {of}")
