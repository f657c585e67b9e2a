"""A state that may be any: where a proof by induction starts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.linear import Linear
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    below,
    disjunction,
    integer,
    same,
)
from verifier.engines.symbolic.trees import Entry, Tree
from verifier.engines.symbolic.unrolling import held_stamps
from verifier.ir import types as T
from verifier.ir.build import negate
from verifier.ir.expr import Expr
from verifier.ir.system import TransitionSystem
from verifier.ir.types import Type


def stamps_max(system: TransitionSystem) -> int:
    """How many stamps a state may hold."""
    return len(list(held_stamps(system, _shape(system, Linear(0)))))


def anywhere(system: TransitionSystem, leaves: Linear) -> tuple[Mapping[str, Tree], list[Expr]]:
    """The state, and what holds of it by the types alone."""
    state = _shape(system, leaves)
    facts = list(leaves.ranges)
    for variable in system.variables:
        tree = state[variable.name]
        if isinstance(variable.type, T.Channel):
            # Which slots are taken makes no difference, so the first ones are.
            there = [present for present, _ in tree]
            facts += [disjunction((earlier, negate(later))) for earlier, later in pairwise(there)]
            for _, message in tree:
                facts += _canonical(variable.type.message, message)
        else:
            facts += _canonical(variable.type, tree)
    return state, facts


def _shape(system: TransitionSystem, leaves: Linear) -> dict[str, Tree]:
    state: dict[str, Tree] = {}
    for variable in system.variables:
        name, of = variable.name, variable.type
        state[name] = (
            _flight(name, of, leaves)
            if isinstance(of, T.Channel)
            else trees.variable(of, name, leaves.free)
        )
    return state


def _flight(name: str, of: T.Channel, leaves: Linear) -> tuple[Entry, ...]:
    capacity: int | None = of.capacity
    if capacity is None:
        raise NotSymbolic(f"any number of messages in {name}")
    return tuple(
        (
            leaves.free(f"{name} slot {k}", T.BOOL),
            trees.variable(of.message, f"{name} slot {k}", leaves.free),
        )
        for k in range(capacity)
    )


def _canonical(of: Type, tree: Tree) -> list[Expr]:
    """What is absent is the default of its type."""
    match of:
        case T.Record(_, fields):
            parts = zip([kind for _, kind in fields], tree, strict=True)
            return [fact for kind, part in parts for fact in _canonical(kind, part)]
        case T.Map(_, item):
            return [fact for part in tree for fact in _canonical(item, part)]
        case T.Optional(item):
            return [_default_unless(tree[0], item, tree[1]), *_canonical(item, tree[1])]
        case T.List(item, _):
            length, places = tree
            return [
                fact
                for k, place in enumerate(places)
                for fact in (
                    _default_unless(below(integer(k), length), item, place),
                    *_canonical(item, place),
                )
            ]
        case T.Message(alternatives):
            tag, parts = tree
            return [
                fact
                for k, (record, part) in enumerate(zip(alternatives, parts, strict=True))
                for fact in (
                    _default_unless(same(tag, integer(k)), record, part),
                    *_canonical(record, part),
                )
            ]
        case _:
            return []


def _default_unless(there: Expr, of: Type, tree: Tree) -> Expr:
    return disjunction((there, trees.equal(tree, trees.default(of))))
