"""What all three files of a certificate begin with: sorts, variables, types, the invariant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from verifier.certificates import terms as t
from verifier.certificates.encode import scope
from verifier.certificates.sorts import Sorts
from verifier.certificates.terms import Term, text
from verifier.certificates.values import Values
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import TransitionSystem, Variable
from verifier.ir.types import Type


@dataclass(frozen=True, slots=True)
class Predicate:
    """A defined function of the file: a claim about some variables of the state."""

    name: str
    reads: tuple[str, ...]  # variables of the system, in their order
    definition: Term

    def of(self, state: dict[str, Term]) -> Term:
        """The claim about a state."""
        return t.apply(self.name, *(state[name] for name in self.reads))


@dataclass(slots=True)
class Script:
    """A file in the making.  Names and sorts are found while it is written, so what must stand
    first is put together last."""

    system: TransitionSystem
    sorts: Sorts = field(default_factory=Sorts)
    empty_bags: dict[str, Term] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)
    typed: list[Predicate] = field(default_factory=list)
    older: list[Predicate] = field(default_factory=list)
    lemmas: list[Predicate] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def values(self) -> Values:
        """The operations on values."""
        return Values(self.sorts, self._empty_bag)

    @property
    def state(self) -> dict[str, Term]:
        """The variables of the state."""
        return {name: t.apply(taken) for name, taken in self.symbols.items()}

    def sort(self, variable: Variable) -> str:
        """The sort of a variable."""
        return self.sorts.of(variable.type).name

    def _empty_bag(self, of: Type) -> Term:
        sort = self.sorts.of(of)
        if sort.name not in self.empty_bags:
            self.empty_bags[sort.name] = t.apply(self.sorts.claim("no.messages"))
        return self.empty_bags[sort.name]


def begun(system: TransitionSystem, invariant: Sequence[Expr]) -> Script:
    """A script with the variables of a system and an invariant."""
    script = Script(system)
    for variable in system.variables:
        script.symbols[variable.name] = script.sorts.claim(variable.name)
    for variable in system.variables:
        script.sorts.of(variable.type)
    state = script.state
    for variable in system.variables:
        claim = script.values.typed(variable.type, state[variable.name])
        if claim is not t.TRUE:
            name = script.sorts.claim(f"typed.{variable.name}")
            script.typed.append(Predicate(name, (variable.name,), claim))
    for place, conjunct in enumerate(invariant, start=1):
        read = {node.name for node in E.walk(conjunct) if isinstance(node, E.Var)}
        names = tuple(v.name for v in system.variables if v.name in read)
        claim = scope(script.values, state, {}, None).value(conjunct)
        script.lemmas.append(Predicate(script.sorts.claim(f"lemma.{place}"), names, claim))
    return script


def holding_stamps(script: Script) -> list[Predicate]:
    """For each variable that may hold stamps, that all of them are before a given one."""
    if not script.older:
        for variable in script.system.variables:
            if holds_stamps(variable.type):
                value = script.state[variable.name]
                claim = script.values.older(variable.type, value, t.apply("moment!"))
                name = script.sorts.claim(f"older.{variable.name}")
                script.older.append(Predicate(name, (variable.name,), claim))
    return script.older


def finished(script: Script, purpose: Sequence[str], *, assumed: bool) -> str:
    """The text of the file.  ``assumed``: types and invariant hold in the state."""
    parts = [
        *(f"; {line}" for line in purpose),
        f"; Model: {_one_line(script.system.name)}",
        ";",
        *_numbering(script.system),
        "(set-info :smt-lib-version 2.6)",
        "(set-logic ALL)",
        "",
        "; ---- values: records, optionals (none, some), maps (a field for each key), sets (a",
        "; truth value for each member), lists (nil, cons), messages (a constructor for each kind)",
        *script.sorts.declarations(),
    ]
    if script.empty_bags:
        parts += ["", "; ---- a channel without a bound says how many there are of each message"]
    for sort, name in script.empty_bags.items():
        inside = next(s.bag_of for s in script.sorts.all() if s.name == sort)
        parts += [
            f"(declare-const {name.head} {sort})",
            f"(assert (forall ((each! {inside}))",
            f"  (! (= (select {name.head} each!) 0) :pattern ((select {name.head} each!)))))",
        ]
    types = {variable.name: script.sort(variable) for variable in script.system.variables}
    parts += ["", "; ---- the state"]
    parts += [f"(declare-const {taken} {types[name]})" for name, taken in script.symbols.items()]
    parts += ["", "; ---- the values that each variable may have"]
    parts += [_defined(script, predicate, types, "") for predicate in script.typed]
    if script.older:
        parts += ["", "; ---- all stamps in a variable are before a moment"]
        parts += [_defined(script, one, types, " (moment! Int)") for one in script.older]
    parts += ["", "; ---- the invariant: all of the following"]
    parts += [_defined(script, predicate, types, "") for predicate in script.lemmas]
    if assumed:
        parts += ["", "; ---- assumed of the state"]
        state = script.state
        parts += [f"(assert {text(p.of(state))})" for p in (*script.typed, *script.lemmas)]
    return "\n".join((*parts, "", *script.lines, "(exit)", ""))


def _defined(script: Script, predicate: Predicate, types: dict[str, str], more: str) -> str:
    given = " ".join(f"({script.symbols[name]} {types[name]})" for name in predicate.reads)
    return f"(define-fun {predicate.name} ({given}{more}) Bool\n  {text(predicate.definition, 2)})"


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _numbering(system: TransitionSystem) -> list[str]:
    """Comments that say which number stands for which label."""
    enums: dict[T.Enum, None] = {}

    def look(of: Type) -> None:
        match of:
            case T.Enum():
                enums[of] = None
            case T.Record(_, fields):
                for _, kind in fields:
                    look(kind)
            case T.Optional(item) | T.Set(item) | T.List(item, _):
                look(item)
            case T.Map(key, item):
                look(key)
                look(item)
            case T.Message(alternatives):
                for record in alternatives:
                    look(record)
            case T.Channel(message):
                look(message)
            case _:
                pass

    for variable in system.variables:
        look(variable.type)
    return [
        f"; {_one_line(of.name)}: "
        + ", ".join(
            f"{place} is {_one_line(label)}" for place, label in enumerate(of.labels, of.low)
        )
        for of in enums
    ]
