"""Where the messages of a run are drawn: between which lifelines, and on which track.

A message that arrives in the very next step is one arrow.  A delayed one runs down a track of its
own beside its sender, and a duplicate beside what it is a copy of, until it arrives or is lost; no
two messages share a track at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.viewers.journal import Message
from verifier.viewers.legible import legible
from verifier.viewers.telling import direct


@dataclass(frozen=True, slots=True)
class Arrow:
    """A message.  Columns count from 0, -1 is what stands in no column; gap g lies left of column
    g, the last one right of all; ``ended`` is None for what is in flight to the end."""

    number: int
    name: str
    shown: str
    sender: int
    receiver: int
    sent: int
    ended: int | None
    lost: bool
    copy_of: int | None
    direct: bool
    gap: int
    lane: int


def arrows(messages: Mapping[int, Message], columns: tuple[str, ...]) -> tuple[Arrow, ...]:
    """All messages of a run, in the order in which they were sent."""
    places = {node: place for place, node in enumerate(columns)}
    free: dict[int, list[int]] = {}  # gap -> for each lane, the first step in which it is free
    found: dict[int, Arrow] = {}
    for message in messages.values():
        sender = places.get(message.sender, -1)
        receiver = places.get(message.receiver, -1)
        one = direct(message)
        origin = found.get(message.copy_of or 0)
        gap = sender + 1 if receiver >= sender else sender
        if origin is not None and not origin.direct:
            gap = origin.gap
        lane = 0
        if not one:
            lanes = free.setdefault(max(0, gap), [])
            lane = next((i for i, step in enumerate(lanes) if step < message.sent), len(lanes))
            lanes[lane:] = lanes[lane:] or [0]
            lanes[lane] = len(messages) + 10**9 if message.ended is None else message.ended
        found[message.number] = Arrow(
            message.number, legible(message.name), legible(message.shown), sender, receiver,
            message.sent, message.ended, message.fate == "lost", message.copy_of, one,
            max(0, gap), lane,
        )  # fmt: skip
    return tuple(found.values())
