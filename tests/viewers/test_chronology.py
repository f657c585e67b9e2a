"""A stamp keeps its number through a run, and what is true with ranks is true with numbers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewers.drawing import found, traces
from tests.viewers.models import STAMPS
from tests.viewers.test_chart import walk
from verifier.ir.property import Invariant
from verifier.ir.semantics import evaluate
from verifier.ir.stamps import stamps
from verifier.ir.system import TransitionSystem
from verifier.language.load import load
from verifier.language.model import Model
from verifier.traces.trace import Trace
from verifier.viewers.chronology import Chronology, chronology
from verifier.viewers.journal import journal

# Stamps in variables, in a list, in messages, and between others: `now(skew s)`.
SKEWED = """
model skewed
option skew: int 0..2 = 1
message Note { at: stamp, again: stamp } via net
channel net { unordered, lossy, duplicates when room, capacity 3 }
node N(peer: N) {
  var last: stamp
  var before: stamp
  var seen: list of stamp at most 2
  action write when room(net) {
    before := last
    last := now(skew skew)
    send Note { at: last, again: before } to peer
  }
  action forget when size(seen) > 0 { seen := tail(seen) }
  on Note(m) { if size(seen) < 2 { seen := append(seen, m.at) } before := max(before, m.again) }
}
instance a: N(b)
instance b: N(a)
invariant "before": not newer(a.before, a.last)
invariant "apart": a.last != b.last or a.last == b.before
invariant "sorted": size(a.seen) == 2 implies newer(a.seen[1], a.seen[0])
invariant "notes": not in_flight(Note(m) where newer(m.again, m.at))
invariant "ours": not in_flight(Note(m) where m.at == a.last or m.again == b.last)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def numbers(system: TransitionSystem, times: Chronology, place: int) -> list[int]:
    return stamps(system, times.states[place])


def test_a_run_by_hand() -> None:
    """Each `now()` of a step makes a stamp of its own; `last` is forgotten when it is made anew."""
    checked = found(STAMPS)
    prop, trace, _ = next(traces(checked))
    system = checked.model.system
    assert prop.name == "fresh"
    assert [v.name for v in system.variables] == ["a.last", "a.count", "b.seen", "b.stale", "net"]
    times = chronology(system, trace)
    assert [(state[0], state[2]) for state in times.states] == [
        (0, 0), (1, 0), (3, 0), (3, 4), (3, 2),
    ]  # fmt: skip
    assert [(state[0], state[2]) for state in trace.states] == [
        (0, 0), (1, 0), (2, 0), (2, 3), (2, 1),
    ]  # fmt: skip
    notes = [sorted(message[-1] for message in state[4]) for state in times.states]
    assert notes == [[], [2], [2, 4], [2], []]


@cache
def skewed(skew: int) -> Model:
    Path("skewed.mdl").write_text(SKEWED, encoding="utf-8")
    return load(Path("skewed.mdl"), None, {"skew": str(skew)})


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 2), st.integers(0, 15), st.integers(0, 10**6))
def test_any_run(skew: int, length: int, seed: int) -> None:
    model = skewed(skew)
    system, trace = model.system, walk(model.system, length, seed)
    times = chronology(system, trace)
    assert len(times.states) == len(trace.states)
    the_truth_is_preserved(model, trace, times)
    numbers_are_those_of_the_run(system, trace, times)
    what_is_not_assigned_stays(system, trace, times)


def the_truth_is_preserved(model: Model, trace: Trace, times: Chronology) -> None:
    """Renumbering is monotone in every state, and 0 (never) stays 0."""
    for place, (state, shown) in enumerate(zip(trace.states, times.states, strict=True)):
        old, new = stamps(model.system, state), numbers(model.system, times, place)
        assert [times.before[place][stamp] for stamp in old] == new == sorted(set(new))
        for prop in model.properties:
            if isinstance(prop, Invariant):
                for predicate in (prop.defined, prop.predicate):
                    value = evaluate(model.system, predicate, state, {})
                    assert value == evaluate(model.system, predicate, shown, {})


def numbers_are_those_of_the_run(system: TransitionSystem, trace: Trace, times: Chronology) -> None:
    """1, 2, 3 ... without gaps, over all that any step made."""
    used = {number for found in (*times.before, *times.after) for number in found.values()}
    assert used == set(range(1, len(used) + 1))


def what_is_not_assigned_stays(system: TransitionSystem, trace: Trace, times: Chronology) -> None:
    """A variable that a step does not assign looks the same before and after it."""
    actions = {action.name: action for action in system.actions}
    for place, step in enumerate(trace.steps):
        if step.state is None:
            continue
        assigned = actions[step.label.action].assignments
        for variable, before, after in zip(
            system.variables, times.states[place], times.states[place + 1], strict=True
        ):
            assert variable.name in assigned or before == after


def test_walks_meet_stamps_between_others() -> None:
    """Else the tests above would say nothing about them."""
    inserted = 0
    for seed in range(30):
        model = skewed(2)
        times = chronology(model.system, walk(model.system, 12, seed))
        newest = 0
        for before, after in zip(times.before, times.after, strict=False):
            made = set(after.values()) - set(before.values())
            newest = max([newest, *before.values()])
            inserted += sum(number < newest for number in made)
    assert inserted > 10


def test_the_journal_speaks_of_the_same_stamps() -> None:
    """What a message is said to carry is what its receiver is said to store."""
    checked = found(STAMPS)
    _, trace, _ = next(traces(checked))
    told = journal(checked.model.system, trace)
    assert [m.shown for m in told.messages.values()] == ["Note { at: t2 }", "Note { at: t4 }"]
    assert [(c.before, c.after) for c in told.entries[2].changes] == [("t0", "t4")]
    assert [(c.before, c.after) for c in told.entries[3].changes] == [
        ("t4", "t2"), ("false", "true"),
    ]  # fmt: skip
