"""The meaning of the pivot, written to be read.

Every engine must agree with this module.  When an engine and this file differ, this file is right
by definition; so it is plain, never optimised, and imports nothing but the data it explains.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import assert_never

from verifier.ir import types as T
from verifier.ir.build import compute
from verifier.ir.expr import (
    EXPR_KINDS, And, Append, Arith, At, AtMost, Deliverable, Equal, Expr, Field, Filter, Fresh,
    HasTag, If, IsSome, Less, Literal, LiveStamps, Lookup, Member, MessageField, MessageOf, Next,
    Not, Or, Param, Put, Quantified, RemoveAt, RepeatAt, Replace, SetOf, SetOp, Size, Some, Store,
    Tail, Take, TupleOf, Unwrap, Var, WithField,
)  # fmt: skip
from verifier.ir.system import Action, Check, Label, State, TransitionSystem
from verifier.ir.types import Type, Value

Arguments = Mapping[str, Value]


class Point:
    """Where expressions are evaluated: a state, what parameters stand for, and the state after the
    step for claims about both.  Shared nodes are evaluated once per point."""

    def __init__(
        self, system: TransitionSystem, state: State, arguments: Arguments,
        after: State | None = None,
    ) -> None:  # fmt: skip
        names = [variable.name for variable in system.variables]
        self.system, self.arguments = system, dict(arguments)
        self.before = dict(zip(names, state, strict=False))
        self.after = dict(zip(names, after, strict=True)) if after is not None else {}
        self.state = state
        self.known: dict[Expr, Value] = {}

    def at(self, parameter: Param, value: Value) -> Point:
        """The same point where one more parameter stands for a value."""
        point = Point(self.system, self.state, {**self.arguments, parameter.name: value})
        point.after = self.after
        return point

    def value(self, expr: Expr) -> Value:
        """The value of an expression here."""
        if expr not in self.known:
            self.known[expr] = _value(self, expr)
        return self.known[expr]

    def number(self, expr: Expr) -> int:
        """The value of an expression that is a scalar."""
        found = self.value(expr)
        assert isinstance(found, int)
        return found

    def items(self, expr: Expr) -> tuple[Value, ...]:
        """The value of an expression that is a compound."""
        found = self.value(expr)
        assert isinstance(found, tuple)
        return found

    def range_of(self, within: Type | Expr) -> tuple[Value, ...]:
        """What a binder goes through: the values of a type, or the items of a collection."""
        if isinstance(within, EXPR_KINDS):
            return self.items(within)
        return tuple(T.values(within))


def evaluate(
    system: TransitionSystem, expr: Expr, state: State, arguments: Arguments,
    after: State | None = None,
) -> Value:  # fmt: skip
    """The value of an expression in a state; ``after`` is the state that `Next` reads."""
    return Point(system, state, arguments, after).value(expr)


def _value(p: Point, expr: Expr) -> Value:
    match expr:
        case Literal(value):
            return value
        case Var(name):
            return p.before[name]
        case Next(name):
            return p.after[name]
        case Param(name):
            return p.arguments[name]
        case Not(argument):
            return not p.value(argument)
        case And(arguments):
            return all(p.value(part) for part in arguments)
        case Or(arguments):
            return any(p.value(part) for part in arguments)
        case Equal(left, right):
            return p.value(left) == p.value(right)
        case Less(left, right):
            return p.number(left) < p.number(right)
        case AtMost(left, right):
            return p.number(left) <= p.number(right)
        case Arith(op, left, right, of):
            result = compute(op, p.number(left), p.number(right))
            return result % of.modulus if isinstance(of, T.Mod) else result
        case If(condition, then, otherwise):
            return p.value(then) if p.value(condition) else p.value(otherwise)
        case TupleOf(items):
            return tuple(p.value(item) for item in items)
        case MessageOf(tag, items):
            return (tag, *(p.value(item) for item in items))
        case Some(item):
            return (p.value(item),)
        case IsSome(option):
            return p.value(option) != ()
        case Unwrap(option, of):
            found = p.items(option)
            return found[0] if found else T.default(of)
        case Field(record, index):
            return p.items(record)[index]
        case WithField(record, index, new):
            return _put_at(p.items(record), index, p.value(new))
        case HasTag(message, tag):
            return p.items(message)[0] == tag
        case MessageField(message, tag, index, of):
            found = p.items(message)
            return found[1 + index] if tag in (-1, found[0]) else T.default(of)
        case Lookup(map_, key, of):
            place = _place(map_.type, p.number(key))
            return T.default(of) if place is None else p.items(map_)[place]
        case Store(map_, key, new):
            place = _place(map_.type, p.number(key))
            return p.value(map_) if place is None else _put_at(p.items(map_), place, p.value(new))
        case At(list_, index, of):
            found, place = p.items(list_), p.number(index)
            return found[place] if 0 <= place < len(found) else T.default(of)
        case Replace(list_, index, new):
            found, place = p.items(list_), p.number(index)
            return _put_at(found, place, p.value(new)) if 0 <= place < len(found) else found
        case Append(list_, item, of):
            found = p.items(list_)
            assert isinstance(of, T.List)
            return (*found, p.value(item)) if len(found) < of.capacity else found
        case Tail(list_):
            return p.items(list_)[1:]
        case Size(collection):
            return len(p.items(collection))
        case Member(item, collection):
            return p.value(item) in p.items(collection)
        case SetOf(items):
            return tuple(sorted({p.value(item) for item in items}))  # type: ignore[type-var]
        case SetOp(op, left, right):
            one, other = set(p.items(left)), set(p.items(right))
            joined = one | other if op == "|" else one & other if op == "&" else one - other
            return tuple(sorted(joined))  # type: ignore[type-var]
        case Filter(variable, within, body):
            kept = {v for v in p.range_of(within) if p.at(variable, v).value(body)}
            return tuple(sorted(kept))  # type: ignore[type-var]
        case Quantified(kind, variable, within, body):
            found_true = [bool(p.at(variable, v).value(body)) for v in p.range_of(within)]
            return {"all": all, "any": any, "count": sum}[kind](found_true)
        case Put() | Take() | RemoveAt() | RepeatAt() | Deliverable():
            return _channel(p, expr)
        case Fresh(back, offset):
            return _stamp(p, p.number(back), offset)
        case LiveStamps():
            return len(stamps(p.system, p.state))
        case _:
            assert_never(expr)


def _put_at(items: tuple[Value, ...], index: int, new: Value) -> Value:
    return (*items[:index], new, *items[index + 1 :])


def _place(of: Type, key: int) -> int | None:
    """The position of a key's value in a map, or None for a key that the map does not have."""
    assert isinstance(of, T.Map)
    keys = T.scalar_range(of.key)
    assert keys is not None
    return key - keys.start if key in keys else None


