"""Small models in which it is known by hand what a violation rests on."""

from __future__ import annotations

from pathlib import Path

from tests.silent import Silent
from verifier.causes.goal import goal_of
from verifier.causes.orders import GoodOrder, NoOrder, good_order
from verifier.causes.shortest import Limits
from verifier.checker import Plan, check
from verifier.ir.property import Property
from verifier.ir.system import Check, TransitionSystem
from verifier.language.load import load
from verifier.traces.trace import Trace
from verifier.verdict import Holds, Violated

NO_LIMITS = Limits(None, None)

# Two messages from two nodes: it is violated if Stop is received first.
STOP_AND_GO = """
model stop_and_go
message Go
message Stop
channel net { unordered, capacity 2 }
node Engine(gate: Gate) {
  var done: bool
  action go when not done { done := true send Go to gate }
}
node Guard(gate: Gate) {
  var done: bool
  action stop when not done { done := true send Stop to gate }
}
node Gate {
  var stopped: bool
  var late: bool
  on Go { late := stopped }
  on Stop { stopped := true }
}
instance engine: Engine(gate)
instance guard: Guard(gate)
instance gate: Gate
invariant "nothing goes after the stop": not gate.late
final when true
"""

# The same node sends both, in this order, and waits for nothing.
PROGRAM = """
model program
message Go
message Stop
channel net { TRAITS }
node Driver(gate: Gate) {
  var sent: int 0..2
  action stop when sent == 0 { sent := 1 send Stop to gate }
  action go when sent == 1 { sent := 2 send Go to gate }
}
node Gate {
  var stopped: bool
  var late: bool
  on Go { late := stopped }
  on Stop { stopped := true }
}
instance driver: Driver(gate)
instance gate: Gate
invariant "nothing goes after the stop": not gate.late
invariant "the stop comes first":
  gate.stopped or not (driver.sent == 2 and not in_flight(Go))
final when true
"""

# One message, and a node that leaves by itself: who is first?
LEAVING = """
model leaving
message Offer
channel net { capacity 1 }
node Seller(buyer: Buyer) {
  var done: bool
  action offer when not done { done := true send Offer to buyer }
}
node Buyer {
  var gone: bool
  var missed: bool
  action leave when not gone { gone := true }
  on Offer { missed := gone }
}
instance seller: Seller(buyer)
instance buyer: Buyer
invariant "no offer is missed": not buyer.missed
final when true
"""

# The first answer wins; the count is wrong if an answer is lost, or comes twice.
COUNTING = """
model counting
message Tick { n: int 1..2 }
channel net { TRAITS, capacity 4 }
node Clock(hand: Hand) {
  var n: int 0..2
  action tick when n < 2 { n += 1 send Tick { n: n } to hand }
}
node Hand {
  var seen: int 0..4
  var last: int 0..2
  on Tick(t) when seen < 4 { seen += 1 last := t.n }
}
instance clock: Clock(hand)
instance hand: Hand
invariant "every tick is counted once": when not in_flight(): hand.seen == clock.n
invariant "the last tick is the last": when not in_flight() and hand.seen >= 2: hand.last == clock.n
final when true
"""


def with_traits(text: str, traits: str) -> str:
    """The model on a channel of these traits."""
    return text.replace("TRAITS", traits)


def violation(
    folder: Path, text: str, name: str
) -> tuple[TransitionSystem, Property, Trace, Check | None]:
    """A shortest run that violates (or reaches) a property of a model."""
    path = folder / "model.mdl"
    path.write_text(text, encoding="utf-8")
    model = load(path, None, {})
    found = check(model, Plan(engine="explicit"), Silent())
    (one,) = [c for c in found.conclusions if c.prop.name == name]
    if one.faults:
        fault = one.faults[0]
        return model.system, fault.prop or one.prop, fault.found.trace, fault.check
    match one.verdict:
        case Violated(Trace() as trace) | Holds(Trace() as trace):
            return model.system, one.prop, trace, None
        case verdict:
            raise AssertionError(f"{name}: {verdict}")


def order_of(folder: Path, text: str, name: str) -> tuple[Trace, GoodOrder | NoOrder]:
    """The run, and the nearest order that avoids what it shows."""
    system, prop, trace, fault = violation(folder, text, name)
    return trace, good_order(goal_of(system, prop, trace, fault), prop, trace, NO_LIMITS)


def actions(trace: Trace) -> list[str]:
    """The actions of the steps."""
    return [step.label.action for step in trace.steps]
