"""``running``: whether a timer runs, of this node or, where others are seen, of any node."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import literal, lookup
from verifier.ir.expr import Expr, Literal, TupleOf, make
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import present
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.references import (
    hidden_variable,
    instances_of,
    no_field,
    not_constant,
)


def running(frame: Frame, expr: ast.Running) -> Expr:
    """``running(timer)`` and ``running(node.timer)``."""
    if frame.sight is Sight.CONSTANT:
        return not_constant(frame, frame.program.text(expr.span), expr.span)
    match expr.timer:
        case ast.Name(text):
            assert frame.node is not None, "other names are reported where names are settled"
            return frame.read(f"{frame.node.name}.{text}", ir.BOOL)
        case ast.Select() as path:
            return _of_node(frame, path)
        case other:
            return frame.error(
                Code.TYPE_MISMATCH,
                "'running' is asked about a timer",
                other.span,
                hint="running(timer) in a node, running(node.timer) in properties",
            )


def _of_node(frame: Frame, path: ast.Select) -> Expr:
    found = frame.elaborate(path.target)
    if is_poison(found):
        return found
    node = present(frame, found, path.target)
    if node.type != frame.program.nodes and node.type not in frame.program.node_types:
        return frame.error(
            Code.TYPE_MISMATCH,
            f"a value of type {describe(node.type)} has no timers",
            path.target.span,
            hint="running(node.timer)",
        )
    nodes = instances_of(frame, node.type)
    if isinstance(node, Literal):
        nodes = [one for one in nodes if one.ordinal == node.value]
    text = path.member.text
    for one in nodes:
        if not isinstance(one.members.get(text), ast.TimerDecl):
            timers = sorted(n for n, m in one.members.items() if isinstance(m, ast.TimerDecl))
            if not timers:
                what = f"a node of type {one.declaration.name.text} has no timers"
                return frame.error(Code.NO_SUCH_FIELD, what, path.member.span)
            return no_field(frame, path.member, f"the set of timers of {one.name}", timers)
    if not frame.sight.others and nodes != [frame.node]:
        return hidden_variable(frame, path)
    values = [frame.read(f"{one.name}.{text}", ir.BOOL) for one in nodes]
    if isinstance(node, Literal):
        return values[0] if values else literal(0, POISON)
    if not values:
        return literal(False, ir.BOOL)  # nobody is of this type, so nothing reaches this place
    table = make(TupleOf, tuple(values), ir.Map(node.type, ir.BOOL))
    return lookup(table, node, ir.BOOL)
