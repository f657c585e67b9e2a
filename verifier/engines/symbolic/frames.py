"""What a proof knows of a view: its steps, its initial states, and facts about its states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.commands import Command
from verifier.engines.symbolic.cubes import Cube, Slots
from verifier.engines.symbolic.flatten import Entry
from verifier.engines.symbolic.queries import Queries
from verifier.engines.symbolic.scalars import conjunction, disjunction, integer, same
from verifier.engines.symbolic.steps import Steps
from verifier.engines.symbolic.views import Slot, View, substituted
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr


@dataclass(frozen=True)
class Start:
    """Initial states: when there are such, the values of the leaves, and the messages in flight."""

    condition: Expr
    leaves: dict[Expr, Expr]
    flights: dict[str, list[Entry]]


class Ground:
    """A view with a solver that knows the facts."""

    def __init__(self, view: View, deadline: float | None) -> None:
        self.view = view
        self.slots = Slots(view)
        self.steps = Steps(view, self.slots)
        self.queries = Queries(view, deadline)
        self.facts: list[Cube] = []  # cubes that no reachable state is in
        self.starts = [self._start(start) for start in view.starts()]
        self._numbers = 0

    def _start(self, command: Command) -> Start:
        leaves: dict[Expr, Expr] = {}
        flights: dict[str, list[Entry]] = {}
        for variable in self.view.system.variables:
            tree = command.effects[variable.name]
            if variable.name in self.view.open:
                flights[variable.name] = [entry for entry in tree if entry[0] is not FALSE]
                continue
            if isinstance(variable.type, T.Channel):
                tree = self.view.queued(variable.type, tree)
            own = self.view.whole(variable)
            for old, new in zip(trees.leaves(own), trees.leaves(tree), strict=True):
                if isinstance(old, E.Var):
                    leaves[old] = new
        return Start(command.condition, leaves, flights)

    def number(self) -> int:
        """A number that was not given before."""
        self._numbers += 1
        return self._numbers

    def at_start(self, cube: Cube) -> bool:
        """Whether an initial state is in the cube."""
        literals = [one for one in cube if one not in self.slots.in_use]
        for start in self.starts:
            for there, fields in self._placed(start, self.slots.of(cube)):
                leaf = {**start.leaves, **fields}
                parts = (substituted(one, leaf, {}) for one in literals)
                formula = conjunction((start.condition, *there, *parts))
                if formula is TRUE:
                    return True
                if formula is not FALSE and self.queries.possible(formula):
                    return True
        return False

    def _placed(
        self, start: Start, slots: tuple[Slot, ...]
    ) -> Iterator[tuple[list[Expr], dict[Expr, Expr]]]:
        """All ways the slots may be different messages of an initial state."""
        for entries in product(*(range(len(start.flights[slot.channel])) for slot in slots)):
            pairs = [(slot.channel, entry) for slot, entry in zip(slots, entries, strict=True)]
            if len(set(pairs)) < len(pairs):
                continue
            there: list[Expr] = []
            fields: dict[Expr, Expr] = {}
            for slot, (channel, entry) in zip(slots, pairs, strict=True):
                present, message = start.flights[channel][entry]
                there += [present, same(message[0], integer(slot.tag))]
                own = self.view.messages[slot][1][slot.tag]
                new = message[1][slot.tag]
                for old, value in zip(trees.leaves(own), trees.leaves(new), strict=True):
                    if isinstance(old, E.Var):
                        fields[old] = value
            yield there, fields

    def start_facts(self) -> Expr:
        """What holds of the views of initial states, and of few others."""
        return disjunction(
            conjunction(
                (
                    start.condition,
                    *(same(old, new) for old, new in start.leaves.items()),
                    *(
                        disjunction((negate(there), *self._may_be(start, slot)))
                        for slot, there in self.view.presence.items()
                    ),
                )
            )
            for start in self.starts
        )

    def _may_be(self, start: Start, slot: Slot) -> Iterator[Expr]:
        for there, fields in self._placed(start, (slot,)):
            yield conjunction((*there, *(same(old, new) for old, new in fields.items())))

    def instances(self, cube: Cube) -> Iterator[Expr]:
        """That a state is not in the cube, for each choice of its messages."""
        for to in self.slots.choices(self.slots.of(cube)):
            fact = negate(conjunction(self.slots.renamed(cube, to)))
            if fact is not TRUE:
                yield fact

    def learn(self, cubes: Iterable[Cube]) -> None:
        """That no reachable state is in these cubes."""
        for cube in cubes:
            self.facts.append(cube)
            for fact in self.instances(cube):
                self.queries.add(fact)
