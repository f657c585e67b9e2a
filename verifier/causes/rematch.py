"""The step that a step of one run becomes in another run.

The label decides the successor, but it is written in values: of messages, which may have other
contents in the other run, and of stamps, which are ranks.  So a label stands for the enabled one of
the same action that is the most like it.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.causes.goal import Move
from verifier.ir import types
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import Action, Label
from verifier.ir.types import Type, Value


def rematched(action: Action, label: Label, moves: Iterable[Move]) -> Move | None:
    """The enabled step of the action that is the most like the label; None if there is none.

    What a person or the environment chose stays as it was chosen: only arguments that hold messages
    or stamps may differ.  Of steps that are equally like it the first one is taken.
    """
    best: tuple[int, Move] | None = None
    kinds = [parameter.variable.type for parameter in action.parameters]
    for move in moves:
        if move.label == label:
            return move
        if move.label.action != label.action or not _alike(kinds, label, move.label):
            continue
        score = similarity(label.arguments, move.label.arguments)
        if best is None or score > best[0]:
            best = (score, move)
    return None if best is None else best[1]


def _alike(kinds: list[Type], one: Label, other: Label) -> bool:
    pairs = zip(kinds, one.arguments, other.arguments, strict=True)
    return all(mine == theirs or _may_differ(kind, mine, theirs) for kind, mine, theirs in pairs)


def _may_differ(kind: Type, mine: Value, theirs: Value) -> bool:
    if isinstance(kind, types.Message):
        # The same message between the same nodes, with other contents.
        assert isinstance(mine, tuple) and isinstance(theirs, tuple)
        return mine[0] == theirs[0] and types.link(mine) == types.link(theirs)
    return holds_stamps(kind)


def similarity(one: Value, other: Value) -> int:
    """How many parts are equal."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return sum(similarity(a, b) for a, b in zip(one, other, strict=False))
    return int(one == other)
