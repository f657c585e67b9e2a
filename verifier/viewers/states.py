"""A run as text: each step with what it changes (diff), or with the whole state (full)."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir import types
from verifier.ir.system import State, TransitionSystem, Variable
from verifier.traces.storage import show_label
from verifier.viewers.journal import Journal


def diff(told: Journal) -> Iterator[str]:
    """The initial state, then for each step its label and the values that change."""
    yield "initial state"
    yield from _values(told.system, told.trace.initial, told.trace.initial)
    before = told.trace.initial
    for entry, step in zip(told.entries, told.trace.steps, strict=True):
        yield f"step {entry.step}: {show_label(told.system, step.label)}{_at(entry.action.origin)}"
        if step.state is None:
            assert entry.failed is not None
            yield f"  fails {entry.failed.code}: {entry.failed.message}"
            return
        for variable, old, new in zip(told.system.variables, before, step.state, strict=True):
            if old != new:
                yield f"  {variable.name}: {_show(variable, old)} → {_show(variable, new)}"
        before = step.state


def full(told: Journal) -> Iterator[str]:
    """Every state in full; what the step changed is marked."""
    yield "initial state"
    yield from _values(told.system, told.trace.initial, told.trace.initial)
    before = told.trace.initial
    for entry, step in zip(told.entries, told.trace.steps, strict=True):
        yield f"step {entry.step}: {show_label(told.system, step.label)}{_at(entry.action.origin)}"
        if step.state is None:
            assert entry.failed is not None
            yield f"  fails {entry.failed.code}: {entry.failed.message}"
            return
        yield from _values(told.system, step.state, before)
        before = step.state


def _values(system: TransitionSystem, state: State, before: State) -> Iterator[str]:
    for variable, value, old in zip(system.variables, state, before, strict=True):
        mark = "*" if value != old else " "
        yield f" {mark}{variable.name} = {_show(variable, value)}"


def _show(variable: Variable, value: types.Value) -> str:
    return types.show(variable.type, value)


def _at(origin: object) -> str:
    return f"   [{origin}]" if origin is not None else ""
