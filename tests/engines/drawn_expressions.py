"""Random expressions of a wanted type over a scope of variables and parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hypothesis import strategies as st

from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, Param, make
from verifier.ir.types import Type, Value

Draw = Callable[[st.SearchStrategy[Any]], Any]
Item = TypeVar("Item")

COLOUR = T.Enum("Colour", ("red", "green", "blue"))
NODE = T.Enum("Node", ("m", "n", "o"))
ANCHOR = T.Enum("Anchor", ("n", "o"), 1)  # a node type that does not start the numbering
ENDS = (("sender", NODE), ("receiver", NODE))
MESSAGE = T.Message(
    (
        T.Record("Ping", (*ENDS, ("n", T.Int(0, 2)))),
        T.Record("Pong", (*ENDS, ("t", T.STAMP), ("on", T.BOOL))),
        T.Record("Bye", ENDS),
    )
)
SCALARS: tuple[Type, ...] = (T.BOOL, T.Int(-1, 2), T.Int(1, 3), T.Mod(3), COLOUR, NODE, ANCHOR)
KEYS: tuple[Type, ...] = (T.BOOL, T.Int(1, 3), T.Mod(2), ANCHOR)


def pick(draw: Draw, items: Sequence[Item]) -> Item:
    """One of the items; shrinks towards the first."""
    return items[draw(st.integers(0, len(items) - 1))] if len(items) > 1 else items[0]


def chance(draw: Draw, one_in: int) -> bool:
    """True once in so many times; shrinks to False."""
    return bool(draw(st.integers(0, one_in - 1)) == one_in - 1)


def types(draw: Draw, depth: int = 2) -> Type:
    """A type that a variable may have."""
    kinds = ["scalar", "stamp", "optional", "record", "map", "set", "list", "channel"]
    match pick(draw, kinds if depth == 2 else kinds[:-1] if depth else kinds[:2]):
        case "scalar":
            return pick(draw, SCALARS)
        case "stamp":
            return T.STAMP
        case "optional":
            return T.Optional(types(draw, depth - 1))
        case "record":
            return T.Record("R", (("x", types(draw, depth - 1)), ("y", types(draw, 0))))
        case "map":
            return T.Map(pick(draw, KEYS), types(draw, depth - 1))
        case "set":
            return T.Set(pick(draw, SCALARS))
        case "list":
            item = MESSAGE if chance(draw, 4) else types(draw, depth - 1)
            return T.List(item, draw(st.integers(1, 2)))
        case _:
            return T.Channel(MESSAGE, draw(st.booleans()), draw(st.integers(1, 3)))


def value(draw: Draw, of: Type) -> Value:
    """A value that a constant may have: the only constant stamp is 0, and a constant channel is
    empty."""
    numbers = T.scalar_range(of)
    if numbers is not None:
        number = pick(draw, numbers)
        return bool(number) if isinstance(of, T.Bool) else number
    match of:
        case T.Int():
            return draw(st.integers(-3, 4))
        case T.Record(_, fields):
            return tuple(value(draw, kind) for _, kind in fields)
        case T.Optional(item):
            return (value(draw, item),) if chance(draw, 2) else ()
        case T.Map(key, item):
            keys = T.scalar_range(key)
            assert keys is not None
            return tuple(value(draw, item) for _ in keys)
        case T.Set(item):
            members = T.scalar_range(item)
            assert members is not None
            kept = [member for member in members if chance(draw, 2)]
            return tuple(map(bool, kept)) if isinstance(item, T.Bool) else tuple(kept)
        case T.List(item, capacity):
            return tuple(value(draw, item) for _ in range(draw(st.integers(0, capacity))))
        case T.Message(alternatives):
            tag = draw(st.integers(0, len(alternatives) - 1))
            return (tag, *(value(draw, kind) for _, kind in alternatives[tag].fields))
        case _:
            return T.default(of)


def filled(draw: Draw, of: Type) -> Value:
    """A value that a variable may have, with stamps and messages in it."""
    match of:
        case T.Stamp():
            return draw(st.integers(0, 5))
        case T.Record(_, fields):
            return tuple(filled(draw, kind) for _, kind in fields)
        case T.Optional(item):
            return (filled(draw, item),) if draw(st.booleans()) else ()
        case T.Map(key, item):
            return tuple(filled(draw, item) for _ in T.values(key))
        case T.List(item, capacity):
            count = draw(st.integers(0, capacity))
            return tuple(filled(draw, item) for _ in range(count))
        case T.Message(alternatives):
            tag = draw(st.integers(0, len(alternatives) - 1))
            return (tag, *(filled(draw, kind) for _, kind in alternatives[tag].fields))
        case T.Channel(message, fifo, capacity):
            count = draw(st.integers(0, capacity))
            flight = [filled(draw, message) for _ in range(count)]
            return tuple(sorted(flight, key=T.link if fifo else None))
        case _:
            return value(draw, of)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may mention.  ``backs`` are the positions that a fresh stamp may have;
    empty where no stamp can be made.  ``required`` collects the checks that the expression needs:
    as in the language, a number may be put where it does not fit, beside a check that fails then.
    ``used`` are conditions that stand somewhere already: cases of a handler share theirs.
    """

    draw: Draw
    leaves: tuple[Expr, ...]
    backs: tuple[Expr, ...] = ()
    offsets: int = 2
    binders: int = 0
    required: list[Expr] | None = None
    used: list[Expr] | None = None

    def with_leaf(self, leaf: Param) -> Scope:
        """The scope below a binder."""
        return replace(self, leaves=(*self.leaves, leaf), binders=self.binders + 1, required=None)

    def types(self) -> tuple[Type, ...]:
        """Every type of something that the leaves hold."""
        found: dict[Type, None] = dict.fromkeys((T.BOOL, T.Int(-1, 2), COLOUR))
        waiting = [leaf.type for leaf in self.leaves]
        while waiting:
            of = waiting.pop()
            if of not in found:
                found[of] = None
                waiting += parts(of)
        return tuple(found)


