"""What an expression of the pivot is, as a tree of scalar expressions.

Binders are written out over the finitely many things they go through, partial operations become
cases, and what is left has only scalars in it.  The meaning is that of `ir.semantics`, which the
tests compare on drawn values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, assert_never, cast

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    arithmetic,
    at_least,
    at_most,
    below,
    choose,
    conjunction,
    disjunction,
    integer,
    same,
    total,
)
from verifier.engines.symbolic.trees import Tree
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr, is_expr
from verifier.ir.types import Type

Bindings = Mapping[str, Tree]
Entry = tuple[Expr, Tree]  # whether it is there, and what it is


class Stamps(Protocol):
    """The stamps of a state that are known, where there are so many places for a new one."""

    def fresh(self, back: Expr, offset: int) -> Expr:
        """As `expr.Fresh`."""

    def live(self) -> Expr:
        """As `expr.LiveStamps`."""


class Flattener:
    """Turns expressions about one state into trees.

    ``state`` gives the tree of each variable.  Of the channels in ``open_channels`` the tree has
    only some of the messages in flight: how many there are in all is an unknown number, which may
    cancel and otherwise stays, as a parameter (see `unknown_counts`).  Without ``stamps`` a fresh
    stamp is one above all others, and stays as it is.
    """

    def __init__(
        self,
        state: Mapping[str, Tree],
        open_channels: frozenset[str] = frozenset(),
        stamps: Stamps | None = None,
    ) -> None:
        self.state = state
        self.stamps = stamps
        self.unknown_counts: dict[tuple[Expr, ...], Expr] = {}
        self._there = {
            id(message): there for name in open_channels for there, message in state[name]
        }
        self._known: dict[tuple[object, ...], Tree] = {}
        self._kept: list[Tree] = []  # so that no identity in a key is used twice
        self._free: dict[Expr, frozenset[str]] = {}
        self._received: dict[int, Mapping[int, Expr]] = {}

    def receives(self, message: Tree, which: list[tuple[Tree, Expr]]) -> None:
        """Says that a message is that of the entry whose condition holds; so taking it need not
        look for one that is equal.  In a fifo channel it has to be the first of those."""
        self._kept.append(message)
        self._received[id(message)] = {id(found): it_is for found, it_is in which}

    def tree(self, expr: Expr, bound: Bindings) -> Tree:
        """The tree of an expression where parameters and binders stand for these trees."""
        names = self._names(expr)
        key = (expr, *[id(bound[name]) for name in names])
        if key not in self._known:
            self._kept += [bound[name] for name in names]
            self._known[key] = self._tree(expr, bound)
        return self._known[key]

    def truth(self, expr: Expr, bound: Bindings) -> Expr:
        """The same for a condition."""
        return cast(Expr, self.tree(expr, bound))

    def _names(self, expr: Expr) -> frozenset[str]:
        """The parameters an expression mentions that nothing in it binds."""
        if expr not in self._free:
            for node in E.walk_unseen((expr,), set(self._free)):
                self._free[node] = self._free_in(node)
        return self._free[expr]

    def _free_in(self, node: Expr) -> frozenset[str]:
        match node:
            case E.Param(name):
                return frozenset((name,))
            case (
                E.Quantified(variable=variable, within=within, body=body)
                | E.Filter(variable=variable, within=within, body=body)
            ):
                inner = self._free[body] - {variable.name}
                return inner | self._free[within] if is_expr(within) else inner
            case E.Deliverable(channel, variable, deferred):
                return self._free[channel] | (self._free[deferred] - {variable.name})
            case _:
                return frozenset[str]().union(*(self._free[part] for part in E.children(node)))

    def _tree(self, expr: Expr, bound: Bindings) -> Tree:
        match expr:
            case E.Literal(value, of):
                return trees.constant(of, value)
            case E.Var(name):
                return self.state[name]
            case E.Next(name):
                raise AssertionError(f"{name} after the step has to be put in first")
            case E.Param(name):
                return bound[name]
            case E.Not(argument):
                return negate(self.truth(argument, bound))
            case E.And(arguments):
                return conjunction(self._in_turn(arguments, bound, FALSE))
            case E.Or(arguments):
                return disjunction(self._in_turn(arguments, bound, TRUE))
            case E.Equal(left, right):
                return self._equal(left, right, bound)
            case E.Less(E.Literal(0), E.Size(collection)):
                return disjunction(there for there, _ in self.entries(collection, bound))
            case E.Less(left, right):
                return below(self.tree(left, bound), self.tree(right, bound))
            case E.AtMost(left, right):
                return at_most(self.tree(left, bound), self.tree(right, bound))
            case E.Arith(op, left, right, of):
                return arithmetic(op, self.tree(left, bound), self.tree(right, bound), of)
            case E.If(condition, then, otherwise, of):
                return self._if(self.truth(condition, bound), then, otherwise, of, bound)
            case E.TupleOf(items, of):
                return self._tuple([self.tree(item, bound) for item in items], of)
            case E.Field(record, index):
                return self.tree(record, bound)[index]
            case E.WithField(record, index, new):
                return _put_at(self.tree(record, bound), index, self.tree(new, bound))
            case E.Some(item):
                return (TRUE, self.tree(item, bound))
            case E.IsSome(option):
                return self.tree(option, bound)[0]
            case E.Unwrap(option):
                return self.tree(option, bound)[1]
            case E.Lookup() | E.Store():
                return self._map(expr, bound)
            case E.Member() | E.SetOp() | E.SetOf() | E.Filter() | E.Size() | E.Quantified():
                return self._collection(expr, bound)
            case E.Append() | E.Tail() | E.At() | E.Replace():
                return self._list(expr, bound)
            case E.MessageOf(tag, items, of):
                fields = tuple(self.tree(item, bound) for item in items)
                assert isinstance(of, T.Message)
                return (
                    integer(tag),
                    tuple(
                        fields if number == tag else trees.default(record)
                        for number, record in enumerate(of.alternatives)
                    ),
                )
            case E.HasTag(message, tag):
                return same(self.tree(message, bound)[0], integer(tag))
            case E.MessageField(message, tag, index, of):
                return _message_field(self.tree(message, bound), tag, index, of)
            case E.Put() | E.Take() | E.RemoveAt() | E.RepeatAt():
                return self._channel(expr, bound)
            case E.Deliverable():
                raise NotSymbolic("the messages that may be received next, as a list")
            case E.Fresh() | E.LiveStamps():
                return self._stamp(expr, bound)
            case _:
                assert_never(expr)

    def _stamp(self, expr: E.Fresh | E.LiveStamps, bound: Bindings) -> Expr:
        match expr:
            case E.Fresh(back, offset):
                place = self.truth(back, bound)
                if self.stamps is not None:
                    return self.stamps.fresh(place, offset)
                if not (isinstance(place, E.Literal) and place.value == 0):
                    raise NotSymbolic("a clock with a skew")
                return E.make(E.Fresh, place, offset)
            case E.LiveStamps():
                if self.stamps is not None:
                    return self.stamps.live()
                raise NotSymbolic("the number of different stamps")
            case _:
                assert_never(expr)

    def _in_turn(self, parts: tuple[Expr, ...], bound: Bindings, settled: Expr) -> Iterator[Expr]:
        """The parts until one settles the whole: what comes after it need not be written out."""
        for part in parts:
            found = self.truth(part, bound)
            yield found
            if found is settled:
                return

    def _equal(self, left: Expr, right: Expr, bound: Bindings) -> Expr:
        match left, right:
            case (E.Size(collection), E.Literal(0)) | (E.Literal(0), E.Size(collection)):
                return negate(disjunction(there for there, _ in self.entries(collection, bound)))
            case _:
                pass
        one, other = self.tree(left, bound), self.tree(right, bound)
        if isinstance(left.type, T.Channel):
            if self._there:
                raise NotSymbolic("whether two channels hold the same messages")
            return trees.equal_flights(left.type, one, other)
        if isinstance(left.type, T.Message):
            return trees.equal_messages(one, other)
        return trees.equal(one, other)

    def _if(self, condition: Expr, then: Expr, otherwise: Expr, of: Type, bound: Bindings) -> Tree:
        if condition is TRUE:
            return self.tree(then, bound)
        if condition is FALSE:
            return self.tree(otherwise, bound)
        how = trees.chosen_flight if isinstance(of, T.Channel) else trees.chosen
        return how(condition, self.tree(then, bound), self.tree(otherwise, bound))

    def _tuple(self, items: list[Tree], of: Type) -> Tree:
        if isinstance(of, T.List):
            padding = [trees.default(of.item)] * (of.capacity - len(items))
            return (integer(len(items)), (*items, *padding))
        return tuple(items)

    def _map(self, expr: E.Lookup | E.Store, bound: Bindings) -> Tree:
        map_, key = self.tree(expr.map, bound), self.tree(expr.key, bound)
        assert isinstance(expr.map.type, T.Map)
        is_it = [_is(key, k) for k in trees.members(expr.map.type.key)]
        match expr:
            case E.Lookup(type=of):
                return _selected(is_it, map_, of)
            case E.Store(value=new):
                stored = self.tree(new, bound)
                return tuple(
                    trees.chosen(condition, stored, old)
                    for condition, old in zip(is_it, map_, strict=True)
                )
            case _:
                assert_never(expr)

    # ---- sets, and what is counted or gone through -----------------------------------------------

    def _collection(
        self,
        expr: E.Member | E.SetOp | E.SetOf | E.Filter | E.Size | E.Quantified,
        bound: Bindings,
    ) -> Tree:
        match expr:
            case E.Member(item, collection):
                wanted = self.tree(item, bound)
                alike = trees.equal_messages if isinstance(item.type, T.Message) else trees.equal
                return disjunction(
                    conjunction((there, alike(found, wanted)))
                    for there, found in self.entries(collection, bound)
                )
            case E.SetOp(op, left, right):
                pairs = zip(self.tree(left, bound), self.tree(right, bound), strict=True)
                return tuple(_in_both(op, a, b) for a, b in pairs)
            case E.SetOf(items, of):
                assert isinstance(of, T.Set)
                found = [self.tree(item, bound) for item in items]
                return tuple(
                    disjunction(_is(item, member) for item in found)
                    for member in trees.members(of.item)
                )
            case E.Filter(variable, within, body, of):
                assert isinstance(of, T.Set)
                kept = [
                    (conjunction((there, self.truth(body, {**bound, variable.name: item}))), item)
                    for there, item in self.entries(within, bound)
                ]
                return tuple(
                    disjunction(conjunction((there, _is(item, member))) for there, item in kept)
                    for member in trees.members(of.item)
                )
            case E.Size(collection):
                present = [there for there, _ in self.entries(collection, bound)]
                return self._count(collection, present, lambda _: TRUE, bound)
            case E.Quantified(kind, variable, within, body):
                truths: list[Expr] = []
                for there, item in self.entries(within, bound):
                    held = self.truth(body, {**bound, variable.name: item})
                    if kind == "all":
                        truths.append(disjunction((negate(there), held)))
                    else:
                        truths.append(conjunction((there, held)))
                if kind == "count":
                    return self._count(
                        within,
                        truths,
                        lambda item: self.truth(body, {**bound, variable.name: item}),
                        bound,
                    )
                return conjunction(truths) if kind == "all" else disjunction(truths)
            case _:
                assert_never(expr)

    def _count(
        self, within: Type | Expr, found: list[Expr], held: Callable[[Tree], Expr], bound: Bindings
    ) -> Expr:
        """How many of the entries count; of an open channel, what was there before the step is one
        unknown number, and only what the step has changed is counted."""
        if self._there and isinstance(within, E.Deliverable):
            raise NotSymbolic("how many messages may be received")
        if not self._there or not (is_expr(within) and isinstance(within.type, T.Channel)):
            return total(found)
        before: list[Expr] = []
        after: list[Expr] = []
        base: list[Expr] = []
        for counted, (_, message) in zip(found, self.entries(within, bound), strict=True):
            there = self._there.get(id(message))
            if there is None:
                after.append(counted)
                continue
            counted_before = conjunction((there, held(message)))
            base.append(counted_before)
            if counted_before is not counted:
                before.append(counted_before)
                after.append(counted)
        name = f"messages {len(self.unknown_counts)}"
        unknown = self.unknown_counts.setdefault(tuple(base), E.make(E.Param, name, T.Int(0, None)))
        gained = arithmetic("-", total(after), total(before), T.INTEGER)
        return arithmetic("+", unknown, gained, T.INTEGER)

    def entries(self, within: Type | Expr, bound: Bindings) -> list[Entry]:
        """What a binder or a parameter goes through; entries may be equal."""
        if not is_expr(within):
            of = cast(Type, within)
            return [(TRUE, trees.constant(of, value)) for value in T.values(of)]
        if isinstance(within, E.Deliverable):
            return self._deliverable(within, bound)
        tree = self.tree(within, bound)
        match within.type:
            case T.Channel():
                return list(tree)
            case T.Set(item):
                constants = [
                    trees.constant(item, bool(k) if isinstance(item, T.Bool) else k)
                    for k in trees.members(item)
                ]
                return list(zip(tree, constants, strict=True))
            case T.List():
                length, places = tree
                return [(below(integer(k), length), item) for k, item in enumerate(places)]
            case _:
                raise AssertionError(f"{within.type} has no items")

    def _deliverable(self, expr: E.Deliverable, bound: Bindings) -> list[Entry]:
        assert isinstance(expr.channel.type, T.Channel)
        ready = [
            (
                conjunction(
                    (
                        there,
                        negate(self.truth(expr.deferred, {**bound, expr.variable.name: message})),
                    )
                ),
                message,
            )
            for there, message in self.tree(expr.channel, bound)
        ]
        if not expr.channel.type.fifo:
            return ready
        first = []
        for place, (there, message) in enumerate(ready):
            behind = disjunction(
                conjunction((earlier, trees.on_link(m, message))) for earlier, m in ready[:place]
            )
            first.append((conjunction((there, negate(behind))), message))
        return first

    # ---- lists and channels ----------------------------------------------------------------------

    def _list(self, expr: E.Append | E.Tail | E.At | E.Replace, bound: Bindings) -> Tree:
        if isinstance(expr, E.At) and isinstance(expr.list.type, T.Channel):
            of_channel = expr.list.type
            tree = self.tree(expr.list, bound)
            places = _places(tree, self.tree(expr.index, bound), of_channel)
            return _selected(places, [message for _, message in tree], expr.type)
        length, items = self.tree(expr.list, bound)
        match expr:
            case E.Append(_, item, of):
                assert isinstance(of, T.List)
                new = self.tree(item, bound)
                free = below(length, integer(of.capacity))
                return (
                    choose(free, arithmetic("+", length, integer(1), T.INTEGER), length),
                    tuple(
                        trees.chosen(same(length, integer(k)), new, old)
                        for k, old in enumerate(items)
                    ),
                )
            case E.Tail(_, of):
                assert isinstance(of, T.List)
                some = below(integer(0), length)
                shorter = arithmetic("-", length, integer(1), T.INTEGER)
                return (
                    choose(some, shorter, length),
                    (*items[1:], trees.default(of.item)) if items else (),
                )
            case E.At(_, index, of):
                place = self.tree(index, bound)
                inside = [
                    conjunction((_is(place, k), below(integer(k), length)))
                    for k in range(len(items))
                ]
                return _selected(inside, items, of)
            case E.Replace(_, index, new_item):
                place, new = self.tree(index, bound), self.tree(new_item, bound)
                return (
                    length,
                    tuple(
                        trees.chosen(
                            conjunction((_is(place, k), below(integer(k), length))), new, old
                        )
                        for k, old in enumerate(items)
                    ),
                )
            case _:
                assert_never(expr)

    def _channel(self, expr: E.Put | E.Take | E.RemoveAt | E.RepeatAt, bound: Bindings) -> Tree:
        flight, of = self.tree(expr.channel, bound), expr.channel.type
        assert isinstance(of, T.Channel)
        match expr:
            case E.Put(_, message):
                return (*flight, (_room(flight, of), self.tree(message, bound)))
            case E.Take(_, message):
                taken = self.tree(message, bound)
                which = self._received.get(id(taken), {})
                if isinstance(expr.channel, E.Var) and any(id(m) in which for _, m in flight):
                    return tuple(
                        (conjunction((there, negate(which.get(id(m), FALSE)))), m)
                        for there, m in flight
                    )
                return self._taken(flight, taken)
            case E.RemoveAt(_, index):
                there = _places(flight, self.tree(index, bound), of)
                return tuple(
                    (conjunction((present, negate(removed))), m)
                    for (present, m), removed in zip(flight, there, strict=True)
                )
            case E.RepeatAt(_, index):
                there = _places(flight, self.tree(index, bound), of)
                room = _room(flight, of)
                doubled: list[Entry] = []
                for (present, m), here in zip(flight, there, strict=True):
                    doubled += [(present, m), (conjunction((here, room)), m)]
                return tuple(entry for entry in doubled if entry[0] is not FALSE)
            case _:
                assert_never(expr)

    def _taken(self, flight: Tree, message: Tree) -> Tree:
        """Without the first entry that is the message."""
        for place, (_, found) in enumerate(flight):
            if found is message and id(found) in self._there:
                # It is received, so it is there; and copies are equal, so nothing depends on
                # which of them goes.
                return (*flight[:place], (FALSE, found), *flight[place + 1 :])
        left: list[Entry] = []
        gone: list[Expr] = []
        for there, found in flight:
            is_it = conjunction((there, trees.equal_messages(found, message)))
            removed = conjunction((is_it, negate(disjunction(gone))))
            left.append((conjunction((there, negate(removed))), found))
            gone.append(is_it)
        return tuple(left)


def _places(flight: Tree, index: Expr, of: T.Channel) -> list[Expr]:
    """For each entry whether it is the one at this index: those of lower links and those sent
    before it on its own link come first."""
    if not of.fifo:
        raise NotSymbolic("a place in a channel that has no order")
    found = []
    for k, (there, message) in enumerate(flight):
        first = []
        for j, (present, other) in enumerate(flight):
            if j != k:
                earlier = trees.on_link(other, message) if j < k else FALSE
                first.append(conjunction((present, disjunction((_lower(other, message), earlier)))))
        found.append(conjunction((there, same(total(first), index))))
    return found


def _lower(message: Tree, other: Tree) -> Expr:
    """Whether the link of a message comes before that of another."""
    (a, b), (c, d) = trees.ends(message), trees.ends(other)
    return disjunction((below(a, c), conjunction((same(a, c), below(b, d)))))


def _room(flight: Tree, of: T.Channel) -> Expr:
    """Whether one more message fits."""
    capacity: int | None = of.capacity
    if capacity is None or len(flight) < capacity:
        return TRUE
    return negate(at_least(capacity, [there for there, _ in flight]))


def _message_field(message: Tree, tag: int, index: int, of: Type) -> Tree:
    known, alternatives = message
    if tag != -1:
        is_it = same(known, integer(tag))
        if is_it is FALSE:
            return trees.default(of)
        # An alternative that it is not has defaults already.
        return alternatives[tag][index]
    return trees.ends(message)[index]


def _put_at(items: Tree, index: int, new: Tree) -> Tree:
    return (*items[:index], new, *items[index + 1 :])


def _is(scalar: Tree, member: int) -> Expr:
    if scalar.type == T.BOOL:
        return cast(Expr, scalar) if member else negate(scalar)
    return same(scalar, integer(member))


def _selected(conditions: list[Expr], items: Tree, of: Type) -> Tree:
    """The item whose condition holds, at most one does; the default of the type if none does."""
    found = trees.default(of)
    settled = disjunction(conditions) is TRUE
    for k in range(len(conditions) - 1, -1, -1):
        if conditions[k] is FALSE:
            continue
        if settled and k == len(conditions) - 1:
            found = items[k]
        else:
            found = trees.chosen(conditions[k], items[k], found)
    return found


def _in_both(op: str, left: Expr, right: Expr) -> Expr:
    if op == "|":
        return disjunction((left, right))
    if op == "&":
        return conjunction((left, right))
    return conjunction((left, negate(right)))
