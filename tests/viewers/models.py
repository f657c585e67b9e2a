"""Models whose runs show each thing that a chart can draw."""

from __future__ import annotations

ASKING = """
message Ask { n: int 1..3 }
message Answer { n: int 1..3 }
node A(b: B) {
  var n: int 0..3
  var got: list of int 1..3 at most 3
  action ask when n < 3 { n += 1 send Ask { n: n } to b }
  on Answer(m) { got := append(got, m.n) }
}
node B { on Ask(m) from a: A { send Answer { n: m.n } to a } }
instance a: A(b)
instance b: B
"""

# The second answer comes before the first one.
OVERTAKEN = f"""
model overtaken
channel net {{ unordered, capacity 3 }}
{ASKING}
invariant "in order": size(a.got) >= 2 implies a.got[0] < a.got[1]
final when true
"""

LOSS = f"""
model loss
channel net {{ lossy, capacity 2 }}
{ASKING}
reachable "lost at once": a.n == 1 and not in_flight()
invariant "lost late": a.n == 2 implies in_flight(Ask(m) where m.n == 1) or b_got(1)
function b_got(k: int 1..3): bool = in_flight(Answer(m) where m.n == k) or k in a.got
final when true
"""

DUPLICATION = f"""
model duplication
channel net {{ duplicates when room, capacity 3 }}
{ASKING}
invariant "once": size(a.got) <= a.n
final when true
"""

ITSELF = """
model itself
message Wake { after: int 1..2 }
channel net { capacity 2 }
node N {
  var woken: int 0..2
  action sleep when woken == 0 and not sleeping { sleeping := true send Wake { after: 2 } to self }
  var sleeping: bool
  on Wake(m) { woken := m.after }
}
instance n: N
instance other: N
invariant "asleep": n.woken == 0 or other.woken == 0
"""

LONG_NAMES = """
model long_names
message ProxyBindingUpdate { lifetime: int 0..1 }
message ProxyBindingAcknowledgement { status: int 0..255 }
channel net { capacity 2 }
node MobileAccessGateway(anchor: LocalMobilityAnchor) {
  var attachment_of_the_mobile_node_is_known: bool
  action send_proxy_binding_update when not attachment_of_the_mobile_node_is_known {
    attachment_of_the_mobile_node_is_known := true
    send ProxyBindingUpdate { lifetime: 1 } to anchor
  }
  on ProxyBindingAcknowledgement(a) { }
}
node LocalMobilityAnchor {
  var served: int 0..2
  on ProxyBindingUpdate(u) from gateway: MobileAccessGateway {
    served += 1
    send ProxyBindingAcknowledgement { status: 0 } to gateway
  }
}
instance mobile_access_gateway_of_the_first_access_network: MobileAccessGateway(anchor_at_home)
instance mobile_access_gateway_of_the_second_network: MobileAccessGateway(anchor_at_home)
instance anchor_at_home: LocalMobilityAnchor
invariant "one is served": anchor_at_home.served < 2
final when true
"""

RING = """
model ring
message Token { hops: int 0..8 }
channel net { capacity 2 }
node Station(next: Station, first: bool) {
  var passed: int 0..8
  action start when first and passed == 0 and quiet_here { quiet_here := false
    send Token { hops: 0 } to next }
  var quiet_here: bool = true
  on Token(t) {
    passed := t.hops + 1
    if t.hops < 7 { send Token { hops: t.hops + 1 } to next }
  }
}
instance s1: Station(s2, true)
instance s2: Station(s3, false)
instance s3: Station(s4, false)
instance s4: Station(s5, false)
instance s5: Station(s6, false)
instance s6: Station(s7, false)
instance s7: Station(s8, false)
instance s8: Station(s1, false)
invariant "not round": s1.passed == 0
final when true
"""

