"""The judge accepts what is so and refuses everything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.traces.models import COUNTER, PAIR, checked, conclusion, model_of, run_of
from verifier.checker import Checked
from verifier.ir.build import FALSE, TRUE
from verifier.ir.property import DeadlockFree, Flow, Invariant, Property, StepProperty
from verifier.ir.semantics import successors
from verifier.ir.system import Check, Label, TransitionSystem
from verifier.traces.replay import TraceMismatch, replay
from verifier.traces.trace import Step, Trace

CLAIMS = """
invariant "together": not (a.n == 1 and a.got == 1)
reachable "answered once": a.n == 1 and a.got == 1
step "first first": on a.Answer(m): m.n == 1
flow "one by one": given a.n == 1 a -> b: Ask(m) where m.n == 1 b -> a: Answer
  then a.got == 1 and a.n == 1 without Never
"""
KINDS = {
    "together": 3,
    "answered once": 3,
    "first first": 4,
    "one by one": 3,
    "no deadlock": 6,
}


@cache
def pair() -> Checked:
    with TemporaryDirectory() as folder:
        return checked(Path(folder), PAIR + CLAIMS)


@cache
def counter() -> Checked:
    with TemporaryDirectory() as folder:
        return checked(Path(folder), COUNTER + 'invariant "small": n.x < 9')


@dataclass(frozen=True, slots=True)
class Shown:
    """A run with what it is said to show."""

    system: TransitionSystem
    prop: Property
    trace: Trace
    check: Check | None = None

    def judge(self, trace: Trace | None = None) -> None:
        replay(self.system, self.prop, trace or self.trace, self.check)

    def refuses(self, trace: Trace, because: str | None = None) -> None:
        with pytest.raises(TraceMismatch, match=because):
            self.judge(trace)


def shown(name: str) -> Shown:
    """The run of the pair that shows a property; for a run-time error that of the counter."""
    if name == "no run-time error":
        found = counter()
        fault = conclusion(found, name).faults[0]
        return Shown(
            found.model.system, conclusion(found, name).prop, fault.found.trace, fault.check
        )
    found = pair()
    return Shown(found.model.system, conclusion(found, name).prop, run_of(found, name))


ALL = [*KINDS, "no run-time error"]


def with_step(trace: Trace, place: int, step: Step) -> Trace:
    return replace(trace, steps=(*trace.steps[:place], step, *trace.steps[place + 1 :]))


@pytest.mark.parametrize(("name", "depth"), [*KINDS.items(), ("no run-time error", 2)])
def test_the_run_is_accepted(name: str, depth: int) -> None:
    one = shown(name)
    assert one.trace.depth == depth
    one.judge()


@pytest.mark.parametrize("name", ALL)
def test_another_initial_state_is_refused(name: str) -> None:
    one = shown(name)
    changed = (1, *one.trace.initial[1:])
    assert changed != one.trace.initial
    one.refuses(replace(one.trace, initial=changed), "does not make the initial state")
    for label in (Label("other", one.trace.start.arguments), Label(one.trace.start.action, (0,))):
        one.refuses(replace(one.trace, start=label), "does not make the initial state")


@pytest.mark.parametrize("name", ALL)
def test_a_label_that_is_not_enabled_is_refused(name: str) -> None:
    one = shown(name)
    for place, step in enumerate(one.trace.steps):
        wrong = (*step.label.arguments[:-1], 99)
        for label, because in (
            (Label("no such action"), "there is no action no such action"),
            (Label(step.label.action, (*step.label.arguments, 1)), "takes 1 arguments"),
            (Label(step.label.action, ()), "takes 1 arguments"),
            (Label(step.label.action, wrong), f"step {place + 1}: .* is not enabled"),
        ):
            one.refuses(with_step(one.trace, place, replace(step, label=label)), because)


def test_a_label_whose_guard_is_false_is_refused() -> None:
    one = shown("no deadlock")  # both are asked by now
    last = one.trace.steps[-1]
    ask = next(s.label for s in one.trace.steps if s.label.action == "a.ask")
    one.refuses(with_step(one.trace, 5, Step(ask, last.state)), "step 6: a.ask is not enabled")
    taken = one.trace.steps[-2].label  # its message is gone
    one.refuses(with_step(one.trace, 5, Step(taken, last.state)), "step 6: .* is not enabled")


@pytest.mark.parametrize("name", ALL)
def test_a_changed_state_is_refused(name: str) -> None:
    one = shown(name)
    for place, step in enumerate(one.trace.steps):
        for state in (one.trace.initial, (99, *one.trace.initial[1:])):
            because = "fails" if step.state is None else f"step {place + 1}: .* another state"
            one.refuses(with_step(one.trace, place, replace(step, state=state)), because)


@pytest.mark.parametrize("name", ALL)
def test_a_step_that_is_said_to_fail_and_does_not_is_refused(name: str) -> None:
    one = shown(name)
    for place, step in enumerate(one.trace.steps):
        if step.state is not None:
            one.refuses(with_step(one.trace, place, replace(step, state=None)))


@pytest.mark.parametrize("name", ALL)
def test_a_shorter_run_is_refused(name: str) -> None:
    one = shown(name)
    for length in range(one.trace.depth):
        one.refuses(replace(one.trace, steps=one.trace.steps[:length]), "does not show")


@pytest.mark.parametrize("name", [name for name in KINDS if name != "no deadlock"])
def test_one_step_more_is_refused(name: str) -> None:
    one = shown(name)
    more = list(successors(one.system, one.trace.states[-1]))
    assert more
    for label, state in more:
        assert not isinstance(state, Check)
        longer = replace(one.trace, steps=(*one.trace.steps, Step(label, state)))
        if name == "first first" and label.action == "a.Answer":
            continue  # the second answer may be the first one again
        one.refuses(longer, "does not show")


@pytest.mark.parametrize("name", ["no deadlock", "no run-time error"])
def test_nothing_comes_after_the_end(name: str) -> None:
    one = shown(name)
    for label in (one.trace.steps[0].label, one.trace.steps[-1].label):
        for state in (None, one.trace.states[-1]):
            one.refuses(replace(one.trace, steps=(*one.trace.steps, Step(label, state))))


@pytest.mark.parametrize("name", ALL)
def test_a_run_does_not_show_another_property(name: str) -> None:
    one = shown(name)
    same = {"together", "answered once", "one by one"}  # shown by the same runs
    if name == "no deadlock":
        same = {name, "first first"}  # it ends with the second answer
    for other in pair().conclusions if name in KINDS else counter().conclusions:
        if other.prop.name != name and not {name, other.prop.name} <= same:
            wrong = replace(one, prop=other.prop, check=None)
            wrong.refuses(one.trace, "does not show")


def test_a_property_that_is_true_at_the_end_is_refused() -> None:
    one = shown("together")
    assert isinstance(one.prop, Invariant)
    replace(one, prop=replace(one.prop, predicate=TRUE)).refuses(one.trace, "does not show")
    goal = shown("answered once")
    wrong = replace(goal.prop, predicate=FALSE)
    replace(goal, prop=wrong).refuses(one.trace, "does not show")


@pytest.mark.parametrize("name", ["together", "answered once"])
def test_a_property_without_a_value_at_the_end_is_not_shown(name: str) -> None:
    one = shown(name)
    wrong = replace(one.prop, defined=FALSE)
    replace(one, prop=wrong).refuses(one.trace, "does not show")


def test_a_step_property_is_about_the_last_step_and_its_action() -> None:
    one = shown("first first")
    assert isinstance(one.prop, StepProperty)
    (action,) = one.prop.claims
    claim = one.prop.claims[action]
    for claims in (
        {},
        {"a.ask": claim},
        {action: replace(claim, predicate=TRUE)},
        {action: replace(claim, defined=FALSE)},
    ):
        replace(one, prop=replace(one.prop, claims=claims)).refuses(one.trace, "does not show")
    everywhere = {a.name: replace(claim, predicate=FALSE) for a in one.system.actions}
    broken = replace(one, prop=replace(one.prop, claims=everywhere))
    broken.judge()
    broken.refuses(replace(one.trace, steps=()), "does not show")  # no step at all


def test_a_deadlock_is_neither_final_nor_somewhere_else() -> None:
    one = shown("no deadlock")
    assert isinstance(one.prop, DeadlockFree)
    replace(one, prop=replace(one.prop, final=TRUE)).refuses(one.trace, "does not show")
    # An end whose condition has no value is no declared end, as for the engine.
    replace(one, prop=replace(one.prop, final=TRUE, defined=FALSE)).judge()
    # A state from which only a failing step leads is not stuck.
    failing = shown("no run-time error")
    before = replace(failing.trace, steps=failing.trace.steps[:-1])
    stuck = Shown(failing.system, one.prop, before)
    stuck.refuses(before, "does not show")


def test_a_fault_is_that_very_check() -> None:
    one = shown("no run-time error")
    assert one.check is not None
    for other in (
        replace(one.check, code="R04"),
        replace(one.check, kind="reception"),
        replace(one.check, condition=FALSE),
    ):
        replace(one, check=other).refuses(one.trace, "does not show")
    replace(one, check=None).judge()  # the property itself: some check of its kind fails
    other_kind = replace(one.prop, kind="reception")
    replace(one, prop=other_kind, check=None).refuses(one.trace, "does not show")


def test_a_failing_step_in_the_middle_is_refused() -> None:
    one = shown("no run-time error")
    last = one.trace.steps[-1]
    twice = replace(one.trace, steps=(*one.trace.steps, last))
    one.refuses(twice, "step 2: n.up fails")
    one.refuses(with_step(one.trace, 1, replace(last, state=one.trace.initial)), "step 2: .* fails")


def test_a_property_without_a_value(tmp_path: Path) -> None:
    text = COUNTER.replace("x += by", "if x + by <= 3 { x += by }")
    text += 'invariant "share": 4 / (3 - n.x) < 9\nstep "ratio": 4 / (3 - n.x) < 9 final when true'
    found = checked(tmp_path, text)
    faults = conclusion(found, "no run-time error").faults
    assert sorted(fault.prop.name for fault in faults if fault.prop) == ["ratio", "share"]
    for fault in faults:
        assert fault.prop is not None
        one = Shown(found.model.system, fault.prop, fault.found.trace, fault.check)
        assert one.trace.depth == 2
        one.judge()
        one.refuses(replace(one.trace, steps=one.trace.steps[:1]), "does not show")
        replace(one, check=None).refuses(one.trace, "does not show")
        meaningful = (
            replace(fault.prop, defined=TRUE)
            if isinstance(fault.prop, Invariant)
            else replace(fault.prop, claims={})
        )
        replace(one, prop=meaningful).refuses(one.trace, "does not show")
        for other in found.model.properties[2:]:  # the built-in ones always have one
            replace(one, prop=other).refuses(one.trace, "does not show")


def test_an_unspecified_reception(tmp_path: Path) -> None:
    text = PAIR.replace("on Answer(m) { got += 1 }", "on Answer(m) when m.n == 1 { got += 1 }")
    found = checked(tmp_path, text)
    mine = conclusion(found, "no unspecified reception")
    (fault,) = mine.faults
    one = Shown(found.model.system, mine.prop, fault.found.trace, fault.check)
    assert (fault.check.code, one.trace.depth) == ("R09", 4)
    one.judge()
    runtime = conclusion(found, "no run-time error").prop
    replace(one, prop=runtime, check=None).refuses(one.trace, "does not show")


# ---- flows -------------------------------------------------------------------------------------

FLOWS = {
    "whole": "a -> b: Ask b -> a: Answer",
    "given first": "given a.n == 1 a -> b: Ask b -> a: Answer",
    "given never": "given a.n == 2 a -> b: Ask b -> a: Answer",
    "then": "a -> b: Ask b -> a: Answer then a.got == 1",
    "then never": "a -> b: Ask b -> a: Answer then a.got == 2",
    "without ask": "a -> b: Ask b -> a: Answer without Ask",
    "without, but before": "given a.n == 1 b -> a: Answer without Never",
    "backwards": "b -> a: Answer a -> b: Ask",
    "twice": "a -> b: Ask a -> b: Ask",
    "where not": "a -> b: Ask(m) where m.n == 2 b -> a: Answer",
    "do": "do a.ask a -> b: Ask b -> a: Answer",
    "do too late": "a -> b: Ask do a.ask b -> a: Answer",
    "do where": "do a.ask(loud) where not loud b -> a: Answer",
    "do where not": "do a.ask(loud) where loud b -> a: Answer",
    "prefix": "a -> b: Ask",
    "without answer": "a -> b: Ask without Answer",
    "answer without ask": "b -> a: Answer without Ask",
}
PERFORMED = {
    "whole", "given first", "then", "without, but before", "do", "do where", "prefix",
    "answer without ask",
}  # fmt: skip


@cache
def flows() -> tuple[TransitionSystem, dict[str, Flow]]:
    text = "".join(f'flow "{name}": {lines}\n' for name, lines in FLOWS.items())
    with TemporaryDirectory() as folder:
        model = model_of(Path(folder), PAIR + text)
    return model.system, {p.name: p for p in model.properties if isinstance(p, Flow)}


@pytest.mark.parametrize("name", FLOWS)
def test_which_flows_a_run_performs(name: str) -> None:
    """The run is: ask quietly, the request arrives, the answer arrives."""
    system, known = flows()
    trace = shown("together").trace
    assert [step.label.action for step in trace.steps] == ["a.ask", "b.Ask", "a.Answer"]
    assert trace.steps[0].label.arguments == (False,)
    if name in PERFORMED:
        replay(system, known[name], trace)
    else:
        with pytest.raises(TraceMismatch, match="does not show"):
            replay(system, known[name], trace)


def test_a_flow_may_begin_anew_after_what_it_excludes() -> None:
    """Both are asked and answered: the second answer comes after everything it excludes."""
    system, known = flows()
    trace = shown("no deadlock").trace
    replay(system, known["answer without ask"], trace)
    with pytest.raises(TraceMismatch):
        replay(system, known["without ask"], trace)


def test_a_flow_does_not_end_in_a_failing_step() -> None:
    one = shown("no run-time error")
    prop = Flow("f", TRUE, (), TRUE, ())
    with pytest.raises(TraceMismatch):
        replay(one.system, prop, one.trace)
    replay(one.system, prop, replace(one.trace, steps=one.trace.steps[:-1]))


@pytest.mark.parametrize("name", ALL)
def test_a_loop_is_refused(name: str) -> None:
    """None of these properties is about infinite runs."""
    one = shown(name)
    one.refuses(replace(one.trace, loop_start=0), "a run with a loop")
