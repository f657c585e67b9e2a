"""The grammar at work on a text without mistakes: from its tables straight to branches.

The tables are those that the parser library makes of the grammar (`parser.tables`).  To go
through them takes a page, and a run that does it here need not import the library, build its
objects, or compile the hundred patterns of its lexer: a quarter of a second in all.

Nothing here says what is wrong with a text, or that something is: whatever the tables do not lead
through, and whatever exceeds a limit, ends with None.  Then the library reads the text again and
decides.  So the two must agree on the texts that this module accepts, which is tested on all
models and on texts drawn at random.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.language.syntax.lexis import END, NUMBER, OPERATOR, STRING, WORD
from verifier.language.syntax.tree import MAX_DEPTH, MAX_DIGITS, Branch, Word
from verifier.language.syntax.words import RESERVED
from verifier.source import Span

_END = "$END"


@dataclass(frozen=True, slots=True)
class Rule:
    """``size`` items become one branch of the rule ``name``, or their only child where
    ``single``; ``origin`` is the nonterminal.  ``kept``: the items that become children, each
    with whether its own children take its place; None means that the one item stays as it is."""

    origin: str
    size: int
    name: str
    kept: tuple[tuple[int, bool], ...] | None
    single: bool


@dataclass(frozen=True, slots=True)
class Automaton:
    """The tables by state.  An action is the state that follows when the token is read, or, with
    all bits inverted, the number of the rule that is complete before it."""

    actions: Sequence[Mapping[str, int]]
    jumps: Sequence[Mapping[str, int]]
    rules: Sequence[Rule]
    start: int
    end: int
    token: re.Pattern[str]
    tails: Sequence[re.Pattern[str]]
    first: Mapping[str, tuple[str, int]]
    names: Mapping[str, str]
    words: Mapping[str, str]
    operators: Mapping[str, tuple[str, ...]]


def automaton(tables: Mapping[str, Any]) -> Automaton:
    """The tables of `parser.tables`, ready for use."""
    return Automaton(
        **{
            **tables,
            "rules": [Rule(*row) for row in tables["rules"]],
            "token": re.compile(tables["token"]),
            "tails": [re.compile(tail) for tail in tables["tails"]],
        }
    )


def branches(machine: Automaton, text: str, path: str) -> Branch | None:
    """The tree of the text, or None if the parser library has to look at it."""
    reading = _Reading(machine, path)
    at, line, begin = 0, 1, 0
    while True:
        found = machine.token.match(text, at)
        if found is None:
            return None
        group = found.lastindex
        assert group is not None, "one of the groups is what was found"
        start, stop = found.span(group)
        if group == END:
            return reading.finish()
        token = _token(machine, reading.expected(), text, start, stop, group)
        if token is None:
            return None
        kind, stop = token
        lines = text.count("\n", at, start)
        if lines:
            line += lines
            begin = text.rfind("\n", 0, start) + 1
        if not reading.read(kind, text[start:stop], line, start - begin + 1):
            return None
        at = stop


def _token(
    machine: Automaton, expected: Mapping[str, int], text: str, start: int, stop: int, group: int
) -> tuple[str, int] | None:
    """The kind of the token, by what is expected here, and where it ends."""
    whole = text[start:stop]
    if whole in machine.first:
        kind, tail = machine.first[whole]
        found = machine.tails[tail].match(text, stop) if kind in expected else None
        if found is not None:
            return kind, found.end()
    if group == WORD and "NAME" in expected:
        kind = machine.names.get(whole, "NAME")
        if kind in expected and kind != "NAME":
            return kind, stop
        return None if whole in RESERVED else ("NAME", stop)
    if group == WORD:
        kind = machine.words.get(whole, "")
        return (kind, stop) if kind in expected else None
    if group == OPERATOR:
        return next(((kind, stop) for kind in machine.operators[whole] if kind in expected), None)
    if group == NUMBER:
        return ("INTEGER", stop) if len(whole) <= MAX_DIGITS else None
    assert group == STRING, group
    return "STRING", stop


class _Reading:
    """How far a text was read: the items on the stack, and the tokens that they are made of.

    The items lie side by side, so each is given by its first token; it ends before the next one.
    """

    def __init__(self, machine: Automaton, path: str) -> None:
        self.machine = machine
        self.path = path
        self.states = [machine.start]
        # A branch, or a list of children for the next rule, or None: a token, of which no word is
        # made before it turns out that the tree keeps it.
        self.items: list[Any] = []
        self.firsts: list[int] = []
        self.tokens: list[tuple[str, str, int, int, int]] = []  # kind, text, line, columns

    def expected(self) -> Mapping[str, int]:
        """The kinds of tokens that can come next."""
        return self.machine.actions[self.states[-1]]

    def read(self, kind: str, text: str, line: int, column: int) -> bool:
        """Takes a token; False if it does not fit."""
        action = self._reduced(kind)
        if action is None:
            return False
        self.states.append(action)
        self.firsts.append(len(self.tokens))
        self.items.append(None)
        self.tokens.append((kind, text, line, column, column + len(text)))
        return True

    def finish(self) -> Branch | None:
        """The whole tree, if the text may end here and the tree is not too deep."""
        self._reduced(_END)
        if self.states[-1] != self.machine.end:
            return None
        root = self.items[0]
        level: list[Branch] = [root]
        for _ in range(MAX_DEPTH + 1):
            level = [b for branch in level for b in branch.children if type(b) is Branch]
            if not level:
                assert isinstance(root, Branch)
                return root
        return None

    def _reduced(self, kind: str) -> int | None:
        """Completes all rules that end before a token; the action that then remains."""
        machine, states = self.machine, self.states
        action = machine.actions[states[-1]].get(kind)
        while action is not None and action < 0:
            rule = machine.rules[~action]
            if rule.kept is None:
                del states[-1]
            else:
                self._complete(rule, rule.kept)
            states.append(machine.jumps[states[-1]][rule.origin])
            action = machine.actions[states[-1]].get(kind)
        return action

    def _complete(self, rule: Rule, kept: tuple[tuple[int, bool], ...]) -> None:
        items, firsts = self.items, self.firsts
        base = len(items) - rule.size
        children: list[Branch | Word] = []
        for index, spread in kept:
            item = items[base + index]
            if spread:
                children += item
            else:
                children.append(self._word(firsts[base + index]) if item is None else item)
        first = firsts[base] if rule.size else len(self.tokens)
        made: Any
        if rule.single and len(children) == 1:
            made = children[0]
            assert type(made) is Branch, "a token in brackets would have to know its brackets"
        elif rule.origin.startswith("_"):
            made = children
        else:
            made = Branch(rule.name, tuple(children), self._span(first))
        del items[base:], firsts[base:], self.states[len(self.states) - rule.size :]
        items.append(made)
        firsts.append(first)

    def _word(self, number: int) -> Word:
        kind, text, line, column, end = self.tokens[number]
        return Word(kind, text, Span(self.path, line, column, line, end))

    def _span(self, first: int) -> Span:
        """From a token to the last one that was read."""
        if first == len(self.tokens):  # an empty file
            return Span(self.path, 1, 1, 1, 1)
        _, _, line, column, _ = self.tokens[first]
        _, _, last_line, _, end = self.tokens[-1]
        return Span(self.path, line, column, last_line, end)
