"""Reachable states as columns of numbers: what conjectures about all reachable states are tried on
before a solver is asked.

A conjecture that is false of a sample is false; one that is true of all samples is only a
conjecture.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from verifier.engines.explicit.compile import Transition, compile_problem
from verifier.engines.symbolic import trees
from verifier.engines.symbolic.views import Slot, View
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import initial_states
from verifier.ir.system import State, TransitionSystem

NEAR_MAX = 3_000  # states nearest to the initial ones
STATES_MAX = 20_000
WALK_STEPS = 60
NUMBER_MAX = 2**40  # so that sums of numbers of a sample fit into what numpy counts with
FLIGHT_MAX = 6  # messages in a channel at which a walk ends
IDLE_MAX = 100  # walks in a row that see nothing new
SECONDS_MAX = 10.0
SHARE = 0.2  # of the time that is left
SUCCESSORS_MAX = 5_000  # of one state that are looked at

Column: TypeAlias = Any  # numpy array of one number per row
Columns: TypeAlias = Mapping[Expr, Column]
Expand: TypeAlias = Callable[[State, Callable[[Transition], None]], None]


def sampled(system: TransitionSystem, deadline: float | None = None) -> list[State]:
    """Reachable states: the nearest ones, and those of random walks.  The same in every run of the
    tool, unless the time ends first: some seconds, or a part of those up to the deadline (on the
    clock of ``time.monotonic()``)."""
    expand = compile_problem(SafetyProblem(system, ())).expand
    starts = [state for _, state in islice(initial_states(system), NEAR_MAX)]
    channels = [i for i, v in enumerate(system.variables) if isinstance(v.type, T.Channel)]
    now = time.monotonic()
    left = SECONDS_MAX if deadline is None else SHARE * (deadline - now)
    ends_at = now + min(SECONDS_MAX, left)
    seen = dict.fromkeys(starts)
    if not _see_nearest(expand, seen, channels, ends_at):
        _see_walks(expand, seen, starts, channels, ends_at)
    return list(seen)


def _see_nearest(
    expand: Expand, seen: dict[State, None], channels: list[int], ends_at: float
) -> bool:
    """States by their distance from those that were seen; returns whether these are all."""
    queue = list(seen)
    place = 0
    crowded = False
    while place < len(queue) and len(seen) < NEAR_MAX and time.monotonic() < ends_at:
        found, all_of_them = _successors(expand, queue[place])
        crowded |= not all_of_them
        for ways in found.values():
            for successor in ways:
                if _is_crowded(successor, channels):
                    crowded = True
                elif successor not in seen:
                    seen[successor] = None
                    queue.append(successor)
        place += 1
    return place == len(queue) and not crowded


def _see_walks(
    expand: Expand,
    seen: dict[State, None],
    starts: list[State],
    channels: list[int],
    ends_at: float,
) -> None:
    """States of random walks from the initial ones, until there are enough, or many walks in a row
    see nothing new."""
    chance = random.Random(0)
    idle = 0
    while len(seen) < STATES_MAX and idle < IDLE_MAX and time.monotonic() < ends_at:
        before = len(seen)
        state = chance.choice(starts)
        for _ in range(WALK_STEPS):
            # An action first, then one of its steps: else one with many choices would hide others.
            found, _ = _successors(expand, state)
            if not found or time.monotonic() > ends_at:
                break
            state = chance.choice(found[chance.choice(list(found))])
            if _is_crowded(state, channels):
                break
            seen[state] = None
        idle = 0 if len(seen) > before else idle + 1


def _is_crowded(state: State, channels: list[int]) -> bool:
    """Whether so many messages are in flight that a sample would say little."""
    flights = (state[place] for place in channels)
    return any(isinstance(flight, tuple) and len(flight) > FLIGHT_MAX for flight in flights)


class _Enough(Exception):
    """So many successors were seen that the others are not looked at."""


def _successors(expand: Expand, state: State) -> tuple[dict[int, list[State]], bool]:
    """By the number of the action; and whether these are all."""
    found: dict[int, list[State]] = {}
    seen = 0

    def add(transition: Transition) -> None:
        nonlocal seen
        action, _, successor, _ = transition
        if not isinstance(successor, int):
            found.setdefault(action, []).append(successor)
        seen += 1
        if seen >= SUCCESSORS_MAX:
            raise _Enough

    try:
        expand(state, add)
    except _Enough:
        return found, False
    return found, True


@dataclass(frozen=True)
class Rows:
    """The messages of one kind in the samples: the number of the sample each is in, and the columns
    of the fields, under the leaves of slot 1."""

    sample: Column
    columns: Columns


class Samples:
    """Sampled states as columns, one for each leaf of a view."""

    def __init__(self, system: TransitionSystem, states: list[State]) -> None:
        states = [state for state in states if _is_small(state)]
        self.count = len(states)
        self.columns: dict[Expr, Column] = {}
        self.messages: dict[tuple[str, int], Rows] = {}
        raw = View(system, 2)  # in which nothing is known, so that every leaf has its place
        for i, variable in enumerate(system.variables):
            of = variable.type
            if variable.name in raw.open:
                assert isinstance(of, T.Channel)
                self._rows(raw, variable.name, of, [state[i] for state in states])
                continue
            numbers = cache(
                partial(_places, of) if isinstance(of, T.Channel) else partial(_numbers, of)
            )
            values = [numbers(state[i]) for state in states]  # most of them many times
            table = np.array(values, dtype=np.int64).reshape(len(states), -1)
            for k, leaf in enumerate(trees.leaves(raw.whole(variable))):
                if isinstance(leaf, E.Var):
                    self.columns[leaf] = table[:, k]

    def _rows(self, raw: View, channel: str, of: T.Channel, flights: list[Any]) -> None:
        found: dict[int, list[tuple[int, Any]]] = {}
        for number, flight in enumerate(flights):
            for message in flight:
                found.setdefault(message[0], []).append((number, message[1:]))
        for tag, rows in found.items():
            record = of.message.alternatives[tag]
            slot = Slot(channel, tag, 1)
            leaves = list(trees.leaves(raw.messages[slot][1][tag]))
            numbers = cache(partial(_numbers, record))
            values = [numbers(fields) for _, fields in rows]
            table = np.array(values, dtype=np.int64).reshape(len(rows), -1)
            columns = {leaf: table[:, k] for k, leaf in enumerate(leaves)}
            columns[raw.presence[slot]] = np.ones(len(rows), dtype=np.int64)
            self.messages[channel, tag] = Rows(np.array([n for n, _ in rows]), columns)

    def joined(self, rows: Rows) -> Columns:
        """The columns of messages beside those of the states that they are in."""
        return {
            **{leaf: column[rows.sample] for leaf, column in self.columns.items()},
            **rows.columns,
        }


def _is_small(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_small, value))
    return bool(-NUMBER_MAX < value < NUMBER_MAX)


def _numbers(of: T.Type, value: Any) -> list[int]:
    found = []
    for leaf in trees.leaves(trees.constant(of, value)):
        assert isinstance(leaf, E.Literal) and isinstance(leaf.value, int)
        found.append(leaf.value)
    return found


def _places(of: T.Channel, flight: Any) -> list[int]:
    assert of.capacity is not None
    found = [len(flight)]
    for message in flight:
        found += _numbers(of.message, message)
    return found + (of.capacity - len(flight)) * _numbers(of.message, T.default(of.message))


def column(expr: Expr, columns: Columns) -> Column:
    """The values of an expression in each row."""
    match expr:
        case E.Literal(value):
            return value
        case E.Var():
            found = columns[expr]
            return found.astype(bool) if isinstance(expr.type, T.Bool) else found
        case E.Not(argument):
            return ~column(argument, columns)
        case E.Equal(left, right):
            return column(left, columns) == column(right, columns)
        case E.Less(left, right):
            return column(left, columns) < column(right, columns)
        case E.Arith("+", left, right):
            return column(left, columns) + column(right, columns)
        case E.Arith("*", left, right):
            return column(left, columns) * column(right, columns)
        case E.Arith("/", left, E.Literal(int(divisor))) if divisor != 0:
            return column(left, columns) // divisor
        case E.Arith("%", left, E.Literal(int(divisor))) if divisor != 0:
            return column(left, columns) % divisor
        case E.If(condition, then, otherwise):
            parts = (column(part, columns) for part in (condition, then, otherwise))
            return np.where(*parts)
        case E.And(arguments):
            return np.logical_and.reduce([column(part, columns) for part in arguments])
        case E.Or(arguments):
            return np.logical_or.reduce([column(part, columns) for part in arguments])
        case _:
            raise KeyError(expr)
