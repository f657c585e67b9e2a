"""The door to Spacer, the solver for constrained Horn clauses in z3: clauses in, an invariant out.

Spacer (Komuravelli, Gurfinkel and Chaki, CAV 2014) is property-directed reachability as well, but
it learns from interpolants and projections of linear arithmetic, so its lemmas may be sums that
stand nowhere in the model.  What it answers is believed by nobody: an invariant is read back as
scalar expressions over the leaves and proved again (`arithmetic`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import TypeAlias

import z3

from verifier.engines.interface import TIMED_OUT
from verifier.engines.symbolic.cubes import text, variables
from verifier.engines.symbolic.horn import Clauses, Rule
from verifier.engines.symbolic.scalars import (
    arithmetic,
    below,
    choose,
    conjunction,
    disjunction,
    integer,
    plus,
    same,
)
from verifier.engines.symbolic.solver import LATE_SECONDS, Term, Terms, constant
from verifier.engines.symbolic.sums import added, bounds, sum_of
from verifier.engines.symbolic.views import substituted
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, literal, negate
from verifier.ir.expr import Expr, Less, Literal, Param, Var, make

# Whether with global guidance (Hari Govind, Chen, Shoham and Gurfinkel, CAV 2020), which guesses
# what many lemmas have in common, and with how much work (z3's rlimit).  Without it lemmas go on
# and on, a number further each time: five of the ten models of `models/proofs/horn` were not proved
# in 10 s, and with it each of those in 0.2 s; two of the others are proved faster without it.
ATTEMPTS = ((True, 5_000_000), (False, 100_000_000), (True, 1_000_000_000))
CASES_MAX = 64  # values of leaves of few values that a comparison is written out for


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No rule leads to what was asked, as this invariant shows; None if it cannot be said in scalar
    expressions."""

    invariant: Expr | None


@dataclass(frozen=True, slots=True)
class Reachable:
    """The clauses lead to what was asked."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The solver gave up, and why."""

    reason: str


Answer: TypeAlias = Unreachable | Reachable | Undecided


