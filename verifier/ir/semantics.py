"""The meaning of the pivot, written to be read.

Every engine must agree with this module.  When an engine and this file differ, this file is right
by definition; so it is plain, never optimised, and imports nothing but the data it explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, assert_never, cast

from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import compute
from verifier.ir.channels import first_of_links, put, remove_at, repeat_at, take
from verifier.ir.expr import EXPR_KINDS, Expr, Param
from verifier.ir.stamps import canonical, place_stamp, stamps
from verifier.ir.system import Action, Check, Label, State, TransitionSystem
from verifier.ir.types import Type, Value

Arguments: TypeAlias = Mapping[str, Value]


class Point:
    """Where expressions are evaluated: a state, what parameters stand for, and the state after the
    step for claims about both.  Shared nodes are evaluated once per point."""

    def __init__(
        self, system: TransitionSystem, state: State, arguments: Arguments,
        after: State | None = None,
    ) -> None:  # fmt: skip
        self.system, self.state, self.arguments = system, state, dict(arguments)
        self.before = dict(zip((v.name for v in system.variables), state, strict=False))
        self.after = {} if after is None else dict(zip(self.before, after, strict=True))
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
        return cast(int, self.value(expr))

    def items(self, expr: Expr) -> tuple[Value, ...]:
        """The value of an expression that is a compound."""
        return cast("tuple[Value, ...]", self.value(expr))

    def range_of(self, within: Type | Expr) -> tuple[Value, ...]:
        """What a binder goes through: the values of a type, or the items of a collection."""
        is_type = not isinstance(within, EXPR_KINDS)
        return tuple(T.values(cast(Type, within))) if is_type else self.items(cast(Expr, within))


def evaluate(
    system: TransitionSystem, expr: Expr, state: State, arguments: Arguments,
    after: State | None = None,
) -> Value:  # fmt: skip
    """The value of an expression in a state; ``after`` is the state that `Next` reads."""
    return Point(system, state, arguments, after).value(expr)


def _value(p: Point, expr: Expr) -> Value:
    match expr:
        case E.Literal(value):
            return value
        case E.Var(name):
            return p.before[name]
        case E.Next(name):
            return p.after[name]
        case E.Param(name):
            return p.arguments[name]
        case E.Not(argument):
            return not p.value(argument)
        case E.And(arguments):
            return all(p.value(part) for part in arguments)
        case E.Or(arguments):
            return any(p.value(part) for part in arguments)
        case E.Equal(left, right):
            return p.value(left) == p.value(right)
        case E.Less(left, right):
            return p.number(left) < p.number(right)
        case E.AtMost(left, right):
            return p.number(left) <= p.number(right)
        case E.Arith(op, left, right, of):
            result = compute(op, p.number(left), p.number(right))
            return result % of.modulus if isinstance(of, T.Mod) else result
        case E.If(condition, then, otherwise):
            return p.value(then) if p.value(condition) else p.value(otherwise)
        case E.TupleOf(items):
            return tuple(p.value(item) for item in items)
        case E.Field(record, index):
            return p.items(record)[index]
        case E.WithField(record, index, new):
            return _put_at(p.items(record), index, p.value(new))
        case E.Some(item):
            return (p.value(item),)
        case E.IsSome(option):
            return p.value(option) != ()
        case E.Unwrap(option, of):
            found = p.items(option)
            return found[0] if found else T.default(of)
        case E.Lookup(map_, key, of):
            place = _place(map_.type, p.number(key))
            return T.default(of) if place is None else p.items(map_)[place]
        case E.Store(map_, key, new):
            place = _place(map_.type, p.number(key))
            return p.value(map_) if place is None else _put_at(p.items(map_), place, p.value(new))
        case E.Size() | E.Member() | E.SetOf() | E.SetOp() | E.Filter() | E.Quantified():
            return _collection(p, expr)
        case E.At(list_, index, of):
            found, place = p.items(list_), p.number(index)
            return found[place] if 0 <= place < len(found) else T.default(of)
        case E.Replace(list_, index, new):
            found, place = p.items(list_), p.number(index)
            return _put_at(found, place, p.value(new)) if 0 <= place < len(found) else found
        case E.Append(list_, item, of):
            found = p.items(list_)
            room = T.fits(len(found) + 1, cast(T.List, of).capacity)
            return (*found, p.value(item)) if room else found
        case E.Tail(list_):
            return p.items(list_)[1:]
        case E.MessageOf(tag, items):
            return (tag, *(p.value(item) for item in items))
        case E.HasTag(message, tag):
            return p.items(message)[0] == tag
        case E.MessageField(message, tag, index, of):
            found = p.items(message)
            return found[1 + index] if tag in (-1, found[0]) else T.default(of)
        case E.Put() | E.Take() | E.RemoveAt() | E.RepeatAt() | E.Deliverable():
            return _channel(p, expr)
        case E.Fresh(back, offset):
            return place_stamp(stamps(p.system, p.state), p.number(back), offset)
        case E.LiveStamps():
            return len(stamps(p.system, p.state))
        case _:
            assert_never(expr)


def _put_at(items: tuple[Value, ...], index: int, new: Value) -> Value:
    return (*items[:index], new, *items[index + 1 :])


def _place(of: Type, key: int) -> int | None:
    """The position of a key's value in a map, or None for a key that the map does not have."""
    keys = cast(range, T.scalar_range(cast(T.Map, of).key))
    return key - keys.start if key in keys else None


