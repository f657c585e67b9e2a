"""Which rule takes a message: handlers first, then ``defer``, then ``ignore``, else a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import explored

ONE = """
message A
channel c {{ capacity 1 }}
node S(r: R) {{ var sent: bool action a when not sent {{ sent := true send A to r }} }}
node Other {{ }}
node R {{ var x: int 0..2 {rules} }}
instance s: S(r)
instance r: R
instance other: Other
final when s.sent
"""


@pytest.mark.parametrize(
    ("rules", "states", "transitions", "codes"),
    [
        ("on A { x := 1 }", 3, 2, []),
        ("on A { x := 1 } on A { x := 2 }", 4, 3, []),  # a choice, not an order
        ("on A when x == 0 { x := 1 } on A when x != 0 { x := 2 }", 3, 2, []),
        ("on A { x := 1 } ignore A", 3, 2, []),  # the handler takes it, so nothing is ignored
        ("on A when x == 1 { } ignore A", 3, 2, []),
        ("ignore A defer A", 2, 1, []),  # defer is asked first
        ("ignore A when x == 0 ignore A", 3, 2, []),
        ("defer A when x == 1", 2, 2, ["R09"]),
        ("on A from q: Other { }", 2, 2, ["R09"]),
        ("on A from q: S { assert q == s }", 3, 2, []),
        ("on A from s { x := 1 }", 3, 2, []),  # a name that is known is compared
        ("on A from other { x := 1 } ignore A", 3, 2, []),
        ("on A from q { x := if q == s then 2 else 1 }", 3, 2, []),
        ("", 2, 2, ["R09"]),
    ],
)
def test_one_message(
    rules: str, states: int, transitions: int, codes: list[str], tmp_path: Path
) -> None:
    found = explored(tmp_path, ONE.format(rules=rules))
    assert (len(found.out), found.transitions) == (states, transitions)
    assert [code for code, _, _ in found.faults()] == codes


@pytest.mark.parametrize(
    ("order", "states", "depth"),
    [
        # Sends of A then B; A waits for B.  Sent 0, A, AB; B taken first; then A: a line.
        ("unordered", 5, 4),
        ("fifo", 5, 4),  # a deferred message lets those behind it pass
    ],
)
def test_defer_keeps_the_message(order: str, states: int, depth: int, tmp_path: Path) -> None:
    text = f"""
    message A
    message B
    channel c {{ {order}, capacity 2 }}
    node S(r: R) {{
      var n: int 0..2
      action one when n == 0 {{ n := 1 send A to r }}
      action two when n == 1 {{ n := 2 send B to r }}
    }}
    node R {{ var b: bool on A when b {{}} on B {{ b := true }} defer A }}
    instance s: S(r)
    instance r: R
    final when s.n == 2 and not in_flight()
    """
    found = explored(tmp_path, text)
    assert (len(found.out), found.depth, found.terminal) == (states, depth, 1)


def test_deferred_messages_keep_their_order(tmp_path: Path) -> None:
    text = """
    message Go
    message A { n: int 1..2 }
    channel c { fifo, capacity 3 }
    node S(r: R) {
      var sent: bool
      action all_of_them when not sent {
        sent := true
        for i in 1..2 { send A { n: i } to r }
        send Go to r
      }
    }
    node R {
      var going: bool
      var last: int 0..2
      on Go { going := true }
      on A(m) when going { assert m.n == last + 1 last := m.n }
      defer A
    }
    instance s: S(r)
    instance r: R
    final when r.last == 2
    """
    found = explored(tmp_path, text)
    assert (len(found.out), found.transitions, found.faults()) == (5, 4, [])


def test_a_guard_without_a_value_is_a_finding(tmp_path: Path) -> None:
    rules = "var y: R? on A when y.x == 0 { x := 1 } ignore A"
    found = explored(tmp_path, ONE.format(rules=rules))
    assert ("R02", 2) in [(code, at) for code, at, _ in found.faults()]


def test_a_handler_for_messages_from_an_optional_node(tmp_path: Path) -> None:
    text = """
message M
channel c { capacity 1 }
node A(b: B) { var sent: bool action go when not sent { sent := true send M to b } }
node B {
  var friend: A? in {none, a, other}
  var by: int 0..2
  on M from friend { by := 1 }
  ignore M
}
instance a: A(b)
instance other: Quiet
node Quiet { }
instance b: B
final when true
reachable "taken": b.by == 1
"""
    text = text.replace("var friend: A? in {none, a, other}", "var friend: A? = none").replace(
        "final when",
        "environment action befriend when b.friend == none { b.friend := a }\nfinal when",
    )
    found = explored(tmp_path, text)
    # friend or not, times idle, in flight, done; and done by the handler, which needs a friend.
    assert len(found.out) == 7
