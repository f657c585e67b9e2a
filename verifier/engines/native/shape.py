"""What the code of a search depends on besides the model."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.engines.native.block import RECORD_HEADER

REGISTERS_MAX = 6  # words of a state that are handed over in registers


@dataclass(frozen=True, slots=True)
class Shape:
    """What the runtime depends on besides the model: words of a state, owners, whether only
    hashes are kept, and whether states and dead ends are looked at."""

    words: int
    owners: int
    compact: bool
    actions: int
    looks: bool
    stuck: bool

    @property
    def owner_bits(self) -> int:
        """Bits of a state's number that say whose it is."""
        return (self.owners - 1).bit_length()

    @property
    def header(self) -> int:
        """Words of a record before the state."""
        return RECORD_HEADER + self.compact

    @property
    def record(self) -> int:
        """Words of a record."""
        return self.header + self.words
