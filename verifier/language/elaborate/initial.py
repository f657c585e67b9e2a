"""The initial action: every variable gets its first value."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import TRUE, conjunction, in_range, literal
from verifier.ir.expr import Expr, Literal, Param, make
from verifier.ir.system import Action, Kind, Parameter
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.actions import LABELS_MAX, combinations
from verifier.language.elaborate.coercion import coerce
from verifier.language.elaborate.declarations import Initial
from verifier.language.elaborate.domains import domain
from verifier.language.elaborate.frame import POISON, is_poison
from verifier.language.elaborate.open_options import first_value


def initial_action(initials: list[Initial]) -> Action:
    """One action; ``var x: T in S`` makes it a choice, and so several initial states."""
    parameters: list[Parameter] = []
    guards: list[Expr] = []
    assignments: dict[str, Expr] = {}
    # First, because other values may depend on them: the options that are left open.
    parameters += [Parameter(i.value) for i in initials if isinstance(i.value, Param)]
    for initial in initials:
        of = initial.variable.type
        if of is POISON:
            continue
        declared = initial.declaration
        if declared is None:
            assert initial.value is not None
            assignments[initial.variable.name] = initial.value
        elif declared.domain is not None:
            before = combinations(parameters)
            assignments[initial.variable.name] = _chosen(initial, parameters, guards)
            if before <= LABELS_MAX < (count := combinations(parameters)):
                initial.frame.error(
                    Code.TOO_LARGE,
                    f"with '{declared.name.text}' there are {count:,} initial states",
                    declared.domain.span,
                    hint="give smaller bounds, or let an action choose some of these values",
                )
        elif declared.initial is not None:
            found = first_value(initial.frame, declared.initial, of)
            assignments[initial.variable.name] = found
        else:
            assignments[initial.variable.name] = literal(ir.default(of), of)
            if isinstance(of, ir.Enum) and not of.labels:
                initial.frame.error(
                    Code.EMPTY_TYPE,
                    f"there is no {of.name} that '{declared.name.text}' could be",
                    declared.name.span,
                    hint="declare an instance, or make it optional with '?'",
                )
    return Action(
        name="initial",
        kind=Kind.INITIAL,
        parameters=tuple(parameters),
        guard=conjunction(guards),
        checks=(),
        assignments=assignments,
        shown="initial",
    )


def _chosen(initial: Initial, parameters: list[Parameter], guards: list[Expr]) -> Expr:
    declared, of = initial.declaration, initial.variable.type
    assert declared is not None and declared.domain is not None
    over = domain(initial.frame, declared.domain)
    if over is None:
        return literal(ir.default(of), of)
    variable = make(Param, initial.variable.name, over.item)
    parameters.append(Parameter(variable, over.collection))
    guards.append(over.condition(variable))
    if isinstance(of, ir.Int) and isinstance(over.item, ir.Int):
        inside = in_range(variable, of.low, of.high)
        if inside is not TRUE and isinstance(over.collection, (Literal, type(None))):
            initial.frame.error(
                Code.OUTSIDE_TYPE,
                f"some of these values are not in the type of '{declared.name.text}'",
                declared.domain.span,
            )
        return variable
    source = declared.domain if not isinstance(declared.domain, _NOT_EXPRESSIONS) else None
    named = source or ast.Name(declared.name.text, declared.name.span)
    found = coerce(initial.frame, variable, of, named)
    return literal(ir.default(of), of) if is_poison(found) else found


_NOT_EXPRESSIONS = (ast.RangeDomain, ast.BoolDomain)
