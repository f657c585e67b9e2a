"""The report of a proof as text: verdict first, then what it is for, then each property."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from verifier.report import CertificateRow, InductionRow, ProofReport, ProvedRow
from verifier.viewers.report_text import MARKS

STATES_SHOWN_MAX = 6
OPTIONS_SHOWN_MAX = 8


def summary(report: ProofReport, width: int = 80) -> Iterator[str]:
    """The verdict on the model, what it is for, and the table of its properties."""
    model = report.model
    yield f"{model.name}, variant {model.variant}  ({model.file})"
    yield ""
    yield from _wrapped(_verdict(report), width, "")
    yield from _wrapped(f"for     {'; '.join(_free(report))}", width, "  ", 12)
    yield from _wrapped(f"remain  {'; '.join(_fixed(report))}", width, "  ", 12)
    yield ""
    for row in report.properties:
        yield from _wrapped(f"{MARKS[row.verdict]} {row.name}: {_finding(row)}", width, "  ")
        if row.certificate is not None:
            yield from _wrapped(_certificate(row.certificate), width, "      ")
        for number, fault in enumerate(row.faults):
            if number or len(row.faults) > 1:
                text = f"{fault.code} {fault.message} in {_counted(fault.trace.steps, 'step')}"
                yield from _wrapped(text, width, "      ")
    if report.hint is not None:
        yield from _wrapped(f"hint    {report.hint}", width, "  ", 12)
    yield ""


def _verdict(report: ProofReport) -> str:
    total = len(report.properties)
    count = {verdict: sum(row.verdict == verdict for row in report.properties) for verdict in MARKS}
    if count["violated"]:
        said = f"VIOLATED: {count['violated']} of {total} properties"
    elif count["unknown"]:
        said = f"UNKNOWN: {count['unknown']} of {total} properties are not decided"
    else:
        said = f"HOLDS: all {total} properties"
    if count["violated"] and count["unknown"]:
        said += f", {count['unknown']} not decided"
    return said + (f" ({report.stopped})." if report.stopped else ".")


def _free(report: ProofReport) -> list[str]:
    """What the verdicts are for every value of."""
    names = [name for name in report.lifted if name not in report.circles]
    said = [f"any {', '.join(names)}"] if names else []
    if report.circles:
        said.append(f"numbers that never wrap around ({', '.join(report.circles)})")
    if report.any_messages:
        said.append("any number of messages in flight")
    if report.any_stamps:
        said.append("any timestamps")
    if report.open_options:
        said.append(f"any value of {', '.join(report.open_options)}")
    return said or ["this model as it stands: it has no bound that could be lifted"]


def _fixed(report: ProofReport) -> list[str]:
    """What they are for one value of."""
    counted = report.nodes.items()
    nodes = ", ".join(f"{count} {name}" if count > 1 else name for name, count in counted)
    said = [f"the nodes ({nodes})"]
    free = {*report.lifted, *report.open_options, *report.kept}
    options = [
        f"{name} = {text}" for name, text in report.model.options.items() if name not in free
    ]
    if len(options) > OPTIONS_SHOWN_MAX:
        said.append(f"the other {len(options)} options as they are in this variant")
    elif options:
        said.append(", ".join(options))
    said += [
        f"{name} = {report.model.options[name]} because {why}" for name, why in report.kept.items()
    ]
    return said


def _finding(row: ProvedRow) -> str:
    ids = f"  [{', '.join(row.requirements)}]" if row.requirements else ""
    facts = row.reason if row.facts is None else _counted(row.facts, "fact")
    match row.verdict, row.evidence:
        case "holds", "trace":
            assert row.trace is not None
            said = f"holds, by a run of {_counted(row.trace.steps, 'step')}"
        case "holds", "inductive":
            said = f"holds, inductive ({facts})"
        case "holds", _:
            said = "holds in every state: there are few enough to visit all"
        case "violated", "trace":
            assert row.trace is not None
            said = f"VIOLATED in {_counted(row.trace.steps, 'step')}"
        case "violated", "inductive":
            said = f"VIOLATED: no run does this, inductive ({facts})"
        case "violated", _:
            said = "VIOLATED: no run does this, and all states were visited"
        case _:
            said = f"unknown: {row.reason}"
            if row.bound:
                said += f"; no run of up to {_counted(row.bound, 'step')} decides it"
    saved = f"  saved as {row.trace.file}" if row.trace is not None and row.trace.file else ""
    return f"{said}{ids}{saved}"


def _certificate(row: CertificateRow) -> str:
    where = "" if row.directory is None else f" in {row.directory}"
    match row.status:
        case "written":
            return f"certificate{where}"
        case "accepted":
            return f"certificate{where}, accepted by z3 and cvc5"
        case "undecided":
            return f"certificate{where}, not checked: {row.reason}"
        case "unwritten":
            return f"the certificate was not written: {row.reason}"
        case "refused":
            return f"certificate{where} is REFUSED; this is a mistake of verify, please report it"
        case _:
            return f"no certificate: {row.reason}"


def induction(row: ProvedRow, width: int = 80) -> Iterator[str]:
    """Why there is no proof, as states that lead to what must not be."""
    found = row.induction
    if found is None:
        return
    if found.actions:
        yield f'? "{row.name}" is not inductive; these states need not be reachable'
    else:
        yield f'? "{row.name}" is not proved: there may be a run to a state like this'
    yield from _states(found, width)
    if found.absent:
        text = "What must not be in flight is shown in the last of them only."
        yield from _wrapped(text, width, "  ", 2)
    if found.lemma is not None:
        yield "  If this is true, it excludes the first of them that may be unreachable:"
        yield ""
        yield from (f"    {line}" for line in found.lemma.splitlines())
    yield ""


def _states(found: InductionRow, width: int) -> Iterator[str]:
    for number, state in enumerate(found.states):
        if number == STATES_SHOWN_MAX and len(found.states) > STATES_SHOWN_MAX:
            yield f"    and {len(found.states) - number} more (all are in --format json)"
            return
        yield from _wrapped(f"{number + 1}. {state}", width, "    ", 7)
        if number < len(found.actions):
            yield f"       {found.actions[number]}"


def footer(report: ProofReport) -> Iterator[str]:
    """What it cost, and the command that does it again."""
    memory = report.peak_memory_bytes / 2**20
    yield f"proved and searched, {report.seconds:.1f} s, {memory:,.0f} MiB at most"
    yield f"again: {report.reproduce}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _wrapped(text: str, width: int, indent: str, hanging: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=" " * (len(indent) + 4 if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
