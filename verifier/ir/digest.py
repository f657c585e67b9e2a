"""A problem as one number: equal for equal problems, in any process, whatever its spans.

Checkpoints and compiled objects are kept under it.  Nodes and types are numbered in the order of a
walk, so that a shared graph is written once.
"""

from __future__ import annotations

import hashlib
from typing import Any

from verifier.ir.expr import Expr, is_expr, parts, walk_unseen
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Action, Parameter


def digest(problem: SafetyProblem) -> str:
    """The digest of a problem, in hexadecimal."""
    lines = _Lines()
    system = problem.system
    lines.add("system", system.name, system.stamp_gap)
    for variable in system.variables:
        lines.add("variable", variable.name, lines.type(variable.type))
    for action in (*system.initial, *system.actions):
        _action(lines, action)
    for bad in problem.bad:
        match bad:
            case BadState(name, condition) | Stuck(name, condition):
                lines.add(type(bad).__name__, name, lines.node(condition))
            case BadStep(name, conditions):
                lines.add("BadStep", name)
                for action_name, condition in conditions.items():
                    lines.add("of", action_name, lines.node(condition))
    return hashlib.sha256("\n".join(lines.found).encode()).hexdigest()


def _action(lines: _Lines, action: Action) -> None:
    lines.add("action", action.name, action.kind.name, action.node, action.shown)
    for parameter in action.parameters:
        lines.add("parameter", *_parameter(lines, parameter))
    lines.add("guard", lines.node(action.guard))
    for check in action.checks:
        lines.add("check", check.code, check.kind, check.message, lines.node(check.condition))
    for name, expr in action.assignments.items():
        lines.add("assign", name, lines.node(expr))
    for branch in action.branches:
        lines.add("branch", branch.shown, lines.node(branch.condition))


def _parameter(lines: _Lines, parameter: Parameter) -> tuple[object, ...]:
    within = None if parameter.within is None else lines.node(parameter.within)
    return parameter.variable.name, lines.type(parameter.variable.type), within


class _Lines:
    """Numbers nodes and types, and writes each on a line of its own."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.nodes: dict[Expr, int] = {}
        self.seen: set[Expr] = set()
        self.types: dict[Any, int] = {}

    def add(self, *parts: object) -> None:
        """One line."""
        self.found.append(repr(parts))

    def type(self, of: Any) -> int:
        """The number of a type."""
        known = self.types.get(of)
        if known is None:
            known = self.types[of] = len(self.types)
            self.found.append(f"type {known} {of!r}")
        return known

    def node(self, expr: Expr) -> int:
        """The number of an expression."""
        for node in walk_unseen([expr], self.seen):
            shown = [self._part(part) for part in parts(node)]
            self.nodes[node] = len(self.nodes)
            self.found.append(f"{self.nodes[node]} {type(node).__name__} {shown}")
        return self.nodes[expr]

    def _part(self, part: Any) -> Any:
        if is_expr(part):
            # The variable of a binder is no part that is walked to.
            return self.nodes[part] if part in self.nodes else self.node(part)
        if isinstance(part, tuple):
            return tuple(self._part(item) for item in part)
        if part is None or isinstance(part, str | int):
            return repr(part)
        return f"type {self.type(part)}"
