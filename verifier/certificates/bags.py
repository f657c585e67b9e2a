"""Claims about the messages in a channel without a bound, which is a bag."""

from __future__ import annotations

from typing import assert_never, cast

from verifier.certificates import tallies
from verifier.certificates import terms as t
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.scope import Scope
from verifier.certificates.tallies import Count, Number
from verifier.certificates.terms import Term
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr


def bag(s: Scope, expr: E.Put | E.Take | E.RemoveAt | E.RepeatAt | E.Deliverable) -> Term:
    """What becomes of a bag."""
    given = s.value(expr.channel)
    match expr:
        case E.Put(_, message):
            many = t.apply("select", given, s.value(message))
            return t.apply("store", given, s.value(message), t.total((many, t.integer(1))))
        case E.Take(_, message):
            many = t.apply("select", given, s.value(message))
            left = t.apply("store", given, s.value(message), t.apply("-", many, t.integer(1)))
            return t.choose(t.compare("<", t.integer(0), many), left, given)
        case E.RemoveAt() | E.RepeatAt():
            raise NotEncodable("a place in an unordered channel")
        case E.Deliverable():
            raise NotEncodable("what an unbounded channel may deliver, other than as a choice")
        case _:
            assert_never(expr)


def message_by_message(new: Term, value: Term, old: Term, sort: str) -> Term:
    """What an equation between bags says of each message.

    It follows from the equation, but solvers look for instances of a quantifier at terms that are
    there: so a message that is known to be in the old bag is looked up in the new one, too.
    """
    each = t.variable("each!")
    many = t.apply("select", new, each)
    said = t.equal(many, _looked_up(value, each))
    patterns = (many, t.apply("select", old, each))
    return t.quantified("forall", (("each!", sort),), said, patterns)


def _looked_up(value: Term, each: Term) -> Term:
    """How many copies of a message there are in a bag."""
    match value.head:
        case "ite":
            condition, then, otherwise = value.arguments
            return t.choose(condition, _looked_up(then, each), _looked_up(otherwise, each))
        case "store":
            rest, message, many = value.arguments
            return t.choose(t.equal(each, message), many, _looked_up(rest, each))
        case _:
            return t.apply("select", value, each)


def size(s: Scope, channel: Expr) -> Number:
    """How many messages there are."""
    anything = E.make(E.Param, "", cast(T.Channel, channel.type).message)
    return count(s, channel, anything, E.make(E.Literal, True, T.BOOL))


def _bound(s: Scope, of: T.Message) -> tuple[str, str, Term]:
    """The variable of a quantifier over messages: its name says how deep it is, so that equal
    formulas are equal terms, whatever the model calls it."""
    name = f"m!{s.depth}"
    return name, s.values.sorts.of(of).name, t.variable(name)


def all_or_any(s: Scope, every: bool, channel: Expr, variable: E.Param, body: Expr) -> Term:
    of = cast(T.Channel, channel.type)
    match channel:
        case E.If(condition, then, otherwise):
            parts = [all_or_any(s, every, part, variable, body) for part in (then, otherwise)]
            return t.choose(s.value(condition), *parts)
        case E.Put(rest, message):
            # Said of the message itself, the solver needs not look into the array for it.
            new = s.at(variable, s.value(message)).value(body)
            others = all_or_any(s, every, rest, variable, body)
            return t.conjunction((new, others)) if every else t.disjunction((new, others))
        case _:
            name, sort, message_ = _bound(s, of.message)
            said = s.at(variable, message_).value(body)
            bag = s.value(channel)
            many = t.apply("select", bag, message_)
            there = t.compare("<", t.integer(0), many)
            patterns = (many,) if not bag.arguments else ()
            if every:
                return t.quantified("forall", ((name, sort),), t.implication(there, said), patterns)
            return t.quantified("exists", ((name, sort),), t.conjunction((there, said)), patterns)


def count(s: Scope, channel: Expr, variable: E.Param, body: Expr) -> Number:
    """How many messages of an unbounded channel satisfy a condition."""
    one = tallies.known(t.integer(1))
    nothing = tallies.known(t.integer(0))
    match channel:
        case E.If(condition, then, otherwise):
            parts = (count(s, part, variable, body) for part in (then, otherwise))
            return tallies.choose(s.value(condition), *parts)
        case E.Put(rest, message):
            said = s.at(variable, s.value(message)).value(body)
            more = tallies.choose(said, one, nothing)
            return tallies.added(count(s, rest, variable, body), more, 1)
        case E.Take(rest, message):
            there = t.compare("<", t.integer(0), t.apply("select", s.value(rest), s.value(message)))
            said = s.at(variable, s.value(message)).value(body)
            less = tallies.choose(t.conjunction((there, said)), one, nothing)
            return tallies.added(count(s, rest, variable, body), less, -1)
        case E.Literal():
            return nothing
        case _:
            name, sort, message_ = _bound(s, cast(T.Channel, channel.type).message)
            said = s.at(variable, message_).value(body)
            here = s.value(channel)
            named = _named(name, said)
            if named is not None:
                copies = tallies.known(t.apply("select", here, named))
                return tallies.choose(t.substitute(said, {name: named}), copies, nothing)
            return tallies.counted(Count(here, name, sort, said))


def _named(name: str, said: Term) -> Term | None:
    """The message that a condition says a bound variable to be: then its copies are counted, which
    a bag knows of each message."""
    variable = t.variable(name)
    for part in said.arguments if said.head == "and" else (said,):
        if part.head == "=" and variable in part.arguments:
            (other,) = (one for one in part.arguments if one is not variable)
            if name not in other.free:
                return other
    return None
