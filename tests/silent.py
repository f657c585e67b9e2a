"""An observer for searches that nobody watches."""

from __future__ import annotations


class Silent:
    """Does not listen."""

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Says nothing."""
