"""Imports, options and variants: what a file sees, and what belongs to the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.elaborate.oracle import graph
from verifier.ir.property import Invariant
from verifier.language.load import load
from verifier.language.model import ChoiceError, Model
from verifier.source import SourceError

LIBRARY = {
    "words.mdl": "enum Colour { red, green } const MANY = 3 option SIZE: int 1..9 = 2",
    "nodes.mdl": """
        import "words.mdl"
        node Lamp(first: Colour) {
          var colour: Colour = first
          var n: int 0..9
          action turn when colour == red and n < SIZE { colour := green n += 1 }
          action back when colour == green { colour := red }
        }
        environment action smash when broken == 0 { broken += 1 }
        world { var broken: int 0..1 }
        invariant "of the library": broken <= 1
        lemma "also of the library": broken >= 0
    """,
}


def model(folder: Path, main: str, variant: str | None = None, **settings: str) -> Model:
    """A model that stands beside the library."""
    for name, text in {**LIBRARY, "main.mdl": main}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder / "main.mdl", variant, settings)


def codes(folder: Path, main: str) -> set[str]:
    """The mistakes in it."""
    with pytest.raises(SourceError) as raised:
        model(folder, main)
    return {d.code for d in raised.value.diagnostics}


MAIN = """
import "nodes.mdl"
import "words.mdl"
instance lamp: Lamp(red)
final when true
"""


def test_all_files_together_are_the_model(tmp_path: Path) -> None:
    made = model(tmp_path, MAIN)
    first, second = made.properties[:2]
    assert isinstance(first, Invariant) and isinstance(second, Invariant)
    assert (first.name, first.lemma) == ("of the library", False)
    assert (second.name, second.lemma) == ("also of the library", True)
    assert made.options == {"SIZE": "2"}
    found = graph(made.system)
    assert (len(found.out), found.depth) == (10, 5)  # red, green, red, green, red; broken or not


def test_a_file_sees_what_it_imports_itself(tmp_path: Path) -> None:
    assert codes(tmp_path, 'import "nodes.mdl" instance lamp: Lamp(red)') == {"M101"}
    assert codes(tmp_path, 'import "words.mdl" instance lamp: Lamp(red)') == {"M101"}
    assert codes(tmp_path, 'import "lamps.mdl"') == {"M103"}
    assert codes(tmp_path, MAIN + "const MANY = 4") == {"M102"}


def test_imports_may_be_mutual(tmp_path: Path) -> None:
    (tmp_path / "other.mdl").write_text('import "main.mdl" const B = A + 1', encoding="utf-8")
    made = model(
        tmp_path, 'import "other.mdl" const A = 1 node N { var x: int 0..B } instance n: N'
    )
    assert len(graph(made.system).out) == 1


VARIANTS = """
option a: int 0..9 = 1
option mode: { slow, fast } = slow
variant quick { mode = fast }
variant quicker extends quick { a = 2 }
variant back extends quicker { mode = slow }
node N { var x: int 0..99 = if mode == fast then 10 + a else a }
instance n: N
"""


@pytest.mark.parametrize(
    ("variant", "settings", "value"),
    [
        (None, {}, 1),
        ("default", {}, 1),
        ("quick", {}, 11),
        ("quicker", {}, 12),
        ("back", {}, 2),
        (None, {"mode": "fast", "a": "5"}, 15),
        ("quicker", {"a": "7"}, 17),  # the command line is stronger
    ],
)
def test_variants(
    variant: str | None, settings: Mapping[str, str], value: int, tmp_path: Path
) -> None:
    made = model(tmp_path, VARIANTS, variant, **settings)
    (state,) = graph(made.system).out
    assert state[0] == value


def test_a_default_variant(tmp_path: Path) -> None:
    made = model(tmp_path, VARIANTS.replace("variant quicker", "default variant quicker"))
    assert (made.variant, made.options) == ("quicker", {"a": "2", "mode": "fast"})


@pytest.mark.parametrize(
    ("variant", "settings"),
    [("quik", {}), (None, {"b": "1"}), (None, {"a": "10"}), (None, {"mode": "5"}),
     (None, {"a": "x y"})],
)  # fmt: skip
def test_what_was_asked_is_not_there(
    variant: str | None, settings: Mapping[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ChoiceError):
        model(tmp_path, VARIANTS, variant, **settings)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("variant v extends w { }", "M104"),
        ("variant v extends v { }", ""),
        ("variant v { } variant v { }", "M102"),
        ("default variant v { } default variant w { }", "M102"),
        ("variant v { b = 1 }", "M101"),
        ("option b: int = 1", "M216"),
        ("option b: int 0..3 = 4", "M202"),
        ("option b: int 0..3 = c const c = b", "M211"),
        ("option b: { p, q } = r", "M101"),
        ("option b: { p, q } = slow", "M201"),
    ],
)
def test_a_mistake(text: str, code: str, tmp_path: Path) -> None:
    if code:
        assert codes(tmp_path, VARIANTS + text) == {code}
    else:  # found when it is asked for
        with pytest.raises(SourceError) as raised:
            model(tmp_path, VARIANTS + text, "v")
        assert {d.code for d in raised.value.diagnostics} == {"M211"}
