"""What a footprint leaves out has no influence: scrambled, it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED
from tests.engines.drawn_expressions import filled
from tests.engines.drawn_systems import problems
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import make
from verifier.ir.footprint import reads, variables_of, watches, writes
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.semantics import choices, evaluate, fire, initial_states, successors
from verifier.ir.system import (
    Action,
    Check,
    Kind,
    Parameter,
    State,
    TransitionSystem,
    Variable,
)
from verifier.ir.types import Value

VARIABLES = (
    *(Variable(name, T.BOOL) for name in "abcde"),
    Variable("t", T.STAMP),
    Variable("u", T.Optional(T.STAMP)),
)
a, c, d, e = (make(E.Var, name, T.BOOL) for name in "acde")
stamp = make(E.Var, "t", T.STAMP)
p = make(E.Param, "p", T.BOOL)


def step(**parts: object) -> Action:
    whole = {"parameters": (), "guard": b.TRUE, "checks": (), "assignments": {}, **parts}
    return Action("step", Kind.ACTION, **whole)


def system(action: Action) -> TransitionSystem:
    return TransitionSystem("one", VARIABLES, (), (action,))


def test_every_part_of_a_step_is_read() -> None:
    action = step(
        parameters=(Parameter(p, make(E.SetOf, (a,), T.Set(T.BOOL))),),
        guard=b.equal(p, c),
        checks=(Check("R07", "runtime", "", d, None),),
        assignments={"b": b.negate(e)},
    )
    assert reads(system(action), action) == {"a", "c", "d", "e"}
    assert writes(action) == {"b"}


def test_a_fresh_stamp_reads_all_variables_that_may_hold_one() -> None:
    action = step(assignments={"t": make(E.Fresh, b.number(0), 1)})
    assert reads(system(action), action) == {"t", "u"}
    copying = step(assignments={"u": make(E.Some, stamp, T.Optional(T.STAMP))})
    assert reads(system(copying), copying) == {"t"}
    assert writes(copying) == {"u"}
    live = b.less(b.number(0), make(E.LiveStamps, T.INTEGER))
    assert variables_of(system(action), live) == {"t", "u"}


def test_what_a_question_reads() -> None:
    one = system(step())
    assert watches(one, BadState("", b.both(a, c))) == {"a", "c"}
    assert watches(one, Stuck("", d)) == {"d"}
    assert watches(one, BadStep("", {"step": a, "other": e})) == {"a", "e"}


# ---- scrambling --------------------------------------------------------------------------------


def outcomes(
    of: TransitionSystem, action: Action, state: State
) -> Iterator[tuple[tuple[Value, ...], bool, State | Check]]:
    """Every choice, whether it is enabled, and what comes of it if it is."""
    for given_values in choices(of, action, state):
        enabled = bool(evaluate(of, action.guard, state, given_values))
        after = fire(of, action, state, given_values) if enabled else state
        yield tuple(given_values.values()), enabled, after


@settings(FIXED, max_examples=120)
@given(problems(), st.data())
def test_what_is_outside_has_no_influence(problem: SafetyProblem, data: st.DataObject) -> None:
    of = problem.system
    places = {variable.name: place for place, variable in enumerate(of.variables)}
    for state in reached(of, 6):
        for action in of.actions:
            inside, written = reads(of, action), writes(action)
            other = scrambled(of, state, inside, data)
            one = list(outcomes(of, action, state))
            two = list(outcomes(of, action, other))
            assert [o[:2] for o in one] == [o[:2] for o in two]
            for (_, _, after), (_, _, other_after) in zip(one, two, strict=True):
                if isinstance(after, Check):
                    assert after is other_after
                    continue
                for name, place in places.items():
                    if name in written:
                        assert after is state or after[place] == other_after[place]
                    else:
                        assert after[place] == state[place]
        for bad in problem.bad:
            other = scrambled(of, state, watches(of, bad), data)
            assert answer(problem, bad, state) == answer(problem, bad, other)


def reached(of: TransitionSystem, count: int) -> list[State]:
    """Some reachable states."""
    found = dict.fromkeys(state for _, state in initial_states(of))
    for state in islice(list(found), count):
        found |= {s: None for _, s in successors(of, state) if not isinstance(s, Check)}
    return list(found)[-count:]


def scrambled(
    of: TransitionSystem, state: State, kept: frozenset[str], data: st.DataObject
) -> State:
    """The state with other values in all variables that are not to be kept."""
    return tuple(
        old if variable.name in kept else filled(data.draw, variable.type)
        for variable, old in zip(of.variables, state, strict=True)
    )


def answer(problem: SafetyProblem, bad: BadState | BadStep | Stuck, state: State) -> list[bool]:
    """What a question finds in a state, whatever labels are enabled there."""
    match bad:
        case BadState(_, condition) | Stuck(_, condition):
            return [bool(evaluate(problem.system, condition, state, {}))]
        case BadStep(_, conditions):
            defaults = {
                action.name: {
                    p.variable.name: T.default(p.variable.type) for p in action.parameters
                }
                for action in problem.system.actions
            }
            return [
                bool(evaluate(problem.system, condition, state, defaults[name]))
                for name, condition in conditions.items()
            ]
