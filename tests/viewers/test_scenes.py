"""What the viewers show at each step is what the semantics and the judge say of it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.viewers import models
from tests.viewers.drawing import found, traces
from tests.viewers.seen import HOSTILE, all_seen, one_seen, seen
from verifier.ir.build import FALSE, TRUE
from verifier.ir.expr import Less, Literal, Var
from verifier.ir.property import DeadlockFree, Flow
from verifier.ir.semantics import successors
from verifier.ir.system import Check
from verifier.source import Span
from verifier.traces.replay import TraceMismatch, replay
from verifier.traces.trace import Step, Trace
from verifier.viewers.difference import differences
from verifier.viewers.extent import extent
from verifier.viewers.holding import standings
from verifier.viewers.legible import legible
from verifier.viewers.tracks import Arrow

NO_VALUE = Check("R00", "runtime", "", FALSE, None)  # no step fails it: the property has no value

MODELS = {
    name: text
    for name, text in vars(models).items()
    if name.isupper() and isinstance(text, str) and name != "ASKING"
} | {"HOSTILE": HOSTILE}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_marks_agree_with_the_judge_on_every_part_of_a_run(name: str) -> None:
    """A mark of a step is what the judge says of the run up to this step."""
    checked = found(MODELS[name])
    system, properties = checked.model.system, checked.model.properties
    compared = 0
    for asked, trace, fault in traces(checked):
        _, shown = seen(checked.model, asked, trace, fault)
        assert shown.standings[0].asked and shown.standings[0].name == legible(asked.name)
        marks = {one.name: one for one in shown.standings}
        assert len(marks) == len(properties)
        for prop in properties:
            if isinstance(prop, Flow):
                continue
            one = marks[legible(prop.name)]
            assert len(one.marks) == trace.depth + 1
            for step, mark in enumerate(one.marks):
                part = Trace(trace.start, trace.initial, trace.steps[:step])
                try:
                    replay(system, prop, part)
                    judged = "+" if one.wanted else "-"
                except TraceMismatch:
                    judged = ""
                assert (mark == ("+" if one.wanted else "-")) == bool(judged), (one, step)
                try:
                    replay(system, prop, part, NO_VALUE)
                    assert mark == "?", (one, step)
                except TraceMismatch:
                    assert mark != "?", (one, step)
                compared += 1
    assert compared > 3


@pytest.mark.parametrize("name", MODELS)
def test_the_run_is_about_the_step_where_it_ends(name: str) -> None:
    """Shortest runs end where the condition is decided."""
    for told, shown in all_seen(MODELS[name]):
        assert shown.decisive == shown.last == told.trace.depth


def test_a_condition_that_is_false_before_the_end() -> None:
    """A run that goes on after the violation: what is sought is the first of the false states."""
    checked = found(models.OVERTAKEN)
    prop, trace, _ = next(one for one in traces(checked) if one[0].name == "in order")
    longer = trace
    for _ in range(2):
        label, state = next(iter(successors(checked.model.system, longer.states[-1])))
        assert not isinstance(state, Check)
        longer = Trace(trace.start, trace.initial, (*longer.steps, Step(label, state)))
    replay(checked.model.system, prop, longer)
    _, shown = seen(checked.model, prop, longer, None)
    assert (shown.decisive, shown.last) == (trace.depth, trace.depth + 2)
    assert shown.standings[0].marks == "+" * trace.depth + "---"


def test_properties_without_a_value() -> None:
    marks = {
        shown.standings[0].name: (shown.standings[0].marks, shown.decisive)
        for _, shown in all_seen(models.UNDEFINED)
    }
    assert marks == {"at once": ("?", 0), "later": ("++?", 2), "step": (".+?", 2)}


def test_a_declared_end_without_a_value() -> None:
    """It is an error in every state, not only in those without a successor."""
    checked = found(models.UNDEFINED)
    system = checked.model.system
    trace = next(trace for prop, trace, _ in traces(checked) if prop.name == "later")
    below = Less(Var("n.x", system.variables[0].type), Literal(1, system.variables[0].type))
    prop = DeadlockFree("end", TRUE, below)
    (one,) = standings(system, (prop,), prop, trace)
    assert (one.marks, one.first) == ("+??", 1)
    for step, mark in enumerate(one.marks):
        part = Trace(trace.start, trace.initial, trace.steps[:step])
        if mark == "?":
            replay(system, prop, part, NO_VALUE)
        else:
            with pytest.raises(TraceMismatch):
                replay(system, prop, part, NO_VALUE)


@pytest.mark.parametrize("name", MODELS)
def test_rows_change_where_the_state_does(name: str) -> None:
    for told, shown in all_seen(MODELS[name]):
        variables = told.system.variables
        for step, (before, after) in enumerate(pairwise(told.times.states), start=1):
            expected: set[tuple[str, str]] = set()
            for variable, old, new in zip(variables, before, after, strict=True):
                if old != new and type(variable.type).__name__ != "Channel":
                    for path, _, becomes in differences(variable.type, old, new, ""):
                        expected.add((legible((variable.shown or variable.name) + path), becomes))
            assert {(r.name, r.at(step)) for r in shown.rows if r.changes(step)} == expected


def test_parts_of_what_may_be_absent_come_and_go() -> None:
    told, shown = one_seen(
        """
