"""A model's text with its options decided: what a handler is for one choice of them.

Branches that an option decides are left out and what is left of a condition is folded, on the text
itself, so that what remains has its comments and is what its author wrote.  Options that only count
something stay as names, except those that ``shown`` names.  That the text decided means what the
model means under the choice is tested by checking it in its place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from verifier.language import ast
from verifier.language.files import Sources
from verifier.language.layout.breaks import partners
from verifier.language.layout.pieces import Piece, pieces
from verifier.language.reader import parse_text
from verifier.races.constants import CONNECTIVES, Facts, facts_of, names_of_node, value_of
from verifier.source import Span

_CLOSEST = "closest"
_UNTYPED = "untyped"  # in a `let`: its type comes from all parts of its value
_LOOSE = (ast.Binary, ast.InRange, ast.Conditional, ast.Let, ast.Quantifier, ast.Unary)


def decided(sources: Sources, options: Mapping[str, str], shown: frozenset[str]) -> Sources:
    """The sources with these values of the options put into nodes, actions and functions; ``shown``
    are those that are put in even if they are numbers."""
    texts = decided_texts(sources, options, shown)
    files = {
        name: parse_text(text, name) if text != sources.texts[name] else sources.files[name]
        for name, text in texts.items()
    }
    return dataclasses.replace(sources, files=files, texts=texts)


def decided_texts(
    sources: Sources, options: Mapping[str, str], shown: frozenset[str]
) -> dict[str, str]:
    """The texts alone, not yet read again."""
    facts = facts_of(sources, options, shown)
    return {name: _file(sources, name, facts) for name in sources.files}


# ---- what is left of a text --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Text:
    """A file while it is rewritten: its text, and where its lines begin."""

    name: str
    text: str
    starts: tuple[int, ...]
    facts: Facts

    def place(self, line: int, column: int) -> int:
        """A place as the number of characters before it."""
        return self.starts[line - 1] + column - 1

    def range(self, span: Span) -> tuple[int, int]:
        """Where a piece begins and ends."""
        return self.place(span.line, span.column), self.place(span.end_line, span.end_column)

    def block_after(self, place: int) -> tuple[int, int]:
        """The inside of the first pair of braces at or after a place."""
        tokens, closers = _tokens(self.text, self.name)
        for index, token in enumerate(tokens):
            if token.text == "{" and self.range(token.span)[0] >= place:
                closer = tokens[closers[index]]
                return self.range(token.span)[1], self.range(closer.span)[0]
        raise AssertionError("a block has braces")


@cache
def _tokens(text: str, name: str) -> tuple[tuple[Piece, ...], dict[int, int]]:
    """The tokens of a file, and which braces belong together; most files need neither."""
    found = pieces(text, name)
    return found, partners(found)


_Edit = tuple[int, int, str]


def _file(sources: Sources, name: str, facts: Facts) -> str:
    text = sources.texts[name]
    starts = (0, *accumulate(len(line) + 1 for line in text.split("\n")))
    rewriting = _Text(name, text, starts, facts)
    edits: list[_Edit] = []
    for declaration in sources.files[name].declarations:
        if isinstance(declaration, ast.NodeDecl | ast.ActionDecl | ast.FunctionDecl | ast.World):
            edits += _edits(rewriting, declaration, frozenset(), "")
    return _spliced(text, 0, len(text), edits)


def _spliced(text: str, start: int, end: int, edits: Iterable[_Edit]) -> str:
    out, at = [], start
    for first, last, new in sorted(edits):
        assert start <= first >= at and last <= end, "pieces of a text lie in each other"
        out += [text[at:first], new]
        at = last
    return "".join((*out, text[at:end]))


def _edits(on: _Text, node: object, local: frozenset[str], parent: str) -> Iterator[_Edit]:
    """What changes in a piece of the tree; ``parent`` says how close what is around it binds."""
    if isinstance(node, tuple):
        for item in node:
            yield from _edits(on, item, local, parent)
            local |= _introduced(item)
        return
    if not dataclasses.is_dataclass(node) or isinstance(node, Span | ast.Requirement):
        return
    if isinstance(node, ast.IfStatement) and _is_decided(node, on.facts, local):
        start, end = on.range(node.span)
        left = _if(on, node, local)[0].lstrip()
        if not left:
            end += len(on.text[end:]) - len(on.text[end:].lstrip())
        yield start, end, left
        return
    if isinstance(node, ast.Name | ast.Call | ast.Unary | ast.Binary | ast.Conditional):
        new = _folded(on, node, local, parent)
        if new is not None:
            yield (*on.range(node.span), new)
            return
    bound, around = local | _bound(node), _around(node)
    for field in dataclasses.fields(node):
        yield from _edits(on, getattr(node, field.name), bound, around)


def _introduced(statement: object) -> frozenset[str]:
    """The names that a statement gives a meaning for those after it."""
    match statement:
        case ast.LetStatement(name=name) | ast.Choose(variable=name):
            return frozenset({name.text})
        case _:
            return frozenset()


def _bound(node: object) -> frozenset[str]:
    """The names that a piece of the tree gives a meaning of its own inside."""
    match node:
        case ast.Let(name=name) | ast.ForStatement(variable=name) | ast.Quantifier(variable=name):
            return frozenset({name.text})
        case ast.Choose(variable=name):
            return frozenset({name.text})
        case ast.InFlight(variable=variable) if variable is not None:
            return frozenset({variable.text})
        case ast.Handler(pattern=pattern):
            return _of_pattern(pattern)
        case ast.Ignore(patterns=patterns) | ast.Defer(patterns=patterns):
            return frozenset().union(*map(_of_pattern, patterns))
        case ast.NodeDecl():
            return names_of_node(node)
        case ast.FunctionDecl() | ast.Procedure() | ast.ActionDecl():
            return frozenset(p.name.text for p in node.parameters)
        case _:
            return frozenset()


def _of_pattern(pattern: ast.Pattern) -> frozenset[str]:
    return frozenset(n.text for n in (pattern.variable, pattern.sender) if n is not None)


def _around(node: object) -> str:
    """How close a piece of the tree binds its parts; nothing if it cannot take a part of them away
    from each other."""
    match node:
        case ast.Binary(op=op):
            return op
        case ast.Unary() | ast.Select() | ast.Index() | ast.InRange():
            return _CLOSEST
        case ast.LetStatement() | ast.Let():
            return _UNTYPED
        case _:
            return ""


def _folded(on: _Text, node: ast.Expr, local: frozenset[str], parent: str) -> str | None:
    """The text that stands for an expression, if it is not just that of its parts."""
    match value_of(node, on.facts, local):
        case bool(value):
            return "true" if value else "false"
        case int() | str() as found:
            return str(found)
        case None:
            pass
    kept = _kept(node, on.facts, local)
    if kept is None or (parent == _UNTYPED and isinstance(kept, ast.Nothing)):
        return None
    start, end = on.range(node.span)
    before, after = on.text[:start].rstrip(), on.text[end:].lstrip()
    if before.endswith("(") and after.startswith(")"):
        parent = ""
    return _whole(on, kept, local, parent)


def _kept(node: ast.Expr, facts: Facts, local: frozenset[str]) -> ast.Expr | None:
    """The part of an expression that it is, if the others are constant."""
    match node:
        case ast.Binary(op="and" | "or" as op, left=left, right=right):
            neutral = op == "and"
            if value_of(left, facts, local) is neutral:
                return right
            return left if value_of(right, facts, local) is neutral else None
        case ast.Binary(op="implies", left=left, right=right):
            return right if value_of(left, facts, local) is True else None
        case ast.Conditional(condition=condition, then=then, otherwise=otherwise):
            which = value_of(condition, facts, local)
            return None if which is None else then if which is True else otherwise
        case _:
            return None


def _whole(on: _Text, node: ast.Expr, local: frozenset[str], parent: str) -> str:
    """The text of an expression that comes to stand elsewhere."""
    new = _folded(on, node, local, parent)
    if new is not None:
        return new
    text = _spliced(on.text, *on.range(node.span), _edits(on, node, local, parent))
    return f"({text})" if _is_loose(node, parent) else text


def _is_loose(node: ast.Expr, parent: str) -> bool:
    """Whether what is around an expression would take a part of it away."""
    if parent in ("", _UNTYPED):
        return False
    if parent not in CONNECTIVES:
        return isinstance(node, _LOOSE)
    if isinstance(node, ast.Binary) and node.op in CONNECTIVES:
        if node.op == parent:
            return parent == "implies"
        return CONNECTIVES.index(node.op) < CONNECTIVES.index(parent)
    return isinstance(node, ast.Conditional | ast.Let | ast.Quantifier)


# ---- statements --------------------------------------------------------------------------------


def _is_decided(node: ast.IfStatement, facts: Facts, local: frozenset[str]) -> bool:
    """Whether one of the conditions of an ``if``, or of those behind its ``else``, is constant."""
    if value_of(node.condition, facts, local) is not None:
        return True
    match node.otherwise:
        case (ast.IfStatement() as inner,):
            return _is_decided(inner, facts, local)
        case _:
            return False


def _if(on: _Text, node: ast.IfStatement, local: frozenset[str]) -> tuple[str, bool]:
    """The statements that are left of an ``if``, and whether they are still one."""
    start, end = on.block_after(on.range(node.condition.span)[1])
    then = _block(on, start, end, node.then, local)
    match node.otherwise:
        case None:
            otherwise, chained = "", False
        case (ast.IfStatement() as inner,):
            otherwise, chained = _if(on, inner, local)
        case statements:
            otherwise, chained = _block(on, *on.block_after(end), statements, local), False
    match value_of(node.condition, on.facts, local):
        case True:
            return then, False
        case False:
            return otherwise, chained
        case _:
            condition = _whole(on, node.condition, local, "")
            text = f"if {condition} {{{then} }}"
            if chained:
                return f"{text} else {otherwise.strip()}", True
            return (f"{text} else {{{otherwise} }}" if otherwise.strip() else text), True


def _block(
    on: _Text, start: int, end: int, statements: tuple[ast.Statement, ...], local: frozenset[str]
) -> str:
    """The inside of a pair of braces; a comment at its end does not hide what comes behind it."""
    text = _spliced(on.text, start, end, _edits(on, statements, local, "")).rstrip()
    return f"{text}\n" if "//" in text else text
