"""Predicates without bounds that follow from others: of ``x < 5 and x < 6`` the first is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr

Side: TypeAlias = Literal["below", "above"]


def without_weaker(expr: Expr) -> Expr:
    """The predicate where of several bounds on one side of one term only that is left which
    decides: in a conjunction the strongest, in a disjunction the weakest."""
    match expr:
        case E.Not(argument):
            return b.negate(without_weaker(argument))
        case E.And(arguments):
            parts = [without_weaker(part) for part in arguments]
            return b.conjunction(_decisive(parts, strongest=True))
        case E.Or(arguments):
            parts = [without_weaker(part) for part in arguments]
            return b.disjunction(_decisive(parts, strongest=False))
        case E.Quantified(kind, variable, within, body, of):
            return E.make(E.Quantified, kind, variable, within, without_weaker(body), of)
        case _:
            return expr


def _decisive(parts: Sequence[Expr], *, strongest: bool) -> list[Expr]:
    best: dict[tuple[Expr, Side], tuple[int, Expr]] = {}
    bounds = [bound(part) for part in parts]
    for part, found in zip(parts, bounds, strict=True):
        if found is not None:
            term, side, number = found
            # The lower of two upper bounds is the stronger one, the higher of two lower bounds.
            wanted: Callable[..., int] = min if (side == "below") == strongest else max
            known = best.get((term, side))
            if known is None or (number != known[0] and wanted(number, known[0]) == number):
                best[term, side] = (number, part)
    kept = {part for _, part in best.values()}
    return [
        part for part, found in zip(parts, bounds, strict=True) if found is None or part in kept
    ]


def bound(part: Expr) -> tuple[Expr, Side, int] | None:
    """A comparison of an integer term with a constant, as the largest or the smallest value that it
    allows."""
    match part:
        case E.Less(E.Literal(), E.Literal()) | E.AtMost(E.Literal(), E.Literal()):
            return None
        case E.Less(left, E.Literal(int(number))) if _is_number(left):
            return left, "below", number - 1
        case E.AtMost(left, E.Literal(int(number))) if _is_number(left):
            return left, "below", number
        case E.Less(E.Literal(int(number)), right) if _is_number(right):
            return right, "above", number + 1
        case E.AtMost(E.Literal(int(number)), right) if _is_number(right):
            return right, "above", number
        case E.Not(E.Less() | E.AtMost() as compared):
            found = bound(compared)
            if found is None:
                return None
            term, side, number = found
            return (term, "above", number + 1) if side == "below" else (term, "below", number - 1)
        case _:
            return None


def _is_number(term: Expr) -> bool:
    return isinstance(term.type, T.Int)
