"""Bounded model checking: shortest runs first, one more step at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from verifier.engines.interface import FOUND_ALL, INTERRUPTED, TIMED_OUT, Budget, Observer
from verifier.engines.symbolic import beside, decode, scalars
from verifier.engines.symbolic.beside import Beside, Facts
from verifier.engines.symbolic.finite import Finite
from verifier.engines.symbolic.independence import Independence
from verifier.engines.symbolic.questions import by_step, failing, in_last_state
from verifier.engines.symbolic.scalars import NotSymbolic, disjunction
from verifier.engines.symbolic.solver import Model, Solver, Stopped
from verifier.engines.symbolic.unrolling import Step, Unrolling
from verifier.ir.build import FALSE, TRUE
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, BadStep, Key, SafetyProblem, check_of, keys_of_checks
from verifier.ir.system import Check, Label, State
from verifier.traces.trace import Trace
from verifier.verdict import (
    BY_INDUCTION,
    IF_NO_STEP_FAILS,
    NO_LONGER_RUN,
    Absent,
    Answer,
    Exploration,
    Fault,
    Found,
    Inductive,
    Unknown,
)

Heard: TypeAlias = Callable[[Key, "Trace | Inductive"], None]
UNSAID = "not in the reach of the symbolic engine"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether something is reached here, and how the run to it is read off the leaves."""

    key: Key
    truth: Expr
    read: Callable[[Model], Trace]


@dataclass(slots=True)
class Search:
    """What a running search knows."""

    problem: SafetyProblem
    budget: Budget
    unrolling: Unrolling
    solver: Solver
    heard: Heard
    defined: int = 0  # how many definitions the solver has
    depth: int = -1  # no run of so many steps, or fewer, shows what was not found
    found: dict[Key, Trace] = field(default_factory=dict)
    unsaid: dict[str, str] = field(default_factory=dict)  # why a bad cannot be asked for
    proved: dict[Key, Inductive] = field(default_factory=dict)  # why there is none

    def shows(self, key: Key, trace: Trace) -> None:
        """Notes a run that shows something."""
        self.found[key] = trace
        self.heard(key, trace)

    def proves(self, key: Key, evidence: Inductive) -> None:
        """Notes a proof by induction that no run shows it."""
        self.proved[key] = evidence
        self.heard(key, evidence)

    def asks(self, bad: Bad) -> bool:
        """Whether the bad is still looked for."""
        return not any(bad.name in settled for settled in (self.found, self.unsaid, self.proved))

    def is_open(self) -> list[Key]:
        """What is still looked for."""
        keys: list[Key] = [bad.name for bad in self.problem.bad if self.asks(bad)]
        for key in keys_of_checks(self.problem.system):
            if key not in self.found and key not in self.proved:
                keys.append(key)
        return keys


def explore(
    problem: SafetyProblem,
    budget: Budget,
    observer: Observer,
    heard: Heard = lambda key, answer: None,
    facts: Facts | None = None,
) -> Exploration:
    """Looks for every bad, and for failing checks, in longer and longer runs, and for proofs that
    there are none.  ``heard`` is told each run and each proof as it is found; a proof is for runs
    in which no step fails.  ``facts`` are those that proofs may use, mined when it is None."""
    began = time.monotonic()
    unrolling = Unrolling(problem.system, Finite(), 0, lambda: _seconds_left(budget))
    search = Search(problem, budget, unrolling, Solver(propositional=True), heard)
    deadline = budget.deadline_seconds
    if facts is None:
        facts = partial(beside.mined, problem, deadline)
    try:
        stopped = _run(search, beside.begin(problem, deadline, facts), observer)
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    except Stopped as reason:
        stopped = str(reason)
    except NotSymbolic as reason:
        stopped = f"{UNSAID}: {reason}"
    except MemoryError:
        stopped = "out of memory"
    finally:
        scalars.forget()
    return _conclude(search, stopped, time.monotonic() - began)


def _run(search: Search, proofs: Beside, observer: Observer) -> str:
    """The search itself; returns what stopped it, "" if there are no longer runs."""
    unrolling, limit = search.unrolling, search.budget.depth_max
    independence = Independence(search.problem.system)
    _require(search, unrolling.step().requirements)
    while _answer(search, TRUE) is not None:
        unrolling.advance()
        depth = len(unrolling.states) - 1
        _ask(search, _of_states(search, depth))
        search.depth = depth
        observer.explored(0, 0, 0, depth)
        for key, evidence in proofs.prove(depth, search.is_open()):
            search.proves(key, evidence)
        if not search.is_open() and not search.unsaid:
            return ""
        if limit is not None and depth >= limit:
            return f"the limit of {limit:,} steps was reached"
        if search.budget.until_all_found and not any(map(search.asks, search.problem.bad)):
            return FOUND_ALL
        step = unrolling.step()
        _require(search, step.requirements)
        for question in _of_steps(search, step, depth + 1):
            _ask(search, [question])
        _require(search, step.succeeds)
        # Not before: which step is the last one matters to what was asked of it.
        if not unrolling.spacing.skewed:
            _require(search, unrolling.in_order(independence))
    return ""


# ---- what is asked -----------------------------------------------------------------------------


