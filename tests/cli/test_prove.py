"""``verify prove``: reports, certificates, options, exit statuses, interrupts."""

from __future__ import annotations

import json
import re
import shlex
import signal
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from tests.cli.test_process import process
from tests.proving.models import FAULTY, POOL, QUEUE, SUM, WRONG_LATE
from verifier import certify
from verifier.certificates import check as solvers
from verifier.certificates.check import Refused, Undecided
from verifier.certificates.directory import opened
from verifier.certificates.processes import Solvers
from verifier.cli.certifying import over_steps
from verifier.cli.main import verify
from verifier.verdict import BY_INDUCTION, NO_LONGER_RUN, Inductive

SCHEMA = Path(__file__).parents[2] / "docs/report.schema.json"
TICKETS = Path(__file__).parents[2] / "models/proofs/ticket_lock.mdl"
CLAIM = ("--property", "nothing from nowhere")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("pool", POOL), ("late", WRONG_LATE), ("faulty", FAULTY), ("sums", SUM),
        ("wrong", "model wrong node"), ("queue", QUEUE), ("tickets", TICKETS.read_text("utf-8")),
    ):  # fmt: skip
        Path(f"{name}.mdl").write_text(text, encoding="utf-8")


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(verify, ["prove", *arguments, "-q"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def reported(*arguments: str) -> Any:
    """The JSON on stdout, which is all that is there, and as the schema says."""
    result = invoke(*arguments, "--format", "json")
    assert result.stderr == ""
    found = json.loads(result.stdout)
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert result.exit_code in [r["exit"] for r in (found if isinstance(found, list) else [found])]
    return found


def rows(report: Any) -> dict[str, Any]:
    return {row["name"]: row for row in report["properties"]}


def without_cost(text: str) -> str:
    return re.sub(r"proved and searched, [\d.]+ s, [\d,]+ MiB at most", "COST", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("pool.mdl", *CLAIM),
        ("pool.mdl", *CLAIM, "--any", "spare", "--keep", "MAX", "--set", "CAPACITY=12"),
        ("pool.mdl", "--property", "beyond", "--out", "out", "--certify"),
        ("late.mdl", *CLAIM, "--trace", "none"),
        ("faulty.mdl", "--trace", "none"),
        ("sums.mdl", "--certify"),
    ],
    ids=" ".join,
)
def test_a_report(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    result = invoke(*arguments)
    assert result.stderr == ""
    lines = [one for one in result.stdout.splitlines() if not one.startswith("again: ")]
    assert all(len(line) <= 80 for line in lines)
    assert without_cost(result.stdout) == snapshot


def test_a_counterexample_to_induction() -> None:
    text = invoke("pool.mdl", "--property", "few", "--time-limit", "10s").stdout
    # The count is no part of what the prover excludes, and is shown all the same; to exclude it is
    # what is asked, and no lemma.
    assert (
        '? "few" is not proved: there may be a run to a state like this\n'
        "    1. count_in_flight(Token) > a.sent\n\n"
    ) in text
    row = rows(reported("pool.mdl", "--property", "few", "--time-limit", "10s"))["few"]
    assert (row["verdict"], row["evidence"]) == ("unknown", "bounded") and row["bound"] > 3
    induction = row["induction"]
    assert len(induction["states"]) == len(induction["actions"]) + 1
    assert "it's" not in text and "there may be a run to it" in " ".join(text.split())


@pytest.mark.parametrize(
    ("method", "steps", "said"),
    [
        (BY_INDUCTION, 1, "over runs of 1 step"),
        (BY_INDUCTION, 3, "over runs of 3 steps"),
        (NO_LONGER_RUN, 4, "no run is longer than 4 steps"),
    ],
)
def test_proofs_that_name_no_facts(method: str, steps: int, said: str) -> None:
    assert over_steps(Inductive(method, steps)) == said


def test_a_queue_without_end_has_a_hint() -> None:
    asked = ("queue.mdl", "--property", "in order")
    found = reported(*asked, "--time-limit", "3s")
    assert rows(found)["in order"]["verdict"] == "unknown"
    assert found["hint"] is not None and "--keep CAPACITY " in found["hint"]
    text = " ".join(invoke(*asked, "--time-limit", "3s").stdout.split())
    assert "hint with --keep CAPACITY the queues have an end" in text
    kept = reported(*asked, "--keep", "CAPACITY")
    assert rows(kept)["in order"]["evidence"] == "inductive" and kept["hint"] is None


def test_a_report_as_data() -> None:
    report = reported("pool.mdl", *CLAIM, "--keep", "NUMBERS")
    assert report["schema"] == "verify-proof/1" and report["exit"] == 0
    assert (report["lifted"], report["circles"]) == (["MAX", "CAPACITY"], [])
    assert report["kept"] == {"NUMBERS": "it was asked to be kept"}
    assert (report["open_options"], report["any_messages"]) == ([], True)
    assert report["nodes"] == {"a": 1, "b": 1} and report["stopped"] is None
    row = rows(report)["nothing from nowhere"]
    assert (row["verdict"], row["evidence"], row["requirements"]) == ("holds", "inductive", ["R-1"])
    assert row["facts"] > 0 and row["certificate"] is None and row["trace"] is None
    assert rows(reported("late.mdl", *CLAIM))["nothing from nowhere"]["trace"]["steps"] == 6


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("pool.mdl", *CLAIM), 0),
        (("late.mdl", *CLAIM), 1),
        (("late.mdl", *CLAIM, "--keep", "MAX"), 0),
        (("pool.mdl", "--property", "beyond"), 1),
        (("pool.mdl", "--property", "few", "--time-limit", "2s"), 4),
        (("wrong.mdl",), 3),
        (("pool.mdl", "--keep", "spare"), 2),
        (("pool.mdl", "--property", "nothing"), 2),
        (("pool.mdl", "--variant", "nothing"), 2),
        (("pool.mdl", "--any", "nothing"), 2),
        (("pool.mdl", "--time-limit", "soon"), 2),
        (("wrong.mdl", "late.mdl", *CLAIM), 3),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else str(part),
)
def test_exit_statuses(arguments: tuple[str, ...], status: int) -> None:
    result = invoke(*arguments)
    assert result.exit_code == status
    assert (result.stderr != "") == (status in (2, 3))


