"""The part of what a proof knows that an invariant needs, checked once more while it is found.

Everything is asked anew in a view in which nothing is known beforehand, so a mistake in how facts
were put in for values cannot pass here.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.engines.symbolic.cubes import Cube
from verifier.engines.symbolic.frames import Ground
from verifier.ir.expr import Expr


class Condenser:
    """A view in which nothing is known beforehand, with what was proved under switches."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._switches: dict[Cube, object] = {}
        self._named: dict[str, Cube] = {}

    def condensed(self, targets: Sequence[Expr], cubes: Sequence[Cube]) -> list[Cube]:
        """Cubes that are inductive together and exclude the targets: those that unsatisfiable cores
        lead to from the targets, in the order given.

        Raises:
            GaveUp: the solver or the time did not suffice.
            AssertionError: they are not inductive, or do not exclude the targets (our mistake).
        """
        for one in cubes:
            if one not in self._switches:
                name = f"fact {len(self._named)}"
                self._switches[one] = self.ground.queries.switch(name)
                self._named[name] = one
                for fact in self.ground.instances(one):
                    self.ground.queries.add(fact, self._switches[one])
        everything = [self._switches[one] for one in dict.fromkeys(cubes)]
        kept: set[Cube] = set()
        todo = self._needed(targets, everything)
        while todo:
            one = todo.pop()
            if one not in kept:
                kept.add(one)
                assert not self.ground.at_start(one), "an initial state is in what was excluded"
                ways = self.ground.steps.before(one)
                todo += self._needed([condition for _, condition in ways], everything)
        return [one for one in dict.fromkeys(cubes) if one in kept]

    def _needed(self, formulas: Sequence[Expr], everything: Sequence[object]) -> list[Cube]:
        """The cubes that exclude the formulas."""
        if not formulas:
            return []
        found = self.ground.queries.find(formulas, (), everything)
        assert found is None, "what was proved does not hold when it is asked again"
        return [self._named[name] for name in sorted(self.ground.queries.used)]
