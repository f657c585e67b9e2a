"""A run: an initial state, then labels with the states they lead to."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.ir.system import Label, State


@dataclass(frozen=True, slots=True)
class Step:
    """A label and the state it leads to; ``state`` is None when a check of the step fails, which
    only the last step of a trace may do."""

    label: Label
    state: State | None


@dataclass(frozen=True, slots=True)
class Trace:
    """A run.  ``start`` is the label of the initial action; ``loop_start`` is an index into
    `states` for an infinite run, None for a finite one."""

    start: Label
    initial: State
    steps: tuple[Step, ...]
    loop_start: int | None = None

    @property
    def states(self) -> tuple[State, ...]:
        """All states of the run, the initial one first; a failing last step adds none."""
        return (self.initial, *(step.state for step in self.steps if step.state is not None))

    @property
    def depth(self) -> int:
        """Number of steps."""
        return len(self.steps)
