"""The door to z3: scalar expressions as its terms, and its models as values."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import z3

from verifier.engines.interface import TIMED_OUT
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.folding import folded

Term = Any  # z3 has no type information


class Terms:
    """Translates expressions, each node once; ``leaf`` gives the term of a variable, a parameter
    or a fresh stamp."""

    def __init__(self, leaf: Callable[[Expr], Term]) -> None:
        self._leaf = leaf
        self._known: dict[Expr, Term] = {}

    def term(self, expr: Expr) -> Term:
        """The term of an expression."""
        return folded(expr, self._known, self._made)

    # The functions of z3's own interface, below its Python classes: those look at the sort of every
    # part each time, which takes longer than everything else here together.
    def _made(self, node: Expr) -> Term:
        known = self._known
        match node:
            case E.Literal(value, of):
                return z3.BoolVal(bool(value)) if isinstance(of, T.Bool) else z3.IntVal(value)
            case E.Var() | E.Param() | E.Fresh():
                return self._leaf(node)
            case E.Not(argument):
                return negation(known[argument])
            case E.And(arguments):
                return conjunction([known[part] for part in arguments])
            case E.Or(arguments):
                return disjunction([known[part] for part in arguments])
            case E.Equal(left, right):
                return _truth(z3.Z3_mk_eq(_C, known[left].ast, known[right].ast))
            case E.Less(left, right):
                return _truth(z3.Z3_mk_lt(_C, known[left].ast, known[right].ast))
            case E.If(condition, then, otherwise):
                kind = z3.BoolRef if node.type == T.BOOL else z3.ArithRef
                parts = (known[condition].ast, known[then].ast, known[otherwise].ast)
                return kind(z3.Z3_mk_ite(_C, *parts), _CONTEXT)
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


_CONTEXT = z3.main_ctx()
_C = _CONTEXT.ref()


def _truth(ast: Any) -> Term:
    return z3.BoolRef(ast, _CONTEXT)


def negation(term: Term) -> Term:
    """not a."""
    return _truth(z3.Z3_mk_not(_C, term.ast))


def conjunction(terms: Sequence[Term]) -> Term:
    """a and b and ...."""
    return _truth(z3.Z3_mk_and(_C, len(terms), _asts(terms)))


def disjunction(terms: Sequence[Term]) -> Term:
    """a or b or ...."""
    return _truth(z3.Z3_mk_or(_C, len(terms), _asts(terms)))


def require(solver: Term, term: Term) -> None:
    """From now on this holds."""
    z3.Z3_solver_assert(_C, solver.solver, term.ast)


def _asts(terms: Sequence[Term]) -> Any:
    return (z3.Ast * len(terms))(*[term.ast for term in terms])


def _divided(op: str, term: Term, divisor: int) -> Term:
    """Rounded towards minus infinity; z3 rounds so that the remainder is not negative."""
    if divisor > 0:
        return term / divisor if op == "/" else term % divisor
    return (-term) / (-divisor) if op == "/" else -((-term) % (-divisor))


def constant(name: str, of: T.Type) -> Term:
    """A constant of the solver for a scalar of a type."""
    return z3.Bool(name) if isinstance(of, T.Bool) else z3.Int(name)


def decide(expr: Expr, leaves: Mapping[Expr, int]) -> int:
    """The value that the solver gives the term where the leaves have these values; for tests."""
    terms = Terms(lambda leaf: constant(_name_of(leaf), leaf.type))
    term = terms.term(expr)
    pairs = [
        (terms.term(leaf), z3.BoolVal(bool(n)) if leaf.type == T.BOOL else z3.IntVal(n))
        for leaf, n in leaves.items()
    ]
    found = z3.simplify(z3.substitute(term, *pairs))
    return int(z3.is_true(found)) if expr.type == T.BOOL else int(found.as_long())


def _name_of(leaf: Expr) -> str:
    assert isinstance(leaf, E.Var | E.Param)
    return leaf.name


Model: TypeAlias = Callable[[Expr], int]
"""The value of an expression in one case; of leaves that the solver does not know it is 0."""

LATE_SECONDS = 0.05  # z3's own clock counts milliseconds, and may be a little early


TOO_HARD = "a question was too hard for the solver"


class Stopped(Exception):
    """A solver gave up; the message says why."""


class Solver:
    """A growing set of requirements over leaves, and questions about it."""

    def __init__(self, *, propositional: bool) -> None:
        # Measured on scenario B at 9 steps: where all leaves are truths the solver for finite
        # domains needs a third of the time of the general one.
        self._solver = z3.SolverFor("QF_FD") if propositional else z3.SimpleSolver()
        self._terms = Terms(lambda leaf: constant(_name_of(leaf), leaf.type))
        self._questions = 0

    def require(self, truth: Expr) -> None:
        """From now on this holds."""
        self._solver.add(self._terms.term(truth))

    def define(self, leaf: Expr, meaning: Expr) -> None:
        """From now on a leaf means this."""
        self._solver.add(self._terms.term(leaf) == self._terms.term(meaning))

    def find(self, truth: Expr, seconds: float | None, effort: int | None) -> Model | None:
        """The values of the leaves in some case where the truth holds beside what is required; None
        if there is no such case.  ``effort`` is in steps of the solver, the same on all machines.

        Raises:
            Stopped: it took too long.
            KeyboardInterrupt: the user stopped it.
        """
        self._questions += 1
        asked = z3.Bool(f"question {self._questions}")
        self._solver.add(z3.Implies(asked, self._terms.term(truth)))
        if seconds is not None:
            self._solver.set("timeout", max(1, int(seconds * 1000)))
        if effort is not None:
            self._solver.set("rlimit", effort)
        began = time.monotonic()
        found = self._solver.check(asked)
        model = self._solver.model() if found == z3.sat else None
        reason = self._solver.reason_unknown() if found == z3.unknown else ""
        self._solver.add(z3.Not(asked))
        if found == z3.unknown:
            if "keyboard" in reason:
                raise KeyboardInterrupt
            # What z3 calls the reason does not tell the two limits apart ("canceled"), or is empty.
            took = time.monotonic() - began
            if seconds is not None and took > seconds - LATE_SECONDS:
                raise Stopped(TIMED_OUT)
            raise Stopped(TOO_HARD if effort is not None else f"the solver: {reason}")
        if model is None:
            return None
        return lambda expr: _number(model, self._terms.term(expr))


def _number(model: Term, term: Term) -> int:
    value = model.eval(term, model_completion=True)
    return int(z3.is_true(value)) if z3.is_bool(value) else int(value.as_long())
