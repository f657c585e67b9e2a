"""Values of expressions in packets files, and what expressions mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from verifier.ir import types
from verifier.packets.mistakes import Code, wrong
from verifier.packets.syntax import (
    Binary,
    Call,
    Choice,
    Constant,
    Expr,
    Lookup,
    Name,
    Part,
    Table,
    Unary,
)
from verifier.source import Span

BITS_MAX = 4096  # of any number; no field is longer


@dataclass(frozen=True, slots=True)
class Moment:
    """A stamp, by its number in the run."""

    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a message or a record."""

    name: str
    fields: Mapping[str, PacketValue]


@dataclass(frozen=True, slots=True)
class Compound:
    """A set, a list or a map, which no field holds."""

    text: str


# A label and a text are both ``str``; ``none`` is None.
PacketValue: TypeAlias = "int | str | Moment | Record | Compound | Table | None"


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for.  ``about`` is the message, for the cause of a mistake."""

    names: Mapping[str, PacketValue]
    labels: frozenset[str]
    size: Callable[[str, Span], int]
    time: Callable[[Moment], int]
    about: str

    def holding(self, names: Mapping[str, PacketValue]) -> Scope:
        """The same with other names."""
        return Scope(names, self.labels, self.size, self.time, self.about)


def value_of(of: types.Type, value: types.Value) -> PacketValue:
    """A value of the model."""
    match of:
        case types.Bool() | types.Int() | types.Mod():
            assert isinstance(value, int)
            return value
        case types.Stamp():
            assert isinstance(value, int)
            return Moment(value)
        case types.Enum():
            return types.show(of, value)
        case types.Optional(item):
            assert isinstance(value, tuple)
            return value_of(item, value[0]) if value else None
        case types.Record(name, fields):
            assert isinstance(value, tuple)
            parts = zip(fields, value, strict=True)
            return Record(name, {field: value_of(kind, part) for (field, kind), part in parts})
        case types.Map() | types.Set() | types.List() | types.Message() | types.Channel():
            return Compound(types.show(of, value))
        case _:
            assert_never(of)


def evaluate(expr: Expr, scope: Scope) -> PacketValue:
    """The value.

    Raises:
        SourceError: it has none for this message.
    """
    match expr:
        case Constant(value):
            return value
        case Name(name, span):
            if name in scope.names:
                return scope.names[name]
            if name in scope.labels:
                return name
            raise wrong(Code.UNKNOWN, f"unknown name '{name}'", span, cause=scope.about)
        case Part(of, field, span):
            return _part(evaluate(of, scope), field, span, scope)
        case Lookup(table, key, span):
            return _lookup(evaluate(table, scope), evaluate(key, scope), span, scope)
        case Call("size", Name(region), span):
            return scope.size(region, span)
        case Call(function, argument, span):
            moment = evaluate(argument, scope)
            if not isinstance(moment, Moment):
                message = f"{function}() is of a stamp, not of {shown(moment)}"
                raise wrong(Code.VALUE, message, span, cause=scope.about)
            return scope.time(moment) if function == "time" else moment.number
        case Unary(argument):
            return not _truth(argument, scope)
        case Binary("and", left, right):
            return _truth(left, scope) and _truth(right, scope)
        case Binary("or", left, right):
            return _truth(left, scope) or _truth(right, scope)
        case Binary(operator, left, right, span):
            return _binary(operator, evaluate(left, scope), evaluate(right, scope), span, scope)
        case Choice(condition, then, otherwise):
            return evaluate(then if _truth(condition, scope) else otherwise, scope)
        case _:
            assert_never(expr)


def truth(expr: Expr, scope: Scope) -> bool:
    """The value of a condition."""
    return _truth(expr, scope)


def _truth(expr: Expr, scope: Scope) -> bool:
    found = evaluate(expr, scope)
    if not isinstance(found, bool):
        message = f"a condition is true or false, not {shown(found)}"
        raise wrong(Code.VALUE, message, expr.span, cause=scope.about)
    return found


def _part(of: PacketValue, field: str, span: Span, scope: Scope) -> PacketValue:
    if of is None:
        raise wrong(
            Code.NO_REQUEST,
            f"none has no field '{field}'",
            span,
            cause=scope.about,
            hint="'request' is the message that was received in the step that sends; "
            "test 'request == none' first",
        )
    if not isinstance(of, Record):
        message = f"{shown(of)} has no fields"
        raise wrong(Code.VALUE, message, span, cause=scope.about)
    if field not in of.fields:
        message = f"{of.name} has no field '{field}'"
        hint = f"it has {', '.join(of.fields)}" if of.fields else ""
        raise wrong(Code.UNKNOWN, message, span, cause=scope.about, hint=hint)
    return of.fields[field]


def _lookup(table: PacketValue, key: PacketValue, span: Span, scope: Scope) -> PacketValue:
    if not isinstance(table, Table):
        message = f"{shown(table)} is no table"
        raise wrong(Code.VALUE, message, span, cause=scope.about)
    text = str(int(key)) if isinstance(key, int) and not isinstance(key, bool) else shown(key)
    if text not in table.entries:
        raise wrong(
            Code.NO_ENTRY,
            f"table '{table.name}' has no value for {text}",
            span,
            cause=scope.about,
            hint=f"the table is at {table.span}",
        )
    found = table.entries[text]
    return found if isinstance(found, Table) else found.value


def _binary(
    operator: str, left: PacketValue, right: PacketValue, span: Span, scope: Scope
) -> PacketValue:
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    if isinstance(left, Moment) and isinstance(right, Moment):
        left, right = left.number, right.number
        if operator not in ("<", "<=", ">", ">="):
            raise wrong(Code.VALUE, f"stamps have no '{operator}'", span, cause=scope.about)
    if not isinstance(left, int) or not isinstance(right, int):
        odd = right if isinstance(left, int) else left
        message = f"'{operator}' is of numbers, not of {shown(odd)}"
        raise wrong(Code.VALUE, message, span, cause=scope.about)
    result = _number(operator, left, right, span, scope)
    if result.bit_length() > BITS_MAX:
        raise wrong(Code.TOO_BIG, f"a number of more than {BITS_MAX} bits", span, cause=scope.about)
    return result


def _number(operator: str, left: int, right: int, span: Span, scope: Scope) -> int:
    if operator in ("/", "mod") and right == 0:
        raise wrong(Code.VALUE, "division by zero", span, cause=scope.about)
    if operator in ("<<", ">>") and not 0 <= right <= BITS_MAX:
        raise wrong(Code.VALUE, f"a shift by {right}", span, cause=scope.about)
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "|":
            return left | right
        case "*":
            return left * right
        case "/":
            return left // right
        case "mod":
            return left % right
        case "<<":
            return left << right
        case ">>":
            return left >> right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case _:
            raise AssertionError(operator)


def shown(value: PacketValue) -> str:
    """The value as a message about it names it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int() | str():
            return str(value)
        case Moment(number):
            return f"t{number}"
        case Record(name):
            return f"the record {name}"
        case Table(name):
            return f"the table '{name}'"
        case Compound(text):
            return text
        case _:
            assert_never(value)
