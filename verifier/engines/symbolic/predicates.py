"""Cubes in the words of the system: what a proof knows, for people and for those who check it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.engines.symbolic.cubes import Cube, Slots
from verifier.engines.symbolic.views import Slot, View
from verifier.ir import build as B
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import TRUE, conjunction, disjunction, negate
from verifier.ir.expr import Expr, Param, make


def predicate(view: View, slots: Slots, cube: Cube) -> Expr:
    """That no choice of messages in flight puts the state into the cube.

    Slots of one kind are different messages: either they differ in something, or there are two of
    them that are equal.
    """
    found = slots.of(cube)
    bound = {slot: _variable(view, slot) for slot in found}
    literals = [one for one in cube if one not in slots.in_use]
    waiting = {one: set(slots.of((one,))) for one in literals}
    inner: Expr = TRUE
    # From the innermost message outwards; a literal stands where all its messages are known.
    for place in range(len(found) - 1, -1, -1):
        slot = found[place]
        known = set(found[: place + 1])
        here = [one for one, asked in waiting.items() if slot in asked and asked <= known]
        parts: list[Expr] = [make(E.HasTag, bound[slot], slot.tag)]
        parts += [_literal(view, one, bound) for one in here]
        for earlier in found[:place]:
            if (earlier.channel, earlier.tag) == (slot.channel, slot.tag) and not _tells_apart(
                view, here, earlier, slot
            ):
                parts.append(_two(view, bound[earlier], bound[slot], slot.channel))
        within = _channel(view, slot.channel)
        inner = B.quantified("any", bound[slot], within, conjunction((*parts, inner)))
    outside = [_literal(view, one, bound) for one, asked in waiting.items() if not asked]
    return negate(conjunction((*outside, inner)))


def _variable(view: View, slot: Slot) -> Param:
    of = _channel(view, slot.channel).type
    assert isinstance(of, T.Channel)
    name = of.message.alternatives[slot.tag].name
    return make(Param, f"{name}#{slot.number}", of.message)


def _channel(view: View, name: str) -> Expr:
    variable = next(v for v in view.system.variables if v.name == name)
    return make(E.Var, name, variable.type)


def _two(view: View, one: Param, other: Param, channel: str) -> Expr:
    """That two messages in flight are two, even if they are equal."""
    third = make(Param, f"{other.name}'", other.type)
    copies = B.quantified("count", third, _channel(view, channel), make(E.Equal, third, one))
    return disjunction((negate(make(E.Equal, one, other)), B.less(B.number(1), copies)))


def _tells_apart(view: View, literals: list[Expr], one: Slot, other: Slot) -> bool:
    """Whether some literal says that the same field of the two differs."""
    for literal in literals:
        compared = literal
        if isinstance(literal, E.Not) and isinstance(literal.argument, E.Equal):
            compared = literal.argument
        elif not isinstance(literal, E.Less):
            continue
        assert isinstance(compared, E.Equal | E.Less)
        sides = (compared.left, compared.right)
        leaves = [view.leaves[side] for side in sides if isinstance(side, E.Var)]
        if {leaf.slot for leaf in leaves} == {one, other}:
            fields = [_bare(leaf.access) for leaf in leaves]
            if fields[0] == fields[1]:
                return True
    return False


def _bare(access: Expr) -> tuple[object, ...]:
    """Which field an access is, the message left out."""
    match access:
        case E.MessageField(_, tag, index):
            return ("field", tag, index)
        case E.Field(record, index):
            return ("of record", index, _bare(record))
        case E.Unwrap(option):
            return ("content", _bare(option))
        case _:
            return ("other", access)


def _literal(view: View, literal: Expr, bound: Mapping[Slot, Param]) -> Expr:
    """A literal with every leaf replaced by what it is in the system."""
    done: dict[Expr, Expr] = {}

    def made(node: Expr) -> Expr:
        if node not in done:
            done[node] = rebuilt(node)
        return done[node]

    def rebuilt(node: Expr) -> Expr:
        match node:
            case E.Var():
                return _access(view, node, bound)
            case E.Literal():
                return node
            case E.Not(argument):
                return negate(made(argument))
            case E.And(arguments):
                return conjunction(made(part) for part in arguments)
            case E.Or(arguments):
                return disjunction(made(part) for part in arguments)
            case E.Equal(left, right):
                return _equal(view, left, right, made)
            case E.Less(left, right):
                left, right = _without_negative(left, right)
                return make(E.Less, made(left), made(right))
            case E.Arith(op, left, right):
                return make(E.Arith, op, made(left), made(right), T.INTEGER)
            case E.If(condition, then, otherwise, of):
                return make(E.If, made(condition), made(then), made(otherwise), of)
            case _:
                raise AssertionError(f"{type(node).__name__} is in no literal")

    return made(literal)


def _access(view: View, leaf: Expr, bound: Mapping[Slot, Param]) -> Expr:
    found = view.leaves[leaf]
    if found.slot is None:
        return found.access
    return _about(found.access, bound[found.slot])


def _about(access: Expr, message: Param) -> Expr:
    """An access to a field of a slot, of the message that stands for the slot."""
    match access:
        case E.Param():
            return message
        case E.MessageField(inner, tag, index, of):
            return make(E.MessageField, _about(inner, message), tag, index, of)
        case E.Field(record, index, of):
            return make(E.Field, _about(record, message), index, of)
        case E.Unwrap(option, of):
            return make(E.Unwrap, _about(option, message), of)
        case E.IsSome(option):
            return make(E.IsSome, _about(option, message))
        case E.Lookup(map_, key, of):
            return make(E.Lookup, _about(map_, message), key, of)
        case E.Member(item, collection):
            return make(E.Member, item, _about(collection, message))
        case E.Size(collection):
            return make(E.Size, _about(collection, message), T.INTEGER)
        case E.At(list_, index, of):
            return make(E.At, _about(list_, message), index, of)
        case _:
            raise AssertionError(f"{type(access).__name__} leads to no field of a message")


def _equal(view: View, left: Expr, right: Expr, made: Callable[[Expr], Expr]) -> Expr:
    """An equality; constants get the type of what they are compared with, and a tag is which
    message stands somewhere."""
    tags = [view.leaves[side].access for side in (left, right) if isinstance(side, E.Var)]
    tags = [access for access in tags if isinstance(access.type, T.Message)]
    if isinstance(right, E.Literal) and isinstance(left, E.Var):
        value = right.value
        if tags:
            assert isinstance(value, int)
            return make(E.HasTag, tags[0], value)
        of = view.leaves[left].type
        constant = B.literal(bool(value) if isinstance(of, T.Bool) else value, of)
        return make(E.Equal, made(left), constant)
    if len(tags) == 2:
        assert isinstance(tags[0].type, T.Message)
        return disjunction(
            conjunction(make(E.HasTag, access, tag) for access in tags)
            for tag in range(len(tags[0].type.alternatives))
        )
    left, right = _without_negative(left, right)
    return make(E.Equal, made(left), made(right))


def _without_negative(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """x < y - 2 as x + 2 < y, for numbers that are never below 0."""
    match right:
        case E.Arith("+", term, E.Literal(int() as distance)) if distance < 0:
            return make(E.Arith, "+", left, B.number(-distance), T.INTEGER), term
        case _:
            return left, right
