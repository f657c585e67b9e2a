"""Whatever the text: a model, or mistakes of the user with their places; never anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import lark
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark

from tests.language.test_automaton import outcome
from verifier.language import parser
from verifier.language.load import load
from verifier.language.model import ChoiceError
from verifier.language.parser import parse_text
from verifier.language.printer import format_text
from verifier.source import SourceError, underline

ROOT = Path(__file__).parents[2] / "models"
ALONE = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "classics").glob("*.mdl"))
    if "import" not in path.read_text(encoding="utf-8")
}
REJECTED = {
    path.stem: path.read_text(encoding="utf-8", errors="replace")
    for path in sorted((ROOT / "rejected").glob("*.mdl"))
}
NAMES = ("a", "b", "A", "B", "M", "running", "to", "size", "min", "head", "append", "newer")
TOKEN = re.compile(r'"[^"\n]*"|\w+|[:+-]=|[=!<>]=|\.\.|->|\?\?|\S')

MODEST = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
    database=None,
)


def survives(text: str | bytes, directory: Path) -> None:
    """Loads a text; mistakes must lie in it, and both ways to read it lead to the same."""
    if isinstance(text, str):
        assert outcome(text, quick=True) == outcome(text, quick=False)
    path = directory / "fuzz.mdl"
    content = text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogatepass")
    path.write_bytes(content)
    try:
        load(path, None, {})
    except SourceError as error:
        lines = content.count(b"\n") + 1
        for diagnostic in error.diagnostics:
            assert 1 <= diagnostic.span.line <= lines
            assert diagnostic.message and diagnostic.message[0] != " "
            assert underline(diagnostic, {}).startswith(f"error[{diagnostic.code}]: ")
    except ChoiceError:
        raise AssertionError("no settings were given") from None


def round_trip(text: str) -> None:
    """Laid out, a text means the same, and laid out again it stays."""
    try:
        tree = parse_text(text, "m.mdl")
    except SourceError:
        return
    shown = format_text(text, "m.mdl")
    assert parse_text(shown, "m.mdl") == tree
    assert format_text(shown, "m.mdl") == shown


# ---- sentences of the grammar ------------------------------------------------------------------


@cache
def grammar() -> lark.Lark:
    return lark.Lark(
        (Path(parser.__file__).parent / "grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        maybe_placeholders=False,
        start=["start", "declaration", "statement", "expr", "type"],
    )


def sentences(start: str) -> st.SearchStrategy[str]:
    """Texts derived from a rule; a blank ends every word, for the rules do not tell them apart."""
    special: dict[str, st.SearchStrategy[str]] = {
        "NAME": st.sampled_from(NAMES).map(lambda name: f"{name} "),
        "INTEGER": st.integers(0, 12).map(lambda number: f"{number} "),
        "STRING": st.sampled_from(('"x" ', '"y" ', '"no deadlock" ')),
        "FAIRNESS": st.just("weakly fair "),
        "COUNTED": st.just("states "),
        "_STEPS": st.just("steps "),
        "_STATES": st.just("states "),
        "_BRACE_FIELD": st.just("{ "),
        "WS": st.just(" "),
        "LINE_COMMENT": st.just("// c\n"),
        "BLOCK_COMMENT": st.just("/* c */"),
    }
    for terminal in grammar().terminals:
        if isinstance(terminal.pattern, lark.lexer.PatternStr):
            special[terminal.name] = st.just(f"{terminal.pattern.value} ")
        elif terminal.name not in special and terminal.pattern.value.endswith("\\b"):
            special[terminal.name] = st.just(terminal.pattern.value[:-2] + " ")
    terminals, _, _ = grammar().grammar.compile([start], ())
    used = {terminal.name for terminal in terminals}
    explicit = {name: texts for name, texts in special.items() if name in used}
    return from_lark(grammar(), start=start, explicit=explicit)


@MODEST
@given(sentences("start"))
def test_files(tmp_path: Path, text: str) -> None:
    survives(text, tmp_path)
    round_trip(text)


LEAVES = (*NAMES, "0", "7", "true", "none", "quiet", "self", "now()", "{}", "[]", "A.a", "room(to)")
SHAPES = (
    "({0})", "-{0}", "not {0}", "{0} + {1}", "{0} / {1}", "{0} | {1}", "{0} == {1}", "{0} < {1}",
    "{0} in {1}", "{0} not in {1}..{2}", "{0} and {1}", "{0} or {1}", "{0} implies {1}",
    "{0} ?? {1}", "{0}[{1}]", "({0}).a", "{{{0}, {1}}}", "[{0}]", "size({0})", "min({0}, {1})",
    "f({0})", "newer({0}, {1})", "if {0} then {1} else {2}", "let x = {0}; {1}", "old({0})",
    "all x in {0}: {1}", "exists x in {0}..{1}: {2}", "count(x in {0} where {1})",
    "append({0}, {1})", "set(x in {0} where {1})", "map(x in A: {0})", "in_flight(M(m) where {0})",
    "M {{ a: {0} }}", "now(skew {0})", "head({0})", "R {{ a: {0} }}",
)  # fmt: skip


def expressions() -> st.SearchStrategy[str]:
    """Expressions of every shape; the rules of the grammar alone hardly ever come to an end."""
    return st.recursive(
        st.sampled_from(LEAVES),
        lambda inner: st.builds(
            lambda shape, *parts: shape.format(*parts),
            st.sampled_from(SHAPES),
            inner,
            inner,
            inner,
        ),
        max_leaves=9,
    )


WORLD = """channel to { fifo }
message M { a: int 0..3 } via to
enum A { a, b }
record R { a: bool }
const B: int = 2
function f(x: int): int = x + 1
"""


@settings(MODEST, max_examples=200)
@given(expressions(), st.sampled_from(("const c = ", 'invariant "x": ', 'step "x": ')))
def test_expressions(tmp_path: Path, expression: str, place: str) -> None:
    text = f"{WORLD}world {{ var running: set of A }}\n{place}{expression}"
    survives(text, tmp_path)
    round_trip(text)


@settings(MODEST, max_examples=200)
@given(expressions(), expressions(), st.sampled_from(("x", "x.a", "s[0]", "y[b]", "l")))
def test_expressions_in_code(tmp_path: Path, guard: str, value: str, target: str) -> None:
    text = f"""{WORLD}
