"""Why a condition is false: down to the smallest false part, with the values that make it so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    Fresh,
    HasTag,
    If,
    IsSome,
    Less,
    Literal,
    LiveStamps,
    Lookup,
    Member,
    Next,
    Not,
    Or,
    Param,
    Quantified,
    Some,
    TupleOf,
    Var,
    children,
    walk,
)
from verifier.ir.types import Value
from verifier.viewers.formula import Place, bare, formula

READ_MAX = 8  # values named beside a part; more hide the point
ITEMS_MAX = 4  # items of a range that are gone through one by one


@dataclass(frozen=True, slots=True)
class _Reason:
    """A part with its value, or an item with the reasons below it.  ``given``: it is so whatever
    the state is, by what the items of quantifiers stand for."""

    text: str
    given: bool
    below: tuple[_Reason, ...] = ()
    has_values: bool = False

    def lines(self) -> Iterator[str]:
        yield self.text
        for reason in self.below:
            yield from (f"  {line}" for line in reason.lines())


def why(expr: Expr, place: Place, *, wanted: bool = False) -> Iterator[str]:
    """Lines that say why the expression has the value ``wanted`` in this place."""
    assert bool(place.value(expr)) == wanted
    for reason in _telling(_why(expr, place, wanted)):
        yield from reason.lines()


def _telling(reasons: Iterable[_Reason]) -> tuple[_Reason, ...]:
    """Each reason once, and those that say something of the state, if any does."""
    every = tuple(dict.fromkeys(reasons))
    return tuple(reason for reason in every if not reason.given) or every


def _why(expr: Expr, place: Place, wanted: bool) -> Iterator[_Reason]:
    match expr:
        case Literal():
            return
        case HasTag(Param()) if wanted:
            return  # the message is shown with its name
        case Not(argument) if not isinstance(argument, Equal | Less | AtMost | Member | IsSome):
            yield from _why(argument, place, not wanted)
        case And(arguments) | Or(arguments):
            # One part decides when it is the odd one out; else all of them together do.
            decisive = [part for part in arguments if bool(place.value(part)) == wanted]
            one_is_enough = isinstance(expr, And) != wanted
            shown = decisive[:1] if one_is_enough else _conclusions(decisive)
            yield from _telling(r for part in shown for r in _why(part, place, wanted))
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
            fixed = not isinstance(within, EXPR_KINDS) or not _reads(within, place)
            items = []
            for value in decisive_items:
                inner = place.at(variable.name, value, fixed=fixed)
                items.append(_of_item(variable, value, _why(body, inner, wanted)))
            if len(items) > 1 and len({item.below for item in items}) == 1:
                yield from items[0].below  # whichever item it is
            else:
                yield from _telling(items)
        case _:
            yield from _compared(expr, place, wanted)


def _of_item(variable: Param, value: Value, reasons: Iterable[_Reason]) -> _Reason:
    """The reasons with one item of a quantifier."""
    below = _telling(reasons)
    given = all(reason.given for reason in below)
    return _Reason(f"for {bare(variable.name)} = {types.show(variable.type, value)}:", given, below)


def _compared(expr: Expr, place: Place, wanted: bool) -> Iterator[_Reason]:
    """A comparison with its values.  One of constants that branches of an ``if`` have put there, as
    ``none != none`` where nothing is found, is no reason: what chose the branches is."""
    leaf = _leaf(expr, place, wanted)
    chosen = _branches(expr, place)
    if chosen and _is_settled(expr, place) and (not leaf.has_values or _is_none(expr, place)):
        deciding = _telling(
            reason
            for condition in chosen
            for reason in _why(condition, place, bool(place.value(condition)))
        )
        if deciding:
            yield from deciding
            return
    yield leaf


def _branches(expr: Expr, place: Place) -> list[Expr]:
    """The conditions of each ``if`` on the way to the value."""
    match expr:
        case If(condition, then, otherwise):
            taken = then if place.value(condition) else otherwise
            return [condition, *_branches(taken, place)]
        case Quantified() | Filter() | Deliverable():
            return []  # nothing is known of the bound variable
        case _:
            return [one for part in children(expr) for one in _branches(part, place)]


def _is_settled(expr: Expr, place: Place) -> bool:
    """Whether the branches that are taken leave nothing that depends on the state."""
    match expr:
        case Not(argument):
            return _is_settled(argument, place)
        case IsSome(option):
            found = _taken(option, place)
            return isinstance(found, Literal | Some)
        case _:
            return not _reads(expr, place)


def _is_none(expr: Expr, place: Place) -> bool:
    """Whether it is a test of what is ``none`` here."""
    match expr:
        case Not(argument):
            return _is_none(argument, place)
        case IsSome(option):
            return isinstance(_taken(option, place), Literal)
        case _:
            return False


def _taken(expr: Expr, place: Place) -> Expr:
    """What stands in the place of an ``if``."""
    while isinstance(expr, If):
        expr = expr.then if place.value(expr.condition) else expr.otherwise
    return expr


def _reads(expr: Expr, place: Place) -> bool:
    """Whether what is left of the expression here depends on the state, or on an argument of the
    step.  What is in the state may be an item of a quantifier, too."""
    match _taken(expr, place):
        case Var() | Next() | Fresh() | LiveStamps():
            return True
        case Param(name):
            return name not in place.fixed
        case Quantified() | Filter() as inner:
            return any(isinstance(node, Var | Next) for node in walk(inner))
        case left:
            return any(_reads(part, place) for part in children(left))


def _conclusions(parts: list[Expr]) -> list[Expr]:
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


def _leaf(expr: Expr, place: Place, wanted: bool) -> _Reason:
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
        if isinstance(operand, Literal) or isinstance(operand.type, types.Channel):
            continue
        value = types.show(operand.type, place.value(operand))
        if value == "none" or not _is_compound(operand.type):
            read.setdefault(shown, value)
    read.pop(text, None)  # said already
    few = [f"{name} = {value}" for name, value in list(read.items())[:READ_MAX] if name != value]
    where = f"   ({', '.join(few)})" if few else ""
    said = f"{text} is {'true' if wanted else 'false'}{where}"
    return _Reason(said, not _reads(expr, place), has_values=bool(few))


def _is_compound(of: types.Type) -> bool:
    """Whether a value may be a record, too long to be shown beside a test for ``none``."""
    return isinstance(of, types.Optional) and types.scalar_range(of.item) is None


def _operands(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Not(argument):
            return _operands(argument)
        case Equal(left, right) | Less(left, right) | AtMost(left, right):
            return left, right
        case Member(item, collection):
            return item, collection
        case IsSome(option):
            return (option,)
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
