"""Exit statuses: what a script may rely on."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """``verify test`` means by HOLDS that every verdict is as the models expect."""

    HOLDS = 0
    VIOLATED = 1
    USAGE = 2
    MODEL = 3
    UNKNOWN = 4
    OURS = 70
    INTERRUPTED = 130


# Of several files the worst: a mistake of ours, then what stopped the run, then wrong input.
WORST_FIRST = (
    Exit.OURS,
    Exit.INTERRUPTED,
    Exit.MODEL,
    Exit.USAGE,
    Exit.VIOLATED,
    Exit.UNKNOWN,
    Exit.HOLDS,
)


def worst(exits: Iterable[Exit]) -> Exit:
    """The exit status of several checks together."""
    return min(exits, key=WORST_FIRST.index, default=Exit.HOLDS)
