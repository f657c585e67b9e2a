"""The native engine: code for the problem, memory for the search, and the answer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from verifier.engines.interface import Budget, Observer, Strategy
from verifier.engines.memory import available_bytes, memory_bytes
from verifier.engines.native import checkpoint
from verifier.engines.native.answers import conclude, prepare_runs
from verifier.engines.native.growth import Limits
from verifier.engines.native.program import (
    Layout,
    first_states,
    lay_out,
    without_first,
    write_module,
)
from verifier.engines.native.search import begin, run
from verifier.engines.native.state import Search
from verifier.engines.native.tiers import first_code
from verifier.engines.native.workspace import Sizes, make_workspace
from verifier.ir.digest import digest
from verifier.ir.problem import BadState, SafetyProblem
from verifier.verdict import Exploration

SPARE = 0.9  # of the memory that the system has when the search begins, used at most


def explore(
    problem: SafetyProblem, budget: Budget, observer: Observer, *, strategy: Strategy
) -> Exploration:
    """Visits every reachable state and answers every question of the problem.

    Raises:
        CheckpointError: what was saved cannot be gone on with.
    """
    layout = lay_out(problem, strategy.workers, compact=strategy.compact)
    key = digest(problem)
    given = first_states(problem)
    coded = problem if given is None else without_first(problem)
    code_key = key if given is None else digest(coded)
    tiers = first_code(
        f"{code_key}\n{layout.shape}\n{layout.checked}", lambda: write_module(coded, layout)
    )
    began = time.monotonic()
    sizes = _sizes(problem, layout, tiers.code.scratch_words)
    workspace = make_workspace(layout.shape, sizes)
    of_states = frozenset(n for n, bad in enumerate(problem.bad) if isinstance(bad, BadState))
    names = tuple(bad.name for bad in problem.bad)
    search = Search(workspace, tiers, _limits(budget), of_states, names, sizes.checks)
    saved = None if strategy.saving is None else checkpoint.place(strategy.saving, key)
    with ThreadPoolExecutor(max_workers=strategy.workers) as pool:
        search.pool = pool if strategy.workers > 1 else None
        if saved is None or not checkpoint.restore(saved, search):
            begin(search, None if given is None else [layout.packing.pack(s) for s in given])
        stopped = run(search, budget, observer, saved)
    seconds = time.monotonic() - began
    runs = prepare_runs(search, problem, layout.packing, sizes)
    found = conclude(runs, layout.faults, stopped, seconds)
    workspace.release()
    return found


def _limits(budget: Budget) -> Limits:
    if budget.memory_max_bytes is not None:
        return Limits(budget.memory_max_bytes, asked=True)
    free = available_bytes()
    return Limits(None if free is None else int(memory_bytes() + free * SPARE), asked=False)


def _sizes(problem: SafetyProblem, layout: Layout, scratch_words: int) -> Sizes:
    actions = problem.system.actions
    return Sizes(
        len(actions),
        tuple(len(action.branches) for action in actions),
        len(problem.bad),
        len(layout.faults),
        scratch_words,
    )
