"""Bounded model checking: shortest runs first, one more step at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from verifier.engines.interface import FOUND_ALL, INTERRUPTED, Budget, Observer
from verifier.engines.symbolic import beside, decode, scalars
from verifier.engines.symbolic.beside import Beside, Facts
from verifier.engines.symbolic.finite import Finite
from verifier.engines.symbolic.independence import Independence
from verifier.engines.symbolic.linear import Linear
from verifier.engines.symbolic.questions import by_step, failing, in_last_state
from verifier.engines.symbolic.scalars import NotSymbolic, disjunction
from verifier.engines.symbolic.search import UNSAID, Heard, Search, conclude
from verifier.engines.symbolic.solver import Model, Solver, Stopped
from verifier.engines.symbolic.unrolling import Step, Unrolling
from verifier.ir.build import FALSE, TRUE
from verifier.ir.expr import Expr
from verifier.ir.problem import BadStep, Key, SafetyProblem, check_of
from verifier.ir.system import Check, Label, State
from verifier.traces.trace import Trace
from verifier.verdict import NO_LONGER_RUN, Exploration, Inductive

# Of the solver, for one question: some five minutes.  Scenario C needs 23 million at 9 steps.
EFFORT = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """Whether something is reached here, and how the run to it is read off the leaves."""

    key: Key
    truth: Expr
    read: Callable[[Model], Trace]


@dataclass(slots=True)
class Runs:
    """The runs that are unrolled so far, and the solver that knows of them."""

    search: Search
    unrolling: Unrolling
    solver: Solver
    looked: int  # of shorter runs, and of those of so many steps, nothing is asked again
    defined: int = 0  # how many definitions the solver has


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
    search = Search(problem, budget, heard)
    deadline = budget.deadline_seconds
    if facts is None:  # where only runs are wanted, their time is better spent
        facts = tuple if budget.until_all_found else partial(beside.mined, problem, deadline)
    try:
        stopped = _both_ways(search, beside.begin(problem, deadline, facts), observer)
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
    return conclude(search, stopped, time.monotonic() - began)


def _both_ways(search: Search, proofs: Beside, observer: Observer) -> str:
    """With all values of numbers written out, which is the faster way; then, where these become too
    many, with the numbers left to the solver.

    Raises:
        NotSymbolic: neither way can say it.
    """
    system = search.problem.system
    written = Unrolling(system, Finite(), 0, search.seconds_left)
    reason: NotSymbolic | None = None
    try:
        stopped = _run(Runs(search, written, Solver(propositional=True), -1), proofs, observer)
    except NotSymbolic as said:
        reason, stopped = said, ""
    if written.spacing.skewed and reason is not None:
        raise reason
    if written.spacing.skewed or (reason is None and not search.unsaid):
        return stopped
    if reason is None and not stopped:  # no longer runs: that answers all that could be asked
        for key in search.is_open():
            search.proves(key, Inductive(NO_LONGER_RUN, search.depth))
    depth, unsaid = search.depth, search.unsaid
    if unsaid:
        search.depth = -1  # for what could not be asked before, all runs have to be looked at
    search.unsaid = {}
    left = Unrolling(system, Linear(0), 0, search.seconds_left)
    try:
        return _run(Runs(search, left, Solver(propositional=False), search.depth), proofs, observer)
    except NotSymbolic as said:
        search.unsaid = unsaid | search.unsaid
        if reason is not None:
            raise reason from said
        search.depth = depth
        return stopped


def _run(runs: Runs, proofs: Beside, observer: Observer) -> str:
    """The search itself; returns what stopped it, "" if there are no longer runs."""
    search, unrolling, limit = runs.search, runs.unrolling, runs.search.budget.depth_max
    independence = Independence(search.problem.system, search.seconds_left)
    _require(runs, unrolling.step().requirements)
    while _answer(runs, TRUE) is not None:
        unrolling.advance()
        depth = len(unrolling.states) - 1
        if depth > runs.looked:
            _ask(runs, _of_states(runs, depth))
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
        _require(runs, step.requirements)
        if depth >= runs.looked:
            for question in _of_steps(runs, step, depth + 1):
                _ask(runs, [question])
        _require(runs, step.succeeds)
        # Not before: which step is the last one matters to what was asked of it.
        if not unrolling.spacing.skewed:
            _require(runs, unrolling.in_order(independence))
    return ""


# ---- what is asked -----------------------------------------------------------------------------


def _of_states(runs: Runs, depth: int) -> list[Question]:
    """The questions about the last state."""

    def read(model: Model) -> Trace:
        return decode.run(runs.unrolling, model, depth)

    found: list[Question] = []
    for bad in runs.search.problem.bad:
        if not isinstance(bad, BadStep) and runs.search.asks(bad):
            try:
                found.append(Question(bad.name, in_last_state(runs.unrolling, bad), read))
            except NotSymbolic as reason:
                runs.search.unsaid[bad.name] = str(reason)
    return found


def _of_steps(runs: Runs, step: Step, number: int) -> Iterator[Question]:
    """The questions about a step, which may fail."""
    for bad in runs.search.problem.bad:
        if isinstance(bad, BadStep) and runs.search.asks(bad):
            try:
                shown = by_step(runs.unrolling, bad, step)
            except NotSymbolic as reason:
                runs.search.unsaid[bad.name] = str(reason)
            else:
                yield Question(bad.name, shown, _step_reader(runs, number, bad))
    for key, fails in failing(runs.unrolling, step).items():
        if key not in runs.search.found and key not in runs.search.proved:
            read = _fault_reader(runs, number, check_of(runs.search.problem, *key))
            yield Question(key, fails, read)


def _step_reader(runs: Runs, number: int, bad: BadStep) -> Callable[[Model], Trace]:
    def read(model: Model) -> Trace:
        before = decode.run(runs.unrolling, model, number - 1).states[-1]

        def shows(label: Label, _: State | Check) -> bool:
            condition = bad.conditions[label.action]
            return decode.is_step(runs.search.problem.system, condition, before, label)

        return decode.last_step(runs.unrolling, model, number, shows)

    return read


def _fault_reader(runs: Runs, number: int, check: Check) -> Callable[[Model], Trace]:
    def shows(_: Label, after: State | Check) -> bool:
        return after is check

    return lambda model: decode.last_step(runs.unrolling, model, number, shows)


# ---- asking ------------------------------------------------------------------------------------


def _ask(runs: Runs, questions: list[Question]) -> None:
    """All questions at once, until none of them is answered with yes.

    Measured: the questions about a state are answered faster together, for what they cost is the
    search for all runs; those about a step are answered faster one by one, for most of them follow
    from the state before.
    """
    truth = runs.unrolling.leaves.truth
    open_questions = [(question, truth(question.truth)) for question in questions]
    while open_questions := [pair for pair in open_questions if pair[1] is not FALSE]:
        model = _answer(runs, disjunction(shown for _, shown in open_questions))
        if model is None:
            return
        finite = runs.unrolling.leaves
        left = []
        for question, shown in open_questions:
            if finite.value(shown, model):
                runs.search.shows(question.key, question.read(model))
            else:
                left.append((question, shown))
        assert len(left) < len(open_questions), "the solver says that one of them model"
        open_questions = left


def _require(runs: Runs, truths: Iterable[Expr]) -> None:
    for truth in truths:
        runs.solver.require(truth)


def _answer(runs: Runs, truth: Expr) -> Model | None:
    """Where the truth model in some run that is unrolled so far."""
    definitions = runs.unrolling.leaves.definitions
    for leaf, meaning in definitions[runs.defined :]:
        runs.solver.define(leaf, meaning)
    runs.defined = len(definitions)
    return runs.solver.find(truth, runs.search.seconds_left(), EFFORT)
