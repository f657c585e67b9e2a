"""A place where the text stops being a sentence of the grammar, in the words of the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from difflib import get_close_matches

from verifier.language.codes import Code
from verifier.language.syntax.words import RESERVED
from verifier.source import Diagnostic, Span

END = "$END"
_SHOWN = 5
"""More alternatives than this do not help a reader."""

_GROUPS: tuple[tuple[str, str, str], ...] = (
    # what it is called, the tokens that tell that it is possible, all tokens it can begin with
    (
        "a statement",
        "SEND CHOOSE LET ASSERT",
        "SEND CHOOSE LET ASSERT IF FOR START STOP NAME SEMICOLON",
    ),
    (
        "an expression",
        "INTEGER TRUE QUIET",
        "INTEGER TRUE FALSE NONE QUIET SELF NAME LPAR LBRACE LSQB SET MAP COUNT IN_FLIGHT"
        " COUNT_IN_FLIGHT OLD RUNNING NOW _SET_FUNCTION _MAP_FUNCTION _ROOM_FUNCTION"
        " IF LET ALL EXISTS NOT MINUS BOOL",
    ),
    ("a type", "STAMP LIST MAP", "STAMP LIST MAP SET BOOL INT NAME LPAR"),
    (
        "a member of the node",
        "TIMER PROCEDURE",
        "TIMER PROCEDURE VAR GHOST ON IGNORE DEFER ACTION ENVIRONMENT FAIRNESS FUNCTION",
    ),
    (
        "a declaration",
        "IMPORT INVARIANT",
        "IMPORT OPTION FIX ASSUME BOUND VARIANT DEFAULT CONST ENUM TYPE RECORD MESSAGE CHANNEL"
        " FUNCTION"
        " WORLD NODE INSTANCE SYMMETRIC ENVIRONMENT FAIRNESS INVARIANT LEMMA STEP REACHABLE FLOW"
        " FINAL EXPECT EVENTUALLY LEADS_TO LTL MODEL",
    ),
    (
        "a property of the channel",
        "FIFO LOSSY",
        "FIFO LOSSY UNORDERED LOSES DUPLICATES CAPACITY FAIRNESS",
    ),
    ("an operator", "AND OR", "COMPARE SUM_OP PRODUCT_OP AND OR IMPLIES IN NOT FALLBACK"),
)
_KINDS = {
    "NAME": "a name",
    "INTEGER": "a number",
    "STRING": "a text in quotation marks",
    "FAIRNESS": "'weakly fair'",
    "COUNTED": "a count such as 'states'",
    "COMPARE": "a comparison",
    "SUM_OP": "'+' or '-'",
    "PRODUCT_OP": "'*'",
    "_STEPS": "'steps'",
    "_STATES": "'states'",
    "_OPEN_RANGE": "'..'",
    "_BRACE_FIELD": "'{'",
    END: "the end of the file",
}
# What may continue nearly everything, and is therefore hardly ever what was forgotten.
_RARELY_MEANT = ("DOT", "LSQB", "LPAR", "_BRACE_FIELD", "QMARK", "SEMICOLON", "AT_SIGN")


@dataclass(frozen=True, slots=True)
class OpenBrace:
    """A brace without its partner so far."""

    line: int
    indentation: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The token that does not fit."""

    kind: str  # "" where the text is no token at all
    text: str
    span: Span
    expected: Set[str]
    behind: str  # the text from the token on
    before: str  # the token that stands before
    touching: bool  # and nothing stands between the two
    braces: Sequence[OpenBrace]
    indentation: int | None  # of the token, where it begins its line


def mistake(stop: Stop, spelling: Mapping[str, str], openers: Set[str]) -> Diagnostic:
    """What was expected and what stands there instead, with a way out where one is known.

    ``openers`` are the words that begin a declaration.
    """
    lexical = _lexical(stop)
    if lexical is not None:
        return lexical
    if (stop.kind == END or stop.text in openers) and stop.braces:
        return _missing_brace(stop)
    message = f"expected {_expected(stop.expected, spelling)}, found {_found(stop)}"
    return Diagnostic(Code.UNEXPECTED_INPUT, message, stop.span, hint=_hint(stop, spelling))


def reserved(text: str, span: Span) -> Diagnostic:
    """A keyword where a name is declared or used."""
    message = f"expected a name, found the keyword '{text}'"
    return Diagnostic(Code.UNEXPECTED_INPUT, message, span, hint=_keyword_hint(text))


_ELSEWHERE = {
    "forall": "all x in S: P",
    "exist": "exists x in S: P",
    "elif": "else if",
    "elsif": "else if",
    "var": "let x = e",
}
"""What other languages write; here it is taken for a name."""

_SPLIT = {
    "->": "write 'implies'",
    "<>": "write '!='",
    "==": "a value is given with '='; '==' compares",
    ":=": "a declaration gives a value with '='; ':=' is for statements",
    "&&": "write 'and'",
    "||": "write 'or'",
}
"""What the lexer, which knows what can follow, takes for two tokens."""


