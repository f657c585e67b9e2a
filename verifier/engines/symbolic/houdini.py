"""Which conjectures are inductive together: the largest such set, as Houdini finds it (Flanagan and
Leino, FME 2001)."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.engines.symbolic.cubes import Cube, Values
from verifier.engines.symbolic.frames import Ground
from verifier.ir.expr import Expr


def inductive(ground: Ground, conjectures: Iterable[Cube]) -> list[Cube]:
    """The conjectures that hold at the start and are kept by every step from states where all of
    them hold (and all that the ground knows already).

    Raises:
        GaveUp: the solver or the time did not suffice.
    """
    alive = {one: None for one in conjectures if not ground.at_start(one)}
    switches = {one: ground.queries.switch(f"conjecture {ground.number()}") for one in alive}
    for one, switch in switches.items():
        for fact in ground.instances(one):
            ground.queries.add(fact, switch)
    ways: dict[int, list[tuple[Cube, Expr]]] = {}
    for one in alive:
        for step, condition in ground.steps.before(one):
            ways.setdefault(step, []).append((one, condition))
    changed = True
    while changed:
        changed = False
        for step in ways:
            while True:
                ways[step] = [way for way in ways[step] if way[0] in alive]
                if not ways[step]:
                    break
                conditions = [condition for _, condition in ways[step]]
                found = ground.queries.find(conditions, (), [switches[one] for one in alive])
                if found is None:
                    break
                for one in _broken(ways[step], found[1]):
                    alive.pop(one, None)
                changed = True
    return list(alive)


def _broken(ways: list[tuple[Cube, Expr]], values: Values) -> list[Cube]:
    return [one for one, condition in ways if values.of(condition)]
