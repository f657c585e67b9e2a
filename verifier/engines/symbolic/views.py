"""Systems seen through a few of the messages in flight.

Where a channel has no bound, a state has no bound either.  But what holds of every choice of a few
messages in flight ("no two BUs ...") is kept by a step if it is kept in states that contain only
these, the message that the step receives, and those that its guard asks for; all others can be left
out.  That is the view abstraction of Abdulla, Haziza and Holik (VMCAI 2013) for messages instead
of processes.  A view has *slots*: for each kind of message a few that may be in flight.
Slot 0 is the one that a step receives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.commands import Command, any_entry, commands
from verifier.engines.symbolic.flatten import Bindings, Entry, Flattener
from verifier.engines.symbolic.scalars import (
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
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr, Var, make
from verifier.ir.system import TransitionSystem


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a message of one alternative of a channel."""

    channel: str
    tag: int
    number: int


@dataclass
class Views:
    """The scalars of a state, its slots, and what its actions do."""

    system: TransitionSystem
    slots: int  # of each alternative of each open channel
    state: dict[str, Tree] = field(default_factory=dict)
    slot_of: dict[Expr, Slot] = field(default_factory=dict)  # leaves of slots
    presence: dict[Slot, Expr] = field(default_factory=dict)
    message: dict[Slot, Tree] = field(default_factory=dict)
    types: dict[Expr, T.Type] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for variable in self.system.variables:
            if isinstance(variable.type, T.Channel):
                self.state[variable.name] = tuple(
                    self._slot(variable.name, variable.type.message, tag, number)
                    for number in range(self.slots)
                    for tag in range(len(variable.type.message.alternatives))
                )
            else:
                self.state[variable.name] = trees.variable(
                    variable.type, variable.name, self._leaf
                )
        names = frozenset(
            v.name for v in self.system.variables if isinstance(v.type, T.Channel)
        )
        self.flattener = Flattener(self.state, names)

    def _leaf(self, name: str, of: T.Type) -> Expr:
        leaf = make(Var, name, of)
        self.types[leaf] = of
        return leaf

    def _slot(self, channel: str, message: T.Message, tag: int, number: int) -> Entry:
        record = message.alternatives[tag]
        slot = Slot(channel, tag, number)
        name = f"{channel}.{record.name}#{number}"

        def leaf(path: str, of: T.Type) -> Expr:
            made = self._leaf(path, of)
            self.slot_of[made] = slot
            return made

        there = leaf(f"{name}?", T.BOOL)
        fields = trees.variable(record, name, leaf)
        tree = (
            integer(tag),
            tuple(
                fields if k == tag else trees.default(other)
                for k, other in enumerate(message.alternatives)
            ),
        )
        self.presence[slot] = there
        self.message[slot] = tree
        return there, tree

    def received(
        self, channel: str, message: T.Message, ready: list[Entry]
    ) -> Iterator[tuple[Tree, Expr]]:
        """A step receives what is in slot 0: which one it is makes no difference."""
        for tag in range(len(message.alternatives)):
            tree = self.message[Slot(channel, tag, 0)]
            for there, found in ready:
                if found is tree:
                    yield tree, there

    def commands(self) -> list[Command]:
        return [
            command
            for action in self.system.actions
            for command in commands(self.flattener, action, self.received)
        ]

    def well_formed(self) -> list[Expr]:
        """What holds of the leaves of every state by the types."""
        found: list[Expr] = []
        for leaf, of in self.types.items():
            if isinstance(of, T.Bool):
                continue
            low, high = (0, None) if isinstance(of, T.Stamp) else _bounds(of)
            if low is not None:
                found.append(("low", leaf, low))
            if high is not None:
                found.append(("high", leaf, high))
        for variable in self.system.variables:
            if not isinstance(variable.type, T.Channel):
                found += _canonical(variable.type, self.state[variable.name])
        for slot, tree in self.message.items():
            channel = next(v for v in self.system.variables if v.name == slot.channel)
            record = channel.type.message.alternatives[slot.tag]
            found += _canonical(record, tree[1][slot.tag])
        return found


def _bounds(of):
    from verifier.engines.symbolic.scalars import bounds
    return bounds(of)


def _canonical(of: T.Type, tree: Tree) -> list[Expr]:
    """What is absent is the default of its type."""
    match of:
        case T.Record(_, fields):
            return [c for (_, kind), part in zip(fields, tree) for c in _canonical(kind, part)]
        case T.Map(_, item):
            return [c for part in tree for c in _canonical(item, part)]
        case T.Optional(item):
            there, inner = tree
            return [
                disjunction((there, trees.equal(inner, trees.default(item)))),
                *_canonical(item, inner),
            ]
        case T.List(item, _):
            length, places = tree
            found = []
            for k, place in enumerate(places):
                found.append(
                    disjunction((below(integer(k), length), trees.equal(place, trees.default(item))))
                )
                found += _canonical(item, place)
            return found
        case T.Message(alternatives):
            tag, parts = tree
            found = []
            for k, (record, part) in enumerate(zip(alternatives, parts)):
                found.append(
                    disjunction((same(tag, integer(k)), trees.equal(part, trees.default(record))))
                )
                found += _canonical(record, part)
            return found
        case _:
            return []


def substituted(expr: Expr, leaf: Mapping[Expr, Expr], known: dict[Expr, Expr]) -> Expr:
    """The expression with leaves replaced, made anew by the constructors that fold."""
    stack = [expr]
    while stack:
        node = stack[-1]
        if node in known:
            stack.pop()
            continue
        waiting = [child for child in E.children(node) if child not in known]
        if waiting:
            stack += waiting
            continue
        known[node] = _rebuilt(node, leaf, known)
        stack.pop()
    return known[expr]


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
        case E.If(condition, then, otherwise):
            return choose(known[condition], known[then], known[otherwise])
        case E.Arith(op, left, right, of):
            return scalar_arithmetic(op, known[left], known[right], of)
        case _:
            raise AssertionError(f"{type(node).__name__} is no scalar expression")
