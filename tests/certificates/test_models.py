"""Certificates of small models: both solvers accept them, and refuse every mutation."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tests.certificates.models import Case, handshake, in_process, registry
from verifier import __version__
from verifier.certificates import check as solvers
from verifier.certificates.check import Accepted, Disagreement, Refused, Undecided
from verifier.certificates.directory import Manifest, opened, readme
from verifier.certificates.processes import Answers
from verifier.certify import _derived, check, write
from verifier.cli import certificates as command
from verifier.cli.main import verify

MODELS = {"handshake": handshake, "registry": registry}


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    (tmp_path / "source").mkdir()
    return MODELS[request.param](tmp_path / "source")


def written(case: Case, parts: tuple[str, ...] | None = None) -> Path:
    directory = case.path.parent.parent / "certificate"
    model = case.model()
    proved = [prop for prop in model.properties if prop.name in case.proves]
    assert len(proved) == len(case.proves)
    write(directory, model, proved, case.invariant(parts))
    return directory


def resealed(directory: Path) -> None:
    """Makes the digests those of the files that are there now."""
    path = directory / "certificate.json"
    manifest = json.loads(path.read_text())
    for place in manifest["files"]:
        manifest["files"][place] = sha256((directory / place).read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest))


def edited(directory: Path, place: str, change: Callable[[str], str]) -> None:
    text = (directory / place).read_text()
    assert change(text) != text
    (directory / place).write_text(change(text))


def test_accepted_in_fresh_processes(case: Case) -> None:
    directory = written(case)
    found = check(directory, seconds_max=20)
    assert isinstance(found, Accepted), found


@pytest.mark.parametrize("place", range(9))
def test_a_part_left_out(case: Case, place: int) -> None:
    if place >= len(case.parts):
        pytest.skip("there are not so many")
    found = check(
        written(case, case.parts[:place] + case.parts[place + 1 :]), seconds_max=20, run=in_process
    )
    wanted = Accepted if place in case.redundant else Refused
    assert isinstance(found, wanted), (case.parts[place], found)


MUTATIONS = (
    ("<= sender.sent", "< sender.sent"),
    ("d.n != sender.sent", "d.n == sender.sent"),
    ("receiver.got + 1", "receiver.got + 2"),
    ("in_flight(Ack) implies sender.waiting", "in_flight(Ack) implies not sender.waiting"),
    ("<= 1", "<= 0"),
    ("2..4", "2..3"),
    ("in server.seen", "not in server.seen"),
    ("<= server.newest", "< server.newest"),
    ("x <= 3", "x <= 2"),
    ("r.level < 1", "r.level < 2"),
    ("r.sender != client[2]", "r.sender == client[2]"),
)


@pytest.mark.parametrize("old, new", MUTATIONS)
def test_a_part_mutated(case: Case, old: str, new: str) -> None:
    parts = tuple(part.replace(old, new) for part in case.parts)
    if parts == case.parts:
        pytest.skip("a mutation of the other model")
    found = check(written(case, parts), seconds_max=20, run=in_process)
    assert isinstance(found, Refused), found


def test_edited_files(case: Case) -> None:
    directory = written(case)
    condition, main = directory / "consecution.smt2", f"model/{case.path.name}"
    proved = condition.read_text()
    edited(directory, condition.name, lambda text: text.replace("(check-sat)", "", 1))
    refused_by_digest = check(directory, seconds_max=20, run=in_process)
    assert isinstance(refused_by_digest, Refused) and "digest" in refused_by_digest.why
    resealed(directory)
    found = check(directory, seconds_max=20, run=in_process)
    assert found == Refused(condition.name, "it is not what the model and the invariant give")
    condition.write_text(proved)
    edited(directory, "invariant.mdl", lambda text: text + "environment action noise { }\n")
    resealed(directory)
    assert isinstance(check(directory, seconds_max=20, run=in_process), Refused)
    edited(
        directory, "invariant.mdl", lambda text: text.replace("environment action noise { }\n", "")
    )
    edited(
        directory, main, lambda text: text.replace(" at most 2", " at most 1").replace("< 3", "< 2")
    )
    resealed(directory)
    assert isinstance(check(directory, seconds_max=20, run=in_process), Refused)
    (directory / "invariant.mdl").unlink()
    assert isinstance(check(directory, seconds_max=20, run=in_process), Refused)


MANIFEST_LIES: dict[str, dict[str, object]] = {
    "another model": {"model": "paxos"},
    "another variant": {"variant": "other"},
    "lifted bounds": {"bounds_lifted": ["MAX"]},
    "an option": {"options": {"MAX": "3"}},
    "fewer properties": {"properties": {"in step": "Invariant", "levels": "Invariant"}},
    "something more": {"checked": True},
}


@pytest.mark.parametrize("name", MANIFEST_LIES)
def test_what_the_manifest_says_is_what_the_model_says(case: Case, name: str) -> None:
    """Also where the README says the same."""
    directory = written(case)
    path = directory / "certificate.json"
    manifest = json.loads(path.read_text())
    told = {**manifest, **MANIFEST_LIES[name]}
    if name != "something more":
        (directory / "README").write_text(readme(msgspec.convert(told, Manifest)))
    path.write_text(json.dumps(told))
    resealed(directory)
    found = check(directory, seconds_max=20, run=in_process)
    assert isinstance(found, Refused), found


def test_a_readme_of_one_s_own(case: Case) -> None:
    directory = written(case)
    edited(directory, "README", lambda text: f"{text}All is proved: P=NP.\n")
    resealed(directory)
    found = check(directory, seconds_max=20, run=in_process)
    assert found == Refused("the files", "README is not what certificate.json gives")


@pytest.mark.parametrize("place", ["extra.smt2", "model/more.mdl"])
@pytest.mark.parametrize("listed", [False, True])
def test_a_file_more(case: Case, place: str, listed: bool) -> None:
    directory = written(case)
    (directory / place).write_text("model more\n")
    if listed:
        path = directory / "certificate.json"
        manifest = json.loads(path.read_text())
        manifest["files"][place] = ""
        path.write_text(json.dumps(manifest))
        resealed(directory)
    found = check(directory, seconds_max=20, run=in_process)
    assert isinstance(found, Refused) and f"{place} is no part of the certificate" in found.why


def test_another_version_wrote_it(case: Case) -> None:
    directory = written(case)
    edited(directory, "certificate.json", lambda text: text.replace(__version__, "9.9.9", 1))
    found = check(directory, seconds_max=20, run=in_process)
    assert isinstance(found, Undecided) and "written by version 9.9.9" in found.reason


@pytest.mark.parametrize("claim", ["1 / 0 == 5 or true", "1 / 0 == 0"])
def test_a_part_without_a_value(tmp_path: Path, claim: str) -> None:
    """What stands for the value in the conditions makes it true: the language does not."""
    (tmp_path / "source").mkdir()
    case = handshake(tmp_path / "source")
    directory = written(case)
    more = claim.replace("0", "(sender.sent - sender.sent)", 1)
    edited(directory, "invariant.mdl", lambda text: f'{text}lemma "more": {more}\n')
    manifest, texts = opened_anyhow(directory)
    for place, text in _derived(manifest, texts).items():
        (directory / place).write_text(text)
    resealed(directory)
    found = check(directory, seconds_max=20, run=in_process)
    assert isinstance(found, Refused) and "initiation.smt2" in found.what, found


def opened_anyhow(directory: Path) -> tuple[Manifest, dict[str, str]]:
    """A certificate that was edited."""
    resealed(directory)
    return opened(directory)


def test_exit_status(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = written(case)

    def lying(name: str, file: Path, seconds_max: float) -> Answers:
        found = in_process(name, file, seconds_max)
        return Answers(("sat", *found.said[1:]), "", 0.0) if name == "cvc5" else found

    def asked(run: solvers.Run) -> tuple[int, str]:
        monkeypatch.setattr(
            command, "check", lambda directory, seconds_max: check(
                directory, seconds_max=seconds_max, run=run)
        )  # fmt: skip
        result = CliRunner().invoke(verify, ["certificate", "check", str(directory)])
        return result.exit_code, result.output

    status, text = asked(in_process)
    assert status == 0 and "accepted" in text
    status, text = asked(lying)
    assert status == 70 and "disagree" in text and "cvc5 says sat" in text
    status, text = asked(lambda *_: Answers((), "out of memory", 0.0))
    assert status == 4 and "out of memory" in text
    edited(directory, "README", lambda text: text + "It is true.\n")
    status, text = asked(in_process)
    assert status == 1 and "README" in text


def test_without_a_solver(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = written(case)
    monkeypatch.setattr(solvers, "find_spec", lambda name: None if name == "cvc5" else name)
    found = check(directory, seconds_max=20)
    assert isinstance(found, Undecided) and "cvc5 is not installed" in found.reason


def test_a_disagreement_is_told_before_a_refusal() -> None:
    text = '(echo "a")\n(check-sat)\n(echo "b")\n(check-sat)\n'
    found = solvers.judged(
        {"f": text},
        {
            ("z3", "f"): Answers(("unsat", "sat"), "", 0),
            ("cvc5", "f"): Answers(("sat", "sat"), "", 0),
        },
    )
    assert found == Disagreement("f, question 1 (a)", "z3 says unsat, cvc5 says sat")
