"""Trace files: what is saved is what is read, and what belongs elsewhere is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.traces.models import COUNTER, PAIR, checked, conclusion, run_of
from verifier.cli.main import verify
from verifier.traces.storage import (
    FORMAT,
    StoredTrace,
    UnreadableTrace,
    digest,
    read,
    restored,
    save,
    store,
)

# Values of every shape: a map, a record, lists, sets, optionals, stamps, and channels of messages.
SHAPES = """
model shapes
enum Colour { red, green }
record Entry { colour: Colour, seen: bool }
message Note { at: stamp, to: Colour? }
channel net { capacity 3 }
node N(peer: N) {
  var table: map Colour to Entry?
  var order: list of Colour at most 2
  var seen: set of Colour
  var at: stamp
  action write(c: Colour) when size(order) < 2 {
    at := now()
    table[c] := Entry { colour: c, seen: true }
    order := append(order, c)
    seen := seen | {c}
    send Note { at: now(), to: if c == red then none else c } to peer
  }
  on Note(m) { at := m.at }
}
instance n: N(m)
instance m: N(n)
reachable "all": size(n.order) == 2 and size(m.order) == 1 and size(n.seen) == 2
  and n.table[red] != none and newer(n.at, m.at) and count_in_flight() == 2
"""


def stored(folder: Path, text: str, name: str) -> StoredTrace:
    found = checked(folder, text)
    model = found.model
    return store(
        model.system,
        run_of(found, name),
        model=model.name,
        file=model.file,
        variant=model.variant,
        options=model.options,
        texts=model.texts,
        prop=name,
        fault=None,
    )


@pytest.mark.parametrize(
    ("text", "name"), [(PAIR, "no deadlock"), (COUNTER, "no run-time error"), (SHAPES, "all")]
)
def test_what_is_saved_is_what_is_read(text: str, name: str, tmp_path: Path) -> None:
    content = stored(tmp_path, text, name)
    path = tmp_path / "run.json"
    path.write_text("what was there before", encoding="utf-8")
    save(path, content)
    assert read(path) == content
    assert restored(read(path)) == run_of(checked(tmp_path, text), name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.mdl", "run.json"]


def test_what_a_file_says(tmp_path: Path) -> None:
    content = stored(tmp_path, PAIR + 'reachable "goal": a.n == 1 and a.got == 1', "goal")
    assert content.format == FORMAT == "verify-trace/1"
    assert (content.model, content.variant, content.options) == ("pair", "default", {})
    assert (content.property, content.fault, content.loop_start) == ("goal", None, None)
    assert content.variables == ["a.n", "a.got", "net"]
    assert [step.label.shown for step in content.steps] == [
        "a.ask(loud: false)",
        "b.Ask(message: Ask { n: 1 })",
        "a.Answer(message: Answer { n: 1 })",
    ]
    assert content.steps[0].label.at == f"{tmp_path.as_posix()}/model.mdl:10:10"


# ---- the digest --------------------------------------------------------------------------------


def test_the_digest_is_of_all_that_gives_the_meaning() -> None:
    texts = {"a.mdl": "one", "lib/b.mdl": "two"}
    reference = digest(texts, "v", {"x": "1", "y": "2"})
    assert digest({"c/d.mdl": "two", "c/e.mdl": "one"}, "v", {"y": "2", "x": "1"}) == reference
    for other in (
        digest({**texts, "a.mdl": "One"}, "v", {"x": "1", "y": "2"}),
        digest({"a.mdl": "one"}, "v", {"x": "1", "y": "2"}),
        digest({**texts, "c.mdl": ""}, "v", {"x": "1", "y": "2"}),
        digest(texts, "w", {"x": "1", "y": "2"}),
        digest(texts, "v", {"x": "2", "y": "2"}),
        digest(texts, "v", {"x": "1"}),
    ):
        assert other != reference


# ---- files that are none -----------------------------------------------------------------------


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"no json",
        b'{"format": "verify-trace/1"}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableTrace, match=r"run\.json is no trace file"):
        read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UnreadableTrace, match=path.name):
            read(path)


def test_a_file_cut_off_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    save(path, stored(tmp_path, PAIR, "no deadlock"))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableTrace, match="is no trace file"):
        read(path)


def test_another_format(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    save(path, stored(tmp_path, PAIR, "no deadlock"))
    changed(path, lambda content: content.update(format="verify-trace/2"))
    with pytest.raises(UnreadableTrace, match="'verify-trace/2', this tool reads 'verify-trace/1'"):
        read(path)


@pytest.mark.parametrize("value", ["text", None, 1.5, {"a": 1}, ["text"]])
def test_what_is_no_value(value: object, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    save(path, stored(tmp_path, PAIR, "no deadlock"))
    changed(path, lambda content: content["initial"].__setitem__(0, value))
    with pytest.raises(UnreadableTrace, match="is not a value"):
        restored(read(path))


# ---- verify trace ------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with a model, checked, and its runs in out/."""
    monkeypatch.chdir(tmp_path)
    text = PAIR + 'invariant "p": a.got < 2\ninvariant "partial": 2 / a.n > 0\n'
    Path("pair.mdl").write_text(text, encoding="utf-8")
    Path("counter.mdl").write_text(COUNTER, encoding="utf-8")
    result = invoke("check", "-q", "pair.mdl", "counter.mdl", "--out", "out")
    assert result.exit_code == 1
    yield tmp_path


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(verify, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


RUN = "out/pair.default.p.trace.json"
FAILING = "out/counter.default.no_run_time_error.1.trace.json"
MEANINGLESS = "out/pair.default.no_run_time_error.1.trace.json"


def test_files_have_names_that_say_what_they_show(saved: Path) -> None:
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "counter.default.no_run_time_error.1.trace.json",
        "counter.default.report.json",
        "pair.default.no_deadlock.trace.json",
        "pair.default.no_run_time_error.1.trace.json",
        "pair.default.p.trace.json",
        "pair.default.report.json",
    ]


