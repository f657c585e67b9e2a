"""What each trait of a channel allows, by counting: the numbers are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import explored, model_of
from verifier.ir.build import TRUE
from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Check
from verifier.ir.types import Channel
from verifier.source import SourceError

ENDLESS = """
message A
message B
channel c {{ {traits} }}
node S(r: R) {{ action a when room(c) {{ send A to r }} action b when room(c) {{ send B to r }} }}
node R {{ on A {{}} on B {{}} }}
instance s: S(r)
instance r: R
"""

ONCE = """
message A
channel c {{ {traits} }}
node S(r: R) {{ var n: int 0..2 action a when n < {sends} {{ n += 1 send A to r }} }}
node R {{ on A {{}} }}
instance s: S(r)
instance r: R
final when s.n == {sends}
"""


@pytest.mark.parametrize(
    ("traits", "states", "transitions"),
    [
        # Bags of at most two: {} A B AA AB BB.  Two sends from each of the first three, and one
        # receipt for each different message: 6 + (1 + 1 + 1 + 2 + 1).
        ("capacity 2", 6, 12),
        ("lossy, capacity 2", 6, 18),  # ... and as many losses as receipts
        # Queues: AB and BA differ.  6 sends, a receipt from each of the 6 that are not empty.
        ("fifo, capacity 2", 7, 12),
        # Losses: one from A, B, AA, BB; two from AB, BA.
        ("fifo, lossy, capacity 2", 7, 20),
        # Duplicates, room for two: of A and B each, one.
        ("duplicates when room, capacity 2", 6, 14),
        ("fifo, duplicates when room, capacity 2", 7, 14),
    ],
)
def test_bags_and_queues(traits: str, states: int, transitions: int, tmp_path: Path) -> None:
    found = explored(tmp_path, ENDLESS.format(traits=traits))
    assert (len(found.out), found.transitions, found.faults()) == (states, transitions, [])


@pytest.mark.parametrize(
    ("traits", "sends", "states", "transitions", "terminal"),
    [
        ("capacity 1", 1, 3, 2, 1),
        # Budget 1 or 0: (sent, 1), (gone by receipt, 1), (gone by loss, 0) and the start.
        ("loses at most 1, capacity 1", 1, 4, 3, 2),
        ("loses at most 0, capacity 1", 1, 3, 2, 1),
        # sent 0..2 and 0..sent in flight: 6; each message received or lost.
        ("lossy, capacity 2", 2, 6, 3 + 2 * 3, 1),
        # start; 1 message; 2 equal ones after duplication, 1 left, 0 left; 0 without duplication.
        ("duplicates at most 1, capacity 2", 1, 6, 5, 2),
        # 1 in flight and 2 in flight go back and forth, then nothing.
        ("duplicates when room, capacity 2", 1, 4, 1 + 2 + 1, 1),
        # A duplicate would be the second one on its link.
        ("duplicates when room, capacity 1 per link", 1, 3, 2, 1),
        # Nothing stops a send, and nothing else is different.
        ("capacity unbounded", 2, 6, 3 + 3, 1),
        ("fifo, capacity unbounded", 2, 6, 3 + 3, 1),
        ("fifo, capacity unbounded per link", 2, 6, 3 + 3, 1),
        ("lossy, capacity unbounded", 2, 6, 3 + 2 * 3, 1),
        ("loses at most unbounded, capacity 2", 2, 6, 3 + 2 * 3, 1),
        ("duplicates at most 1, capacity unbounded", 1, 6, 5, 2),
    ],
)
def test_budgets(
    traits: str, sends: int, states: int, transitions: int, terminal: int, tmp_path: Path
) -> None:
    found = explored(tmp_path, ONCE.format(traits=traits, sends=sends))
    assert (len(found.out), found.transitions, found.terminal) == (states, transitions, terminal)
    assert found.faults() == []


@pytest.mark.parametrize(
    ("traits", "sends", "steps"),
    [
        ("capacity 1", 2, 2),
        ("capacity 1 per link", 2, 2),
        ("capacity 1, capacity 2 per link", 2, 2),  # both hold: nothing is cut silently
        ("duplicates, capacity 2", 1, 3),
        ("duplicates at most 1, capacity 1", 1, 2),
        ("duplicates, capacity 1 per link", 1, 2),
    ],
)
def test_a_full_channel_is_a_finding(traits: str, sends: int, steps: int, tmp_path: Path) -> None:
    found = explored(tmp_path, ONCE.format(traits=traits, sends=sends))
    assert [(code, at) for code, at, _ in found.faults()] == [("R05", steps)]


def test_a_channel_without_a_bound_is_never_full(tmp_path: Path) -> None:
    for fifo in ("fifo, ", ""):
        system = model_of(tmp_path, ENDLESS.format(traits=fifo + "capacity unbounded")).system
        channel = next(v.type for v in system.variables if isinstance(v.type, Channel))
        assert channel.capacity is None
        first, *_ = system.actions
        assert (first.guard, first.checks) == (TRUE, ())  # room is true, and R05 is not asked
        state = next(initial_states(system))[1]
        for _ in range(20):
            label, after = next(successors(system, state))
            assert label.action == "s.a" and not isinstance(after, Check)
            state = after


def test_limits_per_link_hold_in_a_channel_without_one_of_its_own(tmp_path: Path) -> None:
    text = ONCE.format(traits="capacity unbounded, capacity 1 per link", sends=2)
    assert [(code, at) for code, at, _ in explored(tmp_path, text).faults()] == [("R05", 2)]


@pytest.mark.parametrize(
    "trait", ["lossy", "loses at most 1", "duplicates", "duplicates when room"]
)
def test_a_queue_without_a_bound_is_reliable(trait: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        model_of(tmp_path, ENDLESS.format(traits=f"fifo, {trait}, capacity unbounded"))
    assert {d.code for d in raised.value.diagnostics} == {"M215"}


def test_the_default_capacity_is_eight(tmp_path: Path) -> None:
    text = """
    message A
    channel c { unordered }
    node S { action a { send A to self } on A when false {} defer A }
    instance s: S
    """
    assert [(code, at) for code, at, _ in explored(tmp_path, text).faults()] == [("R05", 9)]


def test_queues_of_different_senders_are_not_ordered(tmp_path: Path) -> None:
    text = """
    message A { n: int 1..2 }
    channel c { fifo }
    node S(r: R, n: int 1..2) {
      var done: bool
      action a when not done { done := true send A { n: n } to r }
    }
    node R { var first: int 0..2 on A(m) { if first == 0 { first := m.n } } }
    instance one: S(r, 1)
    instance two: S(r, 2)
    instance r: R
    final when true
    """
    found = explored(tmp_path, text)
    position = [v.name for v in found.system.variables].index("r.first")
    both_sent = {s[position] for s, d in found.distance.items() if d == 4}
    assert both_sent == {1, 2}


def test_room_on_a_channel_with_limits_per_link(tmp_path: Path) -> None:
    text = """
    message A
    channel c { capacity 1 per link }
    node S(r: R) { var n: int 0..3 action a when n < 3 and room(c) { n += 1 send A to r } }
    node R { on A {} }
    instance s: S(r)
    instance r: R
    final when s.n == 3
    """
    found = explored(tmp_path, text)
    assert (len(found.out), found.transitions, found.faults()) == (7, 6, [])


SPOOFED = """
message A
channel c { capacity 1 }
node R {
  var got: bool
  on A(m) from q { assert q == boss and m.sender == boss  got := true }
}
node Boss { ignore A }
instance r: R
instance boss: Boss
environment action forge when not r.got and room(c) { send A from boss to r }
final when r.got
"""


def test_the_environment_sends_in_the_name_of_a_node(tmp_path: Path) -> None:
    found = explored(tmp_path, SPOOFED)
    assert (len(found.out), found.transitions, found.faults()) == (3, 2, [])
