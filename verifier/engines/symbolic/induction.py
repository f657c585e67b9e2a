"""Proofs by induction over the length of runs, for all that is claimed at once.

If no run of fewer than k steps shows a bad, and no k steps from a state that may be any go through
states and steps that show none to one that does, then no run shows it (Sheeran, Singh and
Stalmarck, FMCAD 2000).  All claims are assumed together, and one that fails is dropped until the
rest hold of each other (Houdini: Flanagan and Leino, FME 2001).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.engines.interface import TIMED_OUT
from verifier.engines.symbolic import decode, flights, trees
from verifier.engines.symbolic.anywhere import anywhere, stamps_max
from verifier.engines.symbolic.linear import Linear
from verifier.engines.symbolic.questions import by_step, failing, in_last_state
from verifier.engines.symbolic.scalars import NotSymbolic, conjunction, disjunction
from verifier.engines.symbolic.solver import Model, Solver, Stopped
from verifier.engines.symbolic.unrolling import Unrolling
from verifier.ir import types as T
from verifier.ir.build import TRUE, negate
from verifier.ir.expr import Expr
from verifier.ir.problem import BadStep, Key, SafetyProblem
from verifier.ir.system import State

# Of the solver, for one question: some two seconds.  Each claim that is not inductive may cost one
# question more, and for each number of steps again.
EFFORT = 2_000_000
QUESTIONS_MAX = 200
COMPARED_MAX = 6  # slots of a channel; more are not compared


@dataclass(frozen=True, slots=True)
class Unproved:
    """Why an induction fails: states that follow each other, the last one (or a step from it) shows
    the bad, and nothing says that the first one is reachable."""

    states: tuple[State, ...]


@dataclass(slots=True)
class Induction:
    """Goes from one number of steps to the next."""

    problem: SafetyProblem
    known: Sequence[Expr]  # predicates that hold in every reachable state
    deadline_seconds: float | None
    unrolling: Unrolling
    solver: Solver
    states: list[Mapping[Key, Expr]] = field(default_factory=list)  # what shows what
    steps: list[Mapping[Key, Expr]] = field(default_factory=list)
    proved: set[Key] = field(default_factory=set)
    failed: dict[Key, tuple[Model, int]] = field(default_factory=dict)
    gave_up: bool = False
    _defined: int = 0
    _questions: int = 0
    _last: Expr = TRUE  # that the last step succeeds, and does not go back

    def prove(self, steps: int, claims: Iterable[Key]) -> set[Key]:
        """Which of these are shown by no run.  No run of fewer steps shows one, and ``steps`` is
        one more each time."""
        if self.gave_up:
            return set()
        try:
            return self._prove(steps, list(claims))
        except (Stopped, NotSymbolic):
            self.gave_up = True
            return set()

    def _prove(self, steps: int, claims: list[Key]) -> set[Key]:
        while len(self.steps) < steps:
            self._extend()
        kept = [key for key in claims if self._is_said(key)]
        while kept:
            model = self._find(self._broken(kept))
            if model is None:
                self.proved |= set(kept)
                for shown in (*self.states, *self.steps):
                    self._require_none(shown, kept)
                return set(kept)
            failed = self._shown_last(kept, model)
            self.failed.update(dict.fromkeys(failed, (model, len(self.states))))
            kept = [key for key in kept if key not in failed]
        return set()

    def why_not(self, key: Key) -> Unproved | None:
        """What the last attempt to prove this ended in."""
        if key not in self.failed or key in self.proved:
            return None
        model, count = self.failed[key]
        return Unproved(tuple(decode.state(self.unrolling, model, k) for k in range(count)))

    def _is_said(self, key: Key) -> bool:
        """Every state or every step says whether it shows this; a check that no step can fail is
        said, too."""
        if isinstance(key, tuple):
            return True
        return any(key in shown for shown in (self.states[0], self.steps[0]))

    def _extend(self) -> None:
        """One more step."""
        unrolling = self.unrolling
        if not self.states:
            self._look_at_state()
        else:
            self.solver.require(self._last)
        step = unrolling.step()
        for requirement in step.requirements:
            self.solver.require(requirement)
        shown: dict[Key, Expr] = {}
        for key, fails in failing(unrolling, step).items():
            shown[key] = fails
        for bad in self.problem.bad:
            if isinstance(bad, BadStep):
                try:
                    shown[bad.name] = by_step(unrolling, bad, step)
                except NotSymbolic:
                    continue
        self.steps.append(shown)
        self._require_none(shown, self.proved)
        unrolling.advance()
        self._last = conjunction((*step.succeeds, *self._differences()))
        self._look_at_state()

    def _look_at_state(self) -> None:
        unrolling, shown = self.unrolling, dict[Key, Expr]()
        for bad in self.problem.bad:
            if not isinstance(bad, BadStep):
                try:
                    shown[bad.name] = in_last_state(unrolling, bad)
                except NotSymbolic:
                    continue
        self.states.append(shown)
        self._require_none(shown, self.proved)
        flattener = unrolling.flattener()
        for predicate in self.known:
            self.solver.require(flattener.truth(predicate, {}))

    def _require_none(self, shown: Mapping[Key, Expr], keys: Iterable[Key]) -> None:
        for key in keys:
            if key in shown:
                self.solver.require(negate(shown[key]))

    def _differences(self) -> list[Expr]:
        """The last state is none of those before.  A shortest run to a bad goes through no state
        twice, or what lies between could be left out; so a proof may leave other runs out."""
        return [self._differs(earlier) for earlier in self.unrolling.states[:-1]]

    def _differs(self, earlier: Mapping[str, trees.Tree]) -> Expr:
        last = self.unrolling.states[-1]
        parts = []
        for variable in self.unrolling.system.variables:
            one, other = earlier[variable.name], last[variable.name]
            if not isinstance(variable.type, T.Channel):
                parts.append(trees.equal(one, other))
            elif max(len(one), len(other)) <= COMPARED_MAX:
                parts.append(flights.equal(variable.type, one, other))
            elif one is not other:
                return TRUE  # whether they differ is too much to ask
        return negate(conjunction(parts))

    def _broken(self, kept: list[Key]) -> Expr:
        """All claims hold up to the last step or state, where one does not."""
        *before, last_state = self.states
        *earlier, last_step = self.steps
        held = [negate(shown[key]) for shown in (*before, *earlier) for key in kept if key in shown]
        in_step = [last_step[key] for key in kept if key in last_step]
        in_state = [last_state[key] for key in kept if key in last_state]
        arrives = conjunction((self._last, *map(negate, in_step), disjunction(in_state)))
        return conjunction((*held, disjunction((*in_step, arrives))))

    def _shown_last(self, kept: list[Key], model: Model) -> set[Key]:
        """Which claims fail in the last step, or else in the last state."""
        value = self.unrolling.leaves.value
        for shown in (self.steps[-1], self.states[-1]):
            found = {key for key in kept if key in shown and value(shown[key], model)}
            if found:
                return found
        raise AssertionError("the solver says that one of them fails")

    def _find(self, truth: Expr) -> Model | None:
        definitions = self.unrolling.leaves.definitions
        for leaf, meaning in definitions[self._defined :]:
            self.solver.define(leaf, meaning)
        self._defined = len(definitions)
        left = None
        if self.deadline_seconds is not None:
            left = self.deadline_seconds - time.monotonic()
            if left <= 0:
                raise Stopped(TIMED_OUT)
        self._questions += 1
        if self._questions > QUESTIONS_MAX:
            raise Stopped("too many claims have no proof")
        return self.solver.find(truth, left, EFFORT)


def start(
    problem: SafetyProblem, known: Sequence[Expr], deadline_seconds: float | None
) -> Induction | None:
    """An induction from a state that may be any; None if there is no way to say that."""
    try:
        most = stamps_max(problem.system)
        leaves = Linear(most)
        unrolling = Unrolling(problem.system, leaves, most)
        if unrolling.spacing.skewed:
            return None  # the places between stamps that may be any are not written out
        state, facts = anywhere(problem.system, leaves)
    except NotSymbolic:
        return None
    unrolling.begin(state)
    solver = Solver(propositional=False)
    for fact in facts:
        solver.require(fact)
    return Induction(problem, known, deadline_seconds, unrolling, solver)
