"""What the user wrote, before it means anything.

Every node has the span of its text (not part of equality, so that ``parse(print(tree)) == tree``
can be tested).  Tuples keep the order of the text.  A name is not resolved here: `Name` may be a
variable, an enumerator, a type, an instance ... and `names` decides which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from verifier.source import Span


@dataclass(frozen=True, slots=True)
class Ident:
    """A name at the place where it is declared or used outside expressions."""

    text: str
    span: Span = field(compare=False)


# ---- types -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoolType:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class IntegerType:
    """``int`` without bounds."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class RangeType:
    """``int low..high``; ``int low..`` without an upper bound."""

    low: Expr
    high: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ModType:
    modulus: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class StampType:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class NamedType:
    name: Ident
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OptionalType:
    item: TypeExpr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class MapType:
    key: TypeExpr
    value: TypeExpr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetType:
    item: TypeExpr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ListType:
    item: TypeExpr
    capacity: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InlineEnum:
    """``{ combined, separate }`` as the type of an option."""

    labels: tuple[Ident, ...]
    span: Span = field(compare=False)


TypeExpr: TypeAlias = (
    BoolType | IntegerType | RangeType | ModType | StampType | NamedType | OptionalType
    | MapType | SetType | ListType | InlineEnum
)  # fmt: skip


