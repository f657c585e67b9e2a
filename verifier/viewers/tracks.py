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
    g, the last one right of all; ``ended`` is None for what is in flight to the end.  Lanes count
    from the lifeline that the track runs beside, which is left of the gap if it is ``outward``."""

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
    outward: bool
    lane: int


def arrows(messages: Mapping[int, Message], columns: tuple[str, ...]) -> tuple[Arrow, ...]:
    """All messages of a run, in the order in which they were sent."""
    places = {node: place for place, node in enumerate(columns)}
    ends: dict[tuple[int, bool], list[int | None]] = {}  # by gap and side: when each lane is free
    found: dict[int, Arrow] = {}
    for message in messages.values():
        sender = places.get(message.sender, -1)
        receiver = places.get(message.receiver, -1)
        one = direct(message)
        origin = found.get(message.copy_of or 0)
        outward = receiver >= sender
        gap = max(0, sender + 1 if outward else sender)
        if origin is not None:
            gap, outward = origin.gap, origin.outward
        lane = 0
        if not one:
            lanes = ends.setdefault((gap, outward), [])
            free = (i for i, end in enumerate(lanes) if end is not None and end < message.sent)
            lane = next(free, len(lanes))
            lanes[lane : lane + 1] = [message.ended]
        found[message.number] = Arrow(
            number=message.number,
            name=legible(message.name),
            shown=legible(message.shown),
            sender=sender,
            receiver=receiver,
            sent=message.sent,
            ended=message.ended,
            lost=message.fate == "lost",
            copy_of=message.copy_of,
            direct=one,
            gap=gap,
            outward=outward,
            lane=lane,
        )
    return tuple(found.values())
