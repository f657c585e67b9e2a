"""What is said of the fixes of a model: sets of them, what they repair, break, cost and rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from verifier.language.model import Choice, Model

Fixes: TypeAlias = tuple[tuple[str, str], ...]
"""A set of fixes: options with another value than the variant gives them, in the model's order."""

Word = Literal["holds", "violated", "unknown"]


@dataclass(frozen=True, slots=True)
class Break:
    """Where ``fixes`` are in force the property holds; with ``fix`` beside them it is violated."""

    fix: tuple[str, str]
    fixes: Fixes
    property: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """An assumption that was given another value, and what became of the property."""

    option: str
    value: str  # that the result was found with
    other: str  # that was tried
    verdict: Word


@dataclass(frozen=True, slots=True)
class Repair:
    """A set of fixes with which the property holds, and with no part of which it does.

    ``sure`` is False if a limit left open whether it holds with a part.  ``states`` counts those
    of the repaired model; None if a limit stopped it.  ``breaks`` are the other properties that
    hold without any fix and are violated with these.
    """

    fixes: Fixes
    sure: bool
    states: int | None
    breaks: tuple[str, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was found for one property.  ``unknown`` are the sets of which a limit left open
    whether it holds with them."""

    property: str
    before: Word
    repairs: tuple[Repair, ...]
    unknown: tuple[Fixes, ...]

    def verdict(self, *, whole: bool) -> Literal["repaired", "not repaired", "unknown"]:
        """``whole``: every set was tried that had to be."""
        if self.repairs:
            return "repaired"
        return "not repaired" if whole and not self.unknown else "unknown"


@dataclass(frozen=True, slots=True)
class Alone:
    """One fix without others: what it changes."""

    fix: tuple[str, str]
    repairs: tuple[str, ...]
    breaks: tuple[str, ...]
    states: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found.  ``stopped`` says what ended it early, "" if nothing did;
    ``separate`` why each set was loaded by itself, "" if that was not needed."""

    model: Model  # without fixes
    fixes: tuple[Choice, ...]  # that were tried
    sets: int  # that there are
    tried: int  # of them, beyond those that a smaller one answers for
    states: int | None  # without fixes
    repaired: tuple[Repaired, ...]
    alone: tuple[Alone, ...]
    breaks: tuple[Break, ...]
    undecided: tuple[Fixes, ...]  # sets with which some other property was left open
    most: int | None  # fixes in a set, as asked
    stopped: str
    separate: str

    @property
    def whole(self) -> bool:
        """Whether every set was tried that had to be."""
        return not self.stopped and (self.most is None or self.most >= len(self.fixes))


def written(fixes: Fixes) -> str:
    """A set of fixes as a person writes it."""
    return ", ".join(f"{name} = {value}" for name, value in fixes) or "no fix"


def declared(choices: tuple[Choice, ...], fixes: Fixes) -> Mapping[str, tuple[str, ...]]:
    """What the model says that a set needs and costs."""
    named = {name for name, _ in fixes}
    of = [choice for choice in choices if choice.option in named]
    return {
        "needs": tuple(dict.fromkeys(text for choice in of for text in choice.needs)),
        "costs": tuple(dict.fromkeys(text for choice in of for text in choice.costs)),
    }
