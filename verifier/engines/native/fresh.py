"""New stamps as code: their place below the stamps that a state holds."""

from __future__ import annotations

from verifier.engines.native.values import Number
from verifier.engines.native.writer import Writer
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import TransitionSystem


def newest(w: Writer) -> int | str:
    """How many stamps the state holds: its newest one divided by the gap."""
    key = E.make(E.LiveStamps, T.INTEGER)
    known = w.known.get(key)
    if known is None:
        word: int | str = 0
        if w.state is not None and a_stamp(w.system):
            word = w.f.op(f"call i64 @newest(ptr {w.state})")
        known = Number(word, 0, w.access.packing.stamp_high // w.system.stamp_gap)
        w.bind(key, known)
    assert isinstance(known, Number)
    return known.word


def fresh(w: Writer, back: Number, offset: int) -> Number:
    """See `ir.stamps.place_stamp`; the stamps of a state are the multiples of the gap."""
    f, gap = w.f, w.system.stamp_gap
    count = newest(w)
    high = w.access.packing.stamp_high
    highest = f.mul(count, gap)
    if back.high <= 0:
        return Number(f.add(highest, offset), 0, high)
    half = f.op(f"ashr i64 {f.add(back.word, 1)}, 1")
    steps = f.sub(f.choose(f.compare("slt", half, f.add(count, 1)), half, f.add(count, 1)), 1)
    equal_ = f.mul(f.sub(count, steps), gap)
    lower = f.add(steps, 1)
    lower = f.choose(f.compare("slt", lower, count), lower, count)
    between = f.add(f.mul(f.sub(count, lower), gap), offset)
    odd = f.compare("eq", f.and_(back.word, 1), 1)
    above = f.compare("eq", back.word, 0)
    word = f.choose(above, f.add(highest, offset), f.choose(odd, equal_, between))
    return Number(word, 0, high)


def a_stamp(system: TransitionSystem) -> bool:
    """Whether the states of a system can hold stamps at all."""
    return any(holds_stamps(variable.type) for variable in system.variables)
