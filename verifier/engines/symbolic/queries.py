"""A solver about the states of a view: facts, questions under assumptions, and models as values.

Each question has a limit of the solver's own units of work, not of time, so that an answer does not
depend on the machine.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import z3

from verifier.engines.interface import TIMED_OUT
from verifier.engines.symbolic.cubes import Values
from verifier.engines.symbolic.scalars import bounds
from verifier.engines.symbolic.solver import (
    LATE_SECONDS,
    Term,
    Terms,
    constant,
    disjunction,
    negation,
    require,
)
from verifier.engines.symbolic.views import View
from verifier.ir import types as T
from verifier.ir.expr import Expr, Param, Var

WORK_MAX = 20_000_000  # rlimit of one question; some seconds


class GaveUp(Exception):
    """The solver did not answer a question, or there was no time left to ask it."""


class Queries:
    """An incremental solver.  ``deadline`` is on the clock of time.monotonic()."""

    def __init__(self, view: View, deadline: float | None) -> None:
        self.view = view
        self.deadline = deadline
        self.asked = 0
        self.used: set[str] = set()  # the switches that the last "none can" rests on
        self._leaves: dict[Expr, Term] = {}
        self._terms = Terms(self._leaf)
        self._solver = z3.Solver()
        self._solver.set("random_seed", 0)
        self._solver.set("arith.solver", 2)  # all that is asked are differences
        self._solver.set("rlimit", WORK_MAX)
        # z3 would take an interrupt for itself, and lose it where the answer is known already.
        # Python has it as soon as the question is answered.
        self._solver.set("ctrl_c", False)
        for fact in view.facts:
            self.add(fact)
        for leaf in view.leaves:
            self._terms.term(leaf)

    def _leaf(self, leaf: Expr) -> Term:
        if not isinstance(leaf, Var | Param):
            raise AssertionError("a fresh stamp is compared with nothing that a solver sees")
        name = leaf.name if isinstance(leaf, Var) else f"input {leaf.name}"
        term = constant(name, leaf.type)
        self._leaves[leaf] = term
        if not isinstance(leaf.type, T.Bool):
            low, high = bounds(leaf.type)
            if low is not None:
                self._solver.add(term >= low)
            if high is not None:
                self._solver.add(term <= high)
        return term

    def switch(self, name: str) -> Term:
        """A truth that facts may depend on, and that a question may assume."""
        return z3.Bool(name)

    def add(self, fact: Expr, when: Term | None = None) -> None:
        """Something that holds, or holds when a switch is on."""
        term = self._terms.term(fact)
        require(self._solver, term if when is None else disjunction([negation(when), term]))

    def find(
        self, formulas: Sequence[Expr], also: Iterable[Expr], assuming: Sequence[Term]
    ) -> tuple[int, Values] | None:
        """The number of a formula that can be true, with the values that make it so, or None if
        none can.  ``also`` holds besides, for this question only.

        Raises:
            GaveUp: the limit of work or of time was reached.
        """
        if self._is_late():
            raise GaveUp(TIMED_OUT)
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            self._solver.set("timeout", max(1, int(left * 1000)))
        self.asked += 1
        terms = [self._terms.term(formula) for formula in formulas]
        rest = [self._terms.term(fact) for fact in also]
        self._solver.push()
        try:
            require(self._solver, disjunction(terms))
            for fact in rest:
                require(self._solver, fact)
            answer = self._solver.check(*assuming)
            if answer == z3.unsat:
                self.used = {str(term) for term in self._solver.unsat_core()}
                return None
            if answer == z3.unknown:
                reason = self._solver.reason_unknown()
                if "keyboard" in reason:
                    raise KeyboardInterrupt
                raise GaveUp(TIMED_OUT if self._is_late() else f"the solver gave up: {reason}")
            values = self._values(self._solver.model())
        finally:
            self._solver.pop()
        for number, formula in enumerate(formulas):
            if values.of(formula):
                return number, values
        raise AssertionError("the model makes none of the formulas true")

    def _is_late(self) -> bool:
        """Whether the time is over, or so nearly that the solver may have ended for it."""
        return self.deadline is not None and time.monotonic() > self.deadline - LATE_SECONDS

    def possible(self, formula: Expr) -> bool:
        """Whether a formula about nothing but inputs can be true; the limits count as yes."""
        solver = z3.Solver()
        solver.set("rlimit", WORK_MAX)
        solver.set("ctrl_c", False)
        solver.add(self._terms.term(formula))
        return bool(solver.check() != z3.unsat)

    def _values(self, model: Term) -> Values:
        def value(leaf: Expr) -> int:
            found = model.eval(self._leaves[leaf], model_completion=True)
            return z3.is_true(found) if leaf.type == T.BOOL else int(found.as_long())

        return Values(value)
