"""Typed expressions as a closed union: a shared graph without behaviour.

Every expression is total.  Where an operation is partial in the language (`Unwrap` of an absent
value, `At` outside a list, division by zero ...) it yields `types.default` of its type here, and
the lowering adds a *check* that makes the undefined case a finding (decision 002).  So an engine
may evaluate in any order, eagerly or lazily.

Nodes are interned by `make`: equal expressions are one object, ``==`` and ``hash`` are those of
the object and cost nothing however deep the graph is.  Do not call the constructors directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar, TypeAlias, TypeGuard, TypeVar, cast, get_args
from typing import Literal as OneOf
from weakref import WeakValueDictionary

from verifier.ir.types import BOOL, INTEGER, STAMP, Type, Value


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Literal:
    """A constant."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Var:
    """The value of a state variable before the step (in a state predicate: in the state)."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Next:
    """The value of a state variable after the step; only in the claims of step properties."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Param:
    """A parameter of the action, or the variable of an enclosing binder."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Not:
    argument: Expr
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class And:
    arguments: tuple[Expr, ...]
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Or:
    arguments: tuple[Expr, ...]
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Equal:
    left: Expr
    right: Expr
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Less:
    """left < right, for integers, enumerations and stamps."""

    left: Expr
    right: Expr
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class AtMost:
    """left <= right, for integers, enumerations and stamps."""

    left: Expr
    right: Expr
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Arith:
    """Integer arithmetic; ``/`` and ``%`` round towards minus infinity and give 0 for a divisor
    of 0.  If the type is Mod, the result is reduced modulo its modulus."""

    op: OneOf["+", "-", "*", "/", "%"]
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class If:
    condition: Expr
    then: Expr
    otherwise: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TupleOf:
    """A record (one item per field), a map (one per key) or a list, from its items."""

    items: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Field:
    """One field of a record."""

    record: Expr
    index: int
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class WithField:
    """The record with one field replaced."""

    record: Expr
    index: int
    value: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Some:
    """A present optional."""

    item: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class IsSome:
    option: Expr
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Unwrap:
    """The value of an optional, or the default of its type when absent."""

    option: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Lookup:
    """The value of a map at a key; the default of the value type for a key out of range."""

    map: Expr
    key: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Store:
    """The map with the value at one key replaced; unchanged for a key out of range."""

    map: Expr
    key: Expr
    value: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Member:
    """Whether an item is in a set, list or channel."""

    item: Expr
    collection: Expr
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SetOp:
    """Union ``|``, intersection ``&`` or difference ``-`` of two sets."""

    op: OneOf["|", "&", "-"]
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SetOf:
    """A set from its members, which may repeat and come in any order."""

    items: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Filter:
    """The members of a finite type or set for which ``body`` holds, as a set."""

    variable: Param
    within: Type | Expr
    body: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Size:
    """Number of items of a set, list or channel (copies of a message count)."""

    collection: Expr
    type: Type = INTEGER


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Append:
    """The list with an item added at its end; a list that is full stays as it is."""

    list: Expr
    item: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Tail:
    """The list without its first item; an empty list stays empty."""

    list: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class At:
    """The item of a list or channel at an index from 0, or the default of its type outside."""

    list: Expr
    index: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Replace:
    """The list with the item at an index replaced; unchanged outside."""

    list: Expr
    index: Expr
    value: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class MessageOf:
    """A message of the alternative ``tag``: sender, receiver, then its own fields."""

    tag: int
    items: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class HasTag:
    """Whether a message is of an alternative."""

    message: Expr
    tag: int
    type: ClassVar[Type] = BOOL


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class MessageField:
    """A field (0 sender, 1 receiver, 2 ... own) of a message, or the default of the field's type
    when the message is of another alternative.  ``tag`` -1: any alternative (fields 0 and 1)."""

    message: Expr
    tag: int
    index: int
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Put:
    """The channel with one more message: behind those of its link in a fifo channel.  A channel
    that is full stays as it is."""

    channel: Expr
    message: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Take:
    """The channel without the first copy of a message; unchanged if there is none."""

    channel: Expr
    message: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RemoveAt:
    """The channel without the message at an index; unchanged outside."""

    channel: Expr
    index: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RepeatAt:
    """The channel with the message at an index twice in a row; unchanged outside or when full."""

    channel: Expr
    index: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Deliverable:
    """The messages that may be received next, as a list: in an unordered channel all for which
    ``deferred`` is false; in a fifo channel the first such of every link (deferred ones are
    passed over)."""

    channel: Expr
    variable: Param
    deferred: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Quantified:
    """``all``, ``any`` or ``count`` of the body over every value of a finite type, or over the
    items of a set, list or channel (``count`` counts each copy)."""

    kind: OneOf["all", "any", "count"]
    variable: Param
    within: Type | Expr
    body: Expr
    type: Type


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Fresh:
    """A new stamp, by its position below the stamps that the state holds.

    Let v1 > v2 > ... be the distinct stamps (0 left out) of the state before the step.  ``back``
    0 is above v1; 2i-1 is equal to vi; 2i is strictly between vi and the next lower one (or 0).
    Among new stamps of one step in one gap a larger ``offset`` (1, 2, ...) is greater.
    """

    back: Expr
    offset: int
    type: ClassVar[Type] = STAMP


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class LiveStamps:
    """How many distinct stamps (0 left out) the state before the step holds."""

    type: Type = INTEGER


Expr: TypeAlias = (
    Literal | Var | Next | Param | Not | And | Or | Equal | Less | AtMost | Arith | If
    | TupleOf | Field | WithField | Some | IsSome | Unwrap | Lookup | Store | Member | SetOp
    | SetOf | Filter | Size | Append | Tail | At | Replace | MessageOf | HasTag | MessageField
    | Put | Take | RemoveAt | RepeatAt | Deliverable | Quantified | Fresh | LiveStamps
)  # fmt: skip

Node = TypeVar("Node", bound=Expr)

EXPR_KINDS: tuple[type[Any], ...] = get_args(Expr)
_kinds = frozenset(EXPR_KINDS)
_interned: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()


def make(kind: type[Node], *arguments: Any) -> Node:
    """The one node of this kind with these arguments."""
    # bool and int compare equal in Python, so a literal's key also carries the kind of its value;
    # its type keeps deeper values apart.
    key = (kind, *arguments, type(arguments[0])) if kind is Literal else (kind, *arguments)
    node = _interned.get(key)
    if node is None:
        node = kind(*arguments)
        _interned[key] = node
    return cast(Node, node)


def is_expr(part: object) -> TypeGuard[Expr]:
    """Whether something is an expression; a set is asked faster than `isinstance` asks for all."""
    return type(part) in _kinds


def parts(expr: Expr) -> list[Any]:
    """What `make` was given for this node."""
    return [getattr(expr, name) for name in expr.__match_args__]


def _reader(kind: type[Any]) -> Callable[[Any], tuple[Expr, ...]]:
    """How the subexpressions of a kind are read, made once from its annotations."""
    names = [name for name, of in kind.__annotations__.items() if "Expr" in of]
    read: Callable[[Any], Any] = attrgetter(*names) if names else lambda _: ()
    if kind in (Filter, Quantified):
        return lambda expr: read(expr) if is_expr(expr.within) else (expr.body,)
    alone = [kind.__annotations__[name] for name in names] == ["Expr"]
    return (lambda expr: (read(expr),)) if alone else read


_readers = {kind: _reader(kind) for kind in EXPR_KINDS}


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct subexpressions, binders' variables left out, in order."""
    return _readers[type(expr)](expr)


def walk(*roots: Expr) -> Iterator[Expr]:
    """Every node of the graph once, a node after its children."""
    return walk_unseen(roots, set())


def walk_unseen(roots: Sequence[Expr], seen: set[Expr]) -> Iterator[Expr]:
    """As `walk`, but without the nodes that are in ``seen``, to which the others are added: what
    many expressions share is walked once."""
    stack: list[tuple[Expr, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, finished = stack.pop()
        if finished:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend([(child, False) for child in children(node) if child not in seen])
