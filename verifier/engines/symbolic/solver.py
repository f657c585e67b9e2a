"""The door to z3: scalar expressions as its terms, and its models as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import z3

from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr

Term = Any  # z3 has no type information


class Terms:
    """Translates expressions, each node once; ``leaf`` gives the term of a variable, a parameter
    or a fresh stamp."""

    def __init__(self, leaf: Callable[[Expr], Term]) -> None:
        self._leaf = leaf
        self._known: dict[Expr, Term] = {}

    def term(self, expr: Expr) -> Term:
        """The term of an expression."""
        if expr not in self._known:
            for node in _unknown(expr, self._known):
                self._known[node] = self._made(node)
        return self._known[expr]

    def _made(self, node: Expr) -> Term:
        known = self._known
        match node:
            case E.Literal(value, of):
                return z3.BoolVal(bool(value)) if isinstance(of, T.Bool) else z3.IntVal(value)
            case E.Var() | E.Param() | E.Fresh():
                return self._leaf(node)
            case E.Not(argument):
                return z3.Not(known[argument])
            case E.And(arguments):
                return z3.And([known[part] for part in arguments])
            case E.Or(arguments):
                return z3.Or([known[part] for part in arguments])
            case E.Equal(left, right):
                return known[left] == known[right]
            case E.Less(left, right):
                return known[left] < known[right]
            case E.If(condition, then, otherwise):
                return z3.If(known[condition], known[then], known[otherwise])
            case E.Arith(op, left, right):
                one, other = known[left], known[right]
                if op == "+":
                    return one + other
                if op == "*":
                    return one * other
                assert isinstance(node.right, E.Literal)
                return _divided(op, one, cast(int, node.right.value))
            case _:
                raise AssertionError(f"{type(node).__name__} is no scalar expression")


def _unknown(expr: Expr, known: Mapping[Expr, Term]) -> Iterator[Expr]:
    """The nodes that are not known, parts first."""
    stack = [(expr, False)]
    seen: set[Expr] = set()
    while stack:
        node, finished = stack.pop()
        if finished:
            yield node
        elif node not in known and node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((child, False) for child in E.children(node))


def _divided(op: str, term: Term, divisor: int) -> Term:
    """Rounded towards minus infinity; z3 rounds so that the remainder is not negative."""
    if divisor > 0:
        return term / divisor if op == "/" else term % divisor
    return (-term) / (-divisor) if op == "/" else -((-term) % (-divisor))


def constant(name: str, of: T.Type) -> Term:
    """A constant of the solver for a scalar of a type."""
    return z3.Bool(name) if isinstance(of, T.Bool) else z3.Int(name)


