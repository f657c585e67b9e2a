"""Where a piece of code stands: what it can see, what is known, and what it may go wrong with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum as PythonEnum
from typing import TypeAlias

from verifier.ir.build import FALSE, TRUE, both, conjunction, implies, literal, quantified
from verifier.ir.expr import Expr, Next, Param, Var, make
from verifier.ir.faults import Fault
from verifier.ir.system import Branch, Check, Send
from verifier.ir.types import Enum, Type
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.program import MessageInfo, NodeInstance, Program
from verifier.language.tables import Member, Table
from verifier.source import Span

POISON = Enum("<error>", ())
_NO_MEMBERS: Mapping[str, Member] = {}


class Sight(PythonEnum):
    """What a piece of code may read."""

    CONSTANT = "a constant expression"
    NODE = "the code of a node"
    TIMER = "the condition of a timer"
    ENVIRONMENT = "an environment action"
    GHOST = "an assignment to a ghost variable"
    PROPERTY = "a property"
    LEMMA = "a lemma"

    @property
    def others(self) -> bool:
        """Variables of other nodes."""
        return self in (Sight.ENVIRONMENT, Sight.GHOST, Sight.PROPERTY, Sight.LEMMA)

    @property
    def network(self) -> bool:
        """Messages in flight."""
        return self.others or self is Sight.TIMER

    @property
    def ghosts(self) -> bool:
        """Ghost variables."""
        return self in (Sight.GHOST, Sight.PROPERTY, Sight.LEMMA)


@dataclass(frozen=True, slots=True)
class MessageLocal:
    """A name that stands for a message of a known kind."""

    expr: Expr
    info: MessageInfo


Local: TypeAlias = Expr | MessageLocal


@dataclass(slots=True)
class Step:
    """The effect of a step while its statements are walked in order."""

    values: dict[str, Expr] = field(default_factory=dict)  # of the variables assigned so far
    sends: list[Send] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    parameters: list[tuple[Param, Expr | None]] = field(default_factory=list)  # of `choose`
    guards: list[Expr] = field(default_factory=list)  # that choices must satisfy
    stamps: int = 0  # how many were taken
    gap: int = 1  # see TransitionSystem.stamp_gap


@dataclass(slots=True)
class Frame:
    """A place in the code.  ``path`` is the condition under which it is evaluated; ``checks``
    collects what must hold there for the result to be defined."""

    program: Program
    file: str
    sight: Sight
    node: NodeInstance | None = None
    locals: dict[str, Local] = field(default_factory=dict)
    step: Step | None = None
    after: bool = False  # plain names mean the state after the step (step properties)
    path: Expr = TRUE
    checks: list[Check] = field(default_factory=list)
    calls: tuple[int, ...] = ()  # functions and procedures being expanded
    taken: frozenset[str] = frozenset()  # names of enclosing binders and of the step's parameters
    first: bool = False  # the first value of a variable: it may depend on options left open

    @property
    def table(self) -> Table:
        """The names of the file the code stands in."""
        return self.program.tables[self.file]

    @property
    def members(self) -> Mapping[str, Member]:
        """The names of the node type the code stands in."""
        return self.node.members if self.node is not None else _NO_MEMBERS

    def error(self, code: Code, message: str, span: Span, cause: str = "", hint: str = "") -> Expr:
        """Reports a mistake; returns an expression that causes no further ones."""
        self.program.report(code, message, span, cause, hint)
        return literal(0, POISON)

    def require(self, fault: Fault, condition: Expr, message: str, span: Span) -> None:
        """The condition must hold here whenever this place is reached."""
        needed = implies(self.path, condition)
        if needed is not TRUE:
            kind = "reception" if fault is Fault.UNSPECIFIED_RECEPTION else "runtime"
            self.checks.append(Check(str(fault), kind, message, needed, span))

    def read(self, name: str, of: Type) -> Expr:
        """The value that a state variable has here."""
        if self.step is not None and name in self.step.values:
            return self.step.values[name]
        return make(Next if self.after else Var, name, of)

    def elaborate(self, expr: ast.Expr, expected: Type | None = None) -> Expr:
        """The expression of the pivot that ``expr`` means here; ``expected`` settles what has no
        type of its own (see `expressions.elaborate`)."""
        return self.program.expression(self, expr, expected)

    def inside(self, **changes: object) -> Frame:
        """The same place with some things changed; checks and step are shared."""
        # Called at every turn, and `dataclasses.replace` would take several times as long.
        made = Frame(
            self.program, self.file, self.sight, self.node, self.locals, self.step, self.after,
            self.path, self.checks, self.calls, self.taken, self.first,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def with_local(self, name: str, value: Local) -> Frame:
        """The scope behind a declaration of a local name."""
        return self.inside(locals={**self.locals, name: value})

    def under(self, condition: Expr) -> Frame:
        """The place that is only reached when the condition holds too."""
        return self.inside(path=both(self.path, condition))

    @contextmanager
    def bound(self, name: str, variable: Param, within: Type | Expr) -> Iterator[Frame]:
        """The body of a binder: what must hold in it must hold for every value of the variable."""
        inner = self.inside(
            locals={**self.locals, name: variable},
            taken=self.taken | {variable.name},
            path=TRUE,
            checks=[],
        )
        yield inner
        for check in inner.checks:
            condition = quantified("all", variable, within, check.condition)
            self.checks.append(replace(check, condition=implies(self.path, condition)))

    def defined(self) -> Expr:
        """All that was required so far."""
        return conjunction(check.condition for check in self.checks)


def is_poison(expr: Expr) -> bool:
    """Whether a mistake was reported for this expression already."""
    return expr.type is POISON


def never(frame: Frame) -> bool:
    """Whether the place is dead: an option switches it off."""
    return frame.path is FALSE
