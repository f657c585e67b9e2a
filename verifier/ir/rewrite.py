"""Replacing leaves of expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from verifier.ir.expr import EXPR_KINDS, Expr, Next, Var, make, walk


def replace_leaves(expr: Expr, leaf: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with every node for which ``leaf`` gives another one replaced by that; what
    is put in is not looked into again.  Shared nodes stay shared."""
    done: dict[Expr, Expr] = {}
    for node in walk(expr):
        new = leaf(node)
        if new is None:
            parts = [getattr(node, entry.name) for entry in fields(node)]
            new = make(type(node), *(_replaced(part, done) for part in parts))
        done[node] = new
    return done[expr]


def _replaced(part: object, done: dict[Expr, Expr]) -> object:
    if isinstance(part, EXPR_KINDS):
        # The variable of a binder is not a child, so it was not walked: it stays.
        return done.get(part, part)
    if isinstance(part, tuple) and any(isinstance(item, EXPR_KINDS) for item in part):
        return tuple(done[item] for item in part)
    return part


def after_step(expr: Expr) -> Expr:
    """The same predicate about the state after the step."""
    return replace_leaves(
        expr, lambda node: make(Next, node.name, node.type) if isinstance(node, Var) else None
    )
