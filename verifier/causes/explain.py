"""``verify trace explain``: the order that decides, and the network that the violation needs."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.causes.assumptions import Asked, Needs, needs
from verifier.causes.goal import goal_of, question
from verifier.causes.orders import GoodOrder, NoOrder, good_order
from verifier.causes.shortest import Limits
from verifier.engines.interface import Budget, Engine, Observer
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import DeadlockFree, Property
from verifier.ir.system import Check, TransitionSystem
from verifier.ir.validate import validate_problem
from verifier.traces.replay import TraceMismatch, follow, replay
from verifier.traces.trace import Trace
from verifier.verdict import Found, Unknown


@dataclass(frozen=True, slots=True)
class Explained:
    """What decides a violation."""

    order: GoodOrder | NoOrder
    needs: Needs


def explain(
    system: TransitionSystem,
    prop: Property,
    trace: Trace,
    fault: Check | None,
    engine: Engine,
    budget: Budget,
    observer: Observer,
    others: tuple[Property, ...] = (),
) -> Explained:
    """Why a run that `replay` has accepted violates the property; the budget is for the orders, and
    again for each of the networks.  ``others`` are the properties that a good order should not
    violate either."""
    limits = Limits(budget.states_max, budget.deadline_seconds)
    order = good_order(goal_of(system, prop, trace, fault), prop, trace, limits, others)
    if isinstance(order, GoodOrder):
        judge(system, prop, order.trace, fault)

    def ask(problem: SafetyProblem) -> Asked:
        validate_problem(problem)
        found = engine(problem, budget, observer)
        (answer,) = found.answers.values()
        if isinstance(answer, Unknown):
            return Asked(False, answer.reason)
        return Asked(isinstance(answer, Found), "")

    problem = question(system, prop, trace, fault).problem
    network = needs(problem, trace, ask, ends_stuck=isinstance(prop, DeadlockFree))
    return Explained(order, network)


def judge(system: TransitionSystem, prop: Property, trace: Trace, fault: Check | None) -> None:
    """Judges a run that is said not to show something, at any of its steps.

    Raises:
        TraceMismatch: it is no run, or shows it (our mistake).
    """
    follow(system, trace)
    for length in range(trace.depth + 1):
        part = Trace(trace.start, trace.initial, trace.steps[:length])
        try:
            replay(system, prop, part, fault)
        except TraceMismatch:
            continue
        raise TraceMismatch(f'step {length} of the other order still shows "{prop.name}"')
