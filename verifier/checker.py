"""The pipeline on one page: a model in, a verdict with judged evidence for each property out."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from verifier.engines.interface import INTERRUPTED, Budget, Engine, Observer, Strategy
from verifier.engines.registry import AUTO, NATIVE, engine_named, unfit
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import Flow, NoFault, Property
from verifier.ir.validate import validate_problem
from verifier.language.model import ChoiceError, Model
from verifier.properties.conclude import Conclusion, all_faults, conclude, cut, found_by, verdict
from verifier.properties.flow import encode_flow
from verifier.properties.safety import encode
from verifier.traces.replay import replay
from verifier.traces.trace import Trace
from verifier.verdict import Exploration, Holds, Unknown, Violated

FLOWS_SHARE = 0.2  # of the time, kept back where there are flows


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check, and with how much.  No properties named means all of them; run-time errors
    and unspecified receptions are always looked for, since other verdicts rest on there being
    none.  None means no limit."""

    engine: str = AUTO
    properties: tuple[str, ...] = ()
    states_max: int | None = None
    memory_max_bytes: int | None = None
    time_limit_seconds: float | None = None
    strategy: Strategy = field(default_factory=Strategy)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found; every trace in it has been replayed."""

    model: Model
    exploration: Exploration
    conclusions: tuple[Conclusion, ...]
    seconds_total: float
    seconds_search: float

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped the search."""
        return self.exploration.stopped == INTERRUPTED or any(
            _is_interrupted(conclusion) for conclusion in self.conclusions
        )


def _is_interrupted(conclusion: Conclusion) -> bool:
    found = conclusion.verdict
    return isinstance(found, Unknown) and found.reason == INTERRUPTED


def check(model: Model, plan: Plan, observer: Observer) -> Checked:
    """Checks the properties of the plan; one exploration for all of them, and one more for each
    flow (see `properties.flow`).

    Raises:
        ChoiceError: a property of the plan is not there, or its engine cannot take the model.
        TraceMismatch: an engine gave a run that is none (our mistake).
    """
    began = time.monotonic()
    engine = engine_named(plan.engine, plan.strategy)
    wanted = asked(model, plan.properties)
    problem = encode(model.system, wanted)
    validate_problem(problem)
    _refuse_unfit(problem, plan)
    budget = Budget(
        plan.states_max,
        plan.memory_max_bytes,
        None if plan.time_limit_seconds is None else began + plan.time_limit_seconds,
    )
    first = budget
    if plan.time_limit_seconds is not None and any(isinstance(prop, Flow) for prop in wanted):
        # Most flows are short runs; a search that never ends would leave no time to find them.
        first = replace(
            budget, deadline_seconds=began + (1 - FLOWS_SHARE) * plan.time_limit_seconds
        )
    exploration = engine(problem, first, observer)
    faults = all_faults(problem, wanted, exploration)
    seconds_search = exploration.seconds
    conclusions = []
    interrupted = exploration.stopped == INTERRUPTED
    for prop in wanted:
        if isinstance(prop, Flow):
            conclusion, seconds = flow_conclusion(
                model, prop, engine, budget, observer, interrupted=interrupted
            )
            seconds_search += seconds
        else:
            conclusion = conclude(prop, exploration, faults)
        judge(model, conclusion)
        interrupted |= _is_interrupted(conclusion)
        conclusions.append(conclusion)
    total = time.monotonic() - began
    return Checked(model, exploration, tuple(conclusions), total, seconds_search)


def problem_of(model: Model, plan: Plan) -> SafetyProblem:
    """The main question that a check asks, flows left out.

    Raises:
        ChoiceError: a property of the plan is not there, or its engine cannot take the model.
    """
    problem = encode(model.system, asked(model, plan.properties))
    _refuse_unfit(problem, plan)
    return problem


def _refuse_unfit(problem: SafetyProblem, plan: Plan) -> None:
    """Before anything is searched: the engine that was asked for must be able to."""
    name, strategy = plan.engine, plan.strategy
    if name == AUTO and (strategy.compact or strategy.saving is not None):
        name = NATIVE  # the only one that does this
    reason = unfit(name, problem)
    if reason is not None:
        alone = plan.engine == NATIVE
        hint = "--engine explicit" if alone else "--compact and --checkpoint are for that engine"
        raise ChoiceError(f"the native engine cannot take this model: {reason}", hint)


def asked(model: Model, names: Collection[str]) -> tuple[Property, ...]:
    """The properties of these names, and that there is no run-time error; no name means all.

    Raises:
        ChoiceError: a property is not there.
    """
    known = [prop.name for prop in model.properties]
    for name in names:
        if name not in known:
            raise ChoiceError(
                f'there is no property "{name}"',
                "properties: " + "; ".join(f'"{n}"' for n in known),
            )
    if not names:
        return model.properties
    return tuple(
        prop for prop in model.properties if prop.name in names or isinstance(prop, NoFault)
    )


def flow_conclusion(
    model: Model,
    flow: Flow,
    engine: Engine,
    budget: Budget,
    observer: Observer,
    *,
    interrupted: bool,
) -> tuple[Conclusion, float]:
    """The verdict on a flow, and the seconds it took."""
    if interrupted:
        return Conclusion(flow, Unknown(0, INTERRUPTED)), 0.0
    product = encode_flow(model.system, flow)
    validate_problem(product.problem)
    found = engine(
        product.problem,
        Budget(
            budget.states_max,
            budget.memory_max_bytes,
            budget.deadline_seconds,
            until_all_found=True,
        ),
        observer,
    )
    answer = found.answers[flow.name]
    concluded = verdict(flow, answer, cut(found))
    match concluded:
        case Holds(Trace() as trace):
            concluded = Holds(product.lift(trace))
        case _:
            pass
    return Conclusion(flow, concluded, by=found_by(answer)), found.seconds


def judge(model: Model, conclusion: Conclusion) -> None:
    """Replays every run of a conclusion against the model and the property themselves."""
    for fault in conclusion.faults:
        replay(model.system, fault.prop or conclusion.prop, fault.found.trace, fault.check)
    match conclusion.verdict:
        case Holds(Trace() as trace) | Violated(Trace() as trace) if not conclusion.faults:
            replay(model.system, conclusion.prop, trace)
        case _:
            pass
