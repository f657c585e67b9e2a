"""The events of a run, as they end in another model: what a fix makes of the same race."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.causes.events import Event, arguments_of, happened
from verifier.causes.goal import Goal, Move, goal_of
from verifier.causes.taking import first_of_equals, receipts, step_of
from verifier.ir.property import Property
from verifier.ir.semantics import initial_states
from verifier.ir.system import Label, State, TransitionSystem
from verifier.traces.flights import Flights, Identity, at_first, moved
from verifier.traces.replay import follow
from verifier.traces.trace import Step, Trace

DELIVERED_MAX = 30
"""Receipts after the events of the run; a model may answer answers for ever."""


@dataclass(frozen=True, slots=True)
class Retold:
    """A run of the other model; ``passed`` are the steps of the run that cannot happen there, and
    ``shows`` says that it violates the property all the same."""

    trace: Trace
    passed: tuple[int, ...]
    shows: bool


def retold(system: TransitionSystem, run: Trace, other: TransitionSystem, prop: Property) -> Retold:
    """The events of a run of ``system`` in the same order in ``other``, whose property is ``prop``.

    What a step does is decided by the other model; a step that cannot happen is left out, and what
    only the other model sends is delivered at the end.  The run is followed by the semantics.
    """
    goal = goal_of(other, prop, run, None)
    telling = _Telling(goal, *_start(other, run))
    told = happened(system, run)
    passed = [event.step for event in told.events if not telling.take(event)]
    left = {identity for here in told.flights.values() for identity in here}
    number = run.depth + 1
    while number <= run.depth + DELIVERED_MAX and telling.deliver(number, left):
        number += 1
    follow(other, telling.trace)
    return Retold(telling.trace, tuple(passed), telling.shows)


def _start(system: TransitionSystem, run: Trace) -> tuple[Label, State]:
    """The initial state that the same choice makes; the first one where there is no such."""
    found = list(initial_states(system))
    return next((one for one in found if one[0] == run.start), found[0])


class _Telling:
    """The run as far as it is told."""

    def __init__(self, goal: Goal, start: Label, initial: State) -> None:
        self._goal = goal
        self._actions = {action.name: action for action in goal.system.actions}
        self._flights: Flights = at_first(goal.system, initial)[0]
        self._state = initial
        self.trace = Trace(start, initial, ())
        self.shows = goal.shown_in(initial)

    def take(self, event: Event) -> bool:
        """The event happens here, if it can."""
        moves = self._goal.moves(self._state)
        move = step_of(self._goal.system, event, self._state, self._flights, moves)
        return move is not None and self._go(move, event.step, event.takes)

    def deliver(self, number: int, left: set[Identity]) -> bool:
        """Delivers a message that is under way and not one of those that are left there."""
        moves = self._goal.moves(self._state)
        for here in self._flights.values():
            for message in here:
                if message in left:
                    continue
                for move in receipts(self._goal.system, message, self._state, self._flights, moves):
                    if self._go(move, number, message):
                        return True
        return False

    def _go(self, move: Move, number: int, takes: Identity | None) -> bool:
        if move.state is None:
            return False  # it would fail with a run-time error
        system, flights = self._goal.system, self._flights
        if takes is not None:
            flights = first_of_equals(system, takes, self._state, flights)
        action = self._actions[move.label.action]
        arguments = arguments_of(action, move.label)
        movement = moved(system, action, arguments, self._state, number, flights)
        self._state, self._flights = move.state, movement.flights
        self.trace = replace(self.trace, steps=(*self.trace.steps, Step(move.label, move.state)))
        self.shows = self.shows or move.shows or self._goal.shown_in(move.state)
        return True
