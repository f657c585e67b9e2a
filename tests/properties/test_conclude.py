"""What each answer of an engine means for each kind of property."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verifier.ir.build import FALSE, TRUE
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import (
    Claim,
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.system import Check, Label, TransitionSystem
from verifier.properties.conclude import NO_VALUE, all_faults, conclude, cut, verdict
from verifier.properties.safety import undefined
from verifier.traces.trace import Step, Trace
from verifier.verdict import (
    Absent,
    Exhaustive,
    Exploration,
    Fault,
    Found,
    Holds,
    Unknown,
    Verdict,
    Violated,
)

ALL = Exhaustive(10, 20, 5)
PAST_THE_END = "runs end at the errors found, and what would come after them was not seen"
START = Label("initial")


def trace(length: int) -> Trace:
    return Trace(START, (0,), tuple(Step(Label("go"), (k + 1,)) for k in range(length)))


INVARIANT = Invariant("p", TRUE, TRUE)
STEP = StepProperty("p", {"go": Claim(TRUE, FALSE)})
REACHABLE = Reachable("p", TRUE, TRUE)
FLOW = Flow("p", TRUE, (), TRUE, ())
DEADLOCK = DeadlockFree("p", TRUE, TRUE)
RUNTIME, RECEPTION = NoFault("no error", "runtime"), NoFault("no reception", "reception")
KINDS: list[Property] = [INVARIANT, STEP, REACHABLE, FLOW, DEADLOCK]


def fault(length: int, kind: str = "runtime", code: str = "R01") -> Fault:
    return Fault(Check(code, kind, "m", TRUE, None), Found(trace(length), 3))


def exploration(answer: object = None, *faults: Fault, stopped: str = "") -> Exploration:
    answers = {} if answer is None else {"p": answer}
    return Exploration(
        engine="explicit",
        complete=not stopped,
        stopped=stopped,
        states=10,
        transitions=20,
        depth=5,
        terminal=1,
        answers=answers,
        faults=faults,
        fired={},
        untaken=(),
        seconds=0.0,
    )


@pytest.mark.parametrize("prop", KINDS, ids=lambda prop: type(prop).__name__)
def test_an_answer(prop: Property) -> None:
    """A run is a witness of a goal or a flow, and a counterexample of all else; no run is the
    opposite, and proves nothing when runs were cut off."""
    goal = isinstance(prop, Reachable | Flow)
    run = trace(3)
    shown: Verdict = Holds(run) if goal else Violated(run, 7)
    for cut_by in (None, Unknown(1, "cut")):
        assert verdict(prop, Found(run, 7), cut_by) == shown
        assert verdict(prop, Unknown(2, "limit"), cut_by) == Unknown(2, "limit")
    assert verdict(prop, Absent(ALL), None) == (Violated(ALL) if goal else Holds(ALL))
    assert verdict(prop, Absent(ALL), Unknown(1, "cut")) == Unknown(1, "cut")


@pytest.mark.parametrize(
    "prop", [INVARIANT, STEP, REACHABLE, DEADLOCK], ids=lambda prop: type(prop).__name__
)
def test_a_conclusion(prop: Property) -> None:
    absent, found = exploration(Absent(ALL)), exploration(Found(trace(3), 7))
    assert isinstance(conclude(prop, absent, ()).verdict, Holds | Violated)
    for kind in ("runtime", "reception"):
        cut_off = replace(absent, faults=(fault(1, kind),))
        assert conclude(prop, cut_off, cut_off.faults).verdict == cut(cut_off)
        assert cut(cut_off) is not None
        with_run = replace(found, faults=(fault(1, kind),))
        assert conclude(prop, with_run, with_run.faults) == conclude(prop, found, ())
    assert cut(absent) is None


@pytest.mark.parametrize(
    "prop", [INVARIANT, STEP, REACHABLE, DEADLOCK], ids=lambda prop: type(prop).__name__
)
def test_without_a_value(prop: Property) -> None:
    """A property that has no value somewhere is not decided by what is so elsewhere; a run that
    decides it does, and an incomplete search keeps its own reason."""
    meaningless = {undefined("p"): Found(trace(2), 4)}
    for answer, expected in (
        (Absent(ALL), Unknown(5, NO_VALUE)),
        (Found(trace(3), 7), conclude(prop, exploration(Found(trace(3), 7)), ()).verdict),
        (Unknown(2, "limit"), Unknown(2, "limit")),
    ):
        found = exploration(answer)
        found = replace(found, answers={**found.answers, **meaningless})
        assert conclude(prop, found, ()).verdict == expected
        with_value = replace(found, answers={**found.answers, undefined("p"): Absent(ALL)})
        assert (
            conclude(prop, with_value, ()).verdict
            == conclude(prop, exploration(answer), ()).verdict
        )


@pytest.mark.parametrize("prop", [RUNTIME, RECEPTION], ids=lambda prop: prop.kind)
def test_no_fault(prop: NoFault) -> None:
    other = "reception" if prop.kind == "runtime" else "runtime"
    mine, theirs = fault(2, prop.kind), fault(1, other)
    none, both = exploration(), exploration(None, theirs, mine)
    assert conclude(prop, none, ()).verdict == Holds(ALL)
    only_theirs = exploration(None, theirs)
    assert conclude(prop, only_theirs, (theirs,)).verdict == cut(only_theirs)
    concluded = conclude(prop, both, (theirs, mine))
    assert concluded.verdict == Violated(trace(2), 3)
    assert concluded.faults == (mine,)
    stopped = exploration(stopped="limit")
    assert conclude(prop, stopped, ()).verdict == Unknown(5, "limit")
    assert conclude(prop, replace(both, complete=False, stopped="limit"), (theirs, mine)) == (
        concluded
    )


def test_a_property_without_a_value_is_an_error_of_its_own() -> None:
    system = TransitionSystem("s", (), (), ())
    found = exploration(Absent(ALL), fault(5), fault(1, "reception", "R09"))
    found = replace(
        found,
        answers={
            **found.answers,
            undefined("p"): Found(trace(2), 4),
            undefined("q"): Found(trace(3), 5),
            undefined("r"): Absent(ALL),
        },
    )
    q = StepProperty("q", {"go": Claim(TRUE, FALSE)})
    r = Reachable("r", TRUE, TRUE)
    faults = all_faults(SafetyProblem(system, ()), (INVARIANT, q, r, RUNTIME), found)
    assert [f.found.trace.depth for f in faults] == [1, 2, 3, 5]  # nearest first
    assert [f.prop for f in faults] == [None, INVARIANT, q, None]
    assert [f.check.kind for f in faults] == ["reception", "runtime", "runtime", "runtime"]
    assert faults[1].check.message == 'the property "p" has no value here'
    assert faults[1].check.condition is TRUE and faults[2].check.condition is FALSE
    # Only what is asked for: without the property there is no such error.
    assert len(all_faults(SafetyProblem(system, ()), (RUNTIME,), found)) == 2
    concluded = conclude(RUNTIME, found, faults)
    assert concluded.verdict == Violated(trace(2), 4)
    assert len(concluded.faults) == 3
    assert conclude(RECEPTION, found, faults).faults == (faults[0],)
    no_check_fails = replace(found, faults=())
    mine = all_faults(SafetyProblem(system, ()), (INVARIANT, q, r), no_check_fails)
    assert conclude(RECEPTION, no_check_fails, mine).verdict == Holds(ALL)
