"""What a model assumes of its network, and the same model where the network does less.

Losses and duplicates are steps of their own, and a skewed clock is a choice in the label: they are
taken away by leaving out steps or choices.  A channel that keeps the order is another type
(`queues`).  Each of these systems is the one that the language makes of the model with another
trait; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from enum import Enum

from verifier.causes.queues import ordered
from verifier.ir import types as T
from verifier.ir.build import conjunction, equal, literal
from verifier.ir.expr import Fresh, Param, walk
from verifier.ir.footprint import expressions_of_step
from verifier.ir.problem import Bad, BadStep, SafetyProblem
from verifier.ir.system import Action, Kind, TransitionSystem


class Mischief(Enum):
    """What a network may do to messages, and clocks to stamps."""

    REORDERING = "reordering"
    LOSS = "loss"
    DUPLICATION = "duplication"
    SKEW = "clock skew"


@dataclass(frozen=True, slots=True)
class Assumption:
    """That this may happen on a channel; the clocks have none."""

    what: Mischief
    channel: str

    def __str__(self) -> str:
        return f"{self.what.value} on {self.channel}" if self.channel else self.what.value


def assumptions(system: TransitionSystem) -> tuple[Assumption, ...]:
    """What the system assumes of its network."""
    found = []
    for variable in system.variables:
        if isinstance(variable.type, T.Channel):
            if not variable.type.fifo:
                found.append(Assumption(Mischief.REORDERING, variable.name))
            for what, kind in _DISTURBANCES.items():
                if any(_disturbs(action, kind, variable.name) for action in system.actions):
                    found.append(Assumption(what, variable.name))
    if any(positions(action) for action in system.actions):
        found.append(Assumption(Mischief.SKEW, ""))
    return tuple(found)


_DISTURBANCES = {Mischief.LOSS: Kind.LOSS, Mischief.DUPLICATION: Kind.DUPLICATION}


def _disturbs(action: Action, kind: Kind, channel: str) -> bool:
    return action.kind is kind and channel in action.assignments


def positions(action: Action) -> tuple[Param, ...]:
    """The parameters that choose where among the others a fresh stamp is placed: 0 is after all."""
    backs = {node.back for node in walk(*expressions_of_step(action)) if isinstance(node, Fresh)}
    return tuple(p.variable for p in action.parameters if p.variable in backs)


def without(problem: SafetyProblem, taken_away: Set[Assumption]) -> SafetyProblem:
    """The same problem where this does not happen.

    Raises:
        NotOrdered: a channel whose order was to be kept cannot be made a queue.
    """
    actions = [
        action
        for action in problem.system.actions
        if not any(
            a.what in _DISTURBANCES and _disturbs(action, _DISTURBANCES[a.what], a.channel)
            for a in taken_away
        )
    ]
    if Assumption(Mischief.SKEW, "") in taken_away:
        actions = [_punctual(action) for action in actions]
    left = {action.name for action in actions}
    problem = SafetyProblem(
        replace(problem.system, actions=tuple(actions)),
        tuple(_about(bad, left) for bad in problem.bad),
    )
    for assumption in taken_away:
        if assumption.what is Mischief.REORDERING:
            problem = ordered(problem, assumption.channel)
    return problem


def _about(bad: Bad, actions: Set[str]) -> Bad:
    """The question without the steps of actions that are no longer there."""
    if not isinstance(bad, BadStep):
        return bad
    return BadStep(bad.name, {a: claim for a, claim in bad.conditions.items() if a in actions})


def _punctual(action: Action) -> Action:
    """The action where every fresh stamp is after all others."""
    latest = (equal(back, literal(0, back.type)) for back in positions(action))
    return replace(action, guard=conjunction((action.guard, *latest)))
