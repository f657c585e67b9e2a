"""Values of the pivot as trees of scalar expressions.

=========  =====================================================================================
type       tree
=========  =====================================================================================
a scalar   the expression
Record     its fields
Map        its values, in the order of the keys
Optional   whether it is there, and the item (the default of its type when it is not)
Set        for each possible member whether it is in
List       the length, and the places (the default where there is nothing)
Message    the tag, and for each alternative its fields (defaults, unless it is that alternative)
Channel    entries: whether the message is in flight, and the message; a fifo channel in the order
           of sending, and no two entries of a channel need to be different
=========  =====================================================================================

So equal values have equal trees, entries of channels left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, assert_never

from verifier.engines.symbolic.scalars import (
    choose,
    conjunction,
    integer,
    same,
)
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, literal
from verifier.ir.expr import Expr
from verifier.ir.types import Type, Value

Tree: TypeAlias = Any
"""An expression, or a tuple of trees (see above)."""

Entry: TypeAlias = tuple[Expr, Tree]
"""Whether a message is there, and what it is."""

Leaf: TypeAlias = Callable[[str, Type], Expr]
"""Makes the scalar of a name and a type."""

_SCALARS = (T.Bool, T.Int, T.Mod, T.Enum, T.Stamp)


def is_scalar(of: Type) -> bool:
    """Whether a tree of the type is one expression."""
    return isinstance(of, _SCALARS)


def constant(of: Type, value: Value) -> Tree:
    """The tree of a value."""
    if isinstance(of, _SCALARS):
        assert isinstance(value, int)
        return _scalar(of, value)
    assert isinstance(value, tuple)
    match of:
        case T.Record(_, fields):
            return tuple(
                constant(kind, part) for (_, kind), part in zip(fields, value, strict=True)
            )
        case T.Map(_, item):
            return tuple(constant(item, part) for part in value)
        case T.Optional(item):
            there = bool(value)
            return (
                TRUE if there else FALSE,
                constant(item, value[0] if there else T.default(item)),
            )
        case T.Set(item):
            return tuple(TRUE if member in value else FALSE for member in members(item))
        case T.List(item):
            padded = [*value, *[T.default(item)] * (places(of) - len(value))]
            return (integer(len(value)), tuple(constant(item, part) for part in padded))
        case T.Message(alternatives):
            assert isinstance(value[0], int)
            return (
                integer(value[0]),
                tuple(
                    constant(record, value[1:] if tag == value[0] else T.default(record))
                    for tag, record in enumerate(alternatives)
                ),
            )
        case T.Channel(message):
            return tuple((TRUE, constant(message, part)) for part in value)
        case _:
            assert_never(of)


def _scalar(of: Type, value: int) -> Expr:
    if isinstance(of, T.Bool):
        return TRUE if value else FALSE
    return literal(value, of) if isinstance(of, T.Stamp) else integer(value)


def default(of: Type) -> Tree:
    """The tree of the default of a type."""
    return constant(of, T.default(of))


def places(of: T.List) -> int:
    """How many items a list has room for."""
    assert of.capacity is not None, "only what may be received is a list without end"
    return of.capacity


def members(item: Type) -> range:
    """What may be in a set."""
    numbers = T.scalar_range(item)
    assert numbers is not None, f"{item} has no end"
    return numbers


def variable(of: Type, name: str, leaf: Leaf) -> Tree:
    """A tree whose leaves are variables, named after where they stand; channels left out."""
    match of:
        case T.Bool() | T.Int() | T.Mod() | T.Enum() | T.Stamp():
            return leaf(name, of)
        case T.Record(_, fields):
            return tuple(variable(kind, f"{name}.{field}", leaf) for field, kind in fields)
        case T.Map(key, item):
            return tuple(variable(item, f"{name}[{T.show(key, k)}]", leaf) for k in T.values(key))
        case T.Optional(item):
            return (leaf(f"{name}?", T.BOOL), variable(item, f"{name}!", leaf))
        case T.Set(item):
            return tuple(leaf(f"{T.show(item, k)} in {name}", T.BOOL) for k in members(item))
        case T.List(item):
            count = places(of)
            items = (variable(item, f"{name}[{k}]", leaf) for k in range(count))
            return (leaf(f"{name}.length", T.Int(0, count)), tuple(items))
        case T.Message(alternatives):
            return (
                leaf(f"{name}.tag", T.Int(0, len(alternatives) - 1))
                if len(alternatives) > 1
                else integer(0),
                tuple(variable(record, f"{name}.{record.name}", leaf) for record in alternatives),
            )
        case T.Channel():
            raise AssertionError("whoever makes a state says which messages are in flight")
        case _:
            assert_never(of)


def leaves(tree: Tree) -> Iterator[Expr]:
    """The scalars of a tree, in order."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree


