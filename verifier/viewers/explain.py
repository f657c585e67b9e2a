"""Why a condition is false: down to the smallest false part, with the values that make it so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from verifier.ir import types
from verifier.ir.expr import (
    EXPR_KINDS,
    And,
    AtMost,
    Deliverable,
    Equal,
    Expr,
    Filter,
    HasTag,
    If,
    IsSome,
    Less,
    Literal,
    Lookup,
    Member,
    Next,
    Not,
    Or,
    Param,
    Quantified,
    TupleOf,
    Var,
    children,
    walk,
)
from verifier.ir.types import Value
from verifier.viewers.formula import Place, bare, formula

READ_MAX = 8  # values named beside a part; more hide the point
ITEMS_MAX = 4  # items of a range that are gone through one by one


def why(expr: Expr, place: Place, *, wanted: bool = False) -> Iterator[str]:
    """Lines that say why the expression has the value ``wanted`` in this place."""
    assert bool(place.value(expr)) == wanted
    yield from _why(expr, place, wanted)


def _why(expr: Expr, place: Place, wanted: bool) -> Iterator[str]:
    match expr:
        case Literal():
            return
        case Not(argument) if not isinstance(argument, Equal | Less | AtMost | Member | IsSome):
            yield from _why(argument, place, not wanted)
        case And(arguments) | Or(arguments):
            # One part decides when it is the odd one out; else all of them together do.
            decisive = [part for part in arguments if bool(place.value(part)) == wanted]
            one_is_enough = isinstance(expr, And) != wanted
            shown = decisive[:1] if one_is_enough else _telling(decisive)
            for part in shown:
                yield from _why(part, place, wanted)
        case If(condition, then, otherwise):
            chosen = bool(place.value(condition))
            yield from _why(condition, place, chosen)
            yield from _why(then if chosen else otherwise, place, wanted)
        case Quantified(kind, variable, within, body) if kind != "count":
            decisive_items = [
                value
                for value in _range(within, place)
                if bool(place.at(variable.name, value).value(body)) == wanted
                and not _another_message(body, place.at(variable.name, value))
            ]
            if (kind == "any") == wanted:  # one item decides
                decisive_items = decisive_items[:1]
            if not 0 < len(decisive_items) <= ITEMS_MAX:
                yield _leaf(expr, place, wanted)
                return
            for value in decisive_items:
                yield f"for {bare(variable.name)} = {types.show(variable.type, value)}:"
                inner = place.at(variable.name, value)
                yield from ("  " + line for line in _why(body, inner, wanted))
        case _:
            yield _leaf(expr, place, wanted)


def _telling(parts: list[Expr]) -> list[Expr]:
    """Of the parts that are false together, those that are not the premises of an implication:
    a premise that is true is why one looks, not what is wrong.  Where all look like premises, the
    last one may be the conclusion, so it comes first."""
    conclusions: list[Expr] = [part for part in parts if not isinstance(part, Not)]
    return conclusions or [*parts[-1:], *parts[:-1]]


def _range(within: types.Type | Expr, place: Place) -> tuple[Value, ...]:
    if isinstance(within, EXPR_KINDS):
        found = place.value(within)
        assert isinstance(found, tuple)
        return found
    return tuple(types.values(cast(types.Type, within)))


def _another_message(body: Expr, place: Place) -> bool:
    """Whether ``in_flight(M(m) ...)`` passes over the item, as it is a message but no M."""
    first = body.arguments[0] if isinstance(body, And) else body
    return isinstance(first, HasTag) and not place.value(first)


def _leaf(expr: Expr, place: Place, wanted: bool) -> str:
    """The part with its truth value, and the values of the variables it reads here."""
    text = formula(expr, place, step=place.after is not None)
    if isinstance(expr, Param):
        text = bare(expr.name)  # "loud is false", not "false is false"
    read = {}
    for node in _looked_at(expr, place):
        name = formula(node, place, step=place.after is not None)
        if not isinstance(node.type, types.Channel):
            read[name] = types.show(node.type, place.value(node))
    for operand in _operands(expr):
        shown = formula(operand, place, step=place.after is not None)
        if not isinstance(operand, Literal) and not isinstance(operand.type, types.Channel):
            read.setdefault(shown, types.show(operand.type, place.value(operand)))
    read.pop(text, None)  # said already
    few = [f"{name} = {value}" for name, value in list(read.items())[:READ_MAX] if name != value]
    where = f"   ({', '.join(few)})" if few else ""
    return f"{text} is {'true' if wanted else 'false'}{where}"


def _operands(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Not(argument):
            return _operands(argument)
        case Equal(left, right) | Less(left, right) | AtMost(left, right):
            return left, right
        case Member(item, collection):
            return item, collection
        case _:
            return ()


def _looked_at(expr: Expr, place: Place) -> list[Expr]:
    """The scalar variables that the value depends on here: of an ``if``, the condition and the
    branch that is taken.  Compounds are too long to show; what is taken out of them is shown."""
    match expr:
        case Var() | Next():
            small = types.scalar_range(expr.type) is not None
            return [expr] if small or isinstance(expr.type, types.Optional) else []
        case If(condition, then, otherwise):
            taken = then if place.value(condition) else otherwise
            parts: tuple[Expr, ...] = (condition, taken)
        case Lookup(TupleOf(items) as map_, key):  # of the variables of all nodes, that of one
            assert isinstance(map_.type, types.Map)
            keys, asked = types.scalar_range(map_.type.key), place.value(key)
            assert keys is not None and isinstance(asked, int)
            parts = (key, items[asked - keys.start]) if asked in keys else (key,)
        case Quantified() | Filter() | Deliverable():
            # Nothing is known of the bound variable, so no branch can be chosen inside.
            return [node for node in walk(expr) if isinstance(node, Var | Next)
                    and types.scalar_range(node.type) is not None]  # fmt: skip
        case _:
            parts = tuple(children(expr))
    return list(dict.fromkeys(node for part in parts for node in _looked_at(part, place)))
