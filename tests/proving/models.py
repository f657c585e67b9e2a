"""Models with bounds, for tests of proofs."""

from __future__ import annotations

POOL = """model pool
bound MAX: int 1..99 = 3
bound CAPACITY: int 1..99 = 9
bound NUMBERS: int 2..99 = 4
option spare: { none_at_all, one } = none_at_all
message Token { n: int 0..MAX }
channel net { unordered, capacity CAPACITY }
node A(b: B) {
  var sent: int 0..MAX
  var turn: int mod NUMBERS
  action go when sent < MAX {
    sent += 1
    turn += 1
    send Token { n: sent } to b
  }
}
node B {
  var got: int 0..MAX
  on Token(t) { got := t.n }
}
instance a: A(b)
instance b: B
final when true
invariant "nothing from nowhere" @ "R-1": b.got <= a.sent
invariant "few": count_in_flight(Token) <= a.sent
reachable "two": b.got == 2
reachable "beyond": b.got > a.sent
flow "twice": do a.go do a.go then b.got == 1
variant eager { spare = one }
default variant plain { }
"""
"""Of "few" there is no proof yet: a view does not count messages."""

WRONG_LATE = POOL.replace("b.got <= a.sent", "b.got < 5")
"""Right as it stands, and wrong without the bound."""

FAULTY = POOL.replace("on Token(t) { got := t.n }", "on Token(t) { got := t.n + 1 }").replace(
    "var got: int 0..MAX", "var got: int 0..2"
)
"""Goes wrong at run time."""

SUM = """model sums
bound MAX: int 1..99 = 3
node A {
  var x: int 0..MAX
  var y: int 0..MAX
  var z: int 0..MAX
  action up when x < MAX and y < MAX { x += 1 y += 1 }
  action down when z < MAX { z := x - y }
}
instance a: A
final when true
invariant "sum": a.x + a.z == a.y
"""
"""Without messages: solvers answer at once."""

QUEUE = """model queue
bound CAPACITY: int 1..9 = 2
message Token { n: int 0.. }
channel net { fifo, capacity CAPACITY per link }
node A(b: B) {
  var sent: int 0..
  action go when room(net) { sent += 1  send Token { n: sent } to b }
}
node B {
  var got: int 0..
  on Token(t) { got := max(got, t.n) }
}
instance a: A(b)
instance b: B
final when true
invariant "in order": b.got <= a.sent
"""
"""Without its capacity the queue has no end."""
