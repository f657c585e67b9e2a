"""What was found, as the object that `verify fixes --format json` prints and the pages show."""

from __future__ import annotations

from typing import Any

import msgspec

from verifier.fixes.found import Fixes, Found, Repair, Repaired, Together, declared, written
from verifier.report import schema_of

SCHEMA = "verify-fixes/1"


class FixRow(msgspec.Struct, frozen=True):
    """One fix, and what it changes alone; ``repairs`` are of the properties that were asked for."""

    fix: str
    needs: list[str]
    costs: list[str]
    needs_no_longer: list[str]
    costs_no_longer: list[str]
    requirements: list[str]
    states: int | None
    repairs: list[str]
    breaks: list[str]


class RestRow(msgspec.Struct, frozen=True):
    """An assumption of the environment, and what is if it is dropped."""

    assumption: str
    dropped: str
    verdict: str


class RepairRow(msgspec.Struct, frozen=True):
    """A minimal set of fixes.  ``minimal`` is false if it is open whether it is.  ``never`` are the
    actions that happen without a fix and never with these."""

    fixes: list[str]
    minimal: bool
    states: int | None
    states_added: int | None
    needs: list[str]
    costs: list[str]
    needs_no_longer: list[str]
    costs_no_longer: list[str]
    assumptions: list[RestRow]
    breaks: list[str]
    never: list[str]


class TargetRow(msgspec.Struct, frozen=True):
    """A property, and all minimal sets of fixes with which it holds.  ``verdict``: ``holds``
    (without a fix), ``repaired``, ``holds with fixes`` (it is unknown whether it does without),
    ``not repaired`` or ``unknown``.  ``unknown`` are sets of which it is open, ``reasons`` why."""

    property: str
    without_fixes: str
    verdict: str
    repairs: list[RepairRow]
    unknown: list[list[str]]
    reasons: list[str]


class TogetherRow(msgspec.Struct, frozen=True):
    """The smallest sets with which all properties of the report hold, and all others that hold
    without a fix.  ``unknown`` are sets of which it is open."""

    sets: list[RepairRow]
    unknown: list[list[str]]


class BreakRow(msgspec.Struct, frozen=True):
    """A fix that breaks a property, beside others of a set or alone."""

    fix: str
    beside: list[str]
    property: str


class FixReport(msgspec.Struct, frozen=True):
    """Everything."""

    schema: str
    name: str
    file: str
    variant: str
    options: dict[str, str]
    states: int | None
    sets: int
    tried: int
    max_fixes: int | None
    stopped: str | None
    fixes: list[FixRow]
    properties: list[TargetRow]
    together: TogetherRow | None
    breaks: list[BreakRow]
    undecided: list[list[str]]
    undecided_reasons: list[str]
    reproduce: str
    exit: int


def report(found: Found, reproduce: str, status: int) -> FixReport:
    """The rows of what was found."""
    return FixReport(
        schema=SCHEMA,
        name=found.model.name,
        file=found.model.file,
        variant=found.model.variant,
        options=dict(found.model.options),
        states=found.states,
        sets=found.sets,
        tried=found.tried,
        max_fixes=found.most,
        stopped=found.stopped or None,
        fixes=_fixes(found),
        properties=[_target(found, one) for one in found.repaired],
        together=None if found.together is None else _together(found, found.together),
        breaks=[
            BreakRow(written((one.fix,)), _each(one.fixes), one.property) for one in found.breaks
        ],
        undecided=[_each(fixes) for fixes in found.undecided],
        undecided_reasons=list(found.reasons),
        reproduce=reproduce,
        exit=status,
    )


def fixes_schema() -> dict[str, Any]:
    """The JSON schema of a report; ``docs/fixes.schema.json`` is this."""
    return schema_of(FixReport, SCHEMA)


def _fixes(found: Found) -> list[FixRow]:
    asked = {one.property for one in found.repaired}
    alone = {one.fix: one for one in found.alone}
    rows = []
    for choice in found.fixes:
        for value in choice.values:
            if value == found.model.options[choice.option]:
                continue
            one = alone.get((choice.option, value))
            known = declared((choice,), found.model.options, ((choice.option, value),))
            rows.append(
                FixRow(
                    written(((choice.option, value),)),
                    list(known.needs),
                    list(known.costs),
                    list(known.needs_no_longer),
                    list(known.costs_no_longer),
                    list(choice.requirements),
                    None if one is None else one.states,
                    [] if one is None else [name for name in one.repairs if name in asked],
                    [] if one is None else list(one.breaks),
                )
            )
    return rows


def _target(found: Found, one: Repaired) -> TargetRow:
    return TargetRow(
        one.property,
        one.before,
        one.verdict(whole=found.whole),
        [_repair(found, repair) for repair in one.repairs],
        [_each(fixes) for fixes in one.unknown],
        list(one.reasons),
    )


def _together(found: Found, together: Together) -> TogetherRow:
    return TogetherRow(
        [_repair(found, one) for one in together.sets],
        [_each(fixes) for fixes in together.unknown],
    )


def _repair(found: Found, repair: Repair) -> RepairRow:
    known = declared(found.fixes, found.model.options, repair.fixes)
    added = None
    if repair.states is not None and found.states is not None:
        added = repair.states - found.states
    return RepairRow(
        _each(repair.fixes),
        repair.sure,
        repair.states,
        added,
        list(known.needs),
        list(known.costs),
        list(known.needs_no_longer),
        list(known.costs_no_longer),
        [
            RestRow(f"{one.option} = {one.value}", f"{one.option} = {one.other}", one.verdict)
            for one in repair.dropped
        ],
        list(repair.breaks),
        list(repair.never),
    )


def _each(fixes: Fixes) -> list[str]:
    return [written((fix,)) for fix in fixes]
