"""What channels do with messages: the meaning of the operations on channels, on plain values."""

from __future__ import annotations

from bisect import bisect_right

from verifier.ir.types import Channel, Value, in_order, link

Messages = tuple[Value, ...]


def is_full(flight: Messages, channel: Channel) -> bool:
    """Whether no further message fits."""
    return channel.capacity is not None and len(flight) >= channel.capacity


def put(flight: Messages, message: Value, channel: Channel) -> Messages:
    """One more message, unless the channel is full; in a fifo channel behind those of its link."""
    if is_full(flight, channel):
        return flight
    if not channel.fifo:
        return in_order((*flight, message))
    place = bisect_right([link(earlier) for earlier in flight], link(message))
    return (*flight[:place], message, *flight[place:])


def take(flight: Messages, message: Value) -> Messages:
    """Without the first copy of a message, if there is one."""
    return remove_at(flight, flight.index(message)) if message in flight else flight


def remove_at(flight: Messages, place: int) -> Messages:
    """Without the message at a place, if there is one."""
    return (*flight[:place], *flight[place + 1 :]) if 0 <= place < len(flight) else flight


def repeat_at(flight: Messages, place: int, channel: Channel) -> Messages:
    """The message at a place twice, if there is one and the channel is not full."""
    if not 0 <= place < len(flight) or is_full(flight, channel):
        return flight
    return (*flight[: place + 1], *flight[place:])


def first_of_links(ready: Messages) -> Messages:
    """The first message of every link."""
    links = [link(message) for message in ready]
    return tuple(m for place, m in enumerate(ready) if links[place] not in links[:place])
