"""The prover never proves what exploration refutes, and what it proves is true of every state."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.drawn_expressions import MESSAGE
from tests.engines.drawn_systems import problems
from tests.silent import Silent
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.engines.symbolic.prover import FAULTS, NotProved, Proved, prove
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.witnesses import witnesses_of
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import BadState, SafetyProblem
from verifier.ir.semantics import evaluate, initial_states, successors
from verifier.ir.system import Action, Kind, Parameter, State, TransitionSystem, Variable
from verifier.verdict import Found

STATES_MAX = 300


def reachable(problem: SafetyProblem) -> list[State]:
    """Reachable states, all of them unless there are too many."""
    seen = dict.fromkeys(state for _, state in initial_states(problem.system))
    queue = list(seen)
    while queue and len(seen) < STATES_MAX:
        for _, state in successors(problem.system, queue.pop()):
            if isinstance(state, tuple) and state not in seen:
                seen[state] = None
                queue.append(state)
    return list(seen)


def check_proofs(problem: SafetyProblem) -> set[str]:
    """What is proved, compared with exploration."""
    found = explore(problem, Budget(states_max=2_000), Silent())
    states = reachable(problem)
    proved = set()
    for name, outcome in prove(problem, time.monotonic() + 3).items():
        if not isinstance(outcome, Proved):
            continue
        proved.add(name)
        if name == FAULTS:
            assert not found.faults
        else:
            assert not isinstance(found.answers[name], Found), name
        for predicate in outcome.invariant:
            for state in states:
                assert evaluate(problem.system, predicate, state, {}), (predicate, state)
    return proved


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_proved_is_true(data: st.DataObject) -> None:
    check_proofs(data.draw(problems()))


# ---- a bag of messages --------------------------------------------------------------------------

NET = make(E.Var, "net", T.Channel(MESSAGE, fifo=False, capacity=None))
COUNT = make(E.Var, "count", T.Int(0, 3))
MESSAGE_PARAM = make(E.Param, "m", MESSAGE)


def ping(number: Expr) -> Expr:
    """A message of the first kind."""
    node = b.literal(0, T.Enum("Node", ("m", "n", "o")))
    return make(E.MessageOf, 0, (node, node, number), MESSAGE)


def network(*actions: Action) -> TransitionSystem:
    """A counter beside a channel without bound."""
    start = Action(
        "start",
        Kind.INITIAL,
        (),
        b.TRUE,
        (),
        {"net": b.literal((), NET.type), "count": b.number(0)},
    )
    variables = (Variable("net", NET.type), Variable("count", COUNT.type))
    return TransitionSystem("bag", variables, (start,), actions)


def send(guard: Expr, number: Expr) -> Action:
    """Sends a message and counts."""
    one_more = b.arithmetic("+", COUNT, b.number(1), T.Int(1, 4))
    more = make(E.If, b.less(COUNT, b.number(3)), one_more, COUNT, T.Int(0, 4))
    return Action(
        "send", Kind.ACTION, (), guard, (),
        {"net": make(E.Put, NET, ping(number), NET.type), "count": more},
    )  # fmt: skip


def lose() -> Action:
    """Takes any message away."""
    after = make(E.Take, NET, MESSAGE_PARAM, NET.type)
    return Action("lose", Kind.LOSS, (Parameter(MESSAGE_PARAM, NET),), b.TRUE, (), {"net": after})


def number_of(message: Expr) -> Expr:
    """The field of a ping."""
    return make(E.MessageField, message, 0, 2, T.Int(0, 2))


def two_pings(same: bool) -> Expr:
    """That two pings are in flight: two with one number, or just two messages."""
    one, other = make(E.Param, "one", MESSAGE), make(E.Param, "other", MESSAGE)
    alike = make(E.Equal, number_of(one), number_of(other)) if same else b.TRUE
    copies = b.quantified("count", other, NET, b.both(make(E.HasTag, other, 0), alike))
    return b.quantified(
        "any", one, NET, b.both(make(E.HasTag, one, 0), b.less(b.number(1), copies))
    )


def asked(system: TransitionSystem, **bad: Expr) -> SafetyProblem:
    """A problem about states."""
    return SafetyProblem(system, tuple(BadState(name, one) for name, one in bad.items()))


def test_a_message_in_flight_has_what_it_was_sent_with() -> None:
    m = MESSAGE_PARAM
    ones = b.quantified("any", m, NET, make(E.Equal, number_of(m), b.literal(1, T.Int(0, 2))))
    twos = b.quantified("any", m, NET, make(E.Equal, number_of(m), b.literal(2, T.Int(0, 2))))
    system = network(send(b.TRUE, b.literal(1, T.Int(0, 2))), lose())
    outcomes = prove(asked(system, ones=ones, twos=twos), None)
    assert isinstance(outcomes["twos"], Proved)
    assert isinstance(outcomes["ones"], NotProved)


def test_two_copies_of_a_message_are_two_messages() -> None:
    once = send(make(E.Equal, COUNT, b.number(0)), b.literal(1, T.Int(0, 2)))
    again = send(b.TRUE, b.literal(1, T.Int(0, 2)))
    # Copies are counted, which a view of a few messages cannot do: so it must not say it can.
    for first in (once, again):
        outcome = prove(asked(network(first, lose()), twice=two_pings(same=True)), None)["twice"]
        assert isinstance(outcome, NotProved)


def test_a_guard_may_ask_for_a_message() -> None:
    m = MESSAGE_PARAM
    there = b.quantified("any", m, NET, make(E.HasTag, m, 0))
    counted = send(b.both(there, make(E.Equal, COUNT, b.number(1))), b.literal(1, T.Int(0, 2)))
    first = send(make(E.Equal, COUNT, b.number(0)), b.literal(1, T.Int(0, 2)))
    second = Action("again", Kind.ACTION, (), counted.guard, (), counted.assignments)
    problem = asked(
        network(first, second, lose()),
        two=make(E.Equal, COUNT, b.number(2)),
        three=make(E.Equal, COUNT, b.number(3)),
    )
    assert witnesses_of(problem) == 1
    outcomes = prove(problem, None)
    assert isinstance(outcomes["two"], NotProved)
    assert isinstance(outcomes["three"], Proved)


def test_for_all_messages_there_is_a_message() -> None:
    one, other = make(E.Param, "one", MESSAGE), make(E.Param, "other", MESSAGE)
    inner = b.quantified("any", other, NET, make(E.Equal, number_of(one), number_of(other)))
    outer = b.quantified("all", one, NET, inner)
    with pytest.raises(NotSymbolic):
        witnesses_of(asked(network(lose()), alternating=outer))
    outcome = prove(asked(network(lose()), alternating=outer), None)["alternating"]
    assert isinstance(outcome, NotProved)


def test_a_step_may_take_several_messages() -> None:
    one, other = make(E.Param, "one", MESSAGE), make(E.Param, "other", MESSAGE)
    left = make(E.Take, make(E.Take, NET, one, NET.type), other, NET.type)
    both = b.both(
        make(E.Equal, number_of(one), b.literal(1, T.Int(0, 2))),
        make(E.Equal, number_of(other), b.literal(2, T.Int(0, 2))),
    )
    pair = Action(
        "pair", Kind.ACTION, (Parameter(one, NET), Parameter(other, NET)), both, (),
        {"net": left, "count": b.literal(3, COUNT.type)},
    )  # fmt: skip
    first = Action(
        "first", Kind.ACTION, (), b.TRUE, (),
        {"net": make(E.Put, NET, ping(b.literal(1, T.Int(0, 2))), NET.type)},
    )  # fmt: skip
    second = Action(
        "second", Kind.ACTION, (), b.TRUE, (),
        {"net": make(E.Put, NET, ping(b.literal(2, T.Int(0, 2))), NET.type)},
    )  # fmt: skip
    done = make(E.Equal, COUNT, b.number(3))
    assert witnesses_of(asked(network(first, second, pair), done=done)) == 1
    assert isinstance(
        prove(asked(network(first, second, pair), done=done), None)["done"], NotProved
    )
    assert isinstance(prove(asked(network(first, pair), done=done), None)["done"], Proved)
