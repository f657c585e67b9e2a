"""Numbers written out: every scalar as the values that it may have, each with its condition.

A run of so many steps from constants goes through finitely many numbers, and they are few: so
nothing is left to say but which of them it is, and a question about the run is one for a
propositional solver.  What a number cannot be is seen here already, without asking one, and most
steps that a system has are none at a given depth for this reason alone (the constant propagation
of Biere, Cimatti, Clarke and Zhu, TACAS 1999, taken to sets of values).

Measured on scenario B: with integers for the arithmetic solver 9 steps take five times as long,
with the same truths in the general solver three times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, cast

from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    choose,
    conjunction,
    disjunction,
    integer,
    same,
)
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, compute, literal, negate
from verifier.ir.expr import Expr, Var, make
from verifier.ir.types import Type

Cases: TypeAlias = Mapping[int, Expr]
"""The values that a number may have, in increasing order; exactly one of the conditions holds.
What is said of a number that means nothing (a message that is not there) may be anything, so there
none of them need hold."""

CASES_MAX = 4_096  # pairs of values that one operation may combine


class Finite:
    """Knows the cases of leaves, and writes expressions over them out."""

    def __init__(self) -> None:
        self.definitions: list[tuple[Expr, Expr]] = []  # a truth that was named, and what it is
        self.inputs: list[Expr] = []  # truths that are free
        self._cases: dict[Expr, Cases] = {}
        self._truths: dict[Expr, Expr] = {}
        self._names: dict[str, int] = {}

    # ---- leaves ----------------------------------------------------------------------------------

    def input(self, name: str) -> Expr:
        """A truth that is free."""
        leaf = make(Var, self._new(name), T.BOOL)
        self.inputs.append(leaf)
        self._truths[leaf] = leaf
        return leaf

    def merged(self, name: str, alternatives: Iterable[tuple[Expr, Expr]]) -> Expr:
        """A leaf of this name that equals the alternative whose condition (a truth that is written
        out) holds; no two do.  A constant if there is nothing to choose."""
        pairs = [(condition, expr) for condition, expr in alternatives if condition is not FALSE]
        if not pairs:
            return FALSE
        first = pairs[0][1]
        if all(expr is first for _, expr in pairs) and (
            isinstance(first, E.Literal) or first in self._cases or first in self._truths
        ):
            return first
        if first.type == T.BOOL:
            parts = [conjunction((condition, self.truth(expr))) for condition, expr in pairs]
            if all(expr is TRUE for _, expr in pairs):
                return TRUE  # some condition holds, or it means nothing
            return self._named(name, disjunction(parts))
        found: dict[int, list[Expr]] = {}
        for condition, expr in pairs:
            for number, case in self.cases(expr).items():
                found.setdefault(number, []).append(conjunction((condition, case)))
        of = T.STAMP if any(isinstance(expr.type, T.Stamp) for _, expr in pairs) else None
        return self.number(name, _possible(found), of)

    def number(self, name: str, cases: Cases, of: Type | None) -> Expr:
        """A number with these cases; a constant if there is one only."""
        numbers = list(cases)
        if len(numbers) == 1:
            return integer(numbers[0]) if of is None else literal(numbers[0], of)
        name = self._new(name)
        leaf = make(Var, name, T.Int(numbers[0], numbers[-1]) if of is None else of)
        if len(numbers) == 2:
            first = self._named(f"{name} = {numbers[0]}", cases[numbers[0]])
            self._cases[leaf] = {numbers[0]: first, numbers[1]: negate(first)}
        else:
            self._cases[leaf] = {
                number: self._named(f"{name} = {number}", case) for number, case in cases.items()
            }
        return leaf

    def _named(self, name: str, truth: Expr) -> Expr:
        if isinstance(truth, E.Literal | E.Var) or (
            isinstance(truth, E.Not) and isinstance(truth.argument, E.Var)
        ):
            return truth
        leaf = make(Var, self._new(name), T.BOOL)
        self.definitions.append((leaf, truth))
        self._truths[leaf] = leaf
        return leaf

    def _new(self, name: str) -> str:
        """The name, made different from all others."""
        used = self._names.get(name, 0)
        self._names[name] = used + 1
        return name if used == 0 else f"{name} ({used})"

    # ---- what they say ---------------------------------------------------------------------------

    def truth(self, expr: Expr) -> Expr:
        """The condition over truths only."""
        if expr not in self._truths:
            self._write_out(expr)
        return self._truths[expr]

    def cases(self, expr: Expr) -> Cases:
        """The cases of a number."""
        if expr not in self._cases:
            self._write_out(expr)
        return self._cases[expr]

    def _write_out(self, expr: Expr) -> None:
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in self._truths or node in self._cases:
                stack.pop()
                continue
            waiting = [
                child
                for child in E.children(node)
                if child not in self._truths and child not in self._cases
            ]
            if waiting:
                stack += waiting
                continue
            if node.type == T.BOOL:
                self._truths[node] = self._truth(node)
            else:
                self._cases[node] = self._number(node)
            stack.pop()

    def _truth(self, node: Expr) -> Expr:
        known = self._truths
        match node:
            case E.Literal():
                return node
            case E.Not(argument):
                return negate(known[argument])
            case E.And(arguments):
                return conjunction(known[part] for part in arguments)
            case E.Or(arguments):
                return disjunction(known[part] for part in arguments)
            case E.If(condition, then, otherwise):
                return choose(known[condition], known[then], known[otherwise])
            case E.Equal(left, right) if left.type == T.BOOL:
                return same(known[left], known[right])
            case E.Equal(left, right):
                one, other = self._cases[left], self._cases[right]
                return disjunction(
                    conjunction((case, other[number]))
                    for number, case in one.items()
                    if number in other
                )
            case E.Less(left, right):
                return _less(self._cases[left], self._cases[right])
            case _:
                raise AssertionError(f"{node} is no truth that is known")

    def _number(self, node: Expr) -> Cases:
        match node:
            case E.Literal(value):
                return {cast(int, value): TRUE}
            case E.If(condition, then, otherwise):
                return _either(self._truths[condition], self._cases[then], self._cases[otherwise])
            case E.Arith(op, left, right, of):
                modulus = of.modulus if isinstance(of, T.Mod) else None
                return _combined(op, self._cases[left], self._cases[right], modulus)
            case _:
                raise AssertionError(f"{node} is no number that is known")

    # ---- reading a model back --------------------------------------------------------------------

    def value(self, expr: Expr, model: Callable[[Expr], int]) -> int:
        """The value in a case of which the model gives the value of every truth."""
        if expr.type == T.BOOL:
            return model(self.truth(expr))
        return next(n for n, case in self.cases(expr).items() if model(case))


def _less(left: Cases, right: Cases) -> Expr:
    """Some number on the left with some greater one on the right."""
    parts = []
    for number, case in left.items():
        above = disjunction(other for n, other in right.items() if n > number)
        if len(right) > 1 and number < next(iter(right)):
            above = TRUE  # all of them are
        parts.append(conjunction((case, above)))
    return disjunction(parts)


def _either(condition: Expr, then: Cases, otherwise: Cases) -> Cases:
    if condition is TRUE or condition is FALSE:
        return then if condition is TRUE else otherwise
    cases = {
        number: choose(condition, then.get(number, FALSE), otherwise.get(number, FALSE))
        for number in sorted({*then, *otherwise})
    }
    return {number: case for number, case in cases.items() if case is not FALSE}


def _combined(op: str, left: Cases, right: Cases, modulus: int | None) -> Cases:
    if len(left) * len(right) > CASES_MAX:
        raise NotSymbolic(f"'{op}' of two numbers that may each be many")
    found: dict[int, list[Expr]] = {}
    for a, one in left.items():
        for b, other in right.items():
            result = compute(op, a, b)
            result = result if modulus is None else result % modulus
            found.setdefault(result, []).append(conjunction((one, other)))
    return _possible(found)


def _possible(found: Mapping[int, list[Expr]]) -> Cases:
    cases = {number: disjunction(found[number]) for number in sorted(found)}
    return {number: case for number, case in cases.items() if case is not FALSE}
