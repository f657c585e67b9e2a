"""A model with less of its network is the model that the language makes with other traits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.causes.models import COUNTING, PROGRAM, STOP_AND_GO, violation, with_traits
from tests.silent import Silent
from verifier.causes.assumptions import Asked, Needs, needs
from verifier.causes.goal import question
from verifier.causes.network import Assumption, Mischief, assumptions, without
from verifier.causes.queues import NotOrdered
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import DeadlockFree
from verifier.ir.validate import validate_problem
from verifier.language.load import load
from verifier.properties.safety import encode
from verifier.verdict import Absent, Found, Unknown

REORDERING = Assumption(Mischief.REORDERING, "net")
LOSS = Assumption(Mischief.LOSS, "net")
DUPLICATION = Assumption(Mischief.DUPLICATION, "net")
SKEW = Assumption(Mischief.SKEW, "")

# Two senders, a receiver that defers one message, ignores another and is surprised by a third.
PICKY = """
model picky
message First { n: int 1..2, t: stamp }
message Then { n: int 1..2 }
message Odd
message Echo { t: stamp }
channel net { TRAITS, capacity 3 }
node S(r: R) {
  var n: int 0..2
  var newest: stamp
  action first when n < 2 { n += 1 send First { n: n, t: NOW } to r }
  action later when n < 2 { n += 1 send Then { n: n } to r }
  action oddly when n < 2 { n += 1 send Odd to r }
  on Echo(e) { if e.t > newest { newest := e.t } }
}
node R {
  var ready: bool
  var got: list of int 1..2 at most 2
  on First(m) from s: S when size(got) < 2 {
    ready := true
    got := append(got, m.n)
    send Echo { t: m.t } to s
  }
  on Then(m) when ready and m.n == 1 { got := [m.n] }
  defer Then(m) when not ready
  ignore Then
  on Odd when ready {}
}
instance a: S(r)
instance b: S(r)
instance r: R
invariant "in order": size(r.got) < 2 or r.got[0] <= r.got[1]
invariant "new": a.newest >= b.newest or not in_flight()
step "kept": on r.Then(m): old(r.ready)
step "the second stays":
  in_flight(First(m) where m.n == 2) or not old(in_flight(First(m) where m.n == 2))
