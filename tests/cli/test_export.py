"""``verify trace export`` in this process: where the formats go, and what is refused."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import itf_py
import jsonschema
import pytest
from click.testing import CliRunner, Result

from tests.viewers.diagrams.drawn import HOSTILE
from verifier.cli.export import FORMATS
from verifier.cli.main import verify

# Names that other languages reserve, and a claim in their mark-up.
MODEL = """
model hostile
message end { loop: int 0..3 }
channel net { unordered, lossy, capacity 3 }
node A(b: B) {
  var alt: int 0..3
  action style when alt < 3 { alt += 1 send end { loop: alt } to b }
}
node B { var got: int 0..3  on end(m) { got := m.loop } }
instance participant: A(p1)
instance p1: B
environment action classDef when participant.alt == 2 { participant.alt := 3 }
invariant "CLAIM": p1.got < 2 or participant.alt < 3
reachable "met": p1.got == 3
final when true
"""
CLAIM = "".join(c for c in HOSTILE if c.isprintable() and c not in '"\\')
PACKETS = 'clock "2007-11-15T00:00:00Z" step 1 s\npacket end { loop: 8 = loop }\n'
VIOLATED, MET = "violated.trace.json", "met.trace.json"


@pytest.fixture(autouse=True)
def _runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hostile.mdl").write_text(MODEL.replace("CLAIM", CLAIM), encoding="utf-8")
    assert invoke("hostile.mdl", "--out", "out", "-q", "--trace", "none").exit_code == 1
    for path in Path("out").glob("*.trace.json"):
        shows = json.loads(path.read_text(encoding="utf-8"))["property"]
        if shows in (CLAIM, "met"):
            path.rename(VIOLATED if shows == CLAIM else MET)


def invoke(*arguments: str) -> Result:
    result = CliRunner().invoke(verify, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def export(*arguments: str) -> Result:
    return invoke("trace", "export", *arguments)


def test_every_format_is_written_and_each_can_go_to_the_standard_output() -> None:
    Path("hostile.packets").write_text(PACKETS, encoding="utf-8")
    outs = [word for name in FORMATS for word in (f"--{name}", f"run.{name}")]
    done = export(VIOLATED, *outs)
    assert (done.exit_code, done.output) == (0, "")
    for name in FORMATS:
        content = Path(f"run.{name}").read_bytes()
        assert content and export(VIOLATED, f"--{name}", "-").stdout_bytes == content
    assert not list(Path().glob("*.part"))
    run = json.loads(Path("run.json").read_text(encoding="utf-8"))
    assert (run["schema"], run["property"]["name"]) == ("verify-run/1", CLAIM)
    assert (run["property"]["verdict"], run["model"]["variant"]) == ("violated", "default")
    assert itf_py.trace_from_json(json.loads(Path("run.itf").read_bytes())).states
    assert CLAIM in ElementTree.parse("run.svg").getroot()[0].text


def test_a_device_is_written_to() -> None:
    assert export(VIOLATED, "--svg", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_a_witness_holds() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/run.schema.json").read_bytes())
    run = json.loads(export(MET, "--json", "-").stdout)
    jsonschema.validate(run, schema)
    assert (run["property"]["kind"], run["property"]["verdict"]) == ("reachable", "holds")


def test_changed_variables_can_be_left_out() -> None:
    assert "alt: 0 → 1" in export(VIOLATED, "--mermaid", "-").stdout
    assert "alt: 0 → 1" not in export(VIOLATED, "--mermaid", "-", "--no-changes").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ((VIOLATED,), 2, "--mermaid, --plantuml, --svg"),
        ((VIOLATED, "--svg", "x", "--itf", "./x"), 2, "two formats"),
        ((VIOLATED, "--svg", "-", "--itf", "-"), 2, "two formats"),
        ((VIOLATED, "--svg", f"./{VIOLATED}"), 2, "is the run itself"),
        ((VIOLATED, "--svg", "nowhere/x.svg"), 2, "No such file or directory"),
        ((VIOLATED, "--svg", "out"), 2, "Is a directory"),
        ((VIOLATED, "--svg", ""), 2, "Is a directory"),
        ((VIOLATED, "--svg", "x", "--packets", "p"), 2, "--packets is for --pcap"),
        (("nowhere.json", "--svg", "x"), 2, "nowhere.json: No such file"),
        (("hostile.mdl", "--svg", "x"), 2, "is no trace file"),
        ((VIOLATED, "--pcap", "x"), 2, "nothing says what the messages of hostile.mdl look like"),
        ((VIOLATED, "--pcap", "x", "--packets", "none.packets"), 3, "none.packets: No such file"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], status: int, says: str) -> None:
    before = Path(VIOLATED).read_bytes()
    done = export(*arguments)
    assert (done.exit_code, done.stdout) == (status, "") and says in done.stderr
    assert not Path("x").exists() and Path(VIOLATED).read_bytes() == before
    assert not list(Path().glob("*.part"))


def test_a_mistake_in_a_packets_file_is_shown_where_it_is() -> None:
    text = PACKETS.replace("loop: 8 = loop", "loop: 8 = loops")
    Path("other.packets").write_text(text, encoding="utf-8")
    done = export(VIOLATED, "--pcap", "x", "--packets", "other.packets")
    assert done.exit_code == 3
    assert done.stderr.splitlines()[:5] == [
        "error[P03]: unknown name 'loops'",
        " --> other.packets:2:24",
        "  |",
        "2 | packet end { loop: 8 = loops }",
        "  |                        ^^^^^",
    ]


def test_a_run_that_the_judge_refuses_is_not_exported() -> None:
    stored = json.loads(Path(VIOLATED).read_text(encoding="utf-8"))
    stored["steps"][0]["state"] = stored["initial"]
    Path("forged.json").write_text(json.dumps(stored), encoding="utf-8")
    done = export("forged.json", "--svg", "x")
    assert done.exit_code == 1 and done.stdout == "" and not Path("x").exists()


def test_the_model_may_be_elsewhere() -> None:
    Path("moved").mkdir()
    Path("hostile.mdl").rename("moved/model.mdl")
    Path("moved/model.packets").write_text(PACKETS, encoding="utf-8")
    assert export(VIOLATED, "--svg", "x").exit_code != 0
    assert export(VIOLATED, "--model", "moved/model.mdl", "--pcap", "run.pcap").exit_code == 0
