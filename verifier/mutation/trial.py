"""One changed model against the original: whether any property notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from verifier.checker import Checked, Plan, asked, check
from verifier.engines.interface import Observer
from verifier.ir.digest import digest
from verifier.ir.problem import BadState, BadStep
from verifier.ir.property import Flow, NoFault, Property
from verifier.ir.system import State
from verifier.language.files import Sources, read_sources
from verifier.language.frontend import lower_sources
from verifier.language.model import Model
from verifier.mutation.change import Change, with_change
from verifier.mutation.graphs import reachable, same_graph
from verifier.properties.safety import encode
from verifier.source import SourceError
from verifier.verdict import Holds, Unknown, Violated

COMPARED_MAX = 50_000
"""States; the graphs of larger models are not compared state by state."""


class Fate(StrEnum):
    """What became of a change."""

    NOTICED = "noticed"  # a property has another verdict
    SURVIVED = "survived"  # no property has, and other states or transitions are reachable
    SAME_SIZE = "same size"  # no property has; as many states and transitions, too many to compare
    SAME_GRAPH = "same graph"  # the same states and transitions: it changes nothing reachable
    SAME_SYSTEM = "same system"  # nothing that this variant uses is changed
    UNDECIDED = "undecided"  # a limit stopped the search before a property noticed
    NO_MODEL = "no model"  # what comes out is not well typed


@dataclass(frozen=True, slots=True)
class Outcome:
    """``detail`` is the property that noticed, or what stopped the search, or the mistake."""

    change: Change
    fate: Fate
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The model as it is: what it was made of, and the verdicts that a change is held against."""

    sources: Sources
    path: Path
    variant: str | None
    settings: Mapping[str, str]
    model: Model
    plan: Plan
    asked: tuple[str, ...]
    flows: tuple[str, ...]
    verdicts: Mapping[str, str]
    size: tuple[int, int, int]  # states, transitions, depth
    problem: str  # a digest of the system and all that is asked
    states: Callable[[], list[State]]  # all that are reachable; found when they are wanted


class Undecidable(Exception):
    """The original has no verdict on something, so that nothing can be held against it."""


class Interrupted(Exception):
    """The user stopped the search."""


def original(
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    plan: Plan,
    states_factor: int,
    observer: Observer,
) -> Original:
    """Reads and checks the model as it is.  Without a limit of states a changed model gets
    ``states_factor`` times those of the original.

    Raises:
        SourceError, ChoiceError: as `load.load`.
        Undecidable: a limit stopped the search.
        Interrupted: the user did.
    """
    sources = read_sources(path)
    model = lower_sources(sources, path, variant, settings)
    checked = check(model, plan, observer)
    if checked.interrupted:
        raise Interrupted
    verdicts = _verdicts(checked)
    if not checked.exploration.complete:
        raise Undecidable(checked.exploration.stopped)
    for conclusion in checked.conclusions:
        match conclusion.prop, conclusion.verdict:
            case Flow(), Unknown(reason=reason) if not checked.exploration.faults:
                raise Undecidable(reason)  # the product with a flow is larger than the model
            case _:
                pass
    wanted = asked(model, plan.properties)
    found = checked.exploration
    if plan.states_max is None:
        plan = replace(plan, states_max=states_factor * max(found.states, 1_000))
    return Original(
        sources, path, variant, settings, model, plan,
        tuple(prop.name for prop in wanted if not isinstance(prop, Flow)),
        tuple(prop.name for prop in wanted if isinstance(prop, Flow)),
        verdicts, (found.states, found.transitions, found.depth), _digest(model, wanted),
        cache(lambda: reachable(model.system)),
    )  # fmt: skip


def _verdicts(checked: Checked) -> dict[str, str]:
    return {
        conclusion.prop.name: type(conclusion.verdict).__name__.lower()
        for conclusion in checked.conclusions
    }


def _digest(model: Model, wanted: Collection[Property]) -> str:
    """Of the system and of all that is asked; a flow by its conditions, which costs less than the
    product that is searched for it."""
    problem = encode(model.system, tuple(wanted))
    bad = list(problem.bad)
    for flow in wanted:
        if isinstance(flow, Flow):
            bad += [BadState(f"{flow.name}: start", flow.start)]
            bad += [BadState(f"{flow.name}: finish", flow.finish)]
            for event in flow.events:
                bad.append(BadStep(f"{flow.name}: {event.shown}", event.matches))
            for event in flow.without:
                bad.append(BadStep(f"{flow.name}: without {event.shown}", event.matches))
    return digest(replace(problem, bad=tuple(bad)))


def trial(base: Original, change: Change, observer: Observer) -> Outcome:
    """What becomes of one change.

    Flows cost a search each, so they are asked last, and not at all when another property has
    noticed.

    Raises:
        Interrupted: the user stopped the search.
    """
    sources = with_change(base.sources, change)
    try:
        model = lower_sources(sources, base.path, base.variant, base.settings)
    except SourceError as error:
        return Outcome(change, Fate.NO_MODEL, error.diagnostics[0].message)
    wanted = asked(model, base.plan.properties)
    if _digest(model, wanted) == base.problem:
        return Outcome(change, Fate.SAME_SYSTEM)
    stopped = ""
    size = base.size
    for names in (base.asked, base.flows) if base.flows else (base.asked,):
        checked = check(model, replace(base.plan, properties=names), observer)
        if checked.interrupted:
            raise Interrupted
        noticed = _noticed(base, checked)
        if noticed:
            return Outcome(change, Fate.NOTICED, noticed)
        found = checked.exploration
        stopped = stopped or _stopped(base, checked)
        if names == base.asked:
            size = (found.states, found.transitions, found.depth)
    if stopped:
        return Outcome(change, Fate.UNDECIDED, stopped)
    if size != base.size:
        return Outcome(change, Fate.SURVIVED)
    if base.size[0] > COMPARED_MAX:
        return Outcome(change, Fate.SAME_SIZE)
    same = same_graph(base.states(), base.model.system, model.system)
    return Outcome(change, Fate.SAME_GRAPH if same else Fate.SURVIVED)


def _noticed(base: Original, checked: Checked) -> str:
    """The first property whose verdict is decided and another one; "" if there is none.

    What was found is found, also when a limit ended the search.  A verdict that is missing because
    an error hides what comes behind it is another verdict too, but the error comes first.
    """
    names = sorted(checked.conclusions, key=lambda c: not isinstance(c.prop, NoFault))
    for conclusion in names:
        name = conclusion.prop.name
        match conclusion.verdict:
            case Holds():
                word = "holds"
            case Violated():
                word = "violated"
            case Unknown():
                continue
        if word != base.verdicts[name]:
            return f"{name}: {word}"
    return ""


def _stopped(base: Original, checked: Checked) -> str:
    """What kept a property from having the verdict it has in the original; "" if nothing did."""
    for conclusion in checked.conclusions:
        before = base.verdicts[conclusion.prop.name]
        if isinstance(conclusion.verdict, Unknown) and before != "unknown":
            return conclusion.verdict.reason
    return "" if checked.exploration.complete else checked.exploration.stopped
