"""The classic models have the numbers that other tools and the literature give for them.

Each row is one model at one size: states, transitions, depth (the largest distance from an initial
state), and initial and terminal states.  None where no other source gives the number.  Counts
depend on what one step is; each model says which granularity is meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.classics.exploring import explored, model_of, shortest
from verifier.ir.property import DeadlockFree, Invariant, Reachable
from verifier.ir.semantics import initial_states
from verifier.verdict import Absent, Found


@dataclass(frozen=True, slots=True)
class Known:
    """The known answer for one model at one size."""

    model: str
    options: dict[str, str]
    states: int
    transitions: int | None
    depth: int | None
    initial: int = 1
    terminal: int = 0

    @property
    def title(self) -> str:
        sizes = ",".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.model}({sizes})"


def ring(states: int, transitions: int, depth: int, members: int) -> Known:
    options = {"N": str(members)}
    return Known("election_ring_dkr", options, states, transitions, depth, terminal=1)


def german(clients: int, data: int, states: int, transitions: int) -> Known:
    return Known("german", {"CLIENTS": str(clients), "DATA": str(data)}, states, transitions, None)


def reference(
    moves: int, room: int, states: int, transitions: int, depth: int, terminal: int
) -> Known:
    options = {"M": str(moves), "K": str(room)}
    return Known("scenario_c_reference", options, states, transitions, depth, terminal=terminal)


KNOWN = [
    # Gray and Lamport's TLA+ specification; TLC gives the states.
    Known("two_phase_commit", {"N": "3"}, 288, 1_145, 10),
    Known("two_phase_commit", {"N": "4"}, 1_568, None, None),
    Known("two_phase_commit", {"N": "5"}, 8_832, None, None),
    Known("two_phase_commit", {"N": "6"}, 50_816, None, None),
    # Murphi's example n_peterson.
    Known("peterson", {"N": "3"}, 882, 2_646, 25),
    Known("peterson", {"N": "4"}, 22_281, 89_124, 46),
    # Murphi's example dp4.
    Known("dining_philosophers_monitor", {"N": "4"}, 112, 672, 8),
    Known("dining_philosophers_monitor", {"N": "8"}, 12_032, 144_384, 16),
    # Merz's TLA+ specification; TLC.
    Known("election_ring_cr", {"N": "3"}, 137, 219, 9, initial=8, terminal=8),
    # Lamport's TLA+ specification; TLC gives states and depth.
    Known("alternating_bit", {"DATA": "2", "CAPACITY": "2"}, 240, None, 9, initial=8),
    # Chou's Murphi text.
    german(2, 1, 1_461, 4_026),
    german(2, 2, 3_381, 9_888),
    german(3, 2, 58_077, 235_764),
    # SPIN, LTSmin and a plain program.
    ring(35, 56, 15, members=3),
    ring(95, 203, 20, members=4),
    ring(272, 735, 25, members=5),
    ring(800, 2_616, 30, members=6),
    ring(7_121, 31_287, 40, members=8),
    # SPIN (see test_spin.py).
    Known("bakery", {"N": "2"}, 178, 299, 25),
    Known("bakery", {"N": "3"}, 3_484, 8_110, 36),
    Known("readers_writers", {"CLIENTS": "2"}, 94, 228, 10),
    Known("readers_writers", {"CLIENTS": "3"}, 647, 2_316, 15),
    Known("sliding_window", {"ITEMS": "4"}, 604, 2_500, 17, terminal=1),
    # Plain Python, SPIN, Murphi, TLC and others.
    reference(0, 1, 7, 9, 4, 1),
    reference(1, 1, 75, 121, 9, 4),
    reference(1, 2, 376, 1_141, 12, 6),
    reference(1, 3, 1_143, 4_988, 14, 6),
    reference(2, 1, 747, 1_430, 16, 13),
    reference(2, 2, 6_733, 23_385, 19, 15),
    reference(2, 3, 30_891, 154_698, 21, 15),
    reference(3, 2, 38_979, 149_948, 23, 33),
    reference(4, 2, 153_562, 626_719, 29, 49),
]

KNOWN_SLOW = [
    Known("peterson", {"N": "5"}, 628_868, 3_144_340, 73),
    ring(63_986, 352_424, 50, members=10),
    reference(3, 3, 250_815, 1_353_071, 25, 33),
    reference(4, 3, 1_441_562, 8_110_326, 32, 49),
]

ROWS = [pytest.param(known, id=known.title) for known in KNOWN] + [
    pytest.param(known, id=known.title, marks=pytest.mark.slow) for known in KNOWN_SLOW
]


@pytest.mark.parametrize("known", ROWS)
def test_counts_are_the_known_ones(known: Known) -> None:
    model = model_of(known.model, known.options)
    found = explored(model)
    assert found.complete
    assert found.faults == ()
    assert found.states == known.states
    assert known.transitions in (None, found.transitions)
    assert known.depth in (None, found.depth)
    assert found.terminal == known.terminal
    assert len({state for _, state in initial_states(model.system)}) == known.initial


@pytest.mark.parametrize(
    "name",
    [
        "two_phase_commit",
        "peterson",
        "dining_philosophers_monitor",
        "election_ring_cr",
        "election_ring_dkr",
        "alternating_bit",
        "german",
        "bakery",
        "readers_writers",
        "sliding_window",
    ],
)
def test_correct_models_keep_every_invariant_and_reach_what_they_should(name: str) -> None:
    model = model_of(name, {})
    found = explored(model)
    for claim in model.properties:
        match claim:
            case Invariant() | DeadlockFree():
                assert isinstance(found.answers[claim.name], Absent), claim.name
            case Reachable():
                assert isinstance(found.answers[claim.name], Found), claim.name
            case _:
                pass


@pytest.mark.parametrize(
    ("moves", "room", "states"),
    [
        (1, 1, 2),
        (1, 2, 4),
        (1, 3, 4),
        (2, 1, 4),
        (2, 2, 8),
        (2, 3, 8),
        (3, 2, 28),
        (4, 2, 48),
    ],
)
def test_reference_model_misroutes_after_seven_steps(moves: int, room: int, states: int) -> None:
    found = explored(model_of("scenario_c_reference", {"M": str(moves), "K": str(room)}))
    assert shortest(found, "no misroute") == (7, states)
    assert isinstance(found.answers["sane"], Absent)


def test_reference_model_without_a_move_does_not_misroute() -> None:
    found = explored(model_of("scenario_c_reference", {"M": "0", "K": "1"}))
    assert isinstance(found.answers["no misroute"], Absent)


@pytest.mark.parametrize("philosophers", [2, 3, 4, 5, 6])
def test_philosophers_starve_when_all_have_taken_their_left_fork(philosophers: int) -> None:
    """One step for each, and it is the only way to get stuck."""
    found = explored(model_of("dining_philosophers", {"N": str(philosophers)}))
    assert shortest(found, "no deadlock") == (philosophers, 1)
    assert isinstance(found.answers["a fork is with one philosopher"], Absent)
