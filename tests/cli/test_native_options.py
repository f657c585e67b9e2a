"""The options that only the native engine has: compact runs, checkpoints, emitted code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from verifier.cli.main import verify
from verifier.cli.request import FILE
from verifier.engines import registry

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "models/classics/scenario_c_reference.mdl"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(verify, ["check", *arguments])


def report(*arguments: str) -> dict[str, object]:
    """The report as data, without what differs from run to run."""
    form = () if "--resume" in arguments else ("--format", "json")
    found = json.loads(run(*arguments, *form, "-q").stdout)
    for key in ("seconds", "peak_memory_bytes", "reproduce", "bytes_per_state"):
        del found[key]
    found["model"]["file"] = Path(found["model"]["file"]).name
    return dict(found)


def test_any_number_of_workers_prints_the_same() -> None:
    texts = []
    for workers in ("1", "2", "8"):
        result = run(REFERENCE, "--engine", "native", "--workers", workers, "-q")
        lines = result.stdout.splitlines()
        texts.append([line for line in lines if not line.startswith("native search")])
        assert result.exit_code == 1
    assert texts[0] == texts[1] == texts[2]


ENDLESS = """
channel c { capacity unbounded }
message M
world { var n: int 0.. }
node N { on M { } }
instance m: N
environment action more { n += 1 }
environment action ask { send M from m to m }
invariant "small": n < 4
"""


def test_what_has_no_bound_is_for_the_explicit_engine(tmp_path: Path) -> None:
    model = tmp_path / "endless.mdl"
    model.write_text(ENDLESS, encoding="utf-8")
    for flags in (["--engine", "native"], ["--compact"], ["--checkpoint", str(tmp_path / "run")]):
        refused = run(str(model), *flags, "-q")
        assert refused.exit_code == 2
        assert 'the variable "n" has no bound, and machine code needs one' in refused.stderr
        assert ("--engine explicit" in refused.stderr) == (flags[0] == "--engine")
    assert not (tmp_path / "run").exists()
    emitted = CliRunner().invoke(verify, ["emit", str(model)])
    assert emitted.exit_code == 2 and "no bound" in emitted.stderr
    found = report(str(model), "--max-states", "5000")  # more than `auto` begins with
    assert (found["engine"], found["complete"], found["exit"]) == ("explicit", False, 1)
    assert found["stopped"] == "the limit of 5,000 states was reached"
    model.write_text(ENDLESS.replace("int 0..", "int 0..9"), encoding="utf-8")
    refused = run(str(model), "--engine", "native", "-q")
    assert 'the channel "c" has no bound' in refused.stderr


def test_hashes_alone_do_not_say_that_something_holds() -> None:
    result = run(REFERENCE, "--compact", "-q", "--trace", "none")
    assert result.exit_code == 1  # a violation is found all the same
    assert "VIOLATED in 7 steps" in result.stdout and "holds" not in result.stdout
    assert "was missed with a" in " ".join(result.stdout.split())
    assert f"again: verify check {REFERENCE} --compact" in result.stdout
    only = run(REFERENCE, "--compact", "-q", "--property", "sane")
    assert only.exit_code == 4


def test_a_run_that_was_killed_is_taken_up_again(tmp_path: Path) -> None:
    options = [REFERENCE, "--set", "M=4", "--set", "K=3", "--workers", "2"]
    expected = report(*options)
    saved = tmp_path / "saved"
    command = [
        sys.executable, "-m", "verifier", "check", *options, "--format", "json", "-q",
        "--checkpoint", str(saved), "--every", "20ms",
    ]  # fmt: skip
    for _ in range(3):
        shutil.rmtree(saved, ignore_errors=True)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            while not list(saved.glob("*/manifest.json")) and process.poll() is None:
                time.sleep(0.01)
            time.sleep(0.05)
            process.kill()
        assert report("--resume", str(saved)) == expected


def test_a_resumed_run_takes_no_other_option(tmp_path: Path) -> None:
    run(REFERENCE, "--checkpoint", str(tmp_path), "-q")
    for other in (["--max-states", "3"], [REFERENCE], ["--format", "json"]):
        result = run("--resume", str(tmp_path), *other)
        assert result.exit_code == 2 and "--resume takes what was asked" in result.output


def test_a_changed_model_is_not_gone_on_with(tmp_path: Path) -> None:
    model = tmp_path / "m.mdl"
    text = "model m\nworld { var x: int 0..9 = 0 }\nenvironment action up when x < 9 { x += 1 }\n"
    model.write_text(text + 'invariant "small": x < 9\nfinal when true\n', encoding="utf-8")
    saved = tmp_path / "saved"
    assert run(str(model), "--checkpoint", str(saved), "-q").exit_code == 1
    assert run("--resume", str(saved), "-q").exit_code == 1
    model.write_text(text + 'invariant "small": x < 8\nfinal when true\n', encoding="utf-8")
    result = run("--resume", str(saved), "-q")
    assert result.exit_code == 2 and "was saved for another model" in result.output


def test_what_is_no_saved_run_is_refused(tmp_path: Path) -> None:
    result = run("--resume", str(tmp_path))
    assert result.exit_code == 2 and "has no saved run" in result.output
    (tmp_path / FILE).write_text("{}")
    result = run("--resume", str(tmp_path))
    assert result.exit_code == 2 and "is not a saved run" in result.output
    run(REFERENCE, "--checkpoint", str(tmp_path), "-q")
    whole = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps({**whole, "version": "0.0.0"}))
    result = run("--resume", str(tmp_path))
    assert result.exit_code == 2 and "was saved by verify 0.0.0" in result.output


def test_what_the_reference_engine_cannot_do_is_said() -> None:
    for option in (["--compact"], ["--checkpoint", "somewhere"]):
        result = run(REFERENCE, "--engine", "explicit", *option)
        assert result.exit_code == 2 and "is for the native engine" in result.output
    result = run(REFERENCE, REFERENCE, "--checkpoint", "somewhere")
    assert result.exit_code == 2 and "is for one model" in result.output


def test_without_the_compiler_the_reference_engine_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    result = run(REFERENCE, "--trace", "none")
    assert result.exit_code == 1
    assert "needs the package llvmlite" in result.stderr and "will be slow" in result.stderr
    assert "explicit search" in result.stdout
    result = run(REFERENCE, "--engine", "native")
    assert result.exit_code == 2 and "needs the package llvmlite" in result.output


def test_emitted_code(snapshot: SnapshotAssertion) -> None:
    result = CliRunner().invoke(verify, ["emit", "models/examples/request_ack.mdl"])
    assert result.exit_code == 0
    assert result.stdout == snapshot