def solve(clauses: Clauses, seconds: float | None) -> Answer:
    """Whether what is asked follows from the clauses.  The limits of work are the same on all
    machines; the limit of time is not."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    answer: Answer = Undecided(TIMED_OUT)
    for guided, work in ATTEMPTS:
        left = None if ends_at is None else ends_at - time.monotonic()
        if left is not None and left <= LATE_SECONDS:
            return Undecided(TIMED_OUT)
        answer = _attempt(clauses, guided, work, left)
        if isinstance(answer, Reachable) or (
            isinstance(answer, Unreachable) and answer.invariant is not None
        ):
            return answer
    late = ends_at is not None and time.monotonic() > ends_at - LATE_SECONDS
    return Undecided(TIMED_OUT) if late else answer


def _attempt(clauses: Clauses, guided: bool, work: int, seconds: float | None) -> Answer:
    engine = z3.Fixedpoint()
    engine.set(
        **{
            "engine": "spacer",
            "spacer.random_seed": 0,
            "spacer.global": guided,
            "rlimit": work,
            # The relation stays the one that was given, so that what is said of it can be read.
            "xform.slice": False,
            "xform.inline_linear": False,
            "xform.inline_eager": False,
        }
    )
    if seconds is not None:
        engine.set(timeout=max(1, int(seconds * 1000)))
    question = _Question(engine, clauses)
    try:
        answer = engine.query(question.bad())
        if answer == z3.sat:
            return Reachable()
        if answer == z3.unknown:
            reason = _plain(engine.reason_unknown())
            if "keyboard" in reason:
                raise KeyboardInterrupt
            return Undecided(f"Spacer gave up: {reason}")
        cover = engine.get_cover_delta(-1, question.state)
    except z3.Z3Exception as failed:
        return Undecided(f"Spacer gave up: {_plain(failed.value)}")
    try:
        return Unreachable(_Reader(clauses.leaves).expression(cover))
    except NotReadable:
        return Unreachable(None)


def _plain(reason: object) -> str:
    return reason.decode() if isinstance(reason, bytes) else str(reason)


class _Question:
    """The clauses as rules of the solver."""

    def __init__(self, engine: Term, clauses: Clauses) -> None:
        self._engine = engine
        self._declared: dict[Expr, Term] = {}
        self._terms = Terms(self._leaf)
        before = [self._terms.term(leaf) for leaf in clauses.leaves]
        sorts = [term.sort() for term in before]
        self.state = z3.Function("state", *sorts, z3.BoolSort())
        self._bad = z3.Function("bad", z3.BoolSort())
        for relation in (self.state, self._bad):
            engine.register_relation(relation)
        known = [self._terms.term(fact) for fact in (*_ranges(clauses.leaves), *clauses.known)]
        here = (self.state(*before), *known)
        for rule in clauses.starts:
            self._add(self.state(*self._after(clauses, rule)), rule.body, ())
        for rule in clauses.rules:
            self._add(self.state(*self._after(clauses, rule)), rule.body, here)
        for formula in clauses.bad:
            self._add(self._bad(), formula, here)

    def bad(self) -> Term:
        return self._bad()

    def _leaf(self, leaf: Expr) -> Term:
        assert isinstance(leaf, Var | Param), "fresh stamps are inputs in a rule"
        name = leaf.name if isinstance(leaf, Var) else f"input {leaf.name}"
        term = constant(name, leaf.type)
        self._engine.declare_var(term)
        return term

    def _after(self, clauses: Clauses, rule: Rule) -> list[Term]:
        return [self._terms.term(rule.after.get(leaf, leaf)) for leaf in clauses.leaves]

    def _add(self, head: Term, body: Expr, here: Sequence[Term]) -> None:
        inputs = [leaf for leaf in variables(body) if isinstance(leaf, Param)]
        inputs.sort(key=lambda leaf: leaf.name)
        parts = [self._terms.term(part) for part in (body, *_ranges(inputs))]
        self._engine.rule(head, [*here, *parts])


def _ranges(leaves: Sequence[Expr]) -> Iterator[Expr]:
    """What the types say; by plain nodes, since the constructors take it for granted."""
    for leaf in leaves:
        if leaf.type == T.BOOL:
            continue
        low, high = bounds(leaf.type)
        if low is not None:
            yield negate(_less(leaf, _number(low, leaf.type)))
        if high is not None:
            yield negate(_less(_number(high, leaf.type), leaf))


def _less(left: Expr, right: Expr) -> Expr:
    return make(Less, left, right)


def _number(value: int, of: T.Type) -> Expr:
    return literal(value, of) if of == T.STAMP else integer(value)


# ---- reading -----------------------------------------------------------------------------------


class NotReadable(Exception):
    """The solver used a word that scalar expressions of a view do not have."""


class _Reader:
    """Terms of the solver as scalar expressions, made anew by the constructors that fold."""

    def __init__(self, leaves: Sequence[Expr]) -> None:
        self._leaves = leaves
        self._known: dict[int, Expr] = {}
        self._kept: list[Term] = []  # what identities in keys belong to

    def expression(self, term: Term) -> Expr:
        """Of a term over the places of the relation.  Invariants are shallow, so this is plain
        recursion."""
        key = term.get_id()
        if key not in self._known:
            self._kept.append(term)
            self._known[key] = self._read(term)
        return self._known[key]

    def _read(self, term: Term) -> Expr:
        if z3.is_var(term):
            return self._leaves[int(z3.get_var_index(term))]
        if z3.is_int_value(term):
            return integer(term.as_long())
        if not z3.is_app(term):
            raise NotReadable(str(term))
        parts = [self.expression(child) for child in term.children()]
        return _combined(term.decl().kind(), parts)


def _combined(kind: int, parts: list[Expr]) -> Expr:
    match kind, parts:
        case z3.Z3_OP_TRUE, []:
            return TRUE
        case z3.Z3_OP_FALSE, []:
            return FALSE
        case z3.Z3_OP_NOT, [one]:
            return negate(one)
        case z3.Z3_OP_AND, _:
            return conjunction(parts)
        case z3.Z3_OP_OR, _:
            return disjunction(parts)
        case z3.Z3_OP_IMPLIES, [one, other]:
            return disjunction((negate(one), other))
        case (z3.Z3_OP_EQ, [one, other]) | (z3.Z3_OP_IFF, [one, other]):
            return _said("same", one, other)
        case z3.Z3_OP_XOR, [one, other]:
            return negate(same(one, other))
        case z3.Z3_OP_DISTINCT, [one, other]:
            return negate(_said("same", one, other))
        case z3.Z3_OP_LT, [one, other]:
            return _said("below", one, other)
        case z3.Z3_OP_GT, [one, other]:
            return _said("below", other, one)
        case z3.Z3_OP_LE, [one, other]:
            return negate(_said("below", other, one))
        case z3.Z3_OP_GE, [one, other]:
            return negate(_said("below", one, other))
        case z3.Z3_OP_ITE, [condition, one, other]:
            return choose(condition, one, other)
        case z3.Z3_OP_ADD, _:
            return reduce(plus, parts)
        case z3.Z3_OP_SUB, [one, *others]:
            return reduce(lambda a, b: arithmetic("-", a, b, T.INTEGER), others, one)
        case z3.Z3_OP_UMINUS, [one]:
            return arithmetic("-", integer(0), one, T.INTEGER)
        case z3.Z3_OP_MUL, [one, other] if isinstance(one, Literal) or isinstance(other, Literal):
            return arithmetic("*", one, other, T.INTEGER)
        case ((z3.Z3_OP_IDIV | z3.Z3_OP_MOD), [one, other]):
            return _divided("/" if kind == z3.Z3_OP_IDIV else "%", one, other)
        case _:
            raise NotReadable(f"kind {kind}")


def _divided(op: str, one: Expr, divisor: Expr) -> Expr:
    """By a positive constant the solver rounds as MDL does."""
    if not (isinstance(divisor, Literal) and isinstance(divisor.value, int)):
        raise NotReadable("a division by what is not known")
    if divisor.value <= 0:
        raise NotReadable("a division by a number that is not positive")
    return arithmetic(op, one, divisor, T.INTEGER)


def _said(how: str, left: Expr, right: Expr) -> Expr:
    """A comparison in the words of the language: there is no arithmetic with values of an
    enumeration, on a circle or with stamps, though for the solver they are numbers."""
    if left.type == T.BOOL:
        return same(left, right)
    sides = (left, right)
    leaves = sorted({leaf for side in sides for leaf in variables(side)}, key=text)
    if all(isinstance(leaf.type, T.Int | T.Bool) for leaf in leaves):
        return (same if how == "same" else below)(left, right)
    if any(leaf.type == T.STAMP for leaf in leaves):
        return _stamps(how, left, right)
    return _written_out(how, left, right, leaves)


def _written_out(how: str, left: Expr, right: Expr, leaves: list[Expr]) -> Expr:
    ranges = [_values(leaf) for leaf in leaves]
    cases = 1
    for values in ranges:
        cases *= len(values)
    if cases > CASES_MAX:
        raise NotReadable("a comparison of values of which there are many")
    found = []
    for chosen in product(*ranges):
        put_in: dict[Expr, Expr] = {
            leaf: integer(v) for leaf, v in zip(leaves, chosen, strict=True)
        }
        one, other = (substituted(side, put_in, {}) for side in (left, right))
        if (same if how == "same" else below)(one, other) is TRUE:
            found.append(conjunction(same(leaf, v) for leaf, v in put_in.items()))
    return disjunction(found)


def _values(leaf: Expr) -> range:
    if leaf.type == T.BOOL:
        raise NotReadable("a truth among numbers")
    low, high = bounds(leaf.type)
    if low is None or high is None or high - low >= CASES_MAX:
        raise NotReadable("a comparison of values of which there are many")
    return range(low, high + 1)


def _stamps(how: str, left: Expr, right: Expr) -> Expr:
    """Of stamps only the order can be said, and whether there is one (0 is none)."""
    terms, distance = added(sum_of(left), sum_of(right), -1)  # left - right
    positive = [leaf for leaf, n in terms.items() if n == 1]
    negative = [leaf for leaf, n in terms.items() if n == -1]
    if len(positive) + len(negative) != len(terms) or max(len(positive), len(negative)) > 1:
        raise NotReadable("a sum of stamps")
    zero = literal(0, T.STAMP)
    one, other = (side[0] if side else zero for side in (positive, negative))
    if one.type != T.STAMP or other.type != T.STAMP:
        raise NotReadable("a stamp among numbers")
    match how, distance:
        case "same", 0:
            return same(one, other)
        case "below", 0:
            return below(one, other)
        case "below", -1:
            return negate(below(other, one))
        case _:
            raise NotReadable("a distance between stamps")
