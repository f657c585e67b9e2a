"""A tool that goes through all states of a model, as the benchmark sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.processes import Finished


@dataclass(frozen=True, slots=True)
class Counted:
    """What a tool says of a model.  None is what it does not say.

    ``seconds`` is for the search alone, without what comes before and after it.
    """

    states: int
    transitions: int | None
    depth: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Built:
    """A program that searches, and how long it took to make from the text of the model."""

    command: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool in one setting.

    ``needs`` are programs that must be on the path.  A tool that ``reduces`` may leave out states
    that its question does not need.  ``caches`` says whether it may use what it kept from a run
    before; tools that keep nothing are not changed by it.
    """

    name: str
    family: str
    setting: str
    needs: tuple[str, ...]
    build: Callable[[Case, Path], Built]
    read: Callable[[Finished], Counted]
    suits: Callable[[Case], bool]
    reduces: bool = False
    caches: bool = True
    accepted: frozenset[int] = frozenset({0})


class CountsDiffer(Exception):
    """A tool found other counts than a model has: one of the two is wrong."""


def number(pattern: str, finished: Finished) -> int:
    """The number that a program printed after this pattern's first group."""
    found = re.search(pattern, finished.output)
    if found is None:
        raise CountsDiffer(f"nothing like {pattern} in:\n{finished.output}")
    return int(found[1])


def compare(tool: Tool, case: Case, counted: Counted) -> None:
    """Whether a tool went through the same states.

    Raises:
        CountsDiffer: it did not.
    """
    expected = (case.states, case.transitions, case.depth)
    found = (counted.states, counted.transitions, counted.depth)
    if tool.reduces:
        agrees = counted.states <= case.states
    else:
        pairs = zip(found, expected, strict=True)
        agrees = all(one is None or one == other for one, other in pairs)
    if not agrees:
        raise CountsDiffer(
            f"{tool.name} on {case.title}: states, transitions, depth are {found}, not {expected}"
        )


def exists(suffix: str) -> Callable[[Case], bool]:
    """Whether there is a text of the model for a tool that reads such files."""
    return lambda case: case.peer_file(suffix).exists()
