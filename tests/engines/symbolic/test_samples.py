"""Columns of samples say of each row what the expression says of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.symbolic.test_flatten import computed
from verifier.engines.symbolic import scalars as s
from verifier.engines.symbolic.samples import column
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make

LEAVES = [make(E.Var, name, T.Int(-9, 9)) for name in ("x", "y")]
ROWS = [(x, y) for x in range(-9, 10) for y in (-9, -4, -1, 0, 1, 3, 9)]
COLUMNS = {leaf: np.array([row[k] for row in ROWS]) for k, leaf in enumerate(LEAVES)}


def numbers(draw: Any, depth: int) -> Expr:
    """A number as the prover writes it: with the constructors that fold."""
    kind = draw(st.sampled_from(["leaf", "sum", "times", "wrapped", "divided", "rest", "case"]))
    if depth == 0 or kind == "leaf":
        return draw(st.sampled_from([*LEAVES, s.integer(draw(st.integers(-5, 5)))]))
    one, two = numbers(draw, depth - 1), numbers(draw, depth - 1)
    known = s.integer(draw(st.sampled_from([-3, 1, 2, 4])))
    match kind:
        case "sum":
            return s.arithmetic(draw(st.sampled_from("+-")), one, two, T.INTEGER)
        case "times":
            return s.arithmetic("*", one, known, T.INTEGER)
        case "wrapped":
            return s.arithmetic(draw(st.sampled_from("+-")), one, two, T.Mod(4))
        case "divided":
            return s.arithmetic("/", one, known, T.INTEGER)
        case "rest":
            return s.arithmetic("%", one, known, T.INTEGER)
        case _:
            return s.choose(truths(draw, depth - 1), one, two)


def truths(draw: Any, depth: int) -> Expr:
    one, two = numbers(draw, depth), numbers(draw, depth)
    said = draw(st.sampled_from([s.same, s.below]))(one, two)
    return b.negate(said) if draw(st.booleans()) else said


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_columns(data: Any) -> None:
    expr = truths(data.draw, 3)
    found = np.broadcast_to(column(expr, COLUMNS), (len(ROWS),))
    for row, said in zip(ROWS, found, strict=True):
        values = dict(zip(LEAVES, row, strict=True))
        assert bool(said) == bool(computed(expr, values.__getitem__)), (expr, row)
