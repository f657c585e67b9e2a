"""The runs of a system step by step: each state as trees over the leaves of `finite.Finite`, and
which command makes it from the one before (Biere, Cimatti, Clarke and Zhu, TACAS 1999).

A message keeps its slot from the step that sends it on, so what it says is written once; a step
changes which slots are taken, and adds as many as one of its commands needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.commands import Command, command, guarded
from verifier.engines.symbolic.finite import Finite
from verifier.engines.symbolic.flatten import Entry, Flattener
from verifier.engines.symbolic.independence import Independence
from verifier.engines.symbolic.scalars import conjunction, disjunction, integer, same
from verifier.engines.symbolic.stamps import KnownStamps, Spacing, spacing_of
from verifier.engines.symbolic.trees import Tree
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import TransitionSystem
from verifier.ir.types import Type

PACKED_MAX = 4
"""Up to this capacity a channel has no more slots than messages fit.  Measured on the scenario
models: to move twelve messages up costs more than to have twice as many slots, nearly all of which
are known to be free."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A command that may be the one of its step, and the truth that it is."""

    command: Command
    chosen: Expr


@dataclass(frozen=True, slots=True)
class Step:
    """What may happen in one step.  ``requirements`` must hold: one command is chosen, and its
    guard holds; ``succeeds`` says that no check of it fails."""

    taken: tuple[Taken, ...]
    flattener: Flattener
    inbox: Inbox
    requirements: tuple[Expr, ...]
    succeeds: tuple[Expr, ...]


class Leaves(Protocol):
    """What names the scalars of a run: `finite.Finite`, or `linear.Linear`."""

    definitions: list[tuple[Expr, Expr]]

    def input(self, name: str) -> Expr:
        """A truth that is free."""

    def merged(self, name: str, alternatives: Iterable[tuple[Expr, Expr]]) -> Expr:
        """A leaf of this name that equals the alternative whose condition holds; no two do."""

    def truth(self, expr: Expr) -> Expr:
        """The condition as the conditions of `merged` are written."""

    def value(self, expr: Expr, model: Callable[[Expr], int]) -> int:
        """The value in a case that a solver has found."""


