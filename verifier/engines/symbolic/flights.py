"""What channels do with messages in flight, on the entries that `trees` makes of them."""

from __future__ import annotations

from typing import assert_never

from verifier.engines.symbolic import compounds, trees
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    at_least,
    below,
    choose,
    conjunction,
    disjunction,
    integer,
    same,
    total,
)
from verifier.engines.symbolic.trees import Entry, Tree
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr
from verifier.ir.types import Type


def room(flight: Tree, of: T.Channel) -> Expr:
    """Whether one more message fits."""
    capacity: int | None = of.capacity
    if capacity is None or len(flight) < capacity:
        return TRUE
    return negate(at_least(capacity, [there for there, _ in flight]))


def without(flight: Tree, removed: list[Expr]) -> Tree:
    """Without the entries for which this holds."""
    return tuple(
        (conjunction((there, negate(goes))), message)
        for (there, message), goes in zip(flight, removed, strict=True)
    )


def taken(flight: Tree, message: Tree) -> Tree:
    """Without the first entry that is the message."""
    removed: list[Expr] = []
    gone: Expr = FALSE
    for there, found in flight:
        is_it = conjunction((there, trees.equal_messages(found, message)))
        removed.append(conjunction((is_it, negate(gone))))
        gone = disjunction((gone, is_it))
    return without(flight, removed)


def repeated(flight: Tree, index: Expr, of: T.Channel) -> Tree:
    """With the entry at an index twice, if there is room."""
    free = room(flight, of)
    doubled: list[Entry] = []
    for (there, message), here in zip(flight, places(flight, index, of), strict=True):
        doubled += [(there, message), (conjunction((here, free)), message)]
    return tuple(entry for entry in doubled if entry[0] is not FALSE)


def first_of_links(ready: list[Entry]) -> list[Entry]:
    """The first of every link."""
    found = []
    for place, (there, message) in enumerate(ready):
        behind = disjunction(
            conjunction((earlier, trees.on_link(other, message)))
            for earlier, other in ready[:place]
        )
        found.append((conjunction((there, negate(behind))), message))
    return found


def places(flight: Tree, index: Expr, of: T.Channel) -> list[Expr]:
    """For each entry whether it is the one at this index of the canonical order: lower ones come
    first, in a fifo channel those of lower links, and of two alike the earlier entry."""
    found = []
    for k, (there, message) in enumerate(flight):
        first = []
        for j, (present, other) in enumerate(flight):
            if of.fifo:
                lower = _lower_link(other, message)
                alike = trees.on_link(other, message) if j < k else FALSE
            else:
                lower = _lower(of.message, other, message)
                alike = trees.equal_messages(other, message) if j < k else FALSE
            if j != k:
                first.append(conjunction((present, disjunction((lower, alike)))))
        found.append(conjunction((there, same(total(first), index))))
    return found


def listed(ready: list[Entry], of: Type, list_: Type) -> Tree:
    """The entries as a list, in the canonical order of their channel."""
    assert isinstance(of, T.Channel) and isinstance(list_, T.List)
    messages = [message for _, message in ready]
    return (
        total([there for there, _ in ready]),
        tuple(
            compounds.selected(places(tuple(ready), integer(k), of), messages, list_.item)
            for k in range(trees.places(list_))
        ),
    )


def _lower_link(message: Tree, other: Tree) -> Expr:
    """Whether the link of a message comes before that of another."""
    (a, b), (c, d) = trees.ends(message), trees.ends(other)
    return disjunction((below(a, c), conjunction((same(a, c), below(b, d)))))


def _lower(of: Type, left: Tree, right: Tree) -> Expr:
    """Whether a value comes before another, as tuples are compared."""
    match of:
        case T.Bool() | T.Int() | T.Mod() | T.Enum() | T.Stamp():
            return below(left, right)
        case T.Record(_, fields):
            return _lower_parts([kind for _, kind in fields], left, right)
        case T.Map(_, item):
            return _lower_parts([item] * len(left), left, right)
        case T.Optional(item):
            return _lower_parts([T.BOOL, item], left, right)
        case T.List(item):
            there = [
                tuple((below(integer(k), length), part) for k, part in enumerate(items))
                for length, items in (left, right)
            ]
            kinds: list[Type] = [T.Optional(item)] * trees.places(of)
            return _lower_parts(kinds, *there)
        case T.Message(alternatives):
            return _lower_parts(
                [T.Int(0, len(alternatives) - 1), *alternatives],
                *((tag, *parts) for tag, parts in (left, right)),
            )
        case T.Set() | T.Channel():
            raise NotSymbolic("a place in a channel whose messages hold sets")
        case _:
            assert_never(of)


def _lower_parts(kinds: list[Type], left: Tree, right: Tree) -> Expr:
    """The first part in which they differ is lower."""
    found: Expr = FALSE
    for kind, one, other in reversed(list(zip(kinds, left, right, strict=True))):
        alike = trees.equal(one, other)
        found = disjunction((_lower(kind, one, other), conjunction((alike, found))))
    return found


# ---- channels as wholes ------------------------------------------------------------------------


def chosen(condition: Expr, then: Tree, otherwise: Tree) -> Tree:
    """The same for channels: what both have stays one entry."""
    if then is otherwise:
        return then
    shared = 0
    while shared < min(len(then), len(otherwise)) and then[shared][1] is otherwise[shared][1]:
        shared += 1
    found = [
        (choose(condition, a, b), message)
        for (a, message), (b, _) in zip(then[:shared], otherwise[:shared], strict=True)
    ]
    found += [(conjunction((condition, a)), message) for a, message in then[shared:]]
    found += [(conjunction((negate(condition), b)), message) for b, message in otherwise[shared:]]
    return tuple(entry for entry in found if entry[0] is not FALSE)


def equal(of: T.Channel, left: Tree, right: Tree) -> Expr:
    """Whether two channels hold the same messages: each as often, and on each link of a fifo
    channel in the same order."""
    if left is right:
        return TRUE
    if not of.fifo:
        both = [message for _, message in (*left, *right)]
        return conjunction(
            _same_count(
                [conjunction((there, trees.equal_messages(m, message))) for there, m in left],
                [conjunction((there, trees.equal_messages(m, message))) for there, m in right],
            )
            for message in both
        )
    return conjunction(
        (
            _queued_alike(left, right),
            _queued_alike(right, left),
        )
    )


def _queued_alike(left: Tree, right: Tree) -> Expr:
    """Every entry on the left stands at the same place of its link on the right."""
    parts = []
    for i, (there, message) in enumerate(left):
        matches = []
        for j, (here, other) in enumerate(right):
            places = _same_count(
                [conjunction((p, trees.on_link(m, message))) for p, m in left[:i]],
                [conjunction((p, trees.on_link(m, message))) for p, m in right[:j]],
            )
            matches.append(conjunction((here, trees.equal_messages(message, other), places)))
        parts.append(disjunction((negate(there), disjunction(matches))))
    return conjunction(parts)


def _same_count(left: list[Expr], right: list[Expr]) -> Expr:
    """Whether as many are true on either side."""
    most = max(len(left), len(right))
    return conjunction(same(at_least(k, left), at_least(k, right)) for k in range(1, most + 1))
