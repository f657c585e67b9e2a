"""Every kind of property that one exploration answers, with exact lengths and occurrences."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.traces.models import COUNTER, PAIR, checked, conclusion
from verifier.checker import Plan
from verifier.ir.build import FALSE, TRUE
from verifier.ir.problem import BadState, BadStep, Stuck
from verifier.ir.property import DeadlockFree, Invariant, NoFault, Reachable, StepProperty
from verifier.properties.conclude import NO_VALUE, Conclusion
from verifier.properties.safety import encode, undefined
from verifier.traces.trace import Trace
from verifier.verdict import Exhaustive, Holds, Unknown, Violated

# The counter without its end: x goes up by one or two, and stays in its type.
BOUNDED = COUNTER.replace("x += by", "if x + by <= 3 { x += by }")
PAST_THE_END = "runs end at the errors found, and what would come after them was not seen"


def summed(found: Conclusion) -> tuple[object, ...]:
    """The verdict with its numbers: steps and occurrences of a run, states, transitions and depth
    of a complete exploration, depth and reason of what is unknown."""
    match found.verdict:
        case Holds(Trace() as trace):
            return "holds", trace.depth
        case Violated(Trace() as trace, occurrences):
            return "violated", trace.depth, occurrences
        case Holds(Exhaustive() as all_of_it) | Violated(Exhaustive() as all_of_it):
            word = type(found.verdict).__name__.lower()
            return word, (all_of_it.states, all_of_it.transitions, all_of_it.depth)
        case Unknown(depth, reason):
            return "unknown", depth, reason
        case _:
            raise AssertionError(found)


def said(folder: Path, text: str, name: str = "p", plan: Plan | None = None) -> tuple[object, ...]:
    return summed(conclusion(checked(folder, text, plan), name))


# States: 1 + 3 + 3 * 3.  Labels: 2 at first; 3 + 3 + 2 while one is asked, which is sent, answered
# or taken; and 12 when both are, each of which is received in two thirds of 9 states.
EVERYTHING = (13, 22, 6)


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ('invariant "p": a.got <= a.n', ("holds", EVERYTHING)),
        ('invariant "p": a.n == 0', ("violated", 1, 12)),
        ('invariant "p": a.n == 1', ("violated", 0, 10)),
        ('invariant "p": a.got < 2', ("violated", 6, 1)),
        ('invariant "p": not in_flight(Answer(m) where m.n == 2)', ("violated", 3, 3)),
        ('invariant "p": count_in_flight(Answer) < 2', ("violated", 4, 1)),
        ('reachable "p": a.got == 2', ("holds", 6)),
        ('reachable "p": a.n == 0', ("holds", 0)),
        ('reachable "p": a.got == 1 and a.n == 2 and not in_flight()', ("violated", EVERYTHING)),
        ('step "p": a.got >= old(a.got)', ("holds", EVERYTHING)),
        ('step "p": a.got == old(a.got)', ("violated", 3, 7)),
        ('step "p": on a.ask: a.got == 0', ("violated", 4, 2)),
        ('step "p": on a.ask(loud) where loud: false', ("violated", 1, 4)),
        ('step "p": on b.Ask(m) where m.n == 1: in_flight(Answer(o) where o.n == 1)',
         ("holds", EVERYTHING)),
        ('step "p": on b.Ask(m) where m.n == 2: a.got == 0', ("violated", 5, 1)),
    ],
)  # fmt: skip
def test_a_verdict(declaration: str, expected: tuple[object, ...], tmp_path: Path) -> None:
    assert said(tmp_path, PAIR + declaration) == expected


def test_all_at_once_are_as_each_alone(tmp_path: Path) -> None:
    text = PAIR + (
        'invariant "one": a.n == 0\nreachable "two": a.got == 2\n'
        'step "three": a.got == old(a.got)\nflow "four": b -> a: Answer b -> a: Answer\n'
    )
    together = checked(tmp_path, text)
    expected = {
        "one": ("violated", 1, 12),
        "two": ("holds", 6),
        "three": ("violated", 3, 7),
        "four": ("holds", 6),
        "no deadlock": ("violated", 6, 1),
        "no unspecified reception": ("holds", EVERYTHING),
        "no run-time error": ("holds", EVERYTHING),
    }
    assert {c.prop.name: summed(c) for c in together.conclusions} == expected
    for name in expected:
        alone = checked(tmp_path, text, Plan(properties=(name,)))
        assert summed(conclusion(alone, name)) == expected[name]
        built_in = {"no unspecified reception", "no run-time error"}
        assert {c.prop.name for c in alone.conclusions} == {name, *built_in}
        assert alone.exploration.states == 13


@pytest.mark.parametrize(
    ("final", "expected"),
    [
        ("", ("violated", 6, 1)),
        ("final when a.n == 1", ("violated", 6, 1)),
        ("final when a.got == 2", ("holds", EVERYTHING)),
        ("final when a.n == 1 final when quiet", ("holds", EVERYTHING)),
    ],
)
def test_deadlock(final: str, expected: tuple[object, ...], tmp_path: Path) -> None:
    assert said(tmp_path, PAIR + final, "no deadlock") == expected


def test_a_state_from_which_a_step_fails_is_no_deadlock(tmp_path: Path) -> None:
    found = checked(tmp_path, COUNTER)
    # x = 3 and both labels fail; x = 2 and one does: three labels at two states.
    assert summed(conclusion(found, "no run-time error")) == ("violated", 2, 3)
    assert summed(conclusion(found, "no deadlock")) == ("unknown", 1, PAST_THE_END)
    assert (found.exploration.states, found.exploration.transitions) == (4, 8)


def test_errors_leave_open_what_is_not_refuted(tmp_path: Path) -> None:
    text = COUNTER + (
        'invariant "refuted": n.x < 3\ninvariant "open": n.x < 4\n'
        'reachable "shown": n.x == 3\nreachable "not shown": n.x == 1 and n.x == 2\n'
        'step "sum": on n.up(by): old(n.x) + by <= 3\n'  # a failing step breaks no other claim
        'step "step": n.x > old(n.x)\nflow "flow": do n.up do n.up do n.up\n'
        'flow "no flow": do n.up do n.up do n.up do n.up\n'
    )
    found = checked(tmp_path, text)
    assert {c.prop.name: summed(c) for c in found.conclusions} == {
        "refuted": ("violated", 2, 1),
        "open": ("unknown", 1, PAST_THE_END),
        "shown": ("holds", 2),
        "not shown": ("unknown", 1, PAST_THE_END),
        "sum": ("unknown", 1, PAST_THE_END),
        "step": ("unknown", 1, PAST_THE_END),
        "flow": ("holds", 3),
        "no flow": ("unknown", 1, PAST_THE_END),
        "no deadlock": ("unknown", 1, PAST_THE_END),
        "no unspecified reception": ("unknown", 1, PAST_THE_END),
        "no run-time error": ("violated", 2, 3),
    }


def test_an_unspecified_reception_leaves_the_rest_open(tmp_path: Path) -> None:
    text = PAIR.replace("on Answer(m) {", "on Answer(m) when m.n == 1 {")
    found = checked(tmp_path, text)
    # An answer to the second: 3 states with it, the first not yet answered, answered, or taken.
    assert summed(conclusion(found, "no unspecified reception")) == ("violated", 4, 3)
    assert summed(conclusion(found, "no run-time error"))[0] == "unknown"
    assert summed(conclusion(found, "no deadlock"))[0] == "unknown"


@pytest.mark.parametrize(
    ("declaration", "expected", "error"),
    [
        # n.x == 3 is 2 steps away and has no value.
        ('invariant "p": 3 / (3 - n.x) < 9', ("unknown", 2, NO_VALUE), ("violated", 2, 1)),
        ('invariant "p": 3 / (3 - n.x) < 2', ("violated", 1, 1), ("violated", 2, 1)),
        ('invariant "p": n.x == 3 or 3 / (3 - n.x) < 9', ("holds", (4, 8, 2)),
         ("holds", (4, 8, 2))),
        ('reachable "p": 3 / (3 - n.x) == 0', ("unknown", 2, NO_VALUE), ("violated", 2, 1)),
        ('reachable "p": 3 / (3 - n.x) == 3', ("holds", 1), ("violated", 2, 1)),
        ('step "p": 3 / (3 - n.x) < 9', ("unknown", 2, NO_VALUE), ("violated", 2, 4)),
        ('step "p": 3 / (3 - old(n.x)) < 9', ("unknown", 2, NO_VALUE), ("violated", 3, 2)),
        ('step "p": 3 / (3 - n.x) < 3', ("violated", 1, 3), ("violated", 2, 4)),
    ],
)  # fmt: skip
def test_a_property_without_a_value(
    declaration: str, expected: tuple[object, ...], error: tuple[object, ...], tmp_path: Path
) -> None:
    """It is an error where it has none, and says nothing there; the others are decided."""
    text = BOUNDED + declaration + '\ninvariant "other": n.x <= 3\n'
    found = checked(tmp_path, text)
    assert summed(conclusion(found, "p")) == expected
    errors = conclusion(found, "no run-time error")
    assert summed(errors) == error
    if error[0] == "violated":
        (fault,) = errors.faults
        assert fault.prop is not None and fault.prop.name == "p"
    everything = ("holds", (4, 8, 2))
    assert summed(conclusion(found, "other")) == everything
    assert summed(conclusion(found, "no deadlock")) == everything
    assert summed(conclusion(found, "no unspecified reception")) == everything


def test_limits_leave_open_what_was_not_seen(tmp_path: Path) -> None:
    text = PAIR + 'invariant "near": a.n == 0\ninvariant "far": a.got < 2\nreachable "r": false\n'
    found = checked(tmp_path, text, Plan(states_max=4))
    reason = "the limit of 4 states was reached"
    assert found.exploration.stopped == reason
    assert summed(conclusion(found, "near")) == ("violated", 1, None)  # not all were counted
    depth = found.exploration.depth
    for name in ("far", "r", "no run-time error", "no unspecified reception"):
        assert summed(conclusion(found, name)) == ("unknown", depth, reason)
    # Not every state of the last level was expanded.
    assert summed(conclusion(found, "no deadlock")) == ("unknown", depth - 1, reason)


# ---- the encoding ------------------------------------------------------------------------------


def test_what_is_asked(tmp_path: Path) -> None:
    text = BOUNDED + 'invariant "i": 3 / n.x < 9\nstep "s": on n.up(by) where by == 1: n.x < 9\n'
    model = checked(tmp_path, text).model
    problem = encode(model.system, model.properties)
    assert [(type(bad), bad.name) for bad in problem.bad] == [
        (BadState, "i"),
        (BadState, undefined("i")),
        (BadStep, "s"),
        (Stuck, "no deadlock"),
    ]
    assert problem.system is model.system


def test_built_in_properties_have_a_value_everywhere(tmp_path: Path) -> None:
    system = checked(tmp_path, BOUNDED).model.system
    asked = (
        Invariant("i", TRUE, TRUE),
        Reachable("r", TRUE, TRUE),
        StepProperty("s", {}),
        DeadlockFree("d", FALSE, TRUE),
        NoFault("f", "runtime"),
    )
    assert [bad.name for bad in encode(system, asked).bad] == ["i", "r", "s", "d"]
    partial = (DeadlockFree("d", FALSE, FALSE),)
    assert [bad.name for bad in encode(system, partial).bad] == ["d", undefined("d")]
