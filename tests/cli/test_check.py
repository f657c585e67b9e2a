"""``verify check`` in this process: options, reports, and what they say."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from syrupy.assertion import SnapshotAssertion

from tests.cli.models import BAD, ENDLESS, GOOD, WRONG
from tests.traces.models import COUNTER
from verifier.cli.main import main, verify
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget, Observer
from verifier.engines.registry import ENGINES
from verifier.ir.problem import SafetyProblem
from verifier.report import json_schema
from verifier.verdict import Exploration, Found
from verifier.viewers.legible import columns

SCHEMA = Path(__file__).parents[2] / "docs/report.schema.json"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("good", GOOD), ("bad", BAD), ("wrong", WRONG), ("endless", ENDLESS), ("counter", COUNTER),
    ):  # fmt: skip
        Path(f"{name}.mdl").write_text(text, encoding="utf-8")


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(verify, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def reported(*arguments: str) -> Any:
    """The JSON on stdout, which is all that is there, and as the schema says."""
    result = invoke(*arguments, "--format", "json")
    assert result.stderr == ""
    found = json.loads(result.stdout)
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    exits = [report["exit"] for report in (found if isinstance(found, list) else [found])]
    assert result.exit_code in exits
    return found


def without_cost(text: str) -> str:
    """The report without what depends on the machine."""
    cost = r"explicit search, [\d.]+ s of [\d.]+ s, [\d,]+ MiB at most"
    changed, count = re.subn(cost, "COST", text)
    assert count >= 1
    return changed


# ---- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("good.mdl",),
        ("good.mdl", "--witnesses"),
        ("bad.mdl",),
        ("bad.mdl", "--trace", "diff"),
        ("bad.mdl", "--trace", "full"),
        ("bad.mdl", "--trace", "none"),
        ("bad.mdl", "--set", "mode=wild"),
        ("bad.mdl", "--out", "out"),
        ("good.mdl", "--property", "top"),
        ("counter.mdl",),
        ("endless.mdl", "--max-states", "100"),
        ("good.mdl", "bad.mdl", "--trace", "none"),
    ],
    ids=" ".join,
)
def test_a_report(arguments: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    result = invoke(*arguments, "-q")
    assert result.stderr == ""
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    assert without_cost(result.stdout) == snapshot


def test_mistakes_of_the_user_are_shown_in_place() -> None:
    result = invoke("wrong.mdl")
    assert (result.exit_code, result.stdout) == (3, "")
    lines = result.stderr.splitlines()
    codes = [line.split(":")[0] for line in lines if line.startswith("error[")]
    assert codes == ["error[M101]", "error[M101]"]
    assert " --> wrong.mdl:3:42" in lines
    assert lines[-1] == "2 mistakes; verify explain M101 says more"


# ---- JSON --------------------------------------------------------------------------------------


def test_the_schema_is_that_of_the_documentation() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()


def test_a_report_as_data() -> None:
    report = reported("bad.mdl")
    assert report["schema"] == "verify-report/1"
    assert report["model"] == {
        "name": "bad", "file": "bad.mdl", "variant": "near",
        "options": {"most": "2", "mode": "calm"},
    }  # fmt: skip
    assert (report["engine"], report["complete"], report["stopped"]) == ("explicit", True, None)
    counts = ("states", "transitions", "depth", "terminal")
    assert [report[key] for key in counts] == [3, 2, 2, 1]
    assert report["coverage"] == {"never_fired": [], "never_taken": []}
    assert report["exit"] == 1
    seconds = report["seconds"]
    assert 0 <= seconds["search"] <= seconds["total"] and report["peak_memory_bytes"] > 2**20
    small, top, deadlock, reception, runtime = report["properties"]
    assert small == {
        "name": "small", "kind": "invariant", "verdict": "violated", "evidence": "trace",
        "requirements": ["R-1"], "trace": {"steps": 2, "loop_start": None, "file": None},
        "occurrences": 1, "bound": None, "reason": None, "faults": [], "engine": "explicit",
    }  # fmt: skip
    assert (top["kind"], top["evidence"], top["trace"]["steps"]) == ("reachable", "trace", 2)
    assert top["requirements"] == ["R-1", "R-2"]
    assert [row["kind"] for row in (deadlock, reception, runtime)] == [
        "deadlock", "reception", "runtime",
    ]  # fmt: skip
    for row in (deadlock, reception, runtime):
        assert (row["verdict"], row["evidence"], row["trace"]) == ("holds", "exhaustive", None)


def test_run_time_errors_as_data() -> None:
    report = reported("counter.mdl")
    row = next(row for row in report["properties"] if row["kind"] == "runtime")
    assert (row["verdict"], row["evidence"], row["trace"]["steps"]) == ("violated", "trace", 2)
    (fault,) = row["faults"]
    assert fault == {
        "code": "R01",
        "message": "the value of 'x += by' is not in int 0..3",
        "at": "counter.mdl:5:29",
        "occurrences": 3,
        "trace": {"steps": 2, "loop_start": None, "file": None},
    }
    others = [row for row in report["properties"] if row["kind"] != "runtime"]
    assert {(r["verdict"], r["evidence"], r["bound"]) for r in others} == {
        ("unknown", "bounded", 1)
    }


def test_mistakes_as_data() -> None:
    result = reported("wrong.mdl")
    assert set(result) == {"schema", "file", "diagnostics", "exit"}
    assert (result["file"], result["exit"]) == ("wrong.mdl", 3)
    first = result["diagnostics"][0]
    assert (first["code"], first["file"], first["line"], first["column"]) == (
        "M101", "wrong.mdl", 3, 42,
    )  # fmt: skip


def test_several_files_are_a_list() -> None:
    found = reported("good.mdl", "wrong.mdl", "bad.mdl")
    assert [report["exit"] for report in found] == [0, 3, 1]
    assert [report.get("model", {}).get("name") for report in found] == ["good", None, "bad"]


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (("good.mdl", "good.mdl"), 0),
        (("good.mdl", "bad.mdl"), 1),
        (("bad.mdl", "endless.mdl"), 1),
        (("good.mdl", "endless.mdl"), 4),
        (("wrong.mdl", "bad.mdl", "endless.mdl"), 3),
    ],
)
def test_the_worst_exit_status_counts(files: tuple[str, ...], status: int) -> None:
    Path("endless.mdl").write_text(
        ENDLESS.replace('invariant "near": n.x < 2\n', ""), encoding="utf-8"
    )
    result = invoke(*files, "--max-states", "50", "--trace", "none", "-q")
    assert result.exit_code == status


# ---- what is asked of the model ----------------------------------------------------------------


def test_an_option_left_open() -> None:
    found = reported("good.mdl", "--any", "mode", "--out", "runs")
    assert found["model"]["options"] == {"most": "2", "mode": "any value"}
    assert found["states"] == 5  # 0, 1, 2 if calm; 0, 9 if wild
    assert found["reproduce"] == "verify check good.mdl --any mode"
    runtime = next(row for row in found["properties"] if row["kind"] == "runtime")
    assert runtime["verdict"] == "holds"
    small = next(row for row in found["properties"] if row["name"] == "small")
    shown = invoke("trace", "show", small["trace"]["file"])
    assert "with option mode = wild" in shown.stdout
    assert "option mode = wild" in invoke("good.mdl", "--any", "mode", "--trace", "diff").stdout
    for wrong in (["--any", "mod"], ["--any", "mode", "--set", "mode=wild"]):
        assert invoke("good.mdl", *wrong).exit_code == 2


def test_a_lemma_is_called_one() -> None:
    text = GOOD.replace('invariant "small"', 'lemma "small"')
    Path("lemma.mdl").write_text(text, encoding="utf-8")
    assert reported("lemma.mdl")["properties"][0]["kind"] == "lemma"
    assert invoke("test", "lemma.mdl").exit_code == 0


def test_variants_and_settings() -> None:
    for arguments, variant, most, states in (
        ((), "near", "2", 3),
        (("--variant", "far"), "far", "5", 6),
        (("--set", "most=7"), "near", "7", 8),
        (("--variant", "far", "--set", "most=1"), "far", "1", 2),
        (("--set", "most=7", "--set", "most=4"), "near", "4", 5),
        (
            (
                "--set",
                " most = 3 ",
            ),
            "near",
            "3",
            4,
        ),
    ):
        report = reported("good.mdl", *arguments)
        model = report["model"]
        assert (model["variant"], model["options"]["most"], report["states"]) == (
            variant, most, states,
        )  # fmt: skip
    assert reported("good.mdl", "--set", "mode=wild")["model"]["options"]["mode"] == "wild"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--variant", "fra"), ["fra", "did you mean 'far'"]),
        (("--set", "mots=3"), ["mots", "did you mean 'most'"]),
        (("--set", "mode=wlid"), ["'wlid' is no value of the option 'mode'"]),
        (("--set", "most=ten"), ["ten"]),
        (("--set", "most=10"), ["'10' is no value of the option 'most'"]),
        (("--set", "most"), ["'most' is no setting", "--set OPTION=VALUE"]),
        (("--set", "=3"), ["'=3' is no setting"]),
        (("--property", "smal"), ["smal", '"small"', '"top"', '"no deadlock"']),
        (("--max-states", "0"), ["--max-states"]),
        (("--max-states", "many"), ["--max-states", "many"]),
        (("--max-memory", "4X"), ["4X", "512M"]),
        (("--max-memory", "0"), ["'0' is no amount of memory"]),
        (("--time-limit", "soon"), ["'soon' is no time", "5m"]),
        (("--time-limit", "0s"), ["'0s' is no time"]),
        (("--engine", "steam"), ["steam", "explicit"]),
        (("--trace", "film"), ["film", "chart"]),
        (("--format", "xml"), ["xml", "json"]),
        (("--nothing",), ["--nothing"]),
    ],
    ids=lambda part: " ".join(part),
)
def test_bad_usage_says_what_would_be_good(arguments: tuple[str, ...], said: list[str]) -> None:
    result = invoke("good.mdl", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    for words in said:
        assert words in result.stderr


@pytest.mark.parametrize("verb", ["check", "test"])
def test_a_file_that_is_not_there(verb: str) -> None:
    for file in ("missing.mdl", "."):
        result = invoke(verb, "good.mdl", file)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"'{file}'" in result.stderr


def test_only_one_property() -> None:
    report = reported("bad.mdl", "--property", "top")
    assert [row["name"] for row in report["properties"]] == [
        "top", "no unspecified reception", "no run-time error",
    ]  # fmt: skip
    assert (report["exit"], report["states"]) == (0, 3)
    two = reported("bad.mdl", "--property", "top", "--property", "small")
    assert [row["name"] for row in two["properties"]][:2] == ["small", "top"]
    assert two["exit"] == 1
    text = invoke("bad.mdl", "--property", "top", "-q").stdout
    assert '✓ reachable "top"' in text  # who asks for one wants to see it


# ---- limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--max-states", "100"), "the limit of 100 states was reached"),
        (("--max-memory", "1M"), "the memory limit of 1,048,576 bytes was reached"),
        (("--time-limit", "1ms"), "the time limit was reached"),
    ],
)
def test_a_limit_gives_a_partial_report(arguments: tuple[str, ...], reason: str) -> None:
    report = reported("endless.mdl", "-q", *arguments)
    assert (report["complete"], report["stopped"]) == (False, reason)
    rows = {row["name"]: row for row in report["properties"]}
    near = rows.pop("near")
    if arguments[0] == "--max-states":
        assert report["states"] > 100 and report["exit"] == 1
        assert (near["verdict"], near["trace"]["steps"], near["occurrences"]) == (
            "violated", 2, None,
        )  # fmt: skip
    else:
        assert (near["verdict"], report["exit"]) == ("unknown", 4)
    for row in rows.values():
        assert (row["verdict"], row["evidence"], row["reason"]) == ("unknown", "bounded", reason)
        assert row["trace"] is None and row["bound"] <= report["depth"]
    text = " ".join(invoke("endless.mdl", "-q", *arguments).stdout.split())
    assert f"NOT explored completely ({reason})" in text
    assert "holds" not in text


def test_coverage_of_a_part_says_so_far() -> None:
    Path("part.mdl").write_text(
        ENDLESS.replace("when w < 99", "when w < 99 and x == 99"), encoding="utf-8"
    )
    text = invoke("part.mdl", "-q", "--max-states", "30", "--trace", "none").stdout
    assert "never fired so far:\n  w_up  (part.mdl:11:10)\n" in text


# ---- files -------------------------------------------------------------------------------------


def test_runs_and_reports_are_saved() -> None:
    report = reported("bad.mdl", "--out", "deep/out")
    assert json.loads(Path("deep/out/bad.near.report.json").read_text("utf-8")) == report
    rows = {row["name"]: row for row in report["properties"]}
    file = rows["small"]["trace"]["file"]
    assert file == "deep/out/bad.near.small.trace.json"
    assert invoke("trace", "replay", file).exit_code == 0
    assert invoke("trace", "show", file).exit_code == 0
    assert rows["top"]["trace"]["file"] == "deep/out/bad.near.top.trace.json"
    both = reported("bad.mdl", "--variant", "far", "--out", "deep/out")
    assert both["model"]["variant"] == "far"
    assert len(list(Path("deep/out").iterdir())) == 6  # nothing was overwritten
    assert "saved as out/bad.near.small.trace.json" in " ".join(
        invoke("bad.mdl", "--out", "out").stdout.split()
    )


def test_out_that_is_a_file() -> None:
    Path("out").write_text("", encoding="utf-8")
    result = invoke("bad.mdl", "--out", "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "out" in result.stderr


# ---- the command again -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("bad.mdl",),
        ("bad.mdl", "--variant", "far", "--set", "mode=wild"),
        ("bad.mdl", "--property", "small", "--property", "no deadlock"),
        ("endless.mdl", "--max-states", "77", "--max-memory", "8G", "--time-limit", "5m"),
        ("a b/it's.mdl", "--engine", "explicit"),
    ],
    ids=" ".join,
)
def test_the_command_of_a_report_gives_it_again(arguments: tuple[str, ...]) -> None:
    Path("a b").mkdir()
    Path("a b/it's.mdl").write_text(BAD, encoding="utf-8")
    first = reported(*arguments)
    words = shlex.split(first["reproduce"])
    assert words[0] == "verify"
    second = reported(*words[1:])
    for report in (first, second):
        del report["seconds"], report["peak_memory_bytes"]
    assert first == second
    assert first["reproduce"] in invoke(*arguments).stdout


# ---- what only a broken engine or an unlucky moment gives --------------------------------------


def broken(change: Callable[[Exploration], Exploration]) -> Callable[..., Exploration]:
    def engine(problem: SafetyProblem, budget: Budget, observer: Observer) -> Exploration:
        return change(explore(problem, budget, observer))

    return engine


def shorter(found: Exploration) -> Exploration:
    """Every run without its last step."""
    answers = {
        name: replace(answer, trace=replace(answer.trace, steps=answer.trace.steps[:-1]))
        if isinstance(answer, Found)
        else answer
        for name, answer in found.answers.items()
    }
    return replace(found, answers=answers)


def test_a_mistake_of_an_engine_is_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = broken(shorter)
    monkeypatch.setitem(ENGINES, "explicit", lambda strategy: engine)
    monkeypatch.setattr("sys.argv", ["verify", "bad.mdl"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # it would ignore interrupts at its end
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert 'TraceMismatch: the run does not show what is claimed about "small"' in err
    assert "This is a mistake of verify" in err and "not of your model" in err


def test_an_interrupt_while_a_flow_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def engine(problem: SafetyProblem, budget: Budget, observer: Observer) -> Exploration:
        calls.append(problem)
        if len(calls) == 1:
            return explore(problem, budget, observer)
        return explore(problem, budget, Interrupting())

    class Interrupting:
        def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
            raise KeyboardInterrupt

    flows = 'flow "one": do n.up\nflow "two": do n.up do n.up\n'
    Path("flows.mdl").write_text(GOOD + flows, encoding="utf-8")
    monkeypatch.setitem(ENGINES, "explicit", lambda strategy: engine)
    report = reported("flows.mdl")
    assert (report["exit"], report["complete"]) == (130, True)
    rows = {row["name"]: row for row in report["properties"]}
    assert rows["small"]["verdict"] == rows["top"]["verdict"] == "holds"
    for name in ("one", "two"):
        assert (rows[name]["verdict"], rows[name]["reason"]) == ("unknown", "interrupted")
    assert len(calls) == 2  # who interrupts does not want to do so again for each flow


def test_control_characters_of_a_model_do_not_reach_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "escape.mdl"
    file.write_text('world { var x: bool }\ninvariant "a\x1b[31mb": x\nfinal when true\n')
    result = CliRunner().invoke(verify, [str(file)])
    assert result.exit_code == 1 and "\x1b" not in result.output and "a?[31mb" in result.output


def test_no_line_is_too_long_for_a_long_name() -> None:
    name = "漢字 and much more that is said of it " * 4
    text = BAD.replace('"small"', f'"{name}"')
    assert text != BAD
    Path("long.mdl").write_text(text, encoding="utf-8")
    shown = invoke("long.mdl", "--quiet").stdout
    lines = shown.partition("explicit search")[0].splitlines()
    assert any(line.startswith("✗ invariant") for line in lines)
    assert all(columns(line) <= 80 for line in lines)


def test_what_is_proved_is_said_beside_what_is_violated() -> None:
    text = " ".join(invoke("bad.mdl", "--engine", "symbolic", "--quiet").stdout.split())
    assert re.search(
        r"VIOLATED: 1 of \d properties; the others are proved. All runs of up to \d+ steps? were "
        "looked at. ",
        text,
    )
    text = " ".join(invoke("good.mdl", "--engine", "symbolic", "--quiet").stdout.split())
    assert re.search(r"HOLDS: all \d properties, proved. All runs of up to", text)
