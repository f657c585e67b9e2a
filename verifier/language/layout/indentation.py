"""How far each line is indented: two columns for what is inside, four for what goes on in a head.

A line that goes on with an expression is indented by two more than the line it goes on with,
``when`` and ``where`` by four more than their declaration, so that a guard does not look like
the body below it.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from verifier.language.layout.breaks import CLAUSES
from verifier.language.layout.pieces import CLOSERS, OPENERS, Piece

_HEADS = frozenset({
    "if", "for", "on", "action", "environment", "procedure", "weakly", "strongly", "ignore",
    "defer", "node", "function", "timer"
})  # fmt: skip
_PROPERTIES = (
    "invariant", "lemma", "step", "reachable", "flow", "eventually", "leads_to", "ltl"
)  # fmt: skip
_LOOSENESS = {"implies": 0, "or": 1, "and": 2}


@dataclass(slots=True)
class _Level:
    """What is open at a place: the file, or a bracket."""

    indent: int  # of the line that closes it
    base: int  # of what begins a line in it
    start: int  # of the item or element that was begun last
    anchor: int  # of the line that a further line goes on with
    is_list: bool = False  # an element follows a comma, not more of an item
    gap: int = 2  # between the beginning of an item and its clauses
    head: bool = False  # the item has a body below
    property: bool = False  # the body of the item comes after its last colon
    colons: int = 0  # of the item so far
    ends_head: bool = False  # the last colon is one before the body
    clause: bool = False  # 'on' or 'when' before the body
    chain: list[tuple[int, int]] = field(default_factory=list)
    """Looseness and indentation of the operators that began the last lines."""


def indentations(pieces: Sequence[Piece], starts: Set[int], blocks: Set[int]) -> dict[int, int]:
    """The indentation of every line, by the piece that begins it."""
    levels = [_Level(0, 0, 0, -2)]
    found: dict[int, int] = {}
    current = 0
    before: Piece | None = None
    for index, piece in enumerate(pieces):
        level = levels[-1]
        if piece.is_comment:
            if index in starts:
                found[index] = _of_comment(pieces, index, level, before)
                current = found[index]
            continue
        closes = piece.text in CLOSERS
        if index in starts:
            current = level.indent if closes else _begin(piece, before, level)
            found[index] = current
        elif piece.item and piece.item != "flow line":
            _anchor(level, level.base, restart=True)  # in a block on one line
        if piece.item:
            word = piece.text.split()[0]
            level.head, level.property = word in _HEADS, word in _PROPERTIES
            level.colons, level.ends_head, level.clause = 0, False, False
            level.gap = 2 if piece.item == "statement" else 4
        elif level.colons == 1 and level.ends_head and piece.text in ("on", "when"):
            level.clause, level.ends_head = True, False
        elif piece.text == ":":
            level.colons += 1
            level.ends_head = level.property and (level.colons == 1 or level.clause)
            level.clause = False
        else:
            level.ends_head = False
        if closes:
            levels.pop()
        elif piece.text in OPENERS:
            indent = level.start if index in blocks else current
            goes_on = indent if _next_in_line(pieces, index, starts) else indent + 2
            levels.append(_Level(indent, indent + 2, goes_on, goes_on, index not in blocks))
        before = piece
    return found


def _begin(piece: Piece, before: Piece | None, level: _Level) -> int:
    """The indentation of a line inside ``level``, which it may change."""
    if piece.item:
        return _anchor(level, level.base + (2 if piece.item == "flow line" else 0), restart=True)
    if before is not None and before.text in OPENERS:
        return _anchor(level, level.base, restart=True)
    if before is not None and before.text == ",":
        if level.is_list:
            return _anchor(level, level.base, restart=True)
        return level.start + 2
    if level.ends_head or (before is not None and before.text == "="):
        return _anchor(level, level.start + 2)
    if piece.text in CLAUSES and piece.kind != "NAME":
        return _anchor(level, level.start + level.gap)
    if before is not None and before.text == ":":
        return _anchor(level, level.anchor + 2)
    if piece.text == "else":
        return level.anchor
    if piece.text in _LOOSENESS:
        return _operator(level, _LOOSENESS[piece.text])
    return _further(level)


def _anchor(level: _Level, indent: int, restart: bool = False) -> int:
    level.anchor = indent
    level.chain = []
    if restart:
        level.start = indent
    return indent


def _further(level: _Level) -> int:
    """A line that goes on: further right than the body of a declaration, if it has one."""
    return level.anchor + (4 if level.head and level.anchor == level.start else 2)


def _operator(level: _Level, looseness: int) -> int:
    """Under the operators that bind as tightly, right of those that bind more loosely."""
    while level.chain and level.chain[-1][0] > looseness:
        level.chain.pop()
    if level.chain and level.chain[-1][0] == looseness:
        return level.chain[-1][1]
    indent = level.chain[-1][1] + 2 if level.chain else _further(level)
    level.chain.append((looseness, indent))
    return indent


def _of_comment(pieces: Sequence[Piece], index: int, level: _Level, before: Piece | None) -> int:
    """That of the code below it."""
    for piece in pieces[index + 1 :]:
        if piece.is_comment:
            continue
        if piece.text in CLOSERS:
            return level.base
        return _begin(piece, before, replace(level, chain=list(level.chain)))
    return level.base


def _next_in_line(pieces: Sequence[Piece], index: int, starts: Set[int]) -> bool:
    return index + 1 < len(pieces) and index + 1 not in starts
