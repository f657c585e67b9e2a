"""How many messages a condition asks for: those a view must have room for besides its own.

A step is taken in a view as it is in the whole state if the view has, for everything that the
condition says is in flight, such a message; what it says is not in flight is not in the view
either.  That works for conditions in which no "for all messages there is a message" stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, is_expr
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Action
from verifier.ir.types import Type

ALTERNATING = "messages in flight are asked for in what is said of all messages in flight"


def witnesses_of(problem: SafetyProblem) -> int:
    """The most that a step, or a question about a step or a state, asks for.

    Raises:
        NotSymbolic: a condition says that for all messages in flight there is one.
    """
    steps = {action.name: _step(action) for action in problem.system.actions}
    most = max(steps.values(), default=0)
    for bad in problem.bad:
        match bad:
            case BadState(condition=condition):
                most = max(most, witnesses(condition, 1))
            case BadStep(conditions=conditions):
                for name, condition in conditions.items():
                    most = max(most, steps[name] + witnesses(condition, 1))
            case Stuck(final=final):
                most = max(most, witnesses(final, -1))
    return most


def _step(action: Action) -> int:
    conditions = [action.guard, *(check.condition for check in action.checks)]
    within = [p.within for p in action.parameters if p.within is not None]
    return (
        sum(witnesses(condition, 1) for condition in conditions)
        # A check may be asked to fail.
        + max((witnesses(check.condition, -1) for check in action.checks), default=0)
        + sum(_parts(part) for part in (*action.assignments.values(), *within))
    )


def witnesses(condition: Expr, sign: int) -> int:
    """How many messages it takes to make a condition true (sign 1), or false (-1)."""
    match condition:
        case E.Not(argument):
            return witnesses(argument, -sign)
        case E.And(arguments) | E.Or(arguments):
            return sum(witnesses(part, sign) for part in arguments)
        case E.If(test, then, otherwise) if condition.type == T.BOOL:
            return _either(test) + witnesses(then, sign) + witnesses(otherwise, sign)
        case E.Quantified(kind="any" | "all", within=within, body=body):
            asks = (condition.kind == "any") == (sign > 0)
            return _quantified(within, body, sign, asks=asks)
        case E.Member(item, collection) if _is_channel(collection):
            return _parts(item) + _parts(collection) + (1 if sign > 0 else 0)
        case E.Less(E.Literal(0), E.Size(collection)) if _is_channel(collection):
            return _parts(collection) + (1 if sign > 0 else 0)
        case E.Equal(E.Size(collection), E.Literal(0)) if _is_channel(collection):
            return _parts(collection) + (1 if sign < 0 else 0)
        case E.Equal(left, right) if left.type == T.BOOL:
            return _either(left) + _either(right)
        case _:
            return _parts_below(condition)


def _quantified(within: Type | Expr, body: Expr, sign: int, *, asks: bool) -> int:
    inner = witnesses(body, sign)
    if not is_expr(within):
        return inner * len(tuple(T.values(cast(Type, within))))
    around = _parts(within)
    if not (_is_channel(within) or isinstance(within, E.Deliverable)):
        return around + inner * _items(within)
    if not asks and inner:
        raise NotSymbolic(ALTERNATING)
    return around + inner + (1 if asks else 0)


def _items(within: Expr) -> int:
    match within.type:
        case T.Set(item):
            return len(tuple(T.values(item)))
        case T.List(_, capacity):
            return capacity
        case _:
            raise AssertionError(f"{within.type} has no items")


def _is_channel(collection: Expr) -> bool:
    return isinstance(collection.type, T.Channel)


def _either(condition: Expr) -> int:
    """For a condition that is asked to be true in one place and false in another."""
    return witnesses(condition, 1) + witnesses(condition, -1)


def _parts(expr: Expr) -> int:
    """The same for the conditions inside of a value, which are asked both ways."""
    if expr.type == T.BOOL:
        return _either(expr)
    return _parts_below(expr)


def _parts_below(expr: Expr) -> int:
    if isinstance(expr, E.Quantified | E.Filter | E.Deliverable) and _asks_inside(expr):
        raise NotSymbolic(ALTERNATING)
    return sum(_parts(part) for part in _without_leaves(E.children(expr)))


def _asks_inside(expr: E.Quantified | E.Filter | E.Deliverable) -> bool:
    body = expr.deferred if isinstance(expr, E.Deliverable) else expr.body
    return _either(body) > 0


def _without_leaves(parts: Iterable[Expr]) -> Iterable[Expr]:
    return (part for part in parts if not isinstance(part, E.Var | E.Param | E.Literal))
