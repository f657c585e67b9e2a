"""From a file to verdicts without bounds: what is proved, shown, and left open, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proving.listening import Heard
from tests.proving.models import FAULTY, POOL, SUM, WRONG_LATE
from verifier.certificates.check import Accepted, Refused
from verifier.certify import check, write
from verifier.ir.build import negate
from verifier.ir.property import NoFault
from verifier.language.model import ChoiceError
from verifier.proving.pipeline import Proof, Wanted, prove
from verifier.traces.trace import Trace
from verifier.verdict import Exhaustive, Holds, Inductive, Unknown, Verdict, Violated

MODELS = Path(__file__).parents[2] / "models"


def wanted(path: Path, **changes: object) -> Wanted:
    given: dict[str, object] = {
        "variant": None, "settings": {}, "open_options": frozenset(), "keep": (),
        "properties": (), "seconds_max": 6.0, "certificates": False,
    }  # fmt: skip
    return Wanted(path, **{**given, **changes})


def proof_of(tmp_path: Path, text: str, heard: Heard | None = None, **changes: object) -> Proof:
    path = tmp_path / "model.mdl"
    path.write_text(text, encoding="utf-8")
    return prove(wanted(path, **changes), heard or Heard())


def verdicts(proof: Proof) -> dict[str, Verdict]:
    return {f.conclusion.prop.name: f.conclusion.verdict for f in proof.findings}


def test_what_is_proved_and_what_is_not(tmp_path: Path) -> None:
    proof = proof_of(tmp_path, POOL)
    found = verdicts(proof)
    assert list(found) == [
        "nothing from nowhere", "few", "two", "beyond", "twice", "no deadlock",
        "no unspecified reception", "no run-time error",
    ]  # fmt: skip
    for name in ("nothing from nowhere", "no deadlock", "no run-time error"):
        said = found[name]
        assert isinstance(said, Holds) and isinstance(said.evidence, Inductive), name
    two, beyond, twice, few = (found[name] for name in ("two", "beyond", "twice", "few"))
    assert isinstance(two, Holds) and isinstance(two.evidence, Trace) and two.evidence.depth == 3
    assert isinstance(twice, Holds) and isinstance(twice.evidence, Trace)
    assert isinstance(beyond, Violated) and isinstance(beyond.evidence, Inductive)
    assert isinstance(few, Unknown) and few.reason == "there may be a run to it" and few.depth > 2
    (way,) = [f.way for f in proof.findings if f.way is not None]
    assert len(way.excluded) == len(way.actions) + 1
    assert proof.lifting.lifted == ("MAX", "CAPACITY", "NUMBERS")
    assert proof.lifting.circles == ("NUMBERS",) and proof.lifting.any_messages
    assert not proof.interrupted and not proof.lifting.kept and not proof.lifting.any_stamps


def test_what_is_wrong_without_a_bound_only(tmp_path: Path) -> None:
    asked = {"properties": ("nothing from nowhere",)}
    found = verdicts(proof_of(tmp_path, WRONG_LATE, **asked))["nothing from nowhere"]
    assert isinstance(found, Violated) and isinstance(found.evidence, Trace)
    assert found.evidence.depth == 6
    kept = verdicts(proof_of(tmp_path, WRONG_LATE, keep=("MAX",), **asked))
    assert isinstance(kept["nothing from nowhere"], Holds)


def test_nothing_is_proved_of_a_model_that_goes_wrong(tmp_path: Path) -> None:
    heard = Heard()
    proof = proof_of(tmp_path, FAULTY, heard)
    found = verdicts(proof)
    assert isinstance(found["no run-time error"], Violated) and heard.questions == []
    assert isinstance(found["two"], Holds)  # by a run, which is one whatever else goes wrong
    for name in ("no deadlock", "no unspecified reception"):
        said = found[name]
        assert isinstance(said, Unknown) and "goes wrong at run time" in said.reason


def test_verdicts_rest_on_run_time_errors_being_excluded(tmp_path: Path) -> None:
    heard = Heard(stop_at="nothing from nowhere")
    proof = proof_of(tmp_path, POOL, heard)
    found = verdicts(proof)
    assert proof.interrupted and heard.questions == ["", "run-time errors", "nothing from nowhere"]
    assert isinstance(found["no run-time error"], Holds)  # what was proved is not lost
    assert isinstance(found["two"], Holds)
    assert isinstance(found["twice"], Holds)
    for name in ("nothing from nowhere", "no deadlock"):
        said = found[name]
        assert isinstance(said, Unknown) and said.reason == "interrupted"
    early = verdicts(proof_of(tmp_path, POOL, Heard(stop_at="run-time errors")))
    assert isinstance(early["no run-time error"], Unknown)


def test_lemmas_are_proved_first_even_if_nobody_asks_for_them(tmp_path: Path) -> None:
    heard = Heard()
    text = POOL + 'lemma "at first": a.sent >= 0\n'
    proof = proof_of(tmp_path, text, heard, properties=("nothing from nowhere",))
    assert [q for q in heard.questions if q in ("at first", "nothing from nowhere")] == [
        "at first", "nothing from nowhere",
    ]  # fmt: skip
    assert "at first" not in verdicts(proof)
    assert isinstance(verdicts(proof)["nothing from nowhere"], Holds)


def test_bounds_that_stay(tmp_path: Path) -> None:
    proof = proof_of(
        tmp_path, POOL, settings={"NUMBERS": "3"}, keep=("MAX",), properties=("two",),
        open_options=frozenset({"spare"}),
    )  # fmt: skip
    assert proof.lifting.lifted == ("CAPACITY",) and proof.lifting.open_options == ("spare",)
    assert proof.lifting.kept == {"MAX": "it was asked to be kept", "NUMBERS": "it was set"}
    assert proof.model.options["MAX"] == "3" and proof.model.options["NUMBERS"] == "3"
    with pytest.raises(ChoiceError, match="no bound 'spare'"):
        proof_of(tmp_path, POOL, keep=("spare",))


def test_the_time_limit_keeps_what_was_proved() -> None:
    path = MODELS / "proofs" / "ticket_lock.mdl"
    found = verdicts(prove(wanted(path, seconds_max=6.0), Heard()))
    assert isinstance(found["no run-time error"], Holds)
    assert isinstance(found["everybody waits"], Holds)
    said = found["mutual exclusion"]
    assert isinstance(said, Unknown) and said.reason == "the time limit was reached"


def test_the_certificate_of_a_claim_of_the_scenario_models(tmp_path: Path) -> None:
    claim = "a deregistration BU never removes a proxy entry"
    proof = prove(
        wanted(
            MODELS / "scenario_c.mdl",
            variant="repaired_rfc6612",
            properties=(claim,),
            seconds_max=60.0,
        ),
        Heard(),
    )
    certified(proof, claim, tmp_path, turned_round=False)
    assert isinstance(check(tmp_path, seconds_max=30), Accepted)


def test_a_changed_certificate_is_refused(tmp_path: Path) -> None:
    proof = proof_of(tmp_path, SUM)
    certified(proof, "sum", tmp_path / "proof", turned_round=True)
    assert isinstance(check(tmp_path / "proof", seconds_max=10), Refused)


def certified(proof: Proof, claim: str, directory: Path, *, turned_round: bool) -> None:
    """Writes the certificate of a claim, perhaps with one part of the invariant turned round."""
    said = verdicts(proof)[claim]
    assert isinstance(said, Holds) and isinstance(said.evidence, Inductive)
    first, *rest = said.evidence.invariant
    parts = [negate(first) if turned_round else first, *rest]
    props = [f.conclusion.prop for f in proof.findings]
    proved = [prop for prop in props if prop.name == claim or isinstance(prop, NoFault)]
    write(directory, proof.model, proved, parts)


@pytest.mark.parametrize("name", ["lock_server", "token_ring"])
def test_near_misses_are_found_and_the_right_ones_are_proved(name: str) -> None:
    path = MODELS / "proofs" / f"{name}.mdl"
    proof = prove(wanted(path), Heard())
    assert all(isinstance(said, Holds) for said in verdicts(proof).values())
    assert proof.lifting.lifted == ("CAPACITY",)
    for variant in proof.model.variants:
        wrong = prove(wanted(path, variant=variant), Heard())
        assert any(isinstance(said, Violated) for said in verdicts(wrong).values()), variant


def test_one_hears_how_far_a_proof_has_got() -> None:
    heard = Heard()
    claim = "calls are executed in order"
    path = MODELS / "proofs" / "at_most_once.mdl"
    found = verdicts(prove(wanted(path, properties=(claim,), seconds_max=30.0), heard))
    assert isinstance(found[claim], Holds)
    depth, lemmas = heard.deepest
    assert depth > 1 and lemmas > 0


def test_where_nothing_is_without_bound_all_states_are_visited() -> None:
    heard = Heard()
    proof = prove(wanted(MODELS / "classics" / "german.mdl", seconds_max=60.0), heard)
    found = verdicts(proof)
    assert heard.questions == []  # nothing was left to prove
    said = found["every copy is up to date"]
    assert isinstance(said, Holds) and isinstance(said.evidence, Exhaustive)
    assert said.evidence.states == 3381


def test_implications_prove_what_takes_many_small_facts() -> None:
    """Without them neither our own procedure nor Spacer proves one of these in minutes."""
    asked = {"certificates": True, "seconds_max": 120.0}
    proof = prove(
        wanted(
            MODELS / "proofs" / "german_data.mdl", properties=("every copy is up to date",), **asked
        ),
        Heard(),
    )
    said = verdicts(proof)["every copy is up to date"]
    assert isinstance(said, Holds) and isinstance(said.evidence, Inductive)


def test_a_clock_without_skew_is_in_the_reach_of_the_prover() -> None:
    path = MODELS / "proofs" / "distributed_lock_stamps.mdl"
    proof = prove(wanted(path, properties=("no deadlock",), seconds_max=60.0), Heard())
    said = verdicts(proof)["no deadlock"]
    assert isinstance(said, Holds) and isinstance(said.evidence, Inductive)
