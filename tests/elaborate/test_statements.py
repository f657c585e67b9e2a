"""Bodies of steps: each row is an action that fires once, and what must be true afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import explored, graph, judge, model_of
from verifier.source import SourceError

ONCE = """
record R {{ a: int 0..9, b: bool }}
enum Phase {{ idle, busy }}
message M {{ n: int 0..9 }}
channel c {{ capacity 4 }}
world {{ var w: int 0..3 = 2 }}
function twice(n: int): int = 2 * n
function world_now(): int = w
node N {{
  var go: bool = true
  var x: int 0..20
  var y: int 0..20 = 7
  var s: set of int 0..3 = {{0, 2}}
  var l: list of int 0..3 at most 3 = [3, 1]
  var m: map bool to int 0..9
  var r: R
  var o: R?
  var k: map Phase to R?
  procedure bump(n: int) {{ x += n  if x > 3 {{ double() }} }}
  procedure double() {{ x := 2 * x }}
  procedure local(n: int) {{ let q = n + 1  x := q }}
  action act when go {{ go := false {body} }}
  on M(m) {{ x := m.n }}
}}
instance n: N
instance other: Peer
node Peer {{ var p: int 0..20 = 4 }}
final when true
invariant "after": n.go or ({after})
"""


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("x := 3 y := x + 1", "n.x == 3 and n.y == 4"),  # from top to bottom
        ("x += 5 x -= 2", "n.x == 3"),
        ("y := w y := 20", "n.y == 20"),  # the range is that of the variable, not of its value
        ("r.a := w r.a := 9 m[true] := w m[true] := 9", "n.r.a == 9 and n.m[true] == 9"),
        ("for i in 1..y { x += 1 }", "n.x == 7"),
        ("for i in y..1 { x += 1 }", "n.x == 0"),
        ("for i in y + 20..w { x += 1 }", "n.x == 0"),
        ("let a = y y := 1 x := a", "n.x == 7 and n.y == 1"),  # a value, not a formula
        ("let a = 1 let a = a + 1 x := a", "n.x == 2"),  # the later one hides the earlier
        ("if y == 7 { let a = 3 x := a } else { x := 9 }", "n.x == 3"),
        ("if y == 1 { x := 1 } else if y == 7 { x := 2 } else { x := 3 }", "n.x == 2"),
        ("for i in 1..3 { x += i }", "n.x == 6"),
        ("for i in 3..1 { x += i }", "n.x == 0"),
        ("for i in 1..3 { for j in 1..i { x += j } }", "n.x == 10"),
        ("for i in s { s := s | {3} x += 1 }", "n.x == 2 and 3 in n.s"),  # the set as it was
        ("for i in l { x := 2 * x + i }", "n.x == 7"),  # in the order of the list
        ("for p in Phase { if p == busy { x += 1 } }", "n.x == 1"),
        ("choose i in 2..4 where i != 3 x := i", "n.x in {2, 4}"),
        ("x := 2 choose i in 0..x y := i", "n.y <= 2"),
        ("choose b in bool if b { choose i in 1..2 x := i } else { x := 9 }", "n.x in {1, 2, 9}"),
        ("bump(2) bump(2)", "n.x == 8"),
        ("let q = 5 local(1) x += q", "n.x == 7"),  # what the procedure names stays in it
        ("x := twice(y) - twice(3)", "n.x == 8"),
        ("let w = 9 x := world_now()", "n.x == 2"),  # a function sees its own scope
        ("m[true] := 3 m[false] += 1", "n.m[true] == 3 and n.m[false] == 1"),
        ("r.a := 4 r.b := r.a == 4", "n.r == R { a: 4, b: true }"),
        ("o := R { b: true, a: 1 } o.a += 1", "n.o != none and n.o.a == 2 and n.o.b"),
        ("k[busy] := R { a: 1, b: false } k[busy].a := 5",
         "n.k[busy].a == 5 and n.k[idle] == none"),
        ("l := append(tail(l), 2) l[1] := 0",
         "n.l == [1, 0] and head(n.l) == 1 and size(n.l) == 2"),
        ("s := (s | {1}) - {0}", "n.s == {1, 2} and n.s - {1, 2} == {}"),
        ("let t = {w, w + 1} s := t", "n.s == {2, 3}"),  # in a wider type, but it fits
        ("s := set(i in 0..3 where i % 2 == 1)", "n.s == {1, 3}"),
        ("m := map(b in bool: if b then 1 else 2)", "n.m[true] == 1 and n.m[false] == 2"),
        ("x := min(y, 3) + max(y, 9) y := -7 / 2 + 10", "n.x == 12 and n.y == 6"),
        ("y := -7 % 2", "n.y == 1"),
        ("x := (if o == none then 1 else o.a)", "n.x == 1"),
        ("o := none x := if o != none and o.a == 1 then 1 else 2", "n.x == 2"),
        ("assert y == 7, \"seven\"", "true"),
        ("assert other.p == 4", "true"),  # an assertion may see everything
    ],
)  # fmt: skip
def test_a_body(body: str, after: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, ONCE.format(body=body, after=after))
    found = graph(model.system)
    assert found.faults() == []
    assert found.depth == 1
    claim = next(p for p in model.properties if p.name == "after")
    assert judge(found, claim).verdict == "holds"


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ("choose i in 2..4 where i != 3 x := i", 2),
        ("choose b in bool", 2),  # two labels, one successor
        ("choose b in bool if b { choose i in 1..2 x := i } else { x := 9 }", 3),
        ("choose i in s x := i", 2),
        ("choose i in l x := i", 2),
        ("for i in 0..1 { choose b in bool if b { x += 1 } }", 4),
        ("x := 2 choose i in 0..x y := i", 3),
    ],
)
def test_every_choice_is_a_label(body: str, labels: int, tmp_path: Path) -> None:
    found = explored(tmp_path, ONCE.format(body=body, after="true"))
    assert found.transitions == labels


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("x := y + 14", "R01"),
        ("x := y - 8", "R01"),
        ("x := o.a", "R02"),
        ("o.a := 1", "R02"),
        ("x := k[busy].a", "R02"),
        ("x := l[2]", "R03"),
        ("l[2] := 1", "R03"),
        ("l := [] x := head(l)", "R03"),
        ("x := y / x", "R04"),
        ("x := y % x", "R04"),
        ("for i in 1..5 { send M { n: i } to self }", "R05"),
        ("l := append(append(l, 1), 1)", "R06"),
        ('assert x == 1, "x is one"', "R07"),
        ("choose i in s where i > 2 x := i", "R08"),
        ("if y == 7 { choose i in 1..y where i > y x := i }", "R08"),
        ("s := s | {x + 4}", "R01"),
        ("let t = {y} s := t", "R01"),
        ("let t = {y} s := s | t", "R01"),
    ],
)
def test_a_run_time_error(body: str, code: str, tmp_path: Path) -> None:
    found = explored(tmp_path, ONCE.format(body=body, after="true"))
    assert {(c, at) for c, at, _ in found.faults()} == {(code, 1)}
    assert (len(found.out), found.transitions) == (1, 1)  # a transition without successor


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("x := true", "M201"),
        ("x := 21", "M202"),
        ("x := s", "M201"),
        ("q := 1", "M101"),
        ("w := 1", "M302"),
        ("other.p := 1", "M302"),
        ("let a = 1 a := 2", "M302"),
        ("x := other.p", "M301"),
        ("x := if in_flight() then 1 else 0", "M305"),
        ("if quiet { x := 1 }", "M305"),
        ("let a = none", "M209"),
        ("let a = {}", "M209"),
        ("send M to self", "M206"),
        ("send M { n: 1, o: 2 } to self", "M205"),
        ("send M { n: 1 } to 3", "M201"),
        ("x := r.c", "M205"),
        ("x := twice(1, 2)", "M207"),
        ("x := old(y)", "M306"),
        ("bump(true)", "M201"),
        ("r := R { a: 1 }", "M206"),
        ("send M { n: 1 } from other to self", "M308"),
    ],
)
def test_a_mistake(body: str, code: str, tmp_path: Path) -> None:
    try:
        model_of(tmp_path, ONCE.format(body=body, after="true"))
    except SourceError as error:
        assert {d.code for d in error.diagnostics} == {code}
    else:
        raise AssertionError("accepted")


def test_functions_and_procedures_do_not_recurse(tmp_path: Path) -> None:
    for code in (
        "function f(n: int): int = if n == 0 then 0 else f(n - 1)\n"
        "node N { var x: int 0..3 = f(3) } instance n: N",
        "node N { procedure p() { q() } procedure q() { p() } action a { p() } } instance n: N",
    ):
        with pytest.raises(SourceError) as raised:
            model_of(tmp_path, code)
        assert {d.code for d in raised.value.diagnostics} == {"M211"}


def test_the_environment_assigns_through_a_reference(tmp_path: Path) -> None:
    text = """
    record B { k: int 0..2 }
    node A { var x: int 0..2 var m: map bool to B? = map(b in bool: B { k: 0 }) }
    instance a[i in 0..1]: A
    environment action bump(n: A) when n.x < 2 { n.x += 1 }
    environment action deep(n: A, b: bool) when n.m[b].k < 1 { n.m[b].k += 1 }
    final when true
    """
    found = explored(tmp_path, text)
    assert (len(found.out), found.depth, found.faults()) == (9 * 16, 8, [])
