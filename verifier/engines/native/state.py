"""What a running search knows, for those who drive it, save it and conclude from it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from verifier.engines.native.block import Block, Control
from verifier.engines.native.growth import Limits
from verifier.engines.native.tiers import Tiers
from verifier.engines.native.workspace import Workspace

SLICE_FIRST = 256


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where something was found first: a state, or the ordinal of a transition out of it."""

    state: int
    ordinal: int


@dataclass(slots=True)
class Found:
    """What was seen first, by number of the question and by number of the check."""

    bads: dict[int, Sighting] = field(default_factory=dict)
    faults: dict[int, Sighting] = field(default_factory=dict)


@dataclass(slots=True)
class Search:
    """A running search.  ``bads`` are the names of the questions, ``of_states`` the numbers of
    those about states."""

    workspace: Workspace
    tiers: Tiers
    limits: Limits
    of_states: frozenset[int]
    bads: tuple[str, ...]
    checks: int
    found: Found = field(default_factory=Found)
    slice_states: int = SLICE_FIRST
    pool: ThreadPoolExecutor | None = None
    interrupted: bool = False
    drained: bool = False  # whether every record that was made has been inserted

    @property
    def states(self) -> int:
        """How many states are known."""
        return self.workspace.count(Block.COUNT)

    @property
    def transitions(self) -> int:
        """How many transitions were made."""
        return self.workspace.count(Block.TRANSITIONS)

    @property
    def depth(self) -> int:
        """The distance of the level that is expanded."""
        return max(self.workspace.control[Control.DEPTH], 0)

    @property
    def frontier(self) -> int:
        """How many known states have not been expanded."""
        control = self.workspace.control
        left = control[Control.LEVEL_END] - control[Control.CURSOR]
        if self.workspace.shape.owners > 1:
            return left + control[Control.NEXT_COUNT]
        return self.states - control[Control.CURSOR]
