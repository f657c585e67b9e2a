"""Text in lines of so many columns, also where a character takes two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.viewers.legible import broken, columns


def test_wide_characters_take_two_columns() -> None:
    assert columns("漢字 in text") == 12
    assert broken("漢字漢字漢字 end", 8) == ["漢字漢字", "漢字 end"]
    assert broken("a long-winded word", 8, "", "  ", breaking=False) == [
        "a",
        "  long-winded",
        "  word",
    ]


@given(st.text(alphabet="ab 漢字", max_size=60), st.integers(6, 30))
def test_no_line_is_too_long_and_nothing_is_lost(text: str, width: int) -> None:
    lines = broken(text, width, "", "  ")
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
