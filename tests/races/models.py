"""A model of another domain with a race and fixes: a valve that is closed and opened from afar."""

from __future__ import annotations

VALVE = """/// A valve that does what it is told last, or should.
model valve

fix option order: { arrival, number } = arrival  @ "V-1"
    needs "a counter | in the master"
    costs "a *field*"
fix option locked: bool = false
option SPARE: bool = false  @ "V-4"
bound PUSHES: int 1..9 = 2

default variant plain { order = arrival }
variant numbered { order = number }

message Close { number: int 0..9 }
message Open { number: int 0..9 }
channel wire { unordered, capacity 4 }

node Valve {
  var closed: bool
  var newest: int 0..9

  function fresh(number: int 0..9): bool = order == arrival or number > newest
  function by_number(): bool = order == number

  on Close(m) {
    // What stands here stays.
    if fresh(m.number) and not (locked and SPARE) {
      closed := true
      if by_number() { newest := m.number }
    }
  }
  on Open(m)  @ "V-2" {
    if locked {
      // nobody opens it
    } else if fresh(m.number) {
      closed := false
      if order == number { newest := m.number }
    }
  }
}

node Master {
  var pushed: int 0..9
  var wish: bool

  action close when pushed < PUSHES {
    pushed += 1
    wish := true
    send Close { number: pushed } to valve
  }
  action open when pushed < PUSHES {
    pushed += 1
    wish := false
    send Open { number: pushed } to valve
  }
}

instance master: Master
instance valve: Valve

final when true

invariant "the valve is as it was told last"  @ "V-3":
  when not in_flight(): valve.closed == master.wish
"""

RACES = """
title = "Races of a valve"
about = "Of a `valve`, <b>not</b> of anything else."
pages = "pages"
runs = "runs"
settings = { PUSHES = 2 }

[[race]]
id = "overtaken"
title = "An order that is overtaken | <script>alert(1)</script>"
source = "the [manual](javascript:alert)"
text = "Orders may *come* in another order.\\n# no heading"
run = "First `open`, then ``` and so on."
model = "valve.mdl"
variant = "plain"
property = "the valve is as it was told last"

[[race.fix]]
title = "numbers"
variant = "numbered"
proof = [{ command = "verify prove valve.mdl", result = "```\\nHOLDS" }]

[[race.fix]]
title = "a lock"
settings = { locked = true }

[[race.fix]]
title = "a spare"
settings = { SPARE = true }

[[word]]
name = "newest"
meaning = "The *greatest* number that the `valve` has taken | so far."
"""
