"""Values of the pivot as terms: constants, what is true of all parts of a value, and the same value
seen as another type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never, cast

from verifier.certificates import terms as t
from verifier.certificates.reasons import NotEncodable
from verifier.certificates.sorts import Sorts, capacity_of, is_bag, keys_of, made_by
from verifier.certificates.terms import FALSE, TRUE, Term
from verifier.ir import types as T
from verifier.ir.types import Type, Value

Guarded: TypeAlias = "tuple[Term, Term]"
"""An item, behind the condition that there is one."""

Claim: TypeAlias = Callable[[Type, Term], Term]


@dataclass(frozen=True, slots=True)
class Values:
    """The operations on values of one file; ``empty_bag`` names the empty bag of a sort."""

    sorts: Sorts
    empty_bag: Callable[[Type], Term]

    def literal(self, of: Type, value: Value) -> Term:
        """A constant."""
        if isinstance(of, T.Bool):
            return t.truth(bool(value))
        if isinstance(value, int):
            return t.integer(value)
        sort = self.sorts.of(of) if not is_bag(of) else None
        match of:
            case T.Record(_, fields):
                parts = zip(fields, value, strict=True)
                return self.sorts.of(of).record.of(
                    *(self.literal(kind, part) for (_, kind), part in parts)
                )
            case T.Optional(item):
                assert sort is not None
                none, some = sort.constructors
                return some.of(self.literal(item, value[0])) if value else none.of()
            case T.Map(_, item):
                return self.sorts.of(of).record.of(*(self.literal(item, part) for part in value))
            case T.Set():
                held = (t.truth(key in value) for key in keys_of(of))
                return self.sorts.of(of).record.of(*held)
            case T.List(item):
                return self.listed(of, [(TRUE, self.literal(item, part)) for part in value])
            case T.Channel(message):
                if is_bag(of):
                    assert value == (), "the only constant bag is the empty one"
                    return self.empty_bag(of)
                return self.listed(of, [(TRUE, self.literal(message, part)) for part in value])
            case T.Message(alternatives):
                record = alternatives[cast(int, value[0])]
                constructor = self.sorts.of(of).constructors[cast(int, value[0])]
                return constructor.of(
                    *(
                        self.literal(kind, part)
                        for (_, kind), part in zip(record.fields, value[1:], strict=True)
                    )
                )
            case _:
                raise AssertionError(f"{value} of {of}")

    def default(self, of: Type) -> Term:
        """What stands for an undefined value."""
        return self.literal(of, T.default(of))

    # ---- optionals, sets, lists ------------------------------------------------------------------

    def is_some(self, of: Type, value: Term) -> Term:
        """Whether an optional is present."""
        sort = self.sorts.of(of)
        return made_by(sort.constructors[1], sort, value)

    def inside(self, of: Type, value: Term) -> Term:
        """What is in an optional that is present."""
        return self.sorts.of(of).constructors[1].get(0, value)

    def some(self, of: Type, item: Term) -> Term:
        """A present optional."""
        return self.sorts.of(of).constructors[1].of(item)

    def has_tag(self, of: Type, value: Term, tag: int) -> Term:
        """Whether a message is of an alternative."""
        sort = self.sorts.of(of)
        return made_by(sort.constructors[tag], sort, value)

    def members(self, of: T.Set, value: Term) -> list[Guarded]:
        """What may be in a set, with the condition that it is."""
        record = self.sorts.of(of).record
        return [
            (record.get(place, value), self.literal(of.item, key))
            for place, key in enumerate(keys_of(of))
        ]

    def items(self, of: T.List | T.Channel, value: Term) -> list[Guarded]:
        """The items of a list by place, as many as there can be."""
        found: list[Guarded] = []
        there = TRUE
        nil, cons = self.sorts.of(of).constructors
        for _ in range(capacity_of(of)):
            there = t.conjunction((there, t.negation(self.is_nil(of, value))))
            if there is FALSE or value.head == nil.name:
                break
            found.append((there, cons.get(0, value)))
            value = cons.get(1, value)
        return found

    def tails(self, of: T.List | T.Channel, value: Term) -> list[Term]:
        """A list, the list behind its first item, and so on: one more than there can be items."""
        nil, cons = self.sorts.of(of).constructors
        found = [value]
        for _ in range(capacity_of(of)):
            found.append(cons.get(1, found[-1]) if found[-1].head != nil.name else found[-1])
        return found

    def is_nil(self, of: T.List | T.Channel, value: Term) -> Term:
        """Whether a list is empty."""
        sort = self.sorts.of(of)
        return made_by(sort.constructors[0], sort, value)

    def listed(self, of: Type, items: Sequence[Guarded]) -> Term:
        """The list of those items that there are, in this order."""
        nil, cons = self.sorts.of(of).constructors
        rest = nil.of()
        for there, item in reversed(items):
            rest = t.choose(there, cons.of(item, rest), rest)
        return rest

    # ---- claims about all parts ------------------------------------------------------------------

    def typed(self, of: Type, value: Term) -> Term:
        """Whether a value of the sort is one of the type: ranges, capacities, the order of the
        links in a fifo channel."""
        return self._everywhere(of, value, _in_range, bounded=True)

    def older(self, of: Type, value: Term, than: Term) -> Term:
        """Whether every stamp in a value is before another one."""

        def before(kind: Type, part: Term) -> Term:
            return t.compare("<", part, than) if isinstance(kind, T.Stamp) else TRUE

        return self._everywhere(of, value, before, bounded=False)

    def _everywhere(self, of: Type, value: Term, claim: Claim, *, bounded: bool) -> Term:
        def inner(kind: Type, part: Term) -> Term:
            return self._everywhere(kind, part, claim, bounded=bounded)

        match of:
            case T.Bool() | T.Int() | T.Mod() | T.Enum() | T.Stamp():
                return claim(of, value)
            case T.Record(_, fields):
                record = self.sorts.of(of).record
                return t.conjunction(
                    inner(kind, record.get(place, value)) for place, (_, kind) in enumerate(fields)
                )
            case T.Optional(item):
                said = inner(item, self.inside(of, value))
                return t.implication(self.is_some(of, value), said)
            case T.Map(_, item):
                record = self.sorts.of(of).record
                return t.conjunction(
                    inner(item, record.get(place, value)) for place, _ in enumerate(keys_of(of))
                )
            case T.Set():
                return TRUE
            case T.Message(alternatives):
                return t.conjunction(
                    t.implication(
                        self.has_tag(of, value, tag),
                        t.conjunction(
                            inner(kind, self.sorts.of(of).constructors[tag].get(place, value))
                            for place, (_, kind) in enumerate(record.fields)
                        ),
                    )
                    for tag, record in enumerate(alternatives)
                )
            case T.Channel(message) if is_bag(of):
                return self._in_bag(message, value, lambda part: inner(message, part), bounded)
            case T.List(item) | T.Channel(item):
                return self._in_list(of, value, lambda part: inner(item, part), bounded)
            case _:
                assert_never(of)

    def _in_bag(
        self, message: Type, value: Term, said: Callable[[Term], Term], bounded: bool
    ) -> Term:
        part = t.variable("each!")
        many = t.apply("select", value, part)
        claims = [t.implication(t.compare("<", t.integer(0), many), said(part))]
        if bounded:
            claims.append(t.compare("<=", t.integer(0), many))
        bound = (("each!", self.sorts.of(message).name),)
        return t.quantified("forall", bound, t.conjunction(claims), (many,))

    def _in_list(
        self, of: T.List | T.Channel, value: Term, said: Callable[[Term], Term], bounded: bool
    ) -> Term:
        cons = self.sorts.of(of).constructors[1]
        tails = self.tails(of, value)
        # From the last place on: there is nothing, or an item and a rest of which it is true, too.
        rest = self.is_nil(of, tails[-1]) if bounded else TRUE
        for place, tail in reversed(list(enumerate(tails[:-1]))):
            claims = [said(cons.get(0, tail)), rest]
            if bounded and isinstance(of, T.Channel) and of.fifo and place + 1 < len(tails) - 1:
                behind = self.link_before(
                    of.message, cons.get(0, tail), cons.get(0, tails[place + 1]), strictly=False
                )
                claims.append(t.disjunction((self.is_nil(of, tails[place + 1]), behind)))
            whole = t.conjunction(claims)
            rest = whole if whole is TRUE else t.disjunction((self.is_nil(of, tail), whole))
        return rest

    # ---- messages --------------------------------------------------------------------------------

    def end(self, of: T.Message, message: Term, index: int) -> Term:
        """The sender (0) or the receiver (1) of a message of any kind."""
        found: Term | None = None
        constructors = self.sorts.of(of).constructors
        for tag in reversed(range(len(constructors))):
            part = constructors[tag].get(index, message)
            found = part if found is None else t.choose(self.has_tag(of, message, tag), part, found)
        assert found is not None
        return found

    def link_before(self, of: T.Message, left: Term, right: Term, *, strictly: bool) -> Term:
        """Whether the pair (sender, receiver) of one message is before that of another."""
        first, second = self.end(of, left, 0), self.end(of, right, 0)
        last = t.compare("<" if strictly else "<=", self.end(of, left, 1), self.end(of, right, 1))
        same = t.conjunction((t.equal(first, second), last))
        return t.disjunction((t.compare("<", first, second), same))

    def same_link(self, of: T.Message, left: Term, right: Term) -> Term:
        """Whether two messages go from the same node to the same node."""
        return t.conjunction(
            t.equal(self.end(of, left, index), self.end(of, right, index)) for index in (0, 1)
        )

    # ---- a value as another type -----------------------------------------------------------------

    def coerced(self, value: Term, given: Type, wanted: Type) -> Term:
        """The value of one type where another is wanted (`ir.well_typed.fits`).  Members of a set
        that the other type does not have are dropped: that is a failing check anyway."""
        if self.sorts.of(given) is self.sorts.of(wanted):
            return value
        match given, wanted:
            case T.Record(_, fields), T.Record(_, others):
                read, made = self.sorts.of(given).record, self.sorts.of(wanted).record
                return made.of(
                    *(
                        self.coerced(read.get(place, value), one, other)
                        for place, ((_, one), (_, other)) in enumerate(
                            zip(fields, others, strict=True)
                        )
                    )
                )
            case T.Optional(item), T.Optional(other):
                none = self.sorts.of(wanted).constructors[0].of()
                inside = self.coerced(self.inside(given, value), item, other)
                return t.choose(self.is_some(given, value), self.some(wanted, inside), none)
            case T.Map(_, item), T.Map(_, other):
                read, made = self.sorts.of(given).record, self.sorts.of(wanted).record
                places = range(len(keys_of(wanted)))
                return made.of(*(self.coerced(read.get(n, value), item, other) for n in places))
            case T.Set(), T.Set():
                there = {item: held for held, item in self.members(given, value)}
                keys = (self.literal(wanted.item, key) for key in keys_of(wanted))
                return self.sorts.of(wanted).record.of(*(there.get(key, FALSE) for key in keys))
            case T.List(item), T.List(other):
                return self.listed(
                    wanted,
                    [(g, self.coerced(i, item, other)) for g, i in self.items(given, value)],
                )
            case _:
                raise NotEncodable(f"a {type(given).__name__} as a {type(wanted).__name__}")

    def same(self, left: Term, one: Type, right: Term, other: Type) -> Term:
        """Whether two values are equal, of types that may have different sorts."""
        if self.sorts.of(one) is self.sorts.of(other):
            if isinstance(one, T.Channel) and not one.fifo and not is_bag(one):
                return self._same_messages(one, left, right)
            return t.equal(left, right)
        match one, other:
            case T.Optional(item), T.Optional(another):
                here, there = self.is_some(one, left), self.is_some(other, right)
                inner = self.same(self.inside(one, left), item, self.inside(other, right), another)
                return t.conjunction((t.equal(here, there), t.implication(here, inner)))
            case T.Set(), T.Set():
                lefts = {item: held for held, item in self.members(one, left)}
                rights = {item: held for held, item in self.members(other, right)}
                keys = dict.fromkeys((*lefts, *rights))
                return t.conjunction(
                    t.equal(lefts.get(key, FALSE), rights.get(key, FALSE)) for key in keys
                )
            case T.Record(_, fields), T.Record(_, others):
                read, also = self.sorts.of(one).record, self.sorts.of(other).record
                return t.conjunction(
                    self.same(read.get(n, left), kind, also.get(n, right), another)
                    for n, ((_, kind), (_, another)) in enumerate(zip(fields, others, strict=True))
                )
            case T.Map(_, item), T.Map(_, another):
                read, also = self.sorts.of(one).record, self.sorts.of(other).record
                return t.conjunction(
                    self.same(read.get(n, left), item, also.get(n, right), another)
                    for n in range(len(keys_of(one)))
                )
            case T.List(item), T.List(another):
                lefts_, rights_ = self.items(one, left), self.items(other, right)
                while len(lefts_) != len(rights_):
                    shorter = min(lefts_, rights_, key=len)
                    shorter.append((FALSE, (lefts_ + rights_)[0][1]))
                return t.conjunction(
                    t.conjunction(
                        (t.equal(g, h), TRUE if FALSE in (g, h) else t.implication(
                            g, self.same(i, item, j, another)))
                    )
                    for (g, i), (h, j) in zip(lefts_, rights_, strict=True)
                )  # fmt: skip
            case _:
                raise NotEncodable(f"{type(one).__name__} compared with {type(other).__name__}")

    def _same_messages(self, of: T.Channel, left: Term, right: Term) -> Term:
        """Two bounded unordered channels, kept in any order: as many messages, and of each as many
        copies."""
        one, other = self.items(of, left), self.items(of, right)

        def copies(items: list[Guarded], message: Term) -> Term:
            return t.total(
                t.choose(t.conjunction((there, t.equal(item, message))), t.integer(1), t.integer(0))
                for there, item in items
            )

        sizes = [
            t.total(t.choose(there, t.integer(1), t.integer(0)) for there, _ in items)
            for items in (one, other)
        ]
        return t.conjunction(
            (
                t.equal(*sizes),
                *(
                    t.implication(there, t.equal(copies(one, item), copies(other, item)))
                    for there, item in one
                ),
            )
        )


def _in_range(of: Type, value: Term) -> Term:
    match of:
        case T.Stamp():
            return t.compare("<=", t.integer(0), value)
        case T.Int(low, high):
            least = TRUE if low is None else t.compare("<=", t.integer(low), value)
            most = TRUE if high is None else t.compare("<=", value, t.integer(high))
            return t.conjunction((least, most))
        case T.Mod() | T.Enum():
            numbers = T.scalar_range(of)
            assert numbers is not None
            return t.conjunction(
                (
                    t.compare("<=", t.integer(numbers.start), value),
                    t.compare("<", value, t.integer(numbers.stop)),
                )
            )
        case _:
            return TRUE
