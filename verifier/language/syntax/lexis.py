"""What tells the kinds of tokens apart, worked out once from the terminals of the grammar.

The lexer of the parser library tries, at each place, all terminals that the grammar accepts there.
Here a token is cut out first, as a word, a number, a string or an operator, and its kind is looked
up; what the grammar accepts decides between the few kinds that are possible for it.  `tokens_of`
holds the grammar to what makes the two agree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain, product
from typing import Any, NamedTuple

WORD, NUMBER, STRING, OPERATOR, END = range(1, 6)
"""The groups of the pattern of a token."""

_MARKS = "!#$%&'()*+,-./:;<=>?@[\\]^`{|}~"
_OPENING = re.compile(
    r"\((?P<words>[a-z_]+(?:\|[a-z_]+)*)\)|(?P<word>[a-z_]+)|\\(?P<mark>\{)|(?P<dots>\\.\\.)"
)
# What may stand behind the word in a pattern: it must see to it that the word has ended.
_AT_THE_END_OF_A_WORD = (r"\b", r"(?=\s", "[ \t]+")


class Terminal(NamedTuple):
    """A terminal of the grammar: a fixed text, or a regular expression."""

    name: str
    pattern: str
    fixed: bool
    priority: int


def tokens_of(terminals: Iterable[Terminal], ignored: Collection[str]) -> dict[str, Any]:
    """The tables that `automaton` works with, of builtin types only.

    ``token`` is the pattern of a token with what is ignored before it.  By the text of the token,
    ``first`` gives a kind that is asked before all others, with the number of the pattern in
    ``tails`` that must match behind it; ``names`` the kind of a word where a name could stand, too;
    ``words`` that where none can; ``operators`` the possible kinds of an operator, in order.
    """
    known = {terminal.name: terminal for terminal in terminals}
    tails: dict[str, int] = {}
    first: dict[str, list[tuple[str, int]]] = {}
    names: dict[str, str] = {}
    words: dict[str, str] = {}
    operators: dict[str, list[str]] = {}
    for terminal in known.values():
        if terminal.name in (*ignored, "NAME", "INTEGER", "STRING"):
            continue
        if terminal.fixed:
            assert terminal.priority == 0, f"{terminal.name} would go before other words"
            if terminal.pattern.isidentifier():
                names[terminal.pattern] = words[terminal.pattern] = terminal.name
            else:
                operators.setdefault(terminal.pattern, []).insert(0, terminal.name)
        elif terminal.priority > 0:
            texts, tail = _opening(terminal)
            for text in texts:
                first.setdefault(text, []).append(
                    (terminal.name, tails.setdefault(tail, len(tails)))
                )
        elif terminal.pattern.endswith(r"?\b"):  # steps?, states?
            word = terminal.pattern.removesuffix(r"?\b")
            words |= {word: terminal.name, word[:-1]: terminal.name}
        else:
            for text in _operators(terminal):
                operators.setdefault(text, []).append(terminal.name)
    assert all(len(kinds) == 1 for kinds in first.values()), "two terminals ask for one word first"
    skipped = "|".join(known[name].pattern for name in sorted(ignored))
    longest_first = sorted(operators, key=lambda text: (-len(text), text))
    token = (
        rf"(?:{skipped})*+(?:({known['NAME'].pattern})|({known['INTEGER'].pattern})"
        rf"|({known['STRING'].pattern})|({'|'.join(map(re.escape, longest_first))})|(\Z))"
    )
    assert re.compile(token).groups == END, "a terminal has a group of its own"
    return {
        "token": token,
        "tails": list(tails),
        "first": {text: kinds[0] for text, kinds in first.items()},
        "names": names,
        "words": words,
        "operators": {text: tuple(kinds) for text, kinds in operators.items()},
    }


def _opening(terminal: Terminal) -> tuple[list[str], str]:
    """The texts that a pattern can begin with, and the pattern of what must follow them."""
    found = _OPENING.match(terminal.pattern)
    assert found is not None, f"{terminal.name} begins neither with words nor with a sign"
    tail = terminal.pattern[found.end() :]
    whole = found["mark"] or found["dots"] or tail.startswith(_AT_THE_END_OF_A_WORD)
    assert whole, f"{terminal.name} does not say where the word ends"
    text = ".." if found["dots"] else found["words"] or found["word"] or found["mark"]
    return text.split("|"), tail


def _operators(terminal: Terminal) -> list[str]:
    """The operators that a terminal stands for."""
    texts = map("".join, chain(product(_MARKS), product(_MARKS, repeat=2)))
    found = [text for text in texts if re.fullmatch(terminal.pattern, text)]
    assert found, f"{terminal.name} is no operator of one or two characters"
    return found
