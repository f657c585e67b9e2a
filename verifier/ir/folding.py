"""Something made of every part of an expression, from the leaves up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from verifier.ir.expr import Expr, children

Made = TypeVar("Made")


def folded(expr: Expr, known: dict[Expr, Made], made: Callable[[Expr], Made]) -> Made:
    """What ``made`` gives for an expression, asked for its parts first.  ``known`` has what was
    made before and keeps the rest, for ``made`` to look its parts up and for the next call.

    A loop: descending by calls would end at Python's limit in a deep graph.
    """
    stack = [expr]
    while stack:
        node = stack[-1]
        if node in known:
            stack.pop()
            continue
        waiting = [child for child in children(node) if child not in known]
        if waiting:
            stack += waiting
        else:
            known[node] = made(node)
            stack.pop()
    return known[expr]
