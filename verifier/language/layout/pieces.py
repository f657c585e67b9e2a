"""The tokens and comments of a model in order, with what the layout must know about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from verifier.language import ast
from verifier.language.parser import parse_text, tokens
from verifier.language.syntax.tree import Word
from verifier.source import Span

OPENERS = ("(", "[", "{")
CLOSERS = (")", "]", "}")

_ITEMS = (
    ast.Import, ast.Option, ast.Variant, ast.Const, ast.EnumDecl, ast.TypeDecl, ast.RecordDecl,
    ast.MessageDecl, ast.ChannelDecl, ast.FunctionDecl, ast.World, ast.NodeDecl, ast.Instance,
    ast.ActionDecl, ast.InvariantDecl, ast.StepDecl, ast.ReachableDecl, ast.FlowDecl, ast.Final,
    ast.Expect, ast.Liveness, ast.VariableDecl, ast.TimerDecl, ast.Handler, ast.TimeoutHandler,
    ast.Ignore, ast.Defer, ast.Procedure,
)  # fmt: skip
_STATEMENTS = (
    ast.Assign, ast.IfStatement, ast.ForStatement, ast.Choose, ast.LetStatement, ast.Send,
    ast.TimerStatement, ast.Assert, ast.CallStatement,
)  # fmt: skip
_FLOW_LINES = (ast.FlowMessage, ast.FlowDo, ast.FlowWithout, ast.FlowGiven, ast.FlowThen)


@dataclass(frozen=True, slots=True)
class Piece:
    """A token or a comment."""

    text: str
    kind: str  # of the token; "RECORD_END" of the brace that closes fields; "OPEN_END" of the dots
    # of a range without an upper bound; "COMMENT"
    span: Span
    item: str = ""  # what begins here: "declaration", "statement", "flow line"
    tight: bool = False  # a brace of a set, the minus of a negative value
    own_line: bool = False  # of a comment

    @property
    def is_comment(self) -> bool:
        return self.kind == "COMMENT"

    @property
    def is_line_comment(self) -> bool:
        return self.is_comment and self.text.startswith("//")


def pieces(text: str, file: str) -> tuple[Piece, ...]:
    """All that will be printed.  Left out are the semicolons between statements, which line breaks
    make needless, and the comma before a closing brace or bracket."""
    tree = parse_text(text, file)
    starts: dict[tuple[int, int], str] = {}
    tight: set[tuple[int, int]] = set()
    open_ends: set[tuple[int, int]] = set()
    for node in _nodes(tree):
        match node:
            case ast.SetValue():
                tight.add(_place(node.span))
            case ast.Unary(op="-"):
                tight.add(_place(node.span))
            case ast.RangeType(high=None):
                open_ends.add((node.span.end_line, node.span.end_column - len("..")))
            case _ if isinstance(node, _STATEMENTS):
                starts[_place(node.span)] = "statement"
            case _ if isinstance(node, _FLOW_LINES):
                starts[_place(node.span)] = "flow line"
            case _ if isinstance(node, _ITEMS):
                starts[_place(node.span)] = "declaration"
    words = tokens(text, file)
    found: list[Piece] = []
    open_braces: list[tuple[str, bool]] = []
    for index, word in enumerate(words):
        if word.kind == "MODEL" and index == 0:
            starts[_place(word.span)] = "declaration"
        following = words[index + 1] if index + 1 < len(words) else None
        if _needless(word, following, starts):
            continue
        item = starts.get(_place(word.span), "")
        if item == "statement" and words[index - 1].kind == "ELSE":
            item = ""  # an 'else if' is one statement
        is_tight = _place(word.span) in tight and word.kind != "LPAR"
        kind, shown = word.kind, " ".join(word.text.split())
        kind = "OPEN_END" if _place(word.span) in open_ends else kind
        if kind in ("LBRACE", "_BRACE_FIELD"):
            open_braces.append((kind, is_tight))
        elif kind == "RBRACE":
            opener, is_tight = open_braces.pop()
            kind = "RECORD_END" if opener == "_BRACE_FIELD" else kind
        found.append(Piece(shown, kind, word.span, item, is_tight))
    found.extend(
        Piece(_trimmed(comment.text), "COMMENT", comment.span, own_line=comment.own_line)
        for comment in tree.comments
    )
    return tuple(sorted(found, key=lambda piece: _place(piece.span)))


def _needless(word: Word, following: Word | None, starts: dict[tuple[int, int], str]) -> bool:
    if following is None:
        return False
    if word.kind == "COMMA":
        return following.kind in ("RBRACE", "RPAR", "RSQB")
    if word.kind == "SEMICOLON":
        return following.kind == "RBRACE" or starts.get(_place(following.span)) == "statement"
    return False


def _trimmed(comment: str) -> str:
    return "\n".join(line.rstrip() for line in comment.split("\n"))


def _place(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _nodes(root: ast.File) -> Iterator[object]:
    """All nodes of the syntax tree."""
    todo: list[object] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, tuple):
            todo.extend(node)
        elif is_dataclass(node) and not isinstance(node, Span | ast.Comment):
            yield node
            todo.extend(getattr(node, field.name) for field in fields(node))
