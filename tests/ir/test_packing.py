"""Packed states: nothing is lost, nothing straddles a word, and order is kept."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED
from tests.engines.drawn_expressions import MESSAGE, Draw, types, value
from tests.engines.drawn_systems import systems
from verifier.ir import types as T
from verifier.ir.packing import WORD, Array, Choice, Layout, Packing, Row, Scalar, is_small
from verifier.ir.semantics import initial_states, successors
from verifier.ir.system import Check, TransitionSystem, Variable

EMPTY = TransitionSystem("empty", (), (), ())


@st.composite
def typed_values(draw: Draw) -> tuple[T.Type, T.Value, T.Value]:
    """A type and two of its values."""
    of = T.Channel(MESSAGE, draw(st.booleans()), 3) if draw(st.booleans()) else types(draw)
    return of, value(draw, of), value(draw, of)


def packing_for(of: T.Type) -> Packing:
    return Packing(TransitionSystem("one", (Variable("v", of),), (), ()))


@given(typed_values())
@settings(FIXED, max_examples=400)
def test_what_is_packed_is_unpacked(drawn: tuple[T.Type, T.Value, T.Value]) -> None:
    of, first, second = drawn
    packing = packing_for(of)
    for one in (first, second):
        if all(0 <= stamp <= packing.stamp_high for stamp in _stamps(of, one)):
            words = packing.packed(of, one)
            assert packing.unpacked(of, words) == one
            assert all(0 <= word < 1 << WORD for word in words)


def _stamps(of: T.Type, one: T.Value) -> list[int]:
    from verifier.ir.stamps import map_stamps

    found: list[int] = []

    def note(stamp: int) -> int:
        found.append(stamp)
        return stamp

    map_stamps(of, one, note)
    return found


@given(systems())
@settings(FIXED, max_examples=150)
def test_states_of_a_search_are_told_apart(system: TransitionSystem) -> None:
    packing = Packing(system)
    found = list(dict.fromkeys(state for _, state in initial_states(system)))
    for state in found[:60]:
        for _, after in successors(system, state):
            if not isinstance(after, Check) and after not in found:
                found.append(after)
    packed = {tuple(packing.pack(state)) for state in found}
    assert len(packed) == len(found)
    assert all(packing.unpack(packing.pack(state)) == state for state in found)


NUMBER = T.Record("R", (("a", T.Int(-3, 4)), ("b", T.Optional(T.Int(0, 5))), ("c", T.BOOL)))
LISTS = T.Record("L", (("l", T.List(T.Int(1, 3), 3)), ("m", T.Map(T.Int(0, 1), T.Int(0, 9)))))


@given(st.sampled_from([NUMBER, LISTS]), st.randoms(use_true_random=False))
@settings(FIXED, max_examples=200)
def test_packed_values_compare_as_the_values_do(of: T.Type, random: Any) -> None:
    packing = packing_for(of)
    everything = list(T.values(of)) if of is NUMBER else random.sample(list(T.values(of)), 40)
    by_value: list[Any] = sorted(everything)
    assert by_value == sorted(everything, key=lambda one: packing.packed(of, one))


def test_no_scalar_straddles_a_word() -> None:
    wide = T.Record("W", tuple((f"f{n}", T.Int(0, (1 << 23) - 1)) for n in range(7)))
    nested = T.Map(T.Int(0, 4), T.Optional(wide))
    packing = packing_for(nested)
    _within_words(packing.layout(nested))
    assert packing.layout(wide).words == 4  # two fields of 23 bits to a word


def _within_words(layout: Layout) -> None:
    match layout:
        case Scalar(bits):
            assert bits <= WORD
        case Row(_, _, places):
            for place in places:
                _within_words(place.layout)
                if is_small(place.layout):
                    assert 0 <= place.shift <= WORD - place.layout.bits
        case Choice(_, _, rows):
            for row in rows:
                _within_words(row)
        case Array():
            _within_words(layout.item)
            for index in range(layout.count):
                place = layout.place(index)
                if is_small(layout.item):
                    assert 0 <= place.shift <= WORD - layout.item.bits


def test_a_scalar_of_one_value_needs_no_bits() -> None:
    packing = packing_for(T.Map(T.Enum("K", ("only",), 3), T.Enum("V", ("only",), 7)))
    assert packing.bits == 0 and packing.words == 1
    assert packing.unpack(packing.pack(((7,),))) == ((7,),)