node B(b: A) {{
  var x: R
  var y: map A to int 0..3
  var s: set of A
  var l: list of int 0..3 at most 2
  var running: stamp?
  on M(m) from to: B when {guard} {{ {target} := {value} }}
  action size when {guard} {{ send M {{ a: {value} }} to self }}
}}
instance a: B(a)
"""
    survives(text, tmp_path)
    round_trip(text)


@settings(MODEST, max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.lists(sentences("statement"), max_size=4))
def test_statements(tmp_path: Path, statements: list[str]) -> None:
    text = (
        f"{WORLD}node B {{ var size: A  var min: map A to int 0..3  timer running\n"
        f"on timeout running {{ }}  on M(m) {{ {' '.join(statements)} }} }}\ninstance b: B\n"
    )
    survives(text, tmp_path)
    round_trip(text)


@MODEST
@given(sentences("type"))
def test_types(tmp_path: Path, text: str) -> None:
    before = "enum A { a, b }\nrecord M { a: bool }\nconst B: int = 2\nworld { var x: "
    survives(f"{before}{text} }}", tmp_path)
    round_trip(f"{before}{text} }}")


# ---- models with mistakes ----------------------------------------------------------------------


def changed_tokens(draw: Callable[[st.SearchStrategy[int]], int], text: str, pool: str) -> str:
    """Some tokens left out, doubled, exchanged, or replaced by tokens of another model."""
    tokens = list(TOKEN.finditer(text))
    others = TOKEN.findall(pool)
    pieces = list(text)
    for _ in range(draw(st.integers(1, 3))):
        token = tokens[draw(st.integers(0, len(tokens) - 1))]
        other = tokens[draw(st.integers(0, len(tokens) - 1))]
        new = (
            "",
            f"{token[0]} {token[0]}",
            other[0],
            others[draw(st.integers(0, len(others) - 1))],
            draw(st.integers(0, 99)),
        )[draw(st.integers(0, 4))]
        pieces[token.start()] = f"{new} "
        for index in range(token.start() + 1, token.end()):
            pieces[index] = ""
    return "".join(pieces)


@MODEST
@given(st.data(), st.sampled_from(sorted(ALONE)), st.sampled_from(sorted(ALONE)))
def test_changed_tokens(tmp_path: Path, data: st.DataObject, name: str, other: str) -> None:
    text = changed_tokens(data.draw, ALONE[name], ALONE[other])
    survives(text, tmp_path)
    round_trip(text)


@MODEST
@given(st.data(), st.sampled_from(sorted(REJECTED)))
def test_changed_tokens_of_what_is_wrong(tmp_path: Path, data: st.DataObject, name: str) -> None:
    text = changed_tokens(data.draw, REJECTED[name], ALONE["peterson"])
    survives(text, tmp_path)
    round_trip(text)


@MODEST
@given(st.data(), st.sampled_from(sorted(ALONE)))
def test_changed_lines(tmp_path: Path, data: st.DataObject, name: str) -> None:
    lines = ALONE[name].split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.integers(0, 2)):
            case 0:
                lines[at : at + 1] = []
            case 1:
                lines.insert(at, lines[data.draw(st.integers(0, len(lines) - 1))])
            case _:
                lines = lines[: at + 1]
        lines = lines or [""]
    survives("\n".join(lines), tmp_path)
    round_trip("\n".join(lines))


@MODEST
@given(st.data(), st.sampled_from(sorted(ALONE)))
def test_changed_bytes(tmp_path: Path, data: st.DataObject, name: str) -> None:
    content = bytearray(ALONE[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    survives(bytes(content), tmp_path)


@MODEST
@given(st.one_of(st.text(), st.binary(), st.text(alphabet='{}()[]"/*:=@.,;\n ab1')))
def test_any_text(tmp_path: Path, text: str | bytes) -> None:
    survives(text, tmp_path)