def parts(of: Type) -> list[Type]:
    """The types that a value of a type is made of."""
    match of:
        case T.Record(_, fields):
            return [kind for _, kind in fields]
        case T.Optional(item) | T.Set(item) | T.List(item, _):
            return [item]
        case T.Map(_, item):
            return [item]
        case T.Message(alternatives):
            return [kind for record in alternatives for _, kind in record.fields]
        case T.Channel(message):
            return [message]
        case _:
            return []


def expression(scope: Scope, of: Type, depth: int) -> Expr:
    """An expression of exactly this type."""
    if of != T.BOOL or scope.used is None:
        return _drawn(scope, of, depth)
    if scope.used and chance(scope.draw, 3):
        return pick(scope.draw, scope.used)
    new = _drawn(scope, of, depth)
    if scope.binders == 0:
        scope.used.append(new)
    return new


def _drawn(scope: Scope, of: Type, depth: int) -> Expr:
    draw = scope.draw
    leaves = [leaf for leaf in scope.leaves if leaf.type == of]
    if depth <= 0 or chance(draw, 5):
        if leaves and not chance(draw, 4):
            return pick(draw, leaves)
        return make(E.Literal, value(draw, of), of)
    if leaves and chance(draw, 3):
        return pick(draw, leaves)
    if leaves and of == MESSAGE and chance(draw, 2):
        return leaves[-1]  # what a handler says of a message, it says of the one that it takes
    ways = [_if, *_constructors(of), *_projections(scope, of)]
    if isinstance(of, T.Int) and of != T.INTEGER and scope.required is not None:
        ways += [_loose, _loose]
    return pick(draw, ways)(scope, of, depth - 1)


Way = Callable[[Scope, Any, int], Expr]


def _if(scope: Scope, of: Type, depth: int) -> Expr:
    condition = expression(scope, T.BOOL, depth)
    then, otherwise = expression(scope, of, depth), expression(scope, of, depth)
    return make(E.If, condition, then, otherwise, of)


