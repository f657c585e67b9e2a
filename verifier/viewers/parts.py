"""The state as rows, one for each part that has a value of its own, and when each of them changes.

A run of thousands of steps has few changes in each: a row keeps those, and the value at a step is
found among them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.ir import types
from verifier.ir.system import State, TransitionSystem, Variable
from verifier.ir.types import Type, Value
from verifier.viewers.legible import legible


@dataclass(frozen=True, slots=True)
class Row:
    """A part of a variable.  ``values[i]`` is what it shows from step ``steps[i]`` on; None: there
    is no such part, as the value that would have it is absent."""

    node: str  # "" for what belongs to none
    name: str
    ghost: bool
    steps: tuple[int, ...]
    values: tuple[str | None, ...]

    def at(self, step: int) -> str | None:
        """What it shows after a step."""
        return self.values[bisect_right(self.steps, step) - 1]

    def changes(self, step: int) -> bool:
        """Whether the step gave it what it shows."""
        return step > 0 and self.steps[bisect_right(self.steps, step) - 1] == step


def rows(system: TransitionSystem, states: tuple[State, ...]) -> tuple[Row, ...]:
    """All rows of a run: what belongs to no node, then node by node in their order."""
    places = {"": -1} | {node: i for i, node in enumerate(system.nodes)}
    found: list[Row] = []
    for i, variable in enumerate(system.variables):
        if not isinstance(variable.type, types.Channel):
            found += _rows(variable, tuple(state[i] for state in states))
    return tuple(sorted(found, key=lambda row: places[row.node]))


def _rows(variable: Variable, values: tuple[Value, ...]) -> Iterator[Row]:
    histories: dict[str, tuple[list[int], list[str | None]]] = {}
    shown: dict[str, str] = {}
    for step, value in enumerate(values):
        if step > 0 and value == values[step - 1]:
            continue
        now = dict(_parts(variable.type, value, ""))
        for path in shown.keys() | now.keys():
            if shown.get(path) != now.get(path):
                steps, texts = histories.setdefault(path, ([], []))
                if not steps and step > 0:
                    steps.append(0)
                    texts.append(None)
                steps.append(step)
                texts.append(now.get(path))
        shown = now
    name = variable.shown or variable.name
    order = {path: place for place, path in enumerate(_paths(variable.type, ""))}
    for path in sorted(histories, key=order.__getitem__):
        steps, texts = histories[path]
        yield Row(variable.node, legible(name + path), variable.ghost, tuple(steps), tuple(texts))


def _parts(of: Type, value: Value, path: str) -> Iterator[tuple[str, str]]:
    """The path of every part, as a model writes it, with its value."""
    match of:
        case types.Map(key, item):
            assert isinstance(value, tuple)
            for k, inner in zip(types.values(key), value, strict=True):
                yield from _parts(item, inner, f"{path}[{types.show(key, k)}]")
        case types.Record(_, fields):
            assert isinstance(value, tuple)
            for (name, kind), inner in zip(fields, value, strict=True):
                yield from _parts(kind, inner, f"{path}.{name}")
        case types.Optional(item) if value != ():
            assert isinstance(value, tuple)
            yield from _parts(item, value[0], path)
        case _:
            yield path, legible(types.show(of, value))


def _paths(of: Type, path: str) -> Iterator[str]:
    """The paths that the parts of a value of the type can have, in the order in which they are
    shown; some may come twice."""
    match of:
        case types.Map(key, item):
            for k in types.values(key):
                yield from _paths(item, f"{path}[{types.show(key, k)}]")
        case types.Record(_, fields):
            for name, kind in fields:
                yield from _paths(kind, f"{path}.{name}")
        case types.Optional(item):
            yield path
            yield from _paths(item, path)
        case _:
            yield path
