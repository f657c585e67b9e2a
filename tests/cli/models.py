"""Models for the tests of the command line."""

from __future__ import annotations

GOOD = """
model good
option most: int 1..9 = 2
option mode: {calm, wild} = calm
node N {
  var x: int 0..9
  action up when x < most { x += if mode == wild then 9 else 1 }
}
instance n: N
invariant "small" @"R-1": n.x <= most
reachable "top" @"R-1" @"R-2": n.x == most
final when n.x == most
variant far { most = 5 }
default variant near { most = 2 }
expect: states 3, transitions 2, depth 2, terminal 1, holds "small", holds "top" in 2 steps
expect far: states 6, transitions 5, depth 5, holds "top" in 5 steps
"""

# 1 of 5 properties violated, no errors.
BAD = GOOD.replace("model good", "model bad").replace("n.x <= most", "n.x < most")

WRONG = """
model wrong
node N { var x: int 0..2  action up when y < 2 { x += z } }
instance n: N
"""

# As many states as there are numbers: for limits and interrupts.
ENDLESS = """
model endless
node N {
  var x: int 0..99
  var y: int 0..99
  var z: int 0..99
  var w: int 0..99
  action x_up when x < 99 { x += 1 }
  action y_up when y < 99 { y += 1 }
  action z_up when z < 99 { z += 1 }
  action w_up when w < 99 { w += 1 }
}
instance n: N
invariant "near": n.x < 2
invariant "far": n.w < 99 or n.x < 99
flow "flow": do n.x_up do n.y_up then n.z == 99
final when true
"""
