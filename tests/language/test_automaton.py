"""The quick way through a text: it is taken for all that is right, and it leads to the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.language import parser, reader
from verifier.language.syntax.automaton import automaton, branches
from verifier.language.syntax.lexis import Terminal, tokens_of
from verifier.language.syntax.tree import MAX_DEPTH, MAX_DIGITS
from verifier.source import SourceError

MODELS = Path(__file__).parents[2] / "models"
MACHINE = automaton(parser.tables())


def outcome(text: str, *, quick: bool) -> str:
    """The tree with all its places, or the mistakes."""
    try:
        return repr((reader if quick else parser).parse_text(text, "m.mdl"))
    except SourceError as error:
        return repr(error.diagnostics)


@pytest.mark.parametrize(
    "path", sorted(MODELS.rglob("*.mdl")), ids=lambda path: path.relative_to(MODELS).as_posix()
)
def test_models(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    assert outcome(text, quick=True) == outcome(text, quick=False)
    if path.parent.name != "rejected":
        assert branches(MACHINE, text, "m.mdl") is not None, "the library is not needed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t// nothing\n/* at\nall */\r\n",
        "model m // a\n/* b */ const\n  x /* c\n\n */ = /**/ 1",
        "const x = (((1)))\nconst y = ((1 + (2)) * (3))",
        "const x = -1 - -1 + - 1",
        "const x = 1..2",
        "const x: int 1..2 = 1",
        "node N { var x: int 1.. var y: map bool to int 1.. @ \"r\" action a { } }",
        "record R { x: int 0.., y: (int 1..)? } type T = list of int 0.. at most 3 const x = 1",
        "type T = int 0.. procedure p(x: int a..) { }",
        "type T = set of map int 0.. to int 0..to",
        "type T = int 0 .. 5 type S = int 0 .. type R = int 0..type",
        "type Q = int 0../**/ type P = int 0..",
        "type T = int 0.. 5.. type S = int 1",
        "invariant \"x\": a == {1, 2} and b in 1..2 and c not in {} and d.e[f] ?? 1 < 2",
        "lemma \"x\" @ \"r\": when a: b lemma \"y\": lemma.lemma",
        "node N { on M(m) weakly fair }",
        "node N { weakly\tfair on M(m) { } strongly  fair action weakly { } }",
        "node N { action a { start := 1 stop t start t } timer action }",
        "node N { action a when x { if x { y := 1 } else if z { } set := {} } }",
        "function map(set: int): set of map to int? = map(set in set: set(x in 1..2 where x))",
        "expect a: states 3, holds \"x\" in 1 step, violated \"y\" in 2 steps at 1 state",
        "expect states: states 3, depth 2",
        "expect with a = b: terminal 4",
        "flow \"f\": a -> b: M(m) where m.x do a.b(c) without d given e then f",
        "channel c { capacity 3 per link duplicates at most 2 fifo, }",
        "channel c { loses at most 2, lossy, duplicates when room }",
    ],
)  # fmt: skip
def test_texts(text: str) -> None:
    assert outcome(text, quick=True) == outcome(text, quick=False)


@pytest.mark.parametrize(
    "text", ["m", "ä", "\0", "1", '"', '"\n"', "/*", "*/", "{", "~", "$", "é="]
)
def test_anything_in_place_of_a_token(text: str) -> None:
    whole = (MODELS / "classics" / "peterson.mdl").read_text(encoding="utf-8")
    for found in list(re.finditer(r"\S+", whole))[::17]:
        changed = whole[: found.start()] + text + whole[found.end() :]
        assert outcome(changed, quick=True) == outcome(changed, quick=False)


def test_what_exceeds_a_limit_is_left_to_the_parser() -> None:
    def read(text: str) -> bool:
        return branches(MACHINE, text, "m.mdl") is not None

    assert read(f"const x = {'9' * MAX_DIGITS}")
    assert not read(f"const x = {'9' * (MAX_DIGITS + 1)}")
    assert read(f"const x = {'not ' * (MAX_DEPTH - 2)}true")
    assert not read(f"const x = {'not ' * (MAX_DEPTH - 1)}true")
    assert read("const x = 1" + " + 1" * (MAX_DEPTH - 2))
    assert not read("const x = 1" + " + 1" * (MAX_DEPTH - 1))
    assert read("const x = 1") and not read("const all = 1") and not read("const x = ")
    assert read("const x = 1" + " " * 100_000) and not read("const x = 1" + " " * 100_000 + "$")


def test_a_grammar_that_it_could_not_follow_is_refused() -> None:
    usual = [
        Terminal("NAME", "[a-z]+", False, 0),
        Terminal("INTEGER", "[0-9]+", False, 0),
        Terminal("STRING", '"[^"]*"', False, 0),
        Terminal("WS", r"\s", False, 0),
        Terminal("PLUS", "+", True, 0),
        Terminal("GO", r"go\b(?= on)", False, 2),
    ]
    assert tokens_of(usual, ["WS"])["first"] == {"go": ("GO", 0)}
    for strange in (
        Terminal("GO_ON", r"go\b", False, 2),
        Terminal("PREFIX", "pre", False, 1),
        Terminal("DIGIT", "[0-9]", False, 1),
        Terminal("DIGIT", "[0-9]", False, 0),
        Terminal("IF", "if", True, 1),
    ):
        with pytest.raises(AssertionError):
            tokens_of([*usual, strange], ["WS"])
