"""What a search and the proofs beside it make of each other's answers; the proofs are staged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.silent import Silent
from verifier.engines import registry
from verifier.engines.explicit import search as explicit
from verifier.engines.interface import Budget, Observer, Saving, Strategy
from verifier.engines.race import run
from verifier.engines.race.messages import (
    Closed,
    Looked,
    Message,
    NothingMore,
    Proved,
    Shown,
    read_message,
    read_problem,
    written,
)
from verifier.ir.digest import digest
from verifier.ir.problem import SafetyProblem
from verifier.ir.system import Label
from verifier.language.load import load
from verifier.properties.safety import encode
from verifier.traces.trace import Trace
from verifier.verdict import (
    BY_INDUCTION,
    IF_NO_STEP_FAILS,
    Absent,
    Exploration,
    Found,
    Inductive,
    Unknown,
)

TEXT = """model counters
bound MOST: int 1..99 = 30
node N {
  var x: int 0..MOST
  var y: int 0..MOST
  var z: int 0..MOST
  action x_up when x < MOST { x += 1 }
  action y_up when y < MOST { y += 1 }
  action z_up when z < MOST { z += 1 assert x < 90 }
}
instance n: N
final when true
invariant "near": n.x < 2
invariant "far": n.x < 80
lemma "right": n.x >= 0
"""
"""29,791 states with its bounds, and no end of them without."""

PROOF = Inductive(BY_INDUCTION, 1)
LIMIT = 6_000
ALL_BUT_NEAR: list[Message] = [
    Proved("far", PROOF), Proved("right", PROOF), Proved("no deadlock", PROOF),
    Closed(PROOF),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "counters.mdl").write_text(TEXT, encoding="utf-8")
    return tmp_path / "counters.mdl"


def problem(path: Path, most: str = "unbounded") -> SafetyProblem:
    model = load(path, None, {"MOST": most})
    return encode(model.system, model.properties)


class Staged:
    """In place of the other process: says this at once, and then no more, or ends."""

    def __init__(self, *said: Message, ends: str | None = None) -> None:
        self.said = [written(one) for one in said]
        self.ends = ends
        self.started = self.stopped = 0
        self.memory_bytes = 7

    def __call__(self, problem: SafetyProblem, memory_max_bytes: int) -> Staged:
        self.started += 1
        return self

    def messages(self, seconds: float) -> list[bytes] | None:
        said, self.said = self.said, []
        return said if said or self.ends is None else None

    def why(self) -> str:
        assert self.ends is not None
        return self.ends

    def stop(self) -> None:
        self.stopped += 1


def limited(problem: SafetyProblem, budget: Budget, observer: Observer) -> Exploration:
    """A search with little memory, as it were."""
    return explicit.explore(problem, replace(budget, states_max=LIMIT), observer)


def race(staged, asked, search=explicit.explore, endless=True, **limits) -> Exploration:
    budget = Budget(**limits)
    return run.explore(asked, budget, Silent(), search=search, endless=endless, start=staged)


def test_the_search_ends_when_all_is_answered_and_says_no_numbers(path: Path) -> None:
    staged = Staged(*ALL_BUT_NEAR, Looked(9))
    found = race(staged, problem(path))
    assert (found.complete, found.counted, found.stopped) == (True, False, "")
    assert found.engine == "explicit and symbolic" and found.depth >= 9
    near = found.answers["near"]  # the search has found it, and nobody else was waited for
    assert isinstance(near, Found) and near.trace.depth == 2 and near.by == ""
    assert found.answers["far"] == found.answers["right"] == Absent(PROOF)
    assert found.proof == PROOF and found.notes == ()
    assert (staged.started, staged.stopped, found.elsewhere_bytes) == (1, 1, 7)


@pytest.mark.parametrize("missing", range(len(ALL_BUT_NEAR)))
def test_a_search_goes_on_while_one_thing_is_open(path: Path, missing: int) -> None:
    """And then it alone is asked: it knows the numbers."""
    said = [one for place, one in enumerate(ALL_BUT_NEAR) if place != missing]
    found = race(Staged(*said), problem(path, "30"))
    assert (found.complete, found.counted, found.states) == (True, True, 31**3)
    assert found.engine == "explicit" and isinstance(found.answers["right"], Absent)
    assert found.answers["right"].evidence != PROOF


def test_after_a_search_without_memory_the_proofs_are_waited_for(path: Path) -> None:
    found = race(Staged(*ALL_BUT_NEAR), problem(path), search=limited)
    assert found.complete and found.answers["far"] == Absent(PROOF)
    staged = Staged(Proved("far", PROOF), Looked(50), ends="")
    found = race(staged, problem(path), search=limited)
    stopped = f"the limit of {LIMIT:,} states was reached"
    assert (found.complete, found.stopped, found.counted) == (False, stopped, True)
    assert found.answers["far"] == Unknown(50, IF_NO_STEP_FAILS)
    assert found.answers["right"] == Unknown(50, stopped)
    said = Staged(Proved("far", PROOF), Closed(PROOF), NothingMore("that is all"), ends="died")
    found = race(said, problem(path), search=limited)
    assert found.answers["far"] == Absent(PROOF) and found.safe == PROOF
    assert found.notes == ()  # it had said all that it knew


def test_proofs_that_die_are_reported_and_the_search_goes_on(path: Path) -> None:
    staged = Staged(Proved("far", PROOF), ends="the process was killed by SIGKILL")
    found = race(staged, problem(path, "30"))
    assert found.complete and found.states == 31**3 and staged.stopped == 1
    assert found.notes == (
        "the proofs beside the search ended early: the process was killed by SIGKILL",
    )

    def cannot(problem: SafetyProblem, memory_max_bytes: int) -> Staged:
        raise OSError("no more processes")

    found = race(cannot, problem(path, "30"))
    assert found.complete and "no more processes" in found.notes[0]


def test_a_run_that_the_proofs_have_found_says_who_found_it(path: Path) -> None:
    asked = problem(path)
    far = explicit.explore(
        SafetyProblem(asked.system, tuple(b for b in asked.bad if b.name == "near")),
        Budget(until_all_found=True),
        Silent(),
    ).answers["near"]
    assert isinstance(far, Found)
    shown = Shown("far", far.trace)  # a false one, which the judge would refuse
    found = race(Staged(shown, *ALL_BUT_NEAR[1:]), asked)
    assert found.answers["far"] == Found(far.trace, None, "symbolic")
    failing = Shown(("n.z_up", 0), far.trace)
    found = race(Staged(failing, ends=""), asked, search=limited)
    assert [fault.found.by for fault in found.faults] == ["symbolic"]


def test_engines_that_contradict_each_other_are_a_mistake_of_ours(path: Path) -> None:
    nowhere = Trace(Label("start"), (0, 0, 0), ())
    for wrong in (Proved("near", PROOF), Shown("near", nowhere)):
        with pytest.raises(AssertionError, match="near"):
            race(Staged(wrong), problem(path, "30"))
    with pytest.raises(AssertionError, match="has seen nowhere"):
        race(Staged(Shown("far", nowhere)), problem(path, "30"))
    with pytest.raises(AssertionError, match="a step fails"):
        race(Staged(Shown(("n.z_up", 0), nowhere)), problem(path, "30"))


def test_a_search_that_will_end_is_left_alone_at_first(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = Staged(*ALL_BUT_NEAR)
    assert race(staged, problem(path, "30"), endless=False).counted and staged.started == 0
    monkeypatch.setattr(run, "SECONDS_FIRST", 0.0)
    monkeypatch.setattr(run, "SECONDS_BESIDE", -1.0)
    staged = Staged()
    assert race(staged, problem(path, "30"), endless=False).complete
    assert (staged.started, staged.stopped) == (1, 1)  # and it is not started again


def test_a_limit_of_memory_is_for_both(path: Path) -> None:
    staged = Staged()
    staged.memory_bytes = 2**50
    found = race(staged, problem(path, "30"), memory_max_bytes=2**50)
    assert found.complete and staged.stopped == 1
    assert "not enough memory for both" in found.notes[0]


def test_one_place_decides_what_is_raced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(registry, "workers_here", lambda: 2)
    asked = Strategy(workers=2, proofs=True)
    assert registry.raced(asked, Budget()) == ""
    assert registry.raced(asked, Budget(deadline_seconds=1.0, memory_max_bytes=1)) == ""
    assert registry.raced(asked, Budget(states_max=9))
    for other in (
        replace(asked, proofs=False),
        replace(asked, compact=True),
        replace(asked, saving=Saving(tmp_path, 1.0, False)),
    ):
        assert registry.raced(other, Budget())
    assert registry.raced(replace(asked, workers=1), Budget()) == registry.ONE_CORE
    monkeypatch.setattr(registry, "workers_here", lambda: 1)
    assert registry.raced(asked, Budget()) == registry.ONE_CORE


def test_on_one_core_it_is_said_that_nothing_was_tried(path: Path) -> None:
    engine = registry.engine_named(registry.AUTO, Strategy(workers=1, proofs=True))
    found = engine(problem(path), Budget(memory_max_bytes=1), Silent())
    assert not found.complete and registry.ONE_CORE in found.notes[0]
    found = engine(problem(path, "2"), Budget(), Silent())
    assert found.complete and found.notes == ()


def test_messages_arrive_as_they_were_sent(path: Path) -> None:
    asked = problem(path)
    again = read_problem(written(asked))
    assert digest(again) == digest(asked) and again.lemmas == ("right",)
    assert again.bad[0] == asked.bad[0]  # its expressions are interned here as well
    run_ = Trace(Label("start"), (2**99, (1, (2,)), -1), ())
    for said in (Shown(("n.z_up", 0), run_), Proved("far", PROOF), Closed(PROOF), Looked(3)):
        assert read_message(written(said)) == said
