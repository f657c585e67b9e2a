"""The part of what a proof knows that an invariant needs, checked once more while it is found.

Everything is asked anew in a view in which nothing is known beforehand, so a mistake in how facts
were put in for values cannot pass here.
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.engines.symbolic.cubes import Cube
from verifier.engines.symbolic.frames import Ground
from verifier.ir.expr import Expr


def condensed(ground: Ground, targets: Sequence[Expr], cubes: Sequence[Cube]) -> list[Cube]:
    """Cubes that are inductive together and exclude the targets: those that unsatisfiable cores
    lead to from the targets, in the order given.

    Raises:
        GaveUp: the solver or the time did not suffice.
        AssertionError: they are not inductive, or do not exclude the targets (our mistake).
    """
    order = list(dict.fromkeys(cubes))
    switches = {one: ground.queries.switch(f"fact {k}") for k, one in enumerate(order)}
    named = {f"fact {k}": one for k, one in enumerate(order)}
    for one, switch in switches.items():
        for fact in ground.instances(one):
            ground.queries.add(fact, switch)
    everything = list(switches.values())

    def needed(formulas: Sequence[Expr]) -> list[Cube]:
        if not formulas:
            return []
        found = ground.queries.find(formulas, (), everything)
        assert found is None, "what was proved does not hold when it is asked again"
        return [named[name] for name in sorted(ground.queries.used)]

    kept: set[Cube] = set()
    todo = needed(targets)
    while todo:
        one = todo.pop()
        if one in kept:
            continue
        kept.add(one)
        assert not ground.at_start(one), "an initial state is in what was excluded"
        todo += needed([condition for _, condition in ground.steps.before(one)])
    return [one for one in order if one in kept]
