"""Systems seen through a few of the messages in flight.

Where a channel has no bound, a state has no bound either.  But what holds of every choice of a few
messages in flight ("no two BUs ...") is kept by a step if it is kept in states that contain only
those, the message that the step receives, and those that its guard asks for; all others can be left
out.  This is the view abstraction of Abdulla, Haziza and Holik (VMCAI 2013), of messages instead of
processes.  It takes in that messages are lost, so what is proved of a view holds with and without
loss; and that there are any number of them, so it holds for every capacity.

A view has *slots*: for each kind of message in each unordered channel a few that may be in flight.
Slot 0 is the one that a step receives.  A fifo channel is seen whole, place by place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.commands import Command, any_entry, commands
from verifier.engines.symbolic.flatten import Entry, Flattener
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    at_most,
    below,
    choose,
    conjunction,
    disjunction,
    integer,
    same,
)
from verifier.engines.symbolic.scalars import arithmetic as scalar_arithmetic
from verifier.engines.symbolic.trees import Tree
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, literal, negate
from verifier.ir.expr import Expr, Param, Var, make
from verifier.ir.folding import folded
from verifier.ir.system import TransitionSystem, Variable
from verifier.ir.types import Type
from verifier.verdict import ENDLESS_QUEUE


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A place for a message of one alternative of a channel."""

    channel: str
    tag: int
    number: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar of a view.  ``access`` is the same in the words of the system; it has a meaning
    where all ``guards`` hold, and is a default elsewhere."""

    type: Type
    access: Expr
    guards: tuple[Expr, ...]
    slot: Slot | None


class View:
    """The scalars of the states of a system, and the trees of its variables over them.

    ``known`` are leaves whose value is known (in terms of others), by a proof that they have it in
    all reachable states: they are put in wherever a state is read.  For ``pulse`` see
    `flatten.Flattener`.
    """

    def __init__(
        self,
        system: TransitionSystem,
        slots: int,
        known: Mapping[Expr, Expr] | None = None,
        spare: int = 0,
        pulse: Callable[[], object] = lambda: None,
    ) -> None:
        self.system = system
        self._pulse = pulse
        self.slots = slots
        self.spare = spare  # slots that cubes leave free for what a condition asks for
        self.known = known or {}
        self.leaves: dict[Expr, Leaf] = {}
        self.presence: dict[Slot, Expr] = {}
        self.messages: dict[Slot, Tree] = {}
        self.state: dict[str, Tree] = {}
        self._queues: dict[str, Tree] = {}
        self.facts: list[Expr] = []  # what the types say of every state, ranges left out
        for variable in system.variables:
            name, of = variable.name, variable.type
            access = make(Var, name, of)
            if not isinstance(of, T.Channel):
                self.state[name] = self._tree(of, name, access, (), None)
            elif of.fifo:
                self.state[name] = tuple(self._queue(name, of, access))
                places = tuple(message for _, message in self.state[name])
                self._queues[name] = (make(Var, f"{name}.length", T.Int(0, of.capacity)), places)
            else:
                self.state[name] = tuple(
                    self._slot(name, of.message, Slot(name, tag, number))
                    for number in range(slots)
                    for tag in range(len(of.message.alternatives))
                )
        self.open = frozenset(slot.channel for slot in self.presence)
        self.flattener = Flattener(self.state, self.open, pulse=pulse)
        self._slot_of_tree = {id(tree): slot for slot, tree in self.messages.items()}

    # ---- leaves ----------------------------------------------------------------------------------

    def _leaf(
        self, name: str, of: Type, access: Expr, guards: tuple[Expr, ...], slot: Slot | None
    ) -> Expr:
        leaf = make(Var, name, of)
        self.leaves[leaf] = Leaf(of, access, guards, slot)
        return self.known.get(leaf, leaf)

    def _tree(
        self, of: Type, name: str, access: Expr, guards: tuple[Expr, ...], slot: Slot | None
    ) -> Tree:
        """A tree of leaves; what the types say of it becomes known as facts."""

        def inner(kind: Type, path: str, part: Expr, more: tuple[Expr, ...] = ()) -> Tree:
            return self._tree(kind, path, part, (*guards, *more), slot)

        match of:
            case T.Bool() | T.Int() | T.Mod() | T.Enum() | T.Stamp():
                return self._leaf(name, of, access, guards, slot)
            case T.Record(_, fields):
                return tuple(
                    inner(kind, f"{name}.{field}", make(E.Field, access, k, kind))
                    for k, (field, kind) in enumerate(fields)
                )
            case T.Map(key, item):
                return tuple(
                    inner(item, f"{name}[{T.show(key, k)}]", _looked_up(access, key, k, item))
                    for k in T.values(key)
                )
            case T.Optional(item):
                there = self._leaf(f"{name}?", T.BOOL, make(E.IsSome, access), guards, slot)
                content = inner(item, f"{name}!", make(E.Unwrap, access, item), (there,))
                self.facts.append(disjunction((there, trees.equal(content, trees.default(item)))))
                return (there, content)
            case T.Set(item):
                return tuple(
                    self._leaf(
                        f"{T.show(item, k)} in {name}",
                        T.BOOL,
                        make(E.Member, _key(item, k), access),
                        guards,
                        slot,
                    )
                    for k in T.values(item)
                )
            case T.List(item, capacity):
                assert capacity is not None, "see `trees.places`"
                length = self._leaf(
                    f"{name}.length", T.Int(0, capacity), make(E.Size, access), guards, slot
                )
                places = []
                for k in range(capacity):
                    inside = below(integer(k), length)
                    at = make(E.At, access, integer(k), item)
                    place = inner(item, f"{name}[{k}]", at, (inside,))
                    unused = trees.equal(place, trees.default(item))
                    self.facts.append(disjunction((inside, unused)))
                    places.append(place)
                return (length, tuple(places))
            case T.Message():
                return self._any_message(of, name, access, guards, slot)
            case T.Channel():
                raise AssertionError("a channel is in no other value")

    def _message(
        self, name: str, of: T.Message, tag: int, access: Expr, slot: Slot | None,
        guards: tuple[Expr, ...] = (),
    ) -> Tree:  # fmt: skip
        """The fields of an alternative."""
        record = of.alternatives[tag]
        return tuple(
            self._tree(
                kind,
                f"{name}.{field}",
                make(E.MessageField, access, tag, k, kind),
                guards,
                slot,
            )
            for k, (field, kind) in enumerate(record.fields)
        )

    def _slot(self, channel: str, of: T.Message, slot: Slot) -> Entry:
        name = f"{channel}.{of.alternatives[slot.tag].name}#{slot.number}"
        there = self._leaf(f"{name}?", T.BOOL, TRUE, (), slot)
        fields = self._message(name, of, slot.tag, make(Param, name, of), slot)
        tree = _of_alternative(of, slot.tag, fields)
        self.presence[slot] = there
        self.messages[slot] = tree
        return there, tree

    def _queue(self, channel: str, of: T.Channel, access: Expr) -> Iterator[Entry]:
        """The places of a fifo channel, in its canonical order."""
        if of.capacity is None:
            raise NotSymbolic(ENDLESS_QUEUE)
        number = T.Int(0, of.capacity)
        length = self._leaf(f"{channel}.length", number, make(E.Size, access), (), None)
        for k in range(of.capacity):
            there = below(integer(k), length)
            at = make(E.At, access, integer(k), of.message)
            name = f"{channel}[{k}]"
            message = self._any_message(of.message, name, at, (there,), None)
            self.facts.append(disjunction((there, trees.equal(message, trees.default(of.message)))))
            yield there, message

    def _any_message(
        self, of: T.Message, name: str, access: Expr, guards: tuple[Expr, ...], slot: Slot | None
    ) -> Tree:
        """A message of whatever alternative.  The tag has no word of its own in the system: its
        access is the message, and what is said of it is which alternative that is."""
        last = len(of.alternatives) - 1
        tag: Expr = integer(0)
        if last:
            names = tuple(record.name for record in of.alternatives)
            tag = self._leaf(f"{name}.tag", T.Enum("alternative", names), access, guards, slot)
        alternatives = []
        for number, record in enumerate(of.alternatives):
            is_it = same(tag, integer(number))
            path = f"{name}.{record.name}"
            fields = self._message(path, of, number, access, slot, (*guards, is_it))
            self.facts.append(disjunction((is_it, trees.equal(fields, trees.default(record)))))
            alternatives.append(fields)
        return (tag, tuple(alternatives))

    # ---- steps -----------------------------------------------------------------------------------

    def received(
        self, channel: str, of: T.Message, ready: list[Entry]
    ) -> Iterator[tuple[Tree, Expr]]:
        """A step receives what is in slot 0, for which one it is makes no difference; from a fifo
        channel, what is at some place."""
        if channel not in self.open:
            for there, message in ready:
                yield message, there
            return
        for tag in range(len(of.alternatives)):
            tree = self.messages[Slot(channel, tag, 0)]
            for there, found in ready:
                if found is tree:
                    yield tree, there

    def commands(self) -> list[Command]:
        """All that may happen."""
        return [
            command
            for action in self.system.actions
            for command in commands(self.flattener, action, self.received)
        ]

    def starts(self) -> list[Command]:
        """All initial states."""
        empty = Flattener({})
        return [
            command
            for action in self.system.initial
            for command in commands(empty, action, any_entry)
        ]

    def slot_of(self, message: Tree) -> Slot | None:
        """The slot whose very message this is."""
        return self._slot_of_tree.get(id(message))

    def whole(self, variable: Variable) -> Tree:
        """The tree of a variable that is seen whole; of a fifo channel as `queued` gives it."""
        if not isinstance(variable.type, T.Channel):
            return self.state[variable.name]
        return self._queues[variable.name]

    def queued(self, channel: T.Channel, flight: Tree) -> Tree:
        """A fifo channel after a step as the places of a state, in canonical order."""
        assert channel.capacity is not None
        default = trees.default(channel.message)
        ranks = _ranks(flight)
        length = trees.constant(T.Int(0, channel.capacity), 0)
        for there, _ in flight:
            length = scalar_arithmetic(
                "+", length, choose(there, integer(1), integer(0)), T.INTEGER
            )
        places = []
        for k in range(channel.capacity):
            message = default
            for (there, found), rank in zip(flight, ranks, strict=True):
                self._pulse()
                here = conjunction((there, same(rank, integer(k))))
                message = trees.chosen(here, found, message)
            places.append(message)
        return (length, tuple(places))


def _ranks(flight: Tree) -> list[Expr]:
    """The place of each entry in canonical order: lower links first, within a link as sent."""
    ranks = []
    for k, (_, message) in enumerate(flight):
        rank: Expr = integer(0)
        for j, (there, other) in enumerate(flight):
            if j == k:
                continue
            earlier = trees.on_link(other, message) if j < k else FALSE
            before = conjunction((there, disjunction((_lower_link(other, message), earlier))))
            rank = scalar_arithmetic("+", rank, choose(before, integer(1), integer(0)), T.INTEGER)
        ranks.append(rank)
    return ranks


def _lower_link(message: Tree, other: Tree) -> Expr:
    (a, b), (c, d) = trees.ends(message), trees.ends(other)
    return disjunction((below(a, c), conjunction((same(a, c), below(b, d)))))


def _of_alternative(of: T.Message, tag: int, fields: Tree) -> Tree:
    return (
        integer(tag),
        tuple(
            fields if number == tag else trees.default(record)
            for number, record in enumerate(of.alternatives)
        ),
    )


def _looked_up(map_: Expr, key: Type, value: T.Value, of: Type) -> Expr:
    return make(E.Lookup, map_, _key(key, value), of)


def _key(of: Type, value: T.Value) -> Expr:
    return literal(value, of)


def substituted(expr: Expr, leaf: Mapping[Expr, Expr], known: dict[Expr, Expr]) -> Expr:
    """The expression with leaves replaced, made anew by the constructors that fold; ``known`` keeps
    what was made, for expressions with the same replacement."""
    return folded(expr, known, lambda node: _rebuilt(node, leaf, known))


def _rebuilt(node: Expr, leaf: Mapping[Expr, Expr], known: Mapping[Expr, Expr]) -> Expr:
    match node:
        case E.Var() | E.Param():
            return leaf.get(node, node)
        case E.Literal() | E.Fresh():
            return node
        case E.Not(argument):
            return negate(known[argument])
        case E.And(arguments):
            return conjunction(known[part] for part in arguments)
        case E.Or(arguments):
            return disjunction(known[part] for part in arguments)
        case E.Equal(left, right):
            return same(known[left], known[right])
        case E.Less(left, right):
            return below(known[left], known[right])
        case E.AtMost(left, right):
            return at_most(known[left], known[right])
        case E.If(condition, then, otherwise):
            return choose(known[condition], known[then], known[otherwise])
        case E.Arith(op, left, right, of):
            return scalar_arithmetic(op, known[left], known[right], of)
        case _:
            raise AssertionError(f"{type(node).__name__} is no scalar expression")
