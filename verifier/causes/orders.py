"""The order of the same events, closest to that of a run, in which its property does not fail.

The search goes through all orders of the events of a run that can be executed.  An event is the
receipt (loss, duplication) of a particular message, or a spontaneous step with the arguments it
had; the semantics says what it does where it now comes.  What cannot happen any more is passed
over, and messages that are left, or that only the new order brings about, are delivered at the end.
What is still in flight at the end of the run may have been received before.

It is Dijkstra's algorithm over states with the events that are left.  An order costs 1 for every
pair of dependent events that it exchanges and 1 for every event that it passes over.  Orders that
differ in neighbours that do not depend on each other are one, and only that which is closest to the
run is tried.  Orders with one exchange are searched first, however many events they pass over: what
cannot happen after it is no other cause, and that "no single exchange avoids it" has to be true.
Of orders that exchange and pass over as much, those come first that break no other invariant, also
when what is under way at their end arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import Literal, TypeAlias

from verifier.causes.aftermath import Aftermath, invariants_of
from verifier.causes.events import arguments_of, dependence, happened
from verifier.causes.goal import Goal, Move
from verifier.causes.meeting import is_met
from verifier.causes.overtaking import Events, kind, overtaken, overtakes
from verifier.causes.shortest import Limits
from verifier.causes.taking import first_of_equals, receipts, step_of
from verifier.ir.property import Property
from verifier.ir.system import State
from verifier.traces.flights import Flights, Identity, at_first, moved
from verifier.traces.trace import Step, Trace

VACUOUS = 2  # an end where the property claims nothing counts as so many exchanges

# Exchanged and passed; passed; states in which another invariant is false; what kinds of pairs;
# other events overtaken, and new steps.
Cost: TypeAlias = tuple[int, int, int, int, int]
Pair: TypeAlias = tuple[int, int]  # steps of the run: the first came before the second


@dataclass(frozen=True, slots=True)
class GoodOrder:
    """``origins`` has for each step of the trace the step of the run that it was, 0 if it is new;
    ``exchanged`` are the pairs, ``passed`` the steps of the run that do not happen.  A step beyond
    the last of the run is the receipt of what is still in flight there.  ``met`` says that the
    property claims something at the end, ``broken`` which other invariants are false on the
    way, ``later`` which properties are once what is under way at the end arrives.  If several pairs
    are exchanged ``single`` says why not one: no such order avoids it, each of them ends where the
    property claims nothing, or a limit left it open."""

    trace: Trace
    origins: tuple[int, ...]
    exchanged: tuple[Pair, ...]
    passed: tuple[int, ...]
    met: bool
    broken: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    single: Literal["none", "claims nothing", "open"] = "none"


@dataclass(frozen=True, slots=True)
class NoOrder:
    """The property fails in each of the orders; or ``stopped`` says what ended the search."""

    points: int
    stopped: str


@dataclass(frozen=True, slots=True)
class _Point:
    """Where a run in another order has come: ``left`` are places of events that have not happened,
    ``skip`` those that are not tried next, since with the last event they may change places."""

    state: State
    left: tuple[int, ...]
    flights: tuple[tuple[str, tuple[Identity, ...]], ...]
    skip: frozenset[int]
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """How a point was reached: the steps, the origins of each, what was exchanged and passed."""

    steps: tuple[Step, ...] = ()
    origins: tuple[int, ...] = ()
    exchanged: tuple[Pair, ...] = ()
    passed: tuple[int, ...] = ()

    def with_step(self, move: Move, origin: int, exchanged: tuple[Pair, ...]) -> _Way:
        """One step further."""
        return _Way(
            (*self.steps, Step(move.label, move.state)),
            (*self.origins, origin),
            (*self.exchanged, *exchanged),
            self.passed,
        )


_Further: TypeAlias = tuple[Cost, _Point, _Way]


@dataclass(frozen=True, slots=True)
class _Question:
    """What stays the same while orders are tried."""

    goal: Goal
    prop: Property
    run: Trace
    events: Events
    aftermath: Aftermath
    in_flight_at_end: frozenset[Identity]
    single: bool  # whether at most one pair may be exchanged
    known: dict[State, list[Move]]  # the steps out of states that were looked at

    def moves(self, state: State) -> list[Move]:
        """The steps out of a state."""
        if state not in self.known:
            self.known[state] = self.goal.moves(state)
        return self.known[state]


def good_order(
    goal: Goal, prop: Property, run: Trace, limits: Limits, others: tuple[Property, ...] = ()
) -> GoodOrder | NoOrder:
    """The closest order of the events of a run that avoids what it shows, if there is one."""
    if goal.shown_in(run.initial):
        return NoOrder(0, "")  # before anything has happened
    told = happened(goal.system, run)
    flying = frozenset(identity for here in told.flights.values() for identity in here)
    by_messages = any(action.receives is not None for action in goal.system.actions)
    events = Events((*told.events, *told.awaited), run.depth, dependence(goal.system), by_messages)
    aftermath = Aftermath(goal, prop.name, invariants_of(goal.system, prop, others))
    asked = _Question(goal, prop, run, events, aftermath, flying, True, {})
    one = _nearest(asked, limits)
    if isinstance(one, GoodOrder) and one.met:
        return one
    several = _nearest(replace(asked, single=False), limits)
    if isinstance(several, NoOrder) or (isinstance(one, GoodOrder) and not several.met):
        return one if isinstance(one, GoodOrder) else several
    if isinstance(one, GoodOrder):
        return replace(several, single="claims nothing")
    return replace(several, single="open" if one.stopped else "none")


def _nearest(asked: _Question, limits: Limits) -> GoodOrder | NoOrder:
    """The order that costs least."""
    goal, run = asked.goal, asked.run
    flights, _ = at_first(goal.system, run.initial)
    every = tuple(range(len(asked.events.all)))
    start = _Point(run.initial, every, tuple(flights.items()), frozenset())
    ties = count()
    waiting: list[tuple[Cost, int, _Point, _Way]] = [((0, 0, 0, 0, 0), next(ties), start, _Way())]
    done: set[_Point] = set()
    while waiting:
        cost, _, point, way = heappop(waiting)
        if point.is_end:
            trace = Trace(run.start, run.initial, way.steps)
            met = is_met(goal.system, asked.prop, trace)
            exchanged = way.exchanged or overtaken(way.origins)
            broken = asked.aftermath.during(trace)
            later = tuple(name for name in asked.aftermath.after(point.state) if name not in broken)
            return GoodOrder(trace, way.origins, exchanged, way.passed, met, broken, later)
        if point in done:
            continue
        done.add(point)
        stopped = limits.stop(len(done))
        if stopped:
            return NoOrder(len(done), stopped)
        for added, after, further in _further(asked, point, way):
            heappush(waiting, (_both(cost, added), next(ties), after, further))
    return NoOrder(len(done), "")


def _both(one: Cost, other: Cost) -> Cost:
    a, b, c, d, e = one
    f, g, h, i, j = other
    return a + f, b + g, c + h, d + i, e + j


def _further(asked: _Question, point: _Point, way: _Way) -> Iterator[_Further]:
    """What may come next."""
    moves = asked.moves(point.state)
    if not moves and asked.goal.stuck_in(point.state):
        return  # this order fails too
    flights = dict(point.flights)
    if not point.left or point.left[0] >= asked.events.length:
        yield from _ending(asked, point, way, flights, moves)
        return
    able: dict[int, tuple[Move, _Point]] = {}  # smaller places first
    for place in point.left:
        event = asked.events.all[place]
        move = step_of(asked.goal.system, event, point.state, flights, moves)
        if move is None:
            if place == point.left[0]:
                passed = replace(way, passed=(*way.passed, event.step))
                weight = 0 if asked.single else 1
                yield (weight, 1, 0, 0, 0), replace(point, left=point.left[1:]), passed
            continue
        pairs = overtakes(asked.events, point.left, place)
        if pairs is None or not _allowed(asked.goal, move):
            continue
        if asked.single and len(way.exchanged) + len(pairs) > 1:
            continue
        after = _taken(asked, point, place, move)
        if place not in point.skip:
            skip = frozenset(
                earlier
                for earlier, (step, other) in able.items()
                if _change_places(asked, point, (earlier, step, other), (place, move, after))
            )
            kinds = sum(kind(asked.events.all[a], event) for a in pairs)
            numbers = tuple((asked.events.all[a].step, event.step) for a in pairs)
            before = sum(other < min(place, asked.events.length) for other in point.left)
            breaks = int(bool(asked.aftermath.invariants(after.state)))
            yield (
                (len(pairs), 0, breaks, kinds, before - len(pairs)),
                replace(after, skip=skip),
                way.with_step(move, event.step, numbers),
            )
        able[place] = move, after


def _taken(asked: _Question, point: _Point, place: int, move: Move) -> _Point:
    """Where an event leads that happens now."""
    event = asked.events.all[place]
    left = tuple(other for other in point.left if other != place)
    after = _after(asked, point, dict(point.flights), move, event.step, event.takes)
    return replace(after, left=left, skip=frozenset())


_Able: TypeAlias = tuple[int, Move, _Point]  # an event, its step, and where that leads


def _change_places(asked: _Question, point: _Point, one: _Able, other: _Able) -> bool:
    """Whether two events that may both come next lead to the same in either order: then only one
    of the orders needs to be tried.  It is executed, not derived from what they read and change, as
    what a step sees of a channel, or the room in it, may depend on the other."""
    if asked.events.depend(one[0], other[0]):
        return False
    ends = []
    for first, second in ((one, other), (other, one)):
        after = first[2]
        moves, flights = asked.moves(after.state), dict(after.flights)
        event = asked.events.all[second[0]]
        move = step_of(asked.goal.system, event, after.state, flights, moves)
        if move is None or not _allowed(asked.goal, move):
            return False
        ends.append(_taken(asked, after, second[0], move))
    return ends[0] == ends[1]


def _allowed(goal: Goal, move: Move) -> bool:
    """Whether a step neither shows what is to be avoided nor ends in another run-time error."""
    return move.state is not None and not move.shows and not goal.shown_in(move.state)


def _after(
    asked: _Question,
    point: _Point,
    flights: Flights,
    move: Move,
    step: int,
    takes: Identity | None,
) -> _Point:
    """Where a step leads, and the messages in flight there."""
    assert move.state is not None
    system = asked.goal.system
    action = next(action for action in system.actions if action.name == move.label.action)
    if takes is not None:
        flights = first_of_equals(system, takes, point.state, flights)
    arguments = arguments_of(action, move.label)
    movement = moved(system, action, arguments, point.state, step, flights)
    return replace(point, state=move.state, flights=tuple(movement.flights.items()))


def _ending(
    asked: _Question, point: _Point, way: _Way, flights: Flights, moves: list[Move]
) -> Iterator[_Further]:
    """Delivers what was not in flight at the end of the run; then the order is complete."""
    system, delivered = asked.goal.system, False
    number = len(asked.events.all) + 1 + sum(origin == 0 for origin in way.origins)
    for here in flights.values():
        for message in here:
            if message in asked.in_flight_at_end:
                continue
            for move in receipts(system, message, point.state, flights, moves):
                delivered = True
                if _allowed(asked.goal, move):
                    after = _after(asked, point, flights, move, number, message)
                    breaks = int(bool(asked.aftermath.invariants(after.state)))
                    yield (0, 0, breaks, 0, 1), after, way.with_step(move, 0, ())
    if not delivered:
        trace = Trace(asked.run.start, asked.run.initial, way.steps)
        vacuous = 0 if is_met(system, asked.prop, trace) else VACUOUS
        # Events that do not depend on each other may still be told apart by the property.
        told_apart = int(not way.exchanged)
        breaks = int(bool(asked.aftermath.after(point.state)))
        yield (vacuous + told_apart, 0, breaks, 2 * told_apart, 0), replace(point, is_end=True), way
