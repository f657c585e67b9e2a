"""Which two steps may change places: of the runs that differ in their order only, one is enough.

A run is kept if no two neighbouring steps that could change places stand in the wrong order.  Of
all runs that have the same steps up to such changes the least in the order of commands is one of
these, it is as long, and it ends in the same state (peephole partial order reduction: Wang, Yang,
Kahlon and Gupta, TACAS 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.commands import Command, command, guarded
from verifier.engines.symbolic.flatten import Entry, Flattener
from verifier.engines.symbolic.scalars import NotSymbolic, integer
from verifier.engines.symbolic.trees import Tree
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import TRUE
from verifier.ir.expr import Expr, Var, make
from verifier.ir.faults import Fault
from verifier.ir.system import Action, TransitionSystem

FRESH = "a fresh stamp"


@dataclass(slots=True)
class Footprint:
    """What decides a command, and what it changes: scalars of the state, and of channels what is
    done with them."""

    reads: set[Hashable] = field(default_factory=set)
    writes: set[Hashable] = field(default_factory=set)
    receives: set[str] = field(default_factory=set)
    sends: set[str] = field(default_factory=set)
    looks: set[str] = field(default_factory=set)  # channels that are read in any other way

    def add(self, other: Footprint) -> None:
        """What either does."""
        self.reads |= other.reads
        self.writes |= other.writes
        self.receives |= other.receives
        self.sends |= other.sends
        self.looks |= other.looks


class Independence:
    """Says of commands whether they may change places; for ``pulse`` see `flatten.Flattener`."""

    def __init__(
        self, system: TransitionSystem, pulse: Callable[[], object] = lambda: None
    ) -> None:
        self.fifo = frozenset(
            v.name for v in system.variables if isinstance(v.type, T.Channel) and v.type.fifo
        )
        self._system = system
        self._footprints: dict[Hashable, Footprint] = {}
        state: dict[str, Tree] = {
            v.name: () if isinstance(v.type, T.Channel) else trees.variable(v.type, v.name, _leaf)
            for v in system.variables
        }
        channels = frozenset(v.name for v in system.variables if isinstance(v.type, T.Channel))
        flattener = Flattener(state, channels, pulse=pulse)
        for action in system.actions:
            try:
                for bound, condition in guarded(flattener, action, _anything):
                    made = command(flattener, action, bound, condition)
                    found = _footprint(state, channels, made)
                    self._footprints.setdefault(key_of(made), Footprint()).add(found)
            except NotSymbolic:
                pass  # what has no footprint changes places with nothing

    def may_change_places(self, first: Command, then: Command, crowded: frozenset[str]) -> bool:
        """Whether a step of the first and a step of the other that receives no message which the
        first has just sent may come in either order, with the same end.  ``crowded`` are the
        channels that may be full."""
        one, other = self._footprints.get(key_of(first)), self._footprints.get(key_of(then))
        if one is None or other is None:
            return False
        if one.writes & (other.reads | other.writes) or other.writes & one.reads:
            return False
        for channel in self.fifo:
            if channel in one.sends & other.sends or channel in one.receives & other.receives:
                return False
        uses = one.sends | one.receives, other.sends | other.receives
        if one.looks & uses[1] or other.looks & uses[0]:
            return False
        # Whether there is room for what one of them sends depends on what the other does.
        return not crowded & (one.sends & uses[1] | other.sends & uses[0])

    def receives(self, command: Command) -> frozenset[str]:
        """The channels that a command may receive from."""
        footprint = self._footprints.get(key_of(command))
        return frozenset() if footprint is None else frozenset(footprint.receives)


def key_of(command: Command) -> Hashable:
    """The action with what its parameters stand for, as far as that is the same at every step."""
    known = tuple(
        tree if all(isinstance(leaf, E.Literal) for leaf in trees.leaves(tree)) else _tag(tree)
        for tree in command.bound.values()
    )
    return command.action.name, known


def _tag(tree: Tree) -> Hashable:
    return tree[0] if isinstance(tree, tuple) and isinstance(tree[0], E.Literal) else None


def _leaf(name: str, of: T.Type) -> Expr:
    return make(Var, name, of)


def _anything(channel: str, message: T.Message, ready: list[Entry]) -> Iterator[tuple[Tree, Expr]]:
    """Some message of each alternative."""
    for tag, record in enumerate(message.alternatives):
        fields = trees.variable(
            record, f"from {channel}.{record.name}", lambda name, of: make(E.Param, name, of)
        )
        tree = (
            integer(tag),
            tuple(
                fields if number == tag else trees.default(other)
                for number, other in enumerate(message.alternatives)
            ),
        )
        yield tree, TRUE


def _footprint(state: dict[str, Tree], channels: frozenset[str], made: Command) -> Footprint:
    found = Footprint()
    for name, new in made.effects.items():
        if name in channels:
            continue
        pairs = zip(trees.leaves(state[name]), trees.leaves(new), strict=True)
        for old, leaf in pairs:
            if leaf is not old:
                found.writes.add(old)
                _note(found, [leaf])
    _note(found, [made.condition, *(condition for _, condition in made.checks)])
    for name in channels & made.effects.keys():
        for there, message in made.effects[name]:
            _note(found, [there, *trees.leaves(message)])
    _note_channels(found, state, made.action)
    return found


def _note(found: Footprint, expressions: Iterable[Expr]) -> None:
    for node in E.walk(*expressions):
        if isinstance(node, Var):
            found.reads.add(node)
        elif isinstance(node, E.Fresh):
            found.reads.add(FRESH)
            found.writes.add(FRESH)


def _note_channels(found: Footprint, state: dict[str, Tree], action: Action) -> None:
    """What the text of the action does with channels."""
    roots: list[Expr] = [action.guard]
    for parameter in action.parameters:
        match parameter.within:
            case Var(name, T.Channel()):
                found.receives.add(name)
            case E.Deliverable(channel=Var(name), deferred=deferred):
                found.receives.add(name)
                roots.append(deferred)
                for node in E.walk(deferred):
                    if isinstance(node, Var):
                        found.reads |= set(trees.leaves(state[node.name]))
            case None:
                pass
            case within:
                roots.append(within)
    for check in action.checks:
        if not (check.code == Fault.CHANNEL_FULL and _only_counts(check.condition)):
            roots.append(check.condition)
    received = {parameter.variable for parameter in action.parameters}
    for name, new in action.assignments.items():
        roots += _spine(found, name, new, received) if _is_channel(new) else [new]
    found.looks |= {
        node.name for node in E.walk(*roots) if isinstance(node, Var) and _is_channel(node)
    }


def _is_channel(node: Expr) -> bool:
    return isinstance(node.type, T.Channel)


def _spine(found: Footprint, channel: str, new: Expr, received: set[E.Param]) -> list[Expr]:
    """Notes what is sent and received; returns the expressions beside the channel itself."""
    match new:
        case Var(name) if name == channel:
            return []
        case E.Put(inner, message):
            found.sends.add(channel)
            return [message, *_spine(found, channel, inner, received)]
        case E.Take(inner, message) if message in received:
            # Taking it once only: a second time it would be another one that is equal.
            return _spine(found, channel, inner, received - {message})
        case E.If(condition, then, otherwise):
            return [
                condition,
                *_spine(found, channel, then, received),
                *_spine(found, channel, otherwise, received),
            ]
        case _:
            found.sends.add(channel)
            return [new]


def _only_counts(condition: Expr) -> bool:
    """Whether of channels the condition asks for nothing but the size."""
    return all(
        isinstance(node, E.Size) and isinstance(child, Var)
        for node in E.walk(condition)
        for child in E.children(node)
        if _is_channel(child)
    )
