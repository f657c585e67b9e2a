"""All changes of a model, tried one after the other, and how the model stands with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.engines.interface import Observer
from verifier.mutation.change import Change
from verifier.mutation.trial import Fate, Interrupted, Original, Outcome, trial

INTERRUPTED = "interrupted"
OUT_OF_TIME = "the time limit was reached"


@dataclass(frozen=True, slots=True)
class Survey:
    """``untried`` changes were left out, and ``stopped`` says why ("" if there are none)."""

    original: Original
    outcomes: tuple[Outcome, ...]
    untried: int
    stopped: str

    def of(self, *fates: Fate) -> tuple[Outcome, ...]:
        """The changes that became so."""
        return tuple(outcome for outcome in self.outcomes if outcome.fate in fates)


def survey(
    base: Original,
    changes: Sequence[Change],
    *,
    changes_max: int | None,
    deadline_seconds: float | None,
    observer: Observer,
    tell: Callable[[int, int], None],
) -> Survey:
    """Tries every change.  ``tell`` hears how many of how many have been tried.

    One after the other: the engine uses all cores for what is large.  Of scenario C with 22,000
    states a change costs 0.6 s of processor time, most of it to lower the model and to make code.
    """
    outcomes: list[Outcome] = []
    chosen = changes[:changes_max]
    stopped = "" if len(chosen) == len(changes) else f"the limit of {len(chosen)} was reached"
    try:
        for change in chosen:
            tell(len(outcomes), len(chosen))
            left = None
            if deadline_seconds is not None:
                left = deadline_seconds - time.monotonic()
                if left <= 0:
                    stopped = OUT_OF_TIME
                    break
            within = replace(base, plan=replace(base.plan, time_limit_seconds=left))
            outcomes.append(trial(within, change, observer))
    except (Interrupted, KeyboardInterrupt):
        stopped = INTERRUPTED
    return Survey(base, tuple(outcomes), len(changes) - len(outcomes), stopped)


def counts(survey: Survey) -> Iterator[str]:
    """How many changes became what: the sum first."""
    tried = [outcome for outcome in survey.outcomes if outcome.fate is not Fate.NO_MODEL]
    yield f"changes tried: {len(tried)}"
    words = {
        Fate.NOTICED: "noticed",
        Fate.SURVIVED: "not noticed by any property",
        Fate.SAME_SIZE: "not noticed, with as many states and transitions (too many to compare)",
        Fate.SAME_GRAPH: "without effect on what is reachable",
        Fate.SAME_SYSTEM: "of what this variant does not use",
        Fate.UNDECIDED: "undecided",
    }
    for fate, said in words.items():
        number = len(survey.of(fate))
        if number:
            yield f"{said}: {number}"
    if survey.untried:
        yield f"NOT tried ({survey.stopped}): {survey.untried}"


def size(survey: Survey) -> str:
    """What the original has."""
    states, transitions, depth = survey.original.size
    return f"{states:,} states, {transitions:,} transitions, depth {depth}"
