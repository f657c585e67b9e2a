"""Expressions as Python source.

Expressions are total, so shared nodes may be computed early and everything may be skipped; `And`,
`Or` and `If` keep their lazy Python forms only because that is faster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never, cast

from verifier.ir import types as T
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
    children,
    walk,
)  # fmt: skip

HEIGHT_MAX = 25  # Python reads no more than 100 nested parentheses
UNROLL_MAX = 6  # binders over so few values are written out: a generator costs more than that
_SET_OPS = {"|": "union", "&": "common", "-": "difference"}


@dataclass(slots=True)
class Writer:
    """Writes expressions of one function.  ``names`` gives the Python text of variables, of
    parameters and of shared nodes already computed; ``facts`` are messages known to be of a tag;
    ``doubtful`` are bound variables whose values may be outside their type (see `surely_typed`)."""

    names: dict[Expr, str]
    constants: dict[str, object]
    facts: set[tuple[Expr, int]] = field(default_factory=set)
    doubtful: set[Expr] = field(default_factory=set)

    def text(self, expr: Expr) -> str:
        """The expression as Python source."""
        known = self.names.get(expr)
        return known if known is not None else self._write(expr)

    def bind(self, variable: Param, name: str, within: T.Type | Expr | None) -> None:
        """From here on a variable that goes through ``within`` has this name.  It may be the very
        node of a variable around it: what was computed with that one means something else now."""
        if variable in self.names:
            self.names = {
                node: text for node, text in self.names.items() if variable not in walk(node)
            }
            self.facts = {fact for fact in self.facts if variable not in walk(fact[0])}
        self.names[variable] = name
        if isinstance(within, EXPR_KINDS) and not surely_typed(cast(Expr, within), self.doubtful):
            self.doubtful.add(variable)

    def constant(self, value: object) -> str:
        """Small values in place, others as a global of the generated module."""
        if isinstance(value, (bool, int)) or value == ():
            return repr(value)
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def copy(self) -> Writer:
        """For an inner block: what it computes is not there behind it."""
        return Writer(dict(self.names), self.constants, set(self.facts), set(self.doubtful))

    def share(
        self,
        roots: Iterable[Expr],
        lines: list[str],
        indent: str,
        uses: Mapping[Expr, int] | None = None,
    ) -> None:
        """Computes every node that several places need once, ahead of them, as a local; ``uses``
        counts the places where there are more than these roots."""
        roots = tuple(roots)
        if uses is None:
            uses = count_uses(roots)
        bound: set[Expr] = set()
        order = list(walk(*roots))
        for node in order:  # binders that have a name already too: what is below them has none
            if isinstance(node, (Quantified, Filter, Deliverable)):
                bound.update(_under(node))
        height: dict[Expr, int] = {}  # of the text, in nested parentheses
        for node in order:
            if node in self.names or isinstance(node, _CHEAP):
                continue
            height[node] = 1 + max((height.get(child, 0) for child in children(node)), default=0)
            if node not in bound and (uses[node] > 1 or height[node] > HEIGHT_MAX):
                height[node] = 0
                name = f"t{len(self.names)}"
                lines.append(f"{indent}{name} = {self.text(node)}")
                self.names[node] = name

    def _write(self, expr: Expr) -> str:
        w = self.text
        match expr:
            case Literal(value):
                return self.constant(value)
            case Var() | Param() | Next():
                raise AssertionError(f"{expr} is not bound here")
            case Not(argument):
                return f"(not {w(argument)})"
            case And(arguments):
                return self._conjunction(arguments)
            case Or(arguments):
                return "(" + " or ".join(w(part) for part in arguments) + ")"
            case Equal(left, right):
                return f"({w(left)} == {w(right)})"
            case Less(left, right):
                return f"({w(left)} < {w(right)})"
            case AtMost(left, right):
                return f"({w(left)} <= {w(right)})"
            case Arith():
                return self._arithmetic(expr)
            case If(condition, then, otherwise):
                return f"({w(then)} if {w(condition)} else {w(otherwise)})"
            case TupleOf(items):
                return self._tuple(w(item) for item in items)
            case MessageOf(tag, items):
                return self._tuple((str(tag), *(w(item) for item in items)))
            case Some(item):
                return f"({w(item)},)"
            case IsSome(option):
                return f"({w(option)} != ())"
            case Unwrap(option, of):
                return f"unwrap({w(option)}, {self.constant(T.default(of))})"
            case Field(record, index):
                return f"{w(record)}[{index}]"
            case WithField(record, index, new, of):
                return self._with_field(record, index, new, of)
            case HasTag(message, tag):
                return f"({w(message)}[0] == {tag})"
            case MessageField(message, tag, index, of):
                plain = f"{w(message)}[{index + 1}]"
                if tag == -1 or (message, tag) in self.facts:
                    return plain
                default = self.constant(T.default(of))
                return f"({plain} if {w(message)}[0] == {tag} else {default})"
            case Lookup() | Store():
                return self._map(expr)
            case At() | Replace() | Append() | Tail():
                return self._list(expr)
            case Size(collection):
                return f"len({w(collection)})"
            case Member(item, collection):
                return f"({w(item)} in {w(collection)})"
            case SetOf(items):
                return f"tuple(sorted({{{', '.join(w(item) for item in items)}}}))"
            case SetOp(op, left, right):
                return f"{_SET_OPS[op]}({w(left)}, {w(right)})"
            case Filter() | Quantified():
                return self._binder(expr)
            case Put() | Take() | RemoveAt() | RepeatAt() | Deliverable():
                return self._channel(expr)
            case Fresh(back, offset):
                return f"fresh(live(s), {w(back)}, {offset})"
            case LiveStamps():
                return "len(live(s))"
            case _:
                assert_never(expr)

    def _tuple(self, items: Iterable[str]) -> str:
        return "(" + "".join(f"{item}, " for item in items) + ")"

    def _conjunction(self, arguments: tuple[Expr, ...]) -> str:
        before = set(self.facts)
        parts = []
        for argument in arguments:
            parts.append(self.text(argument))
            if isinstance(argument, HasTag):
                self.facts.add((argument.message, argument.tag))
        self.facts = before
        return "(" + " and ".join(parts) + ")"

    def _arithmetic(self, expr: Arith) -> str:
        left, right = self.text(expr.left), self.text(expr.right)
        function = {"/": "divide", "%": "modulo"}.get(expr.op)
        result = f"{function}({left}, {right})" if function else f"({left} {expr.op} {right})"
        return f"({result} % {expr.type.modulus})" if isinstance(expr.type, T.Mod) else result

    def _with_field(self, record: Expr, index: int, new: Expr, of: T.Type) -> str:
        assert isinstance(of, T.Record)
        whole, count = self.text(record), len(of.fields)
        parts = (self.text(new) if i == index else f"{whole}[{i}]" for i in range(count))
        return self._tuple(parts)

    def _map(self, expr: Lookup | Store) -> str:
        of = expr.map.type
        assert isinstance(of, T.Map)
        keys, given = T.scalar_range(of.key), T.scalar_range(expr.key.type)
        assert keys is not None
        inside = given is not None and keys.start <= given.start and given.stop <= keys.stop
        inside = inside and surely_typed(expr.key, self.doubtful)
        whole, key = self.text(expr.map), self.text(expr.key)
        if isinstance(expr, Store):
            return f"store({whole}, {key}, {keys.start}, {self.text(expr.value)})"
        if inside:
            return f"{whole}[{key} - {keys.start}]" if keys.start else f"{whole}[{key}]"
        return f"lookup({whole}, {key}, {keys.start}, {self.constant(T.default(expr.type))})"

    def _list(self, expr: At | Replace | Append | Tail) -> str:
        whole = self.text(expr.list)
        match expr:
            case At(_, index, of):
                return f"item_at({whole}, {self.text(index)}, {self.constant(T.default(of))})"
            case Replace(_, index, new):
                return f"store({whole}, {self.text(index)}, 0, {self.text(new)})"
            case Append(_, item, of):
                assert isinstance(of, T.List)
                return f"append({whole}, {self.text(item)}, {of.capacity})"
            case Tail():
                return f"{whole}[1:]"
            case _:
                assert_never(expr)

    def _binder(self, expr: Filter | Quantified) -> str:
        within, variable = expr.within, expr.variable
        kind = "filter" if isinstance(expr, Filter) else expr.kind
        if not isinstance(within, EXPR_KINDS):
            values = tuple(T.values(cast(T.Type, within)))
            if kind in ("all", "any") and len(values) <= UNROLL_MAX:
                parts = [
                    self._body(variable, self.constant(value), within, expr.body)
                    for value in values
                ]
                return "(" + (" and " if kind == "all" else " or ").join(parts) + ")"
            domain = self.constant(values)
        else:
            domain = self.text(within)
        name = f"q{len(self.names)}"
        body = self._body(variable, name, within, expr.body)
        match kind:
            case "filter":
                return f"tuple(sorted({{{name} for {name} in {domain} if {body}}}))"
            case "count":
                return f"sum(1 for {name} in {domain} if {body})"
            case _:
                return f"{kind}({body} for {name} in {domain})"

    def _body(self, variable: Param, name: str, within: T.Type | Expr, body: Expr) -> str:
        """The body of a binder.  Nodes that were computed outside do not mention the variable, so
        their locals stay good."""
        inner = self.copy()
        inner.bind(variable, name, within)
        return inner.text(body)

    def _channel(self, expr: Put | Take | RemoveAt | RepeatAt | Deliverable) -> str:
        of = expr.channel.type
        assert isinstance(of, T.Channel)
        flight = self.text(expr.channel)
        match expr:
            case Put(_, message):
                function = "put_fifo" if of.fifo else "put_unordered"
                return f"{function}({flight}, {self.text(message)}, {of.capacity})"
            case Take(_, message):
                return f"take({flight}, {self.text(message)})"
            case RemoveAt(_, index):
                return f"remove_at({flight}, {self.text(index)})"
            case RepeatAt(_, index):
                return f"repeat_at({flight}, {self.text(index)}, {of.capacity})"
            case Deliverable(channel, variable, deferred):
                name = f"q{len(self.names)}"
                body = self._body(variable, name, channel, deferred)
                return f"deliverable({flight}, {of.fifo}, lambda {name}: {body})"


def count_uses(roots: Iterable[Expr]) -> Counter[Expr]:
    """How often each node is used by others; a root is used once by whoever asked for it."""
    roots = tuple(roots)
    uses: Counter[Expr] = Counter(roots)
    for node in walk(*roots):
        uses.update(children(node))
    return uses


_CHEAP = (Literal, Var, Param)


def surely_typed(expr: Expr, doubtful: set[Expr]) -> bool:
    """Whether the value is of the expression's type even where a check of the step fails.

    A number that does not fit is put into a record all the same, beside a check that fails then;
    and shared nodes are computed before the checks.  So a number is trusted only if it comes out
    of a variable, or out of a parameter that goes through trusted values.  (A sender that a
    handler narrows to its own node type is trusted: only what the handler's guard protects reads
    it so, and nothing is computed ahead of a guard.)
    """
    sure: dict[Expr, bool] = {}
    for node in walk(expr):
        match node:
            case Param():
                sure[node] = node not in doubtful
            case Some() | TupleOf() | WithField() | Store() | SetOf() | Append() | Replace():
                sure[node] = False
            case MessageOf() | Put():
                sure[node] = False
            case _:
                plain = isinstance(node.type, (T.Bool, T.Mod, T.Enum))
                sure[node] = plain or all(sure[child] for child in children(node))
    return sure[expr]


def _under(binder: Quantified | Filter | Deliverable) -> set[Expr]:
    """The nodes below a binder that mention its variable: they have no value outside of it."""
    body = binder.deferred if isinstance(binder, Deliverable) else binder.body
    mentioning: set[Expr] = {binder.variable}
    for node in walk(body):
        if any(child in mentioning for child in children(node)):
            mentioning.add(node)
    return mentioning
