"""A survey of changes as data, for scripts."""

from __future__ import annotations

import msgspec

from verifier.mutation.change import before_and_after
from verifier.mutation.survey import Survey
from verifier.mutation.trial import Outcome

SCHEMA = "verify-mutants/1"


class ChangeRecord(msgspec.Struct, frozen=True):
    """One change; ``fate`` is what became of it, ``detail`` who noticed, or why it is undecided."""

    file: str
    line: int
    column: int
    place: str
    requirements: list[str]
    kind: str
    before: str
    after: str
    fate: str
    detail: str


class SurveyRecord(msgspec.Struct, frozen=True):
    """One object for one command."""

    schema: str
    model: str
    file: str
    variant: str
    options: dict[str, str]
    states: int
    transitions: int
    depth: int
    changes: list[ChangeRecord]
    untried: int
    stopped: str
    exit: int


def record(survey: Survey, status: int) -> SurveyRecord:
    """Everything that was tried."""
    model = survey.original.model
    states, transitions, depth = survey.original.size
    return SurveyRecord(
        SCHEMA, model.name, model.file, model.variant, dict(model.options), states, transitions,
        depth, [_change(survey, outcome) for outcome in survey.outcomes], survey.untried,
        survey.stopped, status,
    )  # fmt: skip


def _change(survey: Survey, outcome: Outcome) -> ChangeRecord:
    change = outcome.change
    before, after = before_and_after(survey.original.sources.texts[change.span.file], change)
    return ChangeRecord(
        change.span.file, change.span.line, change.span.column, change.place.shown,
        list(change.place.requirements), change.kind, before, after, outcome.fate.value,
        outcome.detail,
    )  # fmt: skip
