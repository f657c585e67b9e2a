"""How many messages of a bag satisfy a condition: numbers that first-order logic cannot add up.

A bag has no bound, so a count over it is not a term.  But claims compare it with itself after some
messages were put and taken, where the unknown part cancels, or with a small constant, where it is
a claim about so many different messages.  A number is kept here as what is known plus unknown
counts, until a comparison needs it.  Everything else is refused, not approximated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from verifier.certificates import terms as t
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.terms import Term

MESSAGES_MAX = 4
"""How many messages a claim "at least n" may speak of."""
NUMBERS_MAX = 16
"""Of how many known parts a comparison is tried."""


@dataclass(frozen=True, slots=True)
class Count:
    """The messages of a bag that satisfy the body, in which the variable stands for the message."""

    bag: Term
    variable: str
    sort: str
    body: Term


@dataclass(frozen=True, slots=True)
class Tally:
    """A known number and some counts, each so many times (not 0)."""

    known: Term
    counts: tuple[tuple[Count, int], ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of two numbers."""

    condition: Term
    then: Number
    otherwise: Number


Number: TypeAlias = Tally | Either


def known(term: Term) -> Number:
    """A number that is a term."""
    return Tally(term, ())


def is_plain(number: Number) -> bool:
    """Whether nothing in a number is unknown."""
    return isinstance(number, Tally) and not number.counts


def plain(number: Number) -> Number | Term:
    """A number in which nothing is unknown as the term that it is."""
    return number.known if isinstance(number, Tally) and not number.counts else number


def counted(count: Count) -> Number:
    """A count alone."""
    return known(t.integer(0)) if count.body is t.FALSE else Tally(t.integer(0), ((count, 1),))


def choose(condition: Term, then: Number, otherwise: Number) -> Number:
    """One of two numbers; where only the known part differs it is one number."""
    if condition is t.TRUE or then == otherwise:
        return then
    if condition is t.FALSE:
        return otherwise
    if isinstance(then, Tally) and isinstance(otherwise, Tally) and then.counts == otherwise.counts:
        return Tally(t.choose(condition, then.known, otherwise.known), then.counts)
    return Either(condition, then, otherwise)


def added(left: Number, right: Number, sign: int) -> Number:
    """left + right, or left - right when the sign is -1."""
    if isinstance(left, Either):
        parts = (added(part, right, sign) for part in (left.then, left.otherwise))
        return choose(left.condition, *parts)
    if isinstance(right, Either):
        parts = (added(left, part, sign) for part in (right.then, right.otherwise))
        return choose(right.condition, *parts)
    counts = dict(left.counts)
    for count, times in right.counts:
        counts[count] = counts.get(count, 0) + sign * times
    kept = tuple((count, times) for count, times in counts.items() if times)
    return Tally(_sum(left.known, right.known, sign), kept)


def compared(op: str, left: Number, right: Number) -> Term:
    """left op right, for ``=``, ``<`` and ``<=``."""
    return _against_zero(op, added(left, right, -1))


def _sum(left: Term, right: Term, sign: int) -> Term:
    value = t.number_of(right)
    if sign == 1:
        return t.total((left, right))
    if value is not None:
        return t.total((left, t.integer(-value)))
    return t.integer(0) if left is right else t.apply("-", left, right)


def _against_zero(op: str, number: Number) -> Term:
    if isinstance(number, Either):
        return t.choose(
            number.condition,
            _against_zero(op, number.then),
            _against_zero(op, number.otherwise),
        )
    if not number.counts:
        zero = t.integer(0)
        return t.equal(number.known, zero) if op == "=" else t.compare(op, number.known, zero)
    if len(number.counts) > 1 or abs(number.counts[0][1]) != 1:
        raise NotEncodable("a comparison of different counts of messages in an unbounded channel")
    count, sign = number.counts[0]
    values = _values(number.known)
    if values is None or len(values) > NUMBERS_MAX:
        raise NotEncodable("a count of messages in an unbounded channel beside another number")
    return t.disjunction(
        t.conjunction((t.equal(number.known, t.integer(value)), _holds(op, count, sign, value)))
        for value in sorted(values)
    )


def _holds(op: str, count: Count, sign: int, known: int) -> Term:
    """sign * count + known op 0"""

    def at_least(number: int) -> Term:
        return _at_least(count, number)

    match op, sign:
        case "<", 1:
            return t.negation(at_least(-known))
        case "<=", 1:
            return t.negation(at_least(-known + 1))
        case "<", -1:
            return at_least(known + 1)
        case "<=", -1:
            return at_least(known)
        case _:
            exactly = -known * sign
            if exactly < 0:
                return t.FALSE
            return t.conjunction((at_least(exactly), t.negation(at_least(exactly + 1))))


def _at_least(count: Count, number: int) -> Term:
    """There are so many messages, copies counted: each of them is there as often as it is named."""
    if number <= 0:
        return t.TRUE
    if number > MESSAGES_MAX:
        raise NotEncodable(f"more than {MESSAGES_MAX} messages counted in an unbounded channel")
    names = [count.variable, *(f"{count.variable}.{place}" for place in range(2, number + 1))]
    messages = [t.variable(name) for name in names]
    claims = []
    for message in messages:
        copies = t.total(
            t.choose(t.equal(message, other), t.integer(1), t.integer(0)) for other in messages
        )
        claims.append(t.compare("<=", copies, t.apply("select", count.bag, message)))
        claims.append(t.substitute(count.body, {count.variable: message}))
    bound = [(name, count.sort) for name in names]
    return t.quantified("exists", bound, t.conjunction(claims), ())


def _values(term: Term) -> set[int] | None:
    """The numbers that a term of choices and sums can be, if they are few."""
    value = t.number_of(term)
    if value is not None:
        return {value}
    combine: Callable[[int, int], int]
    match term.head:
        case "ite":
            one, other = _values(term.arguments[1]), _values(term.arguments[2])
            return None if one is None or other is None else one | other
        case "+" | "-":
            found = _values(term.arguments[0])
            for part in term.arguments[1:]:
                more = _values(part)
                if found is None or more is None:
                    return None
                combine = int.__add__ if term.head == "+" else int.__sub__
                found = {combine(a, b) for a in found for b in more}
            return found
        case _:
            return None