@pytest.mark.parametrize(
    ("file", "steps", "name"),
    [(RUN, 6, "p"), (FAILING, 2, "no run-time error"), (MEANINGLESS, 0, "partial")],
)
def test_a_run_is_judged_again(file: str, steps: int, name: str, saved: Path) -> None:
    result = invoke("trace", "replay", file)
    assert result.exit_code == 0
    counted = f"{steps} steps"
    assert counted in result.stdout and f'shows "{name}" as claimed' in result.stdout
    assert all(len(line) <= 80 or file in line for line in result.stdout.splitlines())


@pytest.mark.parametrize("file", [RUN, FAILING, MEANINGLESS])
@pytest.mark.parametrize("style", ["chart", "diff", "full"])
def test_a_run_is_shown_again(file: str, style: str, saved: Path) -> None:
    result = invoke("trace", "show", file, "--as", style)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("run of ") and max(map(len, lines)) <= 80
    shown = invoke("check", "-q", f"{lines[0].split()[2].strip(',')}.mdl", "--trace", style)
    assert "\n".join(lines[2:]) in shown.stdout


def test_a_run_of_a_copy_elsewhere(saved: Path) -> None:
    """What counts is the text, not where it is."""
    Path("elsewhere").mkdir()
    Path("pair.mdl").rename("elsewhere/other.mdl")
    assert invoke("trace", "replay", RUN).exit_code == 3
    assert "pair.mdl" in invoke("trace", "replay", RUN).stderr
    assert invoke("trace", "replay", RUN, "--model", "elsewhere/other.mdl").exit_code == 0


@pytest.mark.parametrize("verb", ["replay", "show"])
def test_a_run_of_another_text_is_refused(verb: str, saved: Path) -> None:
    for text in (PAIR + "// a comment\n", COUNTER):
        Path("pair.mdl").write_text(text, encoding="utf-8")
        result = invoke("trace", verb, RUN)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "belongs to another text of pair.mdl" in result.stderr
        assert "--out" in result.stderr


