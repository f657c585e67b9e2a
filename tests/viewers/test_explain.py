"""Why a property is false: the smallest part that decides it, with the values that make it so."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.traces.models import PAIR, Silent, model_of
from verifier.checker import Plan, check
from verifier.cli.reporting import trace_of
from verifier.ir.property import Invariant
from verifier.ir.semantics import evaluate, initial_states
from verifier.language.model import Model
from verifier.viewers.explain import why
from verifier.viewers.formula import Place, formula
from verifier.viewers.run import run

VALUES = """
model values
enum Colour { red, green, blue }
record Entry { colour: Colour, n: int 0..9 }
message Note { n: int 0..9 } via net
message Ping via net
channel net { capacity 4 }
world {
  var x: int 0..9 = 3
  var y: int 0..9 = 5
  var p: bool = true
  var q: bool
  var c: Colour = green
  var o: int 0..9?
  var e: Entry? = Entry { colour: red, n: 4 }
  var m: map Colour to int 0..9 = map(k in Colour: if k == red then 1 else if k == green then 2 else 0)
  var l: list of int 0..9 at most 3 = [7, 8]
  var s: set of Colour = {red, blue}
}
node N(k: int 0..9, peer: N) { var v: int 0..9 = 6 var got: bool }
instance a: N(1, b)
instance b: N(2, a)
final when true
"""  # noqa: E501


@cache
def place_of(expression: str) -> tuple[Model, Invariant, Place]:
    with TemporaryDirectory() as folder:
        model = model_of(Path(folder), f'{VALUES}invariant "i": {expression}\n')
    prop = model.properties[0]
    assert isinstance(prop, Invariant)
    ((_, state),) = initial_states(model.system)
    return model, prop, Place(model.system, state)


def explained(expression: str, *, wanted: bool) -> list[str]:
    _, prop, place = place_of(expression)
    return list(why(prop.predicate, place, wanted=wanted))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x == 4", ["x == 4 is false   (x = 3)"]),
        ("q", ["q is false"]),
        ("not p", ["p is true"]),
        # Of a conjunction the first part that is false, of a disjunction all of them.
        ("x == 3 and y == 4 and q", ["y == 4 is false   (y = 5)"]),
        ("q or x == 9", ["q is false", "x == 9 is false   (x = 3)"]),
        ("not (p and x == 3)", ["p is true", "x == 3 is true   (x = 3)"]),
        ("not (q or p)", ["p is true"]),
        ("(q or p) and (q or x == 9)", ["q is false", "x == 9 is false   (x = 3)"]),
        # Of an implication what does not follow.
        ("p implies q", ["q is false"]),
        ("x == 3 and p implies q or y == 1", ["q is false", "y == 1 is false   (y = 5)"]),
        ("p implies (x == 3 implies y == 4)", ["y == 4 is false   (y = 5)"]),
        # Of an `if` the condition and the branch that is taken.
        ("if p then x == 4 else y == 4", ["p is true", "x == 4 is false   (x = 3)"]),
        ("if q then x == 4 else y == 4", ["q is false", "y == 4 is false   (y = 5)"]),
        ("(if q then x else y) == 4", ["y == 4 is false   (q = false, y = 5)"]),
        ("min(x, y) == 9", ["x == 9 is false   (x = 3, y = 5)"]),
        # Of a quantifier the items that decide.
        ("all k in 0..4: k < x", ["for k = 3:", "  3 < x is false   (x = 3)"]),
        ("all n in N: n.v == 5", ["for n = a:", "  a.v == 5 is false   (a.v = 6)"]),
        ("all n in N: n.k < 2", ["for n = b:", "  2 < 2 is false"]),
        ("exists n in N: n.got",
         ["for n = a:", "  a.got is false", "for n = b:", "  b.got is false"]),
        ("exists k in 0..4: k == 9", ["exists k in 0..4: k == 9 is false"]),  # none is telling
        ("all d in Colour: m[d] > 0", ["for d = blue:", "  0 < m[blue] is false   (m[blue] = 0)"]),
        ("all n in N: exists j in N: n == j and n.v < j.v",
         # What follows from the item alone, as a == b for j = b, is no reason.
         ["for n = a:", "  for j = a:", "    a.v < a.v is false   (a.v = 6)"]),
        ("not (exists i in l: i == 8)", ["for i = 8:", "  8 == 8 is true"]),
        # Values of what is taken out of compounds.
        ("m[c] == 9", ["m[c] == 9 is false   (c = green, m[c] = 2)"]),
        ("e.n == 9", ["e.n == 9 is false   (e = Entry { colour: red, n: 4 }, e.n = 4)"]),
        ("e == none", ["e == none is false   (e = Entry { colour: red, n: 4 })"]),
        ("o == 3", ["o != none is false   (o = none)"]),
        ("o ?? 4 == 3", ["4 == 3 is false   (o = none)"]),
        # Of constants that branches have put there, what chose the branches.
        ("(if q then e else none) != none", ["q is false"]),
        ("(if e != none and e.n > 8 then e else none) != none",
         ["8 < e.n is false   (e = Entry { colour: red, n: 4 }, e.n = 4)"]),
        ("(if p then e else none) == none",
         ["e == none is false   (p = true, e = Entry { colour: red, n: 4 })"]),
        ("exists n in N: (if n.got and n.k > 0 then e else none) != none",
         ["for n = a:", "  a.got is false", "for n = b:", "  b.got is false"]),
        # Whichever item it is.
        ("exists n in N: (if q then e else none) != none", ["q is false"]),
        ("c in {red, blue}", ["c in {red, blue} is false   (c = green)"]),
        ("c in s", ["c in s is false   (c = green, s = {red, blue})"]),
        ("red not in s", ["red not in s is false   (s = {red, blue})"]),
        ("l[1] < l[0]", ["l[1] < l[0] is false   (l[1] = 8, l[0] = 7)"]),
        ("size(l) == x", ["size(l) == x is false   (x = 3, size(l) = 2)"]),
        ("x + y * 2 == 4", ["x + y * 2 == 4 is false   (x = 3, y = 5, x + y * 2 = 13)"]),
        ("count(n in N where n.v == 6) == 1",
         ["count(n in N where n.v == 6) == 1 is false   "
          "(b.v = 6, a.v = 6, count(n in N where n.v == 6) = 2)"]),
        ("in_flight(Note(m) where m.n == x)",
         ["in_flight(Note(m) where m.n == x) is false   (x = 3)"]),
        ("count_in_flight() == 1", ["size(net) == 1 is false   (size(net) = 0)"]),
        ("room(net) implies quiet and q", ["q is false"]),
        ("false", []),
    ],
)  # fmt: skip
def test_why_false(expression: str, expected: list[str]) -> None:
    assert explained(expression, wanted=False) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x == 3 and p", ["x == 3 is true   (x = 3)", "p is true"]),
        ("q or p or x == 3", ["p is true"]),
        ("q implies x == 9", ["q is false"]),
        ("exists n in N: n.k == 2", ["for n = b:", "  2 == 2 is true"]),
        ("all k in 0..1: k < x",
         ["for k = 0:", "  0 < x is true   (x = 3)", "for k = 1:", "  1 < x is true   (x = 3)"]),
        ("all k in 0..9: k < 10", ["all k in 0..9: k < 10 is true"]),
        ("true", []),
    ],
)  # fmt: skip
def test_why_true(expression: str, expected: list[str]) -> None:
    assert explained(expression, wanted=True) == expected


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ("a.n == old(a.n)", ["a.n == old(a.n) is false   (a.n = 1, old(a.n) = 0)"]),
        ("on a.ask: a.n > old(a.n) + 1",
         ["old(a.n) + 1 < a.n is false   (old(a.n) = 0, a.n = 1, old(a.n) + 1 = 1)"]),
        ("on a.ask(loud): loud", ["loud is false"]),
        ("on a.ask(loud): all n in A: n.n == old(n.n)",
         ["for n = a:", "  a.n == old(a.n) is false   (a.n = 1, old(a.n) = 0)"]),
        ("on b.Ask(m): m.n == 2 or a.got != old(a.got)",
         ["message.n == 2 is false   (message.n = 1)"]),
        ("on b.Ask(m): in_flight(Ask)", ["in_flight(Ask) is false"]),
    ],
)  # fmt: skip
def test_why_a_step_breaks_a_property(
    declaration: str, expected: list[str], tmp_path: Path
) -> None:
    """Plain names are values after the step, `old` marks those before it."""
    model = model_of(tmp_path, f'{PAIR}step "p": {declaration}\n')
    conclusion = check(model, Plan(), Silent()).conclusions[0]
    trace = trace_of(conclusion.verdict)
    assert trace is not None
    lines = list(run(model.system, conclusion.prop, trace, "diff", 100))
    assert lines[lines.index("of the last step:") + 1 :] == [f"  {line}" for line in expected]


def test_a_question_that_is_answered_otherwise_is_our_mistake() -> None:
    _, prop, place = place_of("x == 4")
    with pytest.raises(AssertionError):
        list(why(prop.predicate, place, wanted=True))


# ---- formulas ----------------------------------------------------------------------------------

SAME = [
    "x == 4", "x != 3", "x < 4", "x <= 4", "not p", "not (p and q)", "p and q or p", "p == q",
    "(p or q) and p", "q implies p", "(q implies p) implies q", 
    "x + y * 2 - 1 == 4", "(x + y) * 2 == 4", "x - (y - 1) == -2", "x - y - 1 == -3", "x / 2 == 1",
    "all k in 0..4: k < x", "exists k in 0..4: k == 9", "all n in N: n.v == 6",
    "exists n in N: n.got and p", "(exists n in N: n.got) and p", "not (exists n in N: n.got)",
    "all n in N: exists j in N: n.v == j.v", "m[c] == 9", "c in {red, blue}", "c not in s",
    "c in s", "size(l) == 3", "l[0] < l[1]", "l == [1]", "append(l, 1) == l", "tail(l) == []",
    "count(n in N where n.v == 6) == 1", "set(d in Colour where 0 < m[d]) == s",
    "s | {green} == s", "s & {green} == s", "in_flight(Note(m) where m.n == x)", "in_flight(Ping)",
    "not in_flight(Ping)", "count_in_flight(Note) == 1",
    "count_in_flight(Note(m) where m.n == 2) == 0",
    "(if q then x else y) == 4", "if p then q else x == 3", "all k in 0..4: if q then k < x else p",
    "o != none", "o == none", "e == Entry { colour: blue, n: 1 } or q", "x == (if p then 1 else 2)",
]  # fmt: skip


@pytest.mark.parametrize("expression", SAME)
def test_a_formula_means_what_it_says(expression: str) -> None:
    """Its text is an expression of the language, and the same one."""
    _, prop, place = place_of(expression)
    text = formula(prop.predicate)
    _, again, there = place_of(text)
    assert again.predicate == prop.predicate, text
    assert formula(again.predicate) == text
    assert place.value(prop.predicate) == there.value(again.predicate)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("y > x", "x < y"),
        ("not (x == 3)", "x != 3"),
        ("not (x < 3)", "x >= 3"),
        ("not (x <= 3)", "x > 3"),
        ("not (3 < x)", "x <= 3"),
        ("not (3 <= x)", "x < 3"),
        ("p and q implies x == 1", "(p and q) implies x == 1"),
        ("not q or x == 1", "q implies x == 1"),
        ("not q and not p", "not q and not p"),
        ("head(l) == 1", "l[0] == 1"),
        ("let z = x + 1; z == 9", "x + 1 == 9"),
        ("count_in_flight() == 1", "size(net) == 1"),
        ("in_flight()", "0 < size(net)"),
        ("room(net)", "size(net) < 4"),
        ("e.n == 9", "e != none and e.n == 9"),
        ("o ?? 4 == 3", "(if o != none then o else 4) == 3"),
        ("a.peer.v == 1", "b.v == 1"),
        ("all n in N: n.peer.v == 1", "all n in N: { a: b, b: a }[n].v == 1"),
    ],
)
def test_other_words(expression: str, text: str) -> None:
    assert formula(place_of(expression)[1].predicate) in (text, text.removeprefix("e != none and "))


def test_a_formula_in_a_place_shows_the_branch_that_is_taken() -> None:
    _, prop, place = place_of("(if q then x else y) == 4")
    assert formula(prop.predicate, place) == "y == 4"
    assert evaluate(place.system, prop.predicate, place.state, {}) is False
    bound = place_of("all k in 0..4: (if k == 1 then x else y) == 4")
    assert formula(bound[1].predicate, bound[2]) == (
        "all k in 0..4: (if k == 1 then x else y) == 4"
    )
