"""What can be said against a packets file before any message is encoded: all of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import assert_never

from verifier.ir import types
from verifier.ir.system import TransitionSystem
from verifier.packets.mistakes import Code
from verifier.packets.syntax import (
    Binary,
    Call,
    Checksum,
    Choice,
    Constant,
    Expr,
    Field,
    Item,
    Let,
    Lookup,
    Name,
    Packets,
    Pad,
    Part,
    Region,
    Unary,
    Use,
    When,
)
from verifier.source import Diagnostic, SourceError, Span

REQUEST = "request"
"""In a packet: the message that was received in the step that sends."""
OPTION = "option"
"""In a packet: the options of the model, as fields."""
NOW = "now"
"""In a packet: the time of the step that sends, as `time(stamp)` says it."""
_WORDS = frozenset({REQUEST, OPTION, NOW})


def check(packets: Packets, system: TransitionSystem, options: Mapping[str, str]) -> None:
    """Judges every layout, and the packets of the messages that the model has.

    Raises:
        SourceError: with all mistakes that were found.
    """
    known = messages(system)
    checked = _Check(packets, labels(system) | set(options.values()), known, options)
    found: list[Diagnostic] = []
    for layout in packets.layouts.values():
        found += checked.items(layout.items, {*layout.parameters, *packets.tables})
        found += _recursion(packets, layout.name, layout.span)
    for packet in packets.packets.values():
        if packet.message in known and packet.items is not None:
            fields = {name for name, _ in known[packet.message].fields}
            for name in sorted(fields & _WORDS):
                message = f"message '{packet.message}' has a field '{name}', which is a word here"
                found.append(Diagnostic(Code.TWICE, message, packet.span, hint="rename the field"))
            found += checked.items(packet.items, {*fields, *_WORDS, *packets.tables})
    if found:
        raise SourceError(tuple(found))


def messages(system: TransitionSystem) -> Mapping[str, types.Record]:
    """The messages of a model by name."""
    return {
        record.name: record
        for variable in system.variables
        if isinstance(variable.type, types.Channel)
        for record in variable.type.message.alternatives
    }


def labels(system: TransitionSystem) -> frozenset[str]:
    """Every label of the enumerations that messages carry, nodes among them."""
    found: set[str] = set(system.nodes)
    for record in messages(system).values():
        for _, of in record.fields:
            found |= _labels(of)
    return frozenset(found)


def _labels(of: types.Type) -> set[str]:
    match of:
        case types.Enum(_, names):
            return set(names)
        case types.Optional(item):
            return _labels(item)
        case types.Record(_, fields):
            return {name for _, kind in fields for name in _labels(kind)}
        case types.Bool() | types.Int() | types.Mod() | types.Stamp():
            return set()
        case types.Map() | types.Set() | types.List() | types.Message() | types.Channel():
            return set()  # no expression reads these
        case _:
            assert_never(of)


def _recursion(packets: Packets, name: str, span: Span) -> Iterator[Diagnostic]:
    """A layout that is used by itself would have no end."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        layout = packets.layouts.get(ahead.pop())
        for used in _used(layout.items) if layout is not None else ():
            if used == name:
                yield Diagnostic(Code.ARGUMENTS, f"layout '{name}' uses itself", span)
                return
            if used not in seen:
                seen.add(used)
                ahead.append(used)