model absent
record Entry { open: bool, at: stamp }
node N { var entry: Entry?
  action make when entry == none { entry := Entry { open: true, at: now() } }
  action forget when entry != none { entry := none } }
instance n: N
invariant "no": n.entry == none
reachable "yes": n.entry != none
final when true
""",
        "no",
    )
    assert [(row.name, row.steps, row.values) for row in shown.rows] == [
        ("entry", (0, 1), ("none", None)),
        ("entry.open", (0, 1), (None, "true")),
        ("entry.at", (0, 1), (None, "t1")),
    ]
    assert told.trace.depth == 1


@pytest.mark.parametrize("name", MODELS)
def test_no_two_messages_share_a_track(name: str) -> None:
    for told, shown in all_seen(MODELS[name]):
        assert len(shown.arrows) == len(told.messages)
        tracked = [arrow for arrow in shown.arrows if not arrow.direct]
        for i, one in enumerate(tracked):
            for other in tracked[i + 1 :]:
                if (one.gap, one.outward, one.lane) == (other.gap, other.outward, other.lane):
                    assert one.ended is not None and one.ended < other.sent


def test_where_messages_are_drawn() -> None:
    _, shown = one_seen(models.DUPLICATION, "once")
    assert [
        (a.number, a.sent, a.ended, a.copy_of, a.direct, a.gap, a.outward, a.lane)
        for a in shown.arrows
    ] == [
        (1, 1, 2, None, True, 1, True, 0),
        (2, 2, 4, None, False, 1, False, 0),
        (3, 3, 5, 2, False, 1, False, 1),
    ]  # fmt: skip
    assert [a.number for a in shown.in_flight(3)] == [2, 3]
    _, shown = one_seen(models.LOSS, "lost at once")
    (lost,) = shown.arrows
    assert isinstance(lost, Arrow) and lost.lost and (lost.sent, lost.ended) == (1, 2)


def test_a_step_says_what_ran_and_which_arms() -> None:
    _, shown = one_seen(HOSTILE, told_name(HOSTILE))
    receipt = shown.steps[6]
    assert receipt.headline == "a receives #4 Answer" and receipt.source is not None
    source = shown.sources[receipt.source]
    assert (receipt.line, source.first, len(source.lines)) == (11, 11, 3)
    assert [(arm.shown, arm.line) for arm in receipt.arms] == [("if size(got) < 3", 12)]
    asked = shown.sources[shown.steps[1].source or 0]
    assert asked.first == 9 and asked.lines[0].startswith("/// </script>")
    assert asked.lines[1].startswith("action ask")


def told_name(text: str) -> str:
    """The name of the invariant of the hostile model, as it stands there."""
    return text.split('invariant "')[1].split('"')[0]


def test_what_cannot_be_seen_is_spelled_out() -> None:
    assert legible("a\u202eb\x1b[1m\u2028 é 中") == "a\\u{202e}b\\u{1b}[1m\\u{2028} é 中"
    _, shown = one_seen(HOSTILE, told_name(HOSTILE))
    assert "\\u{202e}\\u{200f}\\u{2028} \\u{1b}[31m" in shown.claim


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [
        ("on A(m) when s in {x, y} {\n  z := 1\n}\nvar q: int", "A", 3),
        ("on A(m)\n  when s in {x}\n    and t == R { a: 1 } {\n  z := {}\n}\non B {}", "A", 5),
        ('on A(m) { say("}") // }\n /* } */ }\non B {}', "A", 2),
        ("ignore A\non B(m) { x := 1 }", "A", 1),
        ("defer A when y\non B(m) { x := 1 }", "A", 1),
        ("channel net { lossy,\n capacity 2 }", "net", 1),
        ("node N { action go { x := 1 } on B { y := 2\n} }", "go", 1),
        ("on A(m) {\n  if x { y := 1 }\n  else {\n z := 1 } }\n", "A", 4),
        ("action go {\n  never closed", "go", 1),
    ],
)
def test_where_a_handler_ends(text: str, name: str, lines: int) -> None:
    column = text.index(name) + 1
    first, shown = extent(text, Span("m.mdl", 1, column, 1, column + len(name)))
    assert first == 1 and shown == tuple(text.splitlines()[:lines])
