"""A model's text with its options decided says what the model says under the choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.races.models import VALVE
from tests.silent import Silent
from verifier.checker import Plan, check
from verifier.language.files import Sources, read_sources
from verifier.language.frontend import lower_sources
from verifier.language.load import load
from verifier.races.deciding import decided
from verifier.races.handlers import changed

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "models" / "scenario_c.mdl"
SMALL = {"MAX_MOVES": "2", "MAX_REPEATS": "0", "LOSSES": "0"}


def written(folder: Path, text: str) -> Path:
    path = folder / "model.mdl"
    path.write_text(text, encoding="utf-8")
    return path


def pieces(folder: Path, before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """What a choice makes of the pieces that another one makes otherwise."""
    path = written(folder, VALVE)
    one, other = (load(path, None, choice).options for choice in (before, after))
    found = changed(read_sources(path), one, other)
    return {piece.shown: f"{piece.before}\n---\n{piece.after}" for piece in found}


def test_a_branch_that_an_option_decides_is_taken_or_left_out(tmp_path: Path) -> None:
    found = pieces(tmp_path, {"order": "arrival"}, {"order": "number"})
    assert list(found) == [
        "Valve: function fresh", "Valve: function by_number", "Valve: on Close", "Valve: on Open"
    ]  # fmt: skip
    assert found["Valve: function fresh"] == (
        "function fresh(number: int 0..9): bool = true\n"
        "---\n"
        "function fresh(number: int 0..9): bool = number > newest"
    )
    assert found["Valve: on Close"] == (
        "on Close(m) {\n"
        "  // What stands here stays.\n"
        "  if fresh(m.number) {\n"
        "    closed := true\n"
        "  }\n"
        "}\n"
        "---\n"
        "on Close(m) {\n"
        "  // What stands here stays.\n"
        "  if fresh(m.number) {\n"
        "    closed := true\n"
        "    newest := m.number\n"
        "  }\n"
        "}"
    )


def test_an_else_if_becomes_an_if(tmp_path: Path) -> None:
    found = pieces(tmp_path, {}, {"locked": "true"})
    assert list(found) == ["Valve: on Open"]
    before, after = found["Valve: on Open"].split("\n---\n")
    assert "  if fresh(m.number) {\n    closed := false\n  }" in before
    assert after == 'on Open(m)  @ "V-2" {\n  // nobody opens it\n}'


def test_a_number_is_put_in_only_where_it_is_what_changes(tmp_path: Path) -> None:
    text = VALVE.replace("fix option locked", "option WIDE: int 1..5 = 1\nfix option locked")
    text = text.replace("number > newest", "number > newest + WIDE or WIDE > 3")
    path = written(tmp_path, text)
    one, other = (load(path, "numbered", {"WIDE": n}).options for n in ("1", "4"))
    (piece,) = changed(read_sources(path), one, other)
    assert piece.before.endswith("= number > newest + 1")
    assert piece.after.endswith("= true")
    locked = load(path, "numbered", {"locked": "true"}).options
    assert [p.shown for p in changed(read_sources(path), one, locked)] == ["Valve: on Open"]


LOCAL = """
option a: bool = true
option b: { x, y } = x
option hidden: bool = true
node N {
  var n: int 0..3 = if b == x then 0 else 2
  var m: bool
  var hidden: bool
  function pair(a: bool): bool = a and b == x
  action one when not m {
    let b = n > 0
    m := if b then true else (a and n == 1 or b)
  }
  action two when (n < 3 and a or b == y and m) and (m or not a) { n += 1 }
  function pick(): bool = if b == x then m else n == 2
  action four when pick() and n > 1 { n -= 1 }
  function own(): bool = hidden
  action three when own() or exists a in bool: a and m and n > 0 { n -= 1 }
}
instance n: N
final when true
"""


@pytest.mark.parametrize("choice", [{"a": "true"}, {"a": "false"}, {"b": "y"}])
def test_a_name_that_means_something_else_is_left_alone(
    choice: dict[str, str], tmp_path: Path
) -> None:
    path = written(tmp_path, LOCAL)
    text = same_graph(path, None, choice).texts[path.as_posix()]
    pair = "false" if choice == {"b": "y"} else "a"
    assert f"function pair(a: bool): bool = {pair}\n" in text
    assert f"var n: int 0..3 = {2 if choice == {'b': 'y'} else 0}\n" in text
    picked = "n == 2" if choice == {"b": "y"} else "m"
    assert f"function pick(): bool = {picked}\n" in text
    assert "let b = n > 0" in text and "if b then true" in text
    assert "function own(): bool = hidden" in text and "when own() or" in text
    assert "exists a in bool: a and m" in text


def test_scenario_c_decided_is_scenario_c() -> None:
    same_graph(SCENARIO, "repaired_draft", SMALL | {"MAX_MOVES": "1"})


@pytest.mark.slow
@pytest.mark.parametrize("variant", load(SCENARIO, None, {}).variants)
def test_scenario_c_decided_is_scenario_c_in_every_variant(variant: str) -> None:
    same_graph(SCENARIO, variant, SMALL)


def same_graph(path: Path, variant: str | None, choice: dict[str, str]) -> Sources:
    """The sources decided; as many states and transitions as the model has, and its verdicts."""
    model = load(path, variant, choice)
    sources = decided(read_sources(path), model.options, frozenset(choice))
    again = lower_sources(sources, path, variant, choice)
    sizes = []
    for one in (model, again):
        checked = check(one, Plan(), Silent())
        seen = checked.exploration
        verdicts = [type(conclusion.verdict).__name__ for conclusion in checked.conclusions]
        sizes.append((seen.states, seen.transitions, seen.depth, verdicts))
    assert sizes[0] == sizes[1]
    assert sources.texts != read_sources(path).texts
    return sources
