"""Text of a model as it may stand anywhere: what cannot be seen is spelled out.

A name or a string in a model can hold control characters, which a terminal would obey, and marks
that turn the direction of what follows, which would make a page say something else.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator


def legible(text: str) -> str:
    """The text with every character that shows nothing, or moves others, as its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


def columns(text: str) -> int:
    """How many columns the text takes: East Asian characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def broken(
    text: str, width: int, first: str = "", more: str = "", *, breaking: bool = True
) -> list[str]:
    """The text in lines of so many columns, which begin with ``first`` and ``more``.  Words that
    are longer stay whole unless ``breaking``; those of wide characters are never whole words."""
    if columns(text) > len(text):
        return list(_broken_wide(text, width, first, more))
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=more,
        break_long_words=breaking,
        break_on_hyphens=False,
    )


def _broken_wide(text: str, width: int, first: str, more: str) -> Iterator[str]:
    """As `broken`, counted in columns: words of wide characters have no spaces between them."""
    line, room = first, width - columns(first)
    for word in re.findall(r"\s*\S+", text):
        if columns(word) > room and columns(word.strip()) <= width - columns(more):
            if line.strip():
                yield line.rstrip()
            line, room, word = more, width - columns(more), word.strip()
        for character in word:
            if columns(character) > room:
                yield line.rstrip()
                line, room = more, width - columns(more)
            line, room = line + character, room - columns(character)
    if line.strip():
        yield line.rstrip()
