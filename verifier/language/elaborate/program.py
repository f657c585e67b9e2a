"""The tables of a model while it is elaborated, and the mistakes found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

from verifier.ir.expr import Expr, Literal
from verifier.ir.system import Variable
from verifier.ir.types import Channel, Enum, Record, Type
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.files import Sources
from verifier.language.tables import Member, Table
from verifier.source import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class NodeInstance:
    """One node of the model.  ``ordinal`` is its value; ``parameters`` are filled when all
    instances are known, for they may refer to each other."""

    name: str
    ordinal: int
    declaration: ast.NodeDecl
    file: str  # of the node type: what its code can see
    members: Mapping[str, Member]  # of the node type
    parameters: dict[str, Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """A channel with its traits evaluated; None means unlimited for ``losses`` and
    ``duplicates``, 0 means never."""

    name: str
    type: Channel
    messages: tuple[ast.MessageDecl, ...]
    per_link: int | None
    losses: int | None
    duplicates: int | None
    duplicates_when_room: bool
    endless: ast.Option | None  # the lifted bound that is its capacity
    span: Span


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """A message with the channel it travels on; ``record`` has sender and receiver first."""

    name: str
    channel: ChannelInfo
    tag: int
    record: Record


@dataclass(frozen=True, slots=True)
class Setting:
    """The value chosen for an option, as an expression in the scope of a file."""

    value: ast.Expr
    file: str


@dataclass(slots=True)
class Program:
    """Everything declared, by identity of the declaration, filled in from the outside in."""

    sources: Sources
    tables: Mapping[str, Table]
    settings: Mapping[str, Setting]
    # Hooks, because types need constants, constants are expressions, and expressions are walked by
    # several modules that need each other: `expressions.elaborate` and `constants.constant`.  What
    # they take is not said here, for a frame knows its program and not the other way round.
    expression: Callable[..., Expr]
    constant: Callable[..., Literal]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    constants: dict[int, Literal] = field(default_factory=dict)
    types: dict[int, Type] = field(default_factory=dict)
    pending: list[object] = field(default_factory=list)  # what is being evaluated, for cycles
    nodes: Enum = field(default_factory=lambda: Enum("Node", ()))
    numbered: bool = False  # whether the nodes are known: constants and sizes come before them
    node_types: set[Type] = field(default_factory=set)
    instances: list[NodeInstance] = field(default_factory=list)
    arrays: dict[int, tuple[Enum, int]] = field(default_factory=dict)  # Instance -> members, low
    symmetric: str = ""  # the name of a symmetric array, if there is one
    channels: dict[int, ChannelInfo] = field(default_factory=dict)
    messages: dict[int, MessageInfo] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    open_options: Set[str] = frozenset()  # left open: all their values are checked together
    open_constants: dict[int, Expr | None] = field(default_factory=dict)  # that depend on those
    needed: dict[str, str] = field(default_factory=dict)  # lifted bounds -> why they need values
    circles: dict[int, ast.Option] = field(default_factory=dict)  # see `bounds`
    copies: int = 0  # of functions, procedures and bodies of loops, made so far
    lines: dict[str, list[str]] = field(default_factory=dict)  # of the texts that were asked for
    quiet: Expr | None = None  # known once all steps of nodes are elaborated

    def report(self, code: Code, message: str, span: Span, cause: str = "", hint: str = "") -> None:
        """Records a mistake, once per place and code: node code is walked once per instance."""
        found = Diagnostic(code, message, span, cause, hint)
        if not any(d.code == code and d.span == span for d in self.diagnostics):
            self.diagnostics.append(found)

    def text(self, span: Span) -> str:
        """The source text of a place, on one line."""
        if span.file not in self.lines:
            self.lines[span.file] = self.sources.texts[span.file].splitlines()
        lines = self.lines[span.file][span.line - 1 : span.end_line]
        if not lines:
            return ""
        if len(lines) == 1:
            return lines[0][span.column - 1 : span.end_column - 1]
        parts = [lines[0][span.column - 1 :], *lines[1:-1], lines[-1][: span.end_column - 1]]
        return " ".join(part.strip() for part in parts)
