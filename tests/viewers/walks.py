"""Random walks through models with every kind of channel."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Check, Label, State, TransitionSystem
from verifier.language.load import load
from verifier.traces.trace import Step, Trace

TALK = """
model talk
message Ask {{ n: int 0..1 }} via net
message Note {{ n: int 0..1 }} via other
channel net {{ {trait} }}
channel other {{ fifo, loses at most 2, duplicates at most 1, capacity 2 }}
node N(peer: N) {{
  var n: int 0..1
  timer t
  action ask(k: int 0..1) {{ send Ask {{ n: k }} to peer }}
  action note(to: N) {{ send Note {{ n: n }} to to start t }}
  on Ask(m) when m.n == n {{ n := 1 - n }}
  ignore Ask
  on Note(m) {{ n := m.n }}
  on timeout t {{ n := 0 send Ask {{ n: 0 }} to self }}
}}
instance first: N(second)
instance second: N(third_with_a_long_name)
instance third_with_a_long_name: N(first)
environment action disturb {{ first.n := 0 }}
"""
TRAITS = [
    "unordered, capacity 4",
    "unordered, lossy, capacity 4",
    "fifo, lossy, duplicates when room, capacity 3",
    "unordered, lossy, duplicates, capacity 4",
    "fifo, loses at most 3, capacity 4",
]


@cache
def talk(trait: str) -> TransitionSystem:
    path = Path("talk.mdl")
    path.write_text(TALK.format(trait=trait), encoding="utf-8")
    return load(path, None, {}).system


def walk(system: TransitionSystem, length: int, seed: int) -> Trace:
    """A random run; it may end in a failing step."""
    choose = random.Random(seed)
    start, state = choose.choice(list(initial_states(system)))
    initial, steps = state, []
    while len(steps) < length:
        by_action: dict[str, list[tuple[Label, State | Check]]] = {}
        for label, after in successors(system, state):
            by_action.setdefault(label.action, []).append((label, after))
        if not by_action:
            break
        label, after = choose.choice(by_action[choose.choice(sorted(by_action))])
        if isinstance(after, Check):
            steps.append(Step(label, None))
            break
        steps.append(Step(label, after))
        state = after
    return Trace(start, initial, tuple(steps))
