"""Text as Markdown that shows it, and reads nothing into it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

_MARKS = frozenset("\\`*_{}[]<>|~#&!$^")


def escaped(text: str) -> str:
    """A piece of a line: what Markdown would take for markup is text."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"\\{c}" if c in _MARKS and c in string.punctuation else c for c in shown)


def paragraph(text: str) -> str:
    """Prose of a catalogue as one paragraph; only what stands between backticks is code."""
    words = " ".join(text.split())
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return _unlisted(escaped(words))
    shown = (code(part) if index % 2 else escaped(part) for index, part in enumerate(parts))
    return _unlisted("".join(shown))


def _unlisted(line: str) -> str:
    """A line that begins no list and no heading."""
    return re.sub(r"^(\d+)([.)])|^([-+=])", lambda m: f"{m[1] or ''}\\{m[2] or m[3]}", line)


def code(text: str) -> str:
    """A piece of code in a line."""
    shown = "".join(c if c.isprintable() else " " for c in text) or " "
    ticks = "`" * (_longest(shown) + 1)
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{edge}{shown}{edge}{ticks}"


def cell_code(text: str) -> str:
    """A piece of code in a cell of a table, where a bar ends the cell even inside code."""
    return escaped(text) if "|" in text else code(text)


def fence(language: str, lines: Iterable[str]) -> Iterator[str]:
    """A block of code; the fence is longer than any in it."""
    held = ["".join(c if c.isprintable() else " " for c in line) for line in lines]
    ticks = "`" * max(3, 1 + max(map(_longest, held), default=0))
    yield f"{ticks}{language}"
    yield from held
    yield ticks


def row(*cells: str) -> str:
    """A row of a table of cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def _longest(text: str) -> int:
    """The longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)
