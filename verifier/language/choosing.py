"""A model for each choice of some options, loaded and lowered once for all of them where it can be.

The options are left open (`elaborate/open_options.py`), and what is chosen is put into the initial
action.  So all choices have the same variables, actions and properties, and machine code that was
made for one serves all.  Where an option decides how the model is built it cannot be left open;
then each choice is loaded by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from verifier.ir import types
from verifier.ir.build import literal
from verifier.ir.expr import Expr, Param
from verifier.ir.rewrite import replace_leaves
from verifier.ir.system import Action
from verifier.language.load import load
from verifier.language.model import ChoiceError, Model, open_variable
from verifier.source import SourceError


@dataclass(frozen=True, slots=True)
class Family:
    """The models of all choices of ``options``.  ``open_model`` leaves them open; None where that
    cannot be, for the reason ``separate`` then."""

    path: Path
    variant: str | None
    settings: Mapping[str, str]
    options: tuple[str, ...]
    open_model: Model | None
    separate: str


def family(
    path: Path, variant: str | None, settings: Mapping[str, str], options: tuple[str, ...]
) -> Family:
    """The models that differ in these options only."""
    try:
        whole = load(path, variant, settings, frozenset(options))
    except SourceError as error:
        return Family(path, variant, settings, options, None, error.diagnostics[0].message)
    except ChoiceError as error:
        return Family(path, variant, settings, options, None, error.message)
    return Family(path, variant, settings, options, whole, "")


def member(of: Family, choice: Mapping[str, str]) -> Model:
    """The model of one choice, which names a value for each option of the family.

    Raises:
        SourceError, ChoiceError: as `load`, where the choice is loaded by itself.
    """
    assert set(choice) == set(of.options)
    if of.open_model is None:
        return load(of.path, of.variant, {**of.settings, **choice})
    whole = of.open_model
    chosen = {open_variable(name): text for name, text in choice.items()}
    initial = tuple(_begun(action, chosen) for action in whole.system.initial)
    return replace(
        whole,
        options={**whole.options, **choice},
        system=replace(whole.system, initial=initial),
    )


def _begun(action: Action, chosen: Mapping[str, str]) -> Action:
    """The initial action with what is chosen put in."""

    def put_in(node: Expr) -> Expr | None:
        if isinstance(node, Param) and node.name in chosen:
            return literal(_value(node.type, chosen[node.name]), node.type)
        return None

    return replace(
        action,
        parameters=tuple(p for p in action.parameters if p.variable.name not in chosen),
        guard=replace_leaves(action.guard, put_in),
        assignments={
            name: replace_leaves(value, put_in) for name, value in action.assignments.items()
        },
    )


def _value(of: types.Type, text: str) -> types.Value:
    """The value that is written like this."""
    return next(value for value in types.values(of) if types.show(of, value) == text)
