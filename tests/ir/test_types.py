"""Values of types: which there are, which are well formed, and how they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED
from tests.engines.drawn_expressions import filled, types
from verifier.ir.stamps import canonical, holds_stamps, stamps
from verifier.ir.system import TransitionSystem, Variable
from verifier.ir.types import (
    BOOL,
    INTEGER,
    STAMP,
    Channel,
    Enum,
    Int,
    List,
    Map,
    Message,
    Mod,
    Optional,
    Record,
    Set,
    Type,
    Value,
    contains,
    default,
    in_order,
    scalar_range,
    show,
    values,
)

NODE = Enum("Node", ("m", "n", "o"))
ANCHOR = Enum("Anchor", ("n", "o"), 1)
PAIR = Record("Pair", (("x", Int(0, 1)), ("on", BOOL)))
ENDS = (("sender", NODE), ("receiver", NODE))
MESSAGE = Message((Record("Bye", ENDS), Record("Ping", (*ENDS, ("n", Int(2, 4))))))
BAG, FIFO = Channel(MESSAGE, False, 2), Channel(MESSAGE, True, 3)
BYE_MN, BYE_NM, PING = (0, 0, 1), (0, 1, 0), (1, 0, 1, 2)


@pytest.mark.parametrize(
    ("of", "listed"),
    [
        (BOOL, [False, True]),
        (Int(-1, 1), [-1, 0, 1]),
        (Mod(3), [0, 1, 2]),
        (ANCHOR, [1, 2]),
        (PAIR, [(0, False), (0, True), (1, False), (1, True)]),
        (Optional(ANCHOR), [(), (1,), (2,)]),
        (Map(ANCHOR, BOOL), [(False, False), (False, True), (True, False), (True, True)]),
        (Set(ANCHOR), [(), (1,), (2,), (1, 2)]),
        (List(ANCHOR, 2), [(), (1,), (2,), (1, 1), (1, 2), (2, 1), (2, 2)]),
    ],
)
def test_all_values_in_order(of: Type, listed: list[Value]) -> None:
    assert list(values(of)) == listed
    assert all(contains(of, value) for value in listed)


@pytest.mark.parametrize("of", [STAMP, INTEGER, BAG, MESSAGE])
def test_some_types_cannot_be_listed(of: Type) -> None:
    assert scalar_range(of) is None
    with pytest.raises(AssertionError, match="cannot be enumerated"):
        list(values(of))


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (BOOL, False),
        (Int(2, 5), 2),
        (Int(-5, -2), -2),
        (Int(-5, 5), 0),
        (INTEGER, 0),
        (Mod(4), 0),
        (STAMP, 0),
        (ANCHOR, 1),
        (PAIR, (0, False)),
        (Optional(BOOL), ()),
        (Map(ANCHOR, Int(1, 2)), (1, 1)),
        (Set(BOOL), ()),
        (List(BOOL, 1), ()),
        (MESSAGE, (0, 0, 0)),
        (BAG, ()),
    ],
)
def test_default_values(of: Type, value: Value) -> None:
    assert default(of) == value
    assert contains(of, value)


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (BOOL, 2),
        (BOOL, ()),
        (Int(0, 3), 4),
        (Int(0, 3), -1),
        (Mod(3), 3),
        (ANCHOR, 0),
        (STAMP, -1),
        (PAIR, (0,)),
        (PAIR, (2, True)),
        (PAIR, 0),
        (Optional(BOOL), (True, True)),
        (Optional(BOOL), (2,)),
        (Map(ANCHOR, BOOL), (True,)),
        (Map(ANCHOR, BOOL), (True, 2)),
        (Set(NODE), (1, 0)),
        (Set(NODE), (1, 1)),
        (Set(NODE), (3,)),
        (List(NODE, 2), (0, 0, 0)),
        (List(NODE, 2), (3,)),
        (MESSAGE, ()),
        (MESSAGE, (2, 0, 0)),
        (MESSAGE, (1, 0, 0, 5)),
        (MESSAGE, (0, 0, 0, 0)),
        (BAG, (BYE_MN,) * 3),
        (BAG, (PING, BYE_MN)),
        (FIFO, (BYE_NM, PING)),
        (FIFO, ((0, 0, 3),)),
    ],
)
def test_what_is_no_value(of: Type, value: Value) -> None:
    assert not contains(of, value)


def test_a_fifo_channel_is_sorted_by_link_only() -> None:
    assert contains(FIFO, (PING, BYE_MN, BYE_NM))
    assert contains(FIFO, (BYE_MN, PING, BYE_NM))
    assert contains(BAG, (BYE_MN, PING))


@pytest.mark.parametrize(
    ("of", "value", "shown"),
    [
        (BOOL, True, "true"),
        (Int(0, 9), 7, "7"),
        (Mod(4), 3, "3"),
        (STAMP, 2, "t2"),
        (ANCHOR, 2, "o"),
        (PAIR, (1, False), "Pair { x: 1, on: false }"),
        (Optional(BOOL), (), "none"),
        (Optional(BOOL), (True,), "true"),
        (Map(ANCHOR, BOOL), (True, False), "{ n: true, o: false }"),
        (Set(ANCHOR), (1, 2), "{n, o}"),
        (List(BOOL, 2), (True,), "[true]"),
        (MESSAGE, PING, "Ping { n: 2 }"),
        (BAG, (BYE_MN, PING), "[Bye, Ping { n: 2 }]"),
    ],
)
def test_values_are_shown_as_they_are_written(of: Type, value: Value, shown: str) -> None:
    assert show(of, value) == shown


def test_in_order() -> None:
    assert in_order({3, 1, 2}) == (1, 2, 3)
    assert in_order([(1, 0), (0, 5)]) == ((0, 5), (1, 0))


@settings(FIXED, max_examples=150)
@given(st.data())
def test_values_stay_values_when_their_stamps_are_renumbered(data: st.DataObject) -> None:
    of = types(data.draw)
    value = filled(data.draw, of)
    assert contains(of, value)
    system = TransitionSystem("one", (Variable("v", of),), (), (), stamp_gap=2)
    [renumbered] = canonical(system, (value,))
    assert contains(of, renumbered)
    count = len(stamps(system, (value,)))
    assert stamps(system, (renumbered,)) == [2 * rank for rank in range(1, count + 1)]
    if not holds_stamps(of):
        assert renumbered == value and count == 0
