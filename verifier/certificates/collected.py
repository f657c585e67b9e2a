"""Sets, and what is said of the items of any collection, as terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never, cast

from verifier.certificates import tallies
from verifier.certificates import terms as t
from verifier.certificates.bags import all_or_any, count, size
from verifier.certificates.scope import Encoded, Scope
from verifier.certificates.sorts import is_bag, keys_of
from verifier.certificates.terms import FALSE, Term
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr


def collected(
    s: Scope, expr: E.Size | E.Member | E.SetOf | E.SetOp | E.Filter | E.Quantified
) -> Encoded:
    v = s.values
    match expr:
        case E.Size(collection):
            if is_bag(collection.type):
                return tallies.plain(size(s, collection))
            return _number_of(held for held, _ in s.items(collection))
        case E.Member(item, collection):
            wanted, of = s.value(item), collection.type
            if is_bag(of):
                return t.compare("<", t.integer(0), t.apply("select", s.value(collection), wanted))
            kind = of.message if isinstance(of, T.Channel) else cast("T.Set | T.List", of).item
            return t.disjunction(
                t.conjunction((there, v.same(wanted, item.type, part, kind)))
                for there, part in s.items(collection)
            )
        case E.SetOf(items, of):
            assert isinstance(of, T.Set)
            given = [s.value(item) for item in items]
            return v.sorts.of(of).record.of(
                *(
                    t.disjunction(t.equal(item, v.literal(of.item, key)) for item in given)
                    for key in keys_of(of)
                )
            )
        case E.SetOp(op, left, right, of):
            assert isinstance(of, T.Set)
            one, other, made = s.as_type(left, of), s.as_type(right, of), v.sorts.of(of).record
            pairs = [(made.get(n, one), made.get(n, other)) for n, _ in enumerate(keys_of(of))]
            match op:
                case "|":
                    return made.of(*(t.disjunction(pair) for pair in pairs))
                case "&":
                    return made.of(*(t.conjunction(pair) for pair in pairs))
                case "-":
                    return made.of(*(t.conjunction((a, t.negation(b))) for a, b in pairs))
                case _:
                    assert_never(op)
        case E.Filter(variable, within, body, of):
            assert isinstance(of, T.Set)
            kept = {
                item: t.conjunction((there, s.at(variable, item).value(body)))
                for there, item in s.items(within)
            }
            keys = (v.literal(of.item, key) for key in keys_of(of))
            return v.sorts.of(of).record.of(*(kept.get(key, FALSE) for key in keys))
        case E.Quantified(kind, variable, within, body):
            bag = isinstance(within, E.EXPR_KINDS) and is_bag(cast(Expr, within).type)
            if bag and kind == "count":
                return tallies.plain(count(s, cast(Expr, within), variable, body))
            if bag:
                return all_or_any(s, kind == "all", cast(Expr, within), variable, body)
            pairs = [(there, s.at(variable, item).value(body)) for there, item in s.items(within)]
            if kind == "all":
                return t.conjunction(t.implication(*pair) for pair in pairs)
            if kind == "any":
                return t.disjunction(map(t.conjunction, pairs))
            return _number_of(map(t.conjunction, pairs))
        case _:
            assert_never(expr)


def _number_of(conditions: Iterable[Term]) -> Term:
    """How many of some conditions hold."""
    return t.total(t.choose(condition, t.integer(1), t.integer(0)) for condition in conditions)
