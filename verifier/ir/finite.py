"""Which variables have infinitely many values: some engines need to know the size of a state."""

from __future__ import annotations

from typing import assert_never

from verifier.ir import types as T
from verifier.ir.system import TransitionSystem, Variable
from verifier.ir.types import Type


def is_bounded(of: Type) -> bool:
    """Whether every integer in a value has a bound, and every list and channel in it a capacity.

    Stamps count as bounded: a state holds only the ranks of those that are in it.
    """
    match of:
        case T.Bool() | T.Mod() | T.Enum() | T.Stamp():
            return True
        case T.Int(low, high):
            return low is not None and high is not None
        case T.Record(_, fields):
            return all(is_bounded(kind) for _, kind in fields)
        case T.Optional(item) | T.Set(item) | T.Map(_, item):
            return is_bounded(item)
        case T.Message(alternatives):
            return all(is_bounded(alternative) for alternative in alternatives)
        case T.List(item, capacity) | T.Channel(item, _, capacity):
            return capacity is not None and is_bounded(item)
        case _:
            assert_never(of)


def unbounded_variables(system: TransitionSystem) -> tuple[Variable, ...]:
    """The variables that have infinitely many values, in order."""
    return tuple(variable for variable in system.variables if not is_bounded(variable.type))
