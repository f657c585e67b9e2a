"""Whether an expression fits together: the types of its parts, one node at a time."""

from __future__ import annotations

from typing import assert_never, cast

from verifier.ir import types as T
from verifier.ir.expr import (
    EXPR_KINDS,
    And,
    Append,
    Arith,
    At,
    AtMost,
    Deliverable,
    Equal,
    Expr,
    Field,
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
    MessageField,
    MessageOf,
    Next,
    Not,
    Or,
    Param,
    Put,
    Quantified,
    RemoveAt,
    RepeatAt,
    Replace,
    SetOf,
    SetOp,
    Size,
    Some,
    Store,
    Tail,
    Take,
    TupleOf,
    Unwrap,
    Var,
    WithField,
)
from verifier.ir.types import BOOL, Type


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of one type may stand where another is wanted.

    Any integer may stand for any: where it may be too large the lowering adds a check, and the
    reference semantics asserts that nothing gets into a state that does not belong there.
    """
    if given == wanted:
        return True
    match given, wanted:
        case (T.Int(), T.Int()):
            return True
        case (T.Enum(), T.Enum()):
            return _is_part(given, wanted)
        case (T.Optional(a), T.Optional(b)) | (T.Set(a), T.Set(b)):
            return fits(a, b)
        case (T.List(a, _), T.List(b, _)):
            return fits(a, b)
        case (T.Map(key, a), T.Map(other_key, b)):
            return key == other_key and fits(a, b)
        case (T.Record(_, parts), T.Record(_, others)):
            return len(parts) == len(others) and all(
                name == other and fits(a, b)
                for (name, a), (other, b) in zip(parts, others, strict=True)
            )
        case _:
            return False


def comparable(left: Type, right: Type) -> bool:
    """Whether two values may be compared: one fits the other, or both are references to nodes,
    perhaps of types that have no node in common."""
    match left, right:
        case (T.Enum(), T.Enum()):
            return True
        case (T.Optional(a), T.Optional(b)):
            return comparable(a, b)
        case _:
            numbers = _integer(left) and _integer(right)
            return numbers or fits(left, right) or fits(right, left)


def _is_part(given: T.Enum, wanted: T.Enum) -> bool:
    """Whether every value of one enumeration is one of the other, by number and by name."""
    first = given.low - wanted.low
    return first >= 0 and given.labels == wanted.labels[first : first + len(given.labels)]


def _integer(of: Type) -> bool:
    return isinstance(of, (T.Int, T.Mod))


def _ordered(left: Type, right: Type) -> bool:
    if _integer(left) and _integer(right):
        return True
    return isinstance(left, (T.Enum, T.Stamp)) and comparable(left, right)


def _items(of: Type) -> Type | None:
    """The type of what a collection holds."""
    match of:
        case T.Set(item) | T.List(item, _):
            return item
        case T.Channel(message):
            return message
        case _:
            return None


def _goes_through(variable: Param, within: Type | Expr) -> bool:
    """Whether a binder's variable has the type of what the binder goes through."""
    if not isinstance(within, EXPR_KINDS):
        return variable.type == within
    item = _items(cast(Expr, within).type)
    return item is not None and fits(item, variable.type)


def well_typed(expr: Expr) -> bool:
    """Whether a node fits together, if its parts do."""
    match expr:
        case Literal(value, of):
            return T.contains(of, value)
        case Var() | Next() | Param():
            return True
        case Not(argument):
            return argument.type == BOOL
        case And(arguments) | Or(arguments):
            return all(argument.type == BOOL for argument in arguments)
        case Equal(left, right):
            return comparable(left.type, right.type)
        case Less(left, right) | AtMost(left, right):
            return _ordered(left.type, right.type)
        case Arith(_, left, right, of):
            return _integer(left.type) and _integer(right.type) and _integer(of)
        case If(condition, then, otherwise, of):
            return condition.type == BOOL and fits(then.type, of) and fits(otherwise.type, of)
        case Some() | IsSome() | Unwrap() | Field() | WithField() | TupleOf() | Lookup() | Store():
            return _compound(expr)
        case Member() | SetOp() | SetOf() | Filter() | Size() | Quantified():
            return _collected(expr)
        case Append() | Tail() | At() | Replace():
            return _listed(expr)
        case MessageOf() | HasTag() | MessageField():
            return _message(expr)
        case Put() | Take() | RemoveAt() | RepeatAt() | Deliverable():
            return _channel(expr)
        case Fresh(back):
            return isinstance(back.type, T.Int)
        case LiveStamps(of):
            return isinstance(of, T.Int)
        case _:
            assert_never(expr)


