"""Where no solver decides, states show what is wrong with an invariant: with a wrong one only."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.certificates.models import Case, handshake, registry
from tests.certificates.test_unbounded import FUTURE, MUTATED, PARTS, SYSTEM
from verifier.certificates.check import Refused, Undecided
from verifier.certificates.counterexample import Claim, Counterexample, counterexample
from verifier.certificates.nearby import changed, few_values
from verifier.certificates.processes import Answers, questions
from verifier.certify import check, write
from verifier.ir import types as T
from verifier.ir.build import both
from verifier.ir.property import Invariant
from verifier.language.load import load
from verifier.properties.safety import encode

TICKETS = """model tickets
message Take { n: int 0.. }
message Ack { n: int 0.. }
channel net { unordered, lossy, duplicates, capacity unbounded }
node A(b: B) {
  var next: int 0..
  var acked: int 0..
  action go { next += 1  send Take { n: next } to b }
  on Ack(k) { acked := max(acked, k.n) }
}
node B {
  var got: int 0..
  on Take(t) from a: A { if t.n > got { got := t.n }  send Ack { n: t.n } to a }
}
instance a: A(b)
instance b: B
invariant "acked was got": a.acked <= b.got
"""
INDUCTIVE = (
    "not in_flight(Take(t) where t.sender == b)",
    "a.acked <= b.got",
    "not in_flight(Ack(k) where b.got < k.n)",
)


def claim(text: str, parts: tuple[str, ...], directory: Path, *names: str) -> Claim:
    """That some parts prove what is named."""
    path = directory / "tickets.mdl"
    path.write_text(text + "".join(f'lemma "part {n}": {p}\n' for n, p in enumerate(parts)))
    model = load(path, None, {})
    proved = [prop for prop in model.properties if prop.name in names]
    told = [
        both(p.defined, p.predicate)
        for p in model.properties
        if isinstance(p, Invariant) and p.lemma
    ]
    return Claim(model.system, encode(model.system, proved).bad, True, told)


def found_in(of: Claim, seconds_max: float = 60.0) -> Counterexample | None:
    return counterexample(of, seconds_max=seconds_max)


@pytest.mark.parametrize("name", MUTATED)
def test_every_mutation_of_a_claim_about_a_bag(name: str) -> None:
    found = found_in(Claim(SYSTEM, FUTURE, True, MUTATED[name]()))
    assert found is not None, name


def test_what_is_inductive_has_none(tmp_path: Path) -> None:
    assert found_in(Claim(SYSTEM, FUTURE, True, PARTS), 3.0) is None
    assert found_in(claim(TICKETS, INDUCTIVE, tmp_path, "acked was got"), 3.0) is None


@pytest.mark.parametrize(
    ("text", "parts", "what", "where"),
    [
        (TICKETS, INDUCTIVE[:2], "part 2", "which the invariant allows"),
        (TICKETS, (*INDUCTIVE[:2], "not in_flight(Ack(k) where b.got < k.n and k.n > 2)"),
         "part 2", "which the invariant allows"),
        (TICKETS, (*INDUCTIVE, "a.next < 5"), "part 4", "after 4 steps from an initial state"),
        (TICKETS, (*INDUCTIVE, "1 / a.next == 0 or a.next >= 0"), "part 4", "an initial state: {}"),
        (TICKETS.replace("n: t.n }", "n: t.n + 1 }"), INDUCTIVE, "part 3", "after 1 step from"),
        (TICKETS.replace("next += 1 ", "next += 1 assert next < 9 "), INDUCTIVE,
         "run-time error: assertion failed: next < 9", "from {a.next = 8"),
        (TICKETS, INDUCTIVE[:1], "bad state: acked was got", "the invariant allows {"),
        (TICKETS, INDUCTIVE[1:], "run-time error: ", "the step b.unexpected"),
    ],
)  # fmt: skip
def test_what_is_told(
    text: str, parts: tuple[str, ...], what: str, where: str, tmp_path: Path
) -> None:
    found = found_in(claim(text, parts, tmp_path, "acked was got"))
    assert found is not None and what in found.what and where in found.why, found


def test_a_certificate_is_refused_though_no_solver_decides(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "tickets.mdl").write_text(TICKETS)
    case = Case(tmp_path / "source" / "tickets.mdl", INDUCTIVE, ("acked was got",))

    def unknown(_: str, file: Path, seconds_max: float) -> Answers:
        return Answers(("unknown",) * len(questions(file.read_text())), "", 0.0)

    said = []
    for parts in (INDUCTIVE, INDUCTIVE[:2]):
        model = case.model()
        proved = [prop for prop in model.properties if prop.name in case.proves]
        write(tmp_path / "proof", model, proved, case.invariant(parts))
        said.append(check(tmp_path / "proof", seconds_max=1, run=unknown))
    right, wrong = said
    assert isinstance(right, Undecided)
    assert isinstance(wrong, Refused) and wrong.what.startswith("part 2 of the invariant")


@pytest.mark.parametrize("made", [handshake, registry])
def test_changes_lead_everywhere(made: Callable[[Path], Case], tmp_path: Path) -> None:
    """Every variable of these models (lists, maps, options, sets, queues) takes several values, and
    what is in them has the shape of its type."""
    case = made(tmp_path)
    chance = random.Random(1)
    for variable in case.model().system.variables:
        value, seen = T.default(variable.type), set()
        for _ in range(300):
            new = changed(chance, variable.type, value)
            if T.contains(variable.type, new):
                value = new
                seen.add(new)
        assert len(seen) >= (2 if isinstance(variable.type, (T.Bool, T.Enum)) else 3), variable


def test_a_few_numbers() -> None:
    assert few_values(T.Int(3, None), 3) == [3, 4, 5]
    assert few_values(T.Int(None, 3), 3) == [3, 2, 1]
    assert few_values(T.INTEGER, 3) == [-1, 0, 1]