ERROR = """
model error
message Add { by: int 1..2 }
channel net { capacity 2 }
node Giver(taker: Taker) {
  action give(by: int 1..2) when not gave { gave := true send Add { by: by } to taker }
  var gave: bool
}
node Taker { var sum: int 0..3
  on Add(m) { assert m.by < 2  sum += m.by } }
instance one: Giver(taker)
instance two: Giver(taker)
instance taker: Taker
final when true
"""

RECEPTION = """
model reception
message Hello { loud: bool }
channel net { capacity 2 }
node A(b: B) { action greet when not greeted { greeted := true send Hello { loud: true } to b }
  var greeted: bool }
node B { on Hello(m) when not m.loud { } }
instance a: A(b)
instance b: B
final when true
"""

DEADLOCK = """
model deadlock
message Please
message Sure
channel net { fifo, capacity 2 }
node N(peer: N) {
  var waits: bool
  action ask when not waits { waits := true send Please to peer }
  on Please when not waits { send Sure to peer }
  defer Please
  on Sure { waits := false }
}
instance a: N(b)
instance b: N(a)
"""

FLOW = f"""
model flow
channel net {{ unordered, capacity 3 }}
{ASKING}
flow "second first": given a.n == 0
  do a.ask
  b -> a: Answer(m) where m.n == 2
  b -> a: Answer(m) where m.n == 1
  then size(a.got) == 2
reachable "all out": count_in_flight(Ask) == 2 and count_in_flight(Answer) == 1
final when true
"""

# Stamps: renumbered by rank in every state, but with one number in the chart.
STAMPS = """
model stamps
message Note { at: stamp }
channel net { unordered, capacity 2 }
node A(b: B) {
  var last: stamp
  var count: int 0..3
  action write when count < 3 { count += 1 last := now() send Note { at: now() } to b }
}
node B {
  var seen: stamp
  var stale: bool
  on Note(m) { stale := newer(seen, m.at) seen := m.at }
}
instance a: A(b)
instance b: B
invariant "fresh": not b.stale
final when true
"""

# The last of three equal requests, of which another one is in between, is lost from a queue.
QUEUE = """
model queue
message Ask { n: int 0..1 }
channel net { fifo, loses at most 1, duplicates at most 1, capacity 4 }
node A(b: B) {
  var k: int 0..3
  action ask when k < 3 { k += 1 send Ask { n: if k == 2 then 1 else 0 } to b }
}
node B { var got: list of int 0..1 at most 4  on Ask(m) { got := append(got, m.n) } }
instance a: A(b)
instance b: B
reachable "last one lost": a.k == 3 and b.got == [0, 1] and quiet
reachable "first one lost": a.k == 3 and b.got == [1, 0] and quiet
reachable "last one twice": b.got == [0, 1, 0, 0]
final when true
"""

MANY = (
    """
model many
message Token
channel net { capacity 2 }
node Station(next: Station, first: bool) {
  var here: bool = first
  action pass_on when here { here := false send Token to next }
  on Token { here := true }
}
"""
    + "".join(
        f"instance station_{k}: Station(station_{k % 12 + 1}, {'true' if k == 1 else 'false'})\n"
        for k in range(1, 13)
    )
    + 'invariant "not far": not station_12.here\n'
)

UNDEFINED = """
model undefined
node N { var x: int 0..2  action up when x < 2 { x += 1 } }
instance n: N
invariant "at once": 2 / n.x > 0
invariant "later": 2 / (2 - n.x) > 0
step "step": 2 / (2 - n.x) > old(n.x)
final when n.x == 2
"""

TIMERS = """
model timers
message Tick
channel net { lossy, capacity 2 }
node N(peer: N) {
  var late: int 0..2
  timer t
  action begin when late == 0 { start t send Tick to peer }
  on Tick { stop t }
  on timeout t { late += 1 send Tick to peer }
}
instance a: N(b)
instance b: N(a)
invariant "in time": a.late + b.late < 2
final when true
"""
