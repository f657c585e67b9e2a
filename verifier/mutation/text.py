"""A survey of changes for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from verifier.mutation.change import before_and_after
from verifier.mutation.survey import Survey, counts, size
from verifier.mutation.trial import Fate, Outcome

HEADINGS = {
    Fate.SURVIVED: "No property notices these:",
    Fate.SAME_SIZE: "No property notices these; there are as many states and transitions as "
    "before, and too many to compare them:",
    Fate.UNDECIDED: "Undecided:",
    Fate.SAME_GRAPH: "These change nothing reachable, and so nothing that could be noticed:",
}


def lines(survey: Survey, width: int) -> Iterator[str]:
    """What was found: first what matters, then the sum."""
    model = survey.original.model
    yield f"{model.name}, variant {model.variant}  ({model.file})"
    yield from textwrap.wrap(f"The original: {size(survey)}.", width)
    for fate, heading in HEADINGS.items():
        found = survey.of(fate)
        if found:
            yield ""
            yield from textwrap.wrap(heading, width)
            for outcome in found:
                yield ""
                yield from _outcome(survey, outcome, width)
    yield ""
    yield from textwrap.wrap("; ".join(counts(survey)) + ".", width, break_on_hyphens=False)


def _outcome(survey: Survey, outcome: Outcome, width: int) -> Iterator[str]:
    change = outcome.change
    mark = "=" if outcome.fate is Fate.SAME_GRAPH else "?"
    ids = f"  [{cited(change.place.requirements)}]" if change.place.requirements else ""
    head = f"{mark} {change.place.shown}: {change.kind}  ({change.span}){ids}"
    yield from textwrap.wrap(head, width, initial_indent="  ", subsequent_indent="      ")
    if outcome.detail:
        yield from textwrap.wrap(
            outcome.detail, width, initial_indent="      ", subsequent_indent="      "
        )
    text = survey.original.sources.texts[change.span.file]
    before, after = before_and_after(text, change)
    yield from (f"      - {line}" for line in before.split("\n"))
    if after:
        yield from (f"      + {line}" for line in after.split("\n"))


def cited(ids: tuple[str, ...], most: int = 6) -> str:
    """The first of the requirements; a function that many handlers use has those of all."""
    more = len(ids) - most
    return ", ".join(ids[:most]) + (f" and {more} more" if more > 0 else "")
