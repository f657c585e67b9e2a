"""What each kind of property means, and what the events in it name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import Judged, graph, judge, model_of
from verifier.source import SourceError

# A asks twice, B answers each; states are counted in `test_the_model_itself`.
PAIR = """
message Ask { n: int 1..2 }
message Answer { n: int 1..2 }
channel c { capacity 2 }
world { var moved: int 0..2 }
node A(b: B) {
  var n: int 0..2
  var got: int 0..2
  timer t
  action ask(twice: bool) when n < 2 { n += 1 send Ask { n: n } to b }
  on Answer(m) when m.n == 1 { got += 1 start t }
  ignore Answer
  on timeout t { }
}
node B { on Ask(m) from a: A { send Answer { n: m.n } to a } }
instance a: A(b)
instance b: B
environment action move(by: int 1..2) when quiet and a.n == 2 and moved == 0 { moved := by }
final when true
"""


def verdict(folder: Path, declaration: str) -> Judged:
    """The verdict on one property of the pair."""
    model = model_of(folder, PAIR + declaration)
    return judge(graph(model.system), model.properties[0])


def test_the_model_itself(tmp_path: Path) -> None:
    found = graph(model_of(tmp_path, PAIR).system)
    # Each request is not sent, asked, answered or taken, the second not before the first is sent:
    # 1 + 3 * 4 = 13; from the first receipt on the timer runs or not: + 4; one of two moves: + 2.
    assert (len(found.out), found.depth, found.terminal) == (13 + 4 + 2, 8, 2)
    assert found.faults() == []


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ('invariant "p": a.got <= a.n', Judged("holds")),
        ('invariant "p": a.n == 2 implies a.got == 1', Judged("violated", 2, 6)),
        ('invariant "p": when a.n == 2: a.got == 1', Judged("violated", 2, 6)),
        ('invariant "p": when quiet: a.got == 1 or a.n == 0', Judged("holds")),
        ('lemma "p": a.got <= a.n', Judged("holds")),
        ('lemma "p": when a.n == 2: a.got == 1', Judged("violated", 2, 6)),
        ('invariant "p": when quiet: a.n == 2', Judged("holds")),  # asking is enabled before
        ('reachable "p": quiet', Judged("holds", 7, 3)),
        ('reachable "p": a.got == 2', Judged("violated")),
        ('reachable "p": in_flight(Ask(m) where m.n == 2)', Judged("holds", 2, 4)),
        ('reachable "p": count_in_flight() == 2', Judged("holds", 2, 4)),
        ('reachable "p": count_in_flight(Ask) == 2', Judged("holds", 2, 1)),
        ('step "p": a.n >= old(a.n)', Judged("holds")),
        ('step "p": a.n > old(a.n)', Judged("violated", 2, 22)),
        ('step "p": on a.ask(x): a.n == old(a.n) + 1', Judged("holds")),
        ('step "p": on a.ask(x) where x: false', Judged("violated", 1, 5)),
        ('step "p": on A.ask, b.Ask: a.got == old(a.got)', Judged("holds")),
        ('step "p": on a.Answer(m) where m.n == 1: a.got == 1 and old(a.got) == 0',
         Judged("holds")),
        ('step "p": on a.Answer(m): m.n == 1', Judged("violated", 4, 4)),  # ignored ones too
        ('step "p": on Node.Ask(m): m.sender == a and m.receiver == b', Judged("holds")),
        ('step "p": on a.t: false', Judged("violated", 4, 4)),
        ('step "p": on move(by) where by == 2: moved == 2 and old(moved) == 0', Judged("holds")),
        ('step "p": on move(by): by == 1', Judged("violated", 8, 1)),
        ('invariant "p": running(a.t) implies a.got == 1', Judged("holds")),
        ('reachable "p": exists x in A: running(x.t) and a.n == 2', Judged("holds", 4, 3)),
        ('step "p": on a.Answer(m) where m.n == 1: running(a.t) and not old(running(a.t))',
         Judged("holds")),
        ('reachable "p": in_flight(Ask(m) where in_flight(Ask(k) where k != m))',
         Judged("holds", 2, 1)),
        ('invariant "p": not in_flight(Ask(m) where count_in_flight(Ask(k) where k == m) > 1)',
         Judged("holds")),
        ('step "p": on b.Ask(m): not old(in_flight(Ask(k) where k != m))',
         Judged("violated", 3, 2)),
        ('flow "p": a -> b: Ask', Judged("holds", 2)),
        ('flow "p": a -> b: Ask(m) where m.n == 2', Judged("holds", 3)),
        ('flow "p": b -> a: Answer(m) where m.n == 2 b -> a: Answer(m) where m.n == 1',
         Judged("holds", 6)),
        ('flow "p": b -> a: Answer b -> a: Answer b -> a: Answer', Judged("violated")),
        ('flow "p": b -> a: Ask', Judged("violated")),
        ('flow "p": A -> Node: Ask Node -> A: Answer', Judged("holds", 3)),
        ('flow "p": do a.ask do a.ask without Answer', Judged("holds", 2)),
        ('flow "p": do a.ask b -> a: Answer without Ask', Judged("violated")),
        ('flow "p": given a.n == 2 b -> a: Answer without Ask', Judged("holds", 4)),
        ('flow "p": a -> b: Ask then quiet', Judged("holds", 7)),
        ('flow "p": a -> b: Ask then a.n == 0', Judged("violated")),
        ('flow "p": do move(x) where x == 2', Judged("holds", 8)),
        ('flow "p": do a.t do a.ask', Judged("holds", 5)),
    ],
)  # fmt: skip
def test_a_verdict(declaration: str, expected: Judged, tmp_path: Path) -> None:
    assert verdict(tmp_path, declaration) == expected


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        ('step "p": on a.nothing: true', "M309"),
        ('step "p": on a.ask(x, y): true', "M207"),
        ('step "p": on a.Answer(x, y): true', "M207"),
        ('step "p": on nobody.ask: true', "M101"),
        ('step "p": on nothing: true', "M101"),
        ('step "p": on a.Ask: true', "M309"),
        ('flow "p": given a.n == 1', "M309"),
        ('flow "p": a -> b: Nothing', "M101"),
        ('invariant "p": old(a.n) == 1', "M306"),
        ('lemma "p": old(a.n) == 1', "M306"),
        ('invariant "p": true lemma "p": true', "M102"),
        ('invariant "p": now() == now()', "M304"),
        ('invariant "p": a.n', "M201"),
        ('invariant "p": a.t', "M201"),
        ('invariant "p": b.n == 1', "M205"),
        ('invariant "p": running(a.n)', "M205"),
        ('invariant "p": running(b.t)', "M205"),
        ('invariant "p": running(a.n + 1)', "M201"),
        ('invariant "p": running(a.n.t)', "M201"),
        ('invariant "p": running(t)', "M101"),
        ('invariant "p": not in_flight(Ask(m) where in_flight(Answer(k) where k == m))', "M201"),
        ('invariant "p": not in_flight(Ask(m) where m == 1)', "M201"),
        ('invariant "p": true invariant "p": true', "M102"),
        ('eventually "p": true', "M901"),
        ('leads_to "p": true ~> true', "M901"),
        ('expect: holds "q"', "M105"),
        ('expect other: states 1', "M104"),
    ],
)  # fmt: skip
def test_a_mistake(declaration: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        model_of(tmp_path, PAIR + declaration)
    assert {d.code for d in raised.value.diagnostics} == {code}


def test_deadlock_and_final(tmp_path: Path) -> None:
    text = "node N { var x: int 0..2 action a when x < 2 { x += 1 } } instance n: N\n"
    for final, expected in (
        ("", Judged("violated", 2, 1)),
        ("final when n.x == 1", Judged("violated", 2, 1)),
        ("final when n.x == 1 final when n.x == 2", Judged("holds")),
    ):
        model = model_of(tmp_path, text + final)
        prop = next(p for p in model.properties if p.name == "no deadlock")
        assert judge(graph(model.system), prop) == expected


@pytest.mark.parametrize("member", ["action a { x := true }", "on timeout t { }", "on M { }"])
def test_fairness_is_refused(member: str, tmp_path: Path) -> None:
    text = (
        "message M channel c { capacity 1 } instance n: N "
        f"node N {{ var x: bool timer t on timeout t {{}} weakly fair {member} }}"
    )
    with pytest.raises(SourceError) as raised:
        model_of(tmp_path, text)
    assert {d.code for d in raised.value.diagnostics} == {"M901"}
