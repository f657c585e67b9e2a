"""Invariants about places of fifo channels: written, read back, accepted, and refused if wrong."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tests.certificates.models import in_process
from verifier.certificates.check import Accepted, Refused
from verifier.certificates.mdl import PREFIX, declarations
from verifier.certify import check, write
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.property import Invariant
from verifier.ir.semantics import evaluate
from verifier.language.load import load

MODEL = """model line
message A { n: int 0..2 }
message B
channel c { fifo, capacity 2 }
node S(r: R) {
  var n: int 0..2
  action a when room(c) and n < 2 { n += 1  send A { n: n } to r }
}
node R { on A { } on B { } }
instance s: S(r)
instance r: R
final when true
invariant "in order": not in_flight(A(x) at 1 where in_flight(A(y) at 2 where y.n <= x.n))
"""
PARTS = """invariant "p1": not in_flight(B)
invariant "p2": not in_flight(A(x) where x.sender != s or x.receiver != r)
invariant "p3": not in_flight(A(x) at 1 overall where in_flight(A(y) at 2 overall where y.n <= x.n))
invariant "p4": not in_flight(A(x) at 1 overall where x.n > s.n)
invariant "p5": not in_flight(A(x) at 2 overall where x.n > s.n)
"""


def test_read_back(tmp_path: Path) -> None:
    path = tmp_path / "line.mdl"
    path.write_text(MODEL)
    system = load(path, None, {}).system
    variables = {v.name: E.make(E.Var, v.name, v.type) for v in system.variables}
    c = variables["c"]
    assert isinstance(c.type, T.Channel)
    at = [E.make(E.At, c, b.number(k), c.type.message) for k in (0, 1)]
    n = [E.make(E.MessageField, m, 0, 2, T.Int(0, 2)) for m in at]
    there = [b.negate(b.less(b.size(c), b.number(k))) for k in (1, 2)]
    claims = [
        b.negate(b.conjunction((there[1], b.less(n[1], n[0])))),
        b.negate(b.conjunction((*there, b.equal(n[0], b.number(1)), b.equal(n[1], n[0])))),
        b.equal(n[1], b.number(0)),
        b.less(n[0], n[1]),
        b.disjunction((b.negate(there[0]), E.make(E.HasTag, at[0], 1))),
    ]
    path.write_text(MODEL + declarations(system, claims))
    found = [p for p in load(path, None, {}).properties if p.name.startswith(PREFIX)]
    messages = [(0, 0, 1, k) for k in range(3)] + [(1, 0, 1)]
    rows = [row for many in range(3) for row in product(messages, repeat=many)]
    for claim, prop in zip(claims, found, strict=True):
        assert isinstance(prop, Invariant)
        for row in rows:
            state = tuple(row if v.name == "c" else 0 for v in system.variables)
            told = evaluate(system, prop.predicate, state, {})
            assert told == evaluate(system, claim, state, {}), (claim, row)


@pytest.mark.parametrize(
    "old, new", [("", ""), ("y.n <= x.n", "y.n >= x.n"), ("x.n > s.n", "x.n >= s.n")]
)
def test_certificate(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "line.mdl"
    path.write_text(MODEL + PARTS.replace(old, new))
    parts = [p.predicate for p in load(path, None, {}).properties
             if isinstance(p, Invariant) and p.name in ("p1", "p2", "p3", "p4", "p5")]  # fmt: skip
    path.write_text(MODEL)
    model = load(path, None, {})
    proved = [p for p in model.properties if p.name == "in order"]
    write(tmp_path / "proof", model, proved, parts)
    found = check(tmp_path / "proof", seconds_max=20, run=in_process)
    assert isinstance(found, Refused if old else Accepted), found
