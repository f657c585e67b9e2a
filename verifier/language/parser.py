"""Text to the syntax tree: the grammar at work, its limits, and going on after a mistake.

The only module that knows the parser library; what it makes is turned into plain branches here
and into the syntax tree by the modules of ``syntax``.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import PatternRE, PatternStr, TerminalDef

from verifier import store
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.syntax import words
from verifier.language.syntax.comments import outside_comments
from verifier.language.syntax.declarations import whole_file
from verifier.language.syntax.lexis import Terminal, tokens_of
from verifier.language.syntax.mistakes import END, OpenBrace, Stop, mistake, reserved
from verifier.language.syntax.reading import check_text
from verifier.language.syntax.tree import MAX_DEPTH, MAX_DIGITS, Branch, Word
from verifier.source import Diagnostic, SourceError, Span

MAX_MISTAKES = 10


def parse_text(text: str, path: str) -> ast.File:
    """The syntax tree of a text; ``path`` is what its spans call it.

    Raises:
        SourceError: up to `MAX_MISTAKES` mistakes, each in another declaration.
    """
    check_text(text, path)
    tree = _recognise(text, path).tree
    if tree is None:
        found = sorted(_mistakes(text, path), key=_by_place)
        raise SourceError(tuple(found[:MAX_MISTAKES]))
    root, wrong = _branches(tree, path)
    if wrong:
        raise SourceError(tuple(wrong[:MAX_MISTAKES]))
    return whole_file(root, text, path)


def tokens(text: str, path: str) -> tuple[Word, ...]:
    """All tokens of a text that can be parsed, comments left out."""
    seen = _recognise(text, path)
    assert seen.tree is not None, f"{path} cannot be parsed"
    return tuple(Word(token.type, str(token), _span(token, path)) for token in seen.tokens)


# ---- the parser library ------------------------------------------------------------------------


@cache
def _lark() -> lark.Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    sources = Path(words.__file__).read_text(encoding="utf-8")
    key = "\n".join((grammar, sources, lark.__version__, sys.version)).encode()
    kept = store.recall(store.Kind.TABLES, key)
    if kept is not None:
        return lark.Lark.load(kept)
    made = lark.Lark(
        grammar,
        parser="lalr",
        propagate_positions=True,
        maybe_placeholders=False,
        edit_terminals=_free_names,
    )
    data, memo = made.memo_serialize([TerminalDef, Rule])
    data["options"]["edit_terminals"] = None  # a function; its work is done
    store.keep(store.Kind.TABLES, key, {"data": data, "memo": memo})
    return made


def _free_names(terminal: TerminalDef) -> TerminalDef:
    """Makes a keyword that is not reserved look at what follows it."""
    pattern = words.keyword_pattern(terminal.name)
    if pattern is not None:
        terminal.pattern = PatternRE(pattern)
        terminal.priority = 2
    return terminal


@cache
def _spelling() -> dict[str, str]:
    return {t.name: t.pattern.value for t in _lark().terminals if isinstance(t.pattern, PatternStr)}


def tables() -> dict[str, Any]:
    """What the library makes of the grammar, for `syntax.automaton`; of builtin types only."""
    library: Any = _lark()  # partly without types
    plan = library.parse_interactive("").parser_state.parse_conf
    numbers = {rule: number for number, rule in enumerate(library.rules)}
    actions: list[dict[str, int]] = []
    jumps: list[dict[str, int]] = []
    for state in range(len(plan.states)):
        actions.append({})
        jumps.append({})
        for symbol, (_, target) in plan.states[state].items():
            if isinstance(target, Rule):
                actions[state][str(symbol)] = ~numbers[target]
            else:  # the names of terminals are in capitals
                (actions if symbol.isupper() else jumps)[state][str(symbol)] = target
    terminals = [
        Terminal(str(t.name), str(t.pattern.value), isinstance(t.pattern, PatternStr), t.priority)
        for t in library.terminals
    ]
    return {
        "actions": actions,
        "jumps": jumps,
        "rules": [_row(rule) for rule in library.rules],
        "start": plan.start_state,
        "end": plan.end_state,
        **tokens_of(terminals, library.lexer_conf.ignore),
    }


def _row(rule: Any) -> tuple[Any, ...]:
    """The fields of `automaton.Rule`: how the library shapes the tree of this rule."""
    kept = tuple(
        (index, not symbol.is_term and symbol.name.startswith("_"))
        for index, symbol in enumerate(rule.expansion)
        if not (symbol.is_term and symbol.filter_out)
    )
    single = rule.options.expand1 and not rule.alias
    same = single and len(rule.expansion) == 1 and kept == ((0, False),)
    origin, name = str(rule.origin.name), str(rule.alias or rule.origin.name)
    return origin, len(rule.expansion), name, None if same else kept, single


@dataclass(frozen=True, slots=True)
class _Seen:
    """How far the grammar follows a text: a tree, or the place where it stops."""

    tokens: tuple[lark.Token, ...]
    tree: lark.Tree[lark.Token] | None
    error: UnexpectedInput | None = None


def _recognise(text: str, path: str) -> _Seen:
    parser: Any = _lark().parse_interactive(text)  # partly without types
    seen: list[lark.Token] = []
    try:
        for token in parser.lexer_thread.lex(parser.parser_state):
            parser.feed_token(token)
            seen.append(token)
        tree = parser.feed_eof(seen[-1] if seen else None)
    except UnexpectedInput as error:
        return _Seen(tuple(seen), None, error)
    return _Seen(tuple(seen), tree)


def _expected(seen: Sequence[lark.Token]) -> frozenset[str]:
    """What can follow these tokens; the parser that has met something else has forgotten it."""
    parser: Any = _lark().parse_interactive("")
    for token in seen:
        parser.feed_token(token)
    return frozenset(parser.accepts())


# ---- the tree ----------------------------------------------------------------------------------


def _branches(tree: lark.Tree[lark.Token], path: str) -> tuple[Branch, list[Diagnostic]]:
    """The tree without the parser library, and what in it exceeds a limit or is no name.

    Not recursive: the depth of the tree is one of the things that are checked.
    """
    wrong: list[Diagnostic] = []
    done: list[Branch | Word] = []
    todo: list[tuple[lark.Tree[lark.Token] | lark.Token, int, bool]] = [(tree, 0, False)]
    while todo:
        item, depth, complete = todo.pop()
        if isinstance(item, lark.Token):
            word = Word(item.type, str(item), _span(item, path))
            wrong.extend(_check_word(word))
            done.append(word)
        elif complete or depth > MAX_DEPTH:
            count = 0 if depth > MAX_DEPTH else len(item.children)
            children = tuple(done[len(done) - count :])
            del done[len(done) - count :]
            done.append(Branch(str(item.data), children, _place(item, path)))
            if depth > MAX_DEPTH and not any(d.code == Code.LIMIT for d in wrong):
                wrong.append(_too_deep(_place(item, path)))
        else:
            todo.append((item, depth, True))
            todo.extend((child, depth + 1, False) for child in reversed(item.children))
    root = done.pop()
    assert isinstance(root, Branch) and not done, "a tree has one root"
    return root, sorted(wrong, key=_by_place)


def _by_place(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.span.line, diagnostic.span.column


def _check_word(word: Word) -> Iterator[Diagnostic]:
    if word.kind == "NAME" and word.text in words.RESERVED:
        yield reserved(word.text, word.span)
    if word.kind == "INTEGER" and len(word.text) > MAX_DIGITS:
        message = f"a number has at most {MAX_DIGITS} digits, this one has {len(word.text)}"
        yield Diagnostic(Code.LIMIT, message, word.span)


def _too_deep(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.LIMIT,
        f"this is nested more than {MAX_DEPTH} levels deep",
        span,
        hint="give a part of it a name of its own, with 'function' or 'let'",
    )


def _place(tree: lark.Tree[lark.Token], path: str) -> Span:
    meta = tree.meta
    if meta.empty:  # of an empty file, or of a part that has no token
        return Span(path, 1, 1, 1, 1)
    return Span(path, meta.line, meta.column, meta.end_line, meta.end_column)


# ---- mistakes ----------------------------------------------------------------------------------


def _mistakes(text: str, path: str) -> Iterator[Diagnostic]:
    """The mistake of every declaration that has one: after a mistake the text goes on with the
    next line that begins with the keyword of a declaration."""
    plain = outside_comments(text)
    starts = [match.start() for match in words.TOP_LEVEL.finditer(plain)]
    rest = text
    resumed = 0
    for _ in range(MAX_MISTAKES):
        seen = _recognise(rest, path)
        for token in seen.tokens[:-1]:  # the last one may be what the mistake is about
            yield from _check_word(Word(token.type, str(token), _span(token, path)))
        if seen.error is None:
            return
        stop, at = _stop(seen, rest, path)
        yield mistake(stop, _spelling(), words.OPENERS)
        following = starts[bisect_left(starts, max(at, resumed + 1)) :]
        if not following:
            return
        resumed = following[0]
        rest = re.sub(r"[^\n]", " ", text[:resumed]) + text[resumed:]


def _stop(seen: _Seen, text: str, path: str) -> tuple[Stop, int]:
    """The token that does not fit, in neutral terms, and its offset."""
    tokens = list(seen.tokens)
    at: int | None
    match seen.error:
        case UnexpectedToken(token=token) if token.type != END:
            kind, inner, at = token.type, str(token), token.start_pos
            span = _span(token, path)
        case UnexpectedCharacters() as error:
            at = error.pos_in_stream
            assert at is not None, "a character of a text has an offset"
            kind, inner = "", text[at]
            span = Span(path, error.line, error.column, error.line, error.column + 1)
        case _:
            kind, inner, at = END, "", len(text.rstrip())
            span = _end(text, at, path)
    if kind in ("NAME", "STRING") and tokens and _opens_line(tokens[-1], text):
        # The word before was taken for a name, since no declaration can begin there.
        token = tokens.pop()
        inner, at, span = str(token), token.start_pos, _span(token, path)
        kind = inner.upper()
    assert at is not None, "a token of a text has an offset"
    line = text[text.rfind("\n", 0, at) + 1 : at]
    indentation = None if line.strip() or kind == END else len(line)
    before, touching = "", False
    if tokens:
        before, touching = str(tokens[-1]), tokens[-1].end_pos == at
    braces = _open(tokens, text)
    behind = text[at : at + 2]
    expected = _expected(tokens)
    return Stop(kind, inner, span, expected, behind, before, touching, braces, indentation), at


def _opens_line(token: lark.Token, text: str) -> bool:
    """Whether this looks like the keyword of a declaration."""
    at = token.start_pos or 0
    if token.type != "NAME" or token not in words.OPENERS:
        return False
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _end(text: str, at: int, path: str) -> Span:
    """The place behind the last character that is not white space."""
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Span(path, line, column, line, column + 1)


def _open(tokens: list[lark.Token], text: str) -> tuple[OpenBrace, ...]:
    """The braces among the tokens that are not closed, outermost first."""
    lines = text.split("\n")
    found: list[OpenBrace] = []
    for token in tokens:
        if token.type in ("LBRACE", "_BRACE_FIELD"):
            assert token.line
            line = lines[token.line - 1]
            found.append(OpenBrace(token.line, len(line) - len(line.lstrip())))
        elif token.type == "RBRACE" and found:
            found.pop()
    return tuple(found)


def _span(token: lark.Token, path: str) -> Span:
    line, column, end_line, end_column = (
        token.line, token.column, token.end_line, token.end_column,
    )  # fmt: skip
    assert line and column and end_line and end_column, f"{token!r} has no place"
    return Span(path, line, column, end_line, end_column)
