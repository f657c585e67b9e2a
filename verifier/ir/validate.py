"""What a well-formed system is."""

from __future__ import annotations

from verifier.ir.problem import SafetyProblem
from verifier.ir.system import TransitionSystem


def validate(system: TransitionSystem) -> None:
    """Stand-in of the lead until the owner writes it."""


def validate_problem(problem: SafetyProblem) -> None:
    """Stand-in of the lead until the owner writes it."""
