"""Which assumptions about the network a violation rests on.

A run uses some of them: that is one set with which the property fails.  Whether it fails with fewer
is asked of the model itself with the others taken away.  Fewer assumptions give fewer runs, so a
set with a violating subset need not be asked; whether a run ends stuck is the exception, since what
a network may still do keeps a run from being stuck, and there all sets are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from verifier.causes.events import arguments_of
from verifier.causes.network import Assumption, Mischief, assumptions, positions, without
from verifier.causes.queues import NotOrdered
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import evaluate
from verifier.ir.system import Kind, State, TransitionSystem
from verifier.ir.types import Channel, Value, link
from verifier.traces.flights import Flights, Identity, at_first, moved, taken
from verifier.traces.trace import Trace

Assumed = frozenset[Assumption]

MANY = 10  # so many assumptions have a thousand sets


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether the property fails in a model; ``unknown`` says what stopped the search."""

    fails: bool
    unknown: str


@dataclass(frozen=True, slots=True)
class Needs:
    """``present`` is what the model assumes, ``used`` what the run makes use of.  ``sufficient``
    are the least sets with which the property fails, and ``removals`` the least sets without which
    it holds; both are complete if there is nothing in ``unknown``."""

    present: tuple[Assumption, ...]
    used: Assumed
    sufficient: tuple[Assumed, ...]
    removals: tuple[Assumed, ...]
    unknown: tuple[tuple[Assumed, str], ...]
    explored: int


def needs(
    problem: SafetyProblem,
    trace: Trace,
    ask: Callable[[SafetyProblem], Asked],
    *,
    ends_stuck: bool,
) -> Needs:
    """What the violation of a property needs that a run shows; ``ask`` explores a problem."""
    present = assumptions(problem.system)
    used = uses(problem.system, trace)
    everything = frozenset(present)
    assert used <= everything
    if len(present) > MANY:
        reason = f"{len(present)} assumptions are too many to try all sets"
        return Needs(present, used, (), (), ((frozenset(), reason),), 0)
    fails = {everything} if ends_stuck else {everything, used}
    holds: set[Assumed] = set()
    unknown: dict[Assumed, str] = {}
    explored = 0
    for assumed in subsets(present):
        if assumed in fails or (not ends_stuck and any(less <= assumed for less in fails)):
            fails.add(assumed)
            continue
        explored += 1
        try:
            answer = ask(without(problem, everything - assumed))
        except NotOrdered as reason:
            answer = Asked(False, str(reason))
        if answer.unknown:
            unknown[assumed] = answer.unknown
        elif answer.fails:
            fails.add(assumed)
        else:
            holds.add(assumed)
    return Needs(
        present,
        used,
        least(fails),
        least({everything - assumed for assumed in holds}),
        tuple(unknown.items()),
        explored,
    )


def subsets(present: tuple[Assumption, ...]) -> list[Assumed]:
    """All sets of assumptions, smaller ones first."""
    return [
        frozenset(chosen)
        for count in range(len(present) + 1)
        for chosen in combinations(present, count)
    ]


def least(sets: set[Assumed]) -> tuple[Assumed, ...]:
    """Those that contain no other one, smaller ones first."""
    found = [one for one in sets if not any(other < one for other in sets)]
    return tuple(sorted(found, key=lambda one: (len(one), sorted(str(a) for a in one))))


# ---- what a run uses -----------------------------------------------------------------------------


def uses(system: TransitionSystem, trace: Trace) -> Assumed:
    """The assumptions without which this run would not be one."""
    actions = {action.name: action for action in system.actions}
    queues = {v.name for v in system.variables if isinstance(v.type, Channel) and v.type.fifo}
    flights, _ = at_first(system, trace.initial)
    age = {message: (0, 0) for here in flights.values() for message in here}
    state, found = trace.initial, set()
    for number, step in enumerate(trace.steps, start=1):
        action = actions[step.label.action]
        arguments = arguments_of(action, step.label)
        for kind, what in ((Kind.LOSS, Mischief.LOSS), (Kind.DUPLICATION, Mischief.DUPLICATION)):
            if action.kind is kind:
                found |= {Assumption(what, name) for name in action.assignments if name in flights}
        if any(evaluate(system, back, state, arguments) for back in positions(action)):
            found.add(Assumption(Mischief.SKEW, ""))
        received = taken(system, action, arguments, state, flights)
        if received is not None and action.receives is not None:
            channel = action.receives.channel
            if channel not in queues and _overtakes(system, state, channel, flights, age, received):
                found.add(Assumption(Mischief.REORDERING, channel))
        if step.state is None:
            break
        movement = moved(system, action, arguments, state, number, flights)
        for born in movement.born:
            age[born.identity] = born.identity if born.copy_of is None else age[born.copy_of]
        flights, state = movement.flights, step.state
    return frozenset(found)


def _overtakes(
    system: TransitionSystem,
    state: State,
    channel: str,
    flights: Flights,
    age: dict[Identity, tuple[int, int]],
    received: Identity,
) -> bool:
    """Whether a message is received while an older one is under way between the same nodes.  Such
    a one may be deferred; then a queue would let the message pass too, and too much is said to be
    used, which only costs an exploration."""
    place = next(i for i, variable in enumerate(system.variables) if variable.name == channel)
    contents = state[place]
    assert isinstance(contents, tuple)
    links: dict[Identity, Value] = dict(
        zip(flights[channel], (link(message) for message in contents), strict=True)
    )
    return any(
        links[other] == links[received] and age[other] < age[received] for other in flights[channel]
    )
