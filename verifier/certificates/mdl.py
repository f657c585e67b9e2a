"""Predicates of the pivot as the language writes them, so that an invariant can be read, and be
read back.

The pivot is total and the language is not: where the pivot takes a default for a value that is not
there, the text says so by ``if x != none then .. else ..``.  What has no name in the language (what
counts losses, the first of all stamps) raises `NotPrintable`.  Everything compound stands in
parentheses: nobody has to know how tightly an operator binds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never, cast

from verifier.certificates import places
from verifier.certificates.assumed import outside_binders, partial, range_of, with_known
from verifier.certificates.reasons import NotPrintable
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.system import TransitionSystem, Variable
from verifier.ir.types import Type, Value

KEYWORD = "lemma"
"""How a part of the invariant is declared."""
PREFIX = "certificate, part "
CASES_MAX = 300
"""For each place of a queue there are several kinds of messages, and all together are written."""
OPTION = "option "
"""How the name of a variable begins that is an option left open."""


def declarations(system: TransitionSystem, invariant: Sequence[Expr]) -> str:
    """The parts of an invariant as declarations of the language.

    Raises:
        NotPrintable: a part cannot be said in the language.
    """
    names = {v.name.partition(".")[0].partition("[")[0] for v in system.variables}
    if any(places.cases(conjunct) > CASES_MAX for conjunct in invariant):
        raise NotPrintable("a part speaks of too many places in channels at once")
    labels = {node.partition("[")[0] for node in system.nodes}
    writer = _Writer(system, frozenset(names | labels))
    return "".join(
        f'{KEYWORD} "{PREFIX}{place}":\n  {writer.truth(conjunct)}\n'
        for place, conjunct in enumerate(invariant, start=1)
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """``known`` holds the conditions that are true here: they make partial operations defined."""

    system: TransitionSystem
    taken: frozenset[str]
    known: frozenset[Expr] = frozenset()
    bound: tuple[tuple[str, str], ...] = ()  # names of parameters, and what they are called here
    kinds: tuple[tuple[str, int], ...] = ()  # of parameters that are messages: their tags

    # ---- truth ---------------------------------------------------------------------------------

    def truth(self, expr: Expr) -> str:
        """A predicate that has a value wherever the pivot gives it one."""
        match expr:
            case E.Not(E.Equal() as same):
                return self._atom(same, negated=True)
            case E.Not(E.IsSome() as present):
                return self._atom(present, negated=True)
            case E.Not(argument):
                return f"(not {self.truth(argument)})"
            case E.And(arguments):
                at = places.known(arguments)
                return self._connected("and", arguments) if at is None else self._there(expr, at)
            case E.Or(arguments):
                denied = [b.negate(part) for part in arguments]
                if places.known(denied) is not None:
                    return f"(not {self.truth(b.conjunction(denied))})"
                return self._connected("or", arguments)
            case E.If(condition, then, otherwise, T.Bool()):
                yes = self._knowing(condition).truth(then)
                no = self._knowing(b.negate(condition)).truth(otherwise)
                return f"(if {self.truth(condition)} then {yes} else {no})"
            case E.Quantified("all", variable, within, body) if _channel(within):
                some = E.make(E.Quantified, "any", variable, within, b.negate(body), T.BOOL)
                return f"(not {self.truth(some)})"
            case E.Quantified("any", variable, within, body) if _channel(within):
                return self._joined("or", self._in_flight("in_flight", variable, within, body))
            case E.Quantified("all" | "any" as kind, variable, within, body):
                inner, name = self._binding(variable)
                word = "all" if kind == "all" else "exists"
                return f"({word} {name} in {self._domain(within)}: {inner.truth(body)})"
            case _:
                return self._atom(expr, negated=False)

    def _connected(self, word: str, arguments: Sequence[Expr]) -> str:
        """What makes others defined stands first, and is known in those."""
        first = [part for part in arguments if isinstance(_bare(part), E.IsSome)]
        rest = [part for part in arguments if part not in first]
        writer, parts = self, []
        for part in (*first, *rest):
            parts.append(writer.truth(part))
            writer = writer._knowing(part if word == "and" else b.negate(part))
        return self._joined(word, parts)

    def _there(self, claim: E.And, at: E.At) -> str:
        """A claim that says itself that a message stands at a place: what is said of that message,
        where it is called by a name."""
        inner, outer = places.divided(claim.arguments, at)
        standing = self._joined("or", self._standing(at, b.conjunction(inner)))
        return f"({self.truth(b.conjunction(outer))} and {standing})" if outer else standing

    def _standing(self, at: E.At, claim: Expr) -> Iterable[str]:
        """One term for each kind of message that may stand at a place of a queue, with what is
        true of it."""
        variable = places.named(at)
        body = with_known(claim, {at: variable})
        where = f" at {places.number(at)}{self._overall()}"
        return self._in_flight("in_flight", variable, at.list, body, where)

    def _overall(self) -> str:
        """With one node there is one link, and nothing to be told apart."""
        return "" if len(self.system.nodes) == 1 else " overall"

    def _joined(self, word: str, parts: Iterable[str]) -> str:
        listed = list(parts)
        return listed[0] if len(listed) == 1 else f"({f' {word} '.join(listed)})"

    def _knowing(self, condition: Expr) -> _Writer:
        return replace(self, known=self.known | {condition})

    def _atom(self, expr: Expr, *, negated: bool) -> str:
        """A comparison, or what else is true or false; cases for what may be undefined in it."""
        at = next((n for n in outside_binders(expr) if places.is_place(n)), None)
        if at is not None:
            assert isinstance(at, E.At)
            return self._wherever(b.negate(expr) if negated else expr, at)
        needed = next((n for n in partial(expr) if n[1] not in self.known), None)
        if needed is None:
            if negated:
                if isinstance(expr, E.IsSome):
                    return f"({self.value(expr.option)} == none)"
                return self._comparison(cast(E.Equal, expr), "!=")
            return self._plain_truth(expr)
        operation, condition = needed
        default = b.literal(T.default(operation.type), operation.type)
        otherwise = with_known(expr, {operation: default})
        test = self.truth(condition)
        yes = self._knowing(condition)._atom(expr, negated=negated)
        no = b.negate(otherwise) if negated else otherwise
        if no is b.FALSE:
            return f"({test} and {yes})"
        if no is b.TRUE:
            return f"({self.truth(b.negate(condition))} or {yes})"
        return f"(if {test} then {yes} else {self.truth(no)})"

    def _wherever(self, claim: Expr, at: E.At) -> str:
        """A claim about what stands at a place, also where nothing does."""
        nothing = b.literal(T.default(at.type), at.type)
        absent = with_known(claim, {at: nothing})
        if absent is b.TRUE:
            return f"(not {self._joined('or', self._standing(at, b.negate(claim)))})"
        there = self._joined("or", self._standing(at, claim))
        if absent is b.FALSE:
            return there
        empty = f"(not {self._joined('or', self._standing(at, b.TRUE))})"
        return f"({there} or ({empty} and {self.truth(absent)}))"

    def _plain_truth(self, expr: Expr) -> str:
        match expr:
            case E.Equal():
                return self._comparison(expr, "==")
            case E.Less(left, right):
                return f"({self.value(left)} < {self.value(right)})"
            case E.AtMost(left, right):
                return f"({self.value(left)} <= {self.value(right)})"
            case E.IsSome(option):
                return f"({self.value(option)} != none)"
            case E.Member(item, collection):
                return f"({self.value(item)} in {self.value(collection)})"
            case _:
                return self.value(expr)

    def _comparison(self, expr: E.Equal, sign: str) -> str:
        left, right = expr.left, expr.right
        if isinstance(left, E.Literal):  # a type is known from the left: none, {} and labels
            left, right = right, left
        return f"({self.value(left)} {sign} {self.value(right)})"

    # ---- messages in flight --------------------------------------------------------------------

    def _in_flight(
        self, word: str, variable: E.Param, within: Type | Expr, body: Expr, place: str = ""
    ) -> Iterable[str]:
        """One term for each kind of message that the claim may be about."""
        of = variable.type
        if not isinstance(within, E.Var) or not isinstance(of, T.Message):
            raise NotPrintable("the messages of a channel as it would be after a step")
        binding, name = self._binding(variable)
        found = []
        for tag, record in enumerate(of.alternatives):
            facts: dict[Expr, Expr] = {
                E.make(E.HasTag, variable, other): b.truth(other == tag)
                for other in range(len(of.alternatives))
            }
            for node in E.walk(body):
                if (
                    isinstance(node, E.MessageField)
                    and node.tag not in (-1, tag)
                    and node.message is variable
                ):
                    facts[node] = b.literal(T.default(node.type), node.type)
                if isinstance(node, E.Equal) and self._differ(node, variable, tag):
                    facts[node] = b.FALSE
            claim = with_known(body, facts)
            inner = replace(binding, kinds=((variable.name, tag), *self.kinds))
            if claim is b.FALSE:
                continue
            where = "" if claim is b.TRUE else f" where {inner.truth(claim)}"
            named = f"({name})" if where or not place else ""
            found.append(f"{word}({record.name}{named}{place}{where})")
        return found or ["false" if word == "in_flight" else "0"]

    def _differ(self, same: E.Equal, variable: E.Param, tag: int) -> bool:
        """Whether messages of different kinds are compared: they are never equal, and the language
        takes it for a mistake."""
        for one, other in ((same.left, same.right), (same.right, same.left)):
            if one is variable and isinstance(other, E.Param):
                return dict(self.kinds).get(other.name, tag) != tag
        return False

    def _binding(self, variable: E.Param) -> tuple[_Writer, str]:
        used = self.taken | {name for _, name in self.bound}
        stem = variable.name.split("#")[0].split("'")[0]
        stem = stem if stem.isidentifier() else "x"
        name = next(n for k in range(1, 1000) if (n := f"{stem}{k}") not in used)
        return replace(self, bound=((variable.name, name), *self.bound)), name

    # ---- values --------------------------------------------------------------------------------

    def value(self, expr: Expr) -> str:
        """An expression all of whose partial operations are defined here."""
        match expr:
            case E.Literal(value, of):
                return self._literal(of, value)
            case E.Var(name):
                variable = next(v for v in self.system.variables if v.name == name)
                if name.startswith(OPTION):
                    return name.removeprefix(OPTION)
                if variable.hidden or isinstance(variable.type, T.Channel):
                    raise NotPrintable(f"{name} has no name in the language")
                return f"running({name})" if _is_timer(variable) else name
            case E.Param(name):
                return next(shown for known, shown in self.bound if known == name)
            case E.Some(item):
                return self.value(item)
            case E.Unwrap(option):
                return self.value(option)
            case E.Field(record, index):
                fields = cast(T.Record, record.type).fields
                return f"{self.value(record)}.{fields[index][0]}"
            case E.MessageField(message, tag, index):
                of = cast(T.Message, message.type)
                return f"{self.value(message)}.{of.alternatives[max(tag, 0)].fields[index][0]}"
            case E.Lookup(map_, key):
                keys, given = T.scalar_range(cast(T.Map, map_.type).key), range_of(key)
                if keys is None or given is None or not set(given) <= set(keys):
                    raise NotPrintable("a key that a map may not have")
                if isinstance(map_, E.TupleOf):  # the variable of each of some nodes
                    path = f"{self.value(key)}.{_member(map_)}"
                    return f"running({path})" if self._timers(map_.items) else path
                return f"{self.value(map_)}[{self.value(key)}]"
            case E.At(list_) if isinstance(list_.type, T.Channel):
                raise NotPrintable("a place in a channel that is not the same in every state")
            case E.At(list_, index) if isinstance(list_.type, T.List):
                return f"{self.value(list_)}[{self.value(index)}]"
            case E.Size(collection) if isinstance(collection.type, T.Channel):
                every = E.make(E.Param, "x", collection.type.message)
                return (
                    f"({' + '.join(self._in_flight('count_in_flight', every, collection, b.TRUE))})"
                )
            case E.Size(collection):
                return f"size({self.value(collection)})"
            case E.Arith(op, left, right):
                if op in "/%" and not (isinstance(right, E.Literal) and right.value):
                    raise NotPrintable("a division by what may be 0")
                return f"({self.value(left)} {op} {self.value(right)})"
            case E.Quantified("count", variable, within, body) if _channel(within):
                return f"({' + '.join(self._in_flight('count_in_flight', variable, within, body))})"
            case E.Quantified("count", variable, within, body):
                inner, name = self._binding(variable)
                return f"count({name} in {self._domain(within)} where {inner.truth(body)})"
            case E.SetOp(op, left, right):
                return f"({self.value(left)} {op} {self.value(right)})"
            case E.SetOf(items):
                return f"{{{', '.join(self.value(item) for item in items)}}}"
            case E.If(condition, then, otherwise):
                return (
                    f"(if {self.truth(condition)} then {self.value(then)} "
                    f"else {self.value(otherwise)})"
                )
            case (
                E.Not() | E.And() | E.Or() | E.Equal() | E.Less() | E.AtMost() | E.IsSome()
                | E.Member() | E.Quantified()
            ):  # fmt: skip
                return self.truth(expr)
            case (
                E.Next() | E.TupleOf() | E.WithField() | E.Store() | E.Filter() | E.Append()
                | E.Tail() | E.At() | E.Replace() | E.MessageOf() | E.HasTag() | E.Put() | E.Take()
                | E.RemoveAt() | E.RepeatAt() | E.Deliverable() | E.Fresh() | E.LiveStamps()
            ):  # fmt: skip
                raise NotPrintable(f"{type(expr).__name__} in an invariant")
            case _:
                assert_never(expr)

    def _timers(self, items: Sequence[Expr]) -> bool:
        """Whether all of these variables are timers; a table of both has no text."""
        names = {item.name for item in items if isinstance(item, E.Var)}
        kinds = {_is_timer(v) for v in self.system.variables if v.name in names}
        if len(kinds) > 1:
            raise NotPrintable("a table of timers and variables")
        return kinds == {True}

    def _domain(self, within: Type | Expr) -> str:
        if isinstance(within, E.EXPR_KINDS):
            return self.value(cast(Expr, within))
        match within:
            case T.Enum(name):
                return name
            case T.Bool():
                return "bool"
            case T.Int(low, high):
                return f"{low}..{high}"
            case T.Mod(modulus):
                return f"0..{modulus - 1}"
            case _:
                raise NotPrintable(f"all values of a {type(within).__name__}")

    def _literal(self, of: Type, value: Value) -> str:
        match of:
            case T.Enum(name, labels, low):
                label = labels[cast(int, value) - low]
                return label if label in self.system.nodes else f"{name}.{label}"
            case T.Stamp():
                if value != 0:
                    raise NotPrintable("a stamp that is not the earliest has no name")
                return "earliest()"
            case T.Int() | T.Mod():
                return str(value) if cast(int, value) >= 0 else f"({value})"
            case T.Optional(item):
                held = cast("tuple[Value, ...]", value)
                return self._literal(item, held[0]) if held else "none"
            case T.Set(item) | T.List(item):
                parts = ", ".join(self._literal(item, v) for v in cast("tuple[Value, ...]", value))
                return f"{{{parts}}}" if isinstance(of, T.Set) else f"[{parts}]"
            case T.Record(name, fields):
                given = zip(fields, cast("tuple[Value, ...]", value), strict=True)
                body = ", ".join(f"{field}: {self._literal(kind, v)}" for (field, kind), v in given)
                return f"{name} {{ {body} }}"
            case T.Bool():
                return "true" if value else "false"
            case T.Map() | T.Message() | T.Channel():
                raise NotPrintable(f"a constant {type(of).__name__.lower()}")
            case _:
                assert_never(of)


def _is_timer(variable: Variable) -> bool:
    return variable.shown.startswith("timer ")


def _bare(expr: Expr) -> Expr:
    return expr.argument if isinstance(expr, E.Not) else expr


def _channel(within: Type | Expr) -> bool:
    return isinstance(within, E.EXPR_KINDS) and isinstance(cast(Expr, within).type, T.Channel)


def _member(map_: E.TupleOf) -> str:
    """The name of a variable, if the items are that variable of the node that is their key."""
    key = cast(T.Map, map_.type).key
    labels = key.labels if isinstance(key, T.Enum) else ()
    names = {
        item.name.removeprefix(f"{label}.") if isinstance(item, E.Var) else ""
        for label, item in zip(labels, map_.items, strict=False)
    }
    if len(labels) != len(map_.items) or len(names) != 1 or "" in names:
        raise NotPrintable("a table of different things")
    return names.pop()
