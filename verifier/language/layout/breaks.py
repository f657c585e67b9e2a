"""Before which pieces a line begins.

The writer's own breaks stay where they may stand, for they group what belongs together; every
declaration and statement begins a line, except in a block that was written on one line and fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.language.layout.pieces import CLOSERS, OPENERS, Piece

CLAUSES = ("when", "where", "via", "extends", "@", "needs", "costs")
_GLUED = (",", ".", "..", ":", "?", ";")
_CLASSES = {
    "implies": 2, "or": 3, "and": 4, "then": 5, "else": 5, "+": 7, "-": 7, "|": 7, "??": 7,
    "*": 8, "/": 8, "%": 8, "&": 8, "==": 8, "!=": 8, "<": 8, ">": 8, "<=": 8, ">=": 8, "to": 6,
}  # fmt: skip
"""How readily a line is broken before an operator; less is better."""
_NAMING = ("{", ",", "(", "from", "var", "option", "bound", "const", "instance", "->")
"""What stands before a name that is followed by a colon, where no body begins."""


def partners(pieces: Sequence[Piece]) -> dict[int, int]:
    """The closing bracket of every opening one."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.is_comment:
            continue
        if piece.text in OPENERS:
            stack.append(index)
        elif piece.text in CLOSERS:
            found[stack.pop()] = index
    return found


def blocks(pieces: Sequence[Piece], closers: dict[int, int]) -> dict[int, tuple[int, ...]]:
    """The braces that hold declarations or statements, with the items directly in them."""
    found: dict[int, tuple[int, ...]] = {}
    stack: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.is_comment:
            continue
        if piece.item and piece.item != "flow line" and stack:
            found[stack[-1]] = (*found.get(stack[-1], ()), index)
        if piece.text in OPENERS:
            stack.append(index)
        elif piece.text in CLOSERS:
            stack.pop()
    return {opener: items for opener, items in found.items() if opener in closers}


def is_spread(pieces: Sequence[Piece], opener: int, closer: int, items: Sequence[int]) -> bool:
    """Whether a block takes several lines."""
    if pieces[opener].span.line != pieces[closer].span.line:
        return True
    return len(items) > 1 and pieces[items[0]].item == "declaration"


def line_starts(
    pieces: Sequence[Piece], spread: Iterable[int], extra: Iterable[int]
) -> frozenset[int]:
    """The pieces that begin a line; ``spread`` are the blocks that take several lines, ``extra``
    are breaks that keep lines short."""
    closers = partners(pieces)
    insides = blocks(pieces, closers)
    wide = set(spread)
    forced = {0} | set(extra)
    glued: set[int] = set()
    for opener, closer in closers.items():
        if opener in insides:
            inside = set(insides[opener])
            if opener in wide:
                forced |= {_first_inside(pieces, opener), closer} | inside
                if closer + 1 < len(pieces) and pieces[closer + 1].text == "else":
                    glued.add(closer + 1)
            else:
                glued |= {opener + 1, closer} | inside
        elif _breaks_between(pieces, opener + 1) and opener + 1 != closer:
            forced.add(closer)
        else:
            glued.add(closer)
    starts = set()
    for index, piece in enumerate(pieces):
        own = _may_begin(pieces, index) and _breaks_between(pieces, index)
        asked = index not in glued and (piece.item != "" or own)
        if asked or index in forced or _must_begin(pieces, index):
            starts.add(index)
    return frozenset(starts)


def _first_inside(pieces: Sequence[Piece], opener: int) -> int:
    """What begins the first line in a block: not a comment on the line of its brace."""
    comment = pieces[opener + 1].is_comment and not pieces[opener + 1].own_line
    return opener + (2 if comment else 1)


def best_break(pieces: Sequence[Piece], line: Sequence[int], fits: int) -> int | None:
    """Where to break a line that is too long; its first ``fits`` pieces are within the limit."""
    depth = 0
    joined: set[int] = set()
    best: tuple[tuple[int, int, int], int] | None = None
    for position, index in enumerate(line):
        piece = pieces[index]
        if not piece.is_comment and piece.text in CLOSERS:
            joined.discard(depth)
            depth -= 1
        if position > 0 and _may_begin(pieces, index) and not piece.is_comment:
            kind = _class(pieces, index)
            if kind == 1 and depth in joined:
                kind = 9  # the body of a part that an operator has joined to what is before
            if kind is not None:
                late = 0 if position <= fits else 1
                # The first where a body begins, else the last of the best places that fit, else
                # the first behind them.
                score = (late, depth, kind)
                later = score[1:] == best[0][1:] and kind != 1 and not late if best else False
                if best is None or score < best[0] or later:
                    best = score, index
        if piece.text in ("implies", "or", "and"):
            joined.add(depth)
        if not piece.is_comment and piece.text in OPENERS:
            depth += 1
    return None if best is None else best[1]


def _class(pieces: Sequence[Piece], index: int) -> int | None:
    piece, before = pieces[index], pieces[index - 1]
    if piece.text in CLAUSES and piece.kind != "NAME":
        return 0
    if before.text == "=" or (before.text == ":" and not _gives_type_or_value(pieces, index - 1)):
        return 1
    if before.text == ",":
        return 4
    if before.text == ":=":
        return 6
    return None if piece.tight else _CLASSES.get(piece.text)


def _gives_type_or_value(pieces: Sequence[Piece], colon: int) -> bool:
    """Whether the colon stands behind the name of a field, a parameter or a variable."""
    named = colon > 1 and pieces[colon - 1].kind == "NAME"
    return named and pieces[colon - 2].text in _NAMING


def _must_begin(pieces: Sequence[Piece], index: int) -> bool:
    """A comment that stood alone does so again, and nothing follows a comment on its line."""
    piece, before = pieces[index], pieces[index - 1]
    if index == 0 or piece.own_line or before.is_line_comment:
        return True
    return before.is_comment and _breaks_between(pieces, index)


def _may_begin(pieces: Sequence[Piece], index: int) -> bool:
    piece, before = pieces[index], pieces[index - 1]
    if piece.is_comment or before.is_comment:
        return True
    if piece.text in _GLUED or (before.tight and before.text == "-"):
        return False
    if before.text in (".", "..") and before.kind != "OPEN_END":
        return False
    if piece.text == "{" or (piece.text in ("(", "[") and is_attached(piece, before)):
        return False
    return piece.kind not in ("_STEPS", "_STATES")


def is_attached(piece: Piece, before: Piece) -> bool:
    """Whether a bracket belongs to what it follows: an index, the arguments of a call."""
    if piece.text == "[":
        return before.kind == "NAME" or before.text in (")", "]")
    return before.kind == "NAME" or before.kind.endswith("_FUNCTION") or before.text in _CALLED


_CALLED = ("count", "count_in_flight", "in_flight", "now", "old", "running")


def _breaks_between(pieces: Sequence[Piece], index: int) -> bool:
    """Whether the writer broke the line before this piece."""
    return index > 0 and pieces[index - 1].span.end_line < pieces[index].span.line
