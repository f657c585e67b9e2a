"""What generated code calls: the operations that are too long to be written out in place.

Each agrees with the arm of `ir.semantics` that handles the node of the same name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from operator import itemgetter
from typing import Any

Items = tuple[Any, ...]

_link = itemgetter(1, 2)


def unwrap(option: Items, default: Any) -> Any:
    """The value of an optional, or the default."""
    return option[0] if option else default


def lookup(items: Items, key: int, start: int, default: Any) -> Any:
    """The value of a map at a key that may be out of range."""
    return items[key - start] if 0 <= key - start < len(items) else default


def store(items: Items, key: int, start: int, new: Any) -> Items:
    """The map with one value replaced."""
    place = key - start
    return (*items[:place], new, *items[place + 1 :]) if 0 <= place < len(items) else items


def item_at(items: Items, index: int, default: Any) -> Any:
    """The item of a list, or the default outside."""
    return items[index] if 0 <= index < len(items) else default


def append(items: Items, item: Any, capacity: int | None) -> Items:
    """The list with one more item, unless it is full."""
    return (*items, item) if capacity is None or len(items) < capacity else items


def divide(left: int, right: int) -> int:
    """Floor division; 0 for a divisor of 0."""
    return left // right if right else 0


def modulo(left: int, right: int) -> int:
    """The remainder of floor division; 0 for a divisor of 0."""
    return left % right if right else 0


def union(left: Items, right: Items) -> Items:
    """The members of either set."""
    return tuple(sorted({*left, *right}))


def common(left: Items, right: Items) -> Items:
    """The members of both sets."""
    return tuple(item for item in left if item in right)


def difference(left: Items, right: Items) -> Items:
    """The members of the left set only."""
    return tuple(item for item in left if item not in right)


def put_unordered(flight: Items, message: Items, capacity: int | None) -> Items:
    """The multiset with one more message."""
    if capacity is not None and len(flight) >= capacity:
        return flight
    place = bisect_right(flight, message)
    return (*flight[:place], message, *flight[place:])


def put_fifo(flight: Items, message: Items, capacity: int | None) -> Items:
    """The queues with one more message, behind those of its link."""
    if capacity is not None and len(flight) >= capacity:
        return flight
    place = bisect_right(flight, _link(message), key=_link)
    return (*flight[:place], message, *flight[place:])


def take(flight: Items, message: Items) -> Items:
    """The channel without the first copy of a message."""
    if message not in flight:
        return flight
    place = flight.index(message)
    return flight[:place] + flight[place + 1 :]


def remove_at(flight: Items, index: int) -> Items:
    """The channel without the message at an index."""
    return flight[:index] + flight[index + 1 :] if 0 <= index < len(flight) else flight


def repeat_at(flight: Items, index: int, capacity: int | None) -> Items:
    """The channel with the message at an index twice."""
    if not 0 <= index < len(flight) or (capacity is not None and len(flight) >= capacity):
        return flight
    return flight[: index + 1] + flight[index:]


def deliverable(flight: Items, fifo: bool, deferred: Callable[[Items], bool]) -> Items:
    """The messages that may be received next; see `expr.Deliverable`."""
    open_ones = [message for message in flight if not deferred(message)]
    if not fifo:
        return tuple(open_ones)
    first: dict[Any, Items] = {}
    for message in open_ones:
        first.setdefault(_link(message), message)
    return tuple(dict.fromkeys(first.values()))


def fresh(live: list[int], back: int, offset: int) -> int:
    """A new stamp by its position; ``live`` are the stamps of the old state, increasing."""
    downwards = [*reversed(live), 0]
    if back == 0:
        return downwards[0] + offset
    place = min((back + 1) // 2, len(downwards)) - 1
    if back % 2 == 1:
        return downwards[place]
    return downwards[min(place + 1, len(downwards) - 1)] + offset


NAMES: dict[str, Any] = {
    function.__name__: function
    for function in (
        unwrap, lookup, store, item_at, append, divide, modulo, union, common, difference,
        put_unordered, put_fifo, take, remove_at, repeat_at, deliverable, fresh,
    )
}  # fmt: skip
