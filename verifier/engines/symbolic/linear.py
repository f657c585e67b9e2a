"""Numbers left to the solver: the leaves of runs that start anywhere, where a number may be any."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verifier.engines.symbolic.scalars import (
    choose,
    conjunction,
    disjunction,
    integer,
)
from verifier.engines.symbolic.sums import bounds
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, literal, negate
from verifier.ir.expr import Expr, Var, make


class Linear:
    """Names scalars; see `unrolling.Leaves`.  ``stamps_max`` is the greatest stamp of the start."""

    def __init__(self, stamps_max: int) -> None:
        self.definitions: list[tuple[Expr, Expr]] = []
        self.ranges: list[Expr] = []  # what must hold of leaves that are free
        self._stamps_max = stamps_max
        self._names: dict[str, int] = {}

    def input(self, name: str) -> Expr:
        """A truth that is free."""
        return make(Var, self._new(name), T.BOOL)

    def free(self, name: str, of: T.Type) -> Expr:
        """A scalar that may be any of its type; of stamps only the order counts, so as many as
        there may be different ones are enough."""
        leaf = make(Var, self._new(name), of)
        if of != T.BOOL:
            low, high = (0, self._stamps_max) if of == T.STAMP else bounds(of)
            # Not by the constructors: they take for granted what is required here.
            if low is not None:
                self.ranges.append(negate(make(E.Less, leaf, _number(low, of))))
            if high is not None:
                self.ranges.append(negate(make(E.Less, _number(high, of), leaf)))
        return leaf

    def merged(self, name: str, alternatives: Iterable[tuple[Expr, Expr]]) -> Expr:
        """A leaf that equals the alternative whose condition holds; no two do."""
        pairs = [(condition, expr) for condition, expr in alternatives if condition is not FALSE]
        if not pairs:
            return FALSE
        meaning = pairs[-1][1]
        if meaning.type == T.BOOL:
            meaning = disjunction(conjunction(pair) for pair in pairs)
        else:
            for condition, expr in reversed(pairs[:-1]):
                meaning = choose(condition, expr, meaning)
        if isinstance(meaning, E.Literal | E.Var):
            return meaning
        leaf = make(Var, self._new(name), meaning.type)
        self.definitions.append((leaf, meaning))
        return leaf

    def truth(self, expr: Expr) -> Expr:
        """As it is."""
        return expr

    def value(self, expr: Expr, model: Callable[[Expr], int]) -> int:
        """The value in a case of which the model gives every value."""
        return model(expr)

    def _new(self, name: str) -> str:
        used = self._names.get(name, 0)
        self._names[name] = used + 1
        return name if used == 0 else f"{name} ({used})"


def _number(value: int, of: T.Type) -> Expr:
    return literal(value, of) if of == T.STAMP else integer(value)
