"""What the two processes of a race say to each other: records as rows of numbers, never code."""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from typing import Any, TypeAlias

from verifier.ir.flat import SYSTEM_KINDS, flatten, restored
from verifier.ir.problem import BadState, BadStep, Key, SafetyProblem, Stuck
from verifier.ir.system import Label
from verifier.traces.trace import Step, Trace
from verifier.verdict import Inductive


@dataclass(frozen=True, slots=True)
class Shown:
    """A shortest run that shows what was asked."""

    key: Key
    trace: Trace


@dataclass(frozen=True, slots=True)
class Proved:
    """No run shows it; what would come after a step that fails is not looked at."""

    key: Key
    evidence: Inductive


@dataclass(frozen=True, slots=True)
class Closed:
    """No step of any run fails a check, but those checks that were shown to fail."""

    evidence: Inductive


@dataclass(frozen=True, slots=True)
class Looked:
    """All runs of up to so many steps were looked at, for what was not answered yet."""

    depth: int


@dataclass(frozen=True, slots=True)
class NothingMore:
    """Nothing more can be found out."""

    reason: str


Message: TypeAlias = Shown | Proved | Closed | Looked | NothingMore

_KINDS: tuple[type[Any], ...] = (
    *SYSTEM_KINDS, BadState, BadStep, Stuck, SafetyProblem, Label, Step, Trace, Inductive,
    Shown, Proved, Closed, Looked, NothingMore,
)  # fmt: skip


def written(said: Message | SafetyProblem) -> bytes:
    """As bytes.  Numbers in a state have no bound, which most formats of data put one to."""
    return marshal.dumps(flatten(said, _KINDS))


def read_message(content: bytes) -> Message:
    """What `written` wrote; its expressions are those of this process."""
    said = restored(marshal.loads(content), _KINDS)
    assert isinstance(said, Message), f"{type(said).__name__} is no message"
    return said


def read_problem(content: bytes) -> SafetyProblem:
    """What `written` wrote; its expressions are those of this process."""
    problem = restored(marshal.loads(content), _KINDS)
    assert isinstance(problem, SafetyProblem), f"{type(problem).__name__} is no problem"
    return problem
