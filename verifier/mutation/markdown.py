"""A survey of changes as a page of a document."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.mutation.change import before_and_after
from verifier.mutation.survey import Survey, counts, size
from verifier.mutation.text import HEADINGS, cited
from verifier.mutation.trial import Fate, Outcome


def lines(survey: Survey, command: str) -> Iterator[str]:
    """The page; ``command`` writes it again."""
    model = survey.original.model
    yield f"# Changes of {model.name} that nothing notices"
    yield ""
    yield f"Written by `{command}`; do not edit."
    yield ""
    yield (
        f"Variant `{model.variant}` of `{model.file}`, {size(survey)}, was changed in one place "
        "at a time. A change is noticed if some property has another verdict than in the original."
    )
    yield ""
    yield from (f"- {said}" for said in counts(survey))
    for fate, heading in HEADINGS.items():
        found = survey.of(fate)
        if found:
            yield ""
            yield f"## {heading.rstrip(':')}"
            for outcome in found:
                yield ""
                yield from _outcome(survey, outcome)
    yield ""
    yield "## What notices the others"
    yield ""
    yield "| property and its new verdict | changes it is the first to notice |"
    yield "| --- | --- |"
    noticed = [outcome.detail for outcome in survey.of(Fate.NOTICED)]
    for name in sorted(dict.fromkeys(noticed), key=lambda name: (-noticed.count(name), name)):
        yield f"| {name} | {noticed.count(name)} |"


def _outcome(survey: Survey, outcome: Outcome) -> Iterator[str]:
    change = outcome.change
    ids = f" [{cited(change.place.requirements)}]" if change.place.requirements else ""
    place = f"`{change.span.file}`, line {change.span.line}"
    yield f"{change.place.shown} {change.kind.replace('*', '&#42;')} ({place}){ids}"
    if outcome.detail:
        yield f"({outcome.detail})"
    yield ""
    text = survey.original.sources.texts[change.span.file]
    before, after = before_and_after(text, change)
    yield "```diff"
    yield from (f"- {line}" for line in before.split("\n"))
    if after:
        yield from (f"+ {line}" for line in after.split("\n"))
    yield "```"
