"""Options that are left open: chosen by the initial action, never assigned, read as variables.

One check then covers every value: no two values share a state, so the states are those of all
values together.
"""

from __future__ import annotations

from itertools import product
from typing import TypeGuard

from verifier.ir import types as ir
from verifier.ir.build import literal
from verifier.ir.expr import Expr, Param, Var, make, walk
from verifier.ir.rewrite import replace_leaves
from verifier.ir.semantics import evaluate
from verifier.ir.system import TransitionSystem
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import coerce
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.program import Program
from verifier.language.elaborate.types import option_type, type_of
from verifier.language.model import OPEN_PREFIX, open_variable
from verifier.source import Span

_NOTHING = TransitionSystem("", (), (), ())


def is_open(program: Program, option: ast.Option) -> bool:
    """Whether an option is left open."""
    return option.name.text in program.open_options


def open_value(frame: Frame, option: ast.Option, file: str, span: Span) -> Expr:
    """What an open option is at a place: the value that the initial action chooses."""
    name = option.name.text
    of = option_type(frame.inside(file=file, node=None, locals={}, sight=Sight.CONSTANT), option)
    if of is POISON:
        return literal(0, POISON)
    if frame.first:
        return make(Param, open_variable(name), of)
    if frame.sight is Sight.CONSTANT:
        return _must_be_known(frame, open_variable(name), span)
    return make(Var, open_variable(name), of)


def first_value(frame: Frame, expr: ast.Expr, of: ir.Type) -> Expr:
    """The first value of a variable: a constant, or one for each choice of the open options."""
    found = _chosen(frame, expr, of) if frame.program.open_options else None
    return frame.program.constant(frame, expr, of, first=True) if found is None else found


def open_constant(frame: Frame, declaration: ast.Const, file: str) -> Expr | None:
    """What a constant is at a place if it depends on open options; None if it does not."""
    program = frame.program
    if not program.open_options:
        return None
    if id(declaration) not in program.open_constants:
        if any(declaration is pending for pending in program.pending):
            return None  # it is defined by itself, which is reported where constants are settled
        program.pending.append(declaration)
        home = Frame(program, file, Sight.CONSTANT)
        of = None if declaration.type is None else type_of(home, declaration.type)
        found = _chosen(home, declaration.value, None if of is POISON else of)
        program.pending.pop()
        program.open_constants[id(declaration)] = found
    found = program.open_constants[id(declaration)]
    if found is None or frame.first or is_poison(found):
        return found
    if frame.sight is Sight.CONSTANT:
        return _must_be_known(frame, _mentioned(found)[0].name, declaration.name.span)
    return replace_leaves(found, _as_variable)


def _as_variable(node: Expr) -> Expr | None:
    return make(Var, node.name, node.type) if _is_choice(node) else None


def _chosen(frame: Frame, expr: ast.Expr, of: ir.Type | None) -> Expr | None:
    """A constant expression that depends on open options, over the parameters of the initial
    action; None if it depends on none."""
    inner = frame.inside(sight=Sight.CONSTANT, step=None, checks=[], first=True)
    found = inner.elaborate(expr, of)
    found = found if of is None else coerce(inner, found, of, expr)
    if is_poison(found):
        return found
    chosen = _mentioned(found, inner.defined())
    if not chosen:
        return None
    for values in product(*(ir.values(parameter.type) for parameter in chosen)):
        arguments = {p.name: value for p, value in zip(chosen, values, strict=True)}
        if not evaluate(_NOTHING, inner.defined(), (), arguments):
            shown = (
                f"{p.name.removeprefix(OPEN_PREFIX)} = {ir.show(p.type, value)}"
                for p, value in zip(chosen, values, strict=True)
            )
            return frame.error(
                Code.OUTSIDE_TYPE,
                f"with {', '.join(shown)} this expression has no value",
                expr.span,
                cause="; ".join(dict.fromkeys(check.message for check in inner.checks)),
            )
    return found


def _must_be_known(frame: Frame, variable: str, span: Span) -> Expr:
    name = variable.removeprefix(OPEN_PREFIX)
    return frame.error(
        Code.NOT_CONSTANT,
        f"the option '{name}' is left open, and must be known here",
        span,
        cause="types, sizes, traits and arguments of instances are settled before the model runs",
        hint=f"give it a value: --set {name}=...",
    )


def _is_choice(node: Expr) -> TypeGuard[Param]:
    return isinstance(node, Param) and node.name.startswith(OPEN_PREFIX)


def _mentioned(*exprs: Expr) -> list[Param]:
    """The open options that expressions mention, in order."""
    return list(dict.fromkeys(node for node in walk(*exprs) if _is_choice(node)))
