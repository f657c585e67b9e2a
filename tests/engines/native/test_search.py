"""Limits, workers, growth: a search ends as it should, and never depends on who was faster."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.engines.native.agreement import comparable, native
from tests.silent import Silent
from verifier.engines.explicit import search as explicit
from verifier.engines.interface import Budget, Strategy
from verifier.engines.native import engine, search
from verifier.engines.native.block import Block
from verifier.engines.native.growth import make_room
from verifier.engines.native.workspace import Workspace
from verifier.ir.problem import SafetyProblem
from verifier.language.load import load
from verifier.properties.safety import encode
from verifier.verdict import Exploration, Found

MODELS = Path(__file__).resolve().parents[3] / "models"
REFERENCE = MODELS / "classics" / "scenario_c_reference.mdl"


def reference(moves: int, room: int) -> SafetyProblem:
    """The yardstick, whose counts other tools agree on."""
    model = load(REFERENCE, None, {"M": str(moves), "K": str(room)})
    return encode(model.system, model.properties)


def counts(found: Exploration) -> tuple[int, int, int, int]:
    return found.states, found.transitions, found.depth, found.terminal


def test_known_counts_of_a_million_states() -> None:
    found = native(reference(4, 3), workers=2)
    assert counts(found) == (1_441_562, 8_110_326, 32, 49)
    answer = found.answers["no misroute"]
    assert isinstance(answer, Found) and (answer.trace.depth, answer.occurrences) == (7, 48)


@pytest.mark.slow
def test_known_counts_of_nine_million_states() -> None:
    for workers in (1, 2):
        found = native(reference(4, 4), workers=workers)
        assert counts(found) == (9_267_271, 66_577_945, 34, 49)


def test_the_answer_does_not_depend_on_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    # Levels of a few states and rounds of a few are shared here, so that workers meet often.
    monkeypatch.setattr(search, "LARGE_LEVEL", 16)
    monkeypatch.setattr(search, "ROUND_STATES", 64)
    problem = reference(2, 2)
    expected = comparable(explicit.explore(problem, Budget(), Silent()))
    for workers in (1, 2, 3, 5, 8):
        for _ in range(3):
            assert comparable(native(problem, workers=workers)) == expected


@pytest.mark.slow
def test_a_hundred_runs_say_the_same() -> None:
    problem = reference(3, 3)
    expected = comparable(native(problem))
    for _ in range(100):
        for workers in (1, 2, 8):
            assert comparable(native(problem, workers=workers)) == expected


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("limit", [1, 2, 100, 5000])
def test_a_limit_of_states_stops_where_the_reference_stops(workers: int, limit: int) -> None:
    problem, budget = reference(2, 2), Budget(states_max=limit)
    expected = explicit.explore(problem, budget, Silent())
    assert comparable(native(problem, budget, workers)) == comparable(expected)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_limit_of_memory_ends_a_search_before_the_system_does(workers: int) -> None:
    from verifier.engines.memory import memory_bytes

    limit = memory_bytes() + 48 * 2**20
    found = native(reference(4, 4), Budget(memory_max_bytes=limit), workers)
    assert not found.complete and "the memory limit of" in found.stopped
    assert 100_000 < found.states < 9_267_271
    assert memory_bytes() < limit + 24 * 2**20
    violated = found.answers["no misroute"]
    assert isinstance(violated, Found) and violated.trace.depth == 7  # what was found stays


def test_without_a_limit_the_memory_of_the_machine_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "available_bytes", lambda: 40 * 2**20)
    found = native(reference(4, 4))
    assert not found.complete and "the memory of this machine is used up" in found.stopped


def test_a_time_limit() -> None:
    problem = reference(4, 4)
    native(problem, Budget(states_max=1))  # so that making the code takes none of the time
    found = native(problem, Budget(deadline_seconds=time.monotonic() + 0.3))
    assert not found.complete and found.stopped == "the time limit was reached"
    assert found.states > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_leaves_what_was_found(number: signal.Signals, workers: int) -> None:
    class Impatient:
        def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
            if states > 100_000:
                os.kill(os.getpid(), number)

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the command line does
    try:
        strategy = Strategy(workers)
        found = engine.explore(reference(4, 4), Budget(), Impatient(), strategy=strategy)
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not found.complete and found.stopped == "interrupted"
    assert 100_000 < found.states < 9_267_271
    violated = found.answers["no misroute"]
    assert isinstance(violated, Found) and violated.trace.depth == 7


def test_progress_is_told_from_the_beginning() -> None:
    class Listener:
        def __init__(self) -> None:
            self.heard: list[tuple[int, int, int, int]] = []

        def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
            self.heard.append((states, transitions, frontier, depth))

    listener = Listener()
    engine.explore(reference(3, 3), Budget(), listener, strategy=Strategy())
    assert listener.heard[0][0] < 5_000
    assert [row[0] for row in listener.heard] == sorted(row[0] for row in listener.heard)
    assert listener.heard[-1] == (250_815, 1_353_071, 0, 25)


def test_a_state_with_more_successors_than_a_buffer_holds(tmp_path: Path) -> None:
    path = tmp_path / "fan.mdl"
    path.write_text(
        "model fan\nworld { var x: int 0..9999 = 0 }\n"
        "environment action jump(to: int 0..9999) when x == 0 and to > 0 { x := to }\n"
        "environment action back when x > 9000 { x := 0 }\n"
        'invariant "far": x < 9999\nfinal when x > 0\n',
        encoding="utf-8",
    )
    model = load(path, None, {})
    problem = encode(model.system, model.properties)
    expected = comparable(explicit.explore(problem, Budget(), Silent()))
    for workers in (1, 2, 3):
        assert comparable(native(problem, workers=workers)) == expected


def test_an_owner_that_grows_touches_no_other() -> None:
    # Owners grow at the same time: an address that one gave back must not be written down again.
    problem = reference(1, 1)
    layout = engine.lay_out(problem, 2, compact=False)
    code = engine.first_code("owners", lambda: engine.write_module(problem, layout)).code
    workspace = engine.make_workspace(layout.shape, engine._sizes(problem, layout, 0))
    other = workspace.workers[1]
    before = list(other.block)
    for worker in workspace.workers:
        worker.arenas[1] = 4711
    other.block[Block.TABLE] = other.block[Block.ARENA] = 4711
    assert make_room(workspace, 0, code, None) == ""
    assert other.block[Block.TABLE] == other.block[Block.ARENA] == 4711
    assert [worker.arenas[1] for worker in workspace.workers] == [4711, 4711]
    assert workspace.workers[0].block[Block.TABLE] != 4711 != before[Block.TABLE]


def test_a_buffer_that_cannot_grow_ends_the_search_as_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(workspace: Workspace, block: int, owner: int) -> None:
        workspace.lost = True
        workspace.by_address[block].buffers[owner * 4 + 1] = 0

    monkeypatch.setattr("verifier.engines.native.workspace.enlarge_buffer", refuse)
    test = tmp_path / "fan.mdl"
    test.write_text(
        "model fan\nworld { var x: int 0..9999 = 0 }\n"
        "environment action jump(to: int 0..9999) when x == 0 and to > 0 { x := to }\n"
        "final when true\n",
        encoding="utf-8",
    )
    model = load(test, None, {})
    found = native(encode(model.system, model.properties))
    assert (found.complete, found.stopped) == (False, "out of memory")
