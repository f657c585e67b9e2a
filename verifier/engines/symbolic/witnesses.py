"""How many messages a condition asks for: those a view must have room for besides its own.

A step is taken in a view as it is in the whole state if the view has, for everything that the
condition says is in flight, such a message; what it says is not in flight is not in the view
either.  That works for conditions in which no "for all messages there is a message" stands.
What is asked for twice in the same words is found once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, cast

from verifier.engines.symbolic.commands import receives
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, is_expr
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Action, Parameter
from verifier.ir.types import Type

ALTERNATING = "messages in flight are asked for in what is said of all messages in flight"

Asked: TypeAlias = dict[Expr, int]
"""What is said to be in flight, and for how many values of what is bound around it."""


def witnesses_of(problem: SafetyProblem) -> int:
    """The most that a step, or a question about a step or a state, asks for.

    Raises:
        NotSymbolic: a condition says that for all messages in flight there is one.
    """
    steps = {action.name: _step(action) for action in problem.system.actions}
    most = max((_total(asked) for asked in steps.values()), default=0)
    for bad in problem.bad:
        match bad:
            case BadState(condition=condition):
                most = max(most, _total(witnesses(condition, 1)))
            case BadStep(conditions=conditions):
                for name, condition in conditions.items():
                    asked = _joined((steps[name], witnesses(condition, 1)))
                    most = max(most, _total(asked))
            case Stuck(final=final):
                most = max(most, _total(witnesses(final, -1)))
    return most


def _total(asked: Asked) -> int:
    return sum(asked.values())


def _joined(several: Iterable[Asked]) -> Asked:
    found: Asked = {}
    for asked in several:
        for expr, times in asked.items():
            found[expr] = max(times, found.get(expr, 0))
    return found


def _step(action: Action) -> Asked:
    within = [p.within for p in action.parameters if p.within is not None]
    return _joined(
        (
            witnesses(action.guard, 1),
            # The first message is received from slot 0; each other one is one more in the view.
            {p.variable: 1 for p in _messages(action)[1:]},
            # A check is asked to hold, and also to fail.
            *(_either(check.condition) for check in action.checks),
            *(_parts(part) for part in (*action.assignments.values(), *within)),
        )
    )


def _messages(action: Action) -> list[Parameter]:
    """The parameters that are messages in flight, one that is received in slot 0 first."""
    found = [p for p in action.parameters if isinstance(p.variable.type, T.Message)]
    return sorted(found, key=lambda parameter: receives(parameter) is None)


def witnesses(condition: Expr, sign: int) -> Asked:
    """What has to be in flight to make a condition true (sign 1), or false (-1), at most."""
    match condition:
        case E.Not(argument):
            return witnesses(argument, -sign)
        case E.And(arguments) | E.Or(arguments):
            return _joined(witnesses(part, sign) for part in arguments)
        case E.If(test, then, otherwise) if condition.type == T.BOOL:
            return _joined((_either(test), witnesses(then, sign), witnesses(otherwise, sign)))
        case E.Quantified(kind="any" | "all", within=within, body=body):
            asks = (condition.kind == "any") == (sign > 0)
            return _quantified(condition, within, body, sign, asks=asks)
        case E.Member(item, collection) if _is_channel(collection):
            return _joined((_itself(condition, sign > 0), _parts(item), _parts(collection)))
        case E.Less(E.Literal(0), E.Size(collection)) if _is_channel(collection):
            return _joined((_itself(collection, sign > 0), _parts(collection)))
        case E.Equal(E.Size(collection), E.Literal(0)) if _is_channel(collection):
            return _joined((_itself(collection, sign < 0), _parts(collection)))
        case E.Equal(left, right) if left.type == T.BOOL:
            return _joined((_either(left), _either(right)))
        case _:
            return _parts_below(condition)


def _itself(expr: Expr, asks: bool) -> Asked:
    return {expr: 1} if asks else {}


def _quantified(
    condition: Expr, within: Type | Expr, body: Expr, sign: int, *, asks: bool
) -> Asked:
    inner = witnesses(body, sign)
    if not is_expr(within):
        count = len(tuple(T.values(cast(Type, within))))
        return {expr: times * count for expr, times in inner.items()}
    around = _parts(within)
    if not (_is_channel(within) or isinstance(within, E.Deliverable)):
        count = _items(within)
        return _joined((around, {expr: times * count for expr, times in inner.items()}))
    if not asks and inner:
        raise NotSymbolic(ALTERNATING)
    return _joined((around, inner, _itself(condition, asks)))


def _items(within: Expr) -> int:
    match within.type:
        case T.Set(item):
            return len(tuple(T.values(item)))
        case T.List(_, capacity):
            assert capacity is not None
            return capacity
        case _:
            raise AssertionError(f"{within.type} has no items")


def _is_channel(collection: Expr) -> bool:
    return isinstance(collection.type, T.Channel)


def _either(condition: Expr) -> Asked:
    """For a condition that is asked to be true in one place and false in another."""
    return _joined((witnesses(condition, 1), witnesses(condition, -1)))


def _parts(expr: Expr) -> Asked:
    """The same for the conditions inside of a value, which are asked both ways."""
    return _either(expr) if expr.type == T.BOOL else _parts_below(expr)


def _parts_below(expr: Expr) -> Asked:
    if isinstance(expr, E.Quantified | E.Filter | E.Deliverable):
        body = expr.deferred if isinstance(expr, E.Deliverable) else expr.body
        if _either(body):
            raise NotSymbolic(ALTERNATING)
    leaves = (E.Var, E.Param, E.Literal)
    return _joined(_parts(part) for part in E.children(expr) if not isinstance(part, leaves))