def _compound(
    expr: Some | IsSome | Unwrap | Field | WithField | TupleOf | Lookup | Store,
) -> bool:
    match expr:
        case Some(item, of):
            return isinstance(of, T.Optional) and fits(item.type, of.item)
        case IsSome(option):
            return isinstance(option.type, T.Optional)
        case Unwrap(option, of):
            return isinstance(option.type, T.Optional) and fits(option.type.item, of)
        case Field(record, index, of):
            return _has_field(record.type, index, of)
        case WithField(record, index, value, of):
            if not isinstance(of, T.Record) or not 0 <= index < len(of.fields):
                return False
            return fits(record.type, of) and fits(value.type, of.fields[index][1])
        case TupleOf(items, of):
            return _made_of(of, [item.type for item in items])
        case Lookup(map_, key, of):
            return _has_key(map_.type, key.type) and fits(cast(T.Map, map_.type).value, of)
        case Store(map_, key, value, of):
            whole = isinstance(of, T.Map) and fits(map_.type, of) and fits(value.type, of.value)
            return whole and _has_key(of, key.type)
        case _:
            assert_never(expr)


def _has_field(record: Type, index: int, of: Type) -> bool:
    if not isinstance(record, T.Record) or not 0 <= index < len(record.fields):
        return False
    return fits(record.fields[index][1], of)


def _made_of(of: Type, items: list[Type]) -> bool:
    match of:
        case T.Record(_, fields):
            wanted = [kind for _, kind in fields]
        case T.Map(key, value):
            wanted = [value] * len(T.scalar_range(key) or ())
        case T.List(item, capacity):
            wanted = [item] * (len(items) if T.fits(len(items), capacity) else 0)
        case _:
            return False
    return len(items) == len(wanted) and all(map(fits, items, wanted))


def _has_key(of: Type, key: Type) -> bool:
    """A key may be outside of the map's key type, but must be of its kind."""
    return isinstance(of, T.Map) and comparable(of.key, key)


def _collected(expr: Member | SetOp | SetOf | Filter | Size | Quantified) -> bool:
    match expr:
        case Member(item, collection):
            inner = _items(collection.type)
            return inner is not None and comparable(item.type, inner)
        case SetOp(_, left, right, of):
            return isinstance(of, T.Set) and fits(left.type, of) and fits(right.type, of)
        case SetOf(items, of):
            return isinstance(of, T.Set) and all(fits(item.type, of.item) for item in items)
        case Filter(variable, within, body, of):
            whole = isinstance(of, T.Set) and fits(variable.type, of.item)
            return whole and _goes_through(variable, within) and body.type == BOOL
        case Size(collection, of):
            return _items(collection.type) is not None and isinstance(of, T.Int)
        case Quantified(kind, variable, within, body, of):
            result = isinstance(of, T.Int) if kind == "count" else of == BOOL
            return result and _goes_through(variable, within) and body.type == BOOL
        case _:
            assert_never(expr)


def _listed(expr: Append | Tail | At | Replace) -> bool:
    match expr:
        case Append(list_, item, of):
            return isinstance(of, T.List) and fits(list_.type, of) and fits(item.type, of.item)
        case Tail(list_, of):
            return isinstance(of, T.List) and fits(list_.type, of)
        case At(list_, index, of):
            if not isinstance(list_.type, (T.List, T.Channel)) or not _integer(index.type):
                return False
            return fits(cast(Type, _items(list_.type)), of)
        case Replace(list_, index, value, of):
            whole = isinstance(of, T.List) and fits(list_.type, of) and fits(value.type, of.item)
            return whole and _integer(index.type)
        case _:
            assert_never(expr)


def _message(expr: MessageOf | HasTag | MessageField) -> bool:
    match expr:
        case MessageOf(tag, items, of):
            if not isinstance(of, T.Message) or not 0 <= tag < len(of.alternatives):
                return False
            return _made_of(of.alternatives[tag], [item.type for item in items])
        case HasTag(message, tag):
            of = message.type
            return isinstance(of, T.Message) and 0 <= tag < len(of.alternatives)
        case MessageField(message, tag, index, of):
            whole = message.type
            if not isinstance(whole, T.Message) or not -1 <= tag < len(whole.alternatives):
                return False
            if tag == -1 and index > 1:
                return False
            record = whole.alternatives[max(tag, 0)]
            # Behind a guard on its number the sender is of its own node type.
            narrowed = index < 2 and fits(of, record.fields[index][1])
            return narrowed or _has_field(record, index, of)
        case _:
            assert_never(expr)


def _channel(expr: Put | Take | RemoveAt | RepeatAt | Deliverable) -> bool:
    of = expr.channel.type
    if not isinstance(of, T.Channel):
        return False
    match expr:
        case Put(_, message) | Take(_, message):
            return expr.type == of and message.type == of.message
        case RemoveAt(_, index) | RepeatAt(_, index):
            return expr.type == of and _integer(index.type)
        case Deliverable(_, variable, deferred):
            listed = T.List(of.message, of.capacity)
            return expr.type == listed and variable.type == of.message and deferred.type == BOOL
        case _:
            assert_never(expr)
