"""The colours of MDL on the site: a lexer for Pygments that takes its words from the language."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

from verifier.language.syntax.words import CALLS, OPENERS, RESERVED, TIMER_STATEMENTS

CONSTANTS = {"true", "false", "none", "quiet", "self"}
TYPES = {"bool", "int", "stamp"}


def _one_of(choice: set[str] | frozenset[str], suffix: str = r"\b") -> words:
    return words(sorted(choice), prefix=r"(?<![\w.])", suffix=suffix)


class MdlLexer(RegexLexer):
    """Near enough for colours: where a word is a keyword, only the parser knows for sure."""

    name = "MDL"
    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            (r"\s+", Text),
            (r"///[^\n]*", String.Doc),
            (r"//[^\n]*", Comment.Single),
            (r"/\*", Comment.Multiline, "comment"),
            (r'"(?:\\.|[^"\\\n])*"', String),
            (r"\d+", Number),
            (_one_of(CONSTANTS), Keyword.Constant),
            (_one_of(TYPES), Keyword.Type),
            (_one_of(CALLS, r"(?=\s*\()"), Name.Builtin),
            (_one_of(TIMER_STATEMENTS, r"(?=[ \t]+[A-Za-z_])"), Keyword),
            (_one_of(RESERVED), Keyword),
            # A name where something is done with it, a keyword where another word or text follows.
            (_one_of(OPENERS, r"\b(?!\s*(?::=|\+=|-=|==|!=|[.,)\]}\[]))"), Keyword),
            (r"from\b|via\b|extends\b", Keyword),
            (r"[A-Z]\w*", Name.Class),
            (r"[a-z_]\w*", Name),
            (r":=|\+=|-=|->|==|!=|<=|>=|\.\.|[-+*/%<>=?@|]", Operator),
            (r"[{}()\[\],.:;]", Punctuation),
        ],
        "comment": [
            (r"\*/", Comment.Multiline, "#pop"),
            (r"[^*]+|\*", Comment.Multiline),
        ],
    }
