"""What a search for runs knows while it goes on, and what that amounts to in the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from verifier.engines.interface import TIMED_OUT, Budget
from verifier.engines.memory import memory_bytes
from verifier.engines.symbolic.solver import Stopped
from verifier.ir.problem import Bad, Key, SafetyProblem, check_of, keys_of_checks
from verifier.traces.trace import Trace
from verifier.verdict import (
    BY_INDUCTION,
    IF_NO_STEP_FAILS,
    NO_LONGER_RUN,
    Absent,
    Answer,
    Exploration,
    Fault,
    Found,
    Inductive,
    Unknown,
)

Heard: TypeAlias = Callable[[Key, "Trace | Inductive"], None]
LOOK_EVERY = 200  # questions about what is left
UNSAID = "not in the reach of the symbolic engine"


@dataclass(slots=True)
class Search:
    """What a running search knows."""

    problem: SafetyProblem
    budget: Budget
    heard: Heard
    depth: int = -1  # no run of so many steps, or fewer, shows what was not found
    found: dict[Key, Trace] = field(default_factory=dict)
    unsaid: dict[str, str] = field(default_factory=dict)  # why a bad cannot be asked for
    proved: dict[Key, Inductive] = field(default_factory=dict)  # why there is none
    _asked: int = 0  # how often it was asked what is left

    def shows(self, key: Key, trace: Trace) -> None:
        """Notes a run that shows something."""
        self.found[key] = trace
        self.heard(key, trace)

    def proves(self, key: Key, evidence: Inductive) -> None:
        """Notes a proof by induction that no run shows it."""
        self.proved[key] = evidence
        self.heard(key, evidence)

    def asks(self, bad: Bad) -> bool:
        """Whether the bad is still looked for."""
        return not any(bad.name in settled for settled in (self.found, self.unsaid, self.proved))

    def is_open(self) -> list[Key]:
        """What is still looked for."""
        keys: list[Key] = [bad.name for bad in self.problem.bad if self.asks(bad)]
        for key in keys_of_checks(self.problem.system):
            if key not in self.found and key not in self.proved:
                keys.append(key)
        return keys

    def seconds_left(self) -> float | None:
        """How many seconds are left.

        Raises:
            Stopped: none, or the memory is used up.
        """
        most = self.budget.memory_max_bytes
        self._asked += 1
        # To look at the memory is to read a file, and this is asked for each piece of a formula.
        look = most is not None and self._asked % LOOK_EVERY == 1
        if most is not None and look and memory_bytes() > most:
            raise Stopped(f"the memory limit of {most:,} bytes was reached")
        if self.budget.deadline_seconds is None:
            return None
        left = self.budget.deadline_seconds - time.monotonic()
        if left <= 0:
            raise Stopped(TIMED_OUT)
        return left


def conclude(search: Search, stopped: str, seconds: float) -> Exploration:
    """The answers; a depth that was not finished still has what was found in it."""
    complete = stopped == ""
    depth = max(search.depth, 0)
    left = search.is_open()
    longest = Inductive(NO_LONGER_RUN, depth)
    most = max((evidence.steps for evidence in search.proved.values()), default=1)
    by_induction = Inductive(BY_INDUCTION, most)
    safe = not any(isinstance(key, tuple) for key in left)
    answers: dict[str, Answer] = {}
    for bad in search.problem.bad:
        name = bad.name
        if name in search.found:
            answers[name] = Found(search.found[name], None)
        elif name in search.unsaid:
            answers[name] = Unknown(0, f"{UNSAID}: {search.unsaid[name]}")
        elif name in search.proved:
            # A step that fails ends its run, and the proof says nothing of what would come then.
            certain = complete or safe
            evidence = search.proved[name]
            answers[name] = Absent(evidence) if certain else Unknown(depth, IF_NO_STEP_FAILS)
        else:
            answers[name] = Absent(longest) if complete else Unknown(depth, stopped)
    return Exploration(
        engine="symbolic",
        complete=complete,
        stopped=stopped,
        states=0,
        transitions=0,
        depth=depth,
        terminal=0,
        answers=answers,
        faults=tuple(
            Fault(check_of(search.problem, *key), Found(trace, None))
            for key, trace in search.found.items()
            if isinstance(key, tuple)
        ),
        seconds=seconds,
        counted=False,
        proof=longest if left else by_induction,
        safe=by_induction if safe else None,
    )
