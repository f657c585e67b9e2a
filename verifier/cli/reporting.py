"""From what was checked to the report that is printed."""

from __future__ import annotations

import resource
import shlex
import sys
from collections.abc import Mapping
from typing import assert_never

import msgspec

from verifier.checker import Checked
from verifier.cli.exit import Exit
from verifier.engines.registry import SYMBOLIC
from verifier.ir.property import (
    DeadlockFree,
    Flow,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.system import Action
from verifier.properties.conclude import Conclusion
from verifier.report import (
    SCHEMA,
    Coverage,
    FaultRow,
    ModelRow,
    NeverRow,
    PropertyRow,
    Report,
    Seconds,
    TraceRow,
)
from verifier.source import Span
from verifier.traces.trace import Trace
from verifier.verdict import BY_INVARIANT, Exhaustive, Holds, Inductive, Unknown, Verdict, Violated

Files = Mapping[tuple[str, int | None], str]  # property and index of its fault -> trace file


def report(checked: Checked, reproduce: str, files: Files, seconds_load: float) -> Report:
    """The report of one check; ``files`` says where traces were saved."""
    found = checked.exploration
    model = checked.model
    rows = [
        msgspec.structs.replace(property_row(one, files), engine=_engine(one, found.engine))
        for one in checked.conclusions
    ]
    search = checked.seconds_search
    return Report(
        schema=SCHEMA,
        model=ModelRow(model.name, model.file, model.variant, dict(model.options)),
        engine=found.engine,
        complete=found.complete,
        stopped=found.stopped or None,
        states=found.states if found.counted else None,
        transitions=found.transitions if found.counted else None,
        depth=found.depth,
        terminal=found.terminal if found.counted else None,
        bytes_per_state=None if found.bytes_per_state is None else round(found.bytes_per_state, 1),
        seconds=Seconds(
            total=round(checked.seconds_total + seconds_load, 3),
            compile=round(checked.seconds_total + seconds_load - search, 3),
            search=round(search, 3),
        ),
        peak_memory_bytes=peak_memory_bytes() + found.elsewhere_bytes,
        properties=rows,
        coverage=_coverage(checked),
        notes=list(found.notes),
        reproduce=reproduce,
        exit=exit_of(checked),
    )


def _engine(conclusion: Conclusion, engines: str) -> str | None:
    """The engine that a verdict rests on; ``engines`` are all that were at it."""
    searched = engines.partition(" and ")[0]
    match conclusion.verdict:
        case Unknown():
            return None
        case Holds(Inductive()) | Violated(Inductive()):
            return SYMBOLIC
        case _:
            return conclusion.by or searched


def exit_of(checked: Checked) -> Exit:
    """The exit status that the verdicts amount to."""
    if checked.interrupted:
        return Exit.INTERRUPTED
    verdicts = [conclusion.verdict for conclusion in checked.conclusions]
    if any(isinstance(verdict, Violated) for verdict in verdicts):
        return Exit.VIOLATED
    if (
        any(isinstance(verdict, Unknown) for verdict in verdicts)
        or not checked.exploration.complete
    ):
        return Exit.UNKNOWN
    return Exit.HOLDS


def kind_of(prop: Property) -> str:
    """The word for the kind of a property, in reports and trace files."""
    match prop:
        case Invariant(lemma=lemma):
            return "lemma" if lemma else "invariant"
        case StepProperty():
            return "step"
        case Reachable():
            return "reachable"
        case Flow():
            return "flow"
        case DeadlockFree():
            return "deadlock"
        case NoFault(kind=kind):
            return kind
        case _:
            assert_never(prop)


def command(file: str, options: Mapping[str, object], verb: str = "check") -> str:
    """The command that gives this report again; ``options`` by flag, lists for repeated ones."""
    words = ["verify", verb, file]
    for flag, value in options.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is True:
                words.append(flag)
            elif one is not None:
                words += [flag, str(one)]
    return shlex.join(words)


def property_row(conclusion: Conclusion, files: Files) -> PropertyRow:
    """One property in a report."""
    prop, verdict = conclusion.prop, conclusion.verdict
    trace = trace_of(verdict)
    return PropertyRow(
        name=prop.name,
        kind=kind_of(prop),
        verdict=type(verdict).__name__.lower(),
        evidence=_evidence(verdict),
        requirements=list(prop.requirements),
        trace=None if trace is None else _trace(trace, files.get((prop.name, None))),
        occurrences=verdict.occurrences if isinstance(verdict, Violated) else None,
        bound=verdict.depth if isinstance(verdict, Unknown) else None,
        reason=_reason(verdict),
        faults=[
            FaultRow(
                str(fault.check.code),
                fault.check.message,
                None if fault.check.origin is None else str(fault.check.origin),
                fault.found.occurrences,
                _trace(fault.found.trace, files.get((prop.name, index))),
            )
            for index, fault in enumerate(conclusion.faults)
        ],
    )


def trace_of(verdict: Verdict) -> Trace | None:
    """The run that a verdict rests on, if it does."""
    match verdict:
        case Holds(Trace() as trace) | Violated(Trace() as trace):
            return trace
        case _:
            return None


def _evidence(verdict: Verdict) -> str:
    if isinstance(verdict, Unknown):
        return "bounded"
    match verdict.evidence:
        case Trace():
            return "trace"
        case Exhaustive():
            return "exhaustive"
        case Inductive():
            return "inductive"
        case _:
            assert_never(verdict.evidence)


def _reason(verdict: Verdict) -> str | None:
    match verdict:
        case Unknown(_, reason):
            return reason
        case Holds(Inductive(method, steps, invariant)) | Violated(
            Inductive(method, steps, invariant)
        ):
            facts = f"{len(invariant)} {'fact' if len(invariant) == 1 else 'facts'}"
            if method == BY_INVARIANT:
                return f"inductive ({facts})"
            with_facts = f", with {facts}" if invariant else ""
            return f"{method}, {steps} {'step' if steps == 1 else 'steps'}{with_facts}"
        case _:
            return None


def _trace(trace: Trace, file: str | None) -> TraceRow:
    return TraceRow(trace.depth, trace.loop_start, file)


def _coverage(checked: Checked) -> Coverage:
    """Actions that never fired and branches never taken, one row for each place in the text: a
    handler counts as fired when it did in any instance of its node type."""
    system, found = checked.model.system, checked.exploration
    if not found.counted:
        return Coverage([], [])
    fired: dict[tuple[str, Span | None], int] = {}
    for action in system.actions:
        if not _only_errors(action):
            key = (_declared(action), action.origin)
            fired[key] = fired.get(key, 0) + found.fired.get(action.name, 0)
    untaken = set(found.untaken)
    taken: dict[tuple[str, Span | None], bool] = {}
    for action in system.actions:
        for index, branch in enumerate(action.branches):
            if fired.get((_declared(action), action.origin)):
                at = (branch.shown, branch.origin)
                taken[at] = taken.get(at, False) or (
                    (action.name, index) not in untaken and found.fired.get(action.name, 0) > 0
                )
    return Coverage(
        [NeverRow(name, _at(at)) for (name, at), count in fired.items() if not count],
        [NeverRow(name, _at(at)) for (name, at), seen in taken.items() if not seen],
    )


def _only_errors(action: Action) -> bool:
    """An action that stands for an unspecified reception: that it never fires is good."""
    return any(check.kind == "reception" for check in action.checks)


def _declared(action: Action) -> str:
    return action.shown or action.name


def _at(origin: Span | None) -> str | None:
    return None if origin is None else str(origin)


def peak_memory_bytes() -> int:
    """The most memory that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