# ---- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Integer:
    value: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """``none``"""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Quiet:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SelfRef:
    """``self``: the node whose code this is."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Select:
    """``record.field``, ``node.variable``, ``Enum.label``"""

    target: Expr
    member: Ident
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """``map[key]``, ``list[0]``, ``instance_array[1]``"""

    target: Expr
    index: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the model, or a built-in one: newer, size, append, head, tail, abs ..."""

    function: Ident
    arguments: tuple[Expr, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FieldValue:
    name: Ident
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class RecordValue:
    """``Binding { proxy: true, ... }``"""

    type: Ident
    fields: tuple[FieldValue, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetValue:
    items: tuple[Expr, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ListValue:
    items: tuple[Expr, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``op``: "not", "-"."""

    op: str
    operand: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """``op``: implies or and == != < <= > >= in "not in" ?? + - | * / % &."""

    op: str
    left: Expr
    right: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InRange:
    """``x in low..high``, ``x not in low..high``"""

    negated: bool
    item: Expr
    low: Expr
    high: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Conditional:
    """``if condition then a else b``"""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Let:
    """``let x = value; body``"""

    name: Ident
    value: Expr
    body: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class RangeDomain:
    """``low..high`` after ``in``"""

    low: Expr
    high: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class BoolDomain:
    """``bool`` after ``in``"""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Quantifier:
    """``kind``: all, exists, count, set (with ``where body``), map (with ``: body``)."""

    kind: str
    variable: Ident
    domain: Domain
    body: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """``at k``, counted on the link of the message, and ``at k overall``."""

    number: Expr
    overall: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InFlight:
    """``in_flight(M(m) at k where P)`` and, with ``counted``, ``count_in_flight(...)``; no message
    name means any message."""

    counted: bool
    message: Ident | None
    variable: Ident | None
    place: QueuePlace | None
    condition: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Room:
    """``room(channel)``: one more message fits."""

    channel: Ident
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Old:
    """``old(e)``: e before the step; in step properties."""

    operand: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Running:
    """``running(timer)``, and ``running(node.timer)`` where other nodes are seen."""

    timer: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Now:
    """``now()``, ``now(skew s)``"""

    skew: Expr | None
    span: Span = field(compare=False)


Expr: TypeAlias = (
    Integer | Truth | Nothing | Quiet | SelfRef | Name | Select | Index | Call | RecordValue
    | SetValue | ListValue | Unary | Binary | InRange | Conditional | Let | Quantifier | InFlight
    | Room | Old | Running | Now
)  # fmt: skip
Domain: TypeAlias = Expr | RangeDomain | BoolDomain


# ---- statements --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assign:
    """``op``: ":=", "+=", "-=".  The target is a Name, Select or Index chain."""

    target: Expr
    op: str
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class IfStatement:
    """``else if`` is an ``otherwise`` of exactly one IfStatement."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ForStatement:
    variable: Ident
    domain: Domain
    body: tuple[Statement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Choose:
    variable: Ident
    domain: Domain
    condition: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class LetStatement:
    name: Ident
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Send:
    """``sender`` is set where an environment action sends in somebody's name."""

    message: Ident
    fields: tuple[FieldValue, ...]
    receiver: Expr
    span: Span = field(compare=False)
    sender: Expr | None = None


@dataclass(frozen=True, slots=True)
class TimerStatement:
    """``op``: start, stop."""

    op: str
    timer: Ident
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Assert:
    condition: Expr
    message: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class CallStatement:
    """A procedure of the node, expanded in place."""

    procedure: Ident
    arguments: tuple[Expr, ...]
    span: Span = field(compare=False)


Statement: TypeAlias = (
    Assign | IfStatement | ForStatement | Choose | LetStatement | Send | TimerStatement | Assert
    | CallStatement
)  # fmt: skip


# ---- declarations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import:
    path: str
    span: Span = field(compare=False)


class OptionRole(Enum):
    """What an option is for.  A bound only limits how much is explored; a fix may be tried as a
    repair; an assumption may be dropped, to see what rests on it."""

    PLAIN = auto()
    BOUND = auto()
    FIX = auto()
    ASSUMPTION = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """``option`` with a role; ``needs`` and ``costs`` are what the text says of a fix."""

    name: Ident
    type: TypeExpr
    default: Expr
    ids: tuple[Requirement, ...]
    role: OptionRole
    needs: tuple[str, ...]
    costs: tuple[str, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Setting:
    name: Ident
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Variant:
    name: Ident
    default: bool
    extends: Ident | None
    settings: tuple[Setting, ...]
    ids: tuple[Requirement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Const:
    name: Ident
    type: TypeExpr | None
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EnumDecl:
    name: Ident
    labels: tuple[Ident, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class TypeDecl:
    name: Ident
    type: TypeExpr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FieldDecl:
    name: Ident
    type: TypeExpr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class RecordDecl:
    name: Ident
    fields: tuple[FieldDecl, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class MessageDecl:
    name: Ident
    fields: tuple[FieldDecl, ...]
    channel: Ident | None
    ids: tuple[Requirement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Trait:
    """``kind``: fifo, unordered, lossy, loses, duplicates, duplicates_at_most,
    duplicates_when_room, capacity, capacity_per_link, fair_trait."""

    kind: str
    amount: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ChannelDecl:
    name: Ident
    traits: tuple[Trait, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ParameterDecl:
    """``name: type`` or, for actions only, ``name in domain``: exactly one of the two is set."""

    name: Ident
    type: TypeExpr | None
    domain: Domain | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FunctionDecl:
    name: Ident
    parameters: tuple[ParameterDecl, ...]
    result: TypeExpr
    body: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class VariableDecl:
    """``var x: T = e``, or ``var x: T in domain`` (any of these values initially)."""

    name: Ident
    ghost: bool
    type: TypeExpr
    initial: Expr | None
    domain: Domain | None
    ids: tuple[Requirement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class World:
    variables: tuple[VariableDecl, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class TimerDecl:
    name: Ident
    condition: Expr | None
    ids: tuple[Requirement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """``Message(m) from x: Type``"""

    message: Ident
    variable: Ident | None
    sender: Ident | None
    sender_type: Ident | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Handler:
    pattern: Pattern
    guard: Expr | None
    fairness: str | None
    ids: tuple[Requirement, ...]
    body: tuple[Statement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class TimeoutHandler:
    timer: Ident
    guard: Expr | None
    fairness: str | None
    ids: tuple[Requirement, ...]
    body: tuple[Statement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Ignore:
    patterns: tuple[Pattern, ...]
    guard: Expr | None
    ids: tuple[Requirement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Defer:
    patterns: tuple[Pattern, ...]
    guard: Expr | None
    ids: tuple[Requirement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ActionDecl:
    """In a node, or with ``environment`` at the top level."""

    name: Ident
    environment: bool
    parameters: tuple[ParameterDecl, ...]
    guard: Expr | None
    fairness: str | None
    ids: tuple[Requirement, ...]
    body: tuple[Statement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Procedure:
    name: Ident
    parameters: tuple[ParameterDecl, ...]
    body: tuple[Statement, ...]
    span: Span = field(compare=False)


Member: TypeAlias = (
    VariableDecl | TimerDecl | Handler | TimeoutHandler | Ignore | Defer | ActionDecl
    | FunctionDecl | Procedure
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NodeDecl:
    name: Ident
    parameters: tuple[ParameterDecl, ...]
    ids: tuple[Requirement, ...]
    members: tuple[Member, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class IndexRange:
    variable: Ident
    low: Expr
    high: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """``name`` is None for a positional argument."""

    name: Ident | None
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Instance:
    name: Ident
    symmetric: bool
    index: IndexRange | None
    type: Ident
    arguments: tuple[Argument, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InvariantDecl:
    """``invariant "name": when condition: predicate``, or ``lemma`` instead of ``invariant``."""

    name: str
    ids: tuple[Requirement, ...]
    condition: Expr | None
    predicate: Expr
    lemma: bool
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class NodeName:
    """An instance, an array element, or a node type (any instance of it)."""

    name: Ident
    index: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """``anchor.BindingUpdate(bu) where P``, ``gateway1.attach``, ``move(to) where P``.

    With ``member`` None, ``target`` is an environment action.
    """

    target: NodeName
    member: Ident | None
    variables: tuple[Ident, ...]
    condition: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class StepDecl:
    name: str
    ids: tuple[Requirement, ...]
    events: tuple[Event, ...]
    predicate: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ReachableDecl:
    name: str
    ids: tuple[Requirement, ...]
    predicate: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FlowMessage:
    sender: NodeName
    receiver: NodeName
    message: Ident
    variable: Ident | None
    condition: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FlowDo:
    event: Event
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FlowWithout:
    messages: tuple[Ident, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FlowGiven:
    condition: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FlowThen:
    condition: Expr
    span: Span = field(compare=False)


FlowLine: TypeAlias = FlowMessage | FlowDo | FlowWithout | FlowGiven | FlowThen


@dataclass(frozen=True, slots=True)
class FlowDecl:
    name: str
    ids: tuple[Requirement, ...]
    lines: tuple[FlowLine, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Final:
    condition: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectVerdict:
    """``verdict``: holds, violated, unknown."""

    verdict: str
    property: str
    steps: int | None
    states: int | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExpectCount:
    """``what``: states, transitions, depth, terminal."""

    what: str
    count: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Expect:
    variant: Ident | None
    settings: tuple[Setting, ...]
    items: tuple[ExpectVerdict | ExpectCount, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Liveness:
    """``eventually``, ``leads_to``, ``ltl``: parsed, and refused with a located error until the
    liveness engine exists.  ``second`` is the right side of leads_to."""

    kind: str
    name: str
    ids: tuple[Requirement, ...]
    first: Expr
    second: Expr | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Requirement:
    """``@ "id"``"""

    id: str
    span: Span = field(compare=False)


Declaration: TypeAlias = (
    Import | Option | Variant | Const | EnumDecl | TypeDecl | RecordDecl | MessageDecl
    | ChannelDecl | FunctionDecl | World | NodeDecl | Instance | ActionDecl | InvariantDecl
    | StepDecl | ReachableDecl | FlowDecl | Final | Expect | Liveness
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comment:
    """``//``, ``///`` or ``/* */``, with its markers, for the printer only."""

    text: str
    span: Span = field(compare=False)
    own_line: bool  # nothing but white space stands before it


@dataclass(frozen=True, slots=True)
class File:
    """One source file."""

    path: str
    model: Ident | None
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(compare=False, default=())
    span: Span | None = field(compare=False, default=None)
