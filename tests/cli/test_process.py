"""The command as a process: exit statuses, streams, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.models import BAD, ENDLESS, GOOD, WRONG
from verifier import __version__

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", GOOD), ("bad", BAD), ("wrong", WRONG), ("endless", ENDLESS)):
        Path(f"{name}.mdl").write_text(text, encoding="utf-8")


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **extra}


def process(*arguments: str, group: bool = False, **extra: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "verifier", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(extra),
        preexec_fn=_hears_interrupts,
        start_new_session=group,
    )


def _hears_interrupts() -> None:
    """Also where the tests run in the background, with interrupts ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(*arguments: str, **extra: str) -> tuple[int, str, str]:
    started = process(*arguments, **extra)
    out, err = started.communicate(timeout=60)
    return started.returncode, out, err


def test_exit_statuses() -> None:
    status, out, err = run("good.mdl")
    assert (status, err) == (0, "") and "HOLDS: all 5 properties" in out
    status, out, err = run("check", "bad.mdl")
    assert (status, err) == (1, "") and "VIOLATED: 1 of 5 properties" in out
    status, out, err = run("wrong.mdl")
    assert (status, out) == (3, "") and "error[M" in err and "Traceback" not in err
    status, out, err = run("endless.mdl", "-q", "--max-states", "100", "--property", "far")
    assert (status, err) == (4, "") and "UNKNOWN" in out


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_gives_a_partial_report(sent: signal.Signals) -> None:
    started = process("endless.mdl", "--format", "json")
    assert started.stderr is not None
    progress = started.stderr.readline()  # it is in the middle of the search now
    assert progress.startswith("depth ") and "states" in progress
    started.send_signal(sent)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 130
    report = json.loads(out)
    assert (report["exit"], report["complete"], report["stopped"]) == (130, False, "interrupted")
    rows = {row["name"]: row for row in report["properties"]}
    assert (rows["near"]["verdict"], rows["near"]["trace"]["steps"]) == ("violated", 2)
    assert rows["near"]["occurrences"] is None
    for name in ("far", "flow", "no deadlock", "no run-time error"):
        assert (rows[name]["verdict"], rows[name]["reason"]) == ("unknown", "interrupted")
        assert rows[name]["evidence"] == "bounded"
    assert rows["far"]["bound"] == report["depth"] > 2
    assert "Traceback" not in err


def test_progress_is_on_stderr_and_the_report_on_stdout() -> None:
    started = process("endless.mdl", "--time-limit", "1500ms", "--format", "json")
    out, err = started.communicate(timeout=60)
    assert started.returncode == 1
    json.loads(out)  # one document and nothing else
    lines = err.splitlines()
    assert lines and all(line.startswith("depth ") for line in lines)
    assert "states" in lines[0] and "MiB" in lines[0] and "\x1b" not in err
    started = process("endless.mdl", "--time-limit", "1500ms", "--quiet")
    out, err = started.communicate(timeout=60)
    assert err == ""
    assert "NOT explored completely (the time limit was reached)" in " ".join(out.split())
    assert out.splitlines()[0].startswith("endless, variant default")


def test_a_reader_that_stops_reading() -> None:
    shown = subprocess.run(
        f"{sys.executable} -m verifier bad.mdl --trace full | head -1",
        shell=True,
        capture_output=True,
        encoding="utf-8",
        env=environment({}),
    )
    assert shown.stdout == "bad, variant near  (bad.mdl)\n"
    assert shown.stderr == ""


def test_a_reader_that_stopped_before() -> None:
    """Nothing is left that could be written: quiet all the same."""
    for arguments in (["bad.mdl"], ["bad.mdl", "--format", "json"], ["--help"]):
        started = process(*arguments)
        assert started.stdout is not None and started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == ""
        started.stderr.close()
        started.wait(timeout=60)


def test_a_terminal_that_shows_ascii_only() -> None:
    status, out, _ = run("bad.mdl", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert status == 1 and out.isascii() and "?" not in out
    assert "  x small: VIOLATED in 2 steps  [R-1]" in out.splitlines()
    _, unicode, _ = run("bad.mdl")
    assert "✗" in unicode and "\x1b" not in unicode
    assert [len(line) for line in out.splitlines()[:-2]] == [
        len(line) for line in unicode.splitlines()[:-2]
    ]


def test_version_and_help() -> None:
    assert run("--version") == (0, f"verify, version {__version__}\n", "")
    for arguments in (["--help"], ["-h"], ["check", "-h"], ["trace", "-h"]):
        status, out, err = run(*arguments)
        assert (status, err) == (0, "") and out.startswith("Usage: ")
        assert max(map(len, out.splitlines())) <= 100
    status, out, err = run()
    assert status == 2
    assert "Usage: " in out + err and "Traceback" not in err


def test_a_report_does_not_depend_on_the_order_of_hashes() -> None:
    """Apart from what the machine is like today."""
    reports = []
    for seed in ("0", "1", "4711"):
        text = run(
            "check", "bad.mdl", str(ROOT / "models/classics/scenario_c_reference.mdl"),
            "--format", "json", PYTHONHASHSEED=seed,
        )[1]  # fmt: skip
        found = json.loads(text)
        for report in found:
            assert report.pop("seconds") and report.pop("peak_memory_bytes")
        charts = run("bad.mdl", "--witnesses", PYTHONHASHSEED=seed)[1].splitlines()[:-2]
        reports.append((json.dumps(found), charts))
    assert reports[0] == reports[1] == reports[2]


def test_trace_files_do_not_depend_on_the_order_of_hashes() -> None:
    for seed in ("0", "4711"):
        run("bad.mdl", "--out", f"out{seed}", PYTHONHASHSEED=seed)
    files = sorted(path.name for path in Path("out0").glob("*.trace.json"))
    assert len(files) == 2
    for name in files:
        assert Path("out0", name).read_bytes() == Path("out4711", name).read_bytes()


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.1])
def test_a_second_interrupt_is_quiet_too(pause: float) -> None:
    """Whatever it meets: the report that is being written, or Python at its end."""
    started = process("endless.mdl")
    assert started.stderr is not None
    started.stderr.readline()
    started.send_signal(signal.SIGINT)
    time.sleep(pause)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Traceback" not in err
