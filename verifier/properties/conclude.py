"""From the answers of an exploration back to verdicts about properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from verifier.ir.build import TRUE
from verifier.ir.expr import Expr
from verifier.ir.faults import Fault as Code
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import (
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.system import Check
from verifier.properties.safety import undefined
from verifier.verdict import (
    Absent,
    Answer,
    Exhaustive,
    Exploration,
    Fault,
    Found,
    Holds,
    Inductive,
    Unknown,
    Verdict,
    Violated,
)

NO_VALUE = "it has no value in some of the states, see the run-time errors"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is known of a property; ``faults`` are the single findings of a `NoFault`, nearest
    first.  ``by`` is the engine that found its run, where several looked for one and it is not the
    one that searched."""

    prop: Property
    verdict: Verdict
    faults: tuple[Fault, ...] = ()
    by: str = ""


def conclude(prop: Property, exploration: Exploration, faults: tuple[Fault, ...]) -> Conclusion:
    """The verdict on a property that `safety.encode` has asked; ``faults`` from `all_faults`."""
    if isinstance(prop, NoFault):
        return _no_fault(prop, exploration, faults)
    answer = exploration.answers[prop.name]
    said = verdict(prop, answer, cut(exploration))
    match said:
        case Holds(Exhaustive() | Inductive()) | Violated(Exhaustive() | Inductive()) if isinstance(
            exploration.answers.get(undefined(prop.name)), Found
        ):
            return Conclusion(prop, Unknown(exploration.depth, NO_VALUE))
        case _:
            return Conclusion(prop, said, by=found_by(answer))


def found_by(answer: Answer) -> str:
    """The engine that found a run, where it is not the one that searched."""
    return answer.by if isinstance(answer, Found) else ""


def verdict(prop: Property, answer: Answer, cut_by: Unknown | None) -> Verdict:
    """What the answer means for the property.  ``cut_by`` is there when the exploration did not
    see what comes after a failing step: then the absence of a run proves nothing."""
    match answer:
        case Found(trace, occurrences):
            match prop:
                case Reachable() | Flow():
                    return Holds(trace)
                case Invariant() | StepProperty() | DeadlockFree() | NoFault():
                    return Violated(trace, occurrences)
                case _:
                    assert_never(prop)
        case Absent(evidence):
            if cut_by is not None:
                return cut_by
            return Violated(evidence) if isinstance(prop, Reachable | Flow) else Holds(evidence)
        case Unknown():
            return answer
        case _:
            assert_never(answer)


def cut(exploration: Exploration) -> Unknown | None:
    """Why a complete exploration may still have missed runs, and up to which depth it has missed
    none; None if it has missed none at all.  That a property has no value somewhere ends no run."""
    if not exploration.faults:
        return None
    nearest = min(fault.found.trace.depth for fault in exploration.faults)
    reason = "runs end at the errors found, and what would come after them was not seen"
    return Unknown(nearest - 1, reason)


def all_faults(
    problem: SafetyProblem, properties: tuple[Property, ...], exploration: Exploration
) -> tuple[Fault, ...]:
    """Every failing check, nearest first; a property without a value in some state is one too."""
    found = list(exploration.faults)
    for prop in properties:
        answer = exploration.answers.get(undefined(prop.name))
        if isinstance(answer, Found):
            check = Check(
                code=Code.ABSENT,
                kind="runtime",
                message=f'the property "{prop.name}" has no value here',
                condition=_defined(prop, answer),
                origin=prop.origin,
            )
            found.append(Fault(check, answer, prop))
    return tuple(sorted(found, key=lambda fault: fault.found.trace.depth))


def _defined(prop: Property, answer: Found) -> Expr:
    match prop:
        case Invariant() | Reachable() | DeadlockFree():
            return prop.defined
        case StepProperty():
            return prop.claims[answer.trace.steps[-1].label.action].defined
        case Flow() | NoFault():
            return TRUE
        case _:
            assert_never(prop)


def _no_fault(prop: NoFault, exploration: Exploration, faults: tuple[Fault, ...]) -> Conclusion:
    mine = tuple(fault for fault in faults if fault.check.kind == prop.kind)
    if mine:
        nearest = mine[0].found
        return Conclusion(prop, Violated(nearest.trace, nearest.occurrences), mine, nearest.by)
    safe = exploration.safe
    if safe is not None and not exploration.faults and _all_defined(prop, exploration):
        return Conclusion(prop, Holds(safe))
    if not exploration.complete:
        return Conclusion(prop, Unknown(exploration.depth, exploration.stopped))
    if exploration.faults:
        return Conclusion(prop, cut(exploration) or Unknown(exploration.depth, NO_VALUE))
    return Conclusion(prop, Holds(_of_all(exploration)))


def _all_defined(prop: NoFault, exploration: Exploration) -> bool:
    """Whether every property has a value everywhere, as far as a `NoFault` claims that."""
    if prop.kind != "runtime":
        return True
    answers = exploration.answers
    asked = (undefined(name) for name in answers if undefined(name) in answers)
    return all(isinstance(answers[name], Absent) for name in asked)


def _of_all(exploration: Exploration) -> Exhaustive | Inductive:
    """What says that nothing was missed."""
    if exploration.proof is not None:
        return exploration.proof
    return Exhaustive(exploration.states, exploration.transitions, exploration.depth)
