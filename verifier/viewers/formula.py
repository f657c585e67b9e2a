"""Expressions as a person writes them, as far as what the lowering kept of them allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from verifier.ir import types
from verifier.ir.build import arithmetic, conjunction, number
from verifier.ir.expr import (
    EXPR_KINDS,
    And,
    Append,
    Arith,
    At,
    AtMost,
    Deliverable,
    Equal,
    Expr,
    Field,
    Filter,
    Fresh,
    HasTag,
    If,
    IsSome,
    Less,
    Literal,
    LiveStamps,
    Lookup,
    Member,
    MessageField,
    MessageOf,
    Next,
    Not,
    Or,
    Param,
    Put,
    Quantified,
    RemoveAt,
    RepeatAt,
    Replace,
    SetOf,
    SetOp,
    Size,
    Some,
    Store,
    Tail,
    Take,
    TupleOf,
    Unwrap,
    Var,
    WithField,
    walk,
)
from verifier.ir.semantics import evaluate
from verifier.ir.system import State, TransitionSystem
from verifier.ir.types import Value

ATOM, POSTFIX, PRODUCT, SUM, COMPARE, NOT, AND, OR, IMPLIES, LOOSEST = range(10)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression is explained: a state, or a step when there is a state after it.
    ``fixed`` are the names of arguments that are items of a range that is the same everywhere."""

    system: TransitionSystem
    state: State
    arguments: tuple[tuple[str, Value], ...] = ()
    after: State | None = None
    fixed: frozenset[str] = frozenset()

    def value(self, expr: Expr) -> Value:
        """The value of the expression here."""
        return evaluate(self.system, expr, self.state, dict(self.arguments), self.after)

    def at(self, name: str, value: Value, *, fixed: bool = False) -> Place:
        """This place where a bound variable stands for a value."""
        arguments = (*self.arguments, (name, value))
        known = self.fixed | {name} if fixed else self.fixed
        return Place(self.system, self.state, arguments, self.after, known)


def formula(expr: Expr, place: Place | None = None, step: bool = False) -> str:
    """The text of an expression.  With a place, the branch that is taken there stands for an
    ``if``.  In a step, plain names are values after it and ``old`` marks those before."""
    return _Writer(place, step).write(expr, LOOSEST)


def bare(name: str) -> str:
    """The name of a parameter or bound variable without what makes it unique."""
    return name.split("#")[0].split("'")[0]


