"""Property-directed reachability over the leaves of a view.

IC3 (Bradley, VMCAI 2011) in the form of Een, Mishchenko and Brayton (FMCAD 2011), with what the
cubes of this checker allow: a lemma speaks of any few messages in flight, as in the universal
variant of Karbyshev et al. (CAV 2015), and predecessors are computed by putting the effects of a
step into the cube, so that literals are those that the model itself is made of.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.engines.symbolic.cubes import Cube, Values, cube, implicant, text, variables
from verifier.engines.symbolic.frames import Ground
from verifier.engines.symbolic.queries import GaveUp
from verifier.engines.symbolic.scalars import below
from verifier.engines.symbolic.solver import Term
from verifier.ir import expr as E
from verifier.ir.build import FALSE, negate
from verifier.ir.expr import Expr

CTGS_MAX = 3  # counterexamples to a generalisation that are tried to be excluded, for each


@dataclass
class Lemma:
    """A cube that no run of at most ``level`` steps ends in."""

    cube: Cube
    level: int


@dataclass(frozen=True, order=True)
class Obligation:
    """A cube that must not be reached in ``level`` steps; from it ``after`` is reached by a step of
    the action of that name."""

    level: int
    number: int
    cube: Cube = field(compare=False)
    after: Obligation | None = field(compare=False)
    action: str = field(compare=False)


@dataclass(frozen=True)
class Invariant:
    """Cubes that no reachable state is in, together inductive, and which exclude what was asked."""

    cubes: tuple[Cube, ...]


@dataclass(frozen=True)
class Candidate:
    """Cubes that lead from an initial state to what was asked, by steps of these actions.  Views
    take in the loss of messages, so it need not be a run of the system."""

    cubes: tuple[Cube, ...]
    actions: tuple[str, ...]


Heard: TypeAlias = Callable[[int, int], None]
"""Hears how deep the frames are, and how many lemmas they have, whenever something is asked."""


class Reachability:
    """One run of the procedure; ``plausible`` may say that a cube is no lemma because a reachable
    state is in it."""

    def __init__(
        self,
        ground: Ground,
        plausible: Callable[[Cube], bool],
        heard: Heard = lambda depth, lemmas: None,
    ) -> None:
        self.ground = ground
        self.plausible = plausible
        self.heard = heard
        self.lemmas: list[Lemma] = []
        self.depth = 1
        self._levels = [ground.queries.switch(f"level {ground.number()}")]
        ground.queries.add(ground.start_facts(), self._levels[0])
        self._obligations = 0

    def run(self, bad: Sequence[Expr]) -> Invariant | Candidate:
        """Whether a state where one of the formulas holds is reachable.

        Raises:
            GaveUp: the solver, the time or the room for messages did not suffice.
        """
        bad = [formula for formula in bad if formula is not FALSE]
        while True:
            while True:
                found = self._find(bad, (), self.depth)
                if found is None:
                    break
                number, values = found
                start = self._closed(implicant(bad[number], values), values)
                reached = self._exclude(start)
                if reached is not None:
                    return reached
            self.depth += 1
            for level in range(1, self.depth):
                for lemma in sorted(self.lemmas, key=lambda one: len(one.cube)):
                    self.heard(self.depth, len(self.lemmas))
                    if lemma.level == level and self._way_into(lemma.cube, level) is None:
                        self._raise(lemma, level + 1)
                if not any(lemma.level == level for lemma in self.lemmas):
                    return Invariant(tuple(one.cube for one in self.lemmas if one.level > level))

    # ---- questions about frames ------------------------------------------------------------------

    def _find(
        self, formulas: Sequence[Expr], also: Sequence[Expr], level: int
    ) -> tuple[int, Values] | None:
        """Where a formula can be true in a frame: where all lemmas of its level or a higher one
        hold, and in that of level 0 what holds of initial states."""
        if not formulas:
            return None
        return self.ground.queries.find(formulas, also, self._levels[level:])

    def _switch(self, level: int) -> Term:
        while len(self._levels) <= level:
            self._levels.append(self.ground.queries.switch(f"level {self.ground.number()}"))
        return self._levels[level]

    def _closed(self, literals: frozenset[Expr], values: Values) -> Cube:
        found = self.ground.slots.closed(literals, values)
        if found is None:
            raise GaveUp("the proof needs more messages in a view")
        return found

    def _way_into(self, target: Cube, level: int) -> tuple[str, Cube] | None:
        """An action and a cube of the frame from which one of its steps leads into the target from
        outside of it; None if there is none."""
        ways = self.ground.steps.before(target)
        outside = list(self.ground.instances(target)) if ways else []
        found = self._find([condition for _, condition in ways], outside, level)
        if found is None:
            return None
        number, values = found
        step, condition = ways[number]
        literals = implicant(condition, values)
        return (
            self.ground.steps.all[step].command.action.name,
            self._closed(literals, values),
        )

    # ---- exclusion -------------------------------------------------------------------------------

    def _obligation(
        self, level: int, target: Cube, after: Obligation | None, action: str
    ) -> Obligation:
        self._obligations += 1
        return Obligation(level, self._obligations, target, after, action)

    def _exclude(self, target: Cube) -> Candidate | None:
        """Lemmas that keep the target out of every frame, or the way to it."""
        queue = [self._obligation(self.depth, target, None, "")]
        while queue:
            self.heard(self.depth, len(self.lemmas))
            first = heapq.heappop(queue)
            if not self.plausible(first.cube) or self.ground.at_start(first.cube):
                return _candidate(first)
            if first.level == 0:
                # What is known of views of initial states lets two slots be one message.
                raise GaveUp("messages that are in flight at the start cannot be told apart")
            if self._is_excluded(first.cube, first.level):
                if first.level < self.depth:
                    heapq.heappush(
                        queue,
                        self._obligation(first.level + 1, first.cube, first.after, first.action),
                    )
                continue
            way = self._way_into(first.cube, first.level - 1)
            if way is not None:
                action, before = way
                heapq.heappush(queue, first)
                heapq.heappush(queue, self._obligation(first.level - 1, before, first, action))
                continue
            level = self._learn(first.cube, first.level)
            if level < self.depth:
                heapq.heappush(
                    queue, self._obligation(level + 1, first.cube, first.after, first.action)
                )
        return None

    def _is_excluded(self, target: Cube, level: int) -> bool:
        inside = set(target)
        return any(one.level >= level and inside.issuperset(one.cube) for one in self.lemmas)

    def _learn(self, target: Cube, level: int, depth: int = 0) -> int:
        """Makes a lemma of a cube that no step leads into; returns the level it holds up to."""
        general = self._generalised(target, level, depth)
        while level < self.depth and self._way_into(general, level) is None:
            level += 1
        inside = set(general)
        self.lemmas = [
            one for one in self.lemmas if not (one.level <= level and inside.issubset(one.cube))
        ]
        lemma = Lemma(general, 0)
        self.lemmas.append(lemma)
        self._raise(lemma, level)
        return level

    def _raise(self, lemma: Lemma, level: int) -> None:
        lemma.level = level
        for fact in self.ground.instances(lemma.cube):
            self.ground.queries.add(fact, self._switch(level))

    # ---- generalisation --------------------------------------------------------------------------

    def _generalised(self, target: Cube, level: int, depth: int) -> Cube:
        """Fewer and weaker literals, as long as no step leads into the cube."""
        kept = target
        for slot in reversed(self.ground.slots.of(kept)):
            smaller = cube(one for one in kept if slot not in self.ground.slots.of((one,)))
            if self._holds(smaller, level, depth):
                kept = smaller
        for literal in sorted(kept, key=_weight):
            if literal not in kept or literal in self.ground.slots.in_use:
                continue
            for weaker in _weakenings(kept, literal, self._dependents(kept, literal)):
                if self._holds(weaker, level, depth):
                    kept = weaker
                    break
        return kept

    def _dependents(self, kept: Cube, literal: Expr) -> set[Expr]:
        """The literals that mean something only where this one holds."""
        guards = self.ground.slots.guards
        return {
            other
            for other in kept
            if any(literal in guards(variable) for variable in variables(other))
        }

    def _holds(self, target: Cube, level: int, depth: int) -> bool:
        """Whether the cube can be excluded up to the level, perhaps after what leads into it."""
        if not target or not self.plausible(target) or self.ground.at_start(target):
            return False
        for _ in range(CTGS_MAX + 1):
            way = self._way_into(target, level - 1)
            if way is None:
                return True
            before = way[1]
            if depth > 0 or level - 1 < 1 or not self.plausible(before):
                return False
            if self.ground.at_start(before) or self._way_into(before, level - 2) is not None:
                return False
            self._learn(before, level - 1, depth + 1)
        return False


def _weight(literal: Expr) -> tuple[int, int, str]:
    """The order in which literals are tried to be left out."""
    return (len(variables(literal)), len(text(literal)), text(literal))


def _weakenings(kept: Cube, literal: Expr, dependents: set[Expr]) -> Iterator[Cube]:
    """The cube without the literal (and without what depends on it), and with a weaker one."""
    yield cube(other for other in kept if other is not literal and other not in dependents)
    weaker = _without_distance(literal)
    if weaker is not None:
        yield cube(weaker if other is literal else other for other in kept)


def _without_distance(literal: Expr) -> Expr | None:
    """x + c < y as x < y, for a distance c that is more than that asks for."""
    positive = literal.argument if isinstance(literal, E.Not) else literal
    if not isinstance(positive, E.Less):
        return None
    left, right = positive.left, positive.right
    if not (isinstance(right, E.Arith) and right.op == "+" and isinstance(right.right, E.Literal)):
        return None
    distance = right.right.value
    assert isinstance(distance, int)
    if isinstance(literal, E.Not):  # not (left < right + c), that is right + c <= left
        return negate(below(left, right.left)) if distance > 0 else None
    return below(left, right.left) if distance < 0 else None


def _candidate(first: Obligation) -> Candidate:
    cubes, actions = [], []
    at: Obligation | None = first
    while at is not None:
        cubes.append(at.cube)
        if at.after is not None:
            actions.append(at.action)
        at = at.after
    return Candidate(tuple(cubes), tuple(actions))
