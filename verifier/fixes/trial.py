"""One set of fixes: the model with it, checked once for each question, within what is left."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from verifier.checker import Checked, Plan, check
from verifier.engines.interface import Observer
from verifier.fixes.found import Fixes, Word
from verifier.language.choosing import Family, member
from verifier.language.model import Model
from verifier.verdict import Holds, Unknown, Violated

TIME_IS_UP = "the time limit was reached"
INTERRUPTED = "interrupted"


class Stopped(Exception):
    """Nothing more can be tried; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check said: a word for each property, and the states if all of them were visited."""

    words: Mapping[str, Word]
    states: int | None


@dataclass(slots=True)
class Bench:
    """Where sets are tried.  ``base`` are the values without fixes; ``deadline_seconds`` is on the
    clock of time.monotonic()."""

    family: Family
    base: Mapping[str, str]
    plan: Plan
    deadline_seconds: float | None
    observer: Observer
    known: dict[tuple[Fixes, tuple[str, ...]], Outcome] = field(default_factory=dict)

    def tried(self, fixes: Fixes, properties: tuple[str, ...]) -> Outcome:
        """What is known with a set of fixes; no property named means all.

        Raises:
            Stopped: the time is up, or the user has interrupted.
            SourceError: with these values the model is wrong.
        """
        key = fixes, properties
        if key not in self.known:
            self.known[key] = self._check(member(self.family, {**self.base, **dict(fixes)}), key)
        return self.known[key]

    def _check(self, model: Model, key: tuple[Fixes, tuple[str, ...]]) -> Outcome:
        left = None
        if self.deadline_seconds is not None:
            left = self.deadline_seconds - time.monotonic()
            if left <= 0:
                raise Stopped(TIME_IS_UP)
        plan = replace(self.plan, properties=key[1], time_limit_seconds=left)
        checked = check(model, plan, self.observer)
        if checked.interrupted:
            raise Stopped(INTERRUPTED)
        return outcome(checked)


def outcome(checked: Checked) -> Outcome:
    """The words for the verdicts of a check."""
    words: dict[str, Word] = {}
    for conclusion in checked.conclusions:
        match conclusion.verdict:
            case Holds():
                words[conclusion.prop.name] = "holds"
            case Violated():
                words[conclusion.prop.name] = "violated"
            case Unknown():
                words[conclusion.prop.name] = "unknown"
            case _:
                assert_never(conclusion.verdict)
    found = checked.exploration
    return Outcome(words, found.states if found.complete and found.counted else None)