def _channel(p: Point, expr: Put | Take | RemoveAt | RepeatAt | Deliverable) -> Value:
    flight, of = p.items(expr.channel), expr.channel.type
    assert isinstance(of, T.Channel)
    match expr:
        case Put(_, message):
            if len(flight) >= of.capacity:
                return flight
            new = p.value(message)
            if not of.fifo:
                return tuple(sorted((*flight, new)))  # type: ignore[type-var]
            place = bisect_right([T.link(m) for m in flight], T.link(new))  # type: ignore[type-var]
            return (*flight[:place], new, *flight[place:])
        case Take(_, message):
            gone = p.value(message)
            place = flight.index(gone) if gone in flight else len(flight)
            return (*flight[:place], *flight[place + 1 :])
        case RemoveAt(_, index):
            place = p.number(index)
            return flight if place < 0 else (*flight[:place], *flight[place + 1 :])
        case RepeatAt(_, index):
            place = p.number(index)
            if not 0 <= place < len(flight) < of.capacity:
                return flight
            return (*flight[: place + 1], *flight[place:])
        case Deliverable(_, variable, deferred):
            open_ones = [m for m in flight if not p.at(variable, m).value(deferred)]
            if not of.fifo:
                return tuple(open_ones)
            first = {T.link(m): m for m in reversed(open_ones)}
            return tuple(m for i, m in enumerate(open_ones) if m not in open_ones[:i] and first[T.link(m)] == m)


# ---- stamps ------------------------------------------------------------------------------------


