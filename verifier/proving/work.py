"""What is known of the properties of one model while they are searched for and proved."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from verifier.checker import flow_conclusion
from verifier.engines.interface import INTERRUPTED, TIMED_OUT, Budget, Engine, Observer, Strategy
from verifier.engines.registry import ENGINES, EXPLICIT, NATIVE, lacking, unfit
from verifier.ir.expr import Expr
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import Flow, Invariant, NoFault, Property, Reachable
from verifier.language.model import Model
from verifier.properties.conclude import NO_VALUE, Conclusion, all_faults, conclude
from verifier.properties.safety import encode, undefined
from verifier.proving.induction import Way, way
from verifier.traces.trace import Trace
from verifier.verdict import (
    BY_INVARIANT,
    Exploration,
    Found,
    Holds,
    Inductive,
    Unknown,
    Verdict,
    Violated,
)

if TYPE_CHECKING:  # it needs the solver, which takes a while to load
    from verifier.engines.symbolic.prover import NotProved, Outcome

SYMBOLIC = "symbolic"
FAULTS = "run-time errors"  # what the prover calls the question whether some check fails
FIRST_STATES = 2_000  # of the search before the proofs
ALL_STATES = 2_000_000  # of a search that may see all; seconds in machine code
LAST_STATES = 50_000  # of the search after them
STATES_SHARE = 0.3  # of the time that is left, for that search
FLOW_SECONDS = 20.0
BROKEN = "something goes wrong at run time, and nothing is proved of what would come after it"


class Listener(Observer, Protocol):
    """Hears what is searched and what is proved."""

    def proving(self, question: str, facts: int) -> None:
        """A question is taken up; no question: simple facts are looked for."""

    def deepening(self, depth: int, lemmas: int) -> None:
        """The question taken up last is excluded for so many steps, by so many lemmas, so far."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a property."""

    conclusion: Conclusion
    way: Way | None = None


def evidence_of(finding: Finding) -> Inductive | None:
    """The proof of a property without visiting states, if it has one."""
    match finding.conclusion.verdict:
        case Holds(Inductive() as evidence) | Violated(Inductive() as evidence):
            return evidence
        case _:
            return None


