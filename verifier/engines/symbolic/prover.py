"""Proofs without bounds: what is asked of a system, as inductive invariants.

First the simple facts that are true of sampled states and inductive together (`mining`,
`houdini`), then for each question the lemmas that it needs besides (`reachability`; where every
channel is seen whole and that does not suffice, `arithmetic`), and at last only the part of both
that matters (`condense`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from verifier.engines.interface import TIMED_OUT
from verifier.engines.symbolic import arithmetic, horn
from verifier.engines.symbolic.asking import faults, formulas
from verifier.engines.symbolic.condense import Condenser
from verifier.engines.symbolic.cubes import Cube, variables
from verifier.engines.symbolic.frames import Ground
from verifier.engines.symbolic.houdini import inductive
from verifier.engines.symbolic.known import known_values
from verifier.engines.symbolic.mining import conjectures
from verifier.engines.symbolic.plausible import Plausible
from verifier.engines.symbolic.predicates import predicate
from verifier.engines.symbolic.queries import GaveUp
from verifier.engines.symbolic.reachability import Candidate, Heard, Invariant, Reachability
from verifier.engines.symbolic.samples import Samples, sampled
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.views import View
from verifier.engines.symbolic.witnesses import witnesses_of
from verifier.ir.build import FALSE
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, SafetyProblem

MESSAGES = (3, 4)  # of each kind in a cube, tried one after the other
FIRST_SECONDS = 30.0  # for a question, before the others had their turn
OWN_SECONDS = 5.0  # of our own procedure, where Spacer may be asked after it

Question: TypeAlias = str
"""The name of a bad, or FAULTS."""

FAULTS = "run-time errors"


@dataclass(frozen=True)
class Proved:
    """Predicates about states: true at the start, together kept by every step, and not true of what
    was asked."""

    invariant: tuple[Expr, ...]


@dataclass(frozen=True)
class NotProved:
    """Why there is no proof; with states that lead to what was asked but need not be reachable,
    each as a predicate that such states do not satisfy, and the actions between them."""

    reason: str
    excluded: tuple[Expr, ...] = ()
    actions: tuple[str, ...] = ()


Outcome: TypeAlias = Proved | NotProved

Asked: TypeAlias = Callable[[Ground], Sequence[Expr]]
"""The formulas of a question, in the words of a view."""


class Prover:
    """Proves questions about one system; what one proof finds, the next one knows."""

    def __init__(self, problem: SafetyProblem, deadline: float | None, heard: Heard) -> None:
        self.problem = problem
        self.deadline = deadline
        self.heard = heard
        self.spare = witnesses_of(problem)
        states = sampled(problem.system, deadline)
        self.empty = not states
        if self.empty:
            return
        self.samples = Samples(problem.system, states)
        self.facts: list[Cube] = []
        self.known: dict[Expr, Expr] = {}
        self._grounds: dict[int, Ground] = {}
        self._arithmetic: Ground | None = None
        self._implied = False  # whether `mine_implications` has been through
        plain = Ground(self._view(MESSAGES[-1], plain=True), deadline)
        self._condenser = Condenser(plain)
        self.exact = horn.exact(plain.view)
        self._mine()

    def go_on_until(self, deadline: float | None) -> None:
        """Another end of the time."""
        self.deadline = deadline
        if not self.empty:
            self._condenser.ground.queries.deadline = deadline

    def _view(self, messages: int, *, plain: bool = False) -> View:
        return View(
            self.problem.system,
            1 + messages + self.spare,
            None if plain else self.known,
            spare=self.spare,
            pulse=self._check_time,
        )

    def _check_time(self) -> None:
        """Writing a view out can take minutes, too.

        Raises:
            GaveUp: the time is over.
        """
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise GaveUp(TIMED_OUT)

    def _mine(self) -> None:
        """The simple facts."""
        view = self._view(MESSAGES[0], plain=True)
        ground = Ground(view, self.deadline)
        found = conjectures(self.samples, ground.slots, implications=False)
        self.facts = inductive(ground, found)
        self.known = known_values(view, ground.slots, self.facts)

    def mine_implications(self) -> bool:
        """What follows from what, of the simple facts: many, so only when it is needed.  Returns
        whether there is any.

        Raises:
            GaveUp: the solver or the time did not suffice.
        """
        if self._implied:
            return False
        ground = Ground(self._view(MESSAGES[0]), self.deadline)
        ground.learn(fact for fact in self.facts if not _about_known(fact, self.known))
        found = conjectures(self.samples, ground.slots, implications=True)
        known = set(self.facts)
        new = inductive(ground, [one for one in found if one not in known])
        self.facts += new
        self._implied = True
        return bool(new)

    def predicates(self) -> tuple[Expr, ...]:
        """What is known to hold in every reachable state."""
        if self.empty:
            return (FALSE,)
        ground = self._condenser.ground
        return tuple(predicate(ground.view, ground.slots, one) for one in self.facts)

    def _ground(self, messages: int, deadline: float | None) -> Ground:
        """A view with all facts that are not put in as values already."""
        ground = self._grounds.get(messages)
        if ground is None:
            ground = self._grounds[messages] = Ground(self._view(messages), deadline)
        ground.queries.deadline = deadline
        learnt = set(ground.facts)
        ground.learn(
            fact for fact in self.facts if fact not in learnt and not _about_known(fact, self.known)
        )
        return ground

    def prove(self, asked: Asked, seconds: float | None) -> Outcome:
        """Whether what is asked is excluded in all reachable states, by our own procedure."""
        if self.empty:
            return Proved((FALSE,))
        reason = ""
        for messages in MESSAGES[:1] if self.exact else MESSAGES:
            try:
                ground = self._ground(messages, self._deadline(seconds))
                bad = list(asked(ground))
                if not bad:
                    return self._condensed(asked)
                plausible = Plausible(self.samples, ground.slots)
                run = Reachability(ground, plausible, self.heard)
                found = run.run(bad)
            except NotSymbolic as stopped:
                return NotProved(str(stopped))
            except GaveUp as stopped:
                reason = str(stopped)
                self._grounds.pop(
                    messages, None
                )  # full of lemmas of levels that nobody asks for again
                continue
            match found:
                case Invariant(cubes):
                    self.facts += [one for one in cubes if one not in self.facts]
                    return self._condensed(asked)
                case Candidate(cubes, actions):
                    shown = tuple(predicate(ground.view, ground.slots, one) for one in cubes)
                    return NotProved("there may be a run to it", shown, actions)
        return NotProved(reason)

    def prove_by_spacer(self, asked: Asked, seconds: float | None, reason: str) -> Outcome:
        """The same by Spacer, after our own procedure gave up for this reason; only where every
        channel is seen whole."""
        assert self.exact
        deadline = self._deadline(seconds)
        try:
            if self._arithmetic is None:
                self._arithmetic = Ground(self._view(MESSAGES[0], plain=True), deadline)
            ground = self._arithmetic
            ground.queries.deadline = deadline
            learnt = set(ground.facts)
            ground.learn(fact for fact in self.facts if fact not in learnt)
            found = arithmetic.proved(ground, list(asked(ground)), deadline)
        except (GaveUp, NotSymbolic) as stopped:
            return NotProved("; ".join(dict.fromkeys((reason, str(stopped)))))
        self.facts += [one for one in found if one not in self.facts]
        return self._condensed(asked)

    def _condensed(self, asked: Asked) -> Outcome:
        ground = self._condenser.ground
        try:
            needed = self._condenser.condensed(list(asked(ground)), self.facts)
        except GaveUp as stopped:
            return NotProved(f"the proof could not be checked again: {stopped}")
        return Proved(tuple(predicate(ground.view, ground.slots, one) for one in needed))

    def _deadline(self, seconds: float | None) -> float | None:
        if seconds is None:
            return self.deadline
        soon = time.monotonic() + seconds
        return soon if self.deadline is None else min(soon, self.deadline)


def _about_known(fact: Cube, known: Mapping[Expr, Expr]) -> bool:
    return any(leaf in known for one in fact for leaf in variables(one))


def prove(
    problem: SafetyProblem,
    deadline: float | None,
    heard: Callable[[Question, Outcome], None] = lambda name, outcome: None,
    begins: Callable[[Question, int], None] = lambda name, facts: None,
    goes_on: Heard = lambda depth, lemmas: None,
    *,
    first: Sequence[Question] = (),
) -> dict[Question, Outcome]:
    """For each bad of the problem, and for all failing checks together, a proof that it is not
    reachable, or why there is none.

    A first turn is short.  What it leaves open gets implications, and only then Spacer, where that
    may be asked: control that needs many small facts takes Spacer longer than it takes to find
    these (German's protocol: 12 s, and minutes of Spacer for nothing).

    ``heard`` is told each outcome as it is found, so that an interrupt loses none of them; what
    is not proved may be told again.  ``begins`` is told what is asked next, and how many facts are
    known; ``goes_on`` hears how far that has got.  ``first`` are asked before the others, which may
    build on them (lemmas of the model).
    """
    names = questions(problem, first)
    begins("", 0)
    try:
        prover = Prover(problem, deadline, goes_on)
    except (NotSymbolic, GaveUp) as stopped:
        reason = str(stopped)
        if isinstance(stopped, NotSymbolic):
            reason = f"not in the reach of the prover: {reason}"
        outcomes: dict[Question, Outcome] = dict.fromkeys(names, NotProved(reason))
        for name in names:
            heard(name, outcomes[name])
        return outcomes
    return prove_with(prover, names, heard, begins)


def prove_with(
    prover: Prover,
    names: Sequence[Question],
    heard: Callable[[Question, Outcome], None] = lambda name, outcome: None,
    begins: Callable[[Question, int], None] = lambda name, facts: None,
) -> dict[Question, Outcome]:
    """As `prove`, of these questions only, by a prover that may have proved others before."""
    outcomes: dict[Question, Outcome] = {}
    spacer = not prover.empty and prover.exact
    new = True  # whether facts came since the last turn
    for turn, seconds in enumerate((OWN_SECONDS, FIRST_SECONDS, None)[not spacer :]):
        left = [name for name in names if _is_open(outcomes.get(name))]
        if turn == 1 and left and not prover.empty:
            new = False
            with suppress(NotSymbolic, GaveUp):
                new = prover.mine_implications()
        for name in left:
            begins(name, len(prover.facts))
            asked = _asked(prover.problem, name)
            if new or seconds is None:
                outcomes[name] = prover.prove(asked, _own(prover, seconds) if spacer else seconds)
            if spacer and turn > 0 and _is_open(outcome := outcomes[name]):
                assert isinstance(outcome, NotProved)
                outcomes[name] = prover.prove_by_spacer(asked, seconds, outcome.reason)
            heard(name, outcomes[name])
    return outcomes


def _own(prover: Prover, seconds: float | None) -> float | None:
    """How much of the time is for our own procedure where Spacer comes after it."""
    if seconds is not None or prover.deadline is None:
        return OWN_SECONDS if seconds is not None else None
    return (prover.deadline - time.monotonic()) / 2


def _is_open(outcome: Outcome | None) -> bool:
    """Whether more time may change it."""
    return outcome is None or (isinstance(outcome, NotProved) and not outcome.excluded)


def questions(problem: SafetyProblem, first: Sequence[Question]) -> list[Question]:
    """All that can be asked of a problem, in the order in which it is."""
    names = [bad.name for bad in problem.bad]
    early = [name for name in names if name in first]
    return [FAULTS, *early, *(name for name in names if name not in first)]


def _asked(problem: SafetyProblem, name: Question) -> Callable[[Ground], Sequence[Expr]]:
    if name == FAULTS:
        return lambda ground: [one for _, found in faults(ground) for one in found]
    bad: Bad = next(bad for bad in problem.bad if bad.name == name)
    return lambda ground: formulas(ground, bad)
