"""From the text of packets files to what they declare."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeAlias

import lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from verifier.packets.mistakes import Code, wrong
from verifier.packets.syntax import (
    Binary,
    Call,
    Checksum,
    Choice,
    Clock,
    Constant,
    Expr,
    Field,
    Item,
    Layout,
    Let,
    Lookup,
    Name,
    Packet,
    Packets,
    Pad,
    Part,
    Region,
    Table,
    Unary,
    Use,
    When,
)
from verifier.source import Span

Node: TypeAlias = "lark.Tree[lark.Token]"
Declaration: TypeAlias = Clock | Table | Layout | Packet
FIELD_MAX = 4096  # bits of a field
DIGITS_MAX = 1000
TOO_DEEP = "expressions are nested too deeply in each other"


def read_packets(path: Path) -> Packets:
    """What a packets file declares, with all that it includes.

    Raises:
        SourceError: something is wrong in one of the texts.
    """
    try:
        return _read(path)
    except RecursionError:
        raise wrong(Code.SYNTAX, TOO_DEEP, Span(path.as_posix(), 1, 1, 1, 1)) from None


def _read(path: Path) -> Packets:
    clock: Clock | None = None
    tables: dict[str, Table] = {}
    layouts: dict[str, Layout] = {}
    packets: dict[str, Packet] = {}
    for found in _declarations(path, Span(path.as_posix(), 1, 1, 1, 1), set()):
        match found:
            case Clock():
                if clock is not None:
                    raise _twice("the clock", found.span, clock.span)
                clock = found
            case Table(name, _, span):
                _new(tables, name, f"table '{name}'", span)
                tables[name] = found
            case Layout(name, _, _, span):
                _new(layouts, name, f"layout '{name}'", span)
                layouts[name] = found
            case Packet(name, _, span):
                _new(packets, name, f"the packet of message '{name}'", span)
                packets[name] = found
    return Packets(path.as_posix(), clock, tables, layouts, packets)


def _new(
    known: dict[str, Table] | dict[str, Layout] | dict[str, Packet],
    name: str,
    what: str,
    span: Span,
) -> None:
    if name in known:
        raise _twice(what, span, known[name].span)


def _twice(what: str, span: Span, first: Span) -> Exception:
    return wrong(Code.TWICE, f"{what} is declared twice", span, cause=f"first at {first}")


def _declarations(path: Path, asked: Span, seen: set[Path]) -> Iterator[Declaration]:
    """Those of the file and, in its place, of each file that it includes; each file once."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"no text in UTF-8: {error}"
        raise wrong(Code.FILE, f"{path.as_posix()}: {reason}", asked) from None
    seen.add(path.resolve())
    reader = _Reader(path.as_posix())
    for tree in _parsed(text, path.as_posix()).children:
        assert isinstance(tree, lark.Tree)
        if tree.data == "include":
            other = path.parent / reader.text(tree.children[0])
            if other.resolve() not in seen:
                yield from _declarations(other, reader.span(tree), seen)
        else:
            yield reader.declaration(tree)


