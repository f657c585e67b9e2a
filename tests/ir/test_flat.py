"""Structures as rows and back."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum

import pytest

from tests.ir.test_semantics import VALUES
from verifier.ir import types as T
from verifier.ir.build import TRUE
from verifier.ir.expr import (
    EXPR_KINDS,
    And,
    Deliverable,
    Expr,
    Filter,
    Fresh,
    Literal,
    LiveStamps,
    Next,
    Not,
    Param,
    Quantified,
    Var,
    children,
    make,
    parts,
    walk,
)
from verifier.ir.flat import flatten, restored

CHANNEL = T.Channel(
    T.Message((T.Record("M", (("sender", T.BOOL), ("receiver", T.BOOL))),)), True, 2
)
MESSAGE = make(Param, "m", CHANNEL.message)
EXPRESSIONS = (
    *(expr for expr, _ in VALUES),
    make(Var, "x", T.BOOL),
    make(Next, "x", T.BOOL),
    MESSAGE,
    make(Fresh, make(LiveStamps, T.INTEGER), 1),
    make(Deliverable, make(Var, "c", CHANNEL), MESSAGE, TRUE, T.List(CHANNEL.message, 2)),
)
KINDS = (
    *EXPR_KINDS, T.Bool, T.Int, T.Mod, T.Enum, T.Stamp, T.Record, T.Optional, T.Map, T.Set, T.List,
    T.Message, T.Channel,
)  # fmt: skip


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Pair:
    left: object
    right: object = field(default=None, compare=False)


def there_and_back(whole: object) -> object:
    return restored(flatten(whole, (*KINDS, Colour, Pair)), (*KINDS, Colour, Pair))


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=lambda expr: type(expr).__name__)
def test_an_expression_comes_back_as_itself(expr: Expr) -> None:
    assert there_and_back(expr) is expr


def test_every_kind_is_tried() -> None:
    nodes = list(walk(*EXPRESSIONS))
    assert {type(node) for node in nodes} == set(EXPR_KINDS)
    for node in nodes:
        assert make(type(node), *parts(node)) is node
        assert children(node) == tuple(_children(node)), "as the fields of its kind say"


def _children(expr: Expr) -> list[Expr]:
    found: list[Expr] = []
    binder = isinstance(expr, Filter | Quantified | Deliverable)
    for entry in fields(expr):
        part = getattr(expr, entry.name)
        inner = part if isinstance(part, tuple) else (part,)
        if not (binder and entry.name == "variable"):
            found += [item for item in inner if isinstance(item, EXPR_KINDS)]
    return found


def test_plain_values_stay_what_they_are() -> None:
    whole = (
        True,
        1,
        False,
        0,
        None,
        "",
        "1",
        -1,
        10**30,
        (True, 1),
        (1, True),
        (),
        {"a": 1, 2: ()},
    )
    found = there_and_back(whole)
    assert repr(found) == repr(whole), "True equals 1, and is shown as what it is"
    assert there_and_back(make(Literal, (1,), T.Set(T.BOOL))) is not there_and_back(
        make(Literal, (1,), T.Set(T.Int(0, 1)))
    )


def test_what_equality_leaves_out_is_kept() -> None:
    found = there_and_back((Pair(1, "here"), Pair(1, "there"), Colour.RED))
    assert found == (Pair(1), Pair(1), Colour.RED)
    assert isinstance(found, tuple)
    assert [pair.right for pair in found[:2]] == ["here", "there"]


def test_what_is_shared_is_written_once() -> None:
    expr: Expr = make(Var, "x", T.BOOL)
    for index in range(200):  # as a tree it would have 2 ** 200 leaves
        expr = make(And, (expr, make(Not, expr), make(Var, f"y{index}", T.BOOL)))
    _, rows = flatten(expr, KINDS)
    assert len(rows) < 1000
    assert there_and_back(expr) is expr


def test_depth_does_not_matter() -> None:
    expr: Expr = make(Var, "x", T.BOOL)
    for _ in range(50_000):
        expr = make(Not, make(Not, expr))
    assert there_and_back((expr, expr)) == (expr, expr)


def test_what_is_no_part_of_a_model_is_our_mistake() -> None:
    for strange in ([1], 1.0, {1}, TRUE):
        with pytest.raises(AssertionError, match="no part of a model"):
            flatten((strange,), ())
