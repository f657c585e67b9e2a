"""Where expressions are encoded: what names stand for, and what was encoded already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from verifier.certificates import tallies
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.sorts import is_bag
from verifier.certificates.tallies import Number
from verifier.certificates.terms import TRUE, Term
from verifier.certificates.values import Guarded, Values
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.types import Type, Value

VALUES_MAX = 4096
"""How many values of a type a quantifier may be spelt out for."""


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a collection that is only gone through; perhaps in no order."""

    items: tuple[Guarded, ...]
    ordered: bool


Encoded: TypeAlias = Term | Number | Items


class Scope:
    """What names stand for while expressions are encoded; shared nodes are encoded once.

    ``fresh`` gives the stamp of an offset, where stamps can be made.
    """

    def __init__(
        self,
        values: Values,
        state: Mapping[str, Term],
        arguments: Mapping[str, Term],
        fresh: Callable[[int], Term] | None,
        encode: Callable[[Scope, Expr], Encoded],
        outer: Scope | None = None,
        bound: str = "",
    ) -> None:
        self.values, self.state, self.arguments, self.fresh = values, state, arguments, fresh
        self.encode = encode
        self.outer, self.bound = outer, bound
        self.depth: int = 0 if outer is None else outer.depth + 1
        self.known: dict[Expr, Encoded] = {}
        self.mentioned: dict[Expr, frozenset[str]] = {} if outer is None else outer.mentioned

    def at(self, parameter: E.Param, value: Term) -> Scope:
        """This scope where a parameter stands for a term."""
        arguments = {**self.arguments, parameter.name: value}
        return Scope(
            self.values, self.state, arguments, self.fresh, self.encode, self, parameter.name
        )

    def value(self, expr: Expr) -> Term:
        """The term of an expression."""
        found = self.encoded(expr)
        if isinstance(found, Term):
            return found
        if isinstance(found, Items):
            if not found.ordered:
                raise NotEncodable("what an unordered channel may deliver, as a list in an order")
            return self.values.listed(expr.type, found.items)
        if isinstance(found, tallies.Tally) and not found.counts:
            return found.known
        raise NotEncodable("a count of messages in an unbounded channel that is not compared")

    def encoded(self, expr: Expr) -> Encoded:
        """The term, or what is not a term yet."""
        if self.outer is not None and self.bound not in self._mentions(expr):
            return self.outer.encoded(expr)
        if expr not in self.known:
            for node in self._waiting(expr):
                self.known[node] = self.encode(self, node)
        return self.known[expr]

    def as_type(self, expr: Expr, of: Type) -> Term:
        """The term of an expression where a type is wanted."""
        return self.values.coerced(self.value(expr), expr.type, of)

    def number(self, expr: Expr) -> Number:
        """A number that may contain counts."""
        found = self.encoded(expr)
        assert not isinstance(found, Items)
        return tallies.known(found) if isinstance(found, Term) else found

    def items(self, within: Type | Expr) -> tuple[Guarded, ...]:
        """What a binder goes through, if that can be spelt out."""
        if not isinstance(within, E.EXPR_KINDS):
            of_all = _all_values(cast(Type, within))
            return tuple((TRUE, self.values.literal(*pair)) for pair in of_all)
        collection = cast(Expr, within)
        found, of = self.encoded(collection), collection.type
        if isinstance(found, Items):
            return found.items
        assert isinstance(found, Term)
        if isinstance(of, T.Set):
            return tuple(self.values.members(of, found))
        assert isinstance(of, (T.List, T.Channel)) and not is_bag(of)
        return tuple(self.values.items(of, found))

    def _waiting(self, root: Expr) -> list[Expr]:
        """What has to be encoded for an expression, parts first; bodies of binders are encoded
        where their variable is known."""
        order, seen = [], set(self.known)
        stack = [(root, False)]
        while stack:
            node, finished = stack.pop()
            if finished:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                body = _body(node)
                stack.extend(
                    (c, False) for c in E.children(node) if c is not body and self._here(c)
                )
        return order

    def _here(self, expr: Expr) -> bool:
        return self.outer is None or self.bound in self._mentions(expr)

    def _mentions(self, expr: Expr) -> frozenset[str]:
        """The names of the parameters that are free in an expression."""
        if expr not in self.mentioned:
            for node in E.walk_unseen((expr,), set(self.mentioned)):
                body = _body(node)
                found: set[str] = {node.name} if isinstance(node, E.Param) else set()
                for child in E.children(node):
                    names = self.mentioned[child]
                    if child is body:
                        assert isinstance(node, (E.Filter, E.Quantified, E.Deliverable))
                        names -= {node.variable.name}
                    found |= names
                self.mentioned[node] = frozenset(found)
        return self.mentioned[expr]


def _body(expr: Expr) -> Expr | None:
    match expr:
        case E.Filter() | E.Quantified():
            return expr.body
        case E.Deliverable():
            return expr.deferred
        case _:
            return None


def _all_values(of: Type) -> list[tuple[Type, Value]]:
    found = []
    for value in T.values(of):
        found.append((of, value))
        if len(found) > VALUES_MAX:
            raise NotEncodable(f"a quantifier over more than {VALUES_MAX} values")
    return found
