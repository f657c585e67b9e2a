"""The types of the pivot as sorts of SMT-LIB: algebraic data types over Bool and Int.

Numbers, enumerations and stamps are Int.  Enumerations of nodes share one numbering and may be
compared with each other, which a data type for each would forbid.  Stamps are integers too: a new
one is above all others of its state, so nothing is ever put between two, and the order needs not
be dense.  Ranges are not part of a sort; `values` says them as formulas.

Records, optionals, maps (one field per key), sets (one truth per member) and messages (one
constructor per kind) are data types without recursion.  Lists and bounded channels are the
textbook's nil and cons, unrolled up to their capacity wherever something is said of all items: no
recursive function is needed, and two lists are equal exactly if they have the same items.  An
unordered channel without a capacity is a bag: an array from messages to how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from verifier.certificates.reasons import NotEncodable
from verifier.certificates.terms import FALSE, TRUE, Term, apply, symbol
from verifier.ir import types as T
from verifier.ir.types import Type

KEYS_MAX = 256
"""A map or set over more keys is not spelt out."""


@dataclass(frozen=True, slots=True)
class Constructor:
    """A constructor with its selectors and their sorts; all names are symbols."""

    name: str
    fields: tuple[tuple[str, str], ...]

    def of(self, *arguments: Term) -> Term:
        """A value made by this constructor."""
        assert len(arguments) == len(self.fields), self.name
        return apply(self.name, *arguments)

    def get(self, index: int, value: Term) -> Term:
        """The field of a value that this constructor has made; of others it says nothing."""
        if value.head == self.name:
            return value.arguments[index]
        return apply(self.fields[index][0], value)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort by its text; data types have constructors, bags the sort of what they hold."""

    name: str
    constructors: tuple[Constructor, ...] = ()
    bag_of: str = ""

    @property
    def record(self) -> Constructor:
        """The only constructor."""
        (only,) = self.constructors
        return only


Shape: TypeAlias = "str | tuple[object, ...]"
BOOL, INT = Sort("Bool"), Sort("Int")


def is_bag(of: Type) -> bool:
    """Whether a channel has no bound.  A fifo channel without one has no encoding."""
    return isinstance(of, T.Channel) and of.capacity is None and not of.fifo


def capacity_of(of: T.List | T.Channel) -> int:
    """How many items there can be."""
    if of.capacity is None:
        raise NotEncodable("a fifo channel without a capacity")
    return of.capacity


def shape(of: Type) -> Shape:
    """What types of one sort have in common: ranges and capacities are left out."""
    match of:
        case T.Bool():
            return "Bool"
        case T.Int() | T.Mod() | T.Enum() | T.Stamp():
            return "Int"
        case T.Record(name, fields):
            return ("record", name, *((field, shape(kind)) for field, kind in fields))
        case T.Optional(item):
            return ("optional", shape(item))
        case T.Map(key, value):
            return ("map", key, shape(value))
        case T.Set(item):
            return ("set", item)
        case T.List(item, _):
            return ("list", shape(item))
        case T.Message(alternatives):
            return ("message", *(shape(alternative) for alternative in alternatives))
        case T.Channel(message):
            if is_bag(of):
                return ("bag", shape(message))
            capacity_of(of)
            return ("list", shape(message))
        case _:
            assert_never(of)


def keys_of(of: T.Map | T.Set) -> range:
    """The keys of a map, or what may be in a set."""
    keys = T.scalar_range(of.key if isinstance(of, T.Map) else of.item)
    if keys is None or len(keys) > KEYS_MAX:
        raise NotEncodable(f"a {type(of).__name__.lower()} over more than {KEYS_MAX} keys")
    return keys


