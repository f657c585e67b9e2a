"""House rules that a test can hold: sizes of files, first lines, words that say nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "verifier").rglob("*.py"))
LINES_MAX = 400
# One closed union each: the kinds of syntax, and of expressions; splitting them would hide them.
LONG_ON_PURPOSE = {"language/ast.py": 900, "ir/expr.py": 450}
EMPTY_WORDS = {"utils", "util", "common", "helpers", "misc", "base", "manager", "context"}
ABBREVIATIONS = re.compile(r"\b(cex|ctx|cfg|impl|TODO|FIXME|XXX)\b")


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "verifier").as_posix()


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_one_idea_that_its_first_line_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, "a module opens with a sentence that says what it is for"
    assert docstring.split("\n\n")[0].rstrip().endswith((".", ":")), docstring
    limit = LONG_ON_PURPOSE.get(_name(path), LINES_MAX)
    assert len(text.splitlines()) <= limit, f"{_name(path)} is longer than {limit} lines"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_names_say_something(path: Path) -> None:
    assert path.stem not in EMPTY_WORDS
    text = path.read_text(encoding="utf-8")
    assert not ABBREVIATIONS.search(text), ABBREVIATIONS.search(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            assert not re.search(r"(Manager|Processor|Helper|Context|Impl|Base|Data)$", node.name)


def test_every_package_is_a_package() -> None:
    for folder in {path.parent for path in MODULES}:
        assert (folder / "__init__.py").exists(), folder
