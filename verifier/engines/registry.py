"""Engines by name; the only place that knows them all."""

from __future__ import annotations

from verifier.engines.explicit.search import explore
from verifier.engines.interface import Engine

ENGINES: dict[str, Engine] = {"explicit": explore}

AUTO = "auto"


def engine_named(name: str) -> tuple[str, Engine]:
    """The engine of this name; ``auto`` chooses.

    Raises:
        KeyError: there is none of this name.
    """
    chosen = "explicit" if name == AUTO else name
    return chosen, ENGINES[chosen]
