"""What is measured: models at sizes, and how many states they have there.

The counts were found by SPIN, Rumur and C by hand, and are asked of this checker; those of the
reference model above ten million states were found by C and SPIN alone, which prints eight digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "models" / "classics"
PEER_MODELS = Path(__file__).resolve().parent / "peers"

REFERENCE_MODEL = "scenario_c_reference"


@dataclass(frozen=True, slots=True)
class Case:
    """A model at one size.  Its options are constants or macros of the same names elsewhere."""

    model: str
    options: Mapping[str, int]
    states: int
    transitions: int
    depth: int

    @property
    def title(self) -> str:
        sizes = ", ".join(f"{name} = {value}" for name, value in self.options.items())
        return f"{self.model}, {sizes}"

    @property
    def file(self) -> Path:
        return MODELS / f"{self.model}.mdl"

    def peer_file(self, suffix: str) -> Path:
        return PEER_MODELS / f"{self.model}{suffix}"


def reference(moves: int, capacity: int, states: int, transitions: int, depth: int) -> Case:
    """The reference model with this many moves and places in the network."""
    return Case(REFERENCE_MODEL, {"M": moves, "K": capacity}, states, transitions, depth)


SMALLEST = reference(2, 3, 30_891, 154_698, 21)
MILLION = reference(4, 3, 1_441_562, 8_110_326, 32)
TEN_MILLION = reference(4, 4, 9_267_271, 66_577_945, 34)
REFERENCE = (SMALLEST, reference(4, 2, 153_562, 626_719, 29), MILLION, TEN_MILLION)

CLASSICS = (
    Case("peterson", {"N": 4}, 22_281, 89_124, 46),
    Case("peterson", {"N": 5}, 628_868, 3_144_340, 73),
    Case("dining_philosophers_monitor", {"N": 10}, 125_952, 1_889_280, 20),
    Case("election_ring_dkr", {"N": 10}, 63_986, 352_424, 50),
    Case("german", {"CLIENTS": 3, "DATA": 2}, 58_077, 235_764, 34),
    Case("german", {"CLIENTS": 4, "DATA": 2}, 1_105_353, 5_921_856, 42),
)

# Two sizes for each factor of ten, as far as there are such sizes.
GROWTH = (
    reference(1, 6, 9_894, 71_897, 16),
    SMALLEST,
    reference(2, 4, 97_946, 626_024, 22),
    reference(2, 5, 258_092, 1_965_130, 22),
    reference(3, 4, 1_120_041, 7_707_861, 27),
    reference(3, 5, 3_997_693, 33_130_891, 28),
    TEN_MILLION,
    reference(4, 5, 45_382_723, 395_549_774, 37),
    reference(8, 3, 110_972_215, 703_137_650, 51),
)
