"""What the commands of a view do to its leaves, and what a cube after a step asks of before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.commands import Command
from verifier.engines.symbolic.cubes import Cube, Slots, variables
from verifier.engines.symbolic.flatten import Entry
from verifier.engines.symbolic.scalars import conjunction, integer, same
from verifier.engines.symbolic.trees import Tree
from verifier.engines.symbolic.views import Slot, View, substituted
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE
from verifier.ir.expr import Expr

Before: TypeAlias = tuple[int, Expr]
"""Which step, and the condition under which it leads into a cube."""


@dataclass(frozen=True)
class Step:
    """``leaves`` are the new values of leaves of the state; ``stays`` says of slots whose message
    the step may take away when it is still there, ``sends`` what comes into the channels."""

    command: Command
    leaves: dict[Expr, Expr]
    stays: dict[Slot, Expr]
    sends: dict[str, list[Entry]]
    received: frozenset[Slot]


Source: TypeAlias = tuple[Expr, Tree | None]
"""Where a message of a cube may come from: the condition, and the fields; None for the fields of
the slot itself."""


class Steps:
    """The steps of a view."""

    def __init__(self, view: View, slots: Slots) -> None:
        self.view = view
        self.slots = slots
        self.all = [self._step(command) for command in view.commands()]
        self._replaced: dict[tuple[object, ...], tuple[dict[Expr, Expr], dict[Expr, Expr]]] = {}
        self._kept: list[Tree] = []  # what identities in keys belong to

    def _step(self, command: Command) -> Step:
        view = self.view
        leaves: dict[Expr, Expr] = {}
        stays: dict[Slot, Expr] = {}
        sends: dict[str, list[Entry]] = {}
        for variable in view.system.variables:
            if variable.name not in command.effects:
                continue
            after = command.effects[variable.name]
            if variable.name not in view.open:
                before = view.whole(variable)
                if isinstance(variable.type, T.Channel):
                    after = view.queued(variable.type, after)
                for old, new in zip(trees.leaves(before), trees.leaves(after), strict=True):
                    if old is not new and isinstance(old, E.Var):
                        leaves[old] = new
                continue
            # An entry that is gone in every case is left out of the tree.
            stays |= {slot: FALSE for slot in view.presence if slot.channel == variable.name}
            for there, message in after:
                slot = view.slot_of(message)
                if slot is None:
                    sends.setdefault(variable.name, []).append((there, message))
                else:
                    stays[slot] = there
        received = frozenset(
            slot for tree in command.bound.values() if (slot := view.slot_of(tree)) is not None
        )
        return Step(command, leaves, stays, sends, received)

    def before(self, cube: Cube) -> list[Before]:
        """Every way into a cube in one step; steps that leave it as it is are left out, for they
        lead into it only from itself."""
        return [
            (number, condition)
            for number, step in enumerate(self.all)
            for condition in self.into(step, number, cube)
        ]

    def into(self, step: Step, number: int, cube: Cube) -> Iterator[Expr]:
        """The conditions under which a step leads into a cube, one for each way its messages may
        come to be there."""
        view = self.view
        slots = self.slots.of(cube)
        literals = [literal for literal in cube if literal not in self.slots.in_use]
        touched = any(leaf in step.leaves for one in literals for leaf in variables(one))
        for sources in product(*(self._sources(step, slot) for slot in slots)):
            fields = [tree for _, tree in sources if tree is not None]
            if len({id(tree) for tree in fields}) < len(fields):
                continue  # two messages of the cube are two messages
            stay = not fields and all(
                there is view.presence[slot]
                for (there, _), slot in zip(sources, slots, strict=True)
            )
            if stay and not touched:
                continue
            leaf, known = self._replacement(step, number, slots, sources)
            parts = [there for there, _ in sources]
            for literal in literals:
                parts.append(substituted(literal, leaf, known))
                if parts[-1] is FALSE:
                    break
            condition = conjunction((*parts, step.command.succeeds))
            if condition is not FALSE:
                yield condition

    def _sources(self, step: Step, slot: Slot) -> list[Source]:
        found: list[Source] = []
        there = step.stays.get(slot, self.view.presence[slot])
        if there is not FALSE:
            found.append((there, None))
        received = Slot(slot.channel, slot.tag, 0)
        stays = step.stays.get(received, self.view.presence[received])
        if received in step.received and stays is not FALSE:
            found.append((stays, self.view.messages[received][1][slot.tag]))
        for sent, message in step.sends.get(slot.channel, []):
            condition = conjunction((sent, same(message[0], integer(slot.tag))))
            if condition is not FALSE:
                found.append((condition, message[1][slot.tag]))
        return found

    def _replacement(
        self, step: Step, number: int, slots: tuple[Slot, ...], sources: tuple[Source, ...]
    ) -> tuple[dict[Expr, Expr], dict[Expr, Expr]]:
        """The leaves after the step in terms of those before it."""
        moved = [(s, tree) for s, (_, tree) in zip(slots, sources, strict=True) if tree is not None]
        key = (number, *((slot, id(tree)) for slot, tree in moved))
        if key not in self._replaced:
            self._kept += [tree for _, tree in moved]
            leaf = dict(step.leaves)
            for slot, tree in moved:
                own = self.view.messages[slot][1][slot.tag]
                for old, new in zip(trees.leaves(own), trees.leaves(tree), strict=True):
                    if isinstance(old, E.Var):
                        leaf[old] = new
            self._replaced[key] = (leaf, {})
        return self._replaced[key]
