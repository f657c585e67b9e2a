"""Sums of truths, compared with numbers."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.engines.symbolic.scalars import at_least, below, integer, total
from verifier.engines.symbolic.solver import decide
from verifier.ir import types as T
from verifier.ir.expr import Expr, Var, make

FIVE: list[Expr] = [make(Var, f"b{k}", T.BOOL) for k in range(5)]


@pytest.mark.parametrize("count", range(-1, 8))
def test_at_least(count: int) -> None:
    expr = at_least(count, FIVE)
    for values in product((0, 1), repeat=len(FIVE)):
        leaves = dict(zip(FIVE, values, strict=True))
        assert decide(expr, leaves) == (sum(values) >= count)


@given(st.integers(33, 80), st.sets(st.integers(0, 79), max_size=6), st.booleans(), st.data())
def test_at_least_of_many(size: int, places: set[int], there: bool, data: st.DataObject) -> None:
    """They are counted by halves; few, or all but few, are true, in one half or in both."""
    values = {make(Var, f"d{k}", T.BOOL): int((k in places) == there) for k in range(size)}
    held = sum(values.values())
    near = data.draw(st.integers(held - 1, held + 2))
    assert decide(at_least(near, list(values)), values) == (held >= near)


def test_a_sum_of_a_thousand_of_truths() -> None:
    many: list[Expr] = [make(Var, f"c{k}", T.BOOL) for k in range(1_200)]
    all_but_one = below(integer(1_198), total(many))
    assert decide(all_but_one, dict.fromkeys(many, 1)) == 1
    assert decide(all_but_one, {leaf: int(k > 1) for k, leaf in enumerate(many)}) == 0
