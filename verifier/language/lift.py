"""A model with its bounds lifted, as far as it has a meaning then: what a proof is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from verifier.language.load import load
from verifier.language.model import BoundsNeeded, Model
from verifier.source import SourceError

UNBOUNDED = "unbounded"


def lift(
    path: Path, variant: str | None, settings: Mapping[str, str]
) -> tuple[Model, dict[str, str]]:
    """The model with every bound that ``settings`` do not name set to `unbounded`, also those that
    the variant sets.  A bound whose value is needed keeps the one it has; the mapping says of each
    such bound why, and where in the model.

    Raises:
        SourceError, ChoiceError: as `load`.
    """
    bounds = [name for name in load(path, variant, settings).bounds if name not in settings]
    reasons: dict[str, str] = {}
    while True:
        lifted = [name for name in bounds if name not in reasons]
        try:
            return _lifted(path, variant, settings, lifted), reasons
        except BoundsNeeded as error:
            found = {name: why for name, why in error.reasons.items() if name in lifted}
            if not found:
                raise
        except SourceError:
            found = _culprits(path, variant, settings, lifted)
            if not found:
                raise
        reasons |= found


def _lifted(
    path: Path, variant: str | None, settings: Mapping[str, str], names: Iterable[str]
) -> Model:
    return load(path, variant, {**settings, **dict.fromkeys(names, UNBOUNDED)})


def _culprits(
    path: Path, variant: str | None, settings: Mapping[str, str], names: list[str]
) -> dict[str, str]:
    """The bounds that make a mistake of a model when they are lifted alone; if it takes several,
    the last one."""
    found: dict[str, str] = {}
    for name in names:
        try:
            _lifted(path, variant, settings, [name])
        except SourceError as error:
            first = error.diagnostics[0]
            found[name] = f"{first.message} ({first.span})"
    if not found and names:
        found[names[-1]] = "the model needs a value of this bound if the others have none"
    return found
