"""From a message and the declaration of its packet to octets.

Items are laid out first, so that every size is known; then numbers get their values, and last the
checksums, those of inner regions before those of outer ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from verifier.packets.mistakes import Code, wrong
from verifier.packets.syntax import (
    Checksum,
    Field,
    Item,
    Let,
    Packet,
    Packets,
    Pad,
    Region,
    Use,
    When,
)
from verifier.packets.values import Moment, PacketValue, Scope, evaluate, shown, truth
from verifier.source import Span


@dataclass(frozen=True, slots=True)
class _Laid:
    """A field at its place, in bits from the start; ``text`` is there when its octets are known."""

    item: Field | Checksum
    start: int
    scope: Scope
    text: bytes | None = None


@dataclass(slots=True)
class _Sheet:
    """What is laid out so far."""

    packets: Packets
    bits: int = 0
    laid: list[_Laid] = field(default_factory=list)
    padding: list[tuple[int, bytes]] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)  # region -> where it starts, in bits
    regions: dict[str, tuple[int, int]] = field(default_factory=dict)

    def size(self, region: str, span: Span) -> int:
        """Octets of a region that has been laid out."""
        if region not in self.regions:
            there = "is not known before its end" if region in self.open else "is not there"
            raise wrong(Code.REGION, f"the size of region '{region}' {there}", span)
        start, end = self.regions[region]
        return (end - start) // 8


def encode(
    packets: Packets,
    packet: Packet,
    names: Mapping[str, PacketValue],
    labels: frozenset[str],
    time: Callable[[Moment], int],
    about: str,
) -> bytes:
    """The octets of a message; ``names`` are its fields, ``about`` says which it is.

    Raises:
        SourceError: the declaration does not fit the message.
    """
    assert packet.items is not None, "a message that is left out has no packet"
    sheet = _Sheet(packets)
    scope = Scope({**packets.tables, **names}, labels, sheet.size, time, about)
    return _octets(sheet, packet.items, scope, packet.span)


def _octets(sheet: _Sheet, items: tuple[Item, ...], scope: Scope, span: Span) -> bytes:
    _lay(sheet, items, scope)
    if sheet.bits % 8:
        raise wrong(Code.REGION, f"{sheet.bits} bits are no whole octets", span)
    content = 0
    for laid in sheet.laid:
        if isinstance(laid.item, Field):
            octets, bits = _value(laid, laid.item)
            content |= octets << (sheet.bits - laid.start - bits)
    octets_all = bytearray(content.to_bytes(sheet.bits // 8, "big"))
    for start, padding in sheet.padding:
        octets_all[start // 8 : start // 8 + len(padding)] = padding
    sums = [(laid, laid.item) for laid in sheet.laid if isinstance(laid.item, Checksum)]
    for laid, item in sorted(sums, key=lambda found: sheet.size(found[1].region, found[1].span)):
        start, end = sheet.regions[item.region]
        before = _unsent(sheet, item, laid.scope)
        total = internet_checksum(before + bytes(octets_all[start // 8 : end // 8]))
        octets_all[laid.start // 8 : laid.start // 8 + 2] = total.to_bytes(2, "big")
    return bytes(octets_all)


def internet_checksum(octets: bytes) -> int:
    """RFC 1071."""
    padded = octets + b"\0" * (len(octets) % 2)
    total = sum(int.from_bytes(padded[i : i + 2], "big") for i in range(0, len(padded), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _unsent(sheet: _Sheet, item: Checksum, scope: Scope) -> bytes:
    """The layout before the region that the checksum covers (a pseudo-header)."""
    apart = _Sheet(sheet.packets)
    return _octets(apart, (item.before,), scope, item.span)


def _value(laid: _Laid, item: Field) -> tuple[int, int]:
    """The number that a field holds, and its bits."""
    if laid.text is not None:
        return int.from_bytes(laid.text, "big"), 8 * len(laid.text)
    assert item.bits is not None
    found = evaluate(item.value, laid.scope)
    if not isinstance(found, int):
        message = f"field '{item.name}' is a number, not {shown(found)}"
        hint = "a table says which number stands for a label" if isinstance(found, str) else ""
        raise wrong(Code.VALUE, message, item.span, cause=laid.scope.about, hint=hint)
    if not 0 <= found < 1 << item.bits:
        message = f"{found} does not fit into the {item.bits} bits of field '{item.name}'"
        raise wrong(Code.TOO_BIG, message, item.span, cause=laid.scope.about)
    return found, item.bits


# ---- the places --------------------------------------------------------------------------------


def _lay(sheet: _Sheet, items: tuple[Item, ...], scope: Scope) -> None:
    for item in items:
        match item:
            case Field(_, bits, value):
                text = None if bits is not None else _text(item, evaluate(value, scope), scope)
                sheet.laid.append(_Laid(item, sheet.bits, scope, text))
                sheet.bits += 8 * len(text) if text is not None else bits or 0
            case Checksum():
                _whole(sheet, item.span)
                sheet.laid.append(_Laid(item, sheet.bits, scope))
                sheet.bits += 16
            case Let(name, value):
                scope = scope.holding({**scope.names, name: evaluate(value, scope)})
            case When(condition, then, otherwise):
                _lay(sheet, then if truth(condition, scope) else otherwise, scope)
            case Use():
                _use(sheet, item, scope)
            case Region(name, inner, span):
                _region(sheet, name, inner, span, scope)
            case Pad():
                _pad(sheet, item)
            case _:
                assert_never(item)


def _text(item: Field, value: PacketValue, scope: Scope) -> bytes:
    if not isinstance(value, str):
        message = f"field '{item.name}' is a text, not {shown(value)}"
        raise wrong(Code.VALUE, message, item.span, cause=scope.about)
    return value.encode()


def _use(sheet: _Sheet, item: Use, scope: Scope) -> None:
    """A layout knows its parameters and the tables, and nothing of where it is used."""
    layout = sheet.packets.layouts[item.layout]
    given = [evaluate(argument, scope) for argument in item.arguments]
    names = {**sheet.packets.tables, **dict(zip(layout.parameters, given, strict=True))}
    _lay(sheet, layout.items, scope.holding(names))


def _region(sheet: _Sheet, name: str, inner: tuple[Item, ...], span: Span, scope: Scope) -> None:
    if name in sheet.open or name in sheet.regions:
        raise wrong(Code.REGION, f"region '{name}' is there twice", span, cause=scope.about)
    _whole(sheet, span)
    sheet.open[name] = sheet.bits
    _lay(sheet, inner, scope)
    _whole(sheet, span)
    sheet.regions[name] = (sheet.open.pop(name), sheet.bits)


def _whole(sheet: _Sheet, span: Span) -> None:
    if sheet.bits % 8:
        message = f"this begins or ends after {sheet.bits} bits, inside an octet"
        raise wrong(Code.REGION, message, span)


def _pad(sheet: _Sheet, item: Pad) -> None:
    """Pad1 is one octet of zero; PadN is its type 1, the number of zeros that follow, and these.
    RFC 8200 section 4.2; the options of other headers have the same two."""
    _whole(sheet, item.span)
    start = sheet.open.get(item.region)
    if start is None:
        message = f"there is no open region '{item.region}' to pad in"
        raise wrong(Code.REGION, message, item.span)
    count = (item.rest - (sheet.bits - start) // 8) % item.multiple
    if count:
        padding = b"\0" if count == 1 else bytes((1, count - 2, *([0] * (count - 2))))
        sheet.padding.append((sheet.bits, padding))
        sheet.bits += 8 * count
