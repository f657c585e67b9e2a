"""A model with its bounds lifted, as far as it has a meaning then: what a proof is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from verifier.language.load import load
from verifier.language.model import UNBOUNDED, BoundsNeeded, Model, lifted
from verifier.source import SourceError


def lift(
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str] = frozenset(),
) -> tuple[Model, dict[str, str]]:
    """The model with every bound that ``settings`` do not name set to `unbounded`, also those that
    the variant sets.  A bound whose value is needed keeps the one it has; the mapping says of each
    such bound why, and where in the model.

    Raises:
        SourceError, ChoiceError: as `load`.
    """
    question = _Question(path, variant, settings, open_options)
    given = settings.keys() | open_options
    bounds = [name for name in question.load([]).bounds if name not in given]
    reasons: dict[str, str] = {}
    while True:
        free = [name for name in bounds if name not in reasons]
        try:
            return question.load(free), reasons
        except BoundsNeeded as error:
            found = {name: why for name, why in error.reasons.items() if name in free}
            if not found:
                raise
        except SourceError:
            found = _culprits(question, free)
            if not found:
                raise
        reasons |= found


def circles(model: Model) -> tuple[str, ...]:
    """The lifted bounds at which numbers would wrap around: ``int mod N`` is their type."""
    sizes = {
        name
        for text in model.texts.values()
        for name in re.findall(r"\bmod\s+([A-Za-z_]\w*)", text)
    }
    return tuple(name for name in lifted(model) if name in sizes)


def queues(model: Model) -> tuple[str, ...]:
    """The lifted bounds that were the capacity of a fifo channel: ``fifo, capacity N``."""
    names: set[str] = set()
    for text in model.texts.values():
        for properties in re.findall(r"\bchannel\s+\w+\s*\{([^}]*)\}", text):
            if re.search(r"\bfifo\b", properties):
                capacity = re.search(r"\bcapacity\b([^,}]*)", properties)
                names |= set(re.findall(r"[A-Za-z_]\w*", capacity[1] if capacity else ""))
    return tuple(name for name in lifted(model) if name in names)


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of a file, bounds apart."""

    path: Path
    variant: str | None
    settings: Mapping[str, str]
    open_options: Set[str]

    def load(self, lifted: Iterable[str]) -> Model:
        """The model with these bounds lifted."""
        settings = {**self.settings, **dict.fromkeys(lifted, UNBOUNDED)}
        return load(self.path, self.variant, settings, self.open_options)


def _culprits(question: _Question, names: list[str]) -> dict[str, str]:
    """The bounds that make a mistake of a model when they are lifted alone; if it takes several,
    the last one."""
    found: dict[str, str] = {}
    for name in names:
        try:
            question.load([name])
        except SourceError as error:
            first = error.diagnostics[0]
            found[name] = f"{first.message} ({first.span})"
    if not found and names:
        found[names[-1]] = "the model needs a value of this bound if the others have none"
    return found
