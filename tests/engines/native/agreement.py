"""The native engine beside the reference engine: everything that both say."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from tests.silent import Silent
from verifier.engines.explicit import search as explicit
from verifier.engines.interface import Budget, Strategy
from verifier.engines.native import engine, program
from verifier.engines.native.block import Block
from verifier.engines.native.workspace import Workspace
from verifier.ir.problem import SafetyProblem
from verifier.verdict import Exploration

PLAIN = Budget()


def native(
    problem: SafetyProblem, budget: Budget = PLAIN, workers: int = 1, *, compact: bool = False
) -> Exploration:
    """What the native engine finds."""
    strategy = Strategy(workers, compact)
    return engine.explore(problem, budget, Silent(), strategy=strategy)


def same(problem: SafetyProblem, workers: tuple[int, ...] = (1, 3)) -> Exploration:
    """Both engines agree on verdicts, counts, coverage, errors, and on every run to the letter."""
    expected = explicit.explore(problem, PLAIN, Silent())
    for count in workers:
        assert comparable(native(problem, workers=count)) == comparable(expected)
    return expected


def comparable(found: Exploration) -> Exploration:
    """Without what may differ: who answered, how long it took, and in which order errors of equal
    distance are listed."""
    faults = tuple(sorted(found.faults, key=lambda fault: (fault.found.trace.depth, str(fault))))
    return replace(found, engine="", seconds=0.0, bytes_per_state=None, faults=faults)


def checked_build(patch: pytest.MonkeyPatch) -> list[int]:
    """From here on the engine makes checked code; the list collects how many rules each search
    broke."""
    broken: list[int] = []
    release = Workspace.release

    def counted(workspace: Workspace) -> None:
        broken.append(workspace.count(Block.BROKEN))
        release(workspace)

    patch.setattr(engine, "lay_out", partial(program.lay_out, checked=True))
    patch.setattr(Workspace, "release", counted)
    return broken
