"""Leaves whose value follows from facts that were proved, so that it can be put in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.cubes import Cube, Slots, variables
from verifier.engines.symbolic.scalars import bounds, choose, conjunction
from verifier.engines.symbolic.views import View, substituted
from verifier.ir import expr as E
from verifier.ir.expr import Expr


def known_values(view: View, slots: Slots, facts: Iterable[Cube]) -> dict[Expr, Expr]:
    """For leaves that can have one value only, that value; where their guards do not hold they have
    the default of their type, so the value is a case unless the two are the same."""
    possible: dict[Expr, set[int]] = {}
    for fact in facts:
        for leaf, excluded in _excluded(slots, fact):
            possible.setdefault(leaf, _all(leaf)).difference_update(excluded)
    found: dict[Expr, Expr] = {}
    for leaf, values in possible.items():
        if len(values) == 1:
            (value,) = values
            constant = trees.constant(leaf.type, value)
            guards = conjunction(slots.guards(leaf))
            found[leaf] = choose(guards, constant, trees.default(leaf.type))
    settled = {leaf: _settled(value, found) for leaf, value in found.items()}
    return settled | dict(_in_other_slots(view, settled))


def _excluded(slots: Slots, fact: Cube) -> Iterator[tuple[Expr, set[int]]]:
    """The leaf that a fact is about, and the values that it says the leaf never has: where all else
    in the fact is what must hold for the leaf to mean something."""
    said = [one for one in fact if one not in slots.in_use]
    for one in said:
        leaves = variables(one)
        if len(leaves) == 1:
            (leaf,) = leaves
            values = _values(leaf, one)
            guards = slots.guards(leaf)
            if values is not None and all(other in guards for other in said if other is not one):
                yield leaf, values


def _in_other_slots(view: View, known: dict[Expr, Expr]) -> Iterator[tuple[Expr, Expr]]:
    """What is known of the messages of slot 1 is known of all of their kind."""
    for slot, message in view.messages.items():
        first = view.messages.get(replace(slot, number=1))
        if first is None or slot.number == 1:
            continue
        leaf: dict[Expr, Expr] = {
            a: b
            for a, b in zip(trees.leaves(first), trees.leaves(message), strict=True)
            if isinstance(a, E.Var)
        }
        for old, new in leaf.items():
            if old in known:
                yield new, substituted(known[old], leaf, {})


def _settled(value: Expr, known: dict[Expr, Expr]) -> Expr:
    """The value where guards that are known themselves are put in: those stand further out, so it
    ends."""
    while (new := substituted(value, known, {})) is not value:
        value = new
    return value


def _all(leaf: Expr) -> set[int]:
    low, high = bounds(leaf.type)
    assert low is not None and high is not None, "the values of a leaf with an end are told apart"
    return set(range(low, high + 1))


def _values(leaf: Expr, said: Expr) -> set[int] | None:
    """The values of a leaf of few for which a literal about it is true."""
    match said:
        case E.Var():
            return {1}
        case E.Not(argument):
            inner = _values(leaf, argument)
            return None if inner is None else _all(leaf) - inner
        case E.Equal(left, E.Literal(int() as value)) if left is leaf:
            return {value} if None not in bounds(leaf.type) else None
        case E.Or(arguments):
            parts = [_values(leaf, part) for part in arguments]
            return set[int]().union(*(part or () for part in parts)) if None not in parts else None
        case _:
            return None
