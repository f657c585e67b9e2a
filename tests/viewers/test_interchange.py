"""ITF and JSON: what is exported is the run, and other programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import itf_py
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewers import models
from tests.viewers.drawing import found, traces
from tests.viewers.walks import TRAITS, talk, walk
from verifier.ir import types
from verifier.language.load import load
from verifier.report import ModelRow
from verifier.traces.storage import read, restored
from verifier.traces.trace import Trace
from verifier.viewers.document import PropertyShown, document, json_text, run_schema
from verifier.viewers.interchange import itf, plain
from verifier.viewers.itf import itf_trace
from verifier.viewers.journal import Journal, journal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ---- values ------------------------------------------------------------------------------------

NODE = types.Enum("Node", ("a", "b"), 3)
ASK = types.Record("Ask", (("sender", NODE), ("receiver", NODE), ("n", types.Int(0, 2**60))))
MESSAGE = types.Message((ASK,))
CASES: list[tuple[types.Type, types.Value, Any, Any]] = [
    (types.BOOL, True, True, True),
    (types.INTEGER, 2**53 - 1, 2**53 - 1, 2**53 - 1),
    (types.INTEGER, 2**53, 2**53, {"#bigint": "9007199254740992"}),
    (types.INTEGER, -(2**53), -(2**53), {"#bigint": "-9007199254740992"}),
    (NODE, 4, "b", "b"),
    (types.STAMP, 3, 3, 3),
    (types.Optional(types.BOOL), (), None, {"tag": "none", "value": "U_OF_UNIT"}),
    (types.Optional(types.BOOL), (False,), False, {"tag": "some", "value": False}),
    (types.Map(NODE, types.BOOL), (True, False), {"a": True, "b": False},
     {"#map": [["a", True], ["b", False]]}),
    (types.Map(types.Int(1, 2), NODE), (3, 4), {"1": "a", "2": "b"},
     {"#map": [[1, "a"], [2, "b"]]}),
    (types.Set(NODE), (3, 4), ["a", "b"], {"#set": ["a", "b"]}),
    (types.List(NODE, 2), (4, 3), ["b", "a"], ["b", "a"]),
    (MESSAGE, (0, 3, 4, 2**55),
     {"message": "Ask", "sender": "a", "receiver": "b", "n": 2**55},
     {"tag": "Ask", "value": {"sender": "a", "receiver": "b", "n": {"#bigint": str(2**55)}}}),
    (types.Channel(MESSAGE, False, 3), ((0, 3, 4, 1), (0, 3, 4, 1), (0, 4, 3, 1)),
     [{"message": "Ask", "sender": s, "receiver": r, "n": 1} for s, r in ("ab", "ab", "ba")],
     {"#map": [
         [{"tag": "Ask", "value": {"sender": "a", "receiver": "b", "n": 1}}, 2],
         [{"tag": "Ask", "value": {"sender": "b", "receiver": "a", "n": 1}}, 1]]}),
    (types.Channel(MESSAGE, True, 3), ((0, 3, 4, 1), (0, 3, 4, 0)),
     [{"message": "Ask", "sender": "a", "receiver": "b", "n": n} for n in (1, 0)],
     [{"tag": "Ask", "value": {"sender": "a", "receiver": "b", "n": n}} for n in (1, 0)]),
]  # fmt: skip


@pytest.mark.parametrize(("of", "value", "as_json", "as_itf"), CASES)
def test_a_value(of: types.Type, value: types.Value, as_json: Any, as_itf: Any) -> None:
    assert types.contains(of, value)
    assert plain(of, value) == as_json
    assert itf(of, value) == as_itf


# ---- ITF ---------------------------------------------------------------------------------------


def canonical(value: Any) -> Any:
    """As `itf_py` writes: every integer a #bigint, and sets and maps in no order."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return {"#bigint": str(value)}
        case list():
            return [canonical(item) for item in value]
        case {"#bigint": _}:
            return value
        case {"#set": items}:
            return {"#set": sorted((canonical(item) for item in items), key=json.dumps)}
        case {"#map": pairs}:
            return {"#map": sorted((canonical(pair) for pair in pairs), key=json.dumps)}
        case _:
            return {name: canonical(part) for name, part in value.items()}


def goes_round(content: bytes) -> itf_py.Trace:
    """What `itf_py` reads says the same when it writes it."""
    mine = json.loads(content)
    read_back = itf_py.trace_from_json(mine)
    theirs = itf_py.trace_to_json(read_back)
    assert theirs["vars"] == mine["vars"] and theirs["params"] == mine["params"]
    assert theirs.get("loop") == mine.get("loop")
    assert len(theirs["states"]) == len(mine["states"])
    for ours, other in zip(mine["states"], theirs["states"], strict=True):
        assert ours.pop("#meta") == other.pop("#meta")
        assert ours.keys() == set(mine["vars"])
        assert canonical(ours) == canonical(other)
    return read_back


