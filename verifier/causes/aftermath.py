"""What else an order of events violates: on its way, and once everything under way has arrived.

An order that avoids one violation by running into another one is a poor example of a good one.  And
``when settled: P`` says nothing while messages are under way, so that what an order has done shows
only later; there they are delivered, one after the other, as they first can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from verifier.causes.goal import Goal
from verifier.engines.explicit.compile import compile_problem
from verifier.ir.property import Invariant, Property
from verifier.ir.system import Kind, State, TransitionSystem
from verifier.properties.safety import encode
from verifier.traces.trace import Trace

Invariants: TypeAlias = Callable[[State], tuple[str, ...]]
"""The names of the invariants that are false in a state, or have no value."""

MOST = 30  # receipts; answers to answers may go on for ever


def invariants_of(
    system: TransitionSystem, prop: Property, others: tuple[Property, ...]
) -> Invariants:
    """Asks the invariants among the others."""
    asked = [o for o in others if isinstance(o, Invariant) and o.name != prop.name]
    names = {bad.name: one.name for one in asked for bad in encode(system, (one,)).bad}
    problem = encode(system, asked)
    look = compile_problem(problem).look

    @cache  # orders meet in the same states
    def false_in(state: State) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names[problem.bad[number].name] for number in look(state)))

    return false_in


@dataclass(frozen=True, slots=True)
class Aftermath:
    """``prop`` is the name of the property that the goal is about."""

    goal: Goal
    prop: str
    invariants: Invariants

    def during(self, trace: Trace) -> tuple[str, ...]:
        """The other invariants that are false in a state of a run."""
        return tuple(dict.fromkeys(n for state in trace.states for n in self.invariants(state)))

    def after(self, state: State) -> tuple[str, ...]:
        """The properties that fail while what is under way in a state arrives."""
        kinds = {action.name: action.kind for action in self.goal.system.actions}
        found: dict[str, None] = {}
        for _ in range(MOST):
            receipts = (
                move
                for move in self.goal.moves(state)
                if kinds[move.label.action] is Kind.HANDLER and move.state is not None
            )
            move = next(receipts, None)
            if move is None:
                break
            assert move.state is not None
            state = move.state
            if move.shows or self.goal.shown_in(state):
                found[self.prop] = None
            found |= dict.fromkeys(self.invariants(state))
        return tuple(found)
