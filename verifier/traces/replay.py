"""Judges a run by the system and the property alone.

It trusts no engine and no encoding: it knows what a step is from `ir.semantics`, and what each
property says from `ir.property`, and shares nothing with what made the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from verifier.ir.expr import Expr
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
from verifier.ir.semantics import (
    choices,
    evaluate,
    fire,
    initial_states,
    successors,
)
from verifier.ir.stamps import canonical
from verifier.ir.system import Action, Check, Label, State, TransitionSystem
from verifier.ir.types import Value
from verifier.traces.trace import Trace


class TraceMismatch(Exception):
    """The run is no run of the system, or does not show what it is said to show."""


def replay(
    system: TransitionSystem, prop: Property, trace: Trace, fault: Check | None = None
) -> None:
    """Judges a run that is said to show something about a property.

    For an `Invariant`, `StepProperty`, `DeadlockFree` or `NoFault` it must be a counterexample, for
    a `Reachable` or `Flow` a witness.  With ``fault`` it must end in a step that fails that check,
    or, if its last step fails none, where the property has no value.

    Raises:
        TraceMismatch: it does not.
    """
    follow(system, trace)
    if trace.loop_start is not None:
        raise TraceMismatch("no property of this kind is about a run with a loop")
    if fault is not None and _fails(system, prop, trace, fault):
        return
    if fault is not None or not _shows(system, prop, trace):
        raise TraceMismatch(f'the run does not show what is claimed about "{prop.name}"')


def follow(system: TransitionSystem, trace: Trace) -> None:
    """Takes every step of the run by the semantics and compares the states.

    Raises:
        TraceMismatch: a label is not enabled, or leads elsewhere.
    """
    if (trace.start, trace.initial) not in list(initial_states(system)):
        raise TraceMismatch(f"{trace.start.action} does not make the initial state of the run")
    state = trace.initial
    for number, step in enumerate(trace.steps, start=1):
        after = _after(system, state, step.label)
        if after is None:
            raise TraceMismatch(f"step {number}: {step.label.action} is not enabled")
        if isinstance(after, Check):
            if step.state is not None or number < len(trace.steps):
                raise TraceMismatch(f"step {number}: {step.label.action} fails: {after.message}")
        elif step.state != canonical(system, after):
            raise TraceMismatch(f"step {number}: {step.label.action} leads to another state")
        else:
            state = step.state


def _action(system: TransitionSystem, label: Label) -> Action:
    for action in system.actions:
        if action.name == label.action:
            return action
    raise TraceMismatch(f"there is no action {label.action}")


def _arguments(action: Action, label: Label) -> Mapping[str, Value]:
    names = [parameter.variable.name for parameter in action.parameters]
    if len(names) != len(label.arguments):
        raise TraceMismatch(f"{action.name} takes {len(names)} arguments")
    return dict(zip(names, label.arguments, strict=True))


def _after(system: TransitionSystem, state: State, label: Label) -> State | Check | None:
    """The state after the label, stamps not yet renumbered; None if it is not enabled."""
    action = _action(system, label)
    arguments = _arguments(action, label)
    if arguments not in list(choices(system, action, state)):
        return None
    if not evaluate(system, action.guard, state, arguments):
        return None
    return fire(system, action, state, arguments)


def _shows(system: TransitionSystem, prop: Property, trace: Trace) -> bool:
    last = trace.states[-1]
    ends_in_state = not trace.steps or trace.steps[-1].state is not None
    match prop:
        case Invariant(_, predicate, defined):
            return ends_in_state and _is(system, defined, last) and not _is(system, predicate, last)
        case Reachable(_, predicate, defined):
            return ends_in_state and _is(system, defined, last) and _is(system, predicate, last)
        case StepProperty():
            return _breaks(system, prop, trace)
        case DeadlockFree(_, final, defined):
            stuck = next(successors(system, last), None) is None
            declared = _is(system, defined, last) and _is(system, final, last)
            return ends_in_state and stuck and not declared
        case NoFault(_, kind):
            if ends_in_state:
                return False
            before = trace.states[-1]
            failing = _after(system, before, trace.steps[-1].label)
            return isinstance(failing, Check) and failing.kind == kind
        case Flow():
            return ends_in_state and _performs(system, prop, trace)
        case _:
            assert_never(prop)


def _is(
    system: TransitionSystem,
    predicate: Expr,
    state: State,
    arguments: Mapping[str, Value] | None = None,
    after: State | None = None,
) -> bool:
    return bool(evaluate(system, predicate, state, arguments or {}, after))


def _breaks(system: TransitionSystem, prop: StepProperty, trace: Trace) -> bool:
    """The last step is one that the property is about, and the property is false of it."""
    step = _last_step(system, prop, trace)
    if step is None:
        return False
    claim, before, arguments, after = step
    has_value = _is(system, claim.defined, before, arguments, after)
    return has_value and not _is(system, claim.predicate, before, arguments, after)


def _last_step(
    system: TransitionSystem, prop: StepProperty, trace: Trace
) -> tuple[Claim, State, Mapping[str, Value], State] | None:
    """What the property claims about the last step, with the point where it does."""
    if not trace.steps or trace.steps[-1].state is None:
        return None
    label = trace.steps[-1].label
    before = trace.states[-2]
    after = _after(system, before, label)
    assert after is not None and not isinstance(after, Check), "follow() has taken this step"
    claim = prop.claims.get(label.action)
    if claim is None:
        return None
    return claim, before, _arguments(_action(system, label), label), after


def _fails(system: TransitionSystem, prop: Property, trace: Trace, fault: Check) -> bool:
    """The last step fails this very check; or the property has no value at the end of the run."""
    last = trace.states[-1]
    if trace.steps and trace.steps[-1].state is None:
        return _after(system, last, trace.steps[-1].label) == fault
    match prop:
        case Invariant(_, _, defined) | Reachable(_, _, defined) | DeadlockFree(_, _, defined):
            return not _is(system, defined, last)
        case StepProperty():
            step = _last_step(system, prop, trace)
            return step is not None and not _is(system, step[0].defined, *step[1:])
        case Flow() | NoFault():
            return False
        case _:
            assert_never(prop)


def _performs(system: TransitionSystem, flow: Flow, trace: Trace) -> bool:
    """Some part of the run, up to its end, is the flow: tried from every state it may begin in."""
    states = trace.states
    for begin, state in enumerate(states):
        if not _is(system, flow.start, state):
            continue
        seen = {0}  # how many lines may have been seen, by choice of which steps are lines
        for step, before in zip(trace.steps[begin:], states[begin:], strict=False):
            matches = _matching(system, flow, step.label, before)
            if matches is None:
                seen = set()
                break
            seen |= {count + 1 for count in seen if count in matches}
        if len(flow.events) in seen and _is(system, flow.finish, states[-1]):
            return True
    return False


def _matching(system: TransitionSystem, flow: Flow, label: Label, before: State) -> set[int] | None:
    """Which lines of the flow this step is; None if it must not be in the flow."""
    arguments = _arguments(_action(system, label), label)

    def matches(conditions: Mapping[str, Expr]) -> bool:
        condition = conditions.get(label.action)
        return condition is not None and _is(system, condition, before, arguments)

    if any(matches(event.matches) for event in flow.without):
        return None
    return {k for k, event in enumerate(flow.events) if matches(event.matches)}
