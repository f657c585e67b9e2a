"""Records, optionals, maps and lists as terms."""

from __future__ import annotations

from typing import assert_never, cast

from verifier.certificates import terms as t
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.scope import Scope
from verifier.certificates.sorts import keys_of
from verifier.certificates.terms import FALSE, TRUE, Term
from verifier.ir import expr as E
from verifier.ir import types as T


def compound(s: Scope, expr: E.Some | E.IsSome | E.Unwrap | E.Lookup | E.Store | E.TupleOf) -> Term:
    v = s.values
    match expr:
        case E.Some(item, of):
            assert isinstance(of, T.Optional)
            return v.some(of, s.as_type(item, of.item))
        case E.IsSome(option):
            return v.is_some(option.type, s.value(option))
        case E.Unwrap(option, of):
            kind, value = option.type, s.value(option)
            assert isinstance(kind, T.Optional)
            found = v.coerced(v.inside(kind, value), kind.item, of)
            return t.choose(v.is_some(kind, value), found, v.default(of))
        case E.Lookup(map_, key, of):
            kind, value, wanted = map_.type, s.value(map_), s.value(key)
            assert isinstance(kind, T.Map)
            result = v.default(of)
            read = v.sorts.of(kind).record
            for place, known in reversed(list(enumerate(keys_of(kind)))):
                found = v.coerced(read.get(place, value), kind.value, of)
                result = t.choose(t.equal(wanted, v.literal(kind.key, known)), found, result)
            return result
        case E.Store(map_, key, new, of):
            assert isinstance(of, T.Map)
            old, wanted, put = s.as_type(map_, of), s.value(key), s.as_type(new, of.value)
            made = v.sorts.of(of).record
            return made.of(
                *(
                    t.choose(t.equal(wanted, v.literal(of.key, known)), put, made.get(place, old))
                    for place, known in enumerate(keys_of(of))
                )
            )
        case E.TupleOf(items, of):
            match of:
                case T.Record(_, fields):
                    kinds = [kind for _, kind in fields]
                case T.Map(_, each):
                    kinds = [each] * len(items)
                case T.List(each):
                    return v.listed(of, [(TRUE, s.as_type(part, each)) for part in items])
                case _:
                    raise AssertionError(of)
            return v.sorts.of(of).record.of(
                *(s.as_type(part, kind) for part, kind in zip(items, kinds, strict=True))
            )
        case _:
            assert_never(expr)


def listed(s: Scope, expr: E.At | E.Replace | E.Append | E.Tail) -> Term:
    """What is at a place of a list, or becomes of a list."""
    v = s.values
    kind = expr.list.type
    assert isinstance(kind, (T.List, T.Channel))
    if isinstance(kind, T.Channel) and not kind.fifo:
        raise NotEncodable("a place in an unordered channel")
    given = s.value(expr.list)
    items = v.items(kind, given)
    match expr:
        case E.At(_, index, of):
            item = kind.message if isinstance(kind, T.Channel) else kind.item
            result, wanted = v.default(of), s.value(index)
            for place, (there, part) in reversed(list(enumerate(items))):
                here = t.conjunction((there, t.equal(wanted, t.integer(place))))
                result = t.choose(here, v.coerced(part, item, of), result)
            return result
        case E.Replace(_, index, new, of):
            assert isinstance(of, T.List) and isinstance(kind, T.List)
            wanted, put = s.value(index), s.as_type(new, of.item)
            return v.listed(
                of,
                [
                    (
                        there,
                        t.choose(
                            t.equal(wanted, t.integer(place)),
                            put,
                            v.coerced(part, kind.item, of.item),
                        ),
                    )
                    for place, (there, part) in enumerate(items)
                ],
            )
        case E.Append(_, item, of):
            assert isinstance(of, T.List) and isinstance(kind, T.List)
            if of.capacity is None:
                raise NotEncodable("a list without a bound")
            put = s.as_type(item, of.item)
            known = [(there, v.coerced(part, kind.item, of.item)) for there, part in items]
            # Behind the last one: there is room as long as the place `capacity` is not taken.
            room = t.negation(known[of.capacity - 1][0]) if len(known) >= of.capacity else TRUE
            if of.capacity == 0:
                room = FALSE
            return v.listed(of, [*known, (room, put)])
        case E.Tail(_, of):
            return v.listed(
                of, [(there, v.coerced(part, kind.item, cast(T.List, of).item))
                     for there, part in items[1:]]
            ) if isinstance(kind, T.List) else given  # fmt: skip
        case _:
            assert_never(expr)
