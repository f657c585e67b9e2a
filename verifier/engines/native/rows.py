"""Rows of words in memory: copying, clearing and comparing them."""

from __future__ import annotations

from verifier.engines.native.code import Bit, Function, Pointer, Word

UNROLLED_MAX = 16


def copy(f: Function, target: Pointer, source: Pointer, words: int) -> None:
    """Copies words."""
    if words <= UNROLLED_MAX:
        loaded = [f.load(source, number) for number in range(words)]
        for number, word in enumerate(loaded):
            f.store(word, target, number)
        return
    f.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {words * 8}, i1 false)")


def clear(f: Function, target: Pointer, words: int) -> None:
    """Sets words to 0."""
    if words <= UNROLLED_MAX:
        for number in range(words):
            f.store(0, target, number)
        return
    f.do(f"call void @llvm.memset.p0.i64(ptr {target}, i8 0, i64 {words * 8}, i1 false)")


def same_words(f: Function, left: Pointer, right: Pointer, words: int) -> Bit:
    """Whether two rows of words are equal."""
    if words <= UNROLLED_MAX:
        difference: Word = 0
        for number in range(words):
            one, other = f.load(left, number), f.load(right, number)
            difference = f.or_(difference, f.xor(one, other))
        return f.compare("eq", difference, 0)
    same = f.local(True, "i1")
    with f.loop(0, words) as (i, _, leave):
        equal = f.compare("eq", f.load(left, i), f.load(right, i))
        f.set(same, equal)
        f.leave_unless(equal, leave)
    return f.get(same)