def _constructors(of: Type) -> list[Way]:
    match of:
        case T.Bool():
            return [_connective, _equal, _compare, _is_some, _member, _has_tag, _quantified]
        case T.Int(None, None):
            return [_arithmetic, _arithmetic, _size, _count, _live]
        case T.Int():
            return [_clamped]
        case T.Mod():
            return [_modular]
        case T.Stamp():
            return [_fresh, _fresh]
        case T.Record():
            return [_tuple, _with_field]
        case T.Optional():
            return [_some]
        case T.Map():
            return [_tuple, _store, _store]
        case T.Set():
            return [_set_of, _set_op, _filter]
        case T.List(item, _):
            return [_tuple, _append, _tail, _replace, *([_deliverable] if item == MESSAGE else [])]
        case T.Message():
            return [_message]
        case T.Channel():
            return [_put, _put, _take, _remove_at, _repeat_at]
        case _:
            return []


def _projections(scope: Scope, of: Type) -> list[Way]:
    """Ways to get a value of the type out of something that the scope has."""
    ways: list[Way] = []
    for whole in scope.types():
        match whole:
            case T.Record(_, fields):
                for index, (_, kind) in enumerate(fields):
                    if kind == of:
                        ways.append(_field(whole, index))
            case T.Message(alternatives):
                if of == NODE:
                    ways.append(_message_field(whole, -1, 0))
                for tag, record in enumerate(alternatives):
                    for index, (_, kind) in enumerate(record.fields):
                        if kind == of:
                            ways.append(_message_field(whole, tag, index))
            case T.Optional(item) if item == of:
                ways.append(_unwrap(whole))
            case T.Map(_, item) if item == of:
                ways.append(_lookup(whole))
            case T.List(item, _) if item == of:
                ways.append(_at(whole))
            case T.Channel(message) if message == of:
                ways.append(_at(whole))
            case _:
                pass
    return ways


# ---- truth -------------------------------------------------------------------------------------


def _connective(scope: Scope, of: Type, depth: int) -> Expr:
    kind = pick(scope.draw, (E.And, E.Or, E.Not))
    first = expression(scope, T.BOOL, depth)
    if kind is E.Not:
        return make(E.Not, first)
    return make(
        kind, (first, *(expression(scope, T.BOOL, depth) for _ in range(1 + chance(scope.draw, 3))))
    )


def _equal(scope: Scope, of: Type, depth: int) -> Expr:
    kind = pick(scope.draw, scope.types())
    return make(E.Equal, expression(scope, kind, depth), expression(scope, kind, depth))


def _compare(scope: Scope, of: Type, depth: int) -> Expr:
    ordered = [k for k in scope.types() if isinstance(k, (T.Int, T.Enum, T.Stamp, T.Mod))]
    kind = pick(scope.draw, [T.INTEGER, *ordered])
    relation = pick(scope.draw, (E.Less, E.AtMost))
    return make(relation, expression(scope, kind, depth), expression(scope, kind, depth))


def _is_some(scope: Scope, of: Type, depth: int) -> Expr:
    options = [kind for kind in scope.types() if isinstance(kind, T.Optional)]
    kind = pick(scope.draw, options or [T.Optional(T.BOOL)])
    return make(E.IsSome, expression(scope, kind, depth))


def _collection(scope: Scope) -> Type:
    """A set, list or channel type."""
    kinds = [kind for kind in scope.types() if isinstance(kind, (T.Set, T.List, T.Channel))]
    return pick(scope.draw, [*kinds, T.Set(COLOUR)])


def item_of(of: Type) -> Type:
    """The type of the items of a collection."""
    assert isinstance(of, (T.Set, T.List, T.Channel))
    return of.message if isinstance(of, T.Channel) else of.item


def _member(scope: Scope, of: Type, depth: int) -> Expr:
    kind = _collection(scope)
    return make(E.Member, expression(scope, item_of(kind), depth), expression(scope, kind, depth))


def _has_tag(scope: Scope, of: Type, depth: int) -> Expr:
    return make(E.HasTag, expression(scope, MESSAGE, depth), scope.draw(st.integers(0, 2)))


def _binder(scope: Scope, depth: int) -> tuple[Param, Type | Expr, Expr]:
    """A bound variable, what it goes through, and a condition on it."""
    within: Type | Expr
    if chance(scope.draw, 2):
        kind = _collection(scope)
        within, item = expression(scope, kind, depth), item_of(kind)
    else:
        item = within = pick(scope.draw, SCALARS)
    # Binders at one level share their name, as expanded procedures do, so that graphs are shared.
    variable = make(E.Param, f"q{scope.binders}", item)
    outer = [leaf for leaf in scope.leaves if isinstance(leaf, E.Param) and leaf.type == item]
    if outer and within is item and chance(scope.draw, 2):
        variable = pick(scope.draw, outer)  # the very node of a parameter, hidden inside
    return variable, within, expression(scope.with_leaf(variable), T.BOOL, depth)