def _collection(
    p: Point, expr: E.Size | E.Member | E.SetOf | E.SetOp | E.Filter | E.Quantified
) -> Value:
    match expr:
        case E.Size(collection):
            return len(p.items(collection))
        case E.Member(item, collection):
            return p.value(item) in p.items(collection)
        case E.SetOf(items):
            return tuple(sorted({p.number(item) for item in items}))
        case E.SetOp(op, left, right):
            one, other = set(p.items(left)), set(p.items(right))
            return T.in_order({"|": one | other, "&": one & other, "-": one - other}[op])
        case E.Filter(variable, within, body):
            return T.in_order({v for v in p.range_of(within) if p.at(variable, v).value(body)})
        case E.Quantified(kind, variable, within, body):
            held = [bool(p.at(variable, v).value(body)) for v in p.range_of(within)]
            return all(held) if kind == "all" else any(held) if kind == "any" else sum(held)
        case _:
            assert_never(expr)


def _channel(p: Point, expr: E.Put | E.Take | E.RemoveAt | E.RepeatAt | E.Deliverable) -> Value:
    flight, of = p.items(expr.channel), cast(T.Channel, expr.channel.type)
    match expr:
        case E.Put(_, message):
            return put(flight, p.value(message), of)
        case E.Take(_, message):
            return take(flight, p.value(message))
        case E.RemoveAt(_, index):
            return remove_at(flight, p.number(index))
        case E.RepeatAt(_, index):
            return repeat_at(flight, p.number(index), of)
        case E.Deliverable(_, variable, deferred):
            ready = tuple(m for m in flight if not p.at(variable, m).value(deferred))
            return first_of_links(ready) if of.fifo else ready
        case _:
            assert_never(expr)


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
    new = {name: point.value(expr) for name, expr in action.assignments.items()}
    after = tuple({**point.before, **new}[variable.name] for variable in system.variables)
    for variable, value in zip(system.variables, after, strict=True):
        assert T.contains(variable.type, value), f"{action.name}: {variable.name} becomes {value}"
    return after


def initial_states(system: TransitionSystem) -> Iterator[tuple[Label, State]]:
    """Every initial state, with the label that makes it."""
    for label, state in _steps(system, system.initial, ()):
        assert not isinstance(state, Check), "initial actions have no checks"
        yield label, state


def successors(system: TransitionSystem, state: State) -> Iterator[tuple[Label, State | Check]]:
    """Every enabled label in declaration order, with the state it leads to or the check that it
    fails: such a step has no successor, but it is a transition."""
    yield from _steps(system, system.actions, state)


def _steps(
    system: TransitionSystem, actions: Iterable[Action], state: State
) -> Iterator[tuple[Label, State | Check]]:
    for action in actions:
        for arguments in choices(system, action, state):
            if evaluate(system, action.guard, state, arguments):
                after = fire(system, action, state, arguments)
                label = Label(action.name, tuple(arguments.values()))
                yield label, after if isinstance(after, Check) else canonical(system, after)
