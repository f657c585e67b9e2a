"""Which types have infinitely many values."""

from __future__ import annotations

import pytest

from verifier.ir.finite import is_bounded, unbounded_variables
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
)

FROM_ONE = Int(1, None)
ENDS = (("sender", Enum("Node", ("n",))), ("receiver", Enum("Node", ("n",))))
PLAIN = Message((Record("Ping", ENDS),))
NUMBERED = Message((Record("Ping", ENDS), Record("Pong", (*ENDS, ("n", FROM_ONE)))))


@pytest.mark.parametrize(
    ("of", "bounded"),
    [
        (BOOL, True),
        (STAMP, True),
        (Int(-3, 3), True),
        (Mod(3), True),
        (INTEGER, False),
        (FROM_ONE, False),
        (Int(None, 1), False),
        (Set(Mod(3)), True),
        (Optional(FROM_ONE), False),
        (Map(BOOL, STAMP), True),
        (Map(BOOL, FROM_ONE), False),
        (List(BOOL, 3), True),
        (List(FROM_ONE, 3), False),
        (List(BOOL, None), False),
        (Record("R", (("x", BOOL), ("y", FROM_ONE))), False),
        (Channel(PLAIN, False, 3), True),
        (Channel(PLAIN, True, None), False),
        (Channel(NUMBERED, False, 3), False),
    ],
)
def test_bounds(of: Type, bounded: bool) -> None:
    assert is_bounded(of) == bounded
    variables = (Variable("first", BOOL), Variable("second", of))
    found = unbounded_variables(TransitionSystem("s", variables, (), ()))
    assert [v.name for v in found] == ([] if bounded else ["second"])