@pytest.mark.parametrize("name", ["OVERTAKEN", "DUPLICATION", "STAMPS", "QUEUE", "ERROR"])
def test_itf_py_reads_every_run(name: str) -> None:
    checked = found(getattr(models, name))
    for prop, trace, _ in traces(checked):
        told = journal(checked.model.system, trace)
        goes_round(itf_trace(told, {"property": prop.name, "options": {}}))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.sampled_from(TRAITS), st.integers(0, 12), st.integers(0, 10**6))
def test_itf_py_reads_any_run(trait: str, length: int, seed: int) -> None:
    system = talk(trait)
    trace = walk(system, length, seed)
    goes_round(itf_trace(journal(system, trace), {}))


def test_itf_py_reads_a_run_of_scenario_c() -> None:
    stored = read(ROOT / "counterexamples/rfc6612-delayed-bu/run.trace.json")
    system = load(ROOT / "models/scenario_c.mdl", stored.variant, stored.options).system
    told = journal(system, restored(stored))
    trace = goes_round(itf_trace(told, {"source": stored.file}))
    assert len(trace.states) == 11
    last = trace.states[-1].values
    assert last["mn.registration"] == "unregistered"
    assert last["anchor.by_address"]["mn"].care_of == "ar"
    assert trace.states[9].meta["action"].startswith("anchor.")


def test_a_failing_step_and_a_loop_are_in_itf() -> None:
    checked = found(models.ERROR)
    _, trace, check = next(iter(traces(checked)))
    content = json.loads(itf_trace(journal(checked.model.system, trace), {}))
    assert check is not None
    assert content["states"][-1]["#meta"]["fails"] == f"{check.code}: {check.message}"
    assert len(content["states"]) == trace.depth and "loop" not in content
    looping = Trace(trace.start, trace.initial, trace.steps[:1], 0)
    content = itf_trace(journal(checked.model.system, looping), {})
    assert json.loads(content)["loop"] == 0 and goes_round(content).loop == 0


# ---- JSON --------------------------------------------------------------------------------------

SHOWN = PropertyShown("claim", "invariant", "violated", None, [])
ROW = ModelRow("m", "m.mdl", "default", {})


def as_json(told: Journal) -> Any:
    content = json.loads(json_text(document(told, "tool", ROW, SHOWN)))
    jsonschema.validate(content, run_schema())
    return content


def test_the_schema_is_that_of_the_documentation() -> None:
    path = ROOT / "docs/run.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == run_schema()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(TRAITS), st.integers(0, 20), st.integers(0, 10**6))
def test_the_messages_of_the_object_are_those_of_its_states(
    trait: str, length: int, seed: int
) -> None:
    system = talk(trait)
    content = as_json(journal(system, walk(system, length, seed)))
    failing = [step for step in content["steps"] if step["failure"]]
    assert len(content["states"]) == len(content["steps"]) + 1 - len(failing)
    flying: dict[int, Any] = {}
    messages = {message["id"]: message for message in content["messages"]}
    for index, state in enumerate(content["states"]):
        if index:
            step = content["steps"][index - 1]
            flying |= {number: messages[number] for number in step["sends"]}
            for number in {step["receives"], step["loses"]} - {None}:
                del flying[number]
        held = sorted(json.dumps(m, sort_keys=True) for m in (*state["net"], *state["other"]))
        assert held == sorted(map(in_a_channel, flying.values()))


def in_a_channel(message: Any) -> str:
    ends = {"message": message["name"], "sender": message["sender"]}
    whole = {**ends, "receiver": message["receiver"], **message["fields"]}
    return json.dumps(whole, sort_keys=True)


@pytest.mark.parametrize(
    ("name", "expect"),
    [
        ("LOSS", lambda run: any(m["fate"] == "lost" for m in run["messages"])),
        ("DUPLICATION", lambda run: any(m["copy_of"] for m in run["messages"])),
        ("ERROR", lambda run: run["steps"][-1]["failure"]["code"].startswith("R")),
        ("STAMPS", lambda run: run["messages"][0]["fields"] == {"at": 2}),
    ],
)
def test_what_a_run_shows_is_in_the_object(name: str, expect: Callable[[Any], bool]) -> None:
    checked = found(getattr(models, name))
    runs = [journal(checked.model.system, trace) for _, trace, _ in traces(checked)]
    assert any(expect(as_json(told)) for told in runs)
