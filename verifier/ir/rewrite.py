"""Expressions made from expressions: leaves replaced, known conditions put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import count
from typing import assert_never

from verifier.ir import build
from verifier.ir.expr import (
    And,
    AtMost,
    Deliverable,
    Equal,
    Expr,
    Filter,
    If,
    IsSome,
    Less,
    Next,
    Not,
    Or,
    Param,
    Quantified,
    Unwrap,
    Var,
    children,
    is_expr,
    make,
    parts,
    walk,
)


def replace_leaves(expr: Expr, leaf: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with every node for which ``leaf`` gives another one replaced by that; what
    is put in is not looked into again.  Shared nodes stay shared."""
    done: dict[Expr, Expr] = {}
    for node in walk(expr):
        new = leaf(node)
        done[node] = _rebuilt(node, done) if new is None else new
    return done[expr]


def _rebuilt(node: Expr, done: Mapping[Expr, Expr]) -> Expr:
    """The node with its children replaced."""
    if all([done[child] is child for child in children(node)]):
        return node
    return make(type(node), *[_replaced(part, done) for part in parts(node)])


def _replaced(part: object, done: Mapping[Expr, Expr]) -> object:
    if is_expr(part):
        # The variable of a binder is not a child, so it was not walked: it stays.
        return done.get(part, part)
    if isinstance(part, tuple) and any(is_expr(item) for item in part):
        return tuple(done[item] for item in part)
    return part


def apart(expr: Expr, taken: Set[str]) -> Expr:
    """The same expression with no bound variable called as one of ``taken``, so that what mentions
    those can be put in below a binder and keeps its meaning."""
    if not any(_binds(node, taken) for node in walk(expr)):
        return expr
    done: dict[Expr, Expr] = {}
    for node in walk(expr):
        new = _rebuilt(node, done)
        done[node] = _renamed(new, taken) if _binds(new, taken) else new
    return done[expr]


def _binds(node: Expr, names: Set[str]) -> bool:
    return isinstance(node, Quantified | Filter | Deliverable) and node.variable.name in names


def _renamed(binder: Expr, taken: Set[str]) -> Expr:
    assert isinstance(binder, Quantified | Filter | Deliverable)
    variable = binder.variable
    used = taken | {node.name for node in walk(binder) if isinstance(node, Param)}
    number = next(n for n in count(2) if f"{variable.name}#{n}" not in used)
    fresh = make(Param, f"{variable.name}#{number}", variable.type)

    def rename(body: Expr) -> Expr:
        return replace_leaves(body, lambda node: fresh if node is variable else None)

    match binder:
        case Quantified(kind, _, within, body, of):
            return make(Quantified, kind, fresh, within, rename(body), of)
        case Filter(_, within, body, of):
            return make(Filter, fresh, within, rename(body), of)
        case Deliverable(channel, _, deferred, of):
            return make(Deliverable, channel, fresh, rename(deferred), of)
        case _:
            assert_never(binder)


def after_step(expr: Expr) -> Expr:
    """The same predicate about the state after the step."""
    return replace_leaves(
        expr, lambda node: make(Next, node.name, node.type) if isinstance(node, Var) else None
    )


def assuming(roots: Sequence[Expr], facts: Mapping[Expr, Expr]) -> list[Expr]:
    """The expressions where some nodes are known to be equal to others, folded by the constructors
    of `build`.  No binder in them may bind a variable that the facts are about."""
    done: dict[Expr, Expr] = dict(facts)
    for node in walk(*roots):
        if node not in done:
            done[node] = _folded(node, done)
    return [done[root] for root in roots]


def _folded(node: Expr, done: Mapping[Expr, Expr]) -> Expr:
    match node:
        case Not(argument):
            return build.negate(done[argument])
        case And(arguments):
            return build.conjunction(done[part] for part in arguments)
        case Or(arguments):
            return build.disjunction(done[part] for part in arguments)
        case If(condition, then, otherwise, of):
            return build.choose(done[condition], done[then], done[otherwise], of)
        case Equal(left, right):
            return build.equal(done[left], done[right])
        case Less(left, right):
            return build.less(done[left], done[right])
        case AtMost(left, right):
            return build.at_most(done[left], done[right])
        case IsSome(option):
            return build.is_some(done[option])
        case Unwrap(option, of):
            return build.unwrap(done[option], of)
        case _:
            return make(type(node), *[_replaced(part, done) for part in parts(node)])
