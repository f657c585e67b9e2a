"""The actions of a system as guarded commands over scalars, one for each choice of a few values.

What a parameter stands for is written out where it is one of a few values, and so is which kind of
message is received; what is left open is an input, which a solver chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.flatten import Bindings, Entry, Flattener
from verifier.engines.symbolic.scalars import NotSymbolic, at_most, conjunction, disjunction, integer
from verifier.engines.symbolic.trees import Tree
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE, negate
from verifier.ir.expr import Deliverable, Expr, Param, Var, is_expr, make
from verifier.ir.system import Action, Check, Parameter

VALUES_MAX = 64  # values of a type that are written out as commands of their own

Received: TypeAlias = Callable[[str, T.Message, list[Entry]], Iterator[tuple[Tree, Expr]]]
"""Of a channel's name, its type of message and what may be received: the trees that the received
message may be, each with the condition that it is there."""


@dataclass(frozen=True, slots=True)
class Command:
    """One way an action may happen.  ``condition`` is the guard with what the choice of the
    parameters asks for; ``effects`` are the trees of the variables that change."""

    action: Action
    bound: Bindings
    condition: Expr
    checks: tuple[tuple[Check, Expr], ...]
    effects: Mapping[str, Tree]

    @property
    def succeeds(self) -> Expr:
        """It may happen and no check fails."""
        return conjunction((self.condition, *(condition for _, condition in self.checks)))


def commands(flattener: Flattener, action: Action, received: Received) -> Iterator[Command]:
    """Every way an action may happen in the state that the flattener knows; what cannot be is left
    out."""
    for bound, chosen in _choices(flattener, action.parameters, {}, TRUE, received):
        condition = conjunction((chosen, flattener.truth(action.guard, bound)))
        if condition is FALSE:
            continue
        checks = []
        for check in action.checks:
            truth = flattener.truth(check.condition, bound)
            if truth is not TRUE:
                checks.append((check, truth))
        effects = {name: flattener.tree(new, bound) for name, new in action.assignments.items()}
        changed = {name: t for name, t in effects.items() if t is not flattener.state.get(name)}
        yield Command(action, bound, condition, tuple(checks), changed)


def _choices(
    flattener: Flattener,
    parameters: tuple[Parameter, ...],
    bound: Bindings,
    condition: Expr,
    received: Received,
) -> Iterator[tuple[Bindings, Expr]]:
    if not parameters:
        yield bound, condition
        return
    first, *rest = parameters
    for tree, chosen in _values(flattener, first, bound, received):
        if chosen is not FALSE:
            yield from _choices(
                flattener,
                tuple(rest),
                {**bound, first.variable.name: tree},
                conjunction((condition, chosen)),
                received,
            )


def _values(
    flattener: Flattener, parameter: Parameter, bound: Bindings, received: Received
) -> Iterator[tuple[Tree, Expr]]:
    variable, within = parameter.variable, parameter.within
    if within is None:
        yield from _of_type(variable)
    elif isinstance(within.type, T.Channel) or isinstance(within, Deliverable):
        channel = within.channel if isinstance(within, Deliverable) else within
        assert isinstance(channel, Var) and isinstance(channel.type, T.Channel)
        yield from received(channel.name, channel.type.message, flattener.entries(within, bound))
    else:
        for there, item in flattener.entries(within, bound):
            yield item, there


def _of_type(variable: Param) -> Iterator[tuple[Tree, Expr]]:
    """The values of a type, or an input if they are many."""
    of = variable.type
    numbers = T.scalar_range(of)
    if numbers is None and isinstance(of, T.Int):
        low, high = of.low, of.high
    elif numbers is not None and len(numbers) > VALUES_MAX:
        low, high = numbers.start, numbers.stop - 1
    else:
        for value in T.values(of):
            yield trees.constant(of, value), TRUE
        return
    tree = make(Param, variable.name, of)
    limits = []
    if low is not None:
        limits.append(at_most(integer(low), tree))
    if high is not None:
        limits.append(at_most(tree, integer(high)))
    yield tree, conjunction(limits)


def any_entry(channel: str, message: T.Message, ready: list[Entry]) -> Iterator[tuple[Tree, Expr]]:
    """The received message as an input that equals some entry.  The inputs of a channel have the
    same names in all actions, so that what follows from the choice is said once."""
    for tag, record in enumerate(message.alternatives):
        fields = trees.variable(
            record, f"received from {channel}.{record.name}", lambda name, of: make(Param, name, of)
        )
        tree = (
            integer(tag),
            tuple(
                fields if number == tag else trees.default(other)
                for number, other in enumerate(message.alternatives)
            ),
        )
        tree = _received_trees.setdefault((channel, message, tag), tree)
        yield tree, disjunction(
            conjunction((there, trees.equal_messages(found, tree))) for there, found in ready
        )


_received_trees: dict[tuple[str, T.Message, int], Tree] = {}


__all__ = ["Command", "NotSymbolic", "any_entry", "commands", "is_expr", "negate"]
