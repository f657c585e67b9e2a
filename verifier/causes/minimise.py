"""``verify trace minimise``: the least run, or as short a one as there was time for."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.causes.cost import Cost, cost_of
from verifier.causes.goal import goal_of
from verifier.causes.reduction import reduced
from verifier.causes.shortest import Least, Limits, Stopped, least
from verifier.ir.property import Property
from verifier.ir.system import Check, TransitionSystem
from verifier.traces.replay import replay
from verifier.traces.trace import Trace


@dataclass(frozen=True, slots=True)
class Minimised:
    """``stopped`` is None where the cost is the least of all runs that show the same; otherwise it
    says what ended the search, and ``tried`` how many runs with steps left out were tried instead.
    ``unfinished`` says what ended that too: then not even single steps were all tried."""

    trace: Trace
    cost: Cost
    before: Cost
    states: int
    stopped: Stopped | None
    tried: int
    unfinished: str


def minimise(
    system: TransitionSystem,
    prop: Property,
    trace: Trace,
    fault: Check | None,
    search: Limits,
    reduction: Limits,
) -> Minimised:
    """A run that shows the same as one that `replay` has accepted; every run is judged again."""
    goal = goal_of(system, prop, trace, fault)
    before = cost_of(system, trace)
    found = least(goal, search)
    if isinstance(found, Least):
        replay(system, prop, found.trace, fault)
        after = cost_of(system, found.trace)
        assert after <= before, "the search has found a run that is not the least"
        return Minimised(found.trace, after, before, found.states, None, 0, "")
    shorter = reduced(goal, trace, reduction)
    replay(system, prop, shorter.trace, fault)
    smaller = shorter.trace
    if cost_of(system, smaller) > before:  # as many steps, but another one for one of them
        smaller = trace
    return Minimised(
        smaller, cost_of(system, smaller), before, found.states, found, shorter.tried,
        shorter.stopped,
    )  # fmt: skip
