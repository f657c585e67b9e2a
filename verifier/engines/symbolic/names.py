"""Which parameters an expression mentions that nothing in it binds."""

from __future__ import annotations

from verifier.ir import expr as E
from verifier.ir.expr import Expr, is_expr


class FreeNames:
    """Remembers the names of every expression that it was asked about."""

    def __init__(self) -> None:
        self._known: dict[Expr, frozenset[str]] = {}

    def of(self, expr: Expr) -> frozenset[str]:
        """The parameters an expression mentions that nothing in it binds."""
        if expr not in self._known:
            for node in E.walk_unseen((expr,), set(self._known)):
                self._known[node] = self._free_in(node)
        return self._known[expr]

    def _free_in(self, node: Expr) -> frozenset[str]:
        match node:
            case E.Param(name):
                return frozenset((name,))
            case (
                E.Quantified(variable=variable, within=within, body=body)
                | E.Filter(variable=variable, within=within, body=body)
            ):
                inner = self._known[body] - {variable.name}
                return inner | self._known[within] if is_expr(within) else inner
            case E.Deliverable(channel, variable, deferred):
                return self._known[channel] | (self._known[deferred] - {variable.name})
            case _:
                return frozenset[str]().union(*(self._known[part] for part in E.children(node)))
