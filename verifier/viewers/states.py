"""A run as text: each step with what it changes (diff), or with the whole state (full)."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir import types
from verifier.ir.system import Label, State, Variable
from verifier.traces.storage import show_label
from verifier.viewers.journal import Entry, Journal
from verifier.viewers.selection import EVERYTHING, Selection, folding, pieces


def diff(told: Journal, chosen: Selection = EVERYTHING) -> Iterator[str]:
    """The state it begins in, then for each step its label and the values that change."""
    yield from _beginning(told, chosen)
    for entry, before, after in _steps(told, chosen):
        if isinstance(entry, str):
            yield entry
            continue
        yield _heading(told, entry)
        if entry.failed is not None:
            yield f"  fails {entry.failed.code}: {entry.failed.message}"
            return
        for variable, old, new in zip(told.system.variables, before, after, strict=True):
            if old != new:
                yield f"  {variable.name}: {_show(variable, old)} → {_show(variable, new)}"


def full(told: Journal, chosen: Selection = EVERYTHING) -> Iterator[str]:
    """Every state in full; what the step changed is marked."""
    yield from _beginning(told, chosen)
    for entry, before, after in _steps(told, chosen):
        if isinstance(entry, str):
            yield entry
            continue
        if entry.failed is not None:
            yield _heading(told, entry)
            yield f"  fails {entry.failed.code}: {entry.failed.message}"
            return
        yield from _values(told, after, before, _heading(told, entry))


def _beginning(told: Journal, chosen: Selection) -> Iterator[str]:
    """The initial state; where the first steps are folded, the state after them."""
    first = next((e.step for e in told.entries if chosen.shows(e.step)), len(told.entries) + 1)
    heading = "initial state" if first == 1 or not told.entries else f"state before step {first}"
    state = told.times.states[min(first, len(told.times.states)) - 1]
    yield from _values(told, state, state, heading)


def _steps(told: Journal, chosen: Selection) -> Iterator[tuple[Entry | str, State, State]]:
    """Each step with the states around it, stamps numbered for the whole run; a failing step has
    the state before it twice.  Text stands for steps that are folded, but for the first ones."""
    states = told.times.states
    for piece in pieces(told, chosen):
        if isinstance(piece, tuple):
            if piece[0].step > 1:
                yield folding(piece), (), ()
            continue
        yield piece, states[piece.step - 1], states[min(piece.step, len(states) - 1)]


def _heading(told: Journal, entry: Entry) -> str:
    action, label = entry.action, told.trace.steps[entry.step - 1].label
    numbers = told.times.before[entry.step - 1]
    arguments = tuple(
        told.times.renumbered(parameter.variable.type, value, numbers)
        for parameter, value in zip(action.parameters, label.arguments, strict=True)
    )
    at = f"   [{action.origin}]" if action.origin is not None else ""
    return f"step {entry.step}: {show_label(told.system, Label(label.action, arguments))}{at}"


def _values(told: Journal, state: State, before: State, heading: str) -> Iterator[str]:
    yield heading
    for variable, value, old in zip(told.system.variables, state, before, strict=True):
        mark = "*" if value != old else " "
        yield f" {mark}{variable.name} = {_show(variable, value)}"


def _show(variable: Variable, value: types.Value) -> str:
    return types.show(variable.type, value)
