"""What is done with maps, sets, lists and messages, on their trees."""

from __future__ import annotations

from typing import cast

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.scalars import (
    arithmetic,
    below,
    choose,
    conjunction,
    disjunction,
    integer,
    same,
)
from verifier.engines.symbolic.trees import Entry, Tree
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr
from verifier.ir.types import Type


def is_member(scalar: Tree, member: int) -> Expr:
    """Whether a scalar is this key of a map or this member of a set."""
    if scalar.type == T.BOOL:
        return cast(Expr, scalar) if member else negate(scalar)
    return same(scalar, integer(member))


def combined(op: str, left: Expr, right: Expr) -> Expr:
    """Whether something is in the union, intersection or difference of two sets."""
    if op == "|":
        return disjunction((left, right))
    if op == "&":
        return conjunction((left, right))
    return conjunction((left, negate(right)))


def set_of(kept: list[Entry], of: T.Set) -> Tree:
    """The set of these members."""
    return tuple(
        disjunction(conjunction((there, is_member(item, member))) for there, item in kept)
        for member in trees.members(of.item)
    )


def put_at(items: Tree, index: int, new: Tree) -> Tree:
    """With one part replaced."""
    return (*items[:index], new, *items[index + 1 :])


def selected(conditions: list[Expr], items: Tree, of: Type) -> Tree:
    """The item whose condition holds, at most one does; the default of the type if none does."""
    found = trees.default(of)
    settled = disjunction(conditions) is TRUE
    for k in range(len(conditions) - 1, -1, -1):
        if conditions[k] is FALSE:
            continue
        if settled and k == len(conditions) - 1:
            found = items[k]
        else:
            found = trees.chosen(conditions[k], items[k], found)
    return found


def message_field(message: Tree, tag: int, index: int, of: Type) -> Tree:
    """One field; an alternative that the message is not has defaults already."""
    known, alternatives = message
    if tag == -1:
        return trees.ends(message)[index]
    if same(known, integer(tag)) is FALSE:
        return trees.default(of)
    return alternatives[tag][index]


def _inside(length: Expr, items: Tree, index: Expr) -> list[Expr]:
    """For each place of a list whether it is the one at an index that has an item."""
    return [
        conjunction((is_member(index, k), below(integer(k), length))) for k in range(len(items))
    ]


def at(whole: Tree, index: Expr, of: Type) -> Tree:
    """The item of a list at an index."""
    length, items = whole
    return selected(_inside(length, items, index), items, of)


def replaced(whole: Tree, index: Expr, new: Tree) -> Tree:
    """The list with the item at an index replaced."""
    length, items = whole
    inside = _inside(length, items, index)
    return length, tuple(trees.chosen(c, new, old) for c, old in zip(inside, items, strict=True))


def appended(whole: Tree, new: Tree, of: T.List) -> Tree:
    """The list with an item added, unless it is full."""
    length, items = whole
    free = below(length, integer(trees.places(of)))
    return (
        choose(free, arithmetic("+", length, integer(1), T.INTEGER), length),
        tuple(trees.chosen(same(length, integer(k)), new, old) for k, old in enumerate(items)),
    )


def tail(whole: Tree, of: T.List) -> Tree:
    """The list without its first item."""
    length, items = whole
    shorter = arithmetic("-", length, integer(1), T.INTEGER)
    return (
        choose(below(integer(0), length), shorter, length),
        (*items[1:], trees.default(of.item)) if items else (),
    )