class Unrolling:
    """Goes on from state to state; ``states`` are the trees of those so far.  Fresh stamps are
    above ``floor``; for ``pulse`` see `flatten.Flattener`."""

    def __init__(
        self,
        system: TransitionSystem,
        leaves: Leaves,
        floor: int,
        pulse: Callable[[], object] = lambda: None,
    ) -> None:
        self.system = system
        self.leaves = leaves
        self._floor = floor
        self._pulse = pulse
        self.spacing: Spacing = spacing_of(system)
        self.states: list[Mapping[str, Tree]] = []
        self.steps: list[Step] = []  # the first makes the initial state

    def flattener(self) -> Flattener:
        """Of the last state."""
        state = self.states[-1] if self.states else {}
        return Flattener(state, frozenset(), self._stamps(state), self._pulse)

    def begin(self, state: Mapping[str, Tree]) -> None:
        """Starts in this state instead of an initial one."""
        flattener = self.flattener()
        self.steps.append(Step((), flattener, Inbox(self.leaves, flattener, "start"), (), ()))
        self.states.append(state)

    def step(self) -> Step:
        """One more step from the last state, or to the initial one."""
        flattener = self.flattener()
        actions = self.system.actions if self.states else self.system.initial
        inbox = Inbox(self.leaves, flattener, f"step {len(self.states)}")
        taken = []
        requirements: list[Expr] = []
        for action in actions:
            for bound, condition in guarded(flattener, action, inbox.received):
                possible = self.leaves.truth(condition)
                if possible is FALSE:
                    continue
                found = command(flattener, action, bound, condition)
                chosen = self.leaves.input(f"{inbox.name}: {action.name}")
                requirements.append(disjunction((negate(chosen), possible)))
                taken.append(Taken(found, chosen))
        requirements += exactly_one([one.chosen for one in taken], self.leaves, inbox.name)
        requirements += inbox.requirements()
        succeeds = tuple(
            disjunction((negate(one.chosen), self.leaves.truth(condition)))
            for one in taken
            for _, condition in one.command.checks
        )
        step = Step(tuple(taken), flattener, inbox, tuple(requirements), succeeds)
        self.steps.append(step)
        return step

    def advance(self) -> None:
        """The state after the last step, which is taken to succeed."""
        step, number = self.steps[-1], len(self.states)
        old = self.states[-1] if self.states else {}
        new: dict[str, Tree] = {}
        for variable in self.system.variables:
            self._pulse()
            changes = [
                (one.chosen, one.command.effects[variable.name])
                for one in step.taken
                if variable.name in one.command.effects
            ]
            if not changes and variable.name in old:
                new[variable.name] = old[variable.name]
                continue
            if variable.name in old and len(changes) < len(step.taken):
                others = negate(disjunction(chosen for chosen, _ in changes))
                changes.append((others, old[variable.name]))
            name = f"{variable.name}@{number}"
            if isinstance(variable.type, T.Channel):
                flight = self._flight(name, old.get(variable.name, ()), changes)
                new[variable.name] = self._packed(name, flight, variable.type)
            else:
                new[variable.name] = merged_trees(self.leaves, name, changes)
        self.states.append(new)

    def in_order(self, independence: Independence) -> Iterator[Expr]:
        """Of the last two steps that there are: where they may change places, they stand in the
        order of the commands."""
        if len(self.steps) < 3:
            return  # the first makes the initial state
        first, then = self.steps[-2:]
        older = self.states[-2]
        crowded = frozenset(
            variable.name
            for variable in self.system.variables
            if isinstance(variable.type, T.Channel)
            and variable.type.capacity is not None
            and max(
                (
                    len(other.command.effects[variable.name])
                    for other in then.taken
                    if variable.name in other.command.effects
                ),
                default=0,
            )
            > variable.type.capacity
        )
        places = {action.name: place for place, action in enumerate(self.system.actions)}
        for other in then.taken:
            place = places[other.command.action.name]
            late = [
                one.chosen
                for one in first.taken
                if places[one.command.action.name] > place
                and independence.may_change_places(one.command, other.command, crowded)
            ]
            if late:
                new = [
                    then.inbox.newer(name, older) for name in independence.receives(other.command)
                ]
                yield disjunction((negate(other.chosen), *new, negate(disjunction(late))))

    def _stamps(self, state: Mapping[str, Tree]) -> KnownStamps:
        number = len(self.states)
        held = list(held_stamps(self.system, state)) if self.spacing.skewed and state else []
        top, unit = self._floor + self.spacing.top(number), self.spacing.unit(number)
        finite = self.leaves if isinstance(self.leaves, Finite) else None
        return KnownStamps(finite, held, top, unit, f"step {number}", self._pulse)

    # ---- the state after a step ------------------------------------------------------------------

    def _flight(self, name: str, old: Tree, changes: list[tuple[Expr, Tree]]) -> list[Entry]:
        """Each message in its slot, and slots for new ones between them, in order of sending."""
        place = {id(message): k for k, (_, message) in enumerate(old)}
        presence: list[list[tuple[Expr, Expr]]] = [[] for _ in old]
        added: list[list[list[tuple[Expr, Entry]]]] = [[] for _ in range(len(old) + 1)]
        for chosen, flight in changes:
            gap = 0
            slots: list[list[Entry]] = [[] for _ in range(len(old) + 1)]
            for there, message in flight:
                # A copy, or one that is sent again, comes after its original and is a new one.
                if place.get(id(message), -1) >= gap:
                    gap = place[id(message)] + 1
                    presence[gap - 1].append((chosen, there))
                else:
                    slots[gap].append((there, message))
            for alternatives in presence:
                if not alternatives or alternatives[-1][0] is not chosen:
                    alternatives.append((chosen, FALSE))
            for gap, entries in enumerate(slots):
                for number, shared in enumerate(_sharing(entries)):
                    while len(added[gap]) <= number:
                        added[gap].append([])
                    added[gap][number] += [
                        (conjunction((chosen, self.leaves.truth(there))), (there, message))
                        for there, message in shared
                    ]
        found: list[Entry] = []
        for gap, fresh in enumerate(added):
            if gap:
                there = self.leaves.merged(f"{name} slot {len(found)}", presence[gap - 1])
                if there is not FALSE:
                    found.append((there, old[gap - 1][1]))
            for entries in fresh:
                label = f"{name} slot {len(found)}"
                new = [(c, TRUE) for c, _ in entries if c is not FALSE]
                if not new:
                    continue
                rest = negate(disjunction(c for c, _ in new))
                there = self.leaves.merged(label, [*new, (rest, FALSE)])
                message = merged_trees(
                    self.leaves, label, [(c, m) for c, (_, m) in entries if c is not FALSE]
                )
                found.append((there, message))
        return found

    def _packed(self, name: str, flight: list[Entry], of: T.Channel) -> Tree:
        """With no more slots than messages fit: those behind the first free slot move up."""
        capacity: int | None = of.capacity
        while capacity is not None and PACKED_MAX >= capacity < len(flight):
            full: Expr = TRUE
            moved: list[Entry] = []
            for k in range(len(flight) - 1):
                full = conjunction((full, self.leaves.truth(flight[k][0])))
                full = self.leaves.merged(f"{name} full {k}", [(full, TRUE), (negate(full), FALSE)])
                moved.append(
                    merged_trees(
                        self.leaves,
                        f"{name} moved {k}",
                        [(full, flight[k]), (negate(full), flight[k + 1])],
                    )
                )
            flight = moved
        return tuple(flight)


def held_stamps(system: TransitionSystem, state: Mapping[str, Tree]) -> Iterator[tuple[Expr, Expr]]:
    """The stamps of a state, each with whether it is there."""
    for variable in system.variables:
        yield from _held(variable.type, state[variable.name])


