"""The encoding says what `ir.semantics` says: random expressions on random values, by a solver."""

from __future__ import annotations

from typing import Any

import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.engines.drawn_expressions import Scope as Drawn
from tests.engines.drawn_expressions import expression, filled, types
from verifier.certificates import terms as t
from verifier.certificates.encode import scope
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.sorts import Sorts
from verifier.certificates.terms import Term, text
from verifier.certificates.values import Values
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import make
from verifier.ir.semantics import evaluate
from verifier.ir.stamps import stamps
from verifier.ir.system import TransitionSystem, Variable


def no_bag(_: T.Type) -> Term:
    raise AssertionError("no channel without a bound is drawn")


@st.composite
def cases(draw: Any) -> tuple[TransitionSystem, tuple[Any, ...], E.Expr]:
    kinds = [types(draw) for _ in range(draw(st.integers(1, 3)))]
    variables = tuple(Variable(f"v{n}", kind) for n, kind in enumerate(kinds))
    state = tuple(filled(draw, kind) for kind in kinds)
    leaves = tuple(make(E.Var, v.name, v.type) for v in variables)
    wanted = draw(st.sampled_from([*kinds, T.BOOL, T.BOOL, T.INTEGER]))
    expr = expression(Drawn(draw, leaves, (b.number(0),)), wanted, 4)
    return TransitionSystem("drawn", variables, (), ()), state, expr


def in_types(system: TransitionSystem, state: Any, expr: E.Expr) -> bool:
    return T.contains(expr.type, evaluate(system, expr, state, {}))


def difference(system: TransitionSystem, state: Any, expr: E.Expr) -> str:
    """The question whether the encoded value can be another one than the semantics gives."""
    sorts = Sorts()
    values = Values(sorts, no_bag)
    terms = {v.name: t.apply(v.name) for v in system.variables}
    newest = max(stamps(system, state), default=0)
    found = scope(values, terms, {}, lambda offset: t.integer(newest + offset)).value(expr)
    right = values.literal(expr.type, evaluate(system, expr, state, {}))
    given_values = [
        f"(declare-const {v.name} {sorts.of(v.type).name})\n"
        f"(assert (= {v.name} {text(values.literal(v.type, value))}))\n"
        f"(assert {text(values.typed(v.type, terms[v.name]))})"
        for v, value in zip(system.variables, state, strict=True)
    ]
    same = values.same(found, expr.type, right, expr.type)
    question = f"(push 1)(assert (not {text(same)}))(check-sat)(pop 1)(check-sat)"
    return "\n".join((*sorts.declarations(), *given_values, question))


@given(cases())
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_kind_of_expression(case: Any) -> None:
    system, state, expr = case
    try:
        script = difference(system, state, expr)
    except NotEncodable:
        assume(False)
    context = z3.Context()  # held: without a reference it is freed at once
    answer = z3.Z3_eval_smtlib2_string(context.ref(), script).split()
    assert answer == ["unsat", "sat"], f"{answer}\n{script}"
