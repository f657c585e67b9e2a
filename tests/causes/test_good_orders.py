"""What makes an order a good one: one exchange if that is enough, and nothing else goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.causes.models import (
    NO_LIMITS,
    STOP_AND_GO,
    actions,
    order_of,
    violation,
)
from verifier.causes.goal import goal_of
from verifier.causes.orders import GoodOrder, good_order
from verifier.language.load import load

CANCELLED = """
model cancelled
message Invite
message Cancel
channel net { unordered, capacity 2 }
node Caller(callee: Callee) {
  var sent: int 0..2
  action call when sent == 0 { sent := 1 send Invite to callee }
  action hang_up when sent == 1 { sent := 2 send Cancel to callee }
}
node Callee {
  var ringing: bool
  var talking: bool
  on Invite { ringing := true }
  action pick_up when ringing { ringing := false talking := true }
  on Cancel { ringing := false talking := false }
}
instance ann: Caller(bob)
instance bob: Callee
invariant "nobody talks alone": when quiet: not bob.talking
final when true
"""


def test_what_cannot_happen_after_an_exchange_is_no_other_exchange(tmp_path: Path) -> None:
    trace, order = order_of(tmp_path, CANCELLED, "nobody talks alone")
    assert actions(trace)[2:] == ["bob.Cancel", "bob.Invite", "bob.pick_up"]
    assert isinstance(order, GoodOrder) and order.met
    # Two exchanges and nothing passed over would cost as much.
    assert (order.exchanged, order.passed) == (((3, 4),), (5,))
    assert actions(order.trace)[2:] == ["bob.Invite", "bob.Cancel"]


# Two races: it is enough that one of them ends well.
TWICE = (
    STOP_AND_GO.split("instance", 1)[0]
    + """
instance engine1: Engine(gate1)
instance guard1: Guard(gate1)
instance gate1: Gate
instance engine2: Engine(gate2)
instance guard2: Guard(gate2)
instance gate2: Gate
invariant "not both": not (gate1.late and gate2.late)
final when true
"""
)


@pytest.mark.parametrize("kept", ["1", "2"])
def test_of_orders_that_are_as_near_one_is_taken_that_breaks_nothing_else(
    tmp_path: Path, kept: str
) -> None:
    text = f"""{TWICE}
invariant "that one is late":
  when quiet and engine{kept}.done and guard{kept}.done: gate{kept}.late
"""
    system, prop, trace, fault = violation(tmp_path, text, "not both")
    others = load(tmp_path / "model.mdl", None, {}).properties
    order = good_order(goal_of(system, prop, trace, fault), prop, trace, NO_LIMITS, others)
    assert isinstance(order, GoodOrder) and (order.broken, order.later) == ((), ())
    (pair,) = order.exchanged
    other = {"1": "2", "2": "1"}[kept]
    assert [actions(trace)[n - 1] for n in pair] == [f"gate{other}.Stop", f"gate{other}.Go"]


def test_what_else_is_violated_is_told(tmp_path: Path) -> None:
    text = (
        STOP_AND_GO
        + """
invariant "a stop is late": not gate.stopped or gate.late or not engine.done
invariant "late when all is there":
  when quiet and engine.done and guard.done: gate.late
"""
    )
    system, prop, trace, fault = violation(tmp_path, text, "nothing goes after the stop")
    others = load(tmp_path / "model.mdl", None, {}).properties
    order = good_order(goal_of(system, prop, trace, fault), prop, trace, NO_LIMITS, others)
    assert isinstance(order, GoodOrder)
    assert order.broken == ("a stop is late", "late when all is there")


# As before, but the door answers, and the answer is not received before the verdict.
NODDING = """
model nodding
message Key
message Knock
message Nod
channel net { unordered, capacity 3 }
node Owner(door: Door) {
  var done: bool
  action send_key when not done { done := true send Key to door }
}
node Guest(door: Door) {
  var done: bool
  var nodded: bool
  action knock when not done { done := true send Knock to door }
  on Nod { nodded := true }
}
node Door {
  var unlocked: bool
  var refused: bool
  on Key { unlocked := true }
  on Knock from g: Guest { refused := not unlocked  send Nod to g }
}
instance owner: Owner(door)
instance guest: Guest(door)
instance door: Door
invariant "nobody is refused who has a key": not (door.refused and owner.done)
invariant "no nod": not guest.nodded
final when true
"""


def test_what_is_violated_once_all_has_arrived_is_told(tmp_path: Path) -> None:
    system, prop, trace, fault = violation(tmp_path, NODDING, "nobody is refused who has a key")
    others = load(tmp_path / "model.mdl", None, {}).properties
    order = good_order(goal_of(system, prop, trace, fault), prop, trace, NO_LIMITS, others)
    assert isinstance(order, GoodOrder) and order.broken == ()
    assert order.later == ("no nod",)
