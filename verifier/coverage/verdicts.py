"""What models say of their own properties: the verdicts of their ``expect`` blocks.

They are claims, not results; `verify test` holds them against what is found, and a model whose
blocks say something else fails there.  So a table of verdicts costs no search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.ir.property import NoFault
from verifier.language.model import Expectation, ExpectedVerdict, Model

HOLDS, VIOLATED, UNKNOWN = "holds", "violated", "unknown"


@dataclass(frozen=True, slots=True)
class Stated:
    """The verdict of a property in one block of a model; ``settings`` are the options that the
    block has otherwise than its variant."""

    model: str
    variant: str
    settings: tuple[tuple[str, str], ...]
    verdict: str
    steps: int | None


def stated(model: Model, name: str) -> Iterator[Stated]:
    """What each block of a model says of a property, in their order.

    A property that a block does not mention is expected to hold (`verify test`); not where the
    block expects an error, since what comes behind an error is not seen.
    """
    for block in model.expectations:
        said = [i for i in block.items if isinstance(i, ExpectedVerdict) and i.property == name]
        if said:
            verdict, steps = said[-1].verdict, said[-1].steps
        elif _expects_an_error(model, block):
            continue
        else:
            verdict, steps = HOLDS, None
        settings = tuple(block.settings.items())
        yield Stated(model.name, block.variant or model.default, settings, verdict, steps)


def _expects_an_error(model: Model, block: Expectation) -> bool:
    errors = {prop.name for prop in model.properties if isinstance(prop, NoFault)}
    return any(
        isinstance(item, ExpectedVerdict) and item.verdict == VIOLATED and item.property in errors
        for item in block.items
    )
