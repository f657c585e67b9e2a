"""The value of an expression that is known before the model runs."""

from __future__ import annotations

from verifier.ir.build import literal
from verifier.ir.expr import Literal
from verifier.ir.semantics import evaluate
from verifier.ir.system import TransitionSystem
from verifier.ir.types import Type
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import coerce
from verifier.language.elaborate.expressions import elaborate
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison

_NOTHING = TransitionSystem("", (), (), ())


def constant(
    frame: Frame, expr: ast.Expr, expected: Type | None, *, first: bool = False
) -> Literal:
    """The value of an expression over options, constants and literals; POISON after a mistake.

    With ``first`` it may name options that are left open, if they decide nothing (`open_options`).
    """
    inner = frame.inside(sight=Sight.CONSTANT, step=None, checks=[], first=first)
    found = elaborate(inner, expr, expected)
    if expected is not None:
        found = coerce(inner, found, expected, expr)
    if isinstance(found, Literal):
        return _bounded(frame, found, expr)
    if is_poison(found):
        return literal(0, POISON)
    # Folding while building covers the common cases; the reference semantics the rest.
    if not evaluate(_NOTHING, inner.defined(), (), {}):
        causes = "; ".join(check.message for check in inner.checks)
        frame.error(
            Code.OUTSIDE_TYPE, "this constant expression has no value", expr.span, cause=causes
        )
        return literal(0, POISON)
    return _bounded(frame, literal(evaluate(_NOTHING, found, (), {}), found.type), expr)


def _bounded(frame: Frame, found: Literal, expr: ast.Expr) -> Literal:
    """The value, unless it is a number that nobody counts to: products of constants grow fast."""
    if isinstance(found.value, int) and abs(found.value) >= 10**18:
        frame.error(Code.OUTSIDE_TYPE, "this number has more than 18 digits", expr.span)
        return literal(0, POISON)
    return found
