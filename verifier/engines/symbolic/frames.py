"""What a proof knows of a view: its steps, its initial states, and facts about its states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.cubes import Cube, Slots
from verifier.engines.symbolic.queries import Queries
from verifier.engines.symbolic.scalars import conjunction, same
from verifier.engines.symbolic.steps import Steps
from verifier.engines.symbolic.views import View, substituted
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr


class Ground:
    """A view with a solver that knows the facts."""

    def __init__(self, view: View, deadline: float | None) -> None:
        self.view = view
        self.slots = Slots(view)
        self.steps = Steps(view, self.slots)
        self.queries = Queries(view, deadline)
        self.facts: list[Cube] = []  # cubes that no reachable state is in
        self._starts = [(start.condition, self._start(start.effects)) for start in view.starts()]
        self._numbers = 0

    def _start(self, effects: dict[str, trees.Tree]) -> dict[Expr, Expr]:
        leaf: dict[Expr, Expr] = {}
        for variable in self.view.system.variables:
            tree = effects[variable.name]
            if variable.name in self.view.open:
                if any(there is not FALSE for there, _ in tree):
                    raise NotImplementedError("messages in flight at the start")
                continue
            if isinstance(variable.type, T.Channel):
                tree = self.view.queued(variable.type, tree)
            for old, new in zip(trees.leaves(self.view.whole(variable)), trees.leaves(tree), strict=True):
                if isinstance(old, E.Var):
                    leaf[old] = new
        return leaf

    def number(self) -> int:
        """A number that was not given before."""
        self._numbers += 1
        return self._numbers

    def at_start(self, cube: Cube) -> bool:
        """Whether an initial state is in the cube."""
        if self.slots.of(cube):
            return False
        for condition, leaf in self._starts:
            formula = conjunction((condition, *(substituted(one, leaf, {}) for one in cube)))
            if formula is TRUE:
                return True
            if formula is not FALSE and self.queries.possible(formula):
                return True
        return False

    def start_facts(self) -> Expr:
        """That a state is an initial one."""
        from verifier.engines.symbolic.scalars import disjunction

        none = [negate(there) for there in self.view.presence.values()]
        return disjunction(
            conjunction((condition, *none, *(same(old, new) for old, new in leaf.items())))
            for condition, leaf in self._starts
        )

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
