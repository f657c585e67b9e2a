"""One set of fixes: the model with it, checked once for each question, within what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from verifier.checker import Checked, Plan, check
from verifier.engines.interface import Observer
from verifier.fixes.found import Fixes, Word
from verifier.ir.system import Action, Kind
from verifier.language.choosing import Family, member
from verifier.language.model import Model
from verifier.source import Span
from verifier.verdict import Holds, Unknown, Violated

TIME_IS_UP = "the time limit was reached"
INTERRUPTED = "interrupted"


Declaration: TypeAlias = tuple[str, Span | None]
"""An action as the model has it, for all instances of its node."""


class Stopped(Exception):
    """Nothing more can be tried; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check said: a word for each property, why some are unknown, and the states if all of
    them were visited.  ``happens`` are the declared actions that were seen to happen, ``never``
    those that never do."""

    words: Mapping[str, Word]
    states: int | None
    reasons: Mapping[str, str] = field(default_factory=dict)
    happens: frozenset[Declaration] = frozenset()
    never: frozenset[Declaration] = frozenset()


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
    reasons: dict[str, str] = {}
    for conclusion in checked.conclusions:
        match conclusion.verdict:
            case Holds():
                words[conclusion.prop.name] = "holds"
            case Violated():
                words[conclusion.prop.name] = "violated"
            case Unknown():
                words[conclusion.prop.name] = "unknown"
                reasons[conclusion.prop.name] = conclusion.verdict.reason
            case _:
                assert_never(conclusion.verdict)
    found = checked.exploration
    whole = found.complete and found.counted
    happens = _happening(checked) if found.counted else frozenset()
    every = frozenset(_declaration(action) for action in _told(checked)) if whole else frozenset()
    return Outcome(words, found.states if whole else None, reasons, happens, every - happens)


def _happening(checked: Checked) -> frozenset[Declaration]:
    fired = checked.exploration.fired
    return frozenset(_declaration(a) for a in _told(checked) if fired.get(a.name))


def _told(checked: Checked) -> Iterator[Action]:
    """The actions that nodes and their surroundings have, without what the network may do and what
    stands for a message that nobody expects."""
    for action in checked.model.system.actions:
        if action.kind in (Kind.LOSS, Kind.DUPLICATION):
            continue
        if not any(check.kind == "reception" for check in action.checks):
            yield action


def _declaration(action: Action) -> Declaration:
    return action.shown or action.name, action.origin
