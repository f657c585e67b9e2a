"""Text to the syntax tree: by the tables of the grammar if they lead through, or by the parser."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from verifier import store
from verifier.language import ast
from verifier.language.syntax.automaton import Automaton, automaton, branches
from verifier.language.syntax.declarations import whole_file
from verifier.language.syntax.reading import check_text

_MADE_OF = (
    "grammar.lark", "parser.py", "syntax/words.py", "syntax/lexis.py", "syntax/automaton.py",
)  # fmt: skip
"""What decides the tables.  Not the version of the parser library: for one grammar all make tables
that accept the same, and to ask for the version would be to import the library."""


def parse_text(text: str, path: str) -> ast.File:
    """The syntax tree of a text; ``path`` is what its spans call it.

    Raises:
        SourceError: as `parser.parse_text`, which reads the text if there is any doubt about it.
    """
    check_text(text, path)
    root = branches(_tables(), text, path)
    if root is not None:
        return whole_file(root, text, path)
    from verifier.language import parser  # here, because it imports the library

    return parser.parse_text(text, path)


@cache
def _tables() -> Automaton:
    folder = Path(__file__).parent
    sources = [(folder / name).read_bytes() for name in _MADE_OF]
    key = b"\n".join((*sources, sys.version.encode()))
    tables = store.recall(store.Kind.TABLES, key)
    if tables is None:
        from verifier.language import parser

        tables = parser.tables()
        store.keep(store.Kind.TABLES, key, tables)
    return automaton(tables)
