"""Speed of the explicit engine beside a walk over the reference semantics, in interleaved rounds.

Machines are noisy: read the ratio, not the rates.  Run with ``make bench``.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Check, State, TransitionSystem
from verifier.language.load import load
from verifier.properties.safety import encode

MODELS = Path(__file__).resolve().parents[1] / "models" / "classics"
CASES = (
    ("scenario_c_reference.mdl", {"M": "2", "K": "1"}),
    ("peterson.mdl", {}),
    ("two_phase_commit.mdl", {}),
)
ROUNDS = 5


class Silent:
    """An observer that does not listen."""

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Nothing."""


def walk(system: TransitionSystem) -> int:
    """Breadth-first over the reference semantics; the number of transitions."""
    frontier = list(dict.fromkeys(state for _, state in initial_states(system)))
    visited: set[State] = set(frontier)
    transitions = 0
    while frontier:
        found = []
        for state in frontier:
            for _, after in successors(system, state):
                transitions += 1
                if not isinstance(after, Check) and after not in visited:
                    visited.add(after)
                    found.append(after)
        frontier = found
    return transitions


def main() -> None:
    """Prints one line per model: transitions per second of both, and how many times faster."""
    for file, settings in CASES:
        model = load(MODELS / file, None, settings)
        problem = encode(model.system, ())
        engine, reference = [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            found = explore(problem, Budget(), Silent())
            engine.append(found.transitions / (time.perf_counter() - began))
            began = time.perf_counter()
            transitions = walk(model.system)
            reference.append(transitions / (time.perf_counter() - began))
            assert transitions == found.transitions
        fast, plain = statistics.median(engine), statistics.median(reference)
        print(
            f"{file:28} {found.transitions:>8,} transitions: engine {fast:>9,.0f}/s, "
            f"semantics {plain:>7,.0f}/s, ratio {fast / plain:.0f}"
        )


if __name__ == "__main__":
    main()
