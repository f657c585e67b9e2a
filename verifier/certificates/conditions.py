"""The three conditions of an inductive invariant, as three files for any SMT solver.

*Initiation*: initial states satisfy it.  *Consecution*: a step from a state that satisfies it leads
to one that does.  *Safety*: no state that satisfies it is bad, and none has a bad step.  Each
condition is a number of questions for a counterexample, and all have to be answered ``unsat``.

What the types say of the variables is part of the invariant: it is assumed of the old state, and
proved of the initial states and of the new ones.

States are kept with their stamps renumbered by rank.  Nothing is renumbered here: renumbering is
strictly monotone, predicates only compare stamps, so a predicate is true of a state exactly if it
is true of the renumbered one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never, cast

from verifier.certificates import terms as t
from verifier.certificates.bags import message_by_message
from verifier.certificates.encode import scope
from verifier.certificates.scope import Scope
from verifier.certificates.script import Predicate, Script, begun, finished, holding_stamps
from verifier.certificates.sorts import is_bag
from verifier.certificates.terms import Term, text
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr
from verifier.ir.problem import Bad, BadState, BadStep, Stuck
from verifier.ir.system import Action, Parameter, TransitionSystem


@dataclass(frozen=True, slots=True)
class Texts:
    """The files of a certificate."""

    initiation: str
    consecution: str
    safety: str


def certificate_texts(
    system: TransitionSystem,
    bad: tuple[Bad, ...],
    *,
    include_faults: bool,
    invariant: Sequence[Expr],
) -> Texts:
    """The three conditions for a conjunction of predicates and what it is to exclude.

    Raises:
        NotEncodable: something has no exact encoding.
    """
    return Texts(
        _initiation(system, invariant),
        _consecution(system, invariant),
        _safety(system, bad, include_faults, invariant),
    )


def _initiation(system: TransitionSystem, invariant: Sequence[Expr]) -> str:
    script = begun(system, invariant)
    purpose = (
        "Initiation: every initial state satisfies the invariant.",
        "Each question asks for an initial state that does not; every answer must be unsat.",
    )
    for action in system.initial:
        block = _Block(script, action, {})
        new = block.assigned(action, after="")
        for predicates, what in _goals(script):
            goal = t.conjunction(predicate.of({**script.state, **new}) for predicate in predicates)
            block.ask(f"{action.name}: {what}", t.negation(goal))
        block.close()
    return finished(script, purpose, assumed=False)


def _consecution(system: TransitionSystem, invariant: Sequence[Expr]) -> str:
    script = begun(system, invariant)
    purpose = (
        "Consecution: a step from a state that satisfies the invariant leads to one that does.",
        "Each question asks for a step that breaks a part of it; every answer must be unsat.",
        "A variable with a prime is the variable after the step.",
    )
    for action in system.actions:
        changed = {
            name
            for name, new in action.assignments.items()
            if not (isinstance(new, E.Var) and new.name == name)
        }
        block = _Block(script, action, script.state)
        for check in action.checks:
            block.assume(f"no run-time error: {check.message}", block.scope.value(check.condition))
        new = block.assigned(action, after="'", only=changed)
        unread = []
        for predicates, what in _goals(script):
            touched = [one for one in predicates if changed & set(one.reads)]
            if not touched:
                unread += [one.name for one in predicates]
                continue
            goal = t.conjunction(one.of({**script.state, **new}) for one in touched)
            block.ask(f"{action.name}: {what}", t.negation(goal))
        if unread:
            block.note(
                "This step assigns nothing that these read, so they say the same after it: "
                + ", ".join(unread)
            )
        block.close()
    return finished(script, purpose, assumed=True)


def _safety(
    system: TransitionSystem,
    bad: tuple[Bad, ...],
    include_faults: bool,
    invariant: Sequence[Expr],
) -> str:
    script = begun(system, invariant)
    purpose = (
        "Safety: no state that satisfies the invariant is bad, and none has a bad step.",
        "Each question asks for one; every answer must be unsat.",
    )
    actions = {action.name: action for action in system.actions}
    for one in bad:
        match one:
            case BadState(name, condition):
                block = _Block(script, None, script.state)
                block.ask(f"bad state: {name}", block.scope.value(condition))
                block.close()
            case BadStep(name, conditions):
                for action, condition in conditions.items():
                    block = _Block(script, actions[action], script.state)
                    block.ask(f"bad step: {name}: {action}", block.scope.value(condition))
                    block.close()
            case Stuck(name, final):
                block = _Block(script, None, script.state)
                for each in system.actions:
                    label = f"{each.name} is not possible"
                    block.assume(label, t.negation(block.scope.value(_enabled(each))))
                block.ask(f"stuck: {name}", t.negation(block.scope.value(final)))
                block.close()
            case _:
                assert_never(one)
    for faulty in system.actions if include_faults else ():
        if faulty.checks:
            block = _Block(script, faulty, script.state)
            holds = t.conjunction(block.scope.value(check.condition) for check in faulty.checks)
            block.ask(f"run-time error: {faulty.name}", t.negation(holds))
            block.close()
    return finished(script, purpose, assumed=True)


def _goals(script: Script) -> list[tuple[Sequence[Predicate], str]]:
    """What has to be shown, one question each: all types at once, and every part by itself."""
    types: list[tuple[Sequence[Predicate], str]] = [(script.typed, "types")] if script.typed else []
    return [*types, *(((lemma,), lemma.name) for lemma in script.lemmas)]


def _enabled(action: Action) -> Expr:
    """Whether an action is possible: there is a choice of arguments for which its guard holds."""
    condition = action.guard
    for parameter in reversed(action.parameters):
        within = parameter.variable.type if parameter.within is None else parameter.within
        condition = E.make(E.Quantified, "any", parameter.variable, within, condition, T.BOOL)
    return condition


class _Block:
    """The questions about one action, or about a state, between ``push`` and ``pop``."""

    def __init__(self, script: Script, action: Action | None, state: Mapping[str, Term]) -> None:
        self.script = script
        self.names: set[str] = set()
        self.moments: dict[int, Term] = {}
        self.declarations: list[str] = []
        self.lines: list[str] = []
        self.title = "" if action is None else action.name
        self.scope: Scope = scope(script.values, state, {}, self._moment)
        if action is not None:
            arguments: dict[str, Term] = {}
            for parameter in action.parameters:
                within = self._parameter(parameter, arguments, state)
                self.assume(f"{parameter.variable.name} is one of its values", within)
            self.scope = scope(script.values, state, arguments, self._moment)
            self.assume("the guard", self.scope.value(action.guard))

    def assume(self, what: str, claim: Term) -> None:
        """States what holds here."""
        if claim is not t.TRUE:
            self.note(what)
            self.lines.append(f"(assert {text(claim, 8)})")

    def note(self, what: str) -> None:
        """A comment."""
        self.lines.append(f"; {' '.join(what.split())}")

    def ask(self, label: str, counterexample: Term) -> None:
        """Asks for a counterexample."""
        shown = label.replace('"', '""')
        self.lines += [
            "(push 1)",
            f'(echo "{shown}")',
            f"(assert {text(counterexample, 8)})",
            "(check-sat)",
            "(pop 1)",
        ]

    def close(self) -> None:
        """Writes the block to the script."""
        named = " ".join(self.title.split())
        self.script.lines += [
            f"; ---- {named or 'a state'} ".ljust(100, "-"),
            "(push 1)",
            *self.declarations,
            *self._order_of_moments(),
            *self.lines,
            "(pop 1)",
            "",
        ]

    def assigned(
        self, action: Action, *, after: str, only: Iterable[str] | None = None
    ) -> dict[str, Term]:
        """The variables after the step, each with a name of its own."""
        found: dict[str, Term] = {}
        kept = action.assignments.keys() if only is None else set(only)
        for variable in self.script.system.variables:
            if variable.name in kept:
                value = self.scope.as_type(action.assignments[variable.name], variable.type)
                name = self.script.symbols[variable.name]
                if after:
                    name = self.script.sorts.local(variable.name + after, self.names)
                    self.declarations.append(f"(declare-const {name} {self.script.sort(variable)})")
                found[variable.name] = t.apply(name)
                self.lines.append(f"(assert {text(t.equal(found[variable.name], value), 8)})")
                if after and is_bag(variable.type):
                    sort = self.script.sorts.of(variable.type).bag_of
                    old = self.scope.state[variable.name]
                    each = message_by_message(found[variable.name], value, old, sort)
                    self.note("which says of each message")
                    self.lines.append(f"(assert {text(each, 8)})")
        return found

    def _parameter(
        self, parameter: Parameter, arguments: dict[str, Term], state: Mapping[str, Term]
    ) -> Term:
        """Declares an argument; returns where it may be taken from."""
        of = parameter.variable.type
        name = self.script.sorts.local("?" + parameter.variable.name, self.names)
        argument = t.apply(name)
        values = self.script.values
        self.declarations.append(f"(declare-const {name} {values.sorts.of(of).name})")
        # What it is chosen from may read the arguments before it.
        here = scope(values, state, dict(arguments), self._moment)
        arguments[parameter.variable.name] = argument
        if parameter.within is None:
            return values.typed(of, argument)
        within = parameter.within
        if is_bag(within.type):
            many = t.apply("select", here.value(within), argument)
            return t.compare("<", t.integer(0), many)
        if isinstance(within, E.Deliverable) and is_bag(within.channel.type):
            many = t.apply("select", here.value(within.channel), argument)
            deferred = here.at(within.variable, argument).value(within.deferred)
            there = t.compare("<", t.integer(0), many)
            return t.conjunction((there, t.negation(deferred)))
        item = (
            within.type.message
            if isinstance(within.type, T.Channel)
            else cast("T.Set | T.List", within.type).item
        )
        return t.disjunction(
            t.conjunction((there, values.same(argument, of, part, item)))
            for there, part in here.items(within)
        )

    def _moment(self, offset: int) -> Term:
        """The new stamp of an offset: one constant for each step."""
        if offset not in self.moments:
            self.moments[offset] = t.apply(self.script.sorts.local(f"now!{offset}", self.names))
        return self.moments[offset]

    def _order_of_moments(self) -> list[str]:
        """New stamps are above all stamps of the state before the step, which for an initial
        action is none; a larger offset is later."""
        lines: list[str] = []
        earlier: Term | None = None
        for offset in sorted(self.moments):
            moment = self.moments[offset]
            lines.append(f"(declare-const {moment.head} Int)")
            if earlier is None:
                lines.append(f"(assert (< 0 {moment.head}))")
                before = holding_stamps(self.script) if self.scope.state else []
                state = self.script.state
                lines += [
                    f"(assert {text(t.apply(one.name, *(state[n] for n in one.reads), moment))})"
                    for one in before
                ]
            else:
                lines.append(f"(assert (< {earlier.head} {moment.head}))")
            earlier = moment
        return lines
