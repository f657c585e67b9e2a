"""What the parser makes of a text, with every place."""

from __future__ import annotations

import pytest

from verifier.language import ast
from verifier.language.parser import parse_text
from verifier.source import Span


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("m.mdl", line, column, end_line, end_column)


def on(line: int, column: int, end_column: int) -> Span:
    return at(line, column, line, end_column)


def declared(text: str) -> ast.Declaration:
    (found,) = parse_text(text, "m.mdl").declarations
    return found


def spanned(node: object) -> str:
    """Everything, spans too, which equality leaves out."""
    return repr(node)


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
