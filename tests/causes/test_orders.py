"""The pair of events whose order decides, where it is known by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.causes.models import (
    LEAVING,
    NO_LIMITS,
    PROGRAM,
    STOP_AND_GO,
    actions,
    order_of,
    violation,
    with_traits,
)
from tests.traces.models import COUNTER
from tests.viewers.models import DUPLICATION, LOSS, OVERTAKEN
from verifier.causes import orders
from verifier.causes.explain import judge
from verifier.causes.goal import goal_of
from verifier.causes.orders import GoodOrder, NoOrder, good_order
from verifier.causes.shortest import Limits
from verifier.causes.taking import first_of_equals
from verifier.traces.replay import TraceMismatch


def test_two_messages_race(tmp_path: Path) -> None:
    trace, order = order_of(tmp_path, STOP_AND_GO, "nothing goes after the stop")
    assert isinstance(order, GoodOrder)
    assert actions(trace)[-1] == "gate.Go"
    stop, go = actions(trace).index("gate.Stop") + 1, 4
    assert order.exchanged == ((stop, go),) and order.passed == () and order.met
    assert sorted(order.origins) == [1, 2, 3, 4]
    assert [a for a in actions(order.trace) if a.startswith("gate")] == ["gate.Go", "gate.Stop"]


def test_messages_of_one_node_race_where_they_may_overtake(tmp_path: Path) -> None:
    text = with_traits(PROGRAM, "unordered, capacity 2")
    trace, order = order_of(tmp_path, text, "nothing goes after the stop")
    assert isinstance(order, GoodOrder)
    (pair,) = order.exchanged
    assert [actions(trace)[step - 1] for step in pair] == ["gate.Stop", "gate.Go"]
    assert actions(order.trace) == ["driver.stop", "driver.go", "gate.Go", "gate.Stop"]


def test_and_do_not_in_a_queue(tmp_path: Path) -> None:
    text = with_traits(PROGRAM, "fifo, capacity 2")
    _, order = order_of(tmp_path, text, "nothing goes after the stop")
    # What a node sends first comes first, and its program is not exchanged.
    assert isinstance(order, NoOrder) and order.stopped == ""


def test_a_receipt_races_with_what_the_node_does_by_itself(tmp_path: Path) -> None:
    trace, order = order_of(tmp_path, LEAVING, "no offer is missed")
    assert isinstance(order, GoodOrder)
    (pair,) = order.exchanged
    assert [actions(trace)[step - 1] for step in pair] == ["buyer.leave", "buyer.Offer"]
    assert actions(order.trace)[-2:] == ["buyer.Offer", "buyer.leave"]


def test_an_overtaken_answer(tmp_path: Path) -> None:
    trace, order = order_of(tmp_path, OVERTAKEN, "in order")
    assert isinstance(order, GoodOrder)
    (pair,) = order.exchanged  # at B, or at A: one exchange is enough
    events = {actions(trace)[step - 1] for step in pair}
    assert events in ({"a.Answer"}, {"b.Ask"})


def test_a_duplicate_is_no_race(tmp_path: Path) -> None:
    _, order = order_of(tmp_path, DUPLICATION, "once")
    assert isinstance(order, NoOrder) and order.stopped == ""


def test_a_program_that_goes_wrong_by_itself_is_no_race(tmp_path: Path) -> None:
    _, order = order_of(tmp_path, COUNTER, "no run-time error")
    assert isinstance(order, NoOrder) and order.stopped == ""


def test_a_loss_keeps_its_message(tmp_path: Path) -> None:
    _, order = order_of(tmp_path, LOSS, "lost late")
    if isinstance(order, GoodOrder):
        assert "net.lose" in actions(order.trace) or order.passed


# Steps of two nodes on a shared variable, without messages.
SHARED = """
model shared
world { var turn: int 0..2  var wrong: bool }
node P { var done: bool environment action take when not done { done := true turn := 1 } }
node Q {
  var done: bool
  environment action take when not done { done := true wrong := turn == 1 }
}
instance p: P
instance q: Q
invariant "q is first": not wrong
final when true
"""


def test_steps_race_for_a_variable_where_there_are_no_messages(tmp_path: Path) -> None:
    _, order = order_of(tmp_path, SHARED, "q is first")
    assert isinstance(order, GoodOrder)
    assert order.exchanged == ((1, 2),)
    assert actions(order.trace) == ["q.take", "p.take"]


def test_where_there_are_messages_what_people_do_is_no_race(tmp_path: Path) -> None:
    text = SHARED.replace("world", "message Note\nchannel net {}\nworld", 1)
    text += """
