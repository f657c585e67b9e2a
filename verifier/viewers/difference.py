"""What differs between two values, down to the parts that do."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir import types
from verifier.ir.types import Type, Value


def differences(of: Type, old: Value, new: Value, path: str) -> Iterator[tuple[str, str, str]]:
    """The path of each part that differs, as a model writes it, with its old and new value."""
    if old == new:
        return
    match of:
        case types.Map(key, item):
            assert isinstance(old, tuple) and isinstance(new, tuple)
            for k, before, after in zip(types.values(key), old, new, strict=True):
                yield from differences(item, before, after, f"{path}[{types.show(key, k)}]")
        case types.Record(_, fields):
            assert isinstance(old, tuple) and isinstance(new, tuple)
            for (name, kind), before, after in zip(fields, old, new, strict=True):
                yield from differences(kind, before, after, f"{path}.{name}")
        case types.Optional(item) if old != () and new != ():
            assert isinstance(old, tuple) and isinstance(new, tuple)
            yield from differences(item, old[0], new[0], path)
        case _:
            yield path, types.show(of, old), types.show(of, new)
