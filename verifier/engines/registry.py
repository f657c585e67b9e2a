"""Engines by name; the only place that knows them all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from itertools import islice

from verifier.engines.explicit import search as explicit
from verifier.engines.interface import Budget, Engine, Observer, Strategy
from verifier.ir.expr import walk
from verifier.ir.finite import unbounded_variables
from verifier.ir.problem import SafetyProblem
from verifier.ir.types import Channel
from verifier.verdict import Exploration

AUTO = "auto"
WORKERS_MAX = 64
NATIVE = "native"
EXPLICIT = "explicit"
SYMBOLIC = "symbolic"


def _explicit(strategy: Strategy) -> Engine:
    return explicit.explore


def _native(strategy: Strategy) -> Engine:
    # Here, because loading the compiler takes longer than checking a small model.
    from verifier.engines.native.engine import explore

    return partial(explore, strategy=strategy)


def _symbolic(strategy: Strategy) -> Engine:
    # Here, because loading the solver takes longer than checking a small model.
    from verifier.engines.symbolic.bounded import explore

    return partial(explore, facts=None if strategy.mining else tuple)


ENGINES: dict[str, Callable[[Strategy], Engine]] = {
    EXPLICIT: _explicit,
    NATIVE: _native,
    SYMBOLIC: _symbolic,
}


def lacking(name: str) -> str | None:
    """Why an engine does not run here; None if it does."""
    if name == NATIVE and find_spec("llvmlite") is None:
        return "the native engine needs the package llvmlite, which is not installed here"
    if name == SYMBOLIC and find_spec("z3") is None:
        return "the symbolic engine needs the package z3-solver, which is not installed here"
    return None


def unfit(name: str, problem: SafetyProblem) -> str | None:
    """Why an engine cannot take a problem; None if it can."""
    if name != NATIVE:
        return None
    endless = next(iter(unbounded_variables(problem.system)), None)
    if endless is None:
        return None
    what = "channel" if isinstance(endless.type, Channel) else "variable"
    return f'the {what} "{endless.name}" has no bound, and machine code needs one'


def workers_here() -> int:
    """How many workers this process can keep busy."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def raced(strategy: Strategy, budget: Budget) -> str:
    """Whether proofs are tried beside a search that nobody chose an engine for: "" if so, else why
    not.  This is the only place that decides it."""
    if not strategy.proofs:
        return "only verdicts and numbers of a search are wanted"
    if strategy.compact or strategy.saving is not None:
        return "what is kept, and how, is said of the native search"
    if budget.states_max is not None:
        return "a number of states is asked for"
    if lacking(SYMBOLIC) is not None:
        return NO_SOLVER
    if min(strategy.workers, workers_here()) < 2:
        return ONE_CORE
    return ""


ONE_CORE = "there is one core, and the search has it"
NO_SOLVER = "there is no solver"


def engine_named(name: str, strategy: Strategy) -> Engine:
    """The engine of this name; ``auto`` begins in the reference search, which answers small models
    before code for them could be made, and goes over to machine code where that is to be had and
    can take the problem.  Where it is `raced`, a solver looks for runs and proofs beside it.

    Raises:
        KeyError: there is none of this name.
    """
    if name != AUTO:
        return ENGINES[name](strategy)
    return partial(_automatic, strategy)


# Measured (docs/benchmarks.md): loading the compiler and making code takes as long as the reference
# search needs for some thousands of states, of a model whose own code is made quickly.
FIRST_STATES = 2_000
FIRST_NODES = 600


def _automatic(
    strategy: Strategy, problem: SafetyProblem, budget: Budget, observer: Observer
) -> Exploration:
    search = partial(_search, strategy)
    endless = unfit(NATIVE, problem) is not None
    why_not = raced(strategy, budget)
    if not why_not:
        # Here, because most searches have ended before a process could be made.
        from verifier.engines.race import run as race

        return race.explore(problem, budget, observer, search=search, endless=endless)
    found = search(problem, budget, observer)
    if endless and not found.complete and why_not in (ONE_CORE, NO_SOLVER):
        note = f"no proofs were tried beside the search: {why_not}; verify prove tries them alone"
        return replace(found, notes=(*found.notes, note))
    return found


def _search(
    strategy: Strategy, problem: SafetyProblem, budget: Budget, observer: Observer
) -> Exploration:
    first_engine = ENGINES[EXPLICIT](strategy)
    if lacking(NATIVE) is not None or unfit(NATIVE, problem) is not None:
        return first_engine(problem, budget, observer)
    if not strategy.compact and strategy.saving is None and _nodes(problem) <= FIRST_NODES:
        limit = budget.states_max
        first = FIRST_STATES if limit is None else min(FIRST_STATES, limit)
        found = first_engine(problem, replace(budget, states_max=first), observer)
        if first == limit or found.stopped != explicit.too_many(first):
            return found
    return ENGINES[NATIVE](strategy)(problem, budget, observer)


def _nodes(problem: SafetyProblem) -> int:
    """How much there is to make code of, as far as it matters."""
    roots = [
        expr
        for action in problem.system.actions
        for expr in (
            action.guard,
            *(check.condition for check in action.checks),
            *action.assignments.values(),
        )
    ]
    return sum(1 for _ in islice(walk(*roots), FIRST_NODES + 1))
