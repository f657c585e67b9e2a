"""Leaves whose value follows from facts that were proved, so that it can be put in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.cubes import Cube, Slots, variables
from verifier.engines.symbolic.scalars import bounds, choose, conjunction, integer
from verifier.engines.symbolic.views import View, substituted
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, literal
from verifier.ir.expr import Expr
from verifier.ir.types import Type


def known_values(view: View, slots: Slots, facts: Iterable[Cube]) -> dict[Expr, Expr]:
    """For leaves that can have one value only, that value; where their guards do not hold they have
    the default of their type, so the value is a case unless the two are the same."""
    possible: dict[Expr, set[int]] = {}
    for fact in facts:
        rest = [one for one in fact if one not in slots.in_use]
        leaf = _subject(rest)
        if leaf is None or not set(rest) - set(slots.guards(leaf)):
            continue
        wrong = [one for one in rest if one not in slots.guards(leaf)]
        if len(wrong) != 1:
            continue
        excluded = _values(leaf, wrong[0])
        if excluded is not None:
            possible.setdefault(leaf, _all(leaf)).difference_update(excluded)
    found: dict[Expr, Expr] = {}
    for leaf, values in possible.items():
        if len(values) != 1:
            continue
        value = values.pop()
        of = leaf.type
        constant, otherwise = _scalar(of, value), _scalar(of, T.default(of))  # type: ignore[arg-type]
        guards = conjunction(g for g in slots.guards(leaf) if g not in slots.in_use)
        found[leaf] = choose(guards, constant, otherwise)
    settled = {leaf: _settled(value, found) for leaf, value in found.items()}
    return settled | dict(_in_other_slots(view, settled))


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
    """The value where guards that are known themselves are put in."""
    for _ in range(8):
        new = substituted(value, known, {})
        if new is value:
            return value
        value = new
    return value


def _subject(literals: list[Expr]) -> Expr | None:
    """The leaf that a fact about one leaf is about: the one that nothing else in it depends on."""
    last = literals_leaf = None
    for one in literals:
        found = variables(one)
        if len(found) != 1:
            return None
        (last,) = found
        if literals_leaf is None or len(last.name) > len(literals_leaf.name):  # type: ignore[union-attr]
            literals_leaf = last
    return literals_leaf


def _all(leaf: Expr) -> set[int]:
    if isinstance(leaf.type, T.Bool):
        return {0, 1}
    low, high = bounds(leaf.type)
    assert low is not None and high is not None
    return set(range(low, high + 1))


def _values(leaf: Expr, wrong: Expr) -> set[int] | None:
    """The values for which a literal about one leaf of few values is true."""
    if wrong is leaf:
        return {1}
    if isinstance(wrong, E.Not):
        inner = _values(leaf, wrong.argument)
        return None if inner is None else _all(leaf) - inner
    if isinstance(wrong, E.Equal) and wrong.left is leaf and isinstance(wrong.right, E.Literal):
        return {int(wrong.right.value)}  # type: ignore[arg-type]
    if isinstance(wrong, E.Or):
        parts = [_values(leaf, part) for part in wrong.arguments]
        return None if any(p is None for p in parts) else set().union(*(p for p in parts if p))
    return None


def _scalar(of: Type, value: int) -> Expr:
    if isinstance(of, T.Bool):
        return TRUE if value else FALSE
    return literal(value, of) if isinstance(of, T.Stamp) else integer(value)