def _held(of: Type, tree: Tree) -> Iterator[tuple[Expr, Expr]]:
    """The stamps in a tree, each with whether it is there; what is absent is 0 and no stamp."""
    if not holds_stamps(of):
        return
    match of:
        case T.Stamp():
            yield TRUE, tree
        case T.Record(_, fields):
            for (_, kind), part in zip(fields, tree, strict=True):
                yield from _held(kind, part)
        case T.Map(_, item):
            for part in tree:
                yield from _held(item, part)
        case T.Optional(item):
            yield from _held(item, tree[1])
        case T.List(item, _):
            for part in tree[1]:
                yield from _held(item, part)
        case T.Message(alternatives):
            for record, part in zip(alternatives, tree[1], strict=True):
                yield from _held(record, part)
        case T.Channel(message):
            for there, content in tree:
                for also, stamp in _held(message, content):
                    yield conjunction((there, also)), stamp
        case _:
            raise AssertionError(f"{of} holds no stamps")


def _sharing(entries: list[Entry]) -> list[list[Entry]]:
    """New entries of one command that exclude each other may have one slot."""
    found: list[list[Entry]] = []
    for entry in entries:
        for shared in found:
            if all(conjunction((entry[0], other)) is FALSE for other, _ in shared):
                shared.append(entry)
                break
        else:
            found.append([entry])
    return found


def exactly_one(choices: list[Expr], leaves: Leaves, name: str) -> list[Expr]:
    """One of the choices holds and no two do, by a chain of "one so far" (Sinz, CP 2005)."""
    found = [disjunction(choices)]
    before: Expr = FALSE
    for number, choice in enumerate(choices):
        found.append(negate(conjunction((before, choice))))
        so_far = disjunction((before, choice))
        before = leaves.merged(f"{name} chosen {number}", [(so_far, TRUE), (negate(so_far), FALSE)])
    return found


class Inbox:
    """The messages that one step may receive: which slot it is, is chosen once for all commands."""

    def __init__(self, leaves: Leaves, flattener: Flattener, name: str) -> None:
        self.leaves, self.flattener, self.name = leaves, flattener, name
        self._slots: dict[str, list[tuple[Tree, Expr]]] = {}
        self._messages: dict[tuple[str, int], Tree] = {}

    def received(
        self, channel: str, message: T.Message, ready: list[Entry]
    ) -> Iterator[tuple[Tree, Expr]]:
        """The message in the chosen slot, if it may be received; for each alternative."""
        slots = self._chosen(channel)
        which = {id(found): it_is for found, it_is in slots}
        for tag in range(len(message.alternatives)):
            is_it = [
                conjunction((which[id(found)], there, same(found[0], integer(tag))))
                for there, found in ready
            ]
            condition = disjunction(is_it)
            if condition is not FALSE:
                yield self._message(channel, tag, message, slots), condition

    def _chosen(self, channel: str) -> list[tuple[Tree, Expr]]:
        if channel not in self._slots:
            self._slots[channel] = [
                (message, self.leaves.input(f"{self.name}: slot {k} of {channel}"))
                for k, (_, message) in enumerate(self.flattener.state[channel])
            ]
        return self._slots[channel]

    def _message(
        self, channel: str, tag: int, of: T.Message, slots: list[tuple[Tree, Expr]]
    ) -> Tree:
        key = channel, tag
        if key not in self._messages:
            alike = [(it_is, m) for m, it_is in slots if same(m[0], integer(tag)) is not FALSE]
            name = f"{self.name}: {of.alternatives[tag].name} of {channel}"
            fields = merged_trees(self.leaves, name, [(it_is, m[1][tag]) for it_is, m in alike])
            tree = (
                integer(tag),
                tuple(
                    fields if number == tag else trees.default(other)
                    for number, other in enumerate(of.alternatives)
                ),
            )
            self._messages[key] = tree
            self.flattener.receives(tree, slots)
        return self._messages[key]

    def newer(self, channel: str, older: Mapping[str, Tree]) -> Expr:
        """Whether the chosen slot was not there in an older state."""
        known = {id(message) for _, message in older[channel]}
        return disjunction(
            it_is for message, it_is in self._slots.get(channel, []) if id(message) not in known
        )

    def requirements(self) -> Iterator[Expr]:
        """Not two slots of a channel."""
        for channel, slots in self._slots.items():
            choices = [it_is for _, it_is in slots]
            yield from exactly_one(choices, self.leaves, f"{self.name} {channel}")[1:]


def merged_trees(leaves: Leaves, name: str, alternatives: Sequence[tuple[Expr, Tree]]) -> Tree:
    """The tree whose condition holds; no two do."""
    first = alternatives[0][1]
    if isinstance(first, tuple):
        return tuple(
            merged_trees(leaves, f"{name}.{place}", [(c, tree[place]) for c, tree in alternatives])
            for place in range(len(first))
        )
    return leaves.merged(name, alternatives)
