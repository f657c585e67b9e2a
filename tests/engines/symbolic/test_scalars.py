"""Sums of truths, compared with numbers."""

from __future__ import annotations

from itertools import product

import pytest

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


def test_a_sum_of_a_thousand_of_truths() -> None:
    many: list[Expr] = [make(Var, f"c{k}", T.BOOL) for k in range(1_200)]
    all_but_one = below(integer(1_198), total(many))
    assert decide(all_but_one, dict.fromkeys(many, 1)) == 1
    assert decide(all_but_one, {leaf: int(k > 1) for k, leaf in enumerate(many)}) == 0
