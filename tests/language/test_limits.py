"""What is small on paper and has no end when it is put into itself is refused in bounded time."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.language.load import load
from verifier.source import SourceError

WORLD = "world { var x: int mod 7 var b: bool }\n"


def chain(count: int, body: str) -> str:
    """Functions of which each calls the one before."""
    lines = [WORLD, "function f0(a: bool): bool = a"]
    for i in range(1, count):
        lines.append(f"function f{i}(a: bool): bool = {body.format(f'f{i - 1}')}")
    lines.append(f"environment action a {{ b := f{count - 1}(b) }}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (chain(61, "{}(a)"), "M218", "calls are nested more than 60 deep"),
        (
            chain(25, "{0}({0}(a))"),
            "M218",
            "more than 50,000 copies of functions, procedures and bodies of loops",
        ),
        (
            chain(50, "not " * 91 + "{}(a)"),
            "M003",
            "functions, constants or types are nested too deeply in each other",
        ),
        (
            WORLD
            + "environment action a { "
            + " ".join(f"for i{i} in 0..9 {{" for i in range(6))
            + " x += 1 "
            + "}" * 7,
            "M218",
            "more than 50,000 copies of functions, procedures and bodies of loops",
        ),
        (
            "node N { procedure p0() { } "
            + " ".join(f"procedure p{i}() {{ p{i - 1}() p{i - 1}() }}" for i in range(1, 30))
            + " action a { p29() } }\ninstance n: N",
            "M218",
            "more than 50,000 copies of functions, procedures and bodies of loops",
        ),
        (
            "\n".join(f"const c{i} = c{i + 1} + 1" for i in range(1000)) + "\nconst c1000 = 0",
            "M003",
            "functions, constants or types are nested too deeply in each other",
        ),
        (
            "const c0 = 9999\n"
            + "\n".join(f"const c{i} = c{i - 1} * c{i - 1}" for i in range(1, 30)),
            "M202",
            "this number has more than 18 digits",
        ),
    ],
    ids=["deep calls", "many calls", "deep bodies", "loops", "procedures", "constants", "product"],
)  # fmt: skip
def test_what_is_refused(text: str, code: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as error:
        load(path, None, {})
    assert {(d.code, d.message) for d in error.value.diagnostics} == {(code, message)}


def test_what_is_just_small_enough(tmp_path: Path) -> None:
    path = tmp_path / "model.mdl"
    for text in (chain(60, "{}(a)"), chain(12, "{0}({0}(a))"), chain(3, "not " * 91 + "{}(a)")):
        path.write_text(text, encoding="utf-8")
        load(path, None, {})
