"""Differences are told down to the part that differs, and no further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.ir.types import (
    BOOL,
    Enum,
    Int,
    List,
    Map,
    Optional,
    Record,
    Set,
    Type,
    Value,
    show,
)
from verifier.viewers.difference import differences

COLOUR = Enum("Colour", ("red", "green"))
SMALL = Int(0, 9)
ENTRY = Record("Entry", (("seen", BOOL), ("at", SMALL)))
TABLE = Map(COLOUR, Optional(ENTRY))


@pytest.mark.parametrize(
    ("of", "old", "new", "expected"),
    [
        (SMALL, 3, 3, []),
        (SMALL, 3, 4, [("x", "3", "4")]),
        (COLOUR, 0, 1, [("x", "red", "green")]),
        (ENTRY, (False, 3), (True, 3), [("x.seen", "false", "true")]),
        (ENTRY, (False, 3), (True, 4), [("x.seen", "false", "true"), ("x.at", "3", "4")]),
        (Map(COLOUR, SMALL), (1, 2), (1, 3), [("x[green]", "2", "3")]),
        (Map(Int(3, 4), SMALL), (1, 2), (5, 2), [("x[3]", "1", "5")]),
        (Map(BOOL, ENTRY), ((False, 1), (True, 1)), ((False, 1), (True, 2)),
         [("x[true].at", "1", "2")]),
        (TABLE, ((), ()), ((), ((True, 1),)),
         [("x[green]", "none", "Entry { seen: true, at: 1 }")]),
        (TABLE, (((True, 1),), ()), ((), ()), [("x[red]", "Entry { seen: true, at: 1 }", "none")]),
        (TABLE, (((True, 1),), ()), (((True, 2),), ()), [("x[red].at", "1", "2")]),
        (Optional(SMALL), (1,), (2,), [("x", "1", "2")]),
        (List(SMALL, 3), (1, 2), (1, 3), [("x", "[1, 2]", "[1, 3]")]),
        (Set(SMALL), (1,), (1, 2), [("x", "{1}", "{1, 2}")]),
    ],
)  # fmt: skip
def test_a_difference(
    of: Type, old: Value, new: Value, expected: list[tuple[str, str, str]]
) -> None:
    assert list(differences(of, old, new, "x")) == expected
    back = [(path, after, before) for path, before, after in expected]
    assert list(differences(of, new, old, "x")) == back


ENTRIES = st.tuples(st.booleans(), st.integers(0, 9))
TABLES = st.tuples(*(st.one_of(st.just(()), st.tuples(ENTRIES)) for _ in range(2)))


@given(TABLES, TABLES)
def test_equal_values_and_no_others_have_no_difference(old: Value, new: Value) -> None:
    found = list(differences(TABLE, old, new, ""))
    assert (found == []) == (old == new)
    assert all(before != after for _, before, after in found)
    assert len({path for path, _, _ in found}) == len(found)
    assert show(TABLE, old) != show(TABLE, new) or old == new