@pytest.mark.parametrize(
    ("key", "value", "because"),
    [
        ("variant", "fast", "no variant"),
        ("options", {"k": "1"}, "no option"),
        ("property", "q", 'has no property "q"'),
        ("digest", "0", "another text"),
        ("format", "verify-trace/0", "format"),
    ],
)
def test_a_run_of_something_else_is_refused(
    key: str, value: object, because: str, saved: Path
) -> None:
    changed(Path(RUN), lambda content: content.update({key: value}))
    result = invoke("trace", "replay", RUN)
    assert (result.exit_code, result.stdout) == (2, "")
    assert because in result.stderr


def test_a_run_that_is_none_is_refused(saved: Path) -> None:
    def other_state(content: dict[str, Any]) -> None:
        content["steps"][0]["state"] = content["initial"]

    changed(Path(RUN), other_state)
    for verb in ("replay", "show"):
        result = invoke("trace", verb, RUN)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "step 1: a.ask leads to another state" in result.stderr


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["steps"].pop(),
        lambda content: content.update(property="no deadlock", fault="R01"),
        lambda content: content["steps"][0]["label"].update(action="a.tell"),
        lambda content: content["steps"][0]["label"].update(arguments=[]),
        lambda content: content["steps"][1]["label"].update(arguments=[[0, 9, 9, 9]]),
        lambda content: content["start"].update(action="other"),
        lambda content: content["initial"].pop(),
        lambda content: content["initial"].append(0),
        lambda content: content["initial"].__setitem__(0, 7),
        lambda content: content["steps"][2].update(state=[]),
        lambda content: content["steps"][2].update(state=None),
        lambda content: content.update(loop_start=0),
    ],
)
def test_a_run_that_somebody_changed_is_refused(
    change: Callable[[dict[str, Any]], None], saved: Path
) -> None:
    """By a reason, never by a stack trace."""
    changed(Path(RUN), change)
    for verb in ("replay", "show"):
        result = invoke("trace", verb, RUN)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(RUN)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.update(fault="R04"),
        lambda content: content.update(fault=None, property="no unspecified reception"),
        lambda content: content["steps"].pop(),
        lambda content: content["steps"][0].update(state=None),
        lambda content: content["steps"][-1].update(state=[0]),
    ],
)
def test_a_failing_run_that_somebody_changed_is_refused(
    change: Callable[[dict[str, Any]], None], saved: Path
) -> None:
    changed(Path(FAILING), change)
    result = invoke("trace", "replay", FAILING)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(FAILING)


def test_a_run_with_imports_belongs_to_their_text_too(saved: Path) -> None:
    Path("lib.mdl").write_text("const most: int = 2\n", encoding="utf-8")
    text = COUNTER.replace("node N", 'import "lib.mdl"\nnode N').replace("1..2", "1..most")
    Path("counter.mdl").write_text(text, encoding="utf-8")
    assert invoke("check", "-q", "counter.mdl", "--out", "out").exit_code == 1
    assert invoke("trace", "replay", FAILING).exit_code == 0
    Path("lib.mdl").write_text("const most: int = 2 // two\n", encoding="utf-8")
    assert invoke("trace", "replay", FAILING).exit_code == 2


def test_the_property_stands_in_the_report(saved: Path) -> None:
    report = json.loads(Path("out/pair.default.report.json").read_text(encoding="utf-8"))
    files = {row["name"]: row["trace"]["file"] for row in report["properties"] if row["trace"]}
    assert files["p"] == RUN
    rows = {row["name"]: row for row in report["properties"]}
    (fault,) = rows["no run-time error"]["faults"]
    assert fault["trace"] == {"steps": 0, "loop_start": None, "file": MEANINGLESS}
    assert rows["no run-time error"]["trace"]["file"] is None
    assert conclusion(checked(saved, COUNTER), "no run-time error").faults[0].check.code == "R01"
