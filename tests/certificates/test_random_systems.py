"""The set of reachable states is an inductive invariant; without one of them it is none."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.certificates.solving import outcome
from tests.engines.drawn_systems import systems
from verifier.certificates.check import Accepted, Refused
from verifier.certificates.conditions import certificate_texts
from verifier.certificates.reasons import NotEncodable
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir.expr import make
from verifier.ir.problem import BadState, Stuck
from verifier.ir.semantics import initial_states, successors
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import Check, State, TransitionSystem

STATES_MAX = 12


def reachable(system: TransitionSystem) -> dict[State, None] | None:
    """All reachable states, if they are few."""
    found = dict.fromkeys(state for _, state in initial_states(system))
    waiting = list(found)
    while waiting:
        for _, after in successors(system, waiting.pop()):
            if not isinstance(after, Check) and after not in found:
                found[after] = None
                waiting.append(after)
        if len(found) > STATES_MAX:
            return None
    return found


def being(system: TransitionSystem, state: State) -> E.Expr:
    """That the state is this one."""
    return b.conjunction(
        make(E.Equal, make(E.Var, v.name, v.type), b.literal(value, v.type))
        for v, value in zip(system.variables, state, strict=True)
    )


def ends(system: TransitionSystem, states: dict[State, None]) -> list[State]:
    return [state for state in states if next(successors(system, state), None) is None]


def faulty(system: TransitionSystem, states: dict[State, None]) -> bool:
    return any(isinstance(after, Check) for s in states for _, after in successors(system, s))


@given(systems(), st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_reachable_states(system: TransitionSystem, data: Any) -> None:
    # Equality with a state says more of stamps than their order, which is all that is kept.
    assume(not any(holds_stamps(v.type) for v in system.variables))
    states = reachable(system)
    assume(states)
    assert states is not None
    final = b.disjunction(being(system, state) for state in ends(system, states))
    known = b.disjunction(being(system, state) for state in states)
    bad = (BadState("unknown", b.negate(known)), Stuck("stuck", final))
    try:
        texts = certificate_texts(
            system, bad, include_faults=not faulty(system, states), invariant=(known,)
        )
    except NotEncodable:
        assume(False)
    assert isinstance(outcome(texts), Accepted), outcome(texts)
    left_out = data.draw(st.sampled_from(list(states)))
    fewer = b.disjunction(being(system, state) for state in states if state != left_out)
    texts = certificate_texts(system, (), include_faults=False, invariant=(fewer,))
    assert isinstance(outcome(texts), Refused), outcome(texts)
    if faulty(system, states):
        texts = certificate_texts(system, (), include_faults=True, invariant=(known,))
        assert isinstance(outcome(texts), Refused), outcome(texts)
    if final is not b.FALSE:
        stuck = (Stuck("stuck", b.FALSE),)
        texts = certificate_texts(system, stuck, include_faults=False, invariant=(known,))
        assert isinstance(outcome(texts), Refused), outcome(texts)
