"""What a run must end in to show the same as another one, asked of compiled steps.

The searches here take many more steps than the reference semantics has time for, so they use the
compiled ones of the reference search; what they find is judged by `traces.replay`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from verifier.engines.explicit.compile import Compiled, Transition, compile_problem
from verifier.ir.build import conjunction, disjunction, negate
from verifier.ir.expr import Expr
from verifier.ir.problem import BadStep, SafetyProblem, Stuck
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
from verifier.transform import Transformed


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
    about_ends: bool  # whether it is looked for in states without an enabled label

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
        return [
            Move(
                Label(self.system.actions[index].name, arguments),
                None if isinstance(after, int) else after,
                bool(numbers),
            )
            for index, arguments, after, numbers in out
        ]

    def ends(self, steps: tuple[Step, ...], initial: State) -> bool:
        """Whether the last state of a run shows it."""
        state = steps[-1].state if steps else initial
        if state is None:
            return False
        return self.shown_in(state) or (self.stuck_in(state) and not self.moves(state))


def goal_of(system: TransitionSystem, prop: Property, trace: Trace, fault: Check | None) -> Goal:
    """What a run that `replay` has accepted shows, to be looked for in others."""
    asked = question(system, prop, trace, fault)
    problem = asked.problem
    about_ends = any(isinstance(bad, Stuck) for bad in problem.bad)
    return Goal(problem.system, asked.lift, compile_problem(problem), about_ends)


def question(
    system: TransitionSystem, prop: Property, trace: Trace, fault: Check | None
) -> Transformed:
    """The problem whose only question is what the run shows: that the property is violated (or
    reached), that it has no value, or that this very check fails."""
    if fault is not None and trace.steps and trace.steps[-1].state is None:
        bad = _failing(system, prop.name, lambda check: check == fault)
        return _unlifted(SafetyProblem(system, (bad,)))
    name = prop.name if fault is None else undefined(prop.name)
    match prop:
        case NoFault(kind=kind):
            bad = _failing(system, prop.name, lambda check: check.kind == kind)
            return _unlifted(SafetyProblem(system, (bad,)))
        case Flow():
            return encode_flow(system, prop)
        case Invariant() | Reachable() | StepProperty() | DeadlockFree():
            bads = encode(system, (prop,)).bad
            return _unlifted(SafetyProblem(system, tuple(b for b in bads if b.name == name)))
        case _:
            assert_never(prop)


def _failing(system: TransitionSystem, name: str, meant: Callable[[Check], bool]) -> BadStep:
    """That a step fails one of the checks that are meant, those before it being true."""
    conditions: dict[str, Expr] = {}
    for action in system.actions:
        failing = [
            conjunction(
                (*(before.condition for before in action.checks[:place]), negate(check.condition))
            )
            for place, check in enumerate(action.checks)
            if meant(check)
        ]
        if failing:
            conditions[action.name] = disjunction(failing)
    return BadStep(name, conditions)


def _unlifted(problem: SafetyProblem) -> Transformed:
    return Transformed(problem, lambda trace: trace)
