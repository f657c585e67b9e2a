"""What an expression of the pivot is, as a tree of scalar expressions.

Binders are written out over the finitely many things they go through, partial operations become
cases, and what is left has only scalars in it.  The meaning is that of `ir.semantics`, which the
tests compare on drawn values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, assert_never, cast

from verifier.engines.symbolic import compounds, flights, trees
from verifier.engines.symbolic.names import FreeNames
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    arithmetic,
    at_most,
    below,
    conjunction,
    disjunction,
    integer,
    same,
    total,
)
from verifier.engines.symbolic.trees import Entry as Entry
from verifier.engines.symbolic.trees import Tree
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr, is_expr
from verifier.ir.types import Type

Bindings = Mapping[str, Tree]


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
    stamp is one above all others, and stays as it is.  ``pulse`` is called before each piece of
    work, and may raise: with many stamps a state alone can take minutes.
    """

    def __init__(
        self,
        state: Mapping[str, Tree],
        open_channels: frozenset[str] = frozenset(),
        stamps: Stamps | None = None,
        pulse: Callable[[], object] = lambda: None,
    ) -> None:
        self.state = state
        self.stamps = stamps
        self.pulse = pulse
        self.unknown_counts: dict[tuple[Expr, ...], Expr] = {}
        self._there = {
            id(message): there for name in open_channels for there, message in state[name]
        }
        self._known: dict[tuple[object, ...], Tree] = {}
        self._kept: list[Tree] = []  # so that no identity in a key is used twice
        self._free = FreeNames()
        self._received: dict[int, Mapping[int, Expr]] = {}

    def receives(self, message: Tree, which: list[tuple[Tree, Expr]]) -> None:
        """Says that a message is that of the entry whose condition holds; so taking it need not
        look for one that is equal.  In a fifo channel it has to be the first of those."""
        self._kept.append(message)
        self._received[id(message)] = {id(found): it_is for found, it_is in which}

    def tree(self, expr: Expr, bound: Bindings) -> Tree:
        """The tree of an expression where parameters and binders stand for these trees."""
        names = self._free.of(expr)
        key = (expr, *[id(bound[name]) for name in names])
        if key not in self._known:
            self.pulse()
            self._kept += [bound[name] for name in names]
            self._known[key] = self._tree(expr, bound)
        return self._known[key]

    def truth(self, expr: Expr, bound: Bindings) -> Expr:
        """The same for a condition."""
        return cast(Expr, self.tree(expr, bound))

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
                return compounds.put_at(self.tree(record, bound), index, self.tree(new, bound))
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
                return compounds.message_field(self.tree(message, bound), tag, index, of)
            case E.Put() | E.Take() | E.RemoveAt() | E.RepeatAt():
                return self._channel(expr, bound)
            case E.Deliverable():
                if self._there:
                    raise NotSymbolic("the messages that may be received next, as a list")
                return flights.listed(self._deliverable(expr, bound), expr.channel.type, expr.type)
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
            return flights.equal(left.type, one, other)
        if isinstance(left.type, T.Message):
            return trees.equal_messages(one, other)
        return trees.equal(one, other)

    def _if(self, condition: Expr, then: Expr, otherwise: Expr, of: Type, bound: Bindings) -> Tree:
        if condition is TRUE:
            return self.tree(then, bound)
        if condition is FALSE:
            return self.tree(otherwise, bound)
        how = flights.chosen if isinstance(of, T.Channel) else trees.chosen
        return how(condition, self.tree(then, bound), self.tree(otherwise, bound))

    def _tuple(self, items: list[Tree], of: Type) -> Tree:
        if isinstance(of, T.List):
            padding = [trees.default(of.item)] * (trees.places(of) - len(items))
            return (integer(len(items)), (*items, *padding))
        return tuple(items)

    def _map(self, expr: E.Lookup | E.Store, bound: Bindings) -> Tree:
        map_, key = self.tree(expr.map, bound), self.tree(expr.key, bound)
        assert isinstance(expr.map.type, T.Map)
        is_it = [compounds.is_member(key, k) for k in trees.members(expr.map.type.key)]
        match expr:
            case E.Lookup(type=of):
                return compounds.selected(is_it, map_, of)
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
                return tuple(compounds.combined(op, a, b) for a, b in pairs)
            case E.SetOf(items, of):
                assert isinstance(of, T.Set)
                return compounds.set_of([(TRUE, self.tree(item, bound)) for item in items], of)
            case E.Filter(variable, within, body, of):
                assert isinstance(of, T.Set)
                kept = [
                    (conjunction((there, self.truth(body, {**bound, variable.name: item}))), item)
                    for there, item in self.entries(within, bound)
                ]
                return compounds.set_of(kept, of)
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
        return flights.first_of_links(ready) if expr.channel.type.fifo else ready

    # ---- lists and channels ----------------------------------------------------------------------

    def _list(self, expr: E.Append | E.Tail | E.At | E.Replace, bound: Bindings) -> Tree:
        whole = self.tree(expr.list, bound)
        match expr:
            case E.At(list_, index, of) if isinstance(list_.type, T.Channel):
                places = flights.places(whole, self.truth(index, bound), list_.type)
                return compounds.selected(places, [message for _, message in whole], of)
            case E.At(_, index, of):
                return compounds.at(whole, self.truth(index, bound), of)
            case E.Append(_, item, of):
                assert isinstance(of, T.List)
                return compounds.appended(whole, self.tree(item, bound), of)
            case E.Tail(_, of):
                assert isinstance(of, T.List)
                return compounds.tail(whole, of)
            case E.Replace(_, index, new):
                return compounds.replaced(whole, self.truth(index, bound), self.tree(new, bound))
            case _:
                assert_never(expr)

    def _channel(self, expr: E.Put | E.Take | E.RemoveAt | E.RepeatAt, bound: Bindings) -> Tree:
        flight, of = self.tree(expr.channel, bound), expr.channel.type
        assert isinstance(of, T.Channel)
        match expr:
            case E.Put(_, message):
                return (*flight, (flights.room(flight, of), self.tree(message, bound)))
            case E.Take(channel, message):
                return self._taken(channel, flight, self.tree(message, bound))
            case E.RemoveAt(_, index):
                return flights.without(flight, flights.places(flight, self.truth(index, bound), of))
            case E.RepeatAt(_, index):
                return flights.repeated(flight, self.truth(index, bound), of)
            case _:
                assert_never(expr)

    def _taken(self, channel: Expr, flight: Tree, message: Tree) -> Tree:
        """Without the first entry that is the message.  Copies are equal, so where it is known
        that one of them is received nothing depends on which of them goes."""
        which = self._received.get(id(message), {})
        if isinstance(channel, E.Var) and any(id(found) in which for _, found in flight):
            return flights.without(flight, [which.get(id(found), FALSE) for _, found in flight])
        for place, (_, found) in enumerate(flight):
            if found is message and id(found) in self._there:
                return (*flight[:place], (FALSE, found), *flight[place + 1 :])
        return flights.taken(flight, message)
