"""A third opinion where a solver gives up: states that show what is wrong with an invariant.

A quantified claim about a channel without bound may have counterexamples and no solver that finds
one.  Here states are reached from the initial ones, and then changed at random as long as all that
the invariant says stays true; whatever is told of them is what `ir.semantics` says.  So what is
found is a counterexample, and finding none means nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import assert_never

from verifier.certificates.nearby import changed, few_values
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, BadState, BadStep, Stuck
from verifier.ir.semantics import Arguments, choices, evaluate, fire, initial_states
from verifier.ir.stamps import canonical
from verifier.ir.system import Action, Check, Parameter, State, TransitionSystem
from verifier.ir.types import Type

REACHED_MAX = 500  # states nearest to the initial ones
WALKS_MAX = 30
WALK_STEPS = 40
ATTEMPTS_MAX = 30_000  # changed states that are looked at
CHANGES_MAX = 3  # of a state at once
VALUES_MAX = 8  # of a parameter that may be any number


@dataclass(frozen=True, slots=True)
class Claim:
    """That an invariant proves of a system that nothing bad happens."""

    system: TransitionSystem
    bad: tuple[Bad, ...]
    include_faults: bool
    invariant: Sequence[Expr]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """What is not true, and where that is seen."""

    what: str
    why: str


def counterexample(claim: Claim, *, seconds_max: float) -> Counterexample | None:
    """A state or a step that refutes a claim, if one is found in the time."""
    claim = replace(claim, system=_with_few_choices(claim.system))
    began = time.monotonic()
    reached: dict[State, int] = {}
    found = _reached(claim, reached, began + seconds_max / 2)
    return found or _changed(claim, list(reached), began + seconds_max)


def _reached(claim: Claim, depths: dict[State, int], ends_at: float) -> Counterexample | None:
    """Looks at the nearest states, and at those of random walks; notes how far they are."""
    starts = [state for _, state in islice(initial_states(claim.system), REACHED_MAX)]
    depths.update(dict.fromkeys(starts, 0))
    for state in starts:
        wrong = _wrong_state(claim, state)
        if wrong is not None:
            return Counterexample(wrong, f"an initial state: {_shown(claim.system, state)}")
    queue = list(depths)
    for state in queue:
        if len(depths) >= REACHED_MAX or time.monotonic() >= ends_at:
            break
        for _, after in _steps(claim, state, depths):
            if isinstance(after, Counterexample):
                return _by_run(after, depths[state])
            if after not in depths:
                depths[after] = depths[state] + 1
                queue.append(after)
    chance = random.Random(0)
    for _ in range(WALKS_MAX if starts else 0):
        state, length = chance.choice(starts), 0
        while length < WALK_STEPS and time.monotonic() < ends_at:
            ways: dict[str, list[State]] = {}
            for action, after in _steps(claim, state, depths):
                if isinstance(after, Counterexample):
                    return _by_run(after, length)
                ways.setdefault(action, []).append(after)
            if not ways:
                break
            # An action first: one with many choices would hide the others.
            state, length = chance.choice(ways[chance.choice(list(ways))]), length + 1
            depths.setdefault(state, length)
    return None


def _by_run(found: Counterexample, steps: int) -> Counterexample:
    before = f"after {steps} step{'' if steps == 1 else 's'} from an initial state"
    return Counterexample(found.what, f"{found.why}, {before}")


def _changed(claim: Claim, states: list[State], ends_at: float) -> Counterexample | None:
    """Looks at states that satisfy the invariant, reached or not."""
    chance = random.Random(0)
    variables = claim.system.variables
    seen = set(states)
    for _ in range(ATTEMPTS_MAX if states else 0):
        if time.monotonic() >= ends_at:
            return None
        # Near ones more often: they are small, and so is what is told of them.
        new = list(states[int(len(states) * chance.random() ** 2)])
        for _ in range(chance.randint(1, CHANGES_MAX)):
            place = chance.randrange(len(variables))
            new[place] = changed(chance, variables[place].type, new[place])
        state = canonical(claim.system, tuple(new))
        if state in seen or not _satisfies(claim, state):
            continue
        seen.add(state)
        states.append(state)
        wrong = _wrong_state(claim, state)
        if wrong is not None:
            return Counterexample(wrong, f"the invariant allows {_shown(claim.system, state)}")
        for _, after in _steps(claim, state, seen):
            if isinstance(after, Counterexample):
                return Counterexample(after.what, f"{after.why}, which the invariant allows")
    return None


def _satisfies(claim: Claim, state: State) -> bool:
    """Whether the invariant allows a state."""
    typed = all(T.contains(v.type, x) for v, x in zip(claim.system.variables, state, strict=True))
    return typed and _broken(claim, state) is None


def _broken(claim: Claim, state: State) -> int | None:
    """The first part of the invariant that is not true in a state, counted from one."""
    for place, part in enumerate(claim.invariant, start=1):
        if not evaluate(claim.system, part, state, {}):
            return place
    return None


def _wrong_state(claim: Claim, state: State) -> str | None:
    """What must not be in a state that the invariant is said to allow, or to be true of."""
    broken = _broken(claim, state)
    if broken is not None:
        return _of_part(broken)
    for one in claim.bad:
        match one:
            case BadState(name, condition):
                if evaluate(claim.system, condition, state, {}):
                    return f"bad state: {name}"
            case Stuck(name, final):
                if not evaluate(claim.system, final, state, {}) and not any(
                    True for action in claim.system.actions for _ in _enabled(claim, action, state)
                ):
                    return f"stuck: {name}"
            case BadStep():
                pass
            case _:
                assert_never(one)
    return None


def _of_part(place: int) -> str:
    return f"part {place} of the invariant is false, or has no value"


def _enabled(claim: Claim, action: Action, state: State) -> Iterator[Arguments]:
    for arguments in choices(claim.system, action, state):
        if evaluate(claim.system, action.guard, state, arguments):
            yield arguments


def _steps(
    claim: Claim, state: State, known: Container[State]
) -> Iterator[tuple[str, State | Counterexample]]:
    """Every step from a state that satisfies the invariant, or what is wrong with it; with states
    that are known nothing is wrong."""
    for action in claim.system.actions:
        for arguments in _enabled(claim, action, state):
            wrong, after = _wrong_step(claim, action, state, arguments, known)
            if wrong is not None:
                taken = ", ".join(
                    T.show(p.variable.type, arguments[p.variable.name]) for p in action.parameters
                )
                step = f"{action.name}({taken})" if taken else action.name
                shown = f"the step {step} from {_shown(claim.system, state)}"
                yield action.name, Counterexample(wrong, shown)
            elif after is not None:
                yield action.name, after


def _wrong_step(
    claim: Claim, action: Action, state: State, arguments: Arguments, known: Container[State]
) -> tuple[str | None, State | None]:
    """What is wrong with a step, and where it leads, if nothing goes wrong at run time."""
    for one in claim.bad:
        if isinstance(one, BadStep) and action.name in one.conditions:
            condition = one.conditions[action.name]
            if evaluate(claim.system, condition, state, arguments):
                return f"bad step: {one.name}", None
    after = fire(claim.system, action, state, arguments)
    if isinstance(after, Check):
        return (f"run-time error: {after.message}" if claim.include_faults else None), None
    after = canonical(claim.system, after)
    return (None if after in known else _wrong_state(claim, after)), after


def _shown(system: TransitionSystem, state: State) -> str:
    shown = (
        f"{variable.name} = {T.show(variable.type, value)}"
        for variable, value in zip(system.variables, state, strict=True)
        if value != T.default(variable.type)
    )
    return f"{{{', '.join(shown)}}}"


# ---- finitely many choices -----------------------------------------------------------------------


def _with_few_choices(system: TransitionSystem) -> TransitionSystem:
    """The system where what may be any number is one of a few: some of its steps."""

    def narrowed(actions: tuple[Action, ...]) -> tuple[Action, ...]:
        return tuple(replace(a, parameters=tuple(map(_few, a.parameters))) for a in actions)

    return replace(system, initial=narrowed(system.initial), actions=narrowed(system.actions))


def _few(parameter: Parameter) -> Parameter:
    of: Type = parameter.variable.type
    if parameter.within is not None or T.scalar_range(of) is not None:
        return parameter
    values = tuple(dict.fromkeys(few_values(of, VALUES_MAX)))
    return Parameter(parameter.variable, E.make(E.Literal, values, T.List(of, len(values))))
