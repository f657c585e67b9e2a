"""What a packets file declares: tables, layouts and packets, each part with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TypeAlias

from verifier.source import Span


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text or ``none``; an address is the number that it is."""

    value: int | str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A parameter, a ``let``, a field of the message, or a label of the model."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Part:
    """``of.field``."""

    of: Expr
    field: str
    span: Span


@dataclass(frozen=True, slots=True)
class Lookup:
    """``table[key]``."""

    table: Expr
    key: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``size(region)``, ``time(stamp)`` or ``rank(stamp)``."""

    function: str
    argument: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """``not``."""

    argument: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands."""

    operator: str
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Choice:
    """``if condition then ... else ...``."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span


Expr: TypeAlias = Constant | Name | Part | Lookup | Call | Unary | Binary | Choice


@dataclass(frozen=True, slots=True)
class Field:
    """A number of so many bits; None: a text, as long as it is."""

    name: str
    bits: int | None
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Checksum:
    """The Internet checksum (RFC 1071) over a layout that is not sent, then a region."""

    name: str
    region: str
    before: Use
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    """A name for a value, from here to the end of the block."""

    name: str
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class When:
    """Items that are there only if the condition holds, and those that are there if not."""

    condition: Expr
    then: tuple[Item, ...]
    otherwise: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    """A layout with arguments."""

    layout: str
    arguments: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Region:
    """Items that have a size and a checksum together, and that padding counts from."""

    name: str
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Pad:
    """Padding options (Pad1, PadN) up to ``multiple * n + rest`` octets from the region's start."""

    multiple: int
    rest: int
    region: str
    span: Span


Item: TypeAlias = Field | Checksum | Let | When | Use | Region | Pad


@dataclass(frozen=True, slots=True)
class Table:
    """From keys, as the model writes the values, to constants or further tables."""

    name: str
    entries: Mapping[str, Constant | Table]
    span: Span


@dataclass(frozen=True, slots=True)
class Layout:
    """Items with parameters."""

    name: str
    parameters: tuple[str, ...]
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Packet:
    """What a message looks like; ``items`` None: it is left out on purpose."""

    message: str
    items: tuple[Item, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Clock:
    """When a run starts, and how long a step takes, in seconds."""

    start: datetime
    step: Fraction
    span: Span


@dataclass(frozen=True, slots=True)
class Packets:
    """All that a packets file and those it includes declare."""

    file: str
    clock: Clock | None
    tables: Mapping[str, Table]
    layouts: Mapping[str, Layout]
    packets: Mapping[str, Packet]