@dataclass(frozen=True, slots=True)
class _Writer:
    place: Place | None
    step: bool

    def write(self, expr: Expr, loosest: int) -> str:
        text, strength = self._text(expr)
        return f"({text})" if strength > loosest else text

    def known(self, expr: Expr) -> Value | None:
        """The value here, if the place says what every parameter in it stands for."""
        if self.place is None:
            return None
        names = {name for name, _ in self.place.arguments}
        bound = any(isinstance(node, Param) and node.name not in names for node in walk(expr))
        return None if bound else self.place.value(expr)

    def many(self, parts: tuple[Expr, ...]) -> str:
        return ", ".join(self.write(part, LOOSEST) for part in parts)

    def over(self, within: types.Type | Expr) -> str:
        if isinstance(within, EXPR_KINDS):
            return self.write(within, SUM)
        match within:
            case types.Enum(name) | types.Record(name):
                return name
            case types.Bool():
                return "bool"
            case types.Int(low, high):
                return f"{low}..{high}"
            case _:
                return type(within).__name__.lower()

    def _text(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Literal(value, of):
                return types.show(of, value), ATOM
            case Var(name):
                return (f"old({name})" if self.step else name), ATOM
            case Next(name):
                return name, ATOM
            case Param(name):
                stands_for = self.known(expr)
                if stands_for is None:
                    return bare(name), ATOM
                return types.show(expr.type, stands_for), ATOM
            case Not(Equal(left, right)):
                return f"{self.write(left, SUM)} != {self.write(right, SUM)}", COMPARE
            case Not(IsSome(option)):
                return f"{self.write(option, SUM)} == none", COMPARE
            case Not(Member(item, collection)):
                return f"{self.write(item, SUM)} not in {self.write(collection, SUM)}", COMPARE
            case Not(Less(left, right)) if isinstance(left, Literal):
                return f"{self.write(right, SUM)} <= {self.write(left, SUM)}", COMPARE
            case Not(AtMost(left, right)) if isinstance(left, Literal):
                return f"{self.write(right, SUM)} < {self.write(left, SUM)}", COMPARE
            case Not(Less(left, right)):
                return f"{self.write(left, SUM)} >= {self.write(right, SUM)}", COMPARE
            case Not(AtMost(left, right)):
                return f"{self.write(left, SUM)} > {self.write(right, SUM)}", COMPARE
            case Not(argument):
                return f"not {self.write(argument, NOT)}", NOT
            case And(arguments):
                return " and ".join(self.write(part, NOT) for part in arguments), AND
            case Or(arguments):
                return self._or(arguments)
            case Equal(left, right):
                return f"{self.write(left, SUM)} == {self.write(right, SUM)}", COMPARE
            case Less(left, right):
                return f"{self.write(left, SUM)} < {self.write(right, SUM)}", COMPARE
            case AtMost(left, right):
                return f"{self.write(left, SUM)} <= {self.write(right, SUM)}", COMPARE
            case Arith("+", Literal(0), right):  # a sum over channels begins with nothing
                return self._text(right)
            case Arith(op, left, right):
                strength = SUM if op in "+-" else PRODUCT
                return (
                    f"{self.write(left, strength)} {op} {self.write(right, strength - 1)}",
                    strength,
                )
            case If(condition, then, otherwise):
                chosen = self.known(condition)
                if chosen is not None:
                    return self._text(then if chosen else otherwise)
                return (
                    f"if {self.write(condition, OR)} then {self.write(then, OR)} "
                    f"else {self.write(otherwise, LOOSEST)}",
                    LOOSEST,
                )
            case IsSome(option):
                return f"{self.write(option, SUM)} != none", COMPARE
            case Member(item, collection):
                return f"{self.write(item, SUM)} in {self.write(collection, SUM)}", COMPARE
            case SetOp(op, left, right):
                return f"{self.write(left, SUM)} {op} {self.write(right, PRODUCT)}", SUM
            case Quantified(kind, variable, within, body):
                return self._quantified(kind, variable, within, body)
            case Filter(variable, within, body):
                name, among = bare(variable.name), self.over(within)
                return f"set({name} in {among} where {self.write(body, LOOSEST)})", ATOM
            case _:
                return self._value(expr), POSTFIX

    def _or(self, arguments: tuple[Expr, ...]) -> tuple[str, int]:
        """An implication where it looks like one: the lowering makes them disjunctions."""
        premises = [part.argument for part in arguments if isinstance(part, Not)]
        rest = [part for part in arguments if not isinstance(part, Not)]
        if premises and rest:
            left = " and ".join(self.write(part, NOT) for part in premises)
            right = " or ".join(self.write(part, AND) for part in rest)
            return f"{left} implies {right}", IMPLIES
        return " or ".join(self.write(part, AND) for part in arguments), OR

    def _quantified(
        self, kind: str, variable: Param, within: types.Type | Expr, body: Expr
    ) -> tuple[str, int]:
        name, among = bare(variable.name), self.over(within)
        tagged = _tagged(variable, body)
        if tagged is not None and kind in ("any", "count"):
            message, rest = tagged
            where = f" where {self.write(rest, LOOSEST)}" if rest is not None else ""
            word = "in_flight" if kind == "any" else "count_in_flight"
            of = message if name == message else f"{message}({name})"  # it has no name of its own
            return f"{word}({of}{where})", ATOM
        if kind == "count":
            return f"count({name} in {among} where {self.write(body, LOOSEST)})", ATOM
        word = "all" if kind == "all" else "exists"
        return f"{word} {name} in {among}: {self.write(body, LOOSEST)}", LOOSEST

    def _value(self, expr: Expr) -> str:
        """Compounds and what is taken out of them; everything that has no operator."""
        match expr:
            case Some(item):
                return self.write(item, POSTFIX)
            case Unwrap(option):
                return self.write(option, POSTFIX)
            case Field(record, index):
                assert isinstance(record.type, types.Record)
                return f"{self.write(record, POSTFIX)}.{record.type.fields[index][0]}"
            case MessageField(message, tag, index):
                of = message.type
                assert isinstance(of, types.Message)
                field = of.alternatives[max(tag, 0)].fields[index][0]
                whole = bare(message.name) if isinstance(message, Param) else None
                return f"{whole or self.write(message, POSTFIX)}.{field}"
            case Lookup(Literal(), key) if self.known(key) is not None:
                return types.show(expr.type, self.known(expr) or 0)
            case Lookup(TupleOf(items), key) if _same_variable(items):
                text = f"{self.write(key, POSTFIX)}.{_same_variable(items)}"
                before = self.step and isinstance(items[0], Var)
                return f"old({text})" if before else text
            case Lookup(map_, key):
                return f"{self.write(map_, POSTFIX)}[{self.write(key, LOOSEST)}]"
            case At(list_, index) if isinstance(list_.type, types.Channel):
                place = self._text(self._next(index))[0]
                return f"({self.write(list_, POSTFIX)} at {place} overall)"
            case At(list_, index):
                return f"{self.write(list_, POSTFIX)}[{self.write(index, LOOSEST)}]"
            case Size(collection):
                return f"size({self.write(collection, LOOSEST)})"
            case HasTag(message, tag):
                of = message.type
                assert isinstance(of, types.Message)
                return f"{self.write(message, POSTFIX)} is {of.alternatives[tag].name}"
            case TupleOf(items, of):
                return self._tuple(items, of)
            case MessageOf(tag, items, of):
                assert isinstance(of, types.Message)
                return f"{of.alternatives[tag].name}{{{self.many(items)}}}"
            case SetOf(items):
                return f"{{{self.many(items)}}}"
            case WithField(record, index, new):
                assert isinstance(record.type, types.Record)
                field = record.type.fields[index][0]
                return f"{self.write(record, POSTFIX)} with {field}: {self.write(new, OR)}"
            case Store(map_, key, new):
                put = f"[{self.write(key, LOOSEST)}]: {self.write(new, OR)}"
                return f"{self.write(map_, POSTFIX)} with {put}"
            case Replace(list_, index, new):
                put = f"[{self.write(index, LOOSEST)}]: {self.write(new, OR)}"
                return f"{self.write(list_, POSTFIX)} with {put}"
            case Append(list_, item):
                return f"append({self.write(list_, LOOSEST)}, {self.write(item, LOOSEST)})"
            case Tail(list_):
                return f"tail({self.write(list_, LOOSEST)})"
            case Put(channel, message) | Take(channel, message):
                sign = "+" if isinstance(expr, Put) else "-"
                return f"{self.write(channel, POSTFIX)} {sign} {self.write(message, POSTFIX)}"
            case RemoveAt(channel, index) | RepeatAt(channel, index):
                return f"{self.write(channel, POSTFIX)}[{self.write(index, LOOSEST)}]"
            case Deliverable(channel):
                return f"deliverable({self.write(channel, LOOSEST)})"
            case Fresh():
                return "now()"
            case LiveStamps():
                return "stamps"
            case (
                Literal() | Var() | Next() | Param() | Not() | And() | Or() | Equal() | Less()
                | AtMost() | Arith() | If() | IsSome() | Member() | SetOp() | Quantified()
                | Filter()
            ):  # fmt: skip
                raise AssertionError("written with its strength in _text")
            case _:
                assert_never(expr)

    def _next(self, index: Expr) -> Expr:
        """A place as the language counts, from 1, where the pivot counts from 0."""
        match index, self.known(index):
            case _, int(value):
                return number(value + 1)
            case Arith("-", left, Literal(1)), _:
                return left
            case _:
                return arithmetic("+", index, number(1), types.INTEGER)

    def _tuple(self, items: tuple[Expr, ...], of: types.Type) -> str:
        match of:
            case types.Record(name, fields):
                given = (
                    f"{field}: {self.write(item, LOOSEST)}"
                    for (field, _), item in zip(fields, items, strict=True)
                )
                return f"{name} {{ {', '.join(given)} }}"
            case _:
                return f"[{self.many(items)}]"


def _same_variable(items: tuple[Expr, ...]) -> str:
    """The name of the variable if the items are that variable of one node each, else "".  So the
    lowering writes what the model calls ``node.variable``."""
    names = {item.name.partition(".")[2] if isinstance(item, Var | Next) else "" for item in items}
    return names.pop() if len(names) == 1 else ""


def _tagged(variable: Param, body: Expr) -> tuple[str, Expr | None] | None:
    """The message and the rest of the condition, for what was written as ``in_flight``."""
    parts = body.arguments if isinstance(body, And) else (body,)
    first = parts[0]
    if not isinstance(first, HasTag) or first.message is not variable:
        return None
    of = variable.type
    assert isinstance(of, types.Message)
    rest = conjunction(parts[1:]) if len(parts) > 1 else None
    return of.alternatives[first.tag].name, rest
