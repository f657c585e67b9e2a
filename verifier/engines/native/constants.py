"""Tables of constants that the code of a module reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier.engines.native.code import Pointer


@dataclass(slots=True)
class Constants:
    """Tables of the module that its functions read."""

    lines: list[str] = field(default_factory=list)
    known: dict[tuple[int, ...], str] = field(default_factory=dict)

    def table(self, words: Sequence[int]) -> Pointer:
        """A constant row of words."""
        key = tuple(words)
        if key not in self.known:
            name = self.known[key] = f"@table{len(self.known)}"
            items = ", ".join(f"i64 {word}" for word in key)
            self.lines.append(
                f"{name} = private unnamed_addr constant [{len(key)} x i64] [{items}]"
            )
        return self.known[key]