def _of_states(search: Search, depth: int) -> list[Question]:
    """The questions about the last state."""

    def read(model: Model) -> Trace:
        return decode.run(search.unrolling, model, depth)

    found: list[Question] = []
    for bad in search.problem.bad:
        if not isinstance(bad, BadStep) and search.asks(bad):
            try:
                found.append(Question(bad.name, in_last_state(search.unrolling, bad), read))
            except NotSymbolic as reason:
                search.unsaid[bad.name] = str(reason)
    return found


def _of_steps(search: Search, step: Step, number: int) -> Iterator[Question]:
    """The questions about a step, which may fail."""
    for bad in search.problem.bad:
        if isinstance(bad, BadStep) and search.asks(bad):
            try:
                shown = by_step(search.unrolling, bad, step)
            except NotSymbolic as reason:
                search.unsaid[bad.name] = str(reason)
            else:
                yield Question(bad.name, shown, _step_reader(search, number, bad))
    for key, fails in failing(search.unrolling, step).items():
        if key not in search.found and key not in search.proved:
            read = _fault_reader(search, number, check_of(search.problem, *key))
            yield Question(key, fails, read)


def _step_reader(search: Search, number: int, bad: BadStep) -> Callable[[Model], Trace]:
    def read(model: Model) -> Trace:
        before = decode.run(search.unrolling, model, number - 1).states[-1]

        def shows(label: Label, _: State | Check) -> bool:
            condition = bad.conditions[label.action]
            return decode.is_step(search.problem.system, condition, before, label)

        return decode.last_step(search.unrolling, model, number, shows)

    return read


def _fault_reader(search: Search, number: int, check: Check) -> Callable[[Model], Trace]:
    def shows(_: Label, after: State | Check) -> bool:
        return after is check

    return lambda model: decode.last_step(search.unrolling, model, number, shows)


# ---- asking ------------------------------------------------------------------------------------


def _ask(search: Search, questions: list[Question]) -> None:
    """All questions at once, until none of them is answered with yes.

    Measured: the questions about a state are answered faster together, for what they cost is the
    search for all runs; those about a step are answered faster one by one, for most of them follow
    from the state before.
    """
    truth = search.unrolling.leaves.truth
    open_questions = [(question, truth(question.truth)) for question in questions]
    while open_questions := [pair for pair in open_questions if pair[1] is not FALSE]:
        model = _answer(search, disjunction(shown for _, shown in open_questions))
        if model is None:
            return
        finite = search.unrolling.leaves
        left = []
        for question, shown in open_questions:
            if finite.value(shown, model):
                search.shows(question.key, question.read(model))
            else:
                left.append((question, shown))
        assert len(left) < len(open_questions), "the solver says that one of them model"
        open_questions = left


def _require(search: Search, truths: Iterable[Expr]) -> None:
    for truth in truths:
        search.solver.require(truth)


def _answer(search: Search, truth: Expr) -> Model | None:
    """Where the truth model in some run that is unrolled so far."""
    definitions = search.unrolling.leaves.definitions
    for leaf, meaning in definitions[search.defined :]:
        search.solver.define(leaf, meaning)
    search.defined = len(definitions)
    return search.solver.find(truth, _seconds_left(search.budget), None)


def _seconds_left(budget: Budget) -> float | None:
    """How many seconds are left.

    Raises:
        Stopped: none.
    """
    if budget.deadline_seconds is None:
        return None
    left = budget.deadline_seconds - time.monotonic()
    if left <= 0:
        raise Stopped(TIMED_OUT)
    return left


# ---- answers -----------------------------------------------------------------------------------


def _conclude(search: Search, stopped: str, seconds: float) -> Exploration:
    """A depth that was not finished still has what was found in it."""
    complete = stopped == ""
    depth = max(search.depth, 0)
    left = search.is_open()
    longest = Inductive(NO_LONGER_RUN, depth)
    most = max((evidence.steps for evidence in search.proved.values()), default=0)
    by_induction = Inductive(BY_INDUCTION, most)
    safe = not any(isinstance(key, tuple) for key in left)
    answers: dict[str, Answer] = {}
    for bad in search.problem.bad:
        name = bad.name
        if name in search.found:
            answers[name] = Found(search.found[name], None)
        elif name in search.unsaid:
            answers[name] = Unknown(0, f"{UNSAID}: {search.unsaid[name]}")
        elif name in search.proved:
            # A step that fails ends its run, and the proof says nothing of what would come then.
            certain = complete or safe
            evidence = search.proved[name]
            answers[name] = Absent(evidence) if certain else Unknown(depth, IF_NO_STEP_FAILS)
        else:
            answers[name] = Absent(longest) if complete else Unknown(depth, stopped)
    return Exploration(
        engine="symbolic",
        complete=complete,
        stopped=stopped,
        states=0,
        transitions=0,
        depth=depth,
        terminal=0,
        answers=answers,
        faults=tuple(
            Fault(check_of(search.problem, *key), Found(trace, None))
            for key, trace in search.found.items()
            if isinstance(key, tuple)
        ),
        seconds=seconds,
        counted=False,
        proof=longest if left else by_induction,
        safe=by_induction if safe else None,
    )
