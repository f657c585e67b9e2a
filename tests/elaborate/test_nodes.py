"""Instances, parameters, arrays, symmetry, initial values, timers, and who sees what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import Judged, explored, graph, judge, model_of
from verifier.ir.types import show
from verifier.source import SourceError


def initially(folder: Path, text: str) -> dict[str, str]:
    """The only initial state, as a person reads it."""
    found = explored(folder, text)
    (state,) = [s for s, d in found.distance.items() if d == 0]
    return {
        v.name: show(v.type, value) for v, value in zip(found.system.variables, state, strict=True)
    }


def codes(folder: Path, text: str) -> set[str]:
    """The mistakes in a model."""
    with pytest.raises(SourceError) as raised:
        model_of(folder, text)
    return {d.code for d in raised.value.diagnostics}


def test_first_values(tmp_path: Path) -> None:
    text = """
    enum E { red, green }
    record R { n: int 2..5, e: E? }
    node N(k: int 0..9, peer: N) {
      var a: bool var b: E var c: int 3..5 var d: int -5..-2 var e: int mod 4 var f: N
      var g: R var h: R? var i: map bool to int 1..2 var j: set of E var l: list of E at most 2
      var m: stamp var n: int 0..9 = k + 1 var o: N = peer var p: Node
    }
    instance one: N(peer = two, k = 2)
    instance two: N(3, one)
    """
    found = initially(tmp_path, text)
    assert {name[4:]: value for name, value in found.items() if name.startswith("one")} == {
        "a": "false", "b": "red", "c": "3", "d": "-2", "e": "0", "f": "one",
        "g": "R { n: 2, e: none }", "h": "none", "i": "{ false: 1, true: 1 }", "j": "{}",
        "l": "[]", "m": "t0", "n": "3", "o": "two", "p": "one",
    }  # fmt: skip


def test_several_initial_states(tmp_path: Path) -> None:
    text = """
    enum E { red, green }
    node N { var a: int 0..9 in 2..4 var b: E in E var c: bool in {true} }
    instance n: N
    final when true
    """
    assert sum(d == 0 for d in explored(tmp_path, text).distance.values()) == 6


def test_arrays(tmp_path: Path) -> None:
    text = """
    option N: int 0..9 = 3
    node Member(number: int 0..9, next: Member) {
      var token: bool = number == 1
      action pass_on when token { token := false }
    }
    instance member[i in 1..N]: Member(i, member[i % N + 1])
    environment action steal(m: Member) when m.next.token { m.token := true m.next.token := false }
    world { var k: int 0..5 = 2 }
    final when true
    invariant "numbers":
      all m in Member: member[m.number] == m and m.next.number == m.number % N + 1
    invariant "computed": member[k].number == 2
    invariant "one token": count(m in Member where m.token) <= 1
    """
    model = model_of(tmp_path, text)
    found = graph(model.system)
    assert (len(found.out), found.transitions) == (4, 6)
    for prop in model.properties:
        assert judge(found, prop) == Judged("holds"), prop.name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('node N { } instance n[i in 0..1]: N invariant "p": n[2] == n[0]', "M202"),
        ('node N { } instance n[i in 0..1]: N invariant "p": n == n[0]', "M201"),
        ('node N { } instance n: N invariant "p": n[0] == n', "M201"),
        ("node N { } instance n[i in 0..999]: N", "M218"),
        ('node N { } instance n[i in 1..0]: N invariant "p": n[0] == n[0]', "M202"),
        ("node N(a: bool) { } instance n: N", "M207"),
        ("node N { } instance n: N(1)", "M207"),
        ("node N(a: bool) { } instance n: N(true, false)", "M207"),
        ("node N(a: bool) { } instance n: N(a = true, a = true)", "M207"),
        ("node N(a: int 0..1) { } instance n: N(2)", "M202"),
        ("node N { action a(x: int) { } } instance n: N", "M216"),
        ("record R { x: int 0.. } node N { action a(x: R) { } } instance n: N", "M216"),
        ("node N { var m: map int 0.. to bool } instance n: N", "M210"),
        ("node N { var s: set of int } instance n: N", "M210"),
        ("type T = int 1.. node N { action a { choose x in T } } instance n: N", "M213"),
        ("type T = int 1.. node N { action a { for x in T { } } } instance n: N", "M213"),
        ('type T = int invariant "p": all x in T: x > 0', "M213"),
        ("node N { var x: int action a { choose y in 0..x } } instance n: N", "M213"),
        ("node N { var x: int 0.. = -1 } instance n: N", "M202"),
        ("node N { var x: int 3..1 } instance n: N", "M212"),
        ("node N { var x: bool var x: bool } instance n: N", "M102"),
        ("node N { var x: int 0..3 = 4 } instance n: N", "M202"),
        ("node N { var y: bool var x: bool = y } instance n: N", "M203"),
        ("node N { timer t } instance n: N", "M307"),
        ("node N { timer t on timeout t { } var x: bool = running(t) } instance n: N", "M203"),
        ("channel c { } const A = room(c) node N { } instance n: N", "M203"),
        ("channel c { } node N { action a when room(c) { } } instance n: N", "M214"),
        ("const A = in_flight() node N { } instance n: N", "M305"),
        ("const A = quiet node N { } instance n: N", "M305"),
        ("const A = now() == now() node N { } instance n: N", "M304"),
        ("node N { var x: map stamp to bool } instance n: N", "M210"),
        ("node N { var x: set of R } record R { a: bool } instance n: N", "M210"),
        ("record R { a: R? } node N { var x: R } instance n: N", "M211"),
        ("const A = B const B = A node N { } instance n: N", "M211"),
        ("message A node N { on A { } } instance n: N", "M214"),
        ("channel c { fifo, unordered } message A node N { on A { } } instance n: N", "M215"),
        ("channel c { fifo, unordered } node N { } instance n: N", "M215"),
        ("channel c { capacity 0 } message A node N { on A { } } instance n: N", "M215"),
        ("node N { } instance n: N const A = n", "M203"),
        ("node N { } instance n: N const A = count(x in Node)", "M203"),
        ("node N { } instance n: N option o: N = n", "M203"),
        ("node N { } instance n[i in 0..1]: N instance m[i in 0..size({n[0]})]: N", "M203"),
        ("node N { var x: int mod 3 action a when x < 2 { } } instance n: N", "M208"),
        (
            "enum A { p, q } enum B { q, r } node N { action a when q == q { } } instance n: N",
            "M204",
        ),
    ],
)
def test_a_mistake(text: str, code: str, tmp_path: Path) -> None:
    assert codes(tmp_path, text) == {code}


SYMMETRIC = "node P(n: int 0..3) {{ var x: bool action a {{ x := not x }} }} {rest}"


@pytest.mark.parametrize(
    "rest",
    [
        "symmetric instance p[i in 0..1]: P(i)",
        'symmetric instance p[i in 0..1]: P(1) invariant "p": p[0].x',
        'symmetric instance p[i in 0..1]: P(1) invariant "p": all i in 0..1: p[i].x',
        'symmetric instance p[i in 0..1]: P(1) step "p": on p[1].a: true',
        "symmetric instance p[i in 0..1]: P(1) node Q(p: P) { } instance q: Q(p[0])",
    ],
)
def test_a_symmetric_array_is_not_told_apart(rest: str, tmp_path: Path) -> None:
    assert codes(tmp_path, SYMMETRIC.format(rest=rest)) == {"M310"}


def test_a_symmetric_array(tmp_path: Path) -> None:
    # The index may even stand in the arguments, as long as it makes no difference.
    rest = "symmetric instance p[i in 0..1]: P(i / 2)"
    found = explored(tmp_path, SYMMETRIC.format(rest=rest))
    assert (len(found.out), found.transitions) == (4, 8)


def test_a_node_type_without_nodes(tmp_path: Path) -> None:
    text = """
    node A(p: int 1..3) { var x: int 0..2 }
    node B { var a: A? var n: int 0..2 action go when n < 1 { n += if a == none then 1 else a.p } }
    instance b: B
    final when true
    step "nothing": on A.go: false
    invariant "nobody": all a in A: a.x == 2
    """
    assert codes(tmp_path, text) == {"M309"}  # an A does nothing called 'go'
    found = explored(tmp_path, text.replace("A.go", "B.go"))
    assert (len(found.out), found.faults()) == (2, [])
    assert codes(tmp_path, "node A { } node B { var a: A } instance b: B") == {"M212"}


def test_timers_are_one_shot(tmp_path: Path) -> None:
    text = """
    node N {
      var n: int 0..3
      timer t
      action go when n == 0 { n := 1 start t start t }
      on timeout t { assert not running(t) n += 1 if n < 3 { start t } }
    }
    instance n: N
    final when n.n == 3
    """
    found = explored(tmp_path, text)
    assert (len(found.out), found.transitions, found.depth, found.faults()) == (4, 3, 3, [])


def test_a_timer_waits_for_its_condition(tmp_path: Path) -> None:
    text = """
    message A
    channel c { lossy, capacity 1 }
    node S(r: R) {
      var n: int 0..2
      timer t when not in_flight(A)
      action go when n == 0 { n := 1 start t send A to r }
      on timeout t when n == 1 { n := 2 }
    }
    node R { var got: bool on A { got := true } }
    instance s: S(r)
    instance r: R
    final when s.n == 2
    """
    # start; sent; taken or lost; each with the timer run out.
    found = explored(tmp_path, text)
    assert (len(found.out), found.transitions, found.depth) == (6, 5, 3)


def test_a_stopped_timer_does_not_run_out(tmp_path: Path) -> None:
    text = """
    node N {
      var n: int 0..2
      timer t
      action go when n == 0 { n := 1 start t }
      action halt when n == 1 { n := 2 stop t }
      on timeout t { assert n == 1 n := 2 }
    }
    instance n: N
    final when n.n == 2
    """
    found = explored(tmp_path, text)
    assert (len(found.out), found.transitions, found.faults()) == (3, 3, [])


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("M301", "action a when b.x { }"),
        ("M301", "action a { x := b.x }"),
        ("M301", "timer t when b.x on timeout t { }"),
        ("M302", "action a { b.x := true }"),
        ("M302", "action a { w := true }"),
        ("M303", "action a when g { }"),
        ("M303", "action a { x := g }"),
        ("M303", "environment action a { x := g }"),
        ("M305", "action a when in_flight() { }"),
        ("M305", "action a when quiet { }"),
        ("M305", "timer t when quiet on timeout t { }"),
        ("", "action a when w and b.p and self.x { x := b.p  g := b.x }"),
        ("", "environment action a when quiet and not in_flight() { b.x := true w := true }"),
        ("", "timer t when not in_flight() on timeout t { }"),
    ],
)
def test_who_sees_what(code: str, where: str, tmp_path: Path) -> None:
    text = (
        f"node A(b: B) {{ var x: bool ghost var g: bool {where} }}"
        "node B(p: bool) { var x: bool } world { var w: bool }"
        "instance a: A(b) instance b: B(true)"
    )
    if code:
        assert codes(tmp_path, text) == {code}
    else:
        model_of(tmp_path, text)
