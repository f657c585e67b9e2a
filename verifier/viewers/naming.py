"""Names for messages that are spoken of together: two of one kind are called Inc1 and Inc2."""

from __future__ import annotations

from verifier.ir import expr as E
from verifier.ir.expr import Expr
from verifier.ir.rewrite import replace_leaves
from verifier.viewers.formula import bare


def named_apart(expr: Expr) -> Expr:
    """The expression where bound variables that would be shown under one name have numbers."""
    bound = {node.variable for node in E.walk(expr) if isinstance(node, E.Quantified)}
    alike: dict[str, list[E.Param]] = {}
    for variable in sorted(bound, key=lambda one: one.name):
        alike.setdefault(bare(variable.name), []).append(variable)
    new: dict[Expr, E.Param] = {}
    for name, variables in alike.items():
        if len(variables) > 1:
            for number, variable in enumerate(variables, start=1):
                new[variable] = E.make(E.Param, f"{name}{number}", variable.type)
    return _renamed(expr, new) if new else expr


def _renamed(expr: Expr, new: dict[Expr, E.Param]) -> Expr:
    """The variables of binders are no children of them, so each binder is made again."""

    def leaf(node: Expr) -> Expr | None:
        match node:
            case E.Param():
                return new.get(node)
            case E.Quantified(kind, variable, within, body, of):
                among = _renamed(within, new) if isinstance(within, E.EXPR_KINDS) else within
                called = new.get(variable, variable)
                return E.make(E.Quantified, kind, called, among, _renamed(body, new), of)
            case _:
                return None

    return replace_leaves(expr, leaf)