def _used(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        match item:
            case Use(layout):
                yield layout
            case Checksum(_, _, before):
                yield before.layout
            case When(_, then, otherwise):
                yield from _used(then)
                yield from _used(otherwise)
            case Region(_, inner):
                yield from _used(inner)
            case Field() | Let() | Pad():
                pass
            case _:
                assert_never(item)


def _regions(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        match item:
            case When(_, then, otherwise):
                yield from _regions(then)
                yield from _regions(otherwise)
            case Region(name, inner):
                yield name
                yield from _regions(inner)
            case Field() | Checksum() | Let() | Use() | Pad():
                pass
            case _:
                assert_never(item)


class _Check:
    """The mistakes in items and expressions."""

    def __init__(
        self,
        packets: Packets,
        known_labels: Set[str],
        known: Mapping[str, types.Record],
        options: Mapping[str, str],
    ) -> None:
        self._layouts = packets.layouts
        self._labels = known_labels
        self._options = options
        self._fields = {name for record in known.values() for name, _ in record.fields}
        bodies = [layout.items for layout in packets.layouts.values()]
        bodies += [packet.items for packet in packets.packets.values() if packet.items]
        self._regions = {name for body in bodies for name in _regions(body)}

    def items(self, items: tuple[Item, ...], names: Set[str]) -> Iterator[Diagnostic]:
        """Of items in a scope of names."""
        for item in items:
            match item:
                case Field(_, _, value):
                    yield from self._expr(value, names)
                case Checksum(_, region, before, span):
                    yield from self._region(region, span)
                    yield from self.items((before,), names)
                case Let(name, value):
                    yield from self._expr(value, names)
                    names = {*names, name}
                case When(condition, then, otherwise):
                    yield from self._expr(condition, names)
                    yield from self.items(then, names)
                    yield from self.items(otherwise, names)
                case Use():
                    yield from self._use(item, names)
                case Region(_, inner):
                    yield from self.items(inner, names)
                case Pad(_, _, region, span):
                    yield from self._region(region, span)
                case _:
                    assert_never(item)

    def _use(self, item: Use, names: Set[str]) -> Iterator[Diagnostic]:
        layout = self._layouts.get(item.layout)
        if layout is None:
            hint = f"there are {', '.join(sorted(self._layouts))}" if self._layouts else ""
            message = f"unknown layout '{item.layout}'"
            yield Diagnostic(Code.UNKNOWN, message, item.span, hint=hint)
        elif len(layout.parameters) != len(item.arguments):
            message = (
                f"layout '{item.layout}' has {len(layout.parameters)} parameters, "
                f"not {len(item.arguments)}"
            )
            yield Diagnostic(Code.ARGUMENTS, message, item.span, hint=f"it is at {layout.span}")
        for argument in item.arguments:
            yield from self._expr(argument, names)

    def _region(self, name: str, span: Span) -> Iterator[Diagnostic]:
        if name not in self._regions:
            yield Diagnostic(Code.REGION, f"there is no region '{name}'", span)

    def _expr(self, expr: Expr, names: Set[str]) -> Iterator[Diagnostic]:
        match expr:
            case Constant():
                pass
            case Name(name, span):
                if name not in names and name not in self._labels:
                    fields = ", ".join(sorted(names)[:20])
                    message = f"unknown name '{name}'"
                    yield Diagnostic(Code.UNKNOWN, message, span, hint=f"known here: {fields}")
            case Part(Name(name), field, span) if name == REQUEST and REQUEST in names:
                if field not in self._fields:
                    message = f"no message of the model has a field '{field}'"
                    yield Diagnostic(Code.UNKNOWN, message, span)
            case Part(Name(name), option, span) if name == OPTION and OPTION in names:
                if option not in self._options:
                    message = f"the model has no option '{option}'"
                    yield Diagnostic(Code.UNKNOWN, message, span)
            case Part(of):
                yield from self._expr(of, names)
            case Lookup(table, key):
                yield from self._expr(table, names)
                yield from self._expr(key, names)
            case Call("size", argument, span):
                if isinstance(argument, Name):
                    yield from self._region(argument.name, span)
                else:
                    yield Diagnostic(Code.REGION, "size() is of a region, by its name", span)
            case Call(_, argument) | Unary(argument):
                yield from self._expr(argument, names)
            case Binary(_, left, right):
                yield from self._expr(left, names)
                yield from self._expr(right, names)
            case Choice(condition, then, otherwise):
                for part in (condition, then, otherwise):
                    yield from self._expr(part, names)
            case _:
                assert_never(expr)
