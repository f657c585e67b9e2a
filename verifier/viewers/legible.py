"""Text of a model as it may stand anywhere: what cannot be seen is spelled out.

A name or a string in a model can hold control characters, which a terminal would obey, and marks
that turn the direction of what follows, which would make a page say something else.
"""

from __future__ import annotations


def legible(text: str) -> str:
    """The text with every character that shows nothing, or moves others, as its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)
