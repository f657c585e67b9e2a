"""Options that are left open: one model with the runs of all their values."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tests.elaborate.oracle import graph
from tests.silent import Silent
from verifier.checker import Plan, check
from verifier.ir.expr import Literal
from verifier.ir.validate import validate
from verifier.language.lift import lift
from verifier.language.load import load
from verifier.language.model import OPEN, ChoiceError, Model
from verifier.source import SourceError
from verifier.traces.trace import Trace
from verifier.verdict import Holds, Violated

SCENARIO = Path(__file__).parents[2] / "models" / "scenario_c.mdl"

TEXT = """
option far: bool = false
option mode: { slow, fast, off } = slow
option n: int 1..3 = 2
option size: int 1..3 = 2
bound MANY: int 1..9 = 5
variant quick { mode = fast }
const LEAST = if far then n else 0
const PLAIN = 7
record R { a: int 0..9, b: bool }
message M { k: int 0..9 } via c
channel c { capacity 2 }
function by(k: int): int = if mode == fast then k else 1
node N {
  var x: int 0..20 = LEAST
  var r: R = R { a: by(n), b: mode == off }
  var l: list of bool at most size
  ghost var y: int = n
  action up when x < PLAIN and mode != off { x += by(n)  if far { send M { k: n } to self } }
  on M(m) when m.k == n { if m.k > 2 and mode == slow { assert x != 5 } }
  ignore M
}
instance a: N
invariant "never six": a.x != 6
invariant "as it was": a.y == n and a.r.b == (mode == off)
step "only up": on a.up: a.x == old(a.x) + by(n) and (far or not in_flight())
reachable "far and off": far and mode == off
flow "there": given n == 3 do a.up then a.x > 4
final when true
"""
CHOICES = {
    "far": ("false", "true"), "mode": ("slow", "fast", "off"), "n": ("1", "2", "3"),
}  # fmt: skip


def model(folder: Path, text: str, *opened: str, variant: str | None = None, **given: str) -> Model:
    path = folder / "m.mdl"
    path.write_text(text, encoding="utf-8")
    made = load(path, variant, given, frozenset(opened))
    validate(made.system)
    return made


@pytest.mark.parametrize(
    "opened", [("far",), ("mode",), ("n",), ("far", "n"), ("far", "mode", "n")], ids="-".join
)
def test_it_has_the_runs_of_all_values(opened: tuple[str, ...], tmp_path: Path) -> None:
    whole = check(model(tmp_path, TEXT, *opened), Plan(), Silent())
    singles = [
        check(model(tmp_path, TEXT, **dict(zip(opened, values, strict=True))), Plan(), Silent())
        for values in product(*(CHOICES[name] for name in opened))
    ]
    found, parts = whole.exploration, [single.exploration for single in singles]
    assert found.states == sum(part.states for part in parts)
    assert found.transitions == sum(part.transitions for part in parts)
    assert found.terminal == sum(part.terminal for part in parts)
    assert found.depth == max(part.depth for part in parts)
    for index, conclusion in enumerate(whole.conclusions):
        verdicts = [single.conclusions[index].verdict for single in singles]
        if conclusion.prop.name in ("far and off", "there"):
            assert isinstance(conclusion.verdict, Holds) == any(
                isinstance(verdict, Holds) for verdict in verdicts
            )
            continue
        violated = [verdict for verdict in verdicts if isinstance(verdict, Violated)]
        assert isinstance(conclusion.verdict, Violated) == bool(violated)
        if isinstance(conclusion.verdict, Violated):
            assert isinstance(conclusion.verdict.evidence, Trace)
            lengths = [v.evidence.depth for v in violated if isinstance(v.evidence, Trace)]
            assert conclusion.verdict.evidence.depth == min(lengths)


def test_what_it_is(tmp_path: Path) -> None:
    made = model(tmp_path, TEXT, "far", "mode", variant="quick")
    assert made.options == {"far": OPEN, "mode": OPEN, "n": "2", "size": "2", "MANY": "5"}
    chosen = made.system.variables[-2:]
    assert [(v.name, v.node, v.hidden) for v in chosen] == [
        ("option far", "", True), ("option mode", "", True),
    ]  # fmt: skip
    (initial,) = made.system.initial
    assert [p.variable.name for p in initial.parameters] == ["option far", "option mode"]
    assert not any("option far" in action.assignments for action in made.system.actions)
    assert len(graph(made.system).distance) > 6


def test_what_does_not_matter_is_no_choice(tmp_path: Path) -> None:
    made = model(tmp_path, TEXT.replace("= LEAST", "= if far and false then 1 else 0"), "far")
    assert isinstance(made.system.initial[0].assignments["a.x"], Literal)


@pytest.mark.parametrize(
    ("text", "opened", "code"),
    [
        ("", "size", "M203"),
        ("type T = int 0..n world { var t: T }", "n", "M203"),
        ("node A { } instance b[i in 1..n]: A", "n", "M203"),
        ("node A(k: int) { } instance b: A(n)", "n", "M203"),
        ("const W = n + 1 node A(k: int) { } instance b: A(W)", "n", "M203"),
        ("channel d { capacity n }", "n", "M203"),
        ("option o: int 0..9 = n", "n", "M203"),
        ("world { var t: int in 0..n }", "n", "M203"),
        ("environment action e(k: int 0..n) { }", "n", "M203"),
        ("const D = 6 / (n - 2)", "n", "M202"),
        ("const D = D + n", "n", "M211"),
        ("world { var t: int 0..2 = n }", "n", "M202"),
        ("variant w { n = 4 }", "n", ""),  # what a variant says does not count
    ],
)
def test_where_a_value_is_needed(text: str, opened: str, code: str, tmp_path: Path) -> None:
    if not code:
        assert model(tmp_path, TEXT + text, opened, variant="w").options[opened] == OPEN
        return
    with pytest.raises(SourceError) as raised:
        model(tmp_path, TEXT + text, opened)
    assert {d.code for d in raised.value.diagnostics} == {code}


@pytest.mark.parametrize(
    ("text", "opened", "given"),
    [
        ("", "nn", {}),
        ("", "n", {"n": "2"}),
        ("option o: int 0..3? = none", "o", {}),
        ("option o: set of bool = {}", "o", {}),
    ],
)
def test_what_cannot_be_asked(
    text: str, opened: str, given: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ChoiceError):
        model(tmp_path, TEXT + text, opened, **given)


def test_with_bounds_lifted(tmp_path: Path) -> None:
    text = TEXT + "world { var z: int 0..MANY } environment action z_up when z < MANY { z += n }"
    path = tmp_path / "m.mdl"
    path.write_text(text, encoding="utf-8")
    made, reasons = lift(path, None, {}, frozenset({"n"}))
    assert (made.options["n"], made.options["MANY"], reasons) == (OPEN, "unbounded", {})


@pytest.mark.parametrize("option", ["cache", "guard", "dereg", "attacker", "same_identity"])
def test_the_options_of_a_scenario(option: str) -> None:
    bounds = {"MAX_MOVES": "0", "MAX_REPEATS": "0", "LOSSES": "0", "MAX_ATTACKS": "0"}
    made = load(SCENARIO, None, bounds, frozenset({option}))
    values = next(v.type for v in made.system.variables if v.name == f"option {option}")
    labels = getattr(values, "labels", ("false", "true"))
    singles = [load(SCENARIO, None, {**bounds, option: label}) for label in labels]
    states = [len(graph(single.system).distance) for single in singles]
    assert len(graph(made.system).distance) == sum(states)
