"""A shorter run that shows the same, by leaving steps out: where the least is too far to search.

First loops are cut: of the states that the run goes through the shortest path is taken, with every
step there is between two of them.  Then steps are left out by delta debugging (A. Zeller and
R. Hildebrandt, Simplifying and isolating failure-inducing input, IEEE TSE 28(2), 2002), by
complements only: a subset alone is hardly ever a run.  The rest is executed again by the semantics:
a step that is no longer enabled is left out too, and the run ends where it shows what is asked.
The result is 1-minimal: no single step can be left out like this.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.causes.goal import Goal, Move
from verifier.causes.rematch import rematched
from verifier.causes.shortest import Limits
from verifier.ir.semantics import initial_states
from verifier.ir.system import Label, State
from verifier.traces.trace import Step, Trace

Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """The run, how many others were tried, and what ended it early: then it is not 1-minimal."""

    trace: Trace
    tried: int
    stopped: str


def reduced(goal: Goal, trace: Trace, limits: Limits) -> Reduced:
    """A run that is not longer and shows the same; from no step of it one can be left out."""
    start, initial = _begun(goal, trace)
    steps = executed(goal, initial, [step.label for step in trace.steps])
    assert steps is not None, "the run is one of the system and shows the goal"
    steps = _without_loops(goal, initial, steps)
    tried, pieces, stopped = 0, 2, ""
    while len(steps) > 0 and not stopped:
        pieces = min(pieces, len(steps))
        shorter = None
        for piece in range(pieces):
            stopped = limits.stop(0)
            if stopped:
                break
            begin, end = len(steps) * piece // pieces, len(steps) * (piece + 1) // pieces
            tried += 1
            labels = [step.label for step in (*steps[:begin], *steps[end:])]
            shorter = executed(goal, initial, labels)
            if shorter is not None:
                break
        if shorter is not None:
            assert len(shorter) < len(steps)
            steps, pieces = shorter, max(pieces - 1, 2)
        elif pieces == len(steps):
            break
        else:
            pieces *= 2
    return Reduced(goal.lift(Trace(start, initial, steps)), tried, stopped)


def _begun(goal: Goal, trace: Trace) -> tuple[Label, State]:
    """The initial state of the goal's system: that of the run, with what a monitor adds to it."""
    width = len(trace.initial)
    return next(
        (label, state)
        for label, state in initial_states(goal.system)
        if label == trace.start and state[:width] == trace.initial
    )


def executed(goal: Goal, initial: State, labels: list[Label]) -> Steps | None:
    """The labels taken one after the other, those left out that are not enabled, up to where the
    run shows the goal; None if it does not."""
    actions = {action.name: action for action in goal.system.actions}
    steps: list[Step] = []
    state = initial
    if goal.shown_in(state):
        return ()
    for label in labels:
        moves = goal.moves(state)
        if not moves:
            break
        move = rematched(actions[label.action], label, moves)
        if move is None:
            continue
        if move.shows:
            return (*steps, Step(move.label, move.state))
        if move.state is None:
            continue  # it would end the run in another run-time error
        steps.append(Step(move.label, move.state))
        state = move.state
        if goal.shown_in(state):
            return tuple(steps)
    return tuple(steps) if goal.ends(tuple(steps), initial) else None


def _without_loops(goal: Goal, initial: State, steps: Steps) -> Steps:
    """The shortest path from the first state to the end through states of the run."""
    mine = {initial, *(step.state for step in steps if step.state is not None)}
    end = steps[-1].state if steps and not _by_step(goal, initial, steps) else None
    came: dict[State, tuple[State, Move] | None] = {initial: None}
    level = [initial]
    while level:
        following: list[State] = []
        for state in level:
            if end is not None and state == end:
                return _path(came, state)
            for move in goal.moves(state):
                if end is None and move.shows:
                    return (*_path(came, state), Step(move.label, move.state))
                if move.state in mine and move.state not in came:
                    assert move.state is not None
                    came[move.state] = (state, move)
                    following.append(move.state)
        level = following
    return steps


def _by_step(goal: Goal, initial: State, steps: Steps) -> bool:
    """Whether it is the last step, not the last state, that shows the goal."""
    return not goal.ends(steps, initial)


def _path(came: dict[State, tuple[State, Move] | None], state: State) -> Steps:
    found: list[Step] = []
    while (before := came[state]) is not None:
        state, move = before
        found.append(Step(move.label, move.state))
    return tuple(reversed(found))