class Sorts:
    """The sorts that a file needs, in the order in which they must be declared, and the names that
    are taken in it: no two things of one file share a name."""

    def __init__(self) -> None:
        self._sorts: dict[Shape, Sort] = {"Bool": BOOL, "Int": INT}
        self._taken = {"Bool", "Int", "Array", "select", "store", "div", "mod", "abs"}

    def claim(self, name: str) -> str:
        """A name that nothing else has: this one, if it is free.  As a symbol."""
        clean = name.replace("|", "/").replace("\\", "/")
        number = 1
        while (taken := clean if number == 1 else f"{clean}~{number}") in self._taken:
            number += 1
        self._taken.add(taken)
        return symbol(taken)

    def of(self, kind: Type) -> Sort:
        """The sort of a type."""
        key = shape(kind)
        if key not in self._sorts:
            made = self._make(kind)
            self._sorts[key] = made
        return self._sorts[key]

    def all(self) -> list[Sort]:
        """The sorts so far, parts before what is made of them."""
        return list(self._sorts.values())

    def local(self, name: str, others: set[str]) -> str:
        """A name for a part of the file: it is free again behind it."""
        before = set(self._taken)
        self._taken |= others
        clean = self.claim(name)
        others |= self._taken - before
        self._taken = before
        return clean

    def declarations(self) -> list[str]:
        """The commands that declare the sorts."""
        return [_declared(sort) for sort in self._sorts.values() if sort.constructors]

    def _make(self, kind: Type) -> Sort:
        match kind:
            case T.Record(name, fields):
                inner = [(field, self.of(of).name) for field, of in fields]
                return self._record(name, name, inner)
            case T.Optional(item):
                inside = self.of(item).name
                name = self.claim(f"Maybe.{word(item)}")
                none = Constructor(self.claim(f"none.{word(item)}"), ())
                value = (self.claim(f"the.{word(item)}"), inside)
                return Sort(name, (none, Constructor(self.claim(f"some.{word(item)}"), (value,))))
            case T.Map(key, value):
                inside = self.of(value).name
                each = [(T.show(key, k), inside) for k in keys_of(kind)]
                return self._record(f"Map.{word(key)}.{word(value)}", f"at.{word(value)}", each)
            case T.Set(item):
                each = [(T.show(item, k), "Bool") for k in keys_of(kind)]
                return self._record(f"Set.{word(item)}", f"has.{word(item)}", each)
            case T.List(item) | T.Channel(item) if not is_bag(kind):
                inside = self.of(item).name
                name = self.claim(f"List.{word(item)}")
                nil = Constructor(self.claim(f"nil.{word(item)}"), ())
                head = (self.claim(f"head.{word(item)}"), inside)
                tail = (self.claim(f"tail.{word(item)}"), name)
                return Sort(
                    name, (nil, Constructor(self.claim(f"cons.{word(item)}"), (head, tail)))
                )
            case T.Message(alternatives):
                bodies = [
                    [(field, self.of(of).name) for field, of in record.fields]
                    for record in alternatives
                ]
                name = self.claim("Message")
                return Sort(
                    name,
                    tuple(
                        self._constructor(record.name, record.name, body)
                        for record, body in zip(alternatives, bodies, strict=True)
                    ),
                )
            case T.Channel(message):
                inside = self.of(message).name
                return Sort(f"(Array {inside} Int)", (), inside)
            case _:
                raise AssertionError(kind)

    def _record(self, name: str, prefix: str, fields: list[tuple[str, str]]) -> Sort:
        return Sort(self.claim(name), (self._constructor(f"make.{name}", prefix, fields),))

    def _constructor(self, name: str, prefix: str, fields: list[tuple[str, str]]) -> Constructor:
        made = self.claim(name)
        return Constructor(
            made, tuple((self.claim(f"{prefix}.{field}"), sort) for field, sort in fields)
        )


def word(of: Type) -> str:
    """A type in the name of a sort."""
    match of:
        case T.Bool():
            return "Bool"
        case T.Int(low, high) if low is not None and high is not None:
            return f"{low}..{high}"
        case T.Int():
            return "Int"
        case T.Mod(modulus):
            return f"mod{modulus}"
        case T.Enum(name) | T.Record(name):
            return name
        case T.Stamp():
            return "Stamp"
        case T.Optional(item):
            return f"Maybe.{word(item)}"
        case T.Map(key, value):
            return f"Map.{word(key)}.{word(value)}"
        case T.Set(item):
            return f"Set.{word(item)}"
        case T.List(item):
            return f"List.{word(item)}"
        case T.Message():
            return "Message"
        case T.Channel(message):
            return f"Channel.{word(message)}"
        case _:
            assert_never(of)


def _declared(sort: Sort) -> str:
    lines = []
    for constructor in sort.constructors:
        fields = "".join(f" ({name} {of})" for name, of in constructor.fields)
        lines.append(f"({constructor.name}{fields})")
    return f"(declare-datatypes (({sort.name} 0)) ((\n  " + "\n  ".join(lines) + ")))"


def made_by(constructor: Constructor, sort: Sort, value: Term) -> Term:
    """Whether a value was made by a constructor."""
    if len(sort.constructors) == 1:
        return TRUE
    if any(value.head == other.name for other in sort.constructors):
        return TRUE if value.head == constructor.name else FALSE
    return apply(f"(_ is {constructor.name})", value)
