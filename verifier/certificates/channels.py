"""Bounded channels as terms: lists, in the order of sending where the channel is fifo.

The messages of an unordered channel stand in any order, the newest first: what the language can
say of such a channel does not depend on the order, and so nothing has to be sorted.  What would
depend on it, a place in the channel, is refused.
"""

from __future__ import annotations

from typing import assert_never

from verifier.certificates import terms as t
from verifier.certificates.bags import bag
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.scope import Encoded, Items, Scope
from verifier.certificates.sorts import is_bag
from verifier.certificates.terms import Term
from verifier.certificates.values import Guarded, Values
from verifier.ir import expr as E
from verifier.ir import types as T


def channel(s: Scope, expr: E.Put | E.Take | E.RemoveAt | E.RepeatAt | E.Deliverable) -> Encoded:
    """What becomes of a channel, or may be received from it."""
    of = expr.channel.type
    assert isinstance(of, T.Channel)
    if is_bag(of):
        return bag(s, expr)
    v = s.values
    given = s.value(expr.channel)
    items = v.items(of, given)
    cons = v.sorts.of(of).constructors[1]
    full = items[-1][0] if len(items) == of.capacity and items else t.truth(of.capacity == 0)
    match expr:
        case E.Put(_, message):
            new = s.value(message)
            put = _behind(v, of, given, new) if of.fifo else cons.of(new, given)
            return t.choose(full, given, put)
        case E.Take(_, message):
            wanted = s.value(message)
            return _without(v, of, given, [t.equal(item, wanted) for _, item in items])
        case E.RemoveAt():
            return _without(v, of, given, _places(s, expr, len(items)))
        case E.RepeatAt():
            twice: list[Guarded] = []
            for here, (there, item) in zip(_places(s, expr, len(items)), items, strict=True):
                twice += [(there, item), (t.conjunction((there, here)), item)]
            return t.choose(full, given, v.listed(of, twice))
        case E.Deliverable(_, variable, deferred):
            ready = [
                (t.conjunction((there, t.negation(s.at(variable, item).value(deferred)))), item)
                for there, item in items
            ]
            return Items(tuple(_first_of_links(v, of, ready) if of.fifo else ready), of.fifo)
        case _:
            assert_never(expr)


def _places(s: Scope, expr: E.RemoveAt | E.RepeatAt, count: int) -> list[Term]:
    """For each place in a channel, whether it is the one that is meant."""
    assert isinstance(expr.channel.type, T.Channel)
    if not expr.channel.type.fifo:
        raise NotEncodable("a place in an unordered channel")
    wanted = s.value(expr.index)
    return [t.equal(wanted, t.integer(place)) for place in range(count)]


def _without(v: Values, of: T.Channel, given: Term, hits: list[Term]) -> Term:
    """Without the first message that is hit."""
    nil, cons = v.sorts.of(of).constructors
    tails = v.tails(of, given)
    rest = nil.of()
    for hit, tail, behind in reversed(list(zip(hits, tails, tails[1:], strict=False))):
        kept = t.choose(hit, behind, cons.of(cons.get(0, tail), rest))
        rest = t.choose(v.is_nil(of, tail), nil.of(), kept)
    return rest


def _behind(v: Values, of: T.Channel, given: Term, new: Term) -> Term:
    """With a message before the first one of a later link: behind those of its own."""
    nil, cons = v.sorts.of(of).constructors
    rest = cons.of(new, nil.of())
    for tail in reversed(v.tails(of, given)[:-1]):
        first = cons.get(0, tail)
        here = t.disjunction(
            (v.is_nil(of, tail), v.link_before(of.message, new, first, strictly=True))
        )
        rest = t.choose(here, cons.of(new, tail), cons.of(first, rest))
    return rest


def _first_of_links(v: Values, of: T.Channel, ready: list[Guarded]) -> list[Guarded]:
    """The first of every link among the messages that are ready."""
    return [
        (
            t.conjunction(
                (
                    there,
                    *(
                        t.negation(t.conjunction((before, v.same_link(of.message, item, other))))
                        for before, other in ready[:place]
                    ),
                )
            ),
            item,
        )
        for place, (there, item) in enumerate(ready)
    ]
