"""The operators of each type, in claims about one state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import Judged, graph, judge, model_of
from verifier.source import SourceError

STATE = """
enum Phase {{ idle, busy, done }}
enum Light {{ idle, red }}
record R {{ a: int 0..9, b: Phase? }}
record W {{ n: int 3.. }}
node N(k: int 0..9) {{
  var p: Phase = busy
  var l: Light
  var i: int -5..9 = 7
  var m: int mod 8 = 6
  var o: int 0..3?
  var q: Phase? = done
  var r: R = R {{ a: 4, b: busy }}
  var s: set of int 0..3 = {{1, 3}}
  var big: set of int 1..9 = {{1, 3}}
  var v: list of int 0..9 at most 3 = [5, 6]
  var t: map Phase to int 0..9 = map(x in Phase: if x == busy then 4 else 1)
  var e: N?
  var a: int = k - 1 + 6 - k - 1
  var b: int 0.. = k
  var w: W
  var u: map Phase to int
}}
instance n: N(5)
instance far: N(k = 1)
final when true
function more(x: int 0..9, by: int): int = x + by
const LIMIT = 3
invariant "claim": {claim}
"""


@pytest.mark.parametrize(
    "claim",
    [
        "n.i + 100 - 100 == 7 and -n.i == 0 - 7 and n.i * 2 / 3 == 4 and n.i % 4 == 3",
        "-7 / 2 == -4 and -7 % 2 == 1 and 2 + 3 * 4 == 14 and (2 + 3) * 4 == 20 and 9 - 3 - 2 == 4",
        "min(n.i, 3) == 3 and max(n.i, 3) == 7",
        "n.a + n.b == 9 and n.b * n.b - 20 == 5 and n.w.n == 3 and n.u[busy] == 0 and far.b == 1",
        "1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 2 and 1 != 2",
        "n.m + 3 == 1 and n.m - 7 == 7 and n.m * 2 == 4 and n.m + n.m == 4 and n.m / 4 == 1",
        "newer(n.m, 5) and not newer(5, n.m) and newer(1, n.m) and not newer(n.m, n.m)",
        "not newer(n.m, n.m + 4) and not newer(n.m + 4, n.m) and newer(n.m + 3, n.m)",
        "n.m == 6 and n.m != 14",  # a number beside it is not wrapped
        "n.p == busy and n.p != Phase.idle and n.l == idle and n.l == Light.idle",
        "n.p in {busy, idle} and n.l in {idle} and n.p not in {idle, done}",
        "n.o == none and n.q != none and n.q == done and n.o ?? 2 == 2 and n.q ?? idle == done",
        "n.o != 0 and not (n.o == 0)",  # none equals only none
        "n.o not in {0, 1} and n.q in {done} and n.e not in {n, far}",
        "n.e == none and n.e != far",
        "n.o == none or n.o > 1",  # the right side is only needed where it has a meaning
        "n.o != none implies n.o > 1",
        "if n.o == none then true else n.o > 1",
        "n.r.a == 4 and n.r.b == busy and n.r == R { b: busy, a: 4 } and not n.r != far.r",
        "n.s == n.big and n.s | n.big == {1, 3} and n.big - n.s == {} and {5} - n.big == {5}",
        "1 in n.s and 2 not in n.s and 99 not in n.s and size(n.s) == 2",
        "n.s | {0} == {0, 1, 3} and n.s & {1, 2} == {1} and n.s - {1} == {3} and {1} - n.s == {}",
        "n.v[0] == 5 and n.v[1] == 6 and size(n.v) == 2 and head(n.v) == 5 and tail(n.v) == [6]",
        "append(n.v, 7) == [5, 6, 7] and 6 in n.v and 7 not in n.v",
        "n.t[busy] == 4 and n.t[done] == 1",
        "all x in Phase: n.t[x] >= 1",
        "exists x in n.v: x == 6",
        "(all x in n.s: x % 2 == 1) and not (exists x in n.s: x == 2)",
        "count(x in 0..9 where x % 3 == 0) == 4 and count(x in N) == 2",
        "set(x in 0..3 where x > 1) == {2, 3} and set(x in n.s) == n.s",
        "map(x in Phase: 1)[busy] == 1",
        "all x in 1..n.i: x <= 7",
        "all x in 5..1: false",
        "let y = n.i + 1; let y = y + 1; y == 9",
        "more(3, LIMIT) == 6",
        "n.k == 5 and far.k == 1 and count(x in Node where x == n) == 1",
        "(let y = 2; y * y) + 1 == 5 and (if n.i > 3 then 1 else 2) == 1",
        "true or 1 / (n.i - 7) == 1",
        "not true == false",  # not (true == false)
        "false implies false implies false",
        "1 + 1 == 2 and not false or false",
        "n.i in 0..7 and n.i not in 8..9 and n.o not in 0..3",
    ],
)
def test_a_claim(claim: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, STATE.format(claim=claim))
    assert judge(graph(model.system), model.properties[0]) == Judged("holds")


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("n.p < busy", "M208"),
        ("n.m < 3", "M208"),
        ("n.p == red", "M201"),
        ("n.p == 1", "M201"),
        ("n.i == true", "M201"),
        ("n.i", "M201"),
        ("n.i and true", "M201"),
        ("n.s < n.s", "M208"),
        ("n.i | 1 == 1", "M201"),
        ("n.o ?? n.p == 1", "M201"),
        ("n.i ?? 1 == 1", "M201"),
        ("n.s[0] == 1", "M201"),
        ("n.i.x == 1", "M205"),
        ("n.zz == 1", "M205"),
        ("Phase.red == busy", "M205"),
        ("all x in n.i: true", "M213"),
        ("n.i in n.i", "M213"),
        ("none == none", "M209"),
        ("zz == 1", "M101"),
        ("n.p == ide", "M101"),
        ("more(1) == 1", "M207"),
        ("size(1, 2) == 1", "M207"),
        ("nope(1) == 1", "M101"),
        ("Phase == busy", "M201"),
        ("self == n", "M308"),
    ],
)
def test_a_mistake(claim: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        model_of(tmp_path, STATE.format(claim=claim))
    assert {d.code for d in raised.value.diagnostics} == {code}


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("max(0, min(3, n.m)) == 0", "int mod 8"),
        ("max(n.m, 3) == 0", "int mod 8"),
        ("min(3, n.p) == 0", "Phase"),
    ],
)
def test_what_has_no_smaller_one_is_named(claim: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        model_of(tmp_path, STATE.format(claim=claim))
    (found,) = raised.value.diagnostics
    assert found.message.endswith(f"not {wrong}"), found


@pytest.mark.parametrize(
    ("body", "claim", "states"),
    [
        ("a := now() b := now()", "n.a < n.b and n.a > n.c", 2),
        ("a := now() b := n_of(a)", "n.a == n.b", 2),
        ("let t = now() a := t b := t", "n.a == n.b and newer(n.a, n.c)", 2),
        ("a := max(b, c) b := now()", "n.a == n.c and min(n.a, n.b) == n.a", 2),
    ],
)
def test_stamps(body: str, claim: str, states: int, tmp_path: Path) -> None:
    text = (
        "function n_of(t: stamp): stamp = t "
        f"node N {{ var a: stamp var b: stamp var c: stamp var go: bool = true "
        f"action act when go {{ go := false {body} }} }} instance n: N final when true "
        f'invariant "claim": n.go or ({claim})'
    )
    model = model_of(tmp_path, text)
    found = graph(model.system)
    assert len(found.out) == states
    assert judge(found, model.properties[0]) == Judged("holds")


def test_only_the_order_of_stamps_is_kept(tmp_path: Path) -> None:
    text = """
    node N {
      var a: stamp
      var b: stamp
      action tick { a := now() }
      action copy { b := a }
    }
    instance n: N
    """
    # Both before everything; a newer than b = 0; equal; a newer than a b that is not 0.
    found = graph(model_of(tmp_path, text).system)
    assert (len(found.out), found.transitions) == (4, 8)


def test_a_clock_that_lags(tmp_path: Path) -> None:
    text = """
    node N {
      var a: stamp
      var b: stamp
      var n: int 0..2
      action first when n == 0 { a := now() n := 1 }
      action second when n == 1 { b := now(skew 1) n := 2 }
    }
    instance n: N
    final when n.n == 2
    """
    # With one stamp in the state: above it, equal to it, below it.
    found = graph(model_of(tmp_path, text).system)
    assert (len(found.out), found.transitions, found.terminal) == (5, 4, 3)


def test_a_map_takes_the_type_of_all_its_values(tmp_path: Path) -> None:
    text = """