@cache
def _grammar() -> lark.Lark:
    text = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(text, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _parsed(text: str, file: str) -> Node:
    try:
        return _grammar().parse(text)
    except UnexpectedInput as error:
        lines = text.splitlines() or [""]
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        line = len(lines) if at_end else error.line
        column = len(lines[-1]) + 1 if at_end else error.column
        found = "the end of the file"
        if not at_end and line <= len(lines):
            rest = lines[line - 1][column - 1 :].split()
            found = f"'{rest[0]}'" if rest else found
        raise wrong(
            Code.SYNTAX,
            f"did not expect {found} here",
            Span(file, line, column, line, column + 1),
            hint="docs/export.md describes the language",
        ) from None


class _Reader:
    """The trees of one file as declarations."""

    def __init__(self, file: str) -> None:
        self._file = file

    def span(self, node: Node | lark.Token) -> Span:
        """Where the piece of text is."""
        if isinstance(node, lark.Token):
            line, column, end_line, end_column = (
                node.line, node.column, node.end_line, node.end_column
            )  # fmt: skip
        else:
            meta = node.meta
            line, column, end_line, end_column = (
                meta.line, meta.column, meta.end_line, meta.end_column
            )  # fmt: skip
        assert line and column and end_line and end_column
        return Span(self._file, line, column, end_line, end_column)

    def text(self, node: Node | lark.Token) -> str:
        """What stands between the quotes."""
        return str(node).partition('"')[2].removesuffix('"')

    def declaration(self, tree: Node) -> Declaration:
        span, parts = self.span(tree), tree.children
        match str(tree.data):
            case "clock":
                try:
                    start = datetime.fromisoformat(self.text(parts[0]))
                except ValueError:
                    start = datetime.min
                if start.tzinfo is None:
                    message = f"{parts[0]} is no time with a zone"
                    hint = 'write for example "2007-11-15T00:00:00Z"'
                    raise wrong(Code.CLOCK, message, self.span(parts[0]), hint=hint)
                if len(str(parts[1])) > 20:
                    raise wrong(Code.CLOCK, "a step of more than 20 digits", self.span(parts[1]))
                return Clock(start, Fraction(str(parts[1])), span)
            case "table":
                return self._table(str(parts[0]), parts[1], span)
            case "layout":
                names = tuple(str(part) for part in parts[1:-1])
                for name in names:
                    if names.count(name) > 1:
                        raise wrong(Code.TWICE, f"parameter '{name}' is declared twice", span)
                return Layout(str(parts[0]), names, self._items(parts[-1]), self.span(parts[0]))
            case "packet":
                return Packet(str(parts[0]), self._items(parts[1]), self.span(parts[0]))
            case "skip":
                return Packet(str(parts[0]), None, span)
            case other:
                raise AssertionError(other)

    def _table(self, name: str, tree: Node | lark.Token, span: Span) -> Table:
        assert isinstance(tree, lark.Tree)
        entries: dict[str, Constant | Table] = {}
        for entry in tree.children:
            assert isinstance(entry, lark.Tree)
            key, value = entry.children
            if str(key) in entries:
                raise wrong(Code.TWICE, f"table '{name}' has '{key}' twice", self.span(entry))
            assert isinstance(value, lark.Tree)
            if value.data == "entries":
                entries[str(key)] = self._table(f"{name}[{key}]", value, self.span(entry))
            else:
                entries[str(key)] = self._constant(value)
        return Table(name, entries, span)

    def _items(self, tree: Node | lark.Token) -> tuple[Item, ...]:
        assert isinstance(tree, lark.Tree)
        return tuple(self._item(child) for child in tree.children)

    def _item(self, tree: Node | lark.Token) -> Item:
        assert isinstance(tree, lark.Tree)
        span, parts = self.span(tree), tree.children
        match str(tree.data):
            case "field":
                bits = None if str(parts[1]) == "text" else self._bits(parts[1])
                return Field(str(parts[0]), bits, self._expr(parts[2]), span)
            case "checksum":
                if self._bits(parts[1]) != 16:
                    raise wrong(Code.VALUE, "an Internet checksum has 16 bits", span)
                return Checksum(str(parts[0]), str(parts[2]), self._use(parts[3]), span)
            case "let":
                return Let(str(parts[0]), self._expr(parts[1]), span)
            case "when":
                otherwise = self._items(parts[2]) if len(parts) > 2 else ()
                return When(self._expr(parts[0]), self._items(parts[1]), otherwise, span)
            case "use":
                return self._use(tree)
            case "region":
                return Region(str(parts[0]), self._items(parts[1]), span)
            case "pad":
                multiple, _, rest = str(parts[0])[:9].partition("n")
                pad = Pad(int(multiple), int(rest or 0), str(parts[1]), span)
                if not pad.rest < pad.multiple <= 256:
                    raise wrong(Code.VALUE, f"{parts[0]} is no alignment", span)
                return pad
            case other:
                raise AssertionError(other)

    def _bits(self, token: Node | lark.Token) -> int:
        bits = self._number(token)
        if not 0 < bits <= FIELD_MAX:
            raise wrong(Code.VALUE, f"a field cannot have {bits} bits", self.span(token))
        return bits

    def _number(self, token: Node | lark.Token) -> int:
        text = str(token)
        if len(text) > DIGITS_MAX:
            raise wrong(Code.TOO_BIG, f"a number of {len(text)} digits", self.span(token))
        try:
            return int(text, 0)
        except ValueError:  # 007
            raise wrong(Code.VALUE, f"'{text}' is no number", self.span(token)) from None

    def _use(self, tree: Node | lark.Token) -> Use:
        assert isinstance(tree, lark.Tree)
        name, *arguments = tree.children
        return Use(
            str(name), tuple(self._expr(argument) for argument in arguments), self.span(tree)
        )

    def _constant(self, tree: Node) -> Constant:
        span = self.span(tree)
        match str(tree.data):
            case "number":
                return Constant(self._number(tree.children[0]), span)
            case "text":
                return Constant(self.text(tree.children[0]), span)
            case "address":
                try:
                    address = ipaddress.IPv6Address(self.text(tree.children[0]))
                except ValueError as error:
                    raise wrong(Code.VALUE, f"no IPv6 address: {error}", span) from None
                return Constant(int(address), span)
            case "none":
                return Constant(None, span)
            case "true" | "false" as word:
                return Constant(word == "true", span)
            case other:
                raise AssertionError(other)

    def _expr(self, tree: Node | lark.Token) -> Expr:
        assert isinstance(tree, lark.Tree)
        span, parts = self.span(tree), tree.children
        match str(tree.data):
            case "name":
                return Name(str(parts[0]), span)
            case "choice":
                condition, then, otherwise = (self._expr(part) for part in parts)
                return Choice(condition, then, otherwise, span)
            case "binary":
                left, right = self._expr(parts[0]), self._expr(parts[2])
                return Binary(str(parts[1]), left, right, span)
            case "unary":
                return Unary(self._expr(parts[0]), span)
            case "lookup":
                return Lookup(self._expr(parts[0]), self._expr(parts[1]), span)
            case "part":
                return Part(self._expr(parts[0]), str(parts[1]), span)
            case "call":
                return Call(str(parts[0]), self._expr(parts[1]), span)
            case _:
                return self._constant(tree)
