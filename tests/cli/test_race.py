"""A search and proofs beside it, as processes: what they say, and that none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_process import ROOT, process, run
from tests.proving.models import POOL, WRONG_LATE
from verifier.engines.registry import workers_here

LIFTED = ("--set", "MAX=unbounded", "--set", "CAPACITY=unbounded", "--format", "json", "-q")
SECONDS = 60.0  # until something is taken not to happen

pytestmark = pytest.mark.skipif(
    workers_here() < 2 or not Path("/proc/self/task").exists(),
    reason="needs two cores, and a system that says which processes there are",
)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("pool", POOL), ("late", WRONG_LATE)):
        Path(f"{name}.mdl").write_text(text, encoding="utf-8")


def rows_of(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in report["properties"]}


def child_of(started: subprocess.Popen[str]) -> int:
    """The process of the proofs, as soon as it works."""
    number = started.pid
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        if children and b"race.proofs" in Path(f"/proc/{children[0]}/cmdline").read_bytes():
            time.sleep(0.5)  # or it would be met while it is still being loaded
            return int(children[0])
        time.sleep(0.02)
    raise AssertionError("no proofs were begun")


def is_gone(number: int) -> bool:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_what_no_search_can_decide_is_proved() -> None:
    model = str(ROOT / "models/proofs/lock_server.mdl")
    status, out, err = run(
        model, "--set", "CAPACITY=unbounded", "--property", "mutual exclusion",
        "--format", "json", "-q",
    )  # fmt: skip
    report = json.loads(out)
    assert (status, err, report["complete"], report["states"]) == (0, "", True, None)
    assert report["engine"] == "explicit and symbolic" and report["notes"] == []
    for row in report["properties"]:
        assert (row["verdict"], row["evidence"], row["engine"]) == (
            "holds", "inductive", "symbolic",
        )  # fmt: skip


def test_what_is_wrong_without_bounds_only() -> None:
    status, out, _ = run("late.mdl", "--property", "nothing from nowhere", *LIFTED)
    report = json.loads(out)
    assert (status, report["complete"]) == (1, True)
    row, *others = report["properties"]
    assert (row["verdict"], row["trace"]["steps"], row["engine"]) == ("violated", 6, "explicit")
    assert all(other["evidence"] == "inductive" for other in others)


def test_proofs_that_are_killed() -> None:
    started = process("pool.mdl", *LIFTED, "--time-limit", "8s")
    os.kill(child_of(started), signal.SIGKILL)
    out, err = started.communicate(timeout=SECONDS)
    report = json.loads(out)
    assert (started.returncode, err) == (4, "")
    assert report["notes"] == [
        "the proofs beside the search ended early: the process was killed by SIGKILL"
    ]
    assert report["stopped"] == "the time limit was reached" and report["states"] > 2_000
    rows = rows_of(report)
    assert rows["few"]["reason"] == report["stopped"]
    assert rows["two"]["trace"]["steps"] == 3


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_from_the_terminal_is_for_all_processes(sent: signal.Signals) -> None:
    started = process("pool.mdl", *LIFTED, group=True)
    child = child_of(started)
    os.killpg(started.pid, sent)
    out, err = started.communicate(timeout=SECONDS)
    report = json.loads(out)
    assert (started.returncode, report["stopped"], err) == (130, "interrupted", "")
    rows = rows_of(report)
    assert (rows["few"]["verdict"], rows["few"]["reason"]) == ("unknown", "interrupted")
    assert rows["two"]["verdict"] == "holds" and is_gone(child)


def test_no_process_outlives_the_one_that_was_called() -> None:
    started = process("pool.mdl", *LIFTED)
    child = child_of(started)
    started.kill()
    started.communicate(timeout=SECONDS)
    assert is_gone(child)
