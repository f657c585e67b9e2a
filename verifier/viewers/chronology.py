"""Names for stamps that last through a run.

The states of a run hold stamps by rank, and a rank changes whenever an older stamp is forgotten.
A reader wants a stamp to keep its name: here every stamp of the run gets one number, in an order
that agrees with the order in every state.  Replacing ranks by these numbers is strictly monotone,
so whatever is true in a state of the run is true in the renumbered one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.ir.footprint import stamped
from verifier.ir.semantics import fire
from verifier.ir.stamps import map_stamps, stamps
from verifier.ir.system import Check, State, TransitionSystem
from verifier.ir.types import Type, Value
from verifier.traces.trace import Trace

Numbers = Mapping[int, int]  # stamp as it stands in a state -> its number in the run


@dataclass(frozen=True, slots=True)
class Chronology:
    """``states`` are those of the run, renumbered; ``before[i]`` is for what is read in step i
    (counting from 0), ``after[i]`` for what the step makes, before its own renumbering by rank."""

    states: tuple[State, ...]
    before: tuple[Numbers, ...]
    after: tuple[Numbers, ...]

    @staticmethod
    def renumbered(of: Type, value: Value, numbers: Numbers) -> Value:
        """The value with the numbers of its stamps in the run."""
        return map_stamps(of, value, lambda stamp: numbers[stamp] if stamp else 0)


def chronology(system: TransitionSystem, trace: Trace) -> Chronology:
    """Follows every stamp through a run that `replay` has accepted."""
    if not stamped(system):
        nothing: Numbers = {}
        return Chronology(
            trace.states, (nothing,) * len(trace.states), (nothing,) * len(trace.steps)
        )
    order: list[int] = []  # identities of all stamps of the run, oldest first
    current = {stamp: _born(order, None) for stamp in stamps(system, trace.initial)}
    ranks, made = [current], []
    actions = {action.name: action for action in system.actions}
    state = trace.initial
    for step in trace.steps:
        action = actions[step.label.action]
        names = [parameter.variable.name for parameter in action.parameters]
        raw = fire(system, action, state, dict(zip(names, step.label.arguments, strict=True)))
        if isinstance(raw, Check):
            made.append(current)
            break
        assert step.state is not None
        known = dict(current)
        for stamp in stamps(system, raw):
            if stamp not in known:
                above = [s for s in known if s > stamp]
                known[stamp] = _born(order, known[min(above)] if above else None)
        made.append(known)
        pairs = zip(stamps(system, step.state), stamps(system, raw), strict=True)
        current = {rank: known[stamp] for rank, stamp in pairs}
        ranks.append(current)
        state = step.state
    number = {identity: place for place, identity in enumerate(order, start=1)}
    before = tuple({s: number[i] for s, i in found.items()} for found in ranks)
    named = stamped(system)
    holding = [(v.type if v.name in named else None) for v in system.variables]
    states = tuple(
        tuple(
            value if of is None else Chronology.renumbered(of, value, numbers)
            for of, value in zip(holding, state, strict=True)
        )
        for state, numbers in zip(trace.states, before, strict=True)
    )
    after = tuple({s: number[i] for s, i in found.items()} for found in made)
    return Chronology(states, before, after)


def _born(order: list[int], above: int | None) -> int:
    """A new identity, placed before another one; None: after all that there ever were."""
    identity = len(order)
    order.insert(len(order) if above is None else order.index(above), identity)
    return identity
