"""Integer arithmetic whose results always have room: the width of a register follows the range of
the result, so nothing wraps around that does not wrap in the model."""

from __future__ import annotations

from verifier.engines.native.access import Access
from verifier.engines.native.values import Number, fitted, resized, width_for
from verifier.ir import types as T
from verifier.ir.build import compute


def calculate(a: Access, op: str, left: Number, right: Number, of: T.Type) -> Number:
    """``+ - * / %``; a divisor of 0 gives 0; reduced if the type wraps around."""
    match op:
        case "+" | "-" | "*":
            result = _plain(a, op, left, right)
        case "/":
            result = _divide(a, left, right)
        case _:
            result = _modulo(a, left, right)
    if isinstance(of, T.Mod):
        return _modulo(a, result, Number(of.modulus, of.modulus, of.modulus))
    return result


def _plain(a: Access, op: str, left: Number, right: Number) -> Number:
    ends = [compute(op, x, y) for x in (left.low, left.high) for y in (right.low, right.high)]
    low, high = min(ends), max(ends)
    bits = max(width_for(low, high), left.bits, right.bits)
    one, other = resized(a.f, left, bits), resized(a.f, right, bits)
    write = {"+": a.f.add, "-": a.f.sub, "*": a.f.mul}[op]
    return fitted(a.f, write(one, other, f"i{bits}"), low, high, bits)


def _divide(a: Access, left: Number, right: Number) -> Number:
    top = max(abs(left.low), abs(left.high))
    low = -top if left.low < 0 or right.low < 0 else 0
    high = top if left.low < 0 or right.high > 0 else 0
    quotient, _ = _floor(a, left, right)
    return fitted(a.f, quotient[0], low, high, quotient[1])


def _modulo(a: Access, left: Number, right: Number) -> Number:
    low = right.low + 1 if right.low < 0 else 0
    high = right.high - 1 if right.high > 0 else 0
    low, high = min(low, 0), max(high, 0)
    if left.low >= 0 and right.low == right.high and left.high < right.low:
        return left
    power_of_two = right.low == right.high and right.low > 0 and right.low & right.low - 1 == 0
    if power_of_two and left.bits == 64:
        # In two's complement the low bits are the remainder of floor division.
        return Number(a.f.and_(left.word, right.low - 1), low, high)
    _, remainder = _floor(a, left, right)
    return fitted(a.f, remainder[0], low, high, remainder[1])


Sized = tuple[int | str, int]


def _floor(a: Access, left: Number, right: Number) -> tuple[Sized, Sized]:
    """Quotient and remainder of floor division, 0 for a divisor of 0, with their width."""
    f = a.f
    # One value more on each side, so that the division of the lowest number by -1 has room.
    edge = max(abs(left.low), abs(left.high), abs(right.low), abs(right.high)) + 1
    bits = max(width_for(-edge, edge), left.bits, right.bits)
    of = f"i{bits}"
    one, other = resized(a.f, left, bits), resized(a.f, right, bits)
    if isinstance(one, int) and isinstance(other, int):
        return (compute("/", one, other), bits), (compute("%", one, other), bits)
    zero = f.compare("eq", other, 0, of) if right.low <= 0 <= right.high else False
    divisor = f.choose(zero, 1, other, of)
    if left.low >= 0 and right.low >= 0:
        quotient: int | str = f.op(f"udiv {of} {one}, {divisor}")
        remainder: int | str = f.op(f"urem {of} {one}, {divisor}")
    else:
        quotient = f.op(f"sdiv {of} {one}, {divisor}")
        remainder = f.op(f"srem {of} {one}, {divisor}")
        uneven = f.compare("ne", remainder, 0, of)
        signs = f.compare("slt", f.op(f"xor {of} {remainder}, {divisor}"), 0, of)
        down = f.both(uneven, signs)
        quotient = f.choose(down, f.sub(quotient, 1, of), quotient, of)
        remainder = f.choose(down, f.add(remainder, divisor, of), remainder, of)
    return (f.choose(zero, 0, quotient, of), bits), (f.choose(zero, 0, remainder, of), bits)
