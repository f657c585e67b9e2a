"""Bounded model checking: shortest runs first, one more step at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from verifier.engines.interface import Budget, Observer
from verifier.engines.symbolic import decode, scalars
from verifier.engines.symbolic.commands import guarded
from verifier.engines.symbolic.decode import Holds
from verifier.engines.symbolic.independence import Independence
from verifier.engines.symbolic.scalars import NotSymbolic, conjunction, disjunction
from verifier.engines.symbolic.solver import Propositional, Stopped
from verifier.engines.symbolic.unrolling import Step, Unrolling
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Check, Label, State
from verifier.traces.trace import Trace
from verifier.verdict import (
    NO_LONGER_RUN,
    Absent,
    Answer,
    Exploration,
    Fault,
    Found,
    Inductive,
    Unknown,
)

UNSAID = "not in the reach of the symbolic engine"
TIMED_OUT = "the time limit was reached"

Key: TypeAlias = "str | tuple[str, int]"
"""The name of a bad; or of an action, and the place of its check that fails."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether something is reached here, and how the run to it is read off the leaves."""

    key: Key
    truth: Expr
    read: Callable[[Holds], Trace]


@dataclass(slots=True)
class Search:
    """What a running search knows."""

    problem: SafetyProblem
    budget: Budget
    unrolling: Unrolling
    solver: Propositional
    defined: int = 0  # how many definitions the solver has
    depth: int = -1  # no run of so many steps, or fewer, shows what was not found
    found: dict[Key, Trace] = field(default_factory=dict)
    unsaid: dict[str, str] = field(default_factory=dict)  # why a bad cannot be asked for

    def asks(self, bad: Bad) -> bool:
        """Whether the bad is still looked for."""
        return bad.name not in self.found and bad.name not in self.unsaid


def explore(problem: SafetyProblem, budget: Budget, observer: Observer) -> Exploration:
    """Looks for every bad, and for failing checks, in longer and longer runs."""
    began = time.monotonic()
    search = Search(problem, budget, Unrolling(problem.system), Propositional())
    try:
        stopped = _run(search, observer)
    except KeyboardInterrupt:
        stopped = "interrupted"
    except Stopped as reason:
        stopped = str(reason)
    except NotSymbolic as reason:
        stopped = f"{UNSAID}: {reason}"
    except MemoryError:
        stopped = "out of memory"
    finally:
        scalars.forget()
    return _conclude(search, stopped, time.monotonic() - began)


def _run(search: Search, observer: Observer) -> str:
    """The search itself; returns what stopped it, "" if there are no longer runs."""
    unrolling, limit = search.unrolling, search.budget.depth_max
    wanted = {bad.name for bad in search.problem.bad}
    independence = Independence(search.problem.system)
    _require(search, unrolling.step().requirements)
    while _answer(search, TRUE) is not None:
        unrolling.advance()
        depth = len(unrolling.states) - 1
        _ask(search, _of_states(search, depth))
        search.depth = depth
        observer.explored(0, 0, 0, depth)
        if limit is not None and depth >= limit:
            return f"the limit of {limit:,} steps was reached"
        if search.budget.until_all_found and wanted <= search.found.keys():
            return "everything asked was found"
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
    read = _reader(search, depth)
    found: list[Question] = []
    for bad in search.problem.bad:
        if not isinstance(bad, BadStep) and search.asks(bad):
            try:
                found.append(Question(bad.name, _shown(search, bad), read))
            except NotSymbolic as reason:
                search.unsaid[bad.name] = str(reason)
    return found


def _shown(search: Search, bad: BadState | Stuck) -> Expr:
    """Whether the last state shows the bad."""
    flattener, finite = search.unrolling.flattener(), search.unrolling.finite
    match bad:
        case BadState(_, condition):
            return finite.truth(flattener.truth(condition, {}))
        case Stuck(_, final):
            alive = _enabled(search)
            if alive is TRUE:
                return FALSE
            return conjunction((negate(alive), negate(finite.truth(flattener.truth(final, {})))))
        case _:
            assert_never(bad)


def _reader(search: Search, depth: int) -> Callable[[Holds], Trace]:
    return lambda holds: decode.run(search.unrolling, holds, depth)


def _enabled(search: Search) -> Expr:
    """Whether some step may be tried in the last state; all choices are written out, for there may
    be no free ones below a "not"."""
    flattener = search.unrolling.flattener()
    found: list[Expr] = []
    for action in sorted(search.problem.system.actions, key=lambda action: len(action.parameters)):
        for _, condition in guarded(flattener, action, None):
            truth = search.unrolling.finite.truth(condition)
            if truth is TRUE:
                return TRUE
            found.append(truth)
    return disjunction(found)


