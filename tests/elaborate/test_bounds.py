"""Bounds: options with a value, nothing without one, and which models can do without."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.elaborate.oracle import graph
from tests.silent import Silent
from verifier.checker import Plan, check
from verifier.ir.expr import Literal
from verifier.ir.finite import unbounded_variables
from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Action, TransitionSystem
from verifier.ir.types import Channel, Int, Optional, Type, contains, show
from verifier.ir.validate import validate
from verifier.language.lift import lift
from verifier.language.load import load
from verifier.language.model import BoundsNeeded, ChoiceError, Model
from verifier.source import SourceError
from verifier.verdict import Holds

SCENARIOS = sorted((Path(__file__).parents[2] / "models").glob("scenario_*.mdl"))

ALL = """
bound N: int 0..9 = 2
bound M: int 2..9 = 4
option kept: int 0..9 = 3
variant free { N = unbounded, M = unbounded }
world {
  var x: int 0..N
  var s: int mod M
  var seen: (int mod M)?
  ghost var most: map bool to int mod M
}
"""


def model(folder: Path, text: str, variant: str | None = None, **settings: str) -> Model:
    path = folder / "m.mdl"
    path.write_text(text, encoding="utf-8")
    made = load(path, variant, settings)
    validate(made.system)
    return made


def type_in(system: TransitionSystem, name: str) -> Type:
    return next(v.type for v in system.variables if v.name == name)


def test_with_a_value_it_is_an_option(tmp_path: Path) -> None:
    text = ALL + "environment action up when x < N { x += 1  s += 3 }"
    found = [graph(model(tmp_path, changed).system) for changed in (text, _as_options(text))]
    assert found[0].out == found[1].out and len(found[0].out) == 3
    made = model(tmp_path, text, N="5")
    assert (made.bounds, made.options) == (("N", "M"), {"N": "5", "M": "4", "kept": "3"})


def _as_options(text: str) -> str:
    return text.replace("bound N", "option N").replace("bound M", "option M").replace(
        "variant free { N = unbounded, M = unbounded }", ""
    )  # fmt: skip


def test_without_one_types_are_infinite_and_comparisons_known(tmp_path: Path) -> None:
    made = model(tmp_path, ALL + "environment action up when x < N { x += 1  s += 3 }", "free")
    assert made.options == {"N": "unbounded", "M": "unbounded", "kept": "3"}
    natural = Int(0, None)
    assert type_in(made.system, "x") == type_in(made.system, "s") == natural
    assert type_in(made.system, "seen") == Optional(natural)
    assert [v.name for v in unbounded_variables(made.system)] == ["x", "s", "seen", "most"]
    (up,) = made.system.actions
    assert isinstance(up.guard, Literal) and up.guard.value is True and up.checks == ()
    assert _after(made.system, up, 4) == ["4", "12", "none", "{ false: 0, true: 0 }"]


def _after(system: TransitionSystem, action: Action, times: int) -> list[str]:
    """The state after an action was taken some times, all values shown."""
    state = next(initial_states(system))[1]
    for _ in range(times):
        state = next(s for label, s in successors(system, state) if label.action == action.name)
        assert all(contains(v.type, x) for v, x in zip(system.variables, state, strict=True))
    return [show(v.type, x) for v, x in zip(system.variables, state, strict=True)]


@pytest.mark.parametrize(
    "claim",
    [
        "x < N and x <= N and x != N and N > x and N >= x and N != x and s != M",
        "not (x > N or x >= N or x == N or N < x or N <= x or N == x or seen == N)",
        "x in 0..N and x not in 1..N and x not in N..5 and s in 0..N",
        "s == 0 and s + 3 == 3 and s + 300 == 300 and s * 5 == 0 and s + s == 0",
        "newer(s + 1, s) and not newer(s, s) and not newer(s, 200) and newer(200, s)",
        "(s + 7) / 2 == 3 and (s + 7) % 4 == 3 and s in {0, 3} and seen ?? 9 == 9",
        "all n in 0..kept: n < N",
        "(if x < N then 1 else 2) == 1 and f(3) and not g(4)",
    ],
)
def test_what_is_true_without_a_limit(claim: str, tmp_path: Path) -> None:
    text = ALL + "function f(n: int): bool = n < N function g(n: int mod M): bool = newer(s, n)\n"
    text += f'final when true invariant "p": {claim}'
    checked = check(model(tmp_path, text, "free"), Plan(), Silent())
    assert isinstance(checked.conclusions[0].verdict, Holds)


@pytest.mark.parametrize(
    "text",
    [
        "const A = 2 * N",
        "const A = N",
        "world { var y: int 0..N - 1 }",
        "world { var y: int N..9 }",
        "world { var y: int 0..9 = N }",
        "world { var y: list of bool at most N }",
        "world { var y: set of int 0..N }",
        "world { var y: map int 0..N to bool }",
        "world { var y: map T to bool } type T = int mod M",
        "world { var y: int 0..9 in 0..N }",
        "node A { } instance a[i in 0..N]: A",
        "node A(n: int) { } instance a: A(N)",
        "environment action a(n: int 0..N) { }",
        "environment action a(n: R) { } record R { n: T } type T = int mod M",
        "environment action a { choose n in 0..N }",
        "environment action a { for n in T { } } type T = int 0..N",
        "environment action a { x := N }",
        "environment action a { s -= 1 }",
        "environment action a { s := s - s }",
        "environment action a { s := s + (1 - kept) }",
        "environment action a { s := -s }",
        "environment action a { s := s * x * -1 }",
        'invariant "p": min(x, N) == x',
        'invariant "p": N < N',
        'invariant "p": all n in T: n >= 0 type T = int 0..N',
        "message A node X { on A { } } instance b: X channel c { fifo, lossy, capacity N }",
    ],
)
def test_where_a_value_is_needed(text: str, tmp_path: Path) -> None:
    with pytest.raises(BoundsNeeded) as raised:
        model(tmp_path, ALL + text, "free")
    assert {d.code for d in raised.value.diagnostics} == {"M219"}
    assert set(raised.value.reasons) < {"N", "M"}
    if "1 - kept" not in text and "* -1" not in text:  # those are no values of the type anyway
        model(tmp_path, ALL + text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bound b: bool = true", "M201"),
        ("bound b: { slow, fast } = slow", "M001"),
        ("bound b: int = 3", "M216"),
        ("bound b: int 0..3 = 4", "M202"),
        ("bound b: int 0..3 = unbounded", "M101"),
        ("variant v { kept = unbounded }", "M101"),
        ("bound N: int 0..3 = 3", "M102"),
        ('option b: { slow, fast } = slow invariant "p": b < N', "M208"),
        ('invariant "p": true == N', "M201"),
        ('world { var t: stamp } invariant "p": t < N', "M201"),
        ('invariant "p": s < N', "M208"),
    ],
)
def test_a_mistake(text: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        model(tmp_path, ALL + text, N="unbounded")
    assert {d.code for d in raised.value.diagnostics} == {code}


def test_an_option_is_no_bound(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError):
        model(tmp_path, ALL, kept="unbounded")


def test_a_channel_without_limits(tmp_path: Path) -> None:
    text = """
    bound ROOM: int 1..9 = 2
    bound LINK: int 1..9 = 2
    bound LOST: int 0..9 = 0
    bound TWICE: int 0..9 = 0
    message A
    channel c {
      loses at most LOST, duplicates at most TWICE, capacity ROOM, capacity LINK per link
    }
    node N { action a when room(c) { send A to self } on A { } }
    instance n: N
    """
    made = model(tmp_path, text)
    assert [a.name for a in made.system.actions] == ["n.a", "n.A"]
    free = dict.fromkeys(("ROOM", "LINK", "LOST", "TWICE"), "unbounded")
    made = model(tmp_path, text, None, **free)
    names = [a.name for a in made.system.actions]
    assert names == ["n.a", "n.A", "c.lose", "c.duplicate"]
    assert [v.name for v in made.system.variables] == ["c"]  # no budgets
    channel = type_in(made.system, "c")
    assert isinstance(channel, Channel) and channel.capacity is None
    assert all(action.checks == () for action in made.system.actions)


# ---- lifting all that can be --------------------------------------------------------------------


def test_all_but_those_that_need_a_value(tmp_path: Path) -> None:
    path = tmp_path / "m.mdl"
    text = ALL + "bound K: int 1..9 = 3 world { var l: list of bool at most K }\n"
    text += "variant small { K = 2, N = 1 }"
    path.write_text(text, encoding="utf-8")
    made, reasons = lift(path, "small", {})
    assert made.options == {"N": "unbounded", "M": "unbounded", "kept": "3", "K": "2"}
    assert reasons == {"K": f"here it is a number, not a limit ({path}:12:59)"}
    made, reasons = lift(path, None, {"M": "5", "K": "1"})
    assert (made.options["N"], made.options["M"], reasons) == ("unbounded", "5", {})
    with pytest.raises(BoundsNeeded):
        lift(path, None, {"K": "unbounded"})


def test_bounds_that_go_together(tmp_path: Path) -> None:
    """Two circles of one size are one type as long as they have a size."""
    path = tmp_path / "m.mdl"
    text = "bound A: int 2..9 = 4 bound B: int 2..9 = 4\n"
    text += "world { var a: int mod A var b: int mod B }\n"
    path.write_text(text + 'invariant "p": a + b == 0 final when true', encoding="utf-8")
    made, reasons = lift(path, None, {})
    assert made.options == {"A": "4", "B": "4"} and list(reasons) == ["A", "B"]
    assert "different moduli" in reasons["A"]


def test_a_model_without_bounds(tmp_path: Path) -> None:
    made = model(tmp_path, "world { var x: bool }")
    assert (made.bounds, lift(tmp_path / "m.mdl", None, {})) == ((), (made, {}))


BOUNDS = ("MAX_MOVES", "MAX_REPEATS", "LOSSES", "CAPACITY", "SEQUENCE_NUMBERS")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_scenarios_have_no_limits(path: Path) -> None:
    made, reasons = lift(path, None, {})
    assert reasons == {} and set(made.bounds) - {"MAX_ATTACKS"} == set(BOUNDS)
    validate(made.system)
    names = [v.name for v in unbounded_variables(made.system)]
    assert {"moves", "repeats", "signalling"} <= set(names)
    checked = check(made, Plan(states_max=200), Silent())
    assert checked.exploration.engine == "explicit"


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_variant_and_every_subset_of_the_bounds(path: Path) -> None:
    first = load(path, None, {})
    for variant in first.variants:
        assert lift(path, variant, {})[1] == {}
    for size in range(len(first.bounds)):
        for chosen in combinations(first.bounds, size):
            validate(load(path, None, dict.fromkeys(chosen, "unbounded")).system)