def value(of: Type, tree: Tree, scalar: Callable[[Expr], int]) -> Value:
    """The value of a tree where the scalars have these values; of a channel, in canonical order."""
    match of:
        case T.Bool():
            return bool(scalar(tree))
        case T.Int() | T.Mod() | T.Enum() | T.Stamp():
            return scalar(tree)
        case T.Record(_, fields):
            return tuple(
                value(kind, part, scalar) for (_, kind), part in zip(fields, tree, strict=True)
            )
        case T.Map(_, item):
            return tuple(value(item, part, scalar) for part in tree)
        case T.Optional(item):
            return (value(item, tree[1], scalar),) if scalar(tree[0]) else ()
        case T.Set(item):
            pairs = zip(members(item), tree, strict=True)
            found = tuple(member for member, inside in pairs if scalar(inside))
            return tuple(bool(m) for m in found) if isinstance(item, T.Bool) else found
        case T.List(item, _):
            return tuple(value(item, part, scalar) for part in tree[1][: scalar(tree[0])])
        case T.Message(alternatives):
            tag = scalar(tree[0])
            content = value(alternatives[tag], tree[1][tag], scalar)
            assert isinstance(content, tuple)
            return (tag, *content)
        case T.Channel(message, fifo):
            flight = tuple(value(message, m, scalar) for there, m in tree if scalar(there))
            if fifo:
                links: list[Any] = sorted({T.link(m) for m in flight})
                return tuple(m for pair in links for m in flight if T.link(m) == pair)
            return T.in_order(flight)
        case _:
            assert_never(of)


def chosen(condition: Expr, then: Tree, otherwise: Tree) -> Tree:
    """if condition then .. else .., of one type; channels have `chosen_flight`."""
    if then is otherwise:
        return then
    if isinstance(then, tuple):
        return tuple(chosen(condition, a, b) for a, b in zip(then, otherwise, strict=True))
    return choose(condition, then, otherwise)


def equal(left: Tree, right: Tree) -> Expr:
    """Whether two trees of one type are the same value; channels left out."""
    if left is right:
        return TRUE
    if isinstance(left, tuple):
        # Absent items and unused alternatives are defaults, so all parts may be compared; but of a
        # message with a known tag only that alternative need be.
        return conjunction(equal(a, b) for a, b in zip(left, right, strict=True))
    return same(left, right)


def equal_messages(left: Tree, right: Tree) -> Expr:
    """Whether two messages are the same; of an alternative that one of them is known not to be,
    nothing is compared."""
    if left is right:
        return TRUE
    parts = [same(left[0], right[0])]
    for tag, (one, other) in enumerate(zip(left[1], right[1], strict=True)):
        is_it = conjunction((same(left[0], integer(tag)), same(right[0], integer(tag))))
        if is_it is not FALSE:
            parts.append(equal(one, other))
    return conjunction(parts)


def ends(message: Tree) -> tuple[Expr, Expr]:
    """Sender and receiver of a message."""
    found = []
    for end in (0, 1):
        tag, alternatives = message
        known = alternatives[-1][end]
        for number in range(len(alternatives) - 2, -1, -1):
            known = choose(same(tag, integer(number)), alternatives[number][end], known)
        found.append(known)
    return found[0], found[1]


def on_link(message: Tree, other: Tree) -> Expr:
    """Whether two messages have the same sender and receiver."""
    (a, b), (c, d) = ends(message), ends(other)
    return conjunction((same(a, c), same(b, d)))