node R(s: R) {
  var told: bool
  action tell when not told { told := true send Note to s }
  on Note {}
}
instance r: R(r)
"""
    _, order = order_of(tmp_path, text, "q is first")
    assert isinstance(order, NoOrder) and order.stopped == ""


def test_of_equal_messages_any_one_may_be_meant(tmp_path: Path) -> None:
    system, _, trace, _ = violation(tmp_path, DUPLICATION, "once")
    channel = [v.name for v in system.variables].index("net")
    state = next(s for s in trace.states if len(set(s[channel])) < len(s[channel]))
    flights = {"net": ((1, 0), (3, 0))}
    assert first_of_equals(system, (3, 0), state, flights) == {"net": ((3, 0), (1, 0))}
    assert first_of_equals(system, (1, 0), state, flights) == flights


# The answer is not as in the run: it is another message, which the good order delivers too.
ANSWERED = """
model answered
message Cancel
message Order
message Done
message Refused
channel net { unordered, capacity 3 }
node Client(shop: Shop) {
  var sent: int 0..2
  var refused: bool
  action order when sent == 0 { sent := 1 send Order to shop }
  action cancel when sent == 1 { sent := 2 send Cancel to shop }
  on Done {}
  on Refused { refused := true }
}
node Shop {
  var cancelled: bool
  on Order from c: Client { if cancelled { send Refused to c } else { send Done to c } }
  on Cancel { cancelled := true }
}
instance client: Client(shop)
instance shop: Shop
invariant "nothing is refused": not client.refused
final when true
"""


def test_what_only_the_good_order_sends_is_delivered(tmp_path: Path) -> None:
    trace, order = order_of(tmp_path, ANSWERED, "nothing is refused")
    assert isinstance(order, GoodOrder)
    assert actions(trace) == [
        "client.order", "client.cancel", "shop.Cancel", "shop.Order", "client.Refused",
    ]  # fmt: skip
    assert order.exchanged == ((3, 4),)
    assert actions(order.trace)[-1] in ("client.Done", "shop.Cancel")
    assert "client.Done" in actions(order.trace)
    # The receipt of the answer is the same event, with another answer.
    assert sorted(order.origins) == [1, 2, 3, 4, 5]


def test_the_order_is_judged(tmp_path: Path) -> None:
    system, prop, trace, fault = violation(tmp_path, STOP_AND_GO, "nothing goes after the stop")
    order = good_order(goal_of(system, prop, trace, fault), prop, trace, NO_LIMITS)
    assert isinstance(order, GoodOrder)
    judge(system, prop, order.trace, fault)
    with pytest.raises(TraceMismatch, match="step 4 of the other order still shows"):
        judge(system, prop, trace, fault)
    with pytest.raises(TraceMismatch):
        judge(system, prop, replace(order.trace, steps=order.trace.steps[1:]), fault)


def test_a_limit_is_told(tmp_path: Path) -> None:
    system, prop, trace, fault = violation(tmp_path, STOP_AND_GO, "nothing goes after the stop")
    order = good_order(goal_of(system, prop, trace, fault), prop, trace, Limits(1, None))
    assert isinstance(order, NoOrder) and order.stopped == "the limit of 1 states was reached"


# The verdict falls while the message that would have saved it is still under way.
TOO_EARLY = """
model too_early
message Key
message Knock
channel net { unordered, capacity 2 }
node Owner(door: Door) {
  var done: bool
  action send_key when not done { done := true send Key to door }
}
node Guest(door: Door) {
  var done: bool
  action knock when not done { done := true send Knock to door }
}
node Door {
  var unlocked: bool
  var refused: bool
  on Key { unlocked := true }
  on Knock { refused := not unlocked }
}
instance owner: Owner(door)
instance guest: Guest(door)
instance door: Door
invariant "nobody is refused who has a key": not (door.refused and owner.done)
final when true
"""


def test_what_is_still_under_way_might_have_come_first(tmp_path: Path) -> None:
    trace, order = order_of(tmp_path, TOO_EARLY, "nobody is refused who has a key")
    assert trace.depth == 3 and isinstance(order, GoodOrder)
    assert actions(order.trace)[-2:] == ["door.Key", "door.Knock"]
    if actions(trace)[-1] == "door.Knock":  # the key is sent, but not there
        assert order.exchanged == ((3, 4),)
        assert order.origins == (1, 2, 4, 3)


# Guards that look at the channel, and room that a receipt makes.
WATCHED = """
model watched
message Ping
message Pong
channel net { unordered, capacity 1 }
node A(b: B) {
  var n: int 0..2
  var both: bool
  environment action ping when n < 2 and not in_flight() { n += 1 send Ping to b }
}
node C(b: B) {
  var n: int 0..1
  environment action pong when n < 1 and not in_flight() { n += 1 send Pong to b }
}
node B {
  var last: bool
  var bad: bool
  on Ping { bad := last }
  on Pong { last := true }
}
instance a: A(b)
instance c: C(b)
instance b: B
invariant "no ping after the pong": not b.bad
final when true
"""


def found_in(folder: Path, text: str) -> list[tuple[str, object]]:
    """For every violation of a model the kind of the answer and what it costs."""
    path = folder / "model.mdl"
    path.write_text(text, encoding="utf-8")
    found: list[tuple[str, object]] = []
    for name in NAMES[text]:
        _, order = order_of(folder, text, name)
        if isinstance(order, GoodOrder):
            found.append((name, (len(order.exchanged), len(order.passed), order.met)))
        else:
            found.append((name, order.stopped))
    return found


NAMES = {
    STOP_AND_GO: ["nothing goes after the stop"],
    LEAVING: ["no offer is missed"],
    OVERTAKEN: ["in order"],
    DUPLICATION: ["once"],
    LOSS: ["lost late"],
    SHARED: ["q is first"],
    ANSWERED: ["nothing is refused"],
    TOO_EARLY: ["nobody is refused who has a key"],
    WATCHED: ["no ping after the pong"],
    with_traits(PROGRAM, "unordered, lossy, capacity 2"): [
        "nothing goes after the stop",
        "the stop comes first",
    ],
}


@pytest.mark.parametrize("text", NAMES)
def test_orders_that_are_one_give_one_answer(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = found_in(tmp_path, text)
    monkeypatch.setattr(orders, "_change_places", lambda *_: False)
    assert found_in(tmp_path, text) == quick


def test_room_in_a_channel_is_seen(tmp_path: Path) -> None:
    # Only one message at a time: the pong may come last, but its sending must wait for that.
    trace, order = order_of(tmp_path, WATCHED, "no ping after the pong")
    assert actions(trace) == ["c.pong", "b.Pong", "a.ping", "b.Ping"]
    assert isinstance(order, GoodOrder)
    assert actions(order.trace) == ["a.ping", "b.Ping", "c.pong", "b.Pong"]


# What rings too late is picked up: with the cancel last nobody can pick up, or it was done before.
