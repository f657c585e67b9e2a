"""Numbers that wrap around at a lifted bound become integers from 0 on, in all that was made.

Until here they had a circle of their own: see `bounds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never, cast

from verifier.ir import types as T
from verifier.ir.expr import Arith, Expr, Literal, Param, is_expr, make, parts, walk_unseen
from verifier.ir.property import (
    Claim,
    DeadlockFree,
    Flow,
    FlowEvent,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.system import Action, Parameter, TransitionSystem
from verifier.ir.types import Type

_KINDS = (
    T.Bool, T.Int, T.Mod, T.Enum, T.Stamp, T.Record, T.Optional, T.Map, T.Set, T.List, T.Message,
    T.Channel,
)  # fmt: skip


@dataclass(slots=True)
class Unwrapping:
    """What became of each type and expression; ``moduli`` are those that nothing reaches."""

    moduli: frozenset[int]
    types: dict[Type, Type] = field(default_factory=dict)
    exprs: dict[Expr, Expr] = field(default_factory=dict)
    seen: set[Expr] = field(default_factory=set)

    def system(self, system: TransitionSystem) -> TransitionSystem:
        """The same system over integers."""
        return replace(
            system,
            variables=tuple(replace(v, type=self.type(v.type)) for v in system.variables),
            initial=tuple(self._action(action) for action in system.initial),
            actions=tuple(self._action(action) for action in system.actions),
        )

    def property(self, prop: Property) -> Property:
        """The same property over integers."""
        e = self.expr
        match prop:
            case Invariant() | Reachable():
                return replace(prop, predicate=e(prop.predicate), defined=e(prop.defined))
            case DeadlockFree():
                return replace(prop, final=e(prop.final), defined=e(prop.defined))
            case StepProperty():
                claims = {
                    name: Claim(e(claim.predicate), e(claim.defined))
                    for name, claim in prop.claims.items()
                }
                return replace(prop, claims=claims)
            case Flow():
                return replace(
                    prop,
                    start=e(prop.start),
                    events=tuple(self._event(event) for event in prop.events),
                    finish=e(prop.finish),
                    without=tuple(self._event(event) for event in prop.without),
                )
            case NoFault():
                return prop
            case _:
                assert_never(prop)

    def type(self, of: Type) -> Type:
        """The type with every such circle replaced."""
        known = self.types.get(of)
        if known is None:
            known = self.types[of] = self._type(of)
        return known

    def _type(self, of: Type) -> Type:
        match of:
            case T.Mod(modulus):
                return T.Int(0, None) if modulus in self.moduli else of
            case T.Bool() | T.Int() | T.Enum() | T.Stamp() | T.Set():
                return of
            case T.Record(name, fields):
                return T.Record(name, tuple((text, self.type(kind)) for text, kind in fields))
            case T.Optional(item):
                return T.Optional(self.type(item))
            case T.Map(key, value):
                return T.Map(key, self.type(value))
            case T.List(item, capacity):
                return T.List(self.type(item), capacity)
            case T.Message(alternatives):
                return T.Message(tuple(cast(T.Record, self.type(a)) for a in alternatives))
            case T.Channel(message, fifo, capacity):
                return T.Channel(cast(T.Message, self.type(message)), fifo, capacity)
            case _:
                assert_never(of)

    def expr(self, expr: Expr) -> Expr:
        """The expression with the types of all its nodes replaced."""
        for node in walk_unseen((expr,), self.seen):
            new = make(type(node), *[self._part(part) for part in parts(node)])
            self.exprs[node] = _plain(new) if isinstance(node.type, T.Mod) else new
        return self.exprs[expr]

    def _part(self, part: Any) -> Any:
        if is_expr(part):
            # The variable of a binder is no child: it is not walked to.
            return self.exprs[part] if part in self.exprs else self._variable(cast(Param, part))
        if isinstance(part, tuple) and part and is_expr(part[0]):
            return tuple(self.exprs[item] for item in part)
        return self.type(part) if isinstance(part, _KINDS) else part

    def _variable(self, variable: Param) -> Param:
        return make(Param, variable.name, self.type(variable.type))

    def _action(self, action: Action) -> Action:
        e = self.expr
        receives = action.receives
        return replace(
            action,
            parameters=tuple(
                Parameter(self._variable(p.variable), None if p.within is None else e(p.within))
                for p in action.parameters
            ),
            guard=e(action.guard),
            checks=tuple(replace(c, condition=e(c.condition)) for c in action.checks),
            assignments=self._all(action.assignments),
            receives=receives and replace(receives, message=e(receives.message)),
            sends=tuple(
                replace(s, condition=e(s.condition), message=e(s.message)) for s in action.sends
            ),
            branches=tuple(replace(b, condition=e(b.condition)) for b in action.branches),
        )

    def _event(self, event: FlowEvent) -> FlowEvent:
        return FlowEvent(event.shown, self._all(event.matches))

    def _all(self, exprs: Mapping[str, Expr]) -> dict[str, Expr]:
        return {name: self.expr(expr) for name, expr in exprs.items()}


def _plain(expr: Expr) -> Expr:
    """Without the ``+ 0`` that makes a number one that wraps around."""
    if isinstance(expr, Arith) and isinstance(expr.type, T.Int) and expr.op == "+":
        right = expr.right
        if isinstance(right, Literal) and right.value == 0:
            return expr.left
    return expr