@dataclass(slots=True)
class Work:
    """What is known so far; an interrupt leaves it as it is."""

    model: Model
    asked: tuple[Property, ...]
    problem: SafetyProblem  # of all of them
    listener: Listener
    searches: list[tuple[SafetyProblem, Exploration]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    flows: dict[str, Conclusion] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def broken(self) -> bool:
        """Whether something goes wrong at run time: then nothing that is proved would count."""
        return any(found.faults for _, found in self.searches)

    @property
    def complete(self) -> bool:
        """Whether a search has seen every state."""
        return any(found.complete for _, found in self.searches)

    # ---- searches ------------------------------------------------------------------------------

    def search(self, budget: Budget, engine: str) -> None:
        """Looks for runs to everything that is not shown or proved yet."""
        problem = self._without(prop for prop in self.asked if self._is_settled(prop))
        found = ENGINES[engine](Strategy(mining=False))(problem, budget, self.listener)
        self.searches.append((problem, found))
        self.interrupted |= found.stopped == INTERRUPTED

    def search_all(self, deadline: float | None) -> None:
        """Visits every state, where nothing is without bound and machine code is to be had: what
        that shows holds without a proof, and proofs of many small facts take longer."""
        if (
            not self.complete
            and not self.interrupted
            and lacking(NATIVE) is None
            and unfit(NATIVE, self.problem) is None
        ):
            budget = Budget(ALL_STATES, None, deadline)
            self.search(budget, NATIVE)
            self.search_flows(budget, NATIVE)

    def search_again(self, deadline: float | None) -> None:
        """The longer searches, if something is left to look for and was not seen completely: of
        many states, which finds long runs where there are few, then of long runs."""
        if self._left():
            now = time.monotonic()
            soon = None if deadline is None else now + STATES_SHARE * (deadline - now)
            self.search(Budget(LAST_STATES, None, soon), EXPLICIT)
        if self._left() and _last_engine() != EXPLICIT:
            # Nothing goes wrong: then only what is asked is worth longer and longer runs.
            safe = self.faults_invariant() is not None
            budget = Budget(None, None, deadline, until_all_found=safe)
            self.search(budget, _last_engine())

    def _left(self) -> bool:
        """Whether a search may still find something that is asked."""
        left = [prop for prop in self.asked if not self._is_settled(prop)]
        return (
            not self.interrupted
            and not self.complete
            and any(not isinstance(prop, Flow) for prop in left)
        )

    def search_flows(self, budget: Budget, engine: str) -> None:
        """Looks for the flows that are not shown yet: a run shows a flow, or nothing does."""
        for prop in self.asked:
            known = self.flows.get(prop.name) if isinstance(prop, Flow) else None
            if isinstance(prop, Flow) and (known is None or isinstance(known.verdict, Unknown)):
                made: Engine = ENGINES[engine](Strategy(mining=False))
                self.flows[prop.name] = self._flow(prop, made, budget)

    def search_flows_again(self, deadline: float | None) -> None:
        """The longer search for flows."""
        if not self.interrupted and not self.broken:
            soon = time.monotonic() + FLOW_SECONDS
            until = soon if deadline is None else min(soon, deadline)
            self.search_flows(Budget(self._states_max(), None, until), _last_engine())

    def _flow(self, prop: Flow, engine: Engine, budget: Budget) -> Conclusion:
        conclusion, _ = flow_conclusion(
            self.model, prop, engine, budget, self.listener, interrupted=self.interrupted
        )
        safe = self.complete or self.faults_invariant() is not None
        match conclusion.verdict:
            case Unknown(_, reason):
                self.interrupted |= reason == INTERRUPTED
            case Violated() if self.broken or not safe:
                return Conclusion(prop, Unknown(0, BROKEN))
            case _:
                pass
        return conclusion

    def _states_max(self) -> int | None:
        return LAST_STATES if _last_engine() == EXPLICIT else None

    def _without(self, settled: Iterable[Property]) -> SafetyProblem:
        """The problem without what is known already.  Whether a property has a value everywhere
        is asked all the same: it is a run-time error if not."""
        names = {prop.name for prop in settled}
        if self.faults_invariant() is not None:
            names |= {one.name for one in self.problem.bad if self._invariant(one.name) is not None}
        bad = tuple(one for one in self.problem.bad if one.name not in names)
        return SafetyProblem(self.model.system, bad)

    def _is_settled(self, prop: Property) -> bool:
        return isinstance(self._shown(prop), Conclusion) or self._proof(prop) is not None

    def _shown(self, prop: Property) -> Conclusion | None:
        """What a run shows of a property."""
        for problem, found in self.searches:
            if not isinstance(prop, NoFault) and prop.name not in found.answers:
                continue
            said = conclude(prop, found, all_faults(problem, self.asked, found))
            match said.verdict:
                case Holds(Trace()) | Violated(Trace()):
                    return said
                case _:
                    pass
        return None

    # ---- proofs --------------------------------------------------------------------------------

    def prove(self, deadline: float | None) -> None:
        """Proves that nothing goes wrong, and what no run has shown."""
        if self.interrupted:
            return
        from verifier.engines.symbolic import prover

        assert prover.FAULTS == FAULTS
        problem, lemmas = self._to_prove()
        try:
            found = prover.prove(
                problem,
                deadline,
                self.outcomes.__setitem__,
                self.listener.proving,
                self.listener.deepening,
                first=lemmas,
            )
            self.outcomes.update(found)
        except KeyboardInterrupt:
            self.interrupted = True

    def _to_prove(self) -> tuple[SafetyProblem, list[str]]:
        """What no run has shown, and the lemmas of the model: these first, and also where they
        were not asked for, because others may need them."""
        open_ = self._without(p for p in self.asked if self._shown(p) is not None)
        lemmas = [p for p in self.model.properties if isinstance(p, Invariant) and p.lemma]
        others = encode(self.model.system, (p for p in lemmas if p not in self.asked))
        problem = SafetyProblem(open_.system, (*open_.bad, *others.bad))
        names = {bad.name for bad in problem.bad}
        return problem, [lemma.name for lemma in lemmas if lemma.name in names]

    def _invariant(self, question: str) -> tuple[Expr, ...] | None:
        """The predicates that exclude what was asked, if that is proved."""
        outcome = self.outcomes.get(question)
        if outcome is None:
            return None
        from verifier.engines.symbolic.prover import Proved

        return outcome.invariant if isinstance(outcome, Proved) else None

    def _failure(self, question: str) -> NotProved | None:
        """Why that is not proved, if it was tried."""
        outcome = self.outcomes.get(question)
        if outcome is None:
            return None
        from verifier.engines.symbolic.prover import NotProved

        return outcome if isinstance(outcome, NotProved) else None

    def faults_invariant(self) -> tuple[Expr, ...] | None:
        """The predicates that exclude run-time errors."""
        return self._invariant(FAULTS)

    def _questions(self, prop: Property) -> list[str]:
        """What has to be proved for a property: also that it has a value, and no error."""
        if isinstance(prop, NoFault):
            others = self.asked if prop.kind == "runtime" else ()
            return [FAULTS, *self._about_values(others)]
        return [FAULTS, *self._about_values((prop,)), prop.name]

    def _about_values(self, props: Iterable[Property]) -> list[str]:
        names = [undefined(prop.name) for prop in props]
        known = {bad.name for bad in self.problem.bad}
        return [name for name in names if name in known]

    def _proof(self, prop: Property) -> Verdict | None:
        """What is proved of a property."""
        if isinstance(prop, Flow) or self.broken:
            return None
        parts: dict[Expr, None] = {}
        for question in self._questions(prop):
            invariant = self._invariant(question)
            if invariant is None:
                return None
            parts.update(dict.fromkeys(invariant))
        evidence = Inductive(BY_INVARIANT, 1, tuple(parts))
        return Violated(evidence) if isinstance(prop, Reachable) else Holds(evidence)

    # ---- what is known in the end --------------------------------------------------------------

    def findings(self) -> Iterator[Finding]:
        """One for each property, in order."""
        for prop in self.asked:
            if isinstance(prop, Flow):
                yield Finding(self.flows.get(prop.name, Conclusion(prop, Unknown(0, INTERRUPTED))))
                continue
            shown, proved = self._shown(prop), self._proof(prop)
            if shown is not None:
                yield Finding(shown)
            elif proved is not None:
                yield Finding(Conclusion(prop, proved))
            else:
                yield self._rest(prop)

    def _rest(self, prop: Property) -> Finding:
        """A property that is neither shown nor proved by itself."""
        said = [
            (found, conclude(prop, found, all_faults(problem, self.asked, found)))
            for problem, found in self.searches
            if isinstance(prop, NoFault) or prop.name in found.answers
        ]
        for found, conclusion in said:
            safe = found.complete or self.faults_invariant() is not None
            if safe and not isinstance(conclusion.verdict, Unknown):
                return Finding(conclusion)  # by a search that ended, or by induction over runs
        depths = (c.verdict.depth for _, c in said if isinstance(c.verdict, Unknown))
        depth = max(depths, default=0)
        if self.broken:
            return Finding(Conclusion(prop, Unknown(depth, BROKEN)))
        if any(
            isinstance(found.answers.get(undefined(prop.name)), Found) for _, found in self.searches
        ):
            return Finding(Conclusion(prop, Unknown(depth, NO_VALUE)))
        for question in reversed(self._questions(prop)):
            if self._invariant(question) is None:
                unknown = Unknown(depth, self._why_not(prop, question))
                failure = self._failure(question)
                owned = failure is not None and _is_of(prop, question)
                bad = next((one for one in self.problem.bad if one.name == question), None)
                stuck = way(self.model.system, failure, bad) if failure and owned else None
                return Finding(Conclusion(prop, unknown), stuck)
        raise AssertionError("what is asked is proved")

    def _why_not(self, prop: Property, question: str) -> str:
        failure = self._failure(question)
        said = INTERRUPTED if failure is None else failure.reason
        if self.interrupted and TIMED_OUT in said:
            said = INTERRUPTED  # that was its share of the time, and there was more
        if question == prop.name or (isinstance(prop, NoFault) and question == FAULTS):
            return said
        if question == FAULTS:
            return f"it holds if nothing goes wrong at run time, which is not proved: {said}"
        return f"it is not proved that the claim has a value in every state: {said}"


def _is_of(prop: Property, question: str) -> bool:
    """Whether what is known of a question is told of this property; the others that need it too
    only say that."""
    if isinstance(prop, NoFault):
        return prop.kind == "runtime"
    return question == prop.name


def _last_engine() -> str:
    """Bounded model checking where it is to be had: it looks at long runs, not at many states."""
    there = SYMBOLIC in ENGINES and lacking(SYMBOLIC) is None
    return SYMBOLIC if there else EXPLICIT
