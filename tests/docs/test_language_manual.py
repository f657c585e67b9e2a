"""Every example of the language manual is run: what it expects of itself is what it gets.

Code blocks are tagged: ``mdl`` is a complete model; ``mdl-part`` is a piece that stands for itself
among declarations; ``mdl-error CODE ...`` must be refused with these codes and no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.classics.exploring import Silent
from tests.elaborate.oracle import graph
from verifier.checker import Plan, check
from verifier.cli.expectations import compare
from verifier.language.codes import Code
from verifier.language.load import load
from verifier.language.parser import parse_text
from verifier.language.syntax.words import RESERVED
from verifier.source import SourceError

MANUAL = Path(__file__).parents[2] / "spec" / "language.md"


@dataclass(frozen=True)
class Block:
    """A fenced piece of the manual; ``line`` is where its text begins."""

    tag: str
    codes: tuple[str, ...]
    text: str
    line: int


def _blocks() -> list[Block]:
    found = []
    manual = MANUAL.read_text(encoding="utf-8")
    for match in re.finditer(r"^```(mdl[\w-]*)([^\n]*)\n(.*?)^```$", manual, re.M | re.S):
        line = manual.count("\n", 0, match.start()) + 2
        found.append(Block(match[1], tuple(match[2].split()), match[3], line))
    return found


BLOCKS = _blocks()


def _of(tag: str) -> list[object]:
    return [pytest.param(b, id=f"line {b.line}") for b in BLOCKS if b.tag == tag]


def _file(folder: Path, block: Block) -> Path:
    path = folder / "example.mdl"
    # Blank lines first, so that a mistake is reported at the line of the manual.
    path.write_text("\n" * (block.line - 1) + block.text, encoding="utf-8")
    return path


@pytest.mark.parametrize("block", _of("mdl"))
def test_an_example_is_what_it_says(block: Block, tmp_path: Path) -> None:
    path = _file(tmp_path, block)
    model = load(path, None, {})
    assert model.expectations, "an example says what comes out"
    for expectation in model.expectations:
        chosen = load(path, expectation.variant, expectation.settings)
        checked = check(chosen, Plan(), Silent())
        assert list(compare(checked, expectation)) == []
        found, counted = graph(chosen.system), checked.exploration
        assert (len(found.out), found.transitions, found.depth, found.terminal) == (
            counted.states, counted.transitions, counted.depth, counted.terminal
        )  # fmt: skip


@pytest.mark.parametrize("block", _of("mdl-part"))
def test_a_part_is_a_sentence_of_the_grammar(block: Block) -> None:
    parse_text(block.text, "part.mdl")


@pytest.mark.parametrize("block", _of("mdl-error"))
def test_a_mistake_is_reported_with_its_code(block: Block, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        load(_file(tmp_path, block), None, {})
    assert {d.code for d in raised.value.diagnostics} == set(block.codes)


def test_tags_are_known() -> None:
    assert {b.tag for b in BLOCKS} == {"mdl", "mdl-part", "mdl-error"}


def test_every_diagnostic_is_listed() -> None:
    listed = set(re.findall(r"^\| `(M\d{3})`", MANUAL.read_text(encoding="utf-8"), re.M))
    assert listed == {str(code) for code in Code}


def test_every_reserved_word_is_listed() -> None:
    section = MANUAL.read_text(encoding="utf-8").split("## Keywords")[1]
    assert set(section.split("```")[1].split()[1:]) == RESERVED