def _of_steps(search: Search, step: Step, number: int) -> Iterator[Question]:
    """The questions about a step, which may fail."""
    truth = search.unrolling.finite.truth
    for bad in search.problem.bad:
        if isinstance(bad, BadStep) and search.asks(bad):
            try:
                shown = _shown_by(search, bad, step)
            except NotSymbolic as reason:
                search.unsaid[bad.name] = str(reason)
            else:
                yield Question(bad.name, shown, _step_reader(search, number, bad))
    failing: dict[tuple[str, int], list[Expr]] = {}
    for one in step.taken:
        before = one.chosen
        action = one.command.action
        for check, condition in one.command.checks:
            holds = truth(condition)
            fails = conjunction((before, negate(holds)))
            failing.setdefault((action.name, action.checks.index(check)), []).append(fails)
            before = conjunction((before, holds))
    for (name, place), fails_here in failing.items():
        if (name, place) not in search.found:
            read = _fault_reader(search, number, _check(search.problem, name, place))
            yield Question((name, place), disjunction(fails_here), read)


def _shown_by(search: Search, bad: BadStep, step: Step) -> Expr:
    """Whether the step shows the bad."""
    truth = search.unrolling.finite.truth
    return disjunction(
        conjunction((one.chosen, truth(step.flattener.truth(condition, one.command.bound))))
        for one in step.taken
        if (condition := bad.conditions.get(one.command.action.name)) is not None
    )


def _step_reader(search: Search, number: int, bad: BadStep) -> Callable[[Holds], Trace]:
    def read(holds: Holds) -> Trace:
        before = decode.run(search.unrolling, holds, number - 1).states[-1]

        def shows(label: Label, _: State | Check) -> bool:
            condition = bad.conditions[label.action]
            return decode.is_step(search.problem.system, condition, before, label)

        return decode.last_step(search.unrolling, holds, number, shows)

    return read


def _fault_reader(search: Search, number: int, check: Check) -> Callable[[Holds], Trace]:
    def shows(_: Label, after: State | Check) -> bool:
        return after is check

    return lambda holds: decode.last_step(search.unrolling, holds, number, shows)


def _check(problem: SafetyProblem, action: str, place: int) -> Check:
    return next(one for one in problem.system.actions if one.name == action).checks[place]


# ---- asking ------------------------------------------------------------------------------------


def _ask(search: Search, questions: list[Question]) -> None:
    """All questions at once, until none of them is answered with yes.

    Measured: the questions about a state are answered faster together, for what they cost is the
    search for all runs; those about a step are answered faster one by one, for most of them follow
    from the state before.
    """
    truth = search.unrolling.finite.truth
    open_questions = [(question, truth(question.truth)) for question in questions]
    while open_questions := [pair for pair in open_questions if pair[1] is not FALSE]:
        holds = _answer(search, disjunction(shown for _, shown in open_questions))
        if holds is None:
            return
        finite = search.unrolling.finite
        left = []
        for question, shown in open_questions:
            if finite.value(shown, holds):
                search.found[question.key] = question.read(holds)
            else:
                left.append((question, shown))
        assert len(left) < len(open_questions), "the solver says that one of them holds"
        open_questions = left


def _require(search: Search, truths: Iterable[Expr]) -> None:
    for truth in truths:
        search.solver.require(truth)


def _answer(search: Search, truth: Expr) -> Holds | None:
    """Where the truth holds in some run that is unrolled so far."""
    definitions = search.unrolling.finite.definitions
    for leaf, meaning in definitions[search.defined :]:
        search.solver.define(leaf, meaning)
    search.defined = len(definitions)
    deadline = search.budget.deadline_seconds
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
        raise Stopped(TIMED_OUT)
    return search.solver.find(truth, left)


# ---- answers -----------------------------------------------------------------------------------


def _conclude(search: Search, stopped: str, seconds: float) -> Exploration:
    """A depth that was not finished still has what was found in it."""
    complete = stopped == ""
    answers: dict[str, Answer] = {}
    for bad in search.problem.bad:
        if bad.name in search.found:
            answers[bad.name] = Found(search.found[bad.name], None)
        elif bad.name in search.unsaid:
            answers[bad.name] = Unknown(0, f"{UNSAID}: {search.unsaid[bad.name]}")
        elif complete:
            answers[bad.name] = Absent(Inductive(NO_LONGER_RUN, search.depth))
        else:
            answers[bad.name] = Unknown(max(search.depth, 0), stopped)
    faults = tuple(
        Fault(_check(search.problem, *key), Found(trace, None))
        for key, trace in search.found.items()
        if isinstance(key, tuple)
    )
    return Exploration(
        engine="symbolic",
        complete=complete,
        stopped=stopped,
        states=0,
        transitions=0,
        depth=max(search.depth, 0),
        terminal=0,
        answers=answers,
        faults=faults,
        seconds=seconds,
        counted=False,
    )