def _lexical(stop: Stop) -> Diagnostic | None:
    both = stop.before + stop.text[:1] if stop.touching else ""
    message, hint = "", ""
    if stop.kind == "" and stop.behind.startswith('"'):
        message, hint = "the text in quotation marks does not end on its line", "close it with '\"'"
    elif stop.behind.startswith("/*") or both == "/*":
        message, hint = "the comment does not end", "close it with '*/'; comments do not nest"
    elif both in _SPLIT:
        message, hint = f"'{both}' does not fit here", _SPLIT[both]
    if not message:
        return None
    span = stop.span
    if both in ("/*", *_SPLIT):
        span = replace(span, column=span.column - 1, end_column=span.column + 1)
    return Diagnostic(Code.UNEXPECTED_INPUT, message, span, hint=hint)


def _missing_brace(stop: Stop) -> Diagnostic:
    """The brace that lacks its partner is, by the looks of the indentation, the first one that
    does not stand further left than the declaration that comes too early."""
    here = stop.indentation if stop.indentation is not None else 0
    deeper = [brace for brace in stop.braces if brace.indentation >= here]
    brace = deeper[0] if deeper else stop.braces[-1]
    return Diagnostic(
        Code.UNEXPECTED_INPUT,
        f"expected '}}' before {_found(stop)}",
        stop.span,
        cause=f"the '{{' of line {brace.line} is not closed",
    )


def _found(stop: Stop) -> str:
    match stop.kind:
        case "$END":
            return "the end of the file"
        case "NAME":
            return f"the name '{stop.text}'"
        case "INTEGER":
            return f"the number {stop.text}"
        case "STRING":
            return f"the text {stop.text}"
        case _ if stop.text in RESERVED:
            return f"the keyword '{stop.text}'"
        case _:
            return '"\'"' if stop.text == "'" else f"'{stop.text}'"


def _expected(expected: Set[str], spelling: Mapping[str, str]) -> str:
    left = set(expected)
    shown: list[str] = []
    for name, tell, begin in _GROUPS:
        if left.issuperset(tell.split()):
            shown.append(name)
            left.difference_update(begin.split())
            if name == "an operator":
                left.difference_update(_RARELY_MEANT)
    if len(left) + len(shown) > _SHOWN:
        left.difference_update(_RARELY_MEANT)
    rest = {_KINDS.get(kind) or f"'{spelling.get(kind, kind.lower())}'" for kind in left}
    shown.extend(sorted(rest)[: max(1, _SHOWN - len(shown))])
    if len(rest) > max(1, _SHOWN - len(shown)) + len(shown):
        shown.append("something else")
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"


def _hint(stop: Stop, spelling: Mapping[str, str]) -> str:
    expected = stop.expected
    for wrong, right in (("&&", "and"), ("||", "or"), ("=>", "implies"), ("!", "not")):
        if stop.behind.startswith(wrong) and not stop.behind.startswith("!="):
            return f"write '{right}'"
    match stop.kind:
        case "EQUAL" if "BECOMES" in expected:
            return "a statement assigns with ':='"
        case "EQUAL" if "COMPARE" in expected:
            return "values are compared with '=='"
        case "BECOMES" if "EQUAL" in expected:
            return "a declaration gives a value with '='; ':=' is for statements"
        case "BECOMES" if "COMPARE" in expected:
            return "values are compared with '=='"
        case "COMPARE" if "EQUAL" in expected and stop.text == "==":
            return "a value is given with '='; '==' compares"
        case "COMPARE" if "BECOMES" in expected and stop.text == "==":
            return "a statement assigns with ':='"
        case "COMPARE" if "AND" in expected:
            return "comparisons do not chain: write 'a < b and b < c'"
        case "RBRACE" if not stop.braces:
            return "no '{' is open here"
        case "SEMICOLON":
            return "nothing ends with ';' here"
        case _ if stop.text in RESERVED and "NAME" in expected:
            return _keyword_hint(stop.text)
        case "" if stop.behind.startswith("'"):
            return "a text stands in double quotation marks"
        case _ if stop.before in _ELSEWHERE:
            return f"write '{_ELSEWHERE[stop.before]}'"
        case "NAME" if word := _close(stop.text, _words(expected, spelling)):
            return f"did you mean '{word}'?"
        case "INTEGER" if word := _close(stop.before, ["int"]):
            return f"did you mean '{word}'?"
        case _ if "BECOMES" in expected and stop.before.isidentifier():
            return f"no statement begins with '{stop.before}', so it is taken for a variable"
        case "NAME" | "STRING" if word := _close(stop.before, sorted(RESERVED)):
            return f"did you mean '{word}'?"
        case "NAME" if stop.before == "{" and not expected - {"RBRACE"}:
            return "a field is written 'name: type'"
        case _:
            return ""


def _words(expected: Set[str], spelling: Mapping[str, str]) -> list[str]:
    """The keywords among the expected tokens."""
    plain = {spelling.get(kind, kind.lower()) for kind in expected if kind not in _KINDS}
    return sorted(word for word in plain if word.isidentifier() and not word.startswith("_"))


def _close(text: str, words: Sequence[str]) -> str | None:
    """The word that the text may be a slip of."""
    if len(text) < 3 or text in words:
        return None
    return next(iter(get_close_matches(text, words, n=1, cutoff=0.65)), None)


def _keyword_hint(text: str) -> str:
    return f"'{text}' is a keyword; choose another name"
