"""All minimal sets of fixes of each property, and what each of them breaks and rests on.

Sets are tried from the smallest on.  A set that contains a repair of a property is not minimal for
it, whatever it would give, so it is not asked for that property.  Nothing else is left out: a fix
may undo another, so that neither "more is better" nor "more is worse" can be relied on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from verifier.checker import Plan, asked
from verifier.engines.interface import Observer
from verifier.fixes.found import (
    Alone,
    Break,
    Dropped,
    Fixes,
    Found,
    Repaired,
    Together,
    Word,
)
from verifier.fixes.sets import repair_of, sets_of, together
from verifier.fixes.trial import INTERRUPTED, Bench, Stopped
from verifier.language.choosing import family
from verifier.language.load import load
from verifier.language.model import Choice, ChoiceError, Model


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: of which model, which fixes (none named: all that it marks and that are not
    set), how many of them together at most, and which other values to give to options of the
    environment besides those that the model marks as assumptions."""

    path: Path
    variant: str | None
    settings: Mapping[str, str]
    names: tuple[str, ...]
    most: int | None
    weaker: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Progress:
    """What has been found so far, for when something stops it."""

    targets: dict[str, Word] = field(default_factory=dict)  # property -> word without fixes
    repairs: dict[str, list[Fixes]] = field(default_factory=dict)
    unknown: dict[str, list[Fixes]] = field(default_factory=dict)
    reasons: dict[str, dict[str, None]] = field(default_factory=dict)
    tried: int = 0


def find_fixes(question: Question, plan: Plan, observer: Observer) -> Found:
    """Tries the fixes of a model on the properties of the plan; no property named means those that
    do not hold without fixes.

    Raises:
        SourceError, ChoiceError: as `load`; there is no such fix, property or value, or no fix.
    """
    began = time.monotonic()
    model = load(question.path, question.variant, question.settings)
    choices = _fixes(model, question)
    asked(model, plan.properties)
    for name, value in question.weaker:
        load(question.path, question.variant, {**question.settings, name: value})
    options = (*choices, *(a for a in model.assumptions if a.option not in question.settings))
    base = {choice.option: model.options[choice.option] for choice in options}
    limit = plan.time_limit_seconds
    bench = Bench(
        family(question.path, question.variant, question.settings, tuple(base)),
        base, plan, None if limit is None else began + limit, observer,
    )  # fmt: skip
    sofar = _Progress()
    found = _Findings()
    everything: Together | None = None
    stopped = ""
    try:
        _minimal(bench, choices, question.most, sofar)
        found.context(bench, choices, sofar)
        found.assumptions(bench, question, model.assumptions, sofar)
        everything = together(bench, choices, question.most, tuple(sofar.targets), sofar.repairs)
    except Stopped as reason:
        stopped = str(reason)
    except KeyboardInterrupt:  # between two searches; one that runs ends by itself
        stopped = INTERRUPTED
    without = bench.known.get(((), ()))
    return Found(
        model=model,
        fixes=choices,
        sets=prod(len(choice.values) for choice in choices),
        tried=sofar.tried,
        states=None if without is None else without.states,
        repaired=tuple(_repaired(bench, found, sofar, name) for name in sofar.targets),
        together=everything,
        alone=tuple(found.alone),
        breaks=tuple(dict.fromkeys(found.breaks)),
        undecided=tuple(dict.fromkeys(found.undecided)),
        reasons=tuple(
            dict.fromkeys(
                reason
                for fixes in found.undecided
                for reason in bench.known[fixes, ()].reasons.values()
            )
        ),
        most=question.most,
        stopped=stopped,
        separate=bench.family.separate,
    )


def _fixes(model: Model, question: Question) -> tuple[Choice, ...]:
    known = {choice.option: choice for choice in model.fixes}
    for name in question.names:
        if name not in known:
            listed = ", ".join(known) or "none is marked"
            raise ChoiceError(f"there is no fix '{name}'", f"fixes: {listed}")
        if name in question.settings:
            raise ChoiceError(f"the fix '{name}' is set and to be tried", "one or the other")
    if not known:
        raise ChoiceError("the model marks no option as a fix", "write: fix option NAME: ...")
    chosen = question.names or [name for name in known if name not in question.settings]
    return tuple(known[name] for name in known if name in chosen)


