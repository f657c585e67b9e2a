"""The least run that shows the same: fewest steps, and of those runs the one that costs least.

Breadth-first search gives the length of the shortest runs.  Every state of such a run is as far
from the start as its place in the run says, or the run would not be a shortest one.  So all of them
are paths of a graph that has a level for each number of steps, and the cheapest is found level by
level, for each state and each node that may have acted last (a switch between nodes costs).  That
is Dijkstra's algorithm where all paths to a state have the same number of edges: no queue is
needed, and the result is the least in the lexicographic order of `Cost`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from verifier.causes.cost import Cost, acting, cost_of_step
from verifier.causes.goal import Goal, Move
from verifier.ir.semantics import initial_states
from verifier.ir.system import Label, State
from verifier.traces.trace import Step, Trace

Place: TypeAlias = tuple[State, str]  # a state, and the node that acted last
Levels: TypeAlias = list[dict[State, None]]  # the states at each distance, in the order of search
Path: TypeAlias = "tuple[State, Move, Path | None]"  # the last step of a run, and what was before


@dataclass(frozen=True, slots=True)
class Limits:
    """When a search gives up; None is no limit.  The deadline is on the clock of monotonic()."""

    states_max: int | None = None
    deadline_seconds: float | None = None

    def stop(self, states: int) -> str:
        """What stops a search that has seen so many states, "" if nothing does."""
        if self.states_max is not None and states > self.states_max:
            return f"the limit of {self.states_max:,} states was reached"
        if self.deadline_seconds is not None and time.monotonic() > self.deadline_seconds:
            return "the time limit was reached"
        return ""


@dataclass(frozen=True, slots=True)
class Least:
    """The run, and how many states were looked at."""

    trace: Trace
    states: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """The search ended before it found one: no run of at most ``depth`` steps shows it; -1 where
    not even a run without a step is excluded."""

    reason: str
    states: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where the shortest runs end: in these states, or with these steps out of the last level."""

    states: frozenset[State]
    by_step: bool


def least(goal: Goal, limits: Limits) -> Least | Stopped:
    """The least run that shows the goal, which some run does."""
    starts = {state: label for label, state in reversed(list(initial_states(goal.system)))}
    levels: Levels = [dict.fromkeys(state for _, state in initial_states(goal.system))]
    visited = set(levels[0])
    while True:
        ends, following = _look(goal, levels[-1], visited, limits)
        if isinstance(following, str):
            # Of the level that was being expanded it is not known which states are ends.
            depth = len(levels) - 1 - goal.about_ends
            return Stopped(following, len(visited), depth)
        if ends is not None:
            break
        assert following, "no run shows it, although one was judged to"
        levels.append(following)
    _keep_what_leads_there(goal, levels, ends)
    return Least(_cheapest(goal, levels, ends, starts), len(visited))


def _look(
    goal: Goal, level: dict[State, None], visited: set[State], limits: Limits
) -> tuple[_Ends | None, dict[State, None] | str]:
    """Whether the shortest runs end here, and the states of the next level or what stopped."""
    bad = frozenset(state for state in level if goal.shown_in(state))
    if bad:
        return _Ends(bad, by_step=False), {}
    following: dict[State, None] = {}
    stuck: list[State] = []
    by_step = False
    for state in level:
        moves = goal.moves(state)
        if not moves and goal.stuck_in(state):
            stuck.append(state)
        for move in moves:
            by_step |= move.shows
            if move.state is not None and move.state not in visited:
                visited.add(move.state)
                following[move.state] = None
        stopped = limits.stop(len(visited))
        if stopped:
            return None, stopped
    if stuck:
        return _Ends(frozenset(stuck), by_step=False), {}
    return (_Ends(frozenset(), by_step=True) if by_step else None), following


def _keep_what_leads_there(goal: Goal, levels: Levels, ends: _Ends) -> None:
    """Drops the states that no shortest run goes through, from the last level to the first."""
    if ends.by_step:
        levels[-1] = _only(goal, levels[-1], lambda move: move.shows)
    else:
        levels[-1] = {state: None for state in levels[-1] if state in ends.states}
    for place in range(len(levels) - 2, -1, -1):
        levels[place] = _only(goal, levels[place], partial(_leads_into, levels[place + 1]))


def _leads_into(level: dict[State, None], move: Move) -> bool:
    return move.state is not None and move.state in level


def _only(goal: Goal, level: Iterable[State], useful: Callable[[Move], bool]) -> dict[State, None]:
    return {state: None for state in level if any(useful(move) for move in goal.moves(state))}


def _cheapest(goal: Goal, levels: Levels, ends: _Ends, starts: dict[State, Label]) -> Trace:
    """The cheapest of the paths through the levels."""
    best: dict[Place, tuple[Cost, Path | None]] = {(s, ""): (Cost(), None) for s in levels[0]}
    for level in levels[1:]:
        best = _further(goal, best, partial(_leads_into, level))
    if ends.by_step:
        best = _further(goal, best, lambda move: move.shows)
    (initial, _), (_, path) = min(best.items(), key=lambda found: found[1][0])
    steps: list[Step] = []
    while path is not None:
        initial, move, path = path
        steps.append(Step(move.label, move.state))
    return goal.lift(Trace(starts[initial], initial, tuple(reversed(steps))))


def _further(
    goal: Goal,
    best: dict[Place, tuple[Cost, Path | None]],
    useful: Callable[[Move], bool],
) -> dict[Place, tuple[Cost, Path | None]]:
    """The cheapest paths that have one more step."""
    actions = {action.name: action for action in goal.system.actions}
    reached: dict[Place, tuple[Cost, Path | None]] = {}
    for (state, last), (cost, path) in best.items():
        for move in goal.moves(state):
            if not useful(move):
                continue
            action = actions[move.label.action]
            added = cost_of_step(
                goal.system, action, move.label, state, last, fails=move.state is None
            )
            total = cost.plus(added)
            after = move.state if move.state is not None else state
            key = (after, acting(action, last))
            if key not in reached or total < reached[key][0]:
                reached[key] = (total, (state, move, path))
    return reached