def _quantified(scope: Scope, of: Type, depth: int) -> Expr:
    variable, within, body = _binder(scope, depth)
    return make(E.Quantified, pick(scope.draw, ("all", "any")), variable, within, body, T.BOOL)


# ---- numbers and stamps ------------------------------------------------------------------------


def _arithmetic(scope: Scope, of: Type, depth: int) -> Expr:
    op = pick(scope.draw, ("+", "-", "*", "/", "%"))
    return make(E.Arith, op, _number(scope, depth), _number(scope, depth), T.INTEGER)


def _number(scope: Scope, depth: int) -> Expr:
    kind = pick(scope.draw, (T.Int(-1, 2), T.INTEGER))
    return expression(scope, kind, depth)


def _modular(scope: Scope, of: T.Mod, depth: int) -> Expr:
    left, right = expression(scope, of, depth), expression(scope, of, depth)
    return make(E.Arith, pick(scope.draw, ("+", "-", "*", "/", "%")), left, right, of)


def _clamped(scope: Scope, of: T.Int, depth: int) -> Expr:
    number = expression(scope, T.INTEGER, depth)
    fits = b.in_range(number, of.low, of.high)
    return make(E.If, fits, number, b.literal(T.default(of), of), of)


def _loose(scope: Scope, of: T.Int, depth: int) -> Expr:
    number = expression(scope, T.INTEGER, depth)
    assert scope.required is not None
    scope.required.append(b.in_range(number, of.low, of.high))
    return number


def _size(scope: Scope, of: Type, depth: int) -> Expr:
    return make(E.Size, expression(scope, _collection(scope), depth), T.INTEGER)


def _count(scope: Scope, of: Type, depth: int) -> Expr:
    variable, within, body = _binder(scope, depth)
    return make(E.Quantified, "count", variable, within, body, T.INTEGER)


def _live(scope: Scope, of: Type, depth: int) -> Expr:
    return make(E.LiveStamps, T.INTEGER)


def _fresh(scope: Scope, of: Type, depth: int) -> Expr:
    if not scope.backs:
        return b.literal(0, T.STAMP)
    back = pick(scope.draw, scope.backs)
    return make(E.Fresh, back, scope.draw(st.integers(1, scope.offsets)))


# ---- compound values ---------------------------------------------------------------------------


def _tuple(scope: Scope, of: Type, depth: int) -> Expr:
    match of:
        case T.Record(_, fields):
            items = [kind for _, kind in fields]
        case T.Map(key, item):
            items = [item] * len(tuple(T.values(key)))
        case T.List(item, capacity):
            items = [item] * scope.draw(st.integers(0, capacity))
        case _:
            raise AssertionError(of)
    return make(E.TupleOf, tuple(expression(scope, kind, depth - 1) for kind in items), of)


def _with_field(scope: Scope, of: T.Record, depth: int) -> Expr:
    index = scope.draw(st.integers(0, len(of.fields) - 1))
    record, new = expression(scope, of, depth), expression(scope, of.fields[index][1], depth)
    return make(E.WithField, record, index, new, of)


def _field(whole: Type, index: int) -> Way:
    return lambda scope, of, depth: make(E.Field, expression(scope, whole, depth), index, of)


def _some(scope: Scope, of: T.Optional, depth: int) -> Expr:
    return make(E.Some, expression(scope, of.item, depth), of)


def _unwrap(whole: Type) -> Way:
    return lambda scope, of, depth: make(E.Unwrap, expression(scope, whole, depth), of)


def _key(scope: Scope, of: T.Map, depth: int) -> Expr:
    """A key, which may be one that the map does not have."""
    wider = T.INTEGER if isinstance(of.key, T.Int) else NODE if of.key == ANCHOR else of.key
    return expression(scope, wider if chance(scope.draw, 3) else of.key, depth)


