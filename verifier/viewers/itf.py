"""A run in the Informal Trace Format, which Apalache, Quint and their tools read.

https://apalache-mc.org/docs/adr/015adr-trace.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from verifier import __version__
from verifier.ir.system import Label
from verifier.traces.storage import show_label
from verifier.viewers.interchange import itf
from verifier.viewers.journal import Journal

DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"


def itf_trace(told: Journal, about: Mapping[str, Any]) -> bytes:
    """The file; ``about`` goes into its ``#meta``.

    A step that fails has no state in ITF: the last state then says in its ``#meta`` what fails.
    """
    variables = told.system.variables
    states = []
    for index, state in enumerate(told.times.states):
        meta: dict[str, Any] = {"index": index, "action": _action(told, index)}
        failing = told.entries[index] if index < len(told.entries) else None
        if failing is not None and failing.failed is not None:
            meta["next"] = _action(told, index + 1)
            meta["fails"] = f"{failing.failed.code}: {failing.failed.message}"
        values = {v.name: itf(v.type, value) for v, value in zip(variables, state, strict=True)}
        states.append({"#meta": meta, **values})
    document: dict[str, Any] = {
        "#meta": {
            "format": "ITF",
            "format-description": DESCRIPTION,
            "description": f"made by mdl-verifier {__version__}",
            **about,
        },
        "params": [],
        "vars": [variable.name for variable in variables],
        "states": states,
    }
    if told.trace.loop_start is not None:
        document["loop"] = told.trace.loop_start
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _action(told: Journal, index: int) -> str:
    """The label that leads to a state, its stamps numbered as in the states."""
    if index == 0:
        return show_label(told.system, told.trace.start)
    action, label = told.entries[index - 1].action, told.trace.steps[index - 1].label
    numbers = told.times.before[index - 1]
    arguments = tuple(
        told.times.renumbered(parameter.variable.type, value, numbers)
        for parameter, value in zip(action.parameters, label.arguments, strict=True)
    )
    return show_label(told.system, Label(label.action, arguments))
