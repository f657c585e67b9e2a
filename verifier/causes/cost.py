"""What a run costs its reader, most important first."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.ir.build import TRUE
from verifier.ir.semantics import evaluate
from verifier.ir.system import Action, Kind, Label, State, TransitionSystem
from verifier.traces.trace import Trace


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """``messages`` are those that are sent, duplicates left out; ``switches`` say how often
    another node goes on than acted last, what the network does left out."""

    steps: int = 0
    messages: int = 0
    losses: int = 0
    duplicates: int = 0
    switches: int = 0

    def plus(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(
            self.steps + other.steps,
            self.messages + other.messages,
            self.losses + other.losses,
            self.duplicates + other.duplicates,
            self.switches + other.switches,
        )


def acting(action: Action, last: str) -> str:
    """The node that acted last, after a step of this action."""
    return action.node or last


def cost_of_step(
    system: TransitionSystem, action: Action, label: Label, before: State, last: str, *, fails: bool
) -> Cost:
    """What a step adds; ``last`` is the node that acted last, "" if none did.  A step that fails a
    check sends nothing."""
    names = [parameter.variable.name for parameter in action.parameters]
    arguments = dict(zip(names, label.arguments, strict=True))
    copies = action.kind is Kind.DUPLICATION
    sent = 0
    if not copies and not fails:
        sent = sum(
            send.condition is TRUE or bool(evaluate(system, send.condition, before, arguments))
            for send in action.sends
        )
    switch = bool(last and action.node and action.node != last)
    return Cost(1, sent, int(action.kind is Kind.LOSS), int(copies), int(switch))


def cost_of(system: TransitionSystem, trace: Trace) -> Cost:
    """What a run costs."""
    actions = {action.name: action for action in system.actions}
    total, last, state = Cost(), "", trace.initial
    for step in trace.steps:
        action, fails = actions[step.label.action], step.state is None
        total = total.plus(cost_of_step(system, action, step.label, state, last, fails=fails))
        last = acting(action, last)
        state = state if step.state is None else step.state
    return total