def _lookup(whole: T.Map) -> Way:
    def lookup(scope: Scope, of: Type, depth: int) -> Expr:
        return make(E.Lookup, expression(scope, whole, depth), _key(scope, whole, depth), of)

    return lookup


def _store(scope: Scope, of: T.Map, depth: int) -> Expr:
    whole, new = expression(scope, of, depth), expression(scope, of.value, depth)
    return make(E.Store, whole, _key(scope, of, depth), new, of)


def _set_of(scope: Scope, of: T.Set, depth: int) -> Expr:
    count = scope.draw(st.integers(0, 3))
    return make(E.SetOf, tuple(expression(scope, of.item, depth - 1) for _ in range(count)), of)


def _set_op(scope: Scope, of: T.Set, depth: int) -> Expr:
    left, right = expression(scope, of, depth), expression(scope, of, depth)
    return make(E.SetOp, pick(scope.draw, ("|", "&", "-")), left, right, of)


def _filter(scope: Scope, of: T.Set, depth: int) -> Expr:
    variable = make(E.Param, f"q{scope.binders}", of.item)
    within = expression(scope, of, depth) if chance(scope.draw, 2) else of.item
    body = expression(scope.with_leaf(variable), T.BOOL, depth)
    return make(E.Filter, variable, within, body, of)


def _append(scope: Scope, of: T.List, depth: int) -> Expr:
    return make(E.Append, expression(scope, of, depth), expression(scope, of.item, depth), of)


def _tail(scope: Scope, of: T.List, depth: int) -> Expr:
    return make(E.Tail, expression(scope, of, depth), of)


def _index(scope: Scope, depth: int) -> Expr:
    return expression(scope, pick(scope.draw, (T.Int(-1, 2), T.INTEGER)), depth - 1)


def _at(whole: Type) -> Way:
    def at(scope: Scope, of: Type, depth: int) -> Expr:
        return make(E.At, expression(scope, whole, depth), _index(scope, depth), of)

    return at


def _replace(scope: Scope, of: T.List, depth: int) -> Expr:
    whole, new = expression(scope, of, depth), expression(scope, of.item, depth)
    return make(E.Replace, whole, _index(scope, depth), new, of)


# ---- messages and channels ---------------------------------------------------------------------


def _message(scope: Scope, of: T.Message, depth: int) -> Expr:
    tag = scope.draw(st.integers(0, len(of.alternatives) - 1))
    fields = of.alternatives[tag].fields
    return make(E.MessageOf, tag, tuple(expression(scope, k, depth - 1) for _, k in fields), of)


def _message_field(whole: Type, tag: int, index: int) -> Way:
    def take_field(scope: Scope, of: Type, depth: int) -> Expr:
        return make(E.MessageField, expression(scope, whole, depth), tag, index, of)

    return take_field


def _put(scope: Scope, of: T.Channel, depth: int) -> Expr:
    return make(E.Put, expression(scope, of, depth), expression(scope, MESSAGE, depth + 1), of)


def _take(scope: Scope, of: T.Channel, depth: int) -> Expr:
    return make(E.Take, expression(scope, of, depth), expression(scope, MESSAGE, depth), of)


def _remove_at(scope: Scope, of: T.Channel, depth: int) -> Expr:
    return make(E.RemoveAt, expression(scope, of, depth), _index(scope, depth), of)


def _repeat_at(scope: Scope, of: T.Channel, depth: int) -> Expr:
    return make(E.RepeatAt, expression(scope, of, depth), _index(scope, depth), of)


def deliverable(scope: Scope, channel: Expr, depth: int) -> Expr:
    """What may be received next from a channel, some of it deferred."""
    of = channel.type
    assert isinstance(of, T.Channel)
    variable = make(E.Param, f"q{scope.binders}", of.message)
    deferred = expression(scope.with_leaf(variable), T.BOOL, depth)
    return make(E.Deliverable, channel, variable, deferred, T.List(of.message, of.capacity))


def _deliverable(scope: Scope, of: T.List, depth: int) -> Expr:
    """The capacity of the list is that of the channel, so not every list type can be made."""
    channel = T.Channel(MESSAGE, chance(scope.draw, 2), of.capacity)
    return deliverable(scope, expression(scope, channel, depth), depth)
