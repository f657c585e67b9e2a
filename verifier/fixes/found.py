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
    hold without any fix and are violated with these, ``never`` the declared actions that happen
    without any fix and never with these.
    """

    fixes: Fixes
    sure: bool
    states: int | None
    breaks: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    never: tuple[str, ...] = ()


Verdict = Literal["holds", "repaired", "holds with fixes", "not repaired", "unknown"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was found for one property.  ``unknown`` are the sets of which it is open whether it
    holds with them, and ``reasons`` say why."""

    property: str
    before: Word
    repairs: tuple[Repair, ...]
    unknown: tuple[Fixes, ...]
    reasons: tuple[str, ...] = ()

    def verdict(self, *, whole: bool) -> Verdict:
        """``whole``: every set was tried that had to be.  It is not repaired where it is not known
        to be violated."""
        if self.before == "holds":
            return "holds"
        if self.repairs:
            return "repaired" if self.before == "violated" else "holds with fixes"
        return "not repaired" if whole and not self.unknown else "unknown"


@dataclass(frozen=True, slots=True)
class Together:
    """The smallest sets with which all properties hold that were asked for, and all others that
    hold without a fix.  ``unknown`` are sets of which that is open."""

    sets: tuple[Repair, ...]
    unknown: tuple[Fixes, ...]


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
    together: Together | None  # None if one property holds with no set, or it was not reached
    alone: tuple[Alone, ...]
    breaks: tuple[Break, ...]
    undecided: tuple[Fixes, ...]  # sets with which some other property was left open
    reasons: tuple[str, ...]  # why
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


@dataclass(frozen=True, slots=True)
class Declared:
    """What the model says of a set: what it needs and costs, and what is needed and costs no
    longer, since it takes back what the variant has."""

    needs: tuple[str, ...]
    costs: tuple[str, ...]
    needs_no_longer: tuple[str, ...]
    costs_no_longer: tuple[str, ...]


def declared(choices: tuple[Choice, ...], before: Mapping[str, str], fixes: Fixes) -> Declared:
    """What the model says of a set; ``before`` are the values of the options without it."""
    after = dict(fixes)
    of = [choice for choice in choices if choice.option in after]
    takes = [choice for choice in of if choice.takes(after[choice.option])]
    leaves = [c for c in of if c not in takes and c.takes(before[c.option])]
    return Declared(
        tuple(dict.fromkeys(text for choice in takes for text in choice.needs)),
        tuple(dict.fromkeys(text for choice in takes for text in choice.costs)),
        tuple(dict.fromkeys(text for choice in leaves for text in choice.needs)),
        tuple(dict.fromkeys(text for choice in leaves for text in choice.costs)),
    )
