"""Where the comments of a text are: the parser throws them away, the printer may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.language import ast
from verifier.source import Span

_PIECES = re.compile(
    r'"[^"\n]*"|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)|(?P<open>/\*)', re.DOTALL
)


def comments(text: str, path: str) -> tuple[ast.Comment, ...]:
    """All comments in order."""
    found = []
    line, start = 1, 0  # of the line that holds the current place
    seen = 0
    for begin, end in _pieces(text):
        line += text.count("\n", seen, begin)
        start = text.rfind("\n", 0, begin) + 1
        inner = text[begin:end]
        last_line = line + inner.count("\n")
        last_start = text.rfind("\n", 0, end) + 1 if last_line > line else start
        span = Span(path, line, begin - start + 1, last_line, end - last_start + 1)
        found.append(ast.Comment(inner, span, not text[start:begin].strip()))
        line, seen = last_line, end
    return tuple(found)


def outside_comments(text: str) -> str:
    """The text with its comments blanked, each character in its place."""
    pieces: list[str] = []
    seen = 0
    for begin, end in _pieces(text):
        pieces += (text[seen:begin], re.sub(r"[^\n]", " ", text[begin:end]))
        seen = end
    return "".join((*pieces, text[seen:]))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    for match in _PIECES.finditer(text):
        if match["comment"]:
            yield match.span()
        elif match["open"]:
            yield match.start(), len(text)
            return
