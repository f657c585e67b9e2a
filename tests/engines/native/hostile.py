"""Models that a careless generator would choke on: wide states, many actions, long channels."""

from __future__ import annotations

WIDE = """model wide
world {
  var cells: map int 0..4095 to int 0..255
  var at: int 0..4095 = 0
  var steps: int 0..60 = 0
}
environment action write(v: int 0..2) when steps < 60 {
  cells[at] := v + 7
  at := (at * 5 + 11 + v) % 4096
  steps += 1
}
environment action clear when steps < 60 and cells[at] > 0 {
  cells[at] := 0
  steps += 1
}
invariant "few": count(k in 0..4095 where cells[k] > 8) <= 4
invariant "small": all k in 0..4095: cells[k] <= 9
final when true
"""

LONG_CHANNEL = """model long_channel
message M { a: int 0..3, b: set of int 0..3, c: int 0..3?, s: stamp } via net
message N { l: list of int 0..2 at most 3 } via net
channel net { unordered, lossy, duplicates, capacity 40 }
node A(peer: A) {
  var n: int 0..3 = 0
  var got: int 0..3 = 0
  var seen: list of int 0..2 at most 3
  action push when n < 3 {
    for i in 0..2 { send M { a: i, b: {i, n}, c: if n > 1 then none else i, s: now() } to peer }
    send N { l: [n % 3, 1] } to peer
    n += 1
  }
  on M(m) { if m.a in m.b { got := m.a } }
  on N(m) { seen := m.l }
}
instance a: A(b)
instance b: A(a)
invariant "few": not in_flight(M(m) where m.a == 2 and m.c == none and 3 in m.b)
final when true
"""

WIDE_NUMBERS = """model wide_numbers
world {
  var x: int 0..999999999999999999 = 999999999999999937
  var y: int 0..6 = 0
}
environment action go when y < 6 {
  y := (x * x * x * x - 17) / (x * x + 3) % 7
  x := (x * x * x + y) % 1000003
}
environment action back when y == 6 { y := (0 - x * x * 5) % 6 }
invariant "odd": x != 4
final when true
"""


def many_actions(count: int = 300) -> str:
    """Hundreds of actions with a parameter each."""
    lines = ["model many_actions", "world {"]
    lines += [f"  var x{i}: int 0..3 = 0" for i in range(40)]
    lines.append("}")
    for number in range(count):
        i, j = number % 40, (number * 7 + 3) % 40
        lines += [
            f"environment action a{number}(d: int 0..1)",
            f"    when x{i} == {number % 4} and (x{j} + d) % 2 == 0 {{",
            f"  x{i} := (x{i} + 1 + d) % 4",
            f"  x{j} := (x{j} + {number % 3}) % 4",
            "}",
        ]
    total = " + ".join(f"x{i}" for i in range(40))
    return "\n".join([*lines, f'invariant "sum": {total} <= 9', "final when true", ""])


def deep_nesting(depth: int = 60) -> str:
    """A chain of definitions each of which uses the one before twice."""
    lines = [
        "model deep_nesting",
        "world {",
        "  var x: int 0..999 = 0",
        "  var b: bool = false",
        "  var n: int 0..99 = 0",
        "}",
        "environment action go(c: int 0..2) when n < 99 {",
    ]
    last = "(x + c) % 900"
    for number in range(depth):
        modulus = 900 + number
        lines.append(
            f"  let y{number} = (if b then {last} + {number % 3} else {last} * 3) % {modulus}"
        )
        last = f"y{number}"
    lines += [f"  x := {last}", "  b := not b", "  n += 1", "}", 'invariant "x": x < 990']
    return "\n".join([*lines, "final when true", ""])


MODELS = {
    "wide": WIDE,
    "long_channel": LONG_CHANNEL,
    "wide_numbers": WIDE_NUMBERS,
    "many_actions": many_actions(),
    "deep_nesting": deep_nesting(),
}