"""


def problem_of(folder: Path, text: str) -> SafetyProblem:
    path = folder / "model.mdl"
    path.write_text(text, encoding="utf-8")
    model = load(path, None, {})
    return encode(model.system, model.properties)


def numbers(problem: SafetyProblem) -> object:
    """All that a search says but the states and labels themselves."""
    validate_problem(problem)
    found = explore(problem, Budget(), Silent())
    assert found.complete
    answers = {
        name: (answer.trace.depth, answer.occurrences) if isinstance(answer, Found) else None
        for name, answer in found.answers.items()
    }
    faults = sorted(
        (fault.check.code, fault.found.trace.depth, fault.found.occurrences or 0)
        for fault in found.faults
    )
    return found.states, found.transitions, found.depth, found.terminal, answers, faults


FULL = "unordered, loses at most 1, duplicates at most 1"
CASES = [
    (FULL, {LOSS}, "unordered, duplicates at most 1"),
    (FULL, {DUPLICATION}, "unordered, loses at most 1"),
    (FULL, {REORDERING}, "fifo, loses at most 1, duplicates at most 1"),
    (FULL, {REORDERING, LOSS}, "fifo, duplicates at most 1"),
    (FULL, {REORDERING, LOSS, DUPLICATION}, "fifo"),
    ("unordered, lossy", {REORDERING}, "fifo, lossy"),
    ("unordered, duplicates when room", {REORDERING}, "fifo, duplicates when room"),
    ("unordered, lossy, duplicates when room", {LOSS}, "unordered, duplicates when room"),
]


@pytest.mark.parametrize("text", [PICKY, COUNTING, with_traits(PROGRAM, "TRAITS, capacity 3")])
@pytest.mark.parametrize(("traits", "taken_away", "left"), CASES)
def test_it_is_the_model_with_other_traits(
    text: str, traits: str, taken_away: set[Assumption], left: str, tmp_path: Path
) -> None:
    text = text.replace("NOW", "now()")
    made = without(problem_of(tmp_path, with_traits(text, traits)), taken_away)
    assert numbers(made) == numbers(problem_of(tmp_path, with_traits(text, left)))
    assert set(assumptions(made.system)) & taken_away == set()


def test_clocks_that_agree_take_the_latest_stamp(tmp_path: Path) -> None:
    skewed = problem_of(tmp_path, with_traits(PICKY, "fifo").replace("NOW", "now(skew 1)"))
    punctual = problem_of(tmp_path, with_traits(PICKY, "fifo").replace("NOW", "now()"))
    assert assumptions(skewed.system) == (SKEW,) and assumptions(punctual.system) == ()
    assert numbers(without(skewed, {SKEW})) == numbers(punctual) != numbers(skewed)


def test_a_capacity_of_each_link_stays(tmp_path: Path) -> None:
    text = with_traits(COUNTING, "TRAITS").replace("capacity 4", "capacity 1 per link")
    traits = "unordered, lossy, duplicates when room"
    made = without(problem_of(tmp_path, with_traits(text, traits)), {REORDERING})
    left = problem_of(tmp_path, with_traits(text, "fifo, lossy, duplicates when room"))
    assert numbers(made) == numbers(left)


def test_what_a_model_assumes(tmp_path: Path) -> None:
    found = assumptions(problem_of(tmp_path, with_traits(COUNTING, FULL)).system)
    assert found == (REORDERING, LOSS, DUPLICATION)
    assert [str(one) for one in found] == [
        "reordering on net", "loss on net", "duplication on net",
    ]  # fmt: skip
    assert assumptions(problem_of(tmp_path, with_traits(COUNTING, "fifo")).system) == ()


def test_a_queue_without_a_bound_has_no_places(tmp_path: Path) -> None:
    text = with_traits(COUNTING, "unordered, lossy").replace("capacity 4", "capacity unbounded")
    problem = problem_of(tmp_path, text)
    with pytest.raises(NotOrdered, match="net, which has no bound"):
        without(problem, {REORDERING})
    assert without(problem, {REORDERING, LOSS}).system.variables != problem.system.variables


def needed(folder: Path, text: str, name: str, states_max: int | None = None) -> Needs:
    system, prop, trace, fault = violation(folder, text, name)

    def ask(problem: SafetyProblem) -> Asked:
        validate_problem(problem)
        found = explore(problem, Budget(states_max=states_max, until_all_found=True), Silent())
        (answer,) = found.answers.values()
        match answer:
            case Unknown(_, reason):
                return Asked(False, reason)
            case Found() | Absent():
                return Asked(isinstance(answer, Found), "")

    asked = question(system, prop, trace, fault).problem
    return needs(asked, trace, ask, ends_stuck=isinstance(prop, DeadlockFree))


def sets(*found: set[Assumption]) -> tuple[frozenset[Assumption], ...]:
    return tuple(frozenset(one) for one in found)


def test_concurrency_alone_needs_nothing(tmp_path: Path) -> None:
    found = needed(tmp_path, STOP_AND_GO, "nothing goes after the stop")
    assert (found.used, found.sufficient, found.removals) == (frozenset(), sets(set()), ())
    assert found.explored == 0


def test_an_overtaking_needs_a_channel_without_order(tmp_path: Path) -> None:
    text = with_traits(PROGRAM, "unordered, lossy, capacity 2")
    found = needed(tmp_path, text, "the stop comes first")
    # Go is received first, as it has overtaken the Stop; or the Stop is lost.
    assert found.used in sets({REORDERING}, {LOSS})
    assert found.sufficient == sets({LOSS}, {REORDERING})
    assert found.removals == sets({LOSS, REORDERING})


def test_an_overtaking_is_seen_in_the_run(tmp_path: Path) -> None:
    text = with_traits(PROGRAM, "unordered, duplicates at most 1, capacity 3")
    found = needed(tmp_path, text, "the stop comes first")
    assert found.used == frozenset({REORDERING})
    assert found.sufficient == found.removals == sets({REORDERING})


def test_a_wrong_count_comes_from_a_loss_or_a_duplicate(tmp_path: Path) -> None:
    found = needed(tmp_path, with_traits(COUNTING, FULL), "every tick is counted once")
    assert found.sufficient == sets({DUPLICATION}, {LOSS})
    assert found.removals == sets({DUPLICATION, LOSS})
    assert found.unknown == ()


def test_the_last_one_needs_reordering_or_a_duplicate_with_a_loss(tmp_path: Path) -> None:
    # 2 before 1.  In order the last message is the last tick, unless it is lost: of two messages
    # that were seen then both are copies of the first.
    found = needed(tmp_path, with_traits(COUNTING, FULL), "the last tick is the last")
    assert found.sufficient == sets({REORDERING}, {DUPLICATION, LOSS})
    assert found.removals == sets({DUPLICATION, REORDERING}, {LOSS, REORDERING})


def test_a_limit_is_told(tmp_path: Path) -> None:
    found = needed(tmp_path, with_traits(COUNTING, FULL), "the last tick is the last", 5)
    assert found.unknown and all("limit of 5 states" in reason for _, reason in found.unknown)
    assert found.sufficient == sets({REORDERING}) and found.removals == ()


SKEWED = """
model skewed
message M { t: stamp }
channel net { fifo, capacity 2 }
node S(r: R) {
  var n: int 0..2
  action send_one when n < 2 { n += 1 send M { t: now(skew 1) } to r }
}
node R {
  var newest: stamp
  var late: bool
  on M(m) { if m.t > newest { newest := m.t } else { late := true } }
}
instance s: S(r)
instance r: R
invariant "each is newer": not r.late
final when true
"""


def test_an_old_stamp_needs_a_skewed_clock(tmp_path: Path) -> None:
    found = needed(tmp_path, SKEWED, "each is newer")
    assert found.present == (SKEW,)
    assert found.used == frozenset({SKEW})
    assert found.sufficient == found.removals == sets({SKEW})


def test_a_run_that_ends_stuck_asks_every_network(tmp_path: Path) -> None:
    # Stuck once both ticks are counted: also with losses, but a network that may still lose
    # something is not stuck before.
    text = with_traits(COUNTING, "unordered, lossy").replace("final when true", "")
    found = needed(tmp_path, text, "no deadlock")
    assert (found.explored, found.sufficient, found.removals) == (3, sets(set()), ())


TWO_CHANNELS = """
model two_channels
message Up { n: int 1..2 } via above
message Down { n: int 1..2 } via below
channel above { UPPER, capacity 2 }
channel below { LOWER, capacity 2 }
node S(r: R) {
  var n: int 0..2
  action up when n < 2 { n += 1 send Up { n: n } to r }
  action down when n < 2 { n += 1 send Down { n: n } to r }
}
node R {
  var last: int 0..2
  on Up(m) { last := m.n }
  on Down(m) when last != 1 { last := m.n }
  defer Down
}
instance s: S(r)
instance r: R
invariant "last": when not in_flight(): r.last == s.n
final when true
"""


def test_each_channel_is_ordered_alone(tmp_path: Path) -> None:
    def model(upper: str, lower: str) -> SafetyProblem:
        text = TWO_CHANNELS.replace("UPPER", upper).replace("LOWER", lower)
        return problem_of(tmp_path, text)

    above = Assumption(Mischief.REORDERING, "above")
    below = Assumption(Mischief.REORDERING, "below")
    both = model("unordered, lossy", "unordered")
    assert numbers(without(both, {above})) == numbers(model("fifo, lossy", "unordered"))
    assert numbers(without(both, {below})) == numbers(model("unordered, lossy", "fifo"))
    assert numbers(without(both, {above, below})) == numbers(model("fifo, lossy", "fifo"))
