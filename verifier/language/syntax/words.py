"""Which words are reserved, and when the other words of the grammar are names all the same.

A model is full of names that the grammar knows too: a state called ``running``, a parameter
called ``to``.  So only the words that stand inside expressions and statements are reserved.  The
others are names wherever a name fits, which the lexer knows from the state of the parser; in three
places that does not suffice, and the text behind the word decides:

* the built-in functions (`CALLS`) are keywords only before ``(``;
* the dots of a type without an upper bound are told by what follows them: after ``int 0..step`` a
  bound was meant, after ``int 0.. step`` the next declaration;
* after a complete expression both a declaration and a statement that begins with a name may
  follow (`OPENERS`): a word before ``:=``, ``.``, ``[`` and so on is a name.
"""

from __future__ import annotations

import re

RESERVED = frozenset({
    "all", "and", "assert", "bool", "choose", "else", "exists", "false", "for", "given", "if",
    "implies", "in", "int", "let", "none", "not", "or", "quiet", "self", "send", "stamp", "then",
    "timeout", "true", "when", "where", "with"
})  # fmt: skip
"""Never a name, even where the grammar could tell."""

CALLS = frozenset({
    "count", "count_in_flight", "in_flight", "map", "now", "old", "room", "running", "set"
})  # fmt: skip
"""Built-in functions with a syntax of their own."""

ELSEWHERE = frozenset({"map", "room", "set"})
"""Functions, and also words of types and channels, where no variable can stand."""

TIMER_STATEMENTS = frozenset({"start", "stop"})

OPENERS = frozenset({
    "action", "assume", "at", "bound", "channel", "const", "costs", "default", "defer", "do",
    "enum", "environment", "eventually", "expect", "final", "fix", "flow", "function", "ghost",
    "ignore", "import", "instance", "invariant", "leads_to", "lemma", "ltl", "message", "model",
    "needs", "node", "on", "option", "overall", "per", "procedure", "reachable", "record", "step",
    "symmetric", "timer", "to", "type", "var", "variant", "without", "world"
})  # fmt: skip
"""What may follow an expression without being part of it."""

PREPOSITIONS = frozenset({"to"})
"""Of these, what something in parentheses may follow: so no function can be called like them."""

TOP_LEVEL = re.compile(
    r"^(?:import|option|fix|assume|bound|variant|default|const|enum|type|record|message|channel|function|world|node"
    r"|instance|symmetric|environment|weakly|strongly|invariant|lemma|step|reachable|flow|final|expect"
    r"|eventually|leads_to|ltl)\b(?!\s*(?::=|\+=|-=|\.|\[|\())",
    re.MULTILINE,
)
"""Where a declaration begins, which is where reading goes on after a mistake."""

_GAP = r"(?:\s|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*"


_AFTER_A_TYPE = rf"{_GAP}(?:[=,)}}?@]|in\b|\Z)|(?=[\s/]){_GAP}(?:{'|'.join(sorted(OPENERS))}"
_AFTER_A_TYPE += r"|weakly|strongly)\b"
"""What follows a type, and no number: a sign, the end, or a word that is not glued to the type."""


def keyword_pattern(terminal: str) -> str | None:
    """The regular expression of a terminal that is what it is by what follows it: a keyword or a
    name, a range with an upper bound or without."""
    if terminal == "_OPEN_RANGE":
        return rf"\.\.(?={_AFTER_A_TYPE})"
    word = terminal.lower()
    if terminal.endswith("_FUNCTION"):  # the word has another meaning elsewhere
        word = terminal[1:].removesuffix("_FUNCTION").lower()
    elif word in ELSEWHERE:
        return None
    if word in CALLS:
        return rf"{word}\b(?={_GAP}\()"
    if word in TIMER_STATEMENTS:
        return rf"{word}(?=\s{_GAP}[A-Za-z_])"
    if word in PREPOSITIONS:
        return rf"{word}\b(?!{_GAP}(?::=|\+=|-=|->|\.|\[))"
    if word in OPENERS:
        return rf"{word}\b(?!{_GAP}(?::=|\+=|-=|->|\.|\[|\())"
    return None
