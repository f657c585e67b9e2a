"""The cases of a step: which conditions decide most of what it does.

The body of a handler has an ``if`` for each case of the protocol; the lowering makes every
assignment and every check an expression with those cases inside.  Engines that generate code turn
the cases into branches again, so that a step computes only what its own case needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import (
    And,
    Deliverable,
    Expr,
    Filter,
    If,
    Literal,
    Or,
    Param,
    Quantified,
    walk,
)
from verifier.ir.rewrite import assuming
from verifier.ir.system import Action, TransitionSystem

SPLITS_MAX = 5  # nested cases; each may double the code of an action
Questions = Sequence[tuple[int, Expr]]  # number of a question, and where it finds a step


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step does in some case: its checks by number, the new values of variables by place,
    and the questions about it."""

    checks: tuple[tuple[int, Expr], ...]
    results: tuple[tuple[int, Expr], ...]
    questions: tuple[tuple[int, Expr], ...]

    def roots(self) -> list[Expr]:
        """All its expressions."""
        return [expr for part in (self.checks, self.results, self.questions) for _, expr in part]

    def when(self, facts: Mapping[Expr, Expr]) -> Outcome:
        """The outcome in the case that the facts describe; what is settled by them is left out."""
        new = iter(assuming(self.roots(), facts))
        checks = tuple((n, next(new)) for n, _ in self.checks)
        results = tuple((n, next(new)) for n, _ in self.results)
        questions = tuple((n, next(new)) for n, _ in self.questions)
        return Outcome(
            tuple((n, expr) for n, expr in checks if expr is not TRUE),
            results,
            tuple((n, expr) for n, expr in questions if expr is not FALSE),
        )


def outcome(system: TransitionSystem, action: Action, questions: Questions) -> Outcome:
    """What the steps of an action do, what is settled by constants left out."""
    places = {v.name: i for i, v in enumerate(system.variables)}
    return Outcome(
        tuple(enumerate(check.condition for check in action.checks)),
        tuple((places[name], expr) for name, expr in action.assignments.items()),
        tuple(questions),
    ).when({})


def behind_guard(found: Outcome, conjuncts: Iterable[Expr]) -> Outcome:
    """The outcome where the guard of the action is known to hold."""
    known = facts((c, True) for c in conjuncts if not parameters_in(c) & bound_in([c]))
    hidden = bound_in(found.roots())
    safe = {fact: value for fact, value in known.items() if not parameters_in(fact) & hidden}
    return found.when(safe)


def split(outcome: Outcome) -> Expr | None:
    """The condition of the most ``if`` expressions, if there are at least two of it."""
    roots = outcome.roots()
    uses = Counter(node.condition for node in walk(*roots) if isinstance(node, If))
    hidden = bound_in(roots)
    for condition, count in uses.most_common():
        if count >= 2 and not parameters_in(condition) & hidden:
            return condition
    return None


def facts(known: Iterable[tuple[Expr, bool]]) -> dict[Expr, Expr]:
    """What follows from conditions whose values are known."""
    found: dict[Expr, Expr] = {}
    waiting = list(known)
    while waiting:
        condition, value = waiting.pop()
        if isinstance(condition, Literal):
            continue
        found[condition] = TRUE if value else FALSE
        found[negate(condition)] = FALSE if value else TRUE
        if (isinstance(condition, And) and value) or (isinstance(condition, Or) and not value):
            waiting += [(part, value) for part in condition.arguments]
        opposite = negate(condition)
        if (isinstance(opposite, And) and not value) or (isinstance(opposite, Or) and value):
            waiting += [(part, not value) for part in opposite.arguments]
    return found


def parameters_in(expr: Expr) -> set[Expr]:
    """The parameters and bound variables that an expression mentions."""
    return {node for node in walk(expr) if isinstance(node, Param)}


def bound_in(roots: Iterable[Expr]) -> set[Expr]:
    """The variables of all binders in the expressions."""
    return {
        node.variable
        for node in walk(*roots)
        if isinstance(node, Quantified | Filter | Deliverable)
    }