world { var z: int 0..9 }
environment action go when z == 0 { let m = map(i in 0..2: i + 1) z := m[2] }
invariant "c": map(i in 0..2: i + 1)[2] == 3
final when true
"""
    found = graph(model_of(tmp_path, text).system)
    assert (len(found.out), found.faults()) == (2, [])


def test_optional_sets_of_different_ranges_are_compared(tmp_path: Path) -> None:
    text = """
world { var s: (set of int 0..2)? = {1}  var t: set of int 0..3 = {1} }
environment action grow when t == {1} { t := {1, 3} }
reachable "same": s == t
reachable "other": s != t
final when true
"""
    model = model_of(tmp_path, text)
    found = graph(model.system)
    assert [judge(found, prop).steps for prop in model.properties[:2]] == [0, 1]


def test_what_no_search_can_go_through_is_refused(tmp_path: Path) -> None:
    for text in (
        "world { var x: int 0..65535 in 0..65535  var y: int 0..65535 in 0..65535 }",
        "environment action a(i: int 0..999, j: int 0..999, k: int 0..999) { }",
        "world { var x: map int 0..65535 to map int 0..65535 to bool }",
        "world { var x: list of (map int 0..999 to bool) at most 999 }",
    ):
        with pytest.raises(SourceError) as error:
            model_of(tmp_path, text)
        assert [diagnostic.code for diagnostic in error.value.diagnostics] == ["M218"], text
