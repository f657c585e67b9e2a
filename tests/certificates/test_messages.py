"""Claims about two messages of a kind, and about timers: from the language to both solvers."""

from __future__ import annotations

from pathlib import Path

from verifier.certificates.check import Accepted, Refused
from verifier.certify import check, write
from verifier.ir.property import Invariant, NoFault
from verifier.language.load import load

ONE_PING = """model one_ping
message Ping { n: int 1..2 }
channel c { unordered }
node A(b: B) {
  var sent: int 0..3
  timer t when not in_flight()
  action go(n: int 1..2) when sent < 3 and not running(t) {
    sent += 1
    start t
    send Ping { n: n } to b
  }
  on timeout t { }
}
node B { on Ping { } }
instance a: A(b)
instance b: B
final when true
invariant "at most one": not in_flight(Ping(m) where in_flight(Ping(k) where k != m
  or count_in_flight(Ping(c) where c == m) > 1))
"""
LEMMA = 'lemma "what was sent runs": exists x in A: running(x.t) or not in_flight()\n'
WAITS = " and not running(t)"


def test_copies_and_timers_are_said_and_proved(tmp_path: Path) -> None:
    outcomes = []
    for text in (ONE_PING, ONE_PING.replace(WAITS, "")):
        path = tmp_path / "one_ping.mdl"
        path.write_text(text + LEMMA, encoding="utf-8")
        model = load(path, None, {})
        parts = [p.predicate for p in model.properties if isinstance(p, Invariant)]
        proved = [p for p in model.properties if isinstance(p, (Invariant, NoFault))]
        write(tmp_path / "proof", model, proved, parts)
        said = (tmp_path / "proof/invariant.mdl").read_text(encoding="utf-8")
        assert "(m1 != k1)" not in said and "(k1 != m1)" in said and "running(x1.t)" in said
        outcomes.append(check(tmp_path / "proof", seconds_max=20))
    assert isinstance(outcomes[0], Accepted)
    assert isinstance(outcomes[1], Refused) and "consecution" in outcomes[1].what
