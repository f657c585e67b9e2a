"""Where the text of a handler or an action ends, of which the system knows only where it begins.

The origin of an action is its name.  Its text goes from there to the brace that closes its body; a
guard may hold braces, too (a set, a record), after which something follows that goes on with it.
"""

from __future__ import annotations

import re

from verifier.source import Span

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"[^"\n]*"|[A-Za-z_]\w*|\n|[^\S\n]+|.', re.DOTALL)
GOES_ON = {"and", "or", "implies", "in", "mod", "then", "else", "when", "from", "where"} | set(
    "{.,=!<>+-*/|&)]?"
)
BODILESS = ("ignore", "defer", "channel")  # what is declared in a line; a channel may lose
LINES_MAX = 400  # of a text that never ends: the rest of the file says nothing of this step


def extent(text: str, origin: Span) -> tuple[int, tuple[str, ...]]:
    """The number of the first line, and the lines, of what the origin names the beginning of."""
    lines = text.splitlines()
    first = max(1, min(origin.line, len(lines)))
    before = lines[first - 1][: origin.column - 1] if lines else ""
    rest = "\n".join((*(line[len(before) :] for line in lines[first - 1 : first]), *lines[first:]))
    words = (*before.split()[-1:], *rest.split(maxsplit=1)[:1])
    bodiless = any(word in BODILESS for word in words)
    last = 0 if bodiless else _last([match.group() for match in TOKEN.finditer(rest)])
    shown = lines[first - 1 : first + min(last, LINES_MAX)]
    while first > 1 and lines[first - 2].lstrip().startswith("///"):
        first -= 1
        shown.insert(0, lines[first - 1])
    shown = [line.expandtabs(4) for line in shown]
    margin = min((len(s) - len(s.lstrip()) for s in shown if s.strip()), default=0)
    return first, tuple(line[margin:] for line in shown)


def _last(tokens: list[str]) -> int:
    """How many lines after the first one the body is closed; 0 where there is none."""
    depth = line = 0
    for i, token in enumerate(tokens):
        line += token.count("\n")
        if token in ("(", "{", "["):
            depth += 1
        elif token in (")", "}", "]"):
            depth -= 1
            if depth < 0:  # the end of what the action stands in: it had no body
                return 0
            if token == "}" and depth == 0 and _next(tokens, i + 1) not in GOES_ON:
                return line
    return 0


def _next(tokens: list[str], start: int) -> str:
    """The next token that is no space and no comment; of two characters, the first."""
    for token in tokens[start:]:
        if token.strip() and not token.startswith(("//", "/*")):
            return token
    return ""
