"""What the parser says of a text that is no sentence of the grammar, and the limits it keeps."""

from __future__ import annotations

import pytest

from verifier.language.parser import MAX_MISTAKES, parse_text
from verifier.language.syntax.reading import MAX_BYTES
from verifier.source import SourceError


def mistakes(text: str) -> list[tuple[str, str, str]]:
    """Where, what and the hint of every mistake."""
    with pytest.raises(SourceError) as error:
        parse_text(text, "m.mdl")
    return [
        (f"{d.span.line}:{d.span.column}-{d.span.end_column}", d.message, d.hint or d.cause)
        for d in error.value.diagnostics
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "const x = (1 + 2",
            ("1:17-18", "expected an operator or ')', found the end of the file", ""),
        ),
        ("node N { var x }", ("1:16-17", "expected ':', found '}'", "")),
        ("enum A { a b }", ("1:12-13", "expected ',' or '}', found the name 'b'", "")),
        ("import foo", ("1:8-11", "expected a text in quotation marks, found the name 'foo'", "")),
        ("const x = ", ("1:10-11", "expected an expression, found the end of the file", "")),
        ("message M { x: }", ("1:16-17", "expected a type, found '}'", "")),
        (
            "channel c { fast }",
            ("1:13-17", "expected a property of the channel or '}', found the name 'fast'", ""),
        ),
        (
            "node N { action a { send M to } }",
            ("1:31-32", "expected an expression, found '}'", ""),
        ),
        (
            "node N { action a { x = 3 } }",
            (
                "1:23-24",
                "expected '+=', '-=' or ':=', found '='",
                "a statement assigns with ':='",
            ),
        ),
        (
            "const x := 4",
            (
                "1:9-11",
                "':=' does not fit here",
                "a declaration gives a value with '='; ':=' is for statements",
            ),
        ),
        (
            "const x == 4",
            ("1:9-11", "'==' does not fit here", "a value is given with '='; '==' compares"),
        ),
        (
            'invariant "a": x = 4',
            (
                "1:18-19",
                "expected a declaration, an operator or the end of the file, found '='",
                "values are compared with '=='",
            ),
        ),
        (
            'invariant "a": 1 < x < 3',
            (
                "1:22-23",
                "expected a declaration, an operator or the end of the file, found '<'",
                "comparisons do not chain: write 'a < b and b < c'",
            ),
        ),
        ('invariant "a": x && y', ("1:18-20", "'&&' does not fit here", "write 'and'")),
        ('invariant "a": x || y', ("1:18-20", "'||' does not fit here", "write 'or'")),
        (
            'invariant "a": !x',
            ("1:16-17", "expected an expression or 'when', found '!'", "write 'not'"),
        ),
        (
            "invariant 'a': x",
            (
                "1:11-12",
                'expected a text in quotation marks, found "\'"',
                "a text stands in double quotation marks",
            ),
        ),
        (
            'import "foo\nconst x = 1',
            (
                "1:8-9",
                "the text in quotation marks does not end on its line",
                "close it with '\"'",
            ),
        ),
        (
            "const x = 1 /* 2",
            (
                "1:13-15",
                "the comment does not end",
                "close it with '*/'; comments do not nest",
            ),
        ),
        (
            "const x = 1;",
            (
                "1:12-13",
                "expected a declaration, an operator or the end of the file, found ';'",
                "nothing ends with ';' here",
            ),
        ),
        (
            "const x = 1 }",
            (
                "1:13-14",
                "expected a declaration, an operator or the end of the file, found '}'",
                "no '{' is open here",
            ),
        ),
        (
            "record R { a b }",
            ("1:12-13", "expected '}', found the name 'a'", "a field is written 'name: type'"),
        ),
        (
            "node N { action a { while x { } } }",
            (
                "1:27-28",
                "expected '+=', '-=' or ':=', found the name 'x'",
                "no statement begins with 'while', so it is taken for a variable",
            ),
        ),
        (
            "const if = 1",
            (
                "1:7-9",
                "expected a name, found the keyword 'if'",
                "'if' is a keyword; choose another name",
            ),
        ),
        (
            "node A {\n  action a {\n    x := 1\n  on M { }\n}",
            ("4:3-5", "expected '}' before 'on'", "the '{' of line 2 is not closed"),
        ),
        (
            "node A {\n  action a {\n    x := y\n  }\nnode B { }",
            ("5:1-5", "expected '}' before 'node'", "the '{' of line 1 is not closed"),
        ),
        (
            "node A {\n  action a { }\n\n",
            (
                "2:15-16",
                "expected '}' before the end of the file",
                "the '{' of line 1 is not closed",
            ),
        ),
        (
            "const x = \nconst y = 1",
            ("2:1-6", "expected an expression, found 'const'", ""),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_words_of_the_language(text: str, expected: tuple[str, str, str]) -> None:
    (found,) = mistakes(text)
    assert found == expected


def test_the_mistakes_of_several_declarations_are_shown_at_once() -> None:
    text = "const a = = 1\nnode N {\n  var x bool\n}\nconst b = 2\nconst in = 3\nenum E { }\n"
    assert [where for where, _, _ in mistakes(text)] == ["1:11-12", "3:9-13", "6:7-9", "7:10-11"]


def test_there_is_an_end_to_mistakes() -> None:
    found = mistakes("const = 1\n" * 30)
    assert [where for where, _, _ in found] == [f"{line}:7-8" for line in range(1, 11)]
    assert len(found) == MAX_MISTAKES


def test_a_keyword_in_a_comment_or_in_a_block_is_no_place_to_go_on() -> None:
    text = "const = 1 /*\nconst = 2 */\n  // x\nnode N {\n  var x bool }"
    assert [where for where, _, _ in mistakes(text)] == ["1:7-8", "5:9-13"]


# ---- limits ------------------------------------------------------------------------------------


def test_nesting_has_a_limit() -> None:
    parse_text(f"const x = {'not ' * 98}true", "m.mdl")
    (found,) = mistakes(f"const x = {'not ' * 99}true")
    assert found[1] == "this is nested more than 100 levels deep"
    for deep in (
        "const x = " + " + ".join("1" * 5_000),
        "const x = " + "-" * 5_000 + "1",
        "const x = " + "(" * 5_000 + "1" + ")" * 5_000 + " + " + "-" * 200 + "1",
        "node N { action a { " + "if x { " * 5_000 + "} " * 5_000 + "} }",
        "node N { action a { " + "if x { } else " * 5_000 + "{ } } }",
    ):
        assert [text for _, text, _ in mistakes(deep)] == [found[1]]


def test_parentheses_alone_are_no_nesting() -> None:
    text = f"const x = {'(' * 1000}y{')' * 1000}"
    assert parse_text(text, "m.mdl") == parse_text("const x = y", "m.mdl")


def test_numbers_have_a_limit() -> None:
    parse_text(f"const x = {'9' * 18}", "m.mdl")
    assert mistakes(f"const x = {'9' * 19}\nexpect: states {'1' * 5000}") == [
        ("1:11-30", "a number has at most 18 digits, this one has 19", ""),
        ("2:16-5016", "a number has at most 18 digits, this one has 5000", ""),
    ]


def test_a_nul_and_the_size_of_a_text() -> None:
    assert mistakes("const a = 1\nconst \0 = 2") == [("2:7-8", "the text contains a NUL", "")]
    assert mistakes(" " * (MAX_BYTES + 1)) == [
        ("1:1-1", "the text has more than 1,000,000 characters", "")
    ]


def test_no_exponential_search_for_the_end_of_a_comment() -> None:
    assert (
        mistakes("record R { " + "// " * 5_000)[0][1] == "expected '}' before the end of the file"
    )
    assert (
        mistakes("record R { " + "/**/ " * 5_000 + "1")[0][1] == "expected '}', found the number 1"
    )
