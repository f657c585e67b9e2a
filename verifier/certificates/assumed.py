"""Expressions of the pivot where something is known of their parts, and what may be undefined in
them."""

from __future__ import annotations

from typing import cast

from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.rewrite import assuming
from verifier.ir.types import Type


def with_known(expr: Expr, facts: dict[Expr, Expr]) -> Expr:
    """The expression where some nodes are constants, and what is taken out of those."""
    for node in E.walk(expr):
        if node in facts:
            continue
        match node:
            case E.Field(record, index, of) if isinstance(facts.get(record), E.Literal):
                facts[node] = b.field(facts[record], index, of)
            case E.Unwrap(option, of) if isinstance(facts.get(option), E.Literal):
                facts[node] = b.unwrap(facts[option], of)
            case E.Lookup(map_, key, of) if isinstance(facts.get(map_), E.Literal):
                facts[node] = b.lookup(facts[map_], key, of)
            case E.HasTag(message, tag) if isinstance(facts.get(message), E.Literal):
                facts[node] = b.truth(_alternative(facts[message]) == tag)
            case E.MessageField(message, tag, index, of) if isinstance(
                facts.get(message), E.Literal
            ):
                facts[node] = _part(facts[message], tag, index, of)
            case _:
                pass
    (found,) = assuming([expr], facts)
    match found:
        # No stamp is before the earliest.
        case E.AtMost(E.Literal(0, T.Stamp()), _):
            return b.TRUE
        case E.Less(_, E.Literal(0, T.Stamp())):
            return b.FALSE
        case _:
            return found


def _alternative(message: Expr) -> int:
    """The tag of a constant message."""
    assert isinstance(message, E.Literal) and isinstance(message.value, tuple)
    return cast(int, message.value[0])


def _part(message: Expr, tag: int, index: int, of: Type) -> Expr:
    """A field of a constant message, as `ir.semantics` says."""
    assert isinstance(message, E.Literal) and isinstance(message.value, tuple)
    other = tag not in (-1, _alternative(message))
    return b.literal(T.default(of) if other else message.value[1 + index], of)


def range_of(key: Expr) -> range | None:
    """The numbers that a key can be."""
    if isinstance(key, E.Literal) and isinstance(key.value, int):
        return range(key.value, key.value + 1)
    return T.scalar_range(key.type)


def partial(expr: Expr) -> list[tuple[Expr, Expr]]:
    """The operations of an atom that may be undefined, inner ones first, with what defines them."""
    found: list[tuple[Expr, Expr]] = []
    for node in outside_binders(expr):
        match node:
            case E.Unwrap(option):
                found.append((node, b.is_some(option)))
            case E.At(list_, index) if isinstance(list_.type, T.List):
                inside = b.less(index, b.size(list_))
                least = range_of(index)
                if least is None or least.start < 0:
                    inside = b.both(b.at_most(b.number(0), index), inside)
                found.append((node, inside))
            case _:
                pass
    return found


def outside_binders(expr: Expr) -> list[Expr]:
    """The nodes of an expression, parts first, but nothing that a binder in it says."""
    if isinstance(expr, (E.Quantified, E.Filter, E.Deliverable)):
        return [expr]
    found: dict[Expr, None] = {}
    for child in E.children(expr):
        found.update(dict.fromkeys(outside_binders(child)))
    return [*found, expr]
