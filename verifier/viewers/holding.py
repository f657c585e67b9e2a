"""Which properties hold after each step of a run, by the reference semantics.

A run of thousands of steps comes by the same few values of what a property reads again and again,
so an answer is kept under these values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never

from verifier.ir.build import TRUE
from verifier.ir.expr import Expr, Next, walk
from verifier.ir.footprint import variables_of
from verifier.ir.property import (
    Claim,
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.semantics import evaluate, fire, successors
from verifier.ir.system import Check, Label, State, TransitionSystem
from verifier.ir.types import Value
from verifier.traces.trace import Trace


class Mark(StrEnum):
    """What a property says of a step, or of the state after it."""

    HOLDS = "+"
    FALSE = "-"
    NO_VALUE = "?"
    SILENT = "."  # it says nothing here: a goal not reached, a step that it is not about


@dataclass(frozen=True, slots=True)
class Standing:
    """A property through the run: ``marks`` has one for each of the initial state and the steps.

    ``wanted``: it is a goal, which the run is to reach.  ``first`` is the step in which it becomes
    false, or has no value, or, if it is wanted, is reached.
    """

    name: str
    wanted: bool
    asked: bool
    marks: str
    first: int | None


Truth: TypeAlias = Callable[[State, Mapping[str, Value], State | None], Mark]


def standings(
    system: TransitionSystem, properties: tuple[Property, ...], asked: Property, trace: Trace
) -> tuple[Standing, ...]:
    """All properties through a run that `replay` has accepted: the asked one, then those that
    become false (or are reached) in this run, then all others."""
    found = [_standing(system, prop, trace, prop.name == asked.name) for prop in properties]
    return tuple(sorted(found, key=lambda one: (not one.asked, one.first is None)))


def _standing(system: TransitionSystem, prop: Property, trace: Trace, asked: bool) -> Standing:
    marks = _marks(system, prop, trace, asked)
    wanted = isinstance(prop, Reachable | Flow)
    sought = (Mark.HOLDS,) if wanted else (Mark.FALSE, Mark.NO_VALUE)
    first = next((i for i, mark in enumerate(marks) if mark in sought), None)
    return Standing(prop.name, wanted, asked, "".join(marks), first)


def _marks(system: TransitionSystem, prop: Property, trace: Trace, asked: bool) -> list[Mark]:
    failing = [Mark.SILENT] * (trace.depth + 1 - len(trace.states))  # a step without a state
    match prop:
        case Invariant(_, predicate, defined):
            truth = _truth(system, predicate, defined)
            return [truth(state, {}, None) for state in trace.states] + failing
        case Reachable(_, predicate, defined):
            truth = _truth(system, predicate, defined)
            found = [truth(state, {}, None) for state in trace.states] + failing
            return [Mark.SILENT if mark is Mark.FALSE else mark for mark in found]
        case StepProperty():
            return [Mark.SILENT, *_of_steps(system, prop, trace), *failing]
        case DeadlockFree(_, final, defined):
            # From every state but the last one the run itself goes on; a declared end that has no
            # value is an error in any state.
            has_value = _truth(system, TRUE, defined)
            marks = [has_value(state, {}, None) for state in trace.states]
            if not failing and next(successors(system, trace.states[-1]), None) is None:
                marks[-1] = _truth(system, final, defined)(trace.states[-1], {}, None)
            return marks + failing
        case NoFault(_, kind):
            marks = [Mark.HOLDS] * (trace.depth + 1)
            if failing and _failed(system, trace).kind == kind:
                marks[-1] = Mark.FALSE
            return marks
        case Flow():  # is about the run, not about a state in it
            return [Mark.SILENT] * trace.depth + [Mark.HOLDS if asked else Mark.SILENT]
        case _:
            assert_never(prop)


def _truth(system: TransitionSystem, predicate: Expr, defined: Expr) -> Truth:
    """What a predicate says, by the values of the variables that it reads."""
    read = variables_of(system, predicate, defined)
    made = {node.name for node in walk(predicate, defined) if isinstance(node, Next)}
    read_at = [i for i, variable in enumerate(system.variables) if variable.name in read]
    made_at = [i for i, variable in enumerate(system.variables) if variable.name in made]
    known: dict[object, Mark] = {}

    def truth(state: State, arguments: Mapping[str, Value], after: State | None) -> Mark:
        key = (
            tuple(state[i] for i in read_at),
            tuple(arguments.values()),
            () if after is None else tuple(after[i] for i in made_at),
        )
        if key not in known:
            if not evaluate(system, defined, state, arguments, after):
                known[key] = Mark.NO_VALUE
            else:
                holds = evaluate(system, predicate, state, arguments, after)
                known[key] = Mark.HOLDS if holds else Mark.FALSE
        return known[key]

    return truth


def _of_steps(system: TransitionSystem, prop: StepProperty, trace: Trace) -> list[Mark]:
    """The marks of the steps that lead to a state."""
    truths: dict[str, Truth] = {}
    marks = []
    for before, step in zip(trace.states, trace.steps, strict=False):
        claim: Claim | None = prop.claims.get(step.label.action)
        if step.state is None:
            break
        if claim is None:
            marks.append(Mark.SILENT)
            continue
        name = step.label.action
        if name not in truths:
            truths[name] = _truth(system, claim.predicate, claim.defined)
        after = _fired(system, before, step.label)
        assert not isinstance(after, Check), "the judge has taken this step"
        marks.append(truths[name](before, arguments_of(system, step.label), after))
    return marks


def arguments_of(system: TransitionSystem, label: Label) -> dict[str, Value]:
    """The arguments of a label by the names of the parameters."""
    action = next(action for action in system.actions if action.name == label.action)
    names = [parameter.variable.name for parameter in action.parameters]
    return dict(zip(names, label.arguments, strict=True))


def _fired(system: TransitionSystem, before: State, label: Label) -> State | Check:
    """The state after the step, stamps not yet renumbered: what `Next` reads."""
    action = next(action for action in system.actions if action.name == label.action)
    return fire(system, action, before, arguments_of(system, label))


def _failed(system: TransitionSystem, trace: Trace) -> Check:
    """The check that the last step fails."""
    check = _fired(system, trace.states[-1], trace.steps[-1].label)
    assert isinstance(check, Check), "the judge has seen this step fail"
    return check
