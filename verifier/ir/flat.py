"""A structure of records as rows of numbers, and back: how a model is written to a file.

Each row makes one part from parts that come before it, so the way back is one loop however deep
the structure is, and what was shared is shared again.  The road not taken is `pickle`: it descends
recursively, and whoever can change its file can have code run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from typing import Any, TypeAlias

from verifier.ir import system, types
from verifier.ir.expr import EXPR_KINDS, make
from verifier.source import Span

Flat: TypeAlias = tuple[list[Any], list[tuple[int, ...]]]
"""The plain values, which have the first numbers, and the rows: a kind, and numbers of parts."""

SYSTEM_KINDS: tuple[type[Any], ...] = (
    *EXPR_KINDS,
    types.Bool, types.Int, types.Mod, types.Enum, types.Stamp, types.Record, types.Optional,
    types.Map, types.Set, types.List, types.Message, types.Channel,
    system.Variable, system.Parameter, system.Kind, system.Check, system.Send, system.Receipt,
    system.Branch, system.Action, system.TransitionSystem, Span,
)  # fmt: skip
"""What a transition system is made of."""

_TUPLE, _MAPPING, _FIRST_KIND = range(3)
_PLAIN = (type(None), bool, int, str)


def flatten(whole: object, kinds: Sequence[type[Any]]) -> Flat:
    """The rows of a structure of plain values, tuples, dictionaries, and records of these kinds:
    data classes that are made from all their fields, and enumerations."""
    codes: dict[type, int] = {tuple: _TUPLE, dict: _MAPPING}
    codes |= {kind: code for code, kind in enumerate(kinds, _FIRST_KIND)}
    plain: dict[tuple[type, Any], int] = {}  # by type, too, for True equals 1
    rows: dict[tuple[int, ...], int] = {}
    # By identity: records may be equal and differ in what equality leaves out.  No identity is
    # used twice, because the structure holds on to all its parts.
    numbers: dict[int, int] = {}
    todo: list[tuple[Any, Sequence[Any] | None]] = [(whole, None)]  # with the parts, once known
    while todo:
        part, inner = todo.pop()
        if id(part) in numbers:
            continue
        if type(part) in _PLAIN:
            numbers[id(part)] = ~plain.setdefault((type(part), part), len(plain))
        elif inner is None:
            assert type(part) in codes, f"{type(part).__name__} is no part of a model"
            inner = _parts(part)
            todo.append((part, inner))
            todo.extend([(one, None) for one in inner if id(one) not in numbers])
        else:
            row = (codes[type(part)], *[numbers[id(one)] for one in inner])
            numbers[id(part)] = rows.setdefault(row, len(rows))
    count = len(plain)
    shifted = [(code, *[n + count if n >= 0 else ~n for n in parts]) for code, *parts in rows]
    return [value for _, value in plain], shifted


def restored(flat: Flat, kinds: Sequence[type[Any]]) -> Any:
    """The structure again; expressions are made by `make`, so they are those of this process."""
    plain, rows = flat
    makers: list[Callable[..., Any]] = [_tuple, _mapping]
    makers += [partial(make, kind) if kind in EXPR_KINDS else kind for kind in kinds]
    made = list(plain)
    for code, *inner in rows:
        made.append(makers[code](*[made[number] for number in inner]))
    return made[-1]


def _parts(part: Any) -> Sequence[Any]:
    if isinstance(part, tuple):
        return part
    if type(part) is dict:
        return [inner for pair in part.items() for inner in pair]
    if isinstance(part, Enum):
        return (part.value,)
    return [getattr(part, name) for name in part.__match_args__]


def _tuple(*parts: Any) -> tuple[Any, ...]:
    return parts


def _mapping(*parts: Any) -> dict[Any, Any]:
    return dict(zip(parts[::2], parts[1::2], strict=True))
