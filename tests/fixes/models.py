"""Small models whose minimal sets of fixes are known by thought, and a way to draw others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

from hypothesis import strategies as st

BOTH_NEEDED = """
fix option lock: bool = false  @ "L-1"  needs "a lock" costs "one message"
fix option order: { none_at_all, fifo, stamped } = none_at_all  needs "a clock"
fix option noise: bool = false
node N {
  var n: int 0..3
  action up when n < 3 and not (lock and order == stamped) { n += 1 }
  action back when n > 0 and n < 3 { n -= 1 }
}
instance n: N
final when true
invariant "never three": n.n < 3
reachable "one": n.n == 1
"""
"""Two fixes that only work together, and break the goal."""

UNDOES = """
fix option a: bool = false
fix option b: bool = false
node N { var n: int 0..2  action up when n < 2 and (not a or b) { n += 1 } }
instance n: N
final when true
invariant "small": n.n < 2
invariant "a is good": n.n < 2 or not a
"""
"""The fix b undoes the fix a."""

HOPELESS = """
fix option a: bool = false
node N { var n: int 0..2  action up when n < 2 { n += 1 } }
instance n: N
final when true
invariant "small": n.n < 2
"""

RESTS = """
fix option wait: bool = false  costs "10 s"
assume option delay: { short, long } = short
option KEPT: int 0..9 = 1
node N {
  var n: int 0..2
  action up when n < 2 and not (wait and delay == short and KEPT > 0) { n += 1 }
}
instance n: N
final when true
invariant "small": n.n < 2
"""

GROWS = """
fix option stop: bool = false
fix option half: bool = false
node N {
  var n: int 0..500
  action up when n < 500 and not stop and not (half and n == 1) { n += 1 }
}
instance n: N
final when true
invariant "small": n.n < 500
"""
"""Without a fix there are 501 states, with `half` two, with `stop` one."""

TYPED = """
fix option SIZE: int 1..3 = 3
node N { var n: int 0..SIZE  action up when n < SIZE { n += 1 } }
instance n: N
final when true
invariant "small": n.n < 3
"""
"""An option that decides a type cannot be left open."""


IN_FORCE = """
fix option retry: bool = true  needs "a timer" costs "traffic"
world { var x: int 0..2 }
environment action again when x < 2 and retry { x += 1 }
final when true
invariant "small": x < 2
"""
"""The fix is in force, and without it all is well."""

MODES = """
fix option mode: { slow, quick, late } = slow  needs "a clock"
node N { var n: int 0..2  action up when n < 2 and mode != SMALL { n += 1 } }
instance n: N
final when true
invariant "small": n.n < 2
default variant quickly { mode = quick }
"""
"""An enumeration, of which the variant has a repair already; SMALL stands for the good value."""

STUMBLES = """
fix option guard: bool = false
fix option cap: bool = false
node N {
  var x: int 0..3
  var y: int 0..2
  action go when not guard or x < 3 { x += 1 }
  action hop when y < 2 and not cap { y += 1 }
}
instance n: N
final when true
invariant "y small": n.y < 2
"""
"""Without the guard a run-time error ends runs."""

PAYING = """
fix option retry: bool = false costs "a timer"
fix option idem: bool = false costs "memory at the server"
fix option stop: bool = false
message Pay { id: int 0..1 }
message Done
channel net { unordered, loses at most 1, duplicates at most 1, capacity 4 }
node Client(s: Server) {
  var paid: bool
  var asked: bool
  timer t when not in_flight()
  action pay when not asked and not stop {
    asked := true  send Pay { id: 1 } to s  if retry { start t }
  }
  on timeout t when not paid { send Pay { id: 1 } to s start t }
  on Done { paid := true stop t }
}
node Server {
  var n: int 0..6
  on Pay(p) from c: Client { if not (idem and n > 0) { n += 1 } send Done to c }
}
instance c: Client(s)
instance s: Server
final when c.paid or stop
invariant "at most once": s.n <= 1
reachable "somebody pays": s.n > 0
invariant "paid in the end": when quiet: c.asked implies c.paid
"""
"""Two properties want two fixes; the third one repairs both, since nothing happens with it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A model with options o0, o1, ..., each with so many values, and the sets of values with which
    each property is violated."""

    sizes: tuple[int, ...]
    bad: tuple[frozenset[tuple[int, ...]], ...]

    @property
    def text(self) -> str:
        """In the language: property p is violated by a step that those sets of values have."""
        lines = [f"fix option o{n}: int 0..{size - 1} = 0" for n, size in enumerate(self.sizes)]
        for number, sets in enumerate(self.bad):
            when = " or ".join(
                "(" + " and ".join(f"o{n} == {value}" for n, value in enumerate(values)) + ")"
                for values in sorted(sets)
            )
            lines += [
                f"node N{number} {{ var x: bool action go when not x and ({when or 'false'}) "
                "{ x := true } }",
                f"instance n{number}: N{number}",
                f'invariant "p{number}": not n{number}.x',
            ]
        return "\n".join([*lines, "final when true"]) + "\n"

    def minimal(self, number: int) -> set[frozenset[tuple[str, str]]]:
        """By brute force, from the definition: the sets with which it holds and with no part of
        which it does."""
        good = {
            frozenset((f"o{n}", str(value)) for n, value in enumerate(values) if value)
            for values in product(*map(range, self.sizes))
            if values not in self.bad[number]
        }
        return {
            fixes
            for fixes in good
            if not any(
                frozenset(part) in good
                for size in range(len(fixes))
                for part in combinations(fixes, size)
            )
        }

    def together(self) -> set[frozenset[tuple[str, str]]]:
        """By brute force: the smallest sets with which all properties hold."""
        good = {
            frozenset((f"o{n}", str(value)) for n, value in enumerate(values) if value)
            for values in product(*map(range, self.sizes))
            if not any(values in bad for bad in self.bad)
        }
        return {fixes for fixes in good if len(fixes) == min(map(len, good))}


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Two or three options, with two or three values, and two properties."""
    sizes = tuple(draw(st.lists(st.integers(2, 3), min_size=2, max_size=3)))
    everything = list(product(*map(range, sizes)))
    bad = tuple(frozenset(draw(st.sets(st.sampled_from(everything)))) for _ in range(2))
    return Drawn(sizes, bad)
