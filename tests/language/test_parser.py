"""What the parser makes of a text, with every place, and what it says of a text that is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier.language import ast, parser
from verifier.language.parser import MAX_MISTAKES, parse_file, parse_text
from verifier.language.syntax import store
from verifier.language.syntax.reading import MAX_BYTES
from verifier.source import SourceError, Span


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("m.mdl", line, column, end_line, end_column)


def on(line: int, column: int, end_column: int) -> Span:
    return at(line, column, line, end_column)


def mistakes(text: str) -> list[tuple[str, str, str]]:
    """Where, what and the hint of every mistake."""
    with pytest.raises(SourceError) as error:
        parse_text(text, "m.mdl")
    return [
        (f"{d.span.line}:{d.span.column}-{d.span.end_column}", d.message, d.hint or d.cause)
        for d in error.value.diagnostics
    ]


def declared(text: str) -> ast.Declaration:
    (found,) = parse_text(text, "m.mdl").declarations
    return found


def spanned(node: object) -> str:
    """Everything, spans too, which equality leaves out."""
    return repr(node)


# ---- trees -------------------------------------------------------------------------------------


def test_an_enumeration_with_all_its_places() -> None:
    expected = ast.EnumDecl(
        ast.Ident("Mode", on(2, 6, 10)),
        (ast.Ident("a", on(2, 13, 14)), ast.Ident("running", on(3, 3, 10))),
        at(2, 1, 3, 13),
    )
    assert spanned(declared("\nenum Mode { a,\n  running, }")) == spanned(expected)


def test_a_handler_with_all_its_places() -> None:
    text = (
        "node N @ \"a\" 'b'\n".replace(" 'b'", "") + "{\n"
        '  weakly  fair on M(m) from s: T when m.x @ "r1" "r2" {\n'
        "    x[1].y := m.x;\n"
        "    if x { stop t } else if y { }\n"
        "  }\n"
        "}"
    )
    x = ast.Select(ast.Name("m", on(3, 39, 40)), ast.Ident("x", on(3, 41, 42)), on(3, 39, 42))
    place = ast.Select(
        ast.Index(ast.Name("x", on(4, 5, 6)), ast.Integer(1, on(4, 7, 8)), on(4, 5, 9)),
        ast.Ident("y", on(4, 10, 11)),
        on(4, 5, 11),
    )
    value = ast.Select(ast.Name("m", on(4, 15, 16)), ast.Ident("x", on(4, 17, 18)), on(4, 15, 18))
    inner = ast.IfStatement(ast.Name("y", on(5, 29, 30)), (), None, on(5, 26, 34))
    stop = ast.TimerStatement("stop", ast.Ident("t", on(5, 17, 18)), on(5, 12, 18))
    handler = ast.Handler(
        ast.Pattern(
            ast.Ident("M", on(3, 19, 20)),
            ast.Ident("m", on(3, 21, 22)),
            ast.Ident("s", on(3, 29, 30)),
            ast.Ident("T", on(3, 32, 33)),
            on(3, 19, 33),
        ),
        x,
        "weakly fair",
        (ast.Requirement("r1", on(3, 45, 49)), ast.Requirement("r2", on(3, 50, 54))),
        (
            ast.Assign(place, ":=", value, on(4, 5, 18)),
            ast.IfStatement(ast.Name("x", on(5, 8, 9)), (stop,), (inner,), on(5, 5, 34)),
        ),
        at(3, 3, 6, 4),
    )
    expected = ast.NodeDecl(
        ast.Ident("N", on(1, 6, 7)),
        (),
        (ast.Requirement("a", on(1, 10, 13)),),
        (handler,),
        at(1, 1, 7, 2),
    )
    assert spanned(declared(text)) == spanned(expected)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("M", ("M", None, None, None)),
        ("M(m)", ("M", "m", None, None)),
        ("M from s", ("M", None, "s", None)),
        ("M from s: T", ("M", None, "s", "T")),
        ("M(m) from s: T", ("M", "m", "s", "T")),
    ],
)
def test_the_parts_of_a_pattern(pattern: str, names: tuple[str | None, ...]) -> None:
    node = declared(f"node N {{ on {pattern} {{ }} }}")
    assert isinstance(node, ast.NodeDecl)
    (handler,) = node.members
    assert isinstance(handler, ast.Handler)
    found = handler.pattern
    parts = (found.message, found.variable, found.sender, found.sender_type)
    assert tuple(None if part is None else part.text for part in parts) == names


@pytest.mark.parametrize(
    ("event", "target", "member", "variables"),
    [
        ("a", "a", None, []),
        ("a(x)", "a", None, ["x"]),
        ("a.b", "a", "b", []),
        ("a[1].b(x, y)", "a", "b", ["x", "y"]),
    ],
)
def test_the_parts_of_an_event(
    event: str, target: str, member: str | None, variables: list[str]
) -> None:
    step = declared(f'step "s": on {event} where true: true')
    assert isinstance(step, ast.StepDecl)
    (found,) = step.events
    assert found.target.name.text == target
    assert (found.target.index is not None) == ("[" in event)
    assert (None if found.member is None else found.member.text) == member
    assert [variable.text for variable in found.variables] == variables
    assert found.condition == ast.Truth(True, on(1, 1, 1))


@pytest.mark.parametrize(
    ("item", "steps", "states"),
    [
        ('violated "p"', None, None),
        ('violated "p" in 1 step', 1, None),
        ('violated "p" at 2 states', None, 2),
        ('violated "p" in 3 steps at 4 states', 3, 4),
        ('holds "p" in 5 steps', 5, None),
        ('unknown "p"', None, None),
    ],
)
def test_what_is_expected(item: str, steps: int | None, states: int | None) -> None:
    found = declared(f"expect small with N = 1: states 7, {item}")
    assert isinstance(found, ast.Expect)
    assert found.variant is not None and found.variant.text == "small"
    assert found.items == (
        ast.ExpectCount("states", 7, on(1, 1, 1)),
        ast.ExpectVerdict(item.split()[0], "p", steps, states, on(1, 1, 1)),
    )


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("a or b and c", "(a or (b and c))"),
        ("not a and b", "((not a) and b)"),
        ("not a == b", "(not (a == b))"),
        ("a implies b implies c", "(a implies (b implies c))"),
        ("a - b - c * d", "((a - b) - (c * d))"),
        ("a ?? b ?? c + d", "((a ?? b) ?? (c + d))"),
        ("- a.b[c]", "(- a.b[c])"),
        ("a | b & c", "(a | (b & c))"),
        ("a not in b", "(a not in b)"),
        ("a + 1 in b", "((a + 1) in b)"),
        ("a in b + 1..c", "(a in (b + 1)..c)"),
        ("a not in 1..2 and b", "((a not in 1..2) and b)"),
        ("all x in s: a and b", "(all x in s: (a and b))"),
        ("a and all x in 1..2: b or c", "(a and (all x in 1..2: (b or c)))"),
        ("if a then b else c + d", "(if a then b else (c + d))"),
        ("let x = a; x and b", "(let x = a; (x and b))"),
        ("(a or b) and c", "((a or b) and c)"),
    ],
)
def test_what_binds_how(text: str, shape: str) -> None:
    const = declared(f"const x = {text}")
    assert isinstance(const, ast.Const)
    assert _shape(const.value) == shape


def _shape(node: ast.Domain) -> str:
    match node:
        case ast.Name(text):
            return text
        case ast.Integer(value):
            return str(value)
        case ast.Select(target, member):
            return f"{_shape(target)}.{member.text}"
        case ast.Index(target, index):
            return f"{_shape(target)}[{_shape(index)}]"
        case ast.Unary(op, operand):
            return f"({op} {_shape(operand)})"
        case ast.Binary(op, left, right):
            return f"({_shape(left)} {op} {_shape(right)})"
        case ast.InRange(negated, item, low, high):
            op = "not in" if negated else "in"
            return f"({_shape(item)} {op} {_shape(low)}..{_shape(high)})"
        case ast.RangeDomain(low, high):
            return f"{_shape(low)}..{_shape(high)}"
        case ast.Quantifier(kind, variable, domain, body):
            assert body is not None
            return f"({kind} {variable.text} in {_shape(domain)}: {_shape(body)})"
        case ast.Conditional(condition, then, otherwise):
            return f"(if {_shape(condition)} then {_shape(then)} else {_shape(otherwise)})"
        case ast.Let(name, value, body):
            return f"(let {name.text} = {_shape(value)}; {_shape(body)})"
        case _:
            raise AssertionError(node)


def test_a_question_mark_belongs_to_the_nearest_type() -> None:
    found = declared("type T = map bool to set of bool?")
    here = on(1, 1, 1)
    assert found == ast.TypeDecl(
        ast.Ident("T", here),
        ast.MapType(
            ast.BoolType(here), ast.OptionalType(ast.SetType(ast.BoolType(here), here), here), here
        ),
        here,
    )


def test_a_block_is_no_record() -> None:
    found = declared("node N { action a { if done { x := 1 } if R { x: 1 } == r { } } }")
    assert isinstance(found, ast.NodeDecl)
    (action,) = found.members
    assert isinstance(action, ast.ActionDecl)
    first, second = action.body
    assert isinstance(first, ast.IfStatement) and isinstance(second, ast.IfStatement)
    assert first.condition == ast.Name("done", on(1, 1, 1))
    assert isinstance(second.condition, ast.Binary)
    assert isinstance(second.condition.left, ast.RecordValue)


def test_a_sender_may_be_named() -> None:
    found = declared("environment action a { send M { x: 1 } from b to c }")
    assert isinstance(found, ast.ActionDecl)
    (send,) = found.body
    here = on(1, 1, 1)
    value = ast.FieldValue(ast.Ident("x", here), ast.Integer(1, here), here)
    assert send == ast.Send(
        ast.Ident("M", here), (value,), ast.Name("c", here), here, sender=ast.Name("b", here)
    )


def test_comments_with_all_their_places() -> None:
    text = '/// a\nmodel m // b\n  /* c\n d */ const x = 1 /* e */ + 2 // f "g\nimport "//h"'
    assert spanned(parse_text(text, "m.mdl").comments) == spanned(
        (
            ast.Comment("/// a", on(1, 1, 6), True),
            ast.Comment("// b", on(2, 9, 13), False),
            ast.Comment("/* c\n d */", at(3, 3, 4, 6), True),
            ast.Comment("/* e */", on(4, 19, 26), False),
            ast.Comment('// f "g', on(4, 31, 38), False),
        )
    )


def test_an_empty_file() -> None:
    for text in ("", "\n", "// nothing\n", "/* nothing */"):
        assert parse_text(text, "m.mdl").declarations == ()


# ---- texts that are not sentences --------------------------------------------------------------


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


# ---- files -------------------------------------------------------------------------------------


def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "m.mdl"
    path.write_bytes(b"\xef\xbb\xbfmodel m\r\n\r\n\tconst x = 1 // a\r\n")
    found = parse_file(path)
    assert found == parse_text("model m\nconst x = 1", path.as_posix())
    assert found.declarations[0].span == Span(path.as_posix(), 3, 2, 3, 13)
    assert found.comments[0].text == "// a"


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"const a = 1\nconst b\xff = 2", "M002", 2, 8),
        ("// ä".encode() + b"\xc3", "M002", 1, 5),
        (b"const a = 1\0", "M002", 1, 12),
        (b" " * (MAX_BYTES + 1), "M003", 1, 1),
    ],
)
def test_a_file_that_is_no_text(
    content: bytes, code: str, line: int, column: int, tmp_path: Path
) -> None:
    path = tmp_path / "m.mdl"
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        parse_file(path)
    (found,) = error.value.diagnostics
    assert (found.code, found.span.line, found.span.column) == (code, line, column)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.mdl"):
        with pytest.raises(SourceError) as error:
            parse_file(path)
        (found,) = error.value.diagnostics
        assert found.code == "M002"
        assert found.message.startswith("the file cannot be read: ")


# ---- the tables of the parser are kept ---------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(parser, "_lark", parser._lark.__wrapped__)
    return tmp_path / "mdl-verifier"


def test_kept_tables_parse_as_new_ones_do(cache: Path) -> None:
    text = "node N { action a when set(x in {1, 2} where x in 0..3) == {} { start t } }"
    made = parse_text(text, "m.mdl")
    (kept,) = cache.iterdir()
    before = kept.stat().st_ino
    assert spanned(parse_text(text, "m.mdl")) == spanned(made)
    assert kept.stat().st_ino == before
    with pytest.raises(SourceError):
        parse_text("const all = 1", "m.mdl")


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "directory"])
def test_damaged_tables_are_made_again(damage: str, cache: Path) -> None:
    parse_text("const x = 1", "m.mdl")
    (kept,) = cache.iterdir()
    content = kept.read_bytes()
    match damage:
        case "empty":
            kept.write_bytes(b"")
        case "cut":
            kept.write_bytes(content[:-100])
        case "changed":
            kept.write_bytes(content[:5000] + b"\xff" + content[5001:])
        case _:
            kept.unlink()
            kept.mkdir()
    assert len(parse_text("const x = 1", "m.mdl").declarations) == 1
    if damage != "directory":
        before = kept.stat().st_ino
        assert len(parse_text("const x = 1", "m.mdl").declarations) == 1
        assert kept.stat().st_ino == before
    assert [path.name for path in cache.iterdir()] == [kept.name]


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path) -> None:
    cache.parent.joinpath("mdl-verifier").write_text("in the way", encoding="utf-8")
    assert len(parse_text("const x = 1", "m.mdl").declarations) == 1
    assert cache.read_text(encoding="utf-8") == "in the way"


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert store.directory() is None
    store.keep("key", {})
    assert store.recall("key") is None