def test_certificates_are_written_and_accepted() -> None:
    report = reported("sums.mdl", "--out", "out", "--certify", "--variant", "default")
    found = rows(report)
    for row in found.values():
        assert row["certificate"]["status"] == "accepted"
        directory = row["certificate"]["directory"]
        done = CliRunner().invoke(verify, ["certificate", "check", directory])
        assert done.exit_code == 0, done.stdout
    manifest = json.loads(Path("out/sums.default.sum.proof/certificate.json").read_text("utf-8"))
    assert manifest["bounds_lifted"] == ["MAX"]
    assert set(manifest["properties"]) == {"sum", "no run-time error", "no unspecified reception"}
    assert json.loads(Path("out/sums.default.proof.json").read_text("utf-8")) == report
    path = Path("out/sums.default.sum.proof/invariant.mdl")
    assert path.read_text("utf-8").startswith('lemma "certificate, part 1":\n')
    path.write_text(path.read_text("utf-8").replace("(a.x", "(1 + a.x", 1), encoding="utf-8")
    done = CliRunner().invoke(verify, ["certificate", "check", "out/sums.default.sum.proof"])
    assert done.exit_code == 1 and "its digest differs" in done.stdout


def test_an_open_option_is_open_in_the_certificate() -> None:
    row = rows(reported("pool.mdl", *CLAIM, "--any", "spare", "--certify"))["nothing from nowhere"]
    assert row["certificate"] == {"directory": None, "status": "accepted", "reason": None}


def test_runs_are_saved_and_replayed() -> None:
    row = rows(reported("late.mdl", *CLAIM, "--out", "out"))["nothing from nowhere"]
    done = CliRunner().invoke(verify, ["trace", "replay", row["trace"]["file"]])
    assert done.exit_code == 0, done.stderr


