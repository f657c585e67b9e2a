"""Counterexamples to induction are shown whole, once, and with a lemma only where one may help."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proving.listening import Heard
from verifier.engines.interface import TIMED_OUT
from verifier.engines.symbolic.prover import FAULTS, NotProved
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import BadState
from verifier.ir.property import Invariant
from verifier.language.lifting import lifted_model
from verifier.language.load import load
from verifier.language.model import Model
from verifier.properties.safety import encode
from verifier.proving.bounds import without_weaker
from verifier.proving.induction import way
from verifier.proving.work import Work
from verifier.verdict import Unknown
from verifier.viewers.formula import formula
from verifier.viewers.naming import named_apart

WRITES = """model writes
message W { v: int 0..2 }
channel net { unordered, capacity unbounded }
node P(to_other: P) {
  var v: int 0..2
  var times: int 0..
  action write(x: int 0..2) { v := x  times += 1  send W { v: x } to to_other }
  on W(w) { v := w.v }
}
instance p: P(q)
instance q: P(p)
final when true
invariant "quiet agree": not in_flight(W) implies p.v == q.v
invariant "few": p.times < 3
"""

x, y = (make(E.Var, name, T.INTEGER) for name in "xy")
FLAG = make(E.Var, "flag", T.BOOL)


def under(term: Expr, number: int) -> Expr:
    return b.less(term, b.number(number))


def at_least(term: Expr, number: int) -> Expr:
    return b.at_most(b.number(number), term)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ((under(x, 35), under(x, 36), under(x, 50)), "x < 35"),
        ((under(x, 50), b.at_most(x, b.number(34)), FLAG), "x <= 34 and flag"),
        ((at_least(x, 2), b.negate(under(x, 5)), under(y, 3)), "x >= 5 and y < 3"),
        ((under(x, 3), at_least(x, 1)), "x < 3 and 1 <= x"),
        ((under(x, 3), b.negate(at_least(x, 3))), "x < 3"),
    ],
)
def test_the_strongest_bound_decides_a_conjunction(given: tuple[Expr, ...], left: str) -> None:
    assert formula(without_weaker(b.conjunction(given))) == left


def test_the_weakest_bound_decides_a_disjunction() -> None:
    given = b.disjunction((under(x, 35), FLAG, under(x, 36), at_least(y, 3), at_least(y, 7)))
    assert formula(without_weaker(given)) == "flag or x < 36 or 3 <= y"
    lemma = b.negate(b.conjunction((under(x, 35), under(x, 36))))
    assert formula(without_weaker(lemma)) == "x >= 35"


@pytest.fixture
def model(tmp_path: Path) -> Model:
    path = tmp_path / "writes.mdl"
    path.write_text(WRITES, encoding="utf-8")
    return load(path, None, {})


def bad_of(model: Model, name: str) -> BadState:
    prop = next(p for p in model.properties if isinstance(p, Invariant) and p.name == name)
    return BadState(name, b.negate(prop.predicate))


def variable(model: Model, name: str) -> Expr:
    return next(make(E.Var, v.name, v.type) for v in model.system.variables if v.name == name)


def differ(model: Model) -> Expr:
    """What the prover makes of two values that are not the same: it leaves out that the channel
    is empty."""
    return b.equal(variable(model, "p.v"), variable(model, "q.v"))


def test_what_must_not_be_in_flight_is_shown(model: Model) -> None:
    failure = NotProved("", (b.negate(b.FALSE), differ(model)), ("p.write",))
    found = way(model.system, failure, bad_of(model, "quiet agree"))
    assert found is not None and found.absent
    assert formula(b.negate(found.excluded[-1])) == "p.v != q.v and not in_flight(W)"
    whole = way(model.system, NotProved("", (differ(model),)), bad_of(model, "few"))
    assert whole is not None and not whole.absent and whole.excluded == (differ(model),)


def test_the_property_is_no_lemma_for_itself(model: Model) -> None:
    few = bad_of(model, "few")
    alone = NotProved("", (b.negate(few.condition),))
    found = way(model.system, alone, few)
    assert found is not None and found.lemma is None
    # A state from which a step fails is not what is asked: that it is not reachable is a lemma.
    faulty = way(model.system, NotProved("", (at_least(variable(model, "p.times"), 0),)), None)
    assert faulty is not None and faulty.lemma is not None


def test_messages_that_are_spoken_of_together_have_names(model: Model) -> None:
    net = variable(model, "net")
    assert isinstance(net.type, T.Channel)
    of = net.type.message
    one, two = (make(E.Param, f"W#{n}", of) for n in (1, 2))

    def some(variable: E.Param, body: Expr) -> Expr:
        said = b.both(make(E.HasTag, variable, 0), body)
        return make(E.Quantified, "any", variable, net, said, T.BOOL)

    def v(message: Expr) -> Expr:
        return make(E.MessageField, message, 0, 2, T.Int(0, 2))

    both = some(one, some(two, b.less(v(one), v(two))))
    assert formula(named_apart(both)) == "in_flight(W(W1) where in_flight(W(W2) where W1.v < W2.v))"
    single = some(one, under(v(one), 2))
    assert named_apart(single) is single


def work_on(model: Model, outcomes: dict[str, NotProved]) -> Work:
    work = Work(model, model.properties, encode(model.system, model.properties), Heard())
    work.outcomes.update(outcomes)
    return work


def test_a_counterexample_is_told_under_its_own_question(model: Model) -> None:
    stuck = NotProved("there may be a run to it", (under(variable(model, "p.times"), 3),))
    told = {f.conclusion.prop.name: f for f in work_on(model, {FAULTS: stuck}).findings()}
    assert [name for name, found in told.items() if found.way is not None] == ["no run-time error"]


@pytest.mark.parametrize(("interrupted", "reason"), [(False, TIMED_OUT), (True, "interrupted")])
def test_a_share_of_the_time_is_not_the_time_limit(
    model: Model, interrupted: bool, reason: str
) -> None:
    work = work_on(model, {"few": NotProved(TIMED_OUT)})
    work.interrupted = interrupted
    said = next(f.conclusion.verdict for f in work.findings() if f.conclusion.prop.name == "few")
    assert isinstance(said, Unknown) and said.reason == reason


QUEUES = """model queues
bound CAP: int 1..9 = 2
bound LOOSE: int 1..9 = 2
bound TRIES: int 0..9 = 2
message T via line
message U via bag
channel line { fifo, capacity CAP per link }
channel bag { unordered, capacity LOOSE }
node A { var n: int 0..TRIES  on T { }  on U { } }
instance a: A
"""


@pytest.mark.parametrize(
    ("settings", "keep", "queues", "kept"),
    [
        ({}, (), ("CAP",), {}),
        ({}, ("CAP",), (), {"CAP": "it was asked to be kept"}),
        ({"CAP": "3"}, ("CAP",), (), {"CAP": "it was set"}),
    ],
)
def test_the_capacities_of_queues(
    settings: dict[str, str],
    keep: tuple[str, ...],
    queues: tuple[str, ...],
    kept: dict[str, str],
    tmp_path: Path,
) -> None:
    path = tmp_path / "queues.mdl"
    path.write_text(QUEUES, encoding="utf-8")
    _, lifting = lifted_model(path, None, settings, frozenset(), keep)
    assert (lifting.queues, dict(lifting.kept)) == (queues, kept)
