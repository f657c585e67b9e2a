"""The models that the benchmark gives to other tools have as many states as ours.

Every model is generated, compiled and searched as in the benchmark, at a small size.
"""

from __future__ import annotations

import shutil

import pytest

from benchmarks.cases import Case, reference
from benchmarks.peers import hand_written, murphi, spin
from benchmarks.rounds import measure
from benchmarks.tool import CountsDiffer, Tool
from tests.classics.exploring import explored, model_of

SMALL = reference(2, 2, 6_733, 23_385, 19)
CASES = (
    SMALL,
    Case("peterson", {"N": 3}, 882, 2_646, 25),
    Case("dining_philosophers_monitor", {"N": 4}, 112, 672, 8),
    Case("election_ring_dkr", {"N": 6}, 800, 2_616, 30),
    Case("german", {"CLIENTS": 2, "DATA": 2}, 3_381, 9_888, 26),
)
DEPTH_FIRST, BREADTH_FIRST, REDUCED = spin.TOOLS


def require(tool: Tool) -> None:
    """Skips where a tool is not installed; CI installs them first, or fails there."""
    missing = [need for need in tool.needs if shutil.which(need) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see tools/install_test_packages.sh)")


@pytest.mark.parametrize(
    "tool", [DEPTH_FIRST, murphi.RUMUR, hand_written.HAND_WRITTEN], ids=lambda tool: tool.name
)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_peer_counts_the_same(tool: Tool, case: Case) -> None:
    require(tool)
    (series,) = measure(case, [tool], 1, print)
    assert series.samples[0].counted.states == case.states


@pytest.mark.parametrize(
    ("tool", "case"),
    [
        (BREADTH_FIRST, SMALL),
        (murphi.RUMUR, reference(2, 3, 30_891, 154_698, 21)),
        (murphi.RUMUR_UNPACKED, SMALL),
        (hand_written.HAND_WRITTEN, reference(4, 2, 153_562, 626_719, 29)),
    ],
    ids=lambda value: value.name if isinstance(value, Tool) else value.title,
)
def test_a_peer_counts_the_same_in_another_setting_or_size(tool: Tool, case: Case) -> None:
    require(tool)
    (series,) = measure(case, [tool], 1, print)
    assert series.samples[0].counted.states == case.states


@pytest.mark.parametrize(
    ("tool", "case", "states"),
    [
        (REDUCED, Case("election_ring_dkr", {"N": 6}, 800, 2_616, 30), 390),
        (murphi.RUMUR_SYMMETRY, Case("peterson", {"N": 4}, 22_281, 89_124, 46), 1_132),
    ],
    ids=lambda value: value.name if isinstance(value, Tool) else None,
)
def test_a_peer_that_reduces_leaves_states_out(tool: Tool, case: Case, states: int) -> None:
    require(tool)
    (series,) = measure(case, [tool], 1, print)
    assert series.samples[0].counted.states == states


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_ours_counts_the_same(case: Case) -> None:
    settings = {name: str(value) for name, value in case.options.items()}
    found = explored(model_of(case.model, settings))
    assert (found.states, found.transitions, found.depth) == (
        case.states,
        case.transitions,
        case.depth,
    )


def test_a_wrong_count_is_noticed() -> None:
    require(hand_written.HAND_WRITTEN)
    wrong = reference(1, 1, 76, 121, 9)
    with pytest.raises(CountsDiffer, match=r"75, 121, 9.*76, 121, 9"):
        measure(wrong, [hand_written.HAND_WRITTEN], 1, print)
