"""What a run must end in to show the same as another one, asked of compiled steps.

The searches here take many more steps than the reference semantics has time for, so they use the
compiled ones of the reference search; what they find is judged by `traces.replay`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from verifier.engines.explicit.compile import Compiled, Transition, compile_problem
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import (
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.system import Check, Label, State, TransitionSystem
from verifier.properties.flow import encode_flow
from verifier.properties.safety import encode, undefined
from verifier.traces.trace import Step, Trace


@dataclass(frozen=True, slots=True)
class Move:
    """A step out of a state.  ``state`` is None where a check fails; ``shows`` says that the step
    itself is what is looked for."""

    label: Label
    state: State | None
    shows: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """What is looked for in the runs of ``system``; ``lift`` makes them runs of the model's own."""

    system: TransitionSystem
    lift: Callable[[Trace], Trace]
    compiled: Compiled
    is_goal: Callable[[Check], bool]  # whether a step that fails this is what is looked for

    def shown_in(self, state: State) -> bool:
        """Whether the state itself shows it."""
        return bool(self.compiled.look(state))

    def stuck_in(self, state: State) -> bool:
        """Whether a state shows it that has no enabled label."""
        return bool(self.compiled.stuck(state))

    def moves(self, state: State) -> list[Move]:
        """Every enabled label, in the order of enumeration."""
        out: list[Transition] = []
        self.compiled.expand(state, out.append)
        found = []
        for index, arguments, after, numbers in out:
            action = self.system.actions[index]
            label = Label(action.name, arguments)
            if isinstance(after, int):
                check = action.checks[after]
                found.append(Move(label, None, bool(numbers) or self.is_goal(check)))
            else:
                found.append(Move(label, after, bool(numbers)))
        return found

    def ends(self, steps: tuple[Step, ...], initial: State) -> bool:
        """Whether the last state of a run, reached without it being shown before, shows it."""
        state = steps[-1].state if steps else initial
        if state is None:
            return False
        return self.shown_in(state) or (self.stuck_in(state) and not self.moves(state))


def goal_of(
    system: TransitionSystem, prop: Property, trace: Trace, fault: Check | None
) -> Goal:  # fmt: skip
    """What a run that `replay` has accepted shows: the property, or this very run-time error."""
    if fault is not None and trace.steps and trace.steps[-1].state is None:
        return _goal(SafetyProblem(system, ()), lambda check: check == fault)
    if fault is not None:
        bads = encode(system, (prop,)).bad
        meaningless = tuple(bad for bad in bads if bad.name == undefined(prop.name))
        return _goal(SafetyProblem(system, meaningless), lambda _: False)
    match prop:
        case NoFault(kind=kind):
            return _goal(SafetyProblem(system, ()), lambda check: check.kind == kind)
        case Flow():
            product = encode_flow(system, prop)
            return _goal(product.problem, lambda _: False, product.lift)
        case Invariant() | Reachable() | StepProperty() | DeadlockFree():
            bads = encode(system, (prop,)).bad
            itself = tuple(bad for bad in bads if bad.name == prop.name)
            return _goal(SafetyProblem(system, itself), lambda _: False)
        case _:
            assert_never(prop)


def _goal(
    problem: SafetyProblem,
    is_goal: Callable[[Check], bool],
    lift: Callable[[Trace], Trace] = lambda trace: trace,
) -> Goal:
    return Goal(problem.system, lift, compile_problem(problem), is_goal)
