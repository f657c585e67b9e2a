"""Everything that the models say of a catalogue of races, each question asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from verifier.catalogue import CatalogueError
from verifier.causes.explain import Explained, explain
from verifier.checker import Checked, Plan, check
from verifier.engines.interface import Budget, Observer
from verifier.engines.registry import engine_named
from verifier.ir.property import Flow, NoFault, Property, Reachable
from verifier.language.files import read_sources
from verifier.language.load import load
from verifier.language.model import Model
from verifier.properties.conclude import Conclusion
from verifier.races.catalogue import Catalogue, Fix, Race
from verifier.races.handlers import Changed, changed, cited_by_options
from verifier.races.retold import Retold, retold
from verifier.traces.trace import Trace
from verifier.verdict import Unknown, Violated

STATES_MAX = 200_000
"""For the orders, and for each of the networks: as `verify trace explain`."""


@dataclass(frozen=True, slots=True)
class Case:
    """A property of a model under one choice of variant and options."""

    model: Path
    variant: str
    settings: tuple[tuple[str, str], ...]
    property: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What a check says of a case."""

    model: Model
    checked: Checked
    conclusion: Conclusion

    @property
    def prop(self) -> Property:
        """The property itself."""
        return self.conclusion.prop


@dataclass(frozen=True, slots=True)
class StudiedFix:
    """``retold`` are the events of the race with the fix; None where there is no run."""

    fix: Fix
    case: Case
    answered: Answered
    options: Mapping[str, tuple[str, str]]  # those that the fix changes: before and after
    cited: Mapping[str, tuple[str, ...]]  # by each option of the model: requirements
    pieces: tuple[Changed, ...]
    retold: Retold | None


@dataclass(frozen=True, slots=True)
class Studied:
    """A race; ``run`` is None where the property is not violated, and ``explained`` with it."""

    race: Race
    case: Case
    answered: Answered
    run: Trace | None
    explained: Explained | None
    fixes: tuple[StudiedFix, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """All races; ``table`` has for each the verdict in every variant of its model."""

    catalogue: Catalogue
    races: tuple[Studied, ...]
    table: Mapping[Case, Answered]
    variants: Mapping[Path, tuple[str, ...]]

    def across(self, studied: Studied) -> Iterator[tuple[str, Answered]]:
        """The verdict of a race in each variant of its model."""
        for variant in self.variants[studied.case.model]:
            case = studied.case
            yield variant, self.table[Case(case.model, variant, case.settings, case.property)]


def study(
    catalogue: Catalogue, plan: Plan, saved: Mapping[str, Trace], observer: Observer
) -> Study:
    """Checks, explains and repairs every race; ``saved`` are runs that are shown instead of those
    that are found, by race.

    Raises:
        SourceError, ChoiceError: a model is wrong, or a race names what is not there.
        CatalogueError: a race is about something that cannot be violated, or a model has errors.
        KeyboardInterrupt: the user stopped a search.
    """
    variants = {
        path: load(path, None, {}).variants
        for path in dict.fromkeys(map(catalogue.model, catalogue.races))
    }
    cases = dict.fromkeys(_cases(catalogue, variants))
    table = _answers(cases, plan, observer)
    races = tuple(
        _studied(catalogue, race, table, plan, saved.get(race.id), observer)
        for race in catalogue.races
    )
    return Study(catalogue, races, table, variants)


def case_of(catalogue: Catalogue, race: Race, fix: Fix | None) -> Case:
    """What a race is about, or what a fix makes of it."""
    settings = tuple(catalogue.settings_of(race, fix).items())
    return Case(catalogue.model(race), catalogue.variant_of(race, fix), settings, race.property)


def _cases(catalogue: Catalogue, variants: Mapping[Path, tuple[str, ...]]) -> Iterator[Case]:
    for race in catalogue.races:
        yield case_of(catalogue, race, None)
        for fix in race.fix:
            yield case_of(catalogue, race, fix)
        settings = tuple(catalogue.settings_of(race, None).items())
        for variant in variants[catalogue.model(race)]:
            yield Case(catalogue.model(race), variant, settings, race.property)


def _answers(cases: Mapping[Case, None], plan: Plan, observer: Observer) -> dict[Case, Answered]:
    """One check for all cases that differ in their property only."""
    groups: dict[tuple[Path, str, tuple[tuple[str, str], ...]], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.model, case.variant, case.settings), []).append(case)
    found: dict[Case, Answered] = {}
    for (path, variant, settings), group in groups.items():
        model = load(path, variant, dict(settings))
        names = tuple(dict.fromkeys(case.property for case in group))
        checked = check(model, _asking(plan, names), observer)
        if checked.interrupted:
            raise KeyboardInterrupt
        _refuse_errors(group[0], checked)
        by_name = {conclusion.prop.name: conclusion for conclusion in checked.conclusions}
        for case in group:
            found[case] = Answered(model, checked, by_name[case.property])
    return found


def _refuse_errors(case: Case, checked: Checked) -> None:
    """What lies behind a run-time error is not seen, so a page must not say that something holds.

    Raises:
        CatalogueError: the model has a run-time error, or a limit stopped the search.
    """
    where = f"{case.model}, variant {case.variant}"
    errors = [c for c in checked.conclusions if isinstance(c.prop, NoFault)]
    for wrong in (Violated, Unknown):  # an error first, then what it leaves open
        for conclusion in errors:
            if isinstance(conclusion.verdict, wrong):
                name = conclusion.prop.name
                raise CatalogueError(f'{where}: "{name}" does not hold; see verify check')
    if not checked.exploration.complete:
        raise CatalogueError(f"{where}: {checked.exploration.stopped}; not all states were seen")


def _asking(plan: Plan, names: tuple[str, ...]) -> Plan:
    return Plan(
        plan.engine, names, plan.states_max, plan.memory_max_bytes, plan.time_limit_seconds,
        plan.strategy,
    )  # fmt: skip


def _studied(
    catalogue: Catalogue,
    race: Race,
    table: Mapping[Case, Answered],
    plan: Plan,
    saved: Trace | None,
    observer: Observer,
) -> Studied:
    case = case_of(catalogue, race, None)
    answered = table[case]
    if isinstance(answered.prop, Flow | Reachable) or answered.conclusion.faults:
        raise CatalogueError(
            f'{catalogue.path}: "{race.id}" is about "{race.property}", which is no invariant and '
            "no claim about steps, or has no value somewhere"
        )
    run = saved or _run(answered.conclusion)
    explained = None
    if run is not None:
        engine = engine_named(plan.engine, plan.strategy)
        budget = Budget(STATES_MAX, plan.memory_max_bytes, None)
        system = answered.model.system
        others = answered.model.properties
        explained = explain(system, answered.prop, run, None, engine, budget, observer, others)
    fixes = tuple(
        _studied_fix(fix, case_of(catalogue, race, fix), answered, table, run) for fix in race.fix
    )
    return Studied(race, case, answered, run, explained, fixes)


def _run(conclusion: Conclusion) -> Trace | None:
    match conclusion.verdict:
        case Violated(Trace() as run):
            return run
        case _:
            return None


def _studied_fix(
    fix: Fix, case: Case, race: Answered, table: Mapping[Case, Answered], run: Trace | None
) -> StudiedFix:
    fixed = table[case]
    before, after = race.model.options, fixed.model.options
    options = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    sources = read_sources(case.model)
    pieces = changed(sources, before, after)
    told = retold(race.model.system, run, fixed.model.system, fixed.prop) if run else None
    return StudiedFix(fix, case, fixed, options, cited_by_options(sources), pieces, told)
