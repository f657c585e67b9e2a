"""What a checked build asks of every state that it makes: that it is in canonical form.

A number is one of its type, what is absent is all zeros, the used slots of a list or channel come
first, and an unordered channel is sorted.  Nothing of this can fail unless the generator is wrong.
"""

from __future__ import annotations

from typing import cast

from verifier.engines.native.access import Access
from verifier.engines.native.arrays import layout_of
from verifier.engines.native.block import Block
from verifier.engines.native.channels import link, not_after
from verifier.engines.native.code import Bit, Function
from verifier.engines.native.constants import Constants
from verifier.engines.native.values import Number, Parts, Small, Truth, Value, Wide, bounds
from verifier.ir import types as T
from verifier.ir.packing import Packing
from verifier.ir.types import Type


def checks(packing: Packing, constants: Constants) -> list[str]:
    """``valid(block, state)`` counts what is broken in a state."""
    f = Function("valid", "ptr %block, ptr %state", notes="noinline")
    a = Access(f, packing, constants, settled=True)
    for variable, place in zip(packing.system.variables, packing.places, strict=True):
        _value(a, a.read("%state", place, variable.type), variable.type)
    f.leave()
    return [f.text()]


def _require(a: Access, holds: Bit) -> None:
    with a.f.when(a.f.not_(holds)):
        a.f.increment("%block", Block.BROKEN)


def _value(a: Access, value: Value, of: Type) -> None:
    match value:
        case Truth():
            return
        case Number(word):
            if not isinstance(of, T.Stamp):
                low, high = bounds(of)
                _require(a, a.f.compare("sle", low, word))
                _require(a, a.f.compare("sle", word, high))
        case Small() | Wide():
            _compound(a, value, of)
        case Parts():
            raise AssertionError(of)


def _compound(a: Access, value: Small | Wide, of: Type) -> None:
    match of:
        case T.Record():
            for index, (_, kind) in enumerate(of.fields):
                _value(a, a.field(value, index), kind)
        case T.Optional(item):
            present = cast(Truth, a.field(value, 0)).bit
            with a.f.when(present):
                _value(a, a.field(value, 1), item)
            with a.f.when(a.f.not_(present)):
                _empty(a, value)
        case T.Map(_, item):
            with a.f.loop(0, layout_of(a, value).count) as (i, _, _):
                _value(a, a.item(value, i), item)
        case T.Set():
            return
        case T.List() | T.Channel():
            _slots(a, value, of)
        case T.Message(alternatives):
            known: Bit = False
            for tag, record in enumerate(alternatives):
                is_tag = a.has_tag(value, tag)
                known = a.f.either(known, is_tag)
                with a.f.when(is_tag):
                    for index, (_, kind) in enumerate(record.fields):
                        _value(a, a.message_part(value, tag, index), kind)
            _require(a, known)
        case _:
            raise AssertionError(of)


def _empty(a: Access, value: Small | Wide) -> None:
    if isinstance(value, Small):
        _require(a, a.f.compare("eq", value.word, 0))
        return
    with a.f.loop(0, a.packing.layout(value.type).words) as (i, _, _):
        _require(a, a.f.compare("eq", a.f.load(value.pointer, i), 0))


def _slots(a: Access, value: Small | Wide, of: T.List | T.Channel) -> None:
    """Each slot in itself, and beside the one before it."""
    count = layout_of(a, value).count
    kind = a.slot_type(of)
    with a.f.loop(0, count) as (i, _, _):
        slot = cast(Small | Wide, a.item(value, i))
        with a.f.when(a.used(slot)):
            _value(a, slot, kind)
        with a.f.when(a.f.not_(a.used(slot))):
            _empty(a, slot)
    if count < 2:
        return
    with a.f.loop(0, count - 1) as (i, _, _):
        slot = cast(Small | Wide, a.item(value, i))
        following = cast(Small | Wide, a.item(value, a.f.add(i, 1)))
        with a.f.when(a.used(following)):
            _require(a, a.used(slot))
            if isinstance(of, T.Channel):
                ordered = (
                    a.f.compare("ule", link(a, slot), link(a, following))
                    if of.fifo
                    else not_after(a, slot, following)
                )
                _require(a, ordered)
