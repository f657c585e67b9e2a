"""The concrete syntax tree, free of the parser library: branches named by rules, and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.language import ast
from verifier.source import Span

MAX_DEPTH = 100
"""Of the tree.  What comes after the parser is recursive; far more than people write."""
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Word:
    """A token that carries more than its presence: a name, a number, a string, an operator."""

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Branch:
    """A rule, or the alternative of a rule, that the text was recognised as."""

    rule: str
    children: tuple[Branch | Word, ...]
    span: Span

    def branches(self, *rules: str) -> Iterator[Branch]:
        """The children made by one of these rules, by any without rules."""
        for child in self.children:
            if isinstance(child, Branch) and (not rules or child.rule in rules):
                yield child

    def find(self, rule: str) -> Branch | None:
        """The child made by this rule, if it is there."""
        return next(self.branches(rule), None)

    def words(self, kind: str) -> Iterator[Word]:
        """The child tokens of a kind."""
        for child in self.children:
            if isinstance(child, Word) and child.kind == kind:
                yield child

    def has(self, kind: str) -> bool:
        """Whether there is a token of this kind."""
        return next(self.words(kind), None) is not None

    def branch(self, position: int) -> Branch:
        """The child at a position where the grammar has a rule."""
        child = self.children[position]
        assert isinstance(child, Branch), f"{self.rule}: {child} is a token"
        return child

    def word(self, position: int) -> Word:
        """The child at a position where the grammar has a token."""
        child = self.children[position]
        assert isinstance(child, Word), f"{self.rule}: {child} is not a token"
        return child


def ident(word: Word) -> ast.Ident:
    """A name."""
    assert word.kind == "NAME", f"{word} is not a name"
    return ast.Ident(word.text, word.span)


def first_ident(branch: Branch) -> ast.Ident:
    """The name that stands first, which is what a declaration declares."""
    return ident(next(branch.words("NAME")))


def only_ident(branch: Branch | None) -> ast.Ident | None:
    """The name in a part that may be left out."""
    return None if branch is None else first_ident(branch)


def idents(branch: Branch) -> tuple[ast.Ident, ...]:
    """All names that are children, in order."""
    return tuple(ident(word) for word in branch.words("NAME"))


def quoted(word: Word) -> str:
    """What stands between the quotation marks; the language has no escapes."""
    assert word.kind == "STRING", f"{word} is not a string"
    return word.text[1:-1]


def requirements(branch: Branch) -> tuple[ast.Requirement, ...]:
    """The ``@ "id"`` of a declaration."""
    ids = branch.find("ids")
    if ids is None:
        return ()
    return tuple(ast.Requirement(quoted(word), word.span) for word in ids.words("STRING"))
