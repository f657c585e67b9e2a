"""A model in the canonical layout, its comments in place: ``verify fmt``.

Works on the tokens, so that redundant parentheses and the grouping of lines, which say something
to a reader and nothing to the syntax tree, survive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from verifier.language.layout.breaks import (
    best_break,
    blocks,
    is_attached,
    is_spread,
    line_starts,
    partners,
)
from verifier.language.layout.indentation import indentations
from verifier.language.layout.pieces import Piece, pieces

WIDTH = 100


def format_text(text: str, file: str) -> str:
    """The text with canonical spaces, indentation and line breaks; ``file`` names it in errors.

    Raises:
        SourceError: the text is not a sentence of the grammar.
    """
    parts = pieces(text.removeprefix("\ufeff").replace("\r\n", "\n"), file)
    if not parts:
        return ""
    closers = partners(parts)
    inside = blocks(parts, closers)
    spread = {
        opener
        for opener, items in inside.items()
        if is_spread(parts, opener, closers[opener], items)
    }
    extra: set[int] = set()
    while True:
        starts = line_starts(parts, spread, extra)
        indents = indentations(parts, starts, inside.keys())
        lines = _lines(parts, starts)
        changed = False
        for line in lines:
            fits = _fitting(parts, line, indents[line[0]])
            if fits is None:
                continue
            flat = [index for index in line if index in inside and index not in spread]
            flat = [opener for opener in flat if closers[opener] in line]
            if flat:
                spread.add(flat[0])
                changed = True
                continue
            place = best_break(parts, line, fits)
            if place is not None and place not in extra:
                extra.add(place)
                changed = True
        if not changed:
            return _text(parts, lines, indents)


def _lines(parts: Sequence[Piece], starts: frozenset[int]) -> list[list[int]]:
    lines: list[list[int]] = []
    for index in range(len(parts)):
        if index in starts:
            lines.append([])
        lines[-1].append(index)
    return lines


def _fitting(parts: Sequence[Piece], line: Sequence[int], indent: int) -> int | None:
    """How many pieces of a line that is too long are within the width; None if all are.  A comment
    at the end does not count: it would not become shorter."""
    width = indent
    for position, index in enumerate(line):
        piece = parts[index]
        if piece.is_comment and position == len(line) - 1:
            return None
        gap = _gap(parts[line[position - 1]], piece) if position else ""
        width += len(gap) + len(piece.text)
        if width > WIDTH:
            return position
    return None


def _text(parts: Sequence[Piece], lines: Sequence[Sequence[int]], indents: dict[int, int]) -> str:
    out: list[tuple[int, str, str]] = []  # indentation, code, the comment at its end
    for line in lines:
        if out and _blank_before(parts, line[0]):
            out.append((0, "", ""))
        indent = indents[line[0]]
        code, ending = list(line), ""
        if len(line) > 1 and parts[line[-1]].is_comment:
            ending = parts[code.pop()].text
        text = " " * indent + parts[code[0]].text
        for left, right in pairwise(code):
            text += _gap(parts[left], parts[right]) + parts[right].text
        out.append((indent, text, ending))
    return "\n".join(_aligned(out)) + "\n"


def _aligned(lines: Sequence[tuple[int, str, str]]) -> Iterator[str]:
    """The comments at the ends of neighbouring lines begin in one column."""
    for _, group in groupby(lines, key=lambda line: (line[0], not line[1])):
        held = list(group)
        width = max((len(text) for _, text, ending in held if ending), default=0)
        for _, text, ending in held:
            yield f"{text:{width}}  {ending}" if ending else text


def _blank_before(parts: Sequence[Piece], index: int) -> bool:
    """Blank lines become one, and none just inside a brace."""
    before, piece = parts[index - 1], parts[index]
    if before.text == "{" or (piece.text == "}" and not piece.is_comment):
        return False
    return piece.span.line - before.span.end_line > 1


def _gap(before: Piece, piece: Piece) -> str:
    """What stands between two pieces of a line."""
    if piece.is_comment or piece.text == "@":
        return "  "
    if before.is_comment:
        return " "
    if piece.item == "statement" and before.text != "{":
        return "; "
    if piece.text == "?" and before.text == "?":
        return " "  # two of them in one are an operator
    if piece.text in (",", ";", ":", ".", "?", "..", ")", "]"):
        return ""
    if before.kind == "OPEN_END":
        return " "
    if before.text in (".", "..", "(", "[") or (before.tight and before.text != "}"):
        return ""
    if piece.text == "}" and piece.tight:
        return ""
    if piece.text in ("(", "[") and is_attached(piece, before):
        return ""
    return " "
