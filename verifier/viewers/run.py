"""One run with its heading and the reason why it shows what it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from verifier.ir.property import (
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.semantics import fire
from verifier.ir.system import Check, TransitionSystem
from verifier.traces.trace import Trace
from verifier.viewers.chart import chart, fits
from verifier.viewers.explain import why
from verifier.viewers.formula import Place, formula
from verifier.viewers.journal import Journal, journal
from verifier.viewers.legible import broken, columns
from verifier.viewers.selection import EVERYTHING, Selection
from verifier.viewers.states import diff, full

STYLES = ("chart", "diff", "full")


def run(
    system: TransitionSystem,
    prop: Property,
    trace: Trace,
    style: str,
    width: int = 80,
    fault: Check | None = None,
) -> Iterator[str]:
    """The run drawn in a style, and why it shows what is claimed; ``fault`` as for `replay`."""
    told = journal(system, trace)
    yield from steps(told, style, width, EVERYTHING)
    yield from wrapped(reasons(told, prop, fault), width)


def steps(told: Journal, style: str, width: int, chosen: Selection) -> Iterator[str]:
    """The steps of the run that are chosen, drawn in a style."""
    match style:
        case "chart" if fits(told, width, chosen):
            yield from chart(told, width, chosen)
        case "chart":
            yield from wrapped(
                ("too many nodes take part for a chart; what each step changes:",), width
            )
            yield from wrapped(diff(told, chosen), width)
        case "diff":
            yield from wrapped(diff(told, chosen), width)
        case "full":
            yield from wrapped(full(told, chosen), width)
        case _:
            raise AssertionError(style)


def wrapped(lines: Iterable[str], width: int, *, breaking: bool = False) -> Iterator[str]:
    """The lines, long ones on several; words and paths stay whole, to be copied, unless they are
    not more than labels of messages."""
    for line in lines:
        if columns(line) <= width and line.isprintable():
            yield line.rstrip()
            continue
        indent = " " * (len(line) - len(line.lstrip()))
        yield from broken(line, width, "", indent + "    ", breaking=breaking) or [""]


def reasons(told: Journal, prop: Property, fault: Check | None) -> Iterator[str]:
    """Why the end of the run shows what it does, down to the smallest part that decides it."""
    system, trace, last = told.system, told.trace, told.times.states[-1]
    if fault is not None:
        where = "" if fault.origin is None else f"  ({fault.origin})"
        yield f"{fault.code}: {fault.message}{where}"
        if trace.steps and trace.steps[-1].state is None:
            place = _last_step(told)
            yield from (f"  {line}" for line in why(fault.condition, place))
        elif isinstance(prop, Invariant | Reachable):
            yield from (f"  {line}" for line in why(prop.defined, Place(system, last)))
        elif isinstance(prop, StepProperty):
            claim = prop.claims[trace.steps[-1].label.action]
            yield from (f"  {line}" for line in why(claim.defined, _last_step(told)))
        return
    match prop:
        case Invariant(_, predicate):
            yield "in the last state:"
            yield from (f"  {line}" for line in why(predicate, Place(system, last)))
        case StepProperty(_, claims):
            yield "of the last step:"
            claim = claims[trace.steps[-1].label.action]
            place = _last_step(told)
            yield from (f"  {line}" for line in why(claim.predicate, place))
        case Reachable(_, predicate):
            yield "in the last state:"
            yield from (f"  {line}" for line in why(predicate, Place(system, last), wanted=True))
        case DeadlockFree(_, final):
            yield "no step is enabled in the last state, and it is not a declared end:"
            text = formula(final)
            yield from (
                (f"  {line}" for line in why(final, Place(system, last)))
                if text != "false"
                else ("  no 'final when' says where a run may end",)
            )
        case Flow(events=events):
            yield "the lines of the flow, in this order:"
            yield from (f"  {event.shown}" for event in events)
        case NoFault():
            return
        case _:
            assert_never(prop)


def _last_step(told: Journal) -> Place:
    """The last step as a place: the state before it, its arguments, and the state after it, all
    with stamps numbered for the whole run."""
    system, times, step = told.system, told.times, told.trace.steps[-1]
    last = len(told.trace.steps) - 1
    action = told.entries[-1].action
    variables = [parameter.variable for parameter in action.parameters]
    arguments = tuple(
        (variable.name, times.renumbered(variable.type, value, times.before[last]))
        for variable, value in zip(variables, step.label.arguments, strict=True)
    )
    names = [variable.name for variable in variables]
    before = told.trace.states[last]
    after = fire(system, action, before, dict(zip(names, step.label.arguments, strict=True)))
    if isinstance(after, Check):
        return Place(system, times.states[last], arguments)
    shown = tuple(
        times.renumbered(variable.type, value, times.after[last])
        for variable, value in zip(system.variables, after, strict=True)
    )
    return Place(system, times.states[last], arguments, shown)
