"""A problem made from another one, with the way back for its runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from verifier.ir.problem import SafetyProblem
from verifier.traces.trace import Trace

Lift: TypeAlias = Callable[[Trace], Trace]


@dataclass(frozen=True, slots=True)
class Transformed:
    """``lift`` turns a run of ``problem`` into a run of the system it was made from."""

    problem: SafetyProblem
    lift: Lift
