"""The actions of a system as guarded commands over scalars, one for each choice of a few values.

What a parameter stands for is written out where it is one of a few values, and so is which kind of
message is received; what is left open is an input, which a solver chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.flatten import Bindings, Entry, Flattener
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    at_most,
    conjunction,
    disjunction,
    integer,
)
from verifier.engines.symbolic.trees import Tree
from verifier.ir import types as T
from verifier.ir.build import FALSE, TRUE
from verifier.ir.expr import Deliverable, Expr, Param, Var, make
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
    for bound, condition in guarded(flattener, action, received):
        yield command(flattener, action, bound, condition)


def guarded(
    flattener: Flattener, action: Action, received: Received | None
) -> Iterator[tuple[Bindings, Expr]]:
    """What the parameters of an action may stand for, each time with the condition under which it
    may happen."""
    for bound, chosen in _choices(flattener, action.parameters, {}, TRUE, received):
        flattener.pulse()  # there may be hundreds of thousands of ways
        condition = conjunction((chosen, flattener.truth(action.guard, bound)))
        if condition is not FALSE:
            yield bound, condition


def command(flattener: Flattener, action: Action, bound: Bindings, condition: Expr) -> Command:
    """What an action does where its parameters stand for these trees."""
    checks = []
    for check in action.checks:
        truth = flattener.truth(check.condition, bound)
        if truth is not TRUE:
            checks.append((check, truth))
    effects = {name: flattener.tree(new, bound) for name, new in action.assignments.items()}
    changed = {name: t for name, t in effects.items() if t is not flattener.state.get(name)}
    return Command(action, bound, condition, tuple(checks), changed)


def _choices(
    flattener: Flattener,
    parameters: tuple[Parameter, ...],
    bound: Bindings,
    condition: Expr,
    received: Received | None,
) -> Iterator[tuple[Bindings, Expr]]:
    if not parameters:
        yield bound, condition
        return
    first, *rest = parameters
    channel = None if received is None else receives(first)
    values: Iterable[tuple[Tree, Expr]]
    if first.within is None:
        values = _of_type(first.variable, written_out=received is None)
    elif received is not None and channel is not None:
        ready = flattener.entries(first.within, bound)
        assert isinstance(channel.type, T.Channel)
        values = received(channel.name, channel.type.message, ready)
        # A second message would be another one than the first.
        received = None
    else:
        values = [(item, there) for there, item in flattener.entries(first.within, bound)]
    for tree, chosen in values:
        if chosen is not FALSE:
            yield from _choices(
                flattener,
                tuple(rest),
                {**bound, first.variable.name: tree},
                conjunction((condition, chosen)),
                received,
            )


def receives(parameter: Parameter) -> Var | None:
    """The channel from which a message is received: any message, or the first of a link."""
    match parameter.within:
        case Var(type=T.Channel(fifo=False)) as channel:
            return channel
        case Deliverable(channel=Var() as channel):
            return channel
        case _:
            return None


def _of_type(variable: Param, *, written_out: bool) -> Iterator[tuple[Tree, Expr]]:
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
    if written_out:
        raise NotSymbolic("a choice among too many numbers")
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
        yield (
            tree,
            disjunction(
                conjunction((there, trees.equal_messages(found, tree))) for there, found in ready
            ),
        )


_received_trees: dict[tuple[str, T.Message, int], Tree] = {}