def test_what_the_solvers_say_of_a_certificate_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certify, "check", lambda *_, **__: Refused("safety.smt2", "sat"))
    report = reported("sums.mdl", "--certify")
    assert report["exit"] == 70  # a mistake of this tool, and no verdict
    assert {row["verdict"] for row in report["properties"]} == {"unknown"}
    assert "REFUSED" in invoke("sums.mdl", "--certify").stdout
    monkeypatch.setattr(certify, "check", lambda *_, **__: Undecided("cvc5 is not installed"))
    report = reported("sums.mdl", "--certify")
    assert report["exit"] == 4
    assert {row["verdict"] for row in report["properties"]} == {"holds"}
    assert "not checked: cvc5 is not installed" in invoke("sums.mdl", "--certify").stdout


def test_the_time_limit_and_the_command_again() -> None:
    report = reported("tickets.mdl", "--time-limit", "6s")
    assert report["exit"] == 4 and report["seconds"] < 20
    found = rows(report)
    assert found["no run-time error"]["evidence"] == "inductive"
    assert found["mutual exclusion"]["reason"] == "the time limit was reached"
    assert found["mutual exclusion"]["bound"] > 0
    assert shlex.split(report["reproduce"]) == [
        "verify", "prove", "tickets.mdl", "--time-limit", "6s",
    ]  # fmt: skip


def interrupted_at(words: str, *arguments: str) -> tuple[int, Any]:
    """The status and the report of a run that is interrupted as soon as it says these words."""
    started = process("prove", *arguments, "--format", "json")
    assert started.stderr is not None
    lines = [started.stderr.readline()]
    while lines[-1] and words not in lines[-1]:
        lines.append(started.stderr.readline())
    assert lines[-1], "".join(lines)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=60)
    assert "Traceback" not in err
    return started.returncode, json.loads(out)


def test_an_interrupt_while_certificates_are_checked() -> None:
    status, report = interrupted_at("checking the", "sums.mdl", "--certify", "--out", "out")
    assert (status, report["exit"], report["stopped"]) == (130, 130, "interrupted")
    assert [row["verdict"] for row in report["properties"]] == ["holds"] * 4
    last = report["properties"][-1]["certificate"]
    assert (last["status"], last["reason"]) == ("undecided", "interrupted")
    for row in report["properties"]:  # all were written before the first was checked
        manifest, _ = opened(Path(row["certificate"]["directory"]))
        assert row["name"] in manifest.properties


@pytest.mark.parametrize(("stop", "whole"), [("sum", 0), ("no deadlock", 1)])
def test_an_interrupt_while_certificates_are_written(
    stop: str, whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the middle of the files: what is there is whole."""
    written = Path.write_bytes

    def interrupted(path: Path, content: bytes) -> int:
        done = written(path, content)
        about = f"{stop.replace(' ', '_')}.proof"
        if path.name == "safety.smt2" and about in str(path):
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    report = reported("sums.mdl", "--certify", "--out", "out")
    assert (report["exit"], report["stopped"]) == (130, "interrupted")
    assert [row["verdict"] for row in report["properties"]] == ["holds"] * 4
    said = [row["certificate"]["status"] for row in report["properties"]]
    assert said == ["undecided"] * whole + ["unwritten"] * (4 - whole)
    found = sorted(path.name for path in Path("out").iterdir() if path.is_dir())
    assert found == ["sums.default.sum.proof"][:whole]


def test_the_time_limit_is_one_of_certificates_too(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Solvers(deadline=time.monotonic())  # no time is left when the first is asked
    monkeypatch.setattr(solvers, "Solvers", lambda deadline: over)
    report = reported("sums.mdl", "--certify")
    assert report["exit"] == 4
    for row in report["properties"]:
        assert row["verdict"] == "holds"
        said = row["certificate"]
        assert (said["status"], said["reason"]) == ("undecided", "the time limit was reached")
    assert "not checked: the time limit was reached" in invoke("sums.mdl", "--certify").stdout


def test_several_files() -> None:
    first, second = reported("sums.mdl", "pool.mdl", "--property", "no deadlock")
    assert (first["model"]["name"], second["model"]["name"]) == ("sums", "pool")


def test_an_interrupt_gives_a_partial_report() -> None:
    status, report = interrupted_at('proving "mutual exclusion"', "tickets.mdl")
    assert (status, report["exit"], report["stopped"]) == (130, 130, "interrupted")
    found = rows(report)
    assert found["everybody waits"]["verdict"] == "holds"
    assert found["no run-time error"]["evidence"] == "inductive"
    assert found["mutual exclusion"]["reason"] == "interrupted"
