"""What a proof is about: a model with its bounds lifted, and what is lifted in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from verifier.ir import types
from verifier.language.lift import circles, lift, queues
from verifier.language.load import load
from verifier.language.model import UNBOUNDED, ChoiceError, Model, lifted


@dataclass(frozen=True, slots=True)
class Lifting:
    """What the verdicts are for: the bounds that are lifted, those of them that numbers would wrap
    around at, why other bounds are kept, and what had no bound to begin with."""

    lifted: tuple[str, ...]
    circles: tuple[str, ...]
    kept: Mapping[str, str]
    any_messages: bool
    any_stamps: bool
    open_options: tuple[str, ...]
    queues: tuple[str, ...] = ()
    """Those of the lifted bounds that were the capacity of a fifo channel."""


def lifted_model(
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str],
    keep: Collection[str],
) -> tuple[Model, Lifting]:
    """The model that is proved something about, and what is lifted in it: every bound but those
    that are set, those to keep, and those whose value is needed.

    Raises:
        SourceError, ChoiceError: as `load`; a bound to keep is not there.
    """
    kept = dict.fromkeys(settings, "it was set")
    settings = dict(settings)
    if keep:
        plain = load(path, variant, settings, open_options)
        for name in keep:
            if name not in plain.bounds:
                known = ", ".join(plain.bounds) or "none"
                raise ChoiceError(f"there is no bound '{name}'", f"bounds: {known}")
            settings[name] = plain.options[name]
            kept.setdefault(name, "it was asked to be kept")
    model, needed = lift(path, variant, settings, open_options)
    kept |= needed
    kinds = [variable.type for variable in model.system.variables]
    channels = [of for of in kinds if isinstance(of, types.Channel)]
    return model, Lifting(
        lifted(model),
        circles(model),
        {name: kept[name] for name in model.bounds if model.options[name] != UNBOUNDED},
        any_messages=any(channel.capacity is None for channel in channels),
        any_stamps=any(isinstance(part, types.Stamp) for of in kinds for part in _parts(of)),
        open_options=tuple(sorted(open_options)),
        queues=queues(model),
    )


def _parts(of: types.Type) -> Iterator[types.Type]:
    """A type and the types that its values are made of."""
    yield of
    match of:
        case types.Record(_, fields):
            inner = [kind for _, kind in fields]
        case types.Optional(item) | types.Set(item) | types.List(item):
            inner = [item]
        case types.Map(key, value):
            inner = [key, value]
        case types.Message(alternatives):
            inner = list(alternatives)
        case types.Channel(message):
            inner = [message]
        case _:
            inner = []
    for kind in inner:
        yield from _parts(kind)