def _minimal(bench: Bench, choices: tuple[Choice, ...], most: int | None, sofar: _Progress) -> None:
    before = bench.tried((), bench.plan.properties)
    names = bench.plan.properties or tuple(n for n, w in before.words.items() if w != "holds")
    sofar.targets = {name: before.words[name] for name in names}
    for name in names:
        sofar.repairs[name], sofar.unknown[name], sofar.reasons[name] = [], [], {}
    for size in range(len(choices) + 1 if most is None else min(most, len(choices)) + 1):
        for fixes in sets_of(choices, bench.base, size):
            open_ = tuple(
                name
                for name in names
                if not any(set(repair) < set(fixes) for repair in sofar.repairs[name])
            )
            if not open_:
                continue
            outcome = bench.tried(fixes, open_ if fixes else bench.plan.properties)
            words = outcome.words
            sofar.tried += 1
            for name in open_:
                if words[name] == "holds":
                    sofar.repairs[name].append(fixes)
                elif words[name] == "unknown":
                    sofar.unknown[name].append(fixes)
                    sofar.reasons[name][outcome.reasons[name]] = None


@dataclass(slots=True)
class _Findings:
    """What is found once the minimal sets are known."""

    alone: list[Alone] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    undecided: list[Fixes] = field(default_factory=list)
    dropped: dict[tuple[str, Fixes], list[Dropped]] = field(default_factory=dict)

    def context(self, bench: Bench, choices: tuple[Choice, ...], sofar: _Progress) -> None:
        """Each fix alone, and each fix of a minimal set beside the others of it."""
        before = self._all(bench, ())
        for fixes in sets_of(choices, bench.base, 1):
            with_it = self._all(bench, fixes)
            broken = self._compare(bench, fixes[0], ())
            self.alone.append(
                Alone(
                    fixes[0],
                    tuple(
                        name
                        for name, word in with_it.items()
                        if word == "holds" and before[name] != "holds"
                    ),
                    broken,
                    bench.tried(fixes, ()).states,
                )
            )
        for repairs in sofar.repairs.values():
            for repair in repairs:
                self._all(bench, repair)
                for fix in repair:
                    self._compare(bench, fix, tuple(other for other in repair if other != fix))

    def _all(self, bench: Bench, fixes: Fixes) -> Mapping[str, str]:
        words = bench.tried(fixes, ()).words
        if "unknown" in words.values():
            self.undecided.append(fixes)
        return words

    def _compare(self, bench: Bench, fix: tuple[str, str], beside: Fixes) -> tuple[str, ...]:
        order = list(bench.base)
        whole = tuple(sorted((*beside, fix), key=lambda one: order.index(one[0])))
        before, after = self._all(bench, beside), self._all(bench, whole)
        broken = tuple(
            name for name in before if (before[name], after[name]) == ("holds", "violated")
        )
        self.breaks += [Break(fix, beside, name) for name in broken]
        return broken

    def assumptions(
        self, bench: Bench, question: Question, marked: tuple[Choice, ...], sofar: _Progress
    ) -> None:
        """Each minimal set with each assumption given another value."""
        others = [
            (bench, choice.option, value)
            for choice in marked
            if choice.option in bench.base
            for value in choice.values
            if value != bench.base[choice.option]
        ]
        for option, value in question.weaker:
            settings = {**question.settings, option: value}
            names = tuple(name for name in bench.base if name != option)
            weaker = Bench(
                family(question.path, question.variant, settings, names),
                {name: bench.base[name] for name in names},
                bench.plan, bench.deadline_seconds, bench.observer,
            )  # fmt: skip
            others.append((weaker, option, value))
        held = load(question.path, question.variant, question.settings).options
        for name, repairs in sofar.repairs.items():
            for repair in repairs:
                noted = self.dropped.setdefault((name, repair), [])
                for at, option, value in others:
                    if option in dict(repair):
                        continue
                    fixes = repair if at is not bench else (*repair, (option, value))
                    word = at.tried(fixes, (name,)).words[name]
                    noted.append(Dropped(option, held[option], value, word))


def _repaired(bench: Bench, found: _Findings, sofar: _Progress, name: str) -> Repaired:
    unknown = tuple(sofar.unknown[name])
    repairs = (
        repair_of(bench, fixes, unknown, tuple(found.dropped.get((name, fixes), ())))
        for fixes in sofar.repairs[name]
    )
    return Repaired(name, sofar.targets[name], tuple(repairs), unknown, tuple(sofar.reasons[name]))