def stamps(system: TransitionSystem, state: State) -> list[int]:
    """The distinct stamps that a state holds, 0 left out, in increasing order."""
    found: set[int] = set()
    for variable, value in zip(system.variables, state, strict=False):
        _map_stamps(variable.type, value, lambda stamp: found.add(stamp) or stamp)  # type: ignore[func-returns-value]
    return sorted(found - {0})


def _stamp(p: Point, back: int, offset: int) -> Value:
    """See `expr.Fresh`: v1 > v2 > ... are the stamps of the state; back 2i-1 is vi, 2i below vi."""
    downwards = [*reversed(stamps(p.system, p.state)), 0]
    if back == 0:
        return downwards[0] + offset
    place = min((back + 1) // 2, len(downwards)) - 1
    if back % 2 == 1:
        return downwards[place]
    return downwards[min(place + 1, len(downwards) - 1)] + offset


def canonical(system: TransitionSystem, state: State) -> State:
    """The state with its stamps renumbered by rank: states that differ only in the values of
    stamps, not in their order, are one state.  A monotone map keeps sorted tuples sorted."""
    rank = {stamp: (i + 1) * system.stamp_gap for i, stamp in enumerate(stamps(system, state))}
    rank[0] = 0
    return tuple(
        _map_stamps(variable.type, value, rank.__getitem__)
        for variable, value in zip(system.variables, state, strict=True)
    )


def _map_stamps(of: Type, value: Value, change) -> Value:  # type: ignore[no-untyped-def]
    """The value with every stamp in it replaced."""
    if isinstance(of, T.Stamp):
        return change(value)  # type: ignore[no-any-return]
    if isinstance(value, int):
        return value
    match of:
        case T.Record(_, fields):
            return tuple(_map_stamps(kind, v, change) for (_, kind), v in zip(fields, value, strict=True))
        case T.Message(alternatives):
            tag = value[0]
            assert isinstance(tag, int)
            return (tag, *_map_stamps(alternatives[tag], value[1:], change))  # type: ignore[misc]
        case T.Optional(item) | T.List(item, _) | T.Set(item) | T.Map(_, item):
            return tuple(_map_stamps(item, v, change) for v in value)
        case T.Channel(message):
            return tuple(_map_stamps(message, v, change) for v in value)
        case _:
            raise AssertionError(f"{value} is not a value of {of}")


# ---- steps -------------------------------------------------------------------------------------


def choices(system: TransitionSystem, action: Action, state: State) -> Iterator[Arguments]:
    """Every choice of arguments, enabled or not; the order is part of the meaning."""
    found: list[Arguments] = [{}]
    for parameter in action.parameters:
        within = parameter.variable.type if parameter.within is None else parameter.within
        found = [
            {**arguments, parameter.variable.name: value}
            for arguments in found
            for value in dict.fromkeys(Point(system, state, arguments).range_of(within))
        ]
    yield from found


def fire(
    system: TransitionSystem, action: Action, state: State, arguments: Arguments
) -> State | Check:
    """The state after the step, stamps not yet renumbered, or the first check that fails."""
    point = Point(system, state, arguments)
    for check in action.checks:
        if not point.value(check.condition):
            return check
    after = tuple(
        point.value(action.assignments[v.name]) if v.name in action.assignments else point.before[v.name]
        for v in system.variables
    )
    for variable, value in zip(system.variables, after, strict=True):
        assert T.contains(variable.type, value), f"{action.name}: {variable.name} becomes {value}"
    return after


def initial_states(system: TransitionSystem) -> Iterator[tuple[Label, State]]:
    """Every initial state, with the label that makes it."""
    for action in system.initial:
        for arguments in choices(system, action, ()):
            if evaluate(system, action.guard, (), arguments):
                state = fire(system, action, (), arguments)
                assert not isinstance(state, Check), "initial actions have no checks"
                yield Label(action.name, tuple(arguments.values())), canonical(system, state)


def successors(system: TransitionSystem, state: State) -> Iterator[tuple[Label, State | Check]]:
    """Every enabled label in declaration order, with the state it leads to or the check that it
    fails: such a step has no successor, but it is a transition."""
    for action in system.actions:
        for arguments in choices(system, action, state):
            if evaluate(system, action.guard, state, arguments):
                after = fire(system, action, state, arguments)
                label = Label(action.name, tuple(arguments.values()))
                yield label, after if isinstance(after, Check) else canonical(system, after)
