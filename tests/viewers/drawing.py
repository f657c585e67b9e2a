"""Runs of a model as the viewers draw them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.traces.models import Silent
from verifier.checker import Checked, Plan, check
from verifier.cli.reporting import trace_of
from verifier.ir.property import Property
from verifier.ir.system import Check
from verifier.language.load import load
from verifier.traces.trace import Trace
from verifier.viewers.run import run


def found(text: str) -> Checked:
    """What the checker says about a model; it is written into the current directory, so that no
    path of this machine gets into a drawing."""
    path = Path("model.mdl")
    path.write_text(text, encoding="utf-8")
    return check(load(path, None, {}), Plan(), Silent())


def traces(checked: Checked) -> Iterator[tuple[Property, Trace, Check | None]]:
    """Every run of a report, with the check that it fails."""
    for conclusion in checked.conclusions:
        for fault in conclusion.faults:
            yield fault.prop or conclusion.prop, fault.found.trace, fault.check
        trace = trace_of(conclusion.verdict)
        if trace is not None and not conclusion.faults:
            yield conclusion.prop, trace, None


def drawn(checked: Checked, style: str = "chart", width: int = 80) -> list[str]:
    """All runs of a report, each under the name of what it shows."""
    lines = []
    for prop, trace, failing in traces(checked):
        lines += [f"== {prop.name}", *run(checked.model.system, prop, trace, style, width, failing)]
    return lines
