"""Constant places of fifo channels in a predicate: which there are, and what says that something
stands there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make


def is_place(node: Expr) -> bool:
    """Whether an expression is what stands at a constant place of a queue of the state."""
    return (
        isinstance(node, E.At)
        and isinstance(node.list, E.Var)
        and isinstance(node.list.type, T.Channel)
        and node.list.type.fifo
        and isinstance(node.index, E.Literal)
        and number(node) >= 1
    )


def number(at: E.At) -> int:
    """The place as the language counts it, from 1."""
    assert isinstance(at.index, E.Literal) and isinstance(at.index.value, int)
    return at.index.value + 1


def named(at: E.At) -> E.Param:
    """A variable for what stands at a place."""
    assert isinstance(at.list, E.Var)
    return make(E.Param, f"m#{at.list.name} {number(at)}", at.type)


def cases(predicate: Expr) -> int:
    """At most so many terms its text has: at each place nothing stands, or a message of a kind."""
    found = [node for node in E.walk(predicate) if is_place(node)]
    return prod(1 + len(at.type.alternatives) for at in found if isinstance(at.type, T.Message))


def known(parts: Sequence[Expr]) -> E.At | None:
    """The first place that is mentioned and where something stands, as one of the parts says."""
    mentioned = {node: None for part in parts for node in E.walk(part) if is_place(node)}
    there = [
        node
        for node in mentioned
        if isinstance(node, E.At) and any(_least(part, node.list) >= number(node) for part in parts)
    ]
    return min(there, key=number, default=None)


def divided(parts: Sequence[Expr], at: E.At) -> tuple[list[Expr], list[Expr]]:
    """The parts of a conjunction that are about what stands at a place, and the others; without
    what follows from something standing there.  How long a queue is is said beside whatever else
    is said of it."""
    about = [part for part in parts if any(node is at for node in E.walk(part))]
    others = [part for part in parts if part not in about and not _follows(part, at)]
    lengths = {part: _queue(part) for part in others if _queue(part) is not None}
    elsewhere = _queues([part for part in others if part not in lengths], at)
    here = _queues(about, at)
    inner = [part for part, queue in lengths.items() if queue in here]
    outer = [p for p in others if p not in inner or lengths[p] in elsewhere]
    return [*inner, *about], outer


def _queues(parts: Iterable[Expr], but: E.At) -> set[Expr]:
    """The queues at another place of which something is said to stand."""
    nodes = (node for part in parts for node in E.walk(part))
    return {
        node.list for node in nodes if isinstance(node, E.At) and is_place(node) and node is not but
    }


def _follows(part: Expr, at: E.At) -> bool:
    """Whether a part says no more than that something stands at the place."""
    says = _least(part, at.list)
    return 0 < says <= number(at) and not isinstance(part, E.Equal)


def _queue(part: Expr) -> Expr | None:
    """The channel of which a part says how many messages it holds at least."""
    sizes = (node.collection for node in E.walk(part) if isinstance(node, E.Size))
    return next((queue for queue in sizes if _least(part, queue) > 0), None)


def _least(part: Expr, channel: Expr) -> int:
    """How many messages there are at least in a channel, if a predicate is true; 0: that is not
    what it is about."""
    match part:
        case E.Not(E.Less(E.Size(of), E.Literal(int(many)))) if of is channel:
            return many
        case E.Not(E.AtMost(E.Size(of), E.Literal(int(many)))) if of is channel:
            return many + 1
        case E.Less(E.Literal(int(many)), E.Size(of)) if of is channel:
            return many + 1
        case E.AtMost(E.Literal(int(many)), E.Size(of)) if of is channel:
            return many
        case E.Equal(E.Size(of), E.Literal(int(many))) if of is channel:
            return many
        case E.Equal(E.Literal(int(many)), E.Size(of)) if of is channel:
            return many
        case _:
            return 0
