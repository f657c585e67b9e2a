"""A run as a capture file: every message a packet at the time when it is sent.

The capture is taken where messages are sent, so a lost message is in it, and one that the network
duplicates is in it a second time, at the step of the duplication.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from verifier.ir.types import Record as RecordType
from verifier.ir.types import Value
from verifier.packets.check import NOW, OPTION, REQUEST, check, labels
from verifier.packets.encode import encode
from verifier.packets.mistakes import Code, wrong
from verifier.packets.parser import TOO_DEEP
from verifier.packets.syntax import Clock, Packets
from verifier.packets.timing import TICKS, stamp_ticks, step_time
from verifier.packets.values import Moment, PacketValue, Record, value_of
from verifier.source import Span
from verifier.viewers.journal import Journal, Message

RAW = 101  # LINKTYPE_RAW: each packet begins with its IP header
LONGEST = 65535


@dataclass(frozen=True, slots=True)
class Frame:
    """A packet on the wire, with the message that it is."""

    time: Fraction  # seconds since 1970
    octets: bytes
    message: Message


def frames(told: Journal, packets: Packets, options: Mapping[str, str]) -> tuple[Frame, ...]:
    """The packets of a run, in the order in which they are sent; ``options`` of the model may be
    asked for.

    Raises:
        SourceError: the packets file is wrong, or does not fit the model or a message.
    """
    try:
        check(packets, told.system, options)
    except RecursionError:
        raise wrong(Code.SYNTAX, TOO_DEEP, Span(packets.file, 1, 1, 1, 1)) from None
    clock, file = packets.clock, Span(packets.file, 1, 1, 1, 1)
    if clock is None:
        hint = 'write for example: clock "2007-11-15T00:00:00Z" step 1 s'
        raise wrong(Code.CLOCK, "there is no clock", file, hint=hint)
    try:
        found = tuple(_frames(told, packets, clock, options))
    except RecursionError:
        raise wrong(Code.SYNTAX, TOO_DEEP, file) from None
    if any(not 0 <= frame.time < 1 << 32 for frame in found):
        message = "the run is not between 1970 and 2106, the times that a capture has"
        raise wrong(Code.CLOCK, message, clock.span)
    return found


def _frames(
    told: Journal, packets: Packets, clock: Clock, options: Mapping[str, str]
) -> Iterator[Frame]:
    ticks = stamp_ticks(clock, told.times)
    known = labels(told.system) | set(options.values())
    chosen = Record("the model", {name: _option(text) for name, text in options.items()})
    last, earlier = -1, 0
    for message in told.messages.values():
        earlier = earlier + 1 if message.sent == last else 0
        last = message.sent
        packet = packets.packets.get(message.name)
        about = f"of message #{message.number}, {message.shown} from {message.sender}"
        if packet is None:
            hint = f"declare 'packet {message.name} {{ ... }}', or 'skip {message.name}'"
            missing = f"message '{message.name}' has no packet"
            raise wrong(
                Code.NO_PACKET, missing, Span(packets.file, 1, 1, 1, 1), cause=about, hint=hint
            )
        if packet.items is None:
            continue
        names: dict[str, PacketValue] = dict(_fields(message.record, message.values))
        first = _original(told, message)
        now = int(step_time(clock, first.sent) * TICKS)
        names |= {REQUEST: _request(told, first), OPTION: chosen, NOW: now}
        octets = encode(packets, packet, names, known, lambda m: _time(ticks, m), about)
        if len(octets) > LONGEST:
            raise wrong(Code.TOO_BIG, f"{len(octets)} octets are no packet", packet.span)
        # Those of one step follow each other by a microsecond, so that readers keep the order.
        yield Frame(step_time(clock, message.sent) + Fraction(earlier, 10**6), octets, message)


def _option(text: str) -> PacketValue:
    """The value of an option, which is known as text."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.removeprefix("-").isdecimal() else text


def _time(ticks: Mapping[int, int], moment: Moment) -> int:
    return ticks[moment.number]


def _fields(record: RecordType, values: tuple[Value, ...]) -> Iterator[tuple[str, PacketValue]]:
    for (name, of), value in zip(record.fields, values, strict=True):
        yield name, value_of(of, value)


def _original(told: Journal, message: Message) -> Message:
    """What a copy is a copy of: it has all of it, but for the time when it is there."""
    while message.copy_of is not None:
        message = told.messages[message.copy_of]
    return message


def _request(told: Journal, message: Message) -> PacketValue:
    """The message that the step which sends this one has received."""
    arrived = told.entries[message.sent - 1].arrived if message.sent else None
    if arrived is None:
        return None
    request = told.messages[arrived]
    return Record(request.name, dict(_fields(request.record, request.values)))


def pcap(found: tuple[Frame, ...]) -> bytes:
    """The file, with times in microseconds."""
    pieces = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, LONGEST, RAW)]
    for frame in found:
        seconds, rest = divmod(frame.time, 1)
        size = len(frame.octets)
        pieces.append(struct.pack("<IIII", seconds, int(rest * 10**6), size, size))
        pieces.append(frame.octets)
    return b"".join(pieces)
