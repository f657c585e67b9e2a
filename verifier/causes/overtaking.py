"""Which events of a run may change places: what an event overtakes that comes earlier than it did.

Of two events that are exchanged one is a receipt or the end of a timer: in which order a node does
things by itself is its program, and where people move is their choice.  Only where nodes exchange
no messages the steps of two nodes race for the variables that they share.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.causes.events import Dependence, Event


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a run, those that are awaited last; ``length`` says how many have happened in
    it, ``by_messages`` whether the nodes of the system exchange messages."""

    all: tuple[Event, ...]
    length: int
    dependence: Dependence
    by_messages: bool

    def depend(self, one: int, other: int) -> bool:
        """Whether it matters which of the two comes first."""
        return self.dependence.between(self.all[one], self.all[other])


def overtakes(events: Events, left: tuple[int, ...], place: int) -> tuple[int, ...] | None:
    """The events that this one overtakes, of those that it depends on and that have not happened;
    None if it must not."""
    found = []
    for earlier in left:
        if earlier >= events.length:
            break  # what is awaited has no place in the run
        if earlier < place and events.depend(earlier, place):
            if not _may_race(events, events.all[earlier], events.all[place]):
                return None
            found.append(earlier)
    return tuple(found)


def _may_race(events: Events, one: Event, other: Event) -> bool:
    """Whether the order of the two is open: neither the program of a node nor anyone's choice."""
    if one.disturbs or other.disturbs:
        return False  # that a message is not lost, or not copied, is an assumption, not an order
    if one.befalls or other.befalls:
        return True
    return not events.by_messages and one.action.node != other.action.node


def kind(one: Event, other: Event) -> int:
    """How much the exchange of two events is what one calls a race of messages: two receipts at a
    node most of all, then a receipt and what a node does by itself."""
    same_node = one.action.node == other.action.node
    if same_node and one.receives and other.receives:
        return 0
    return 1 if same_node else 2


def overtaken(origins: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """All pairs of steps of the run that have changed places; 0 is no step of it."""
    kept = [origin for origin in origins if origin]
    return tuple(
        (other, one)
        for place, one in enumerate(kept)
        for other in sorted(kept[place + 1 :])
        if other < one
    )
