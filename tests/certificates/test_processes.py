"""Solvers in processes: they end with the one who asked, and with the time."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread

from verifier.certificates.processes import Answers, Solvers

HARD = """(set-logic ALL)
(declare-const a Int)
(declare-const b Int)
(assert (and (> a 1) (> b 1) (= (* a b) 340282366920938463463374607431768211507)))
(echo "factors")
(check-sat)
"""
"""Two factors of a number of 128 bits: nobody waits for the answer."""


def test_an_end_ends_what_runs(tmp_path: Path) -> None:
    (tmp_path / "hard.smt2").write_text(HARD)
    solvers, found = Solvers(), list[Answers]()

    def ask() -> None:
        found.append(solvers.ask("cvc5", tmp_path / "hard.smt2", 1000.0))

    thread = Thread(target=ask)
    thread.start()
    while not solvers.running:
        time.sleep(0.01)
    solvers.end()
    thread.join(timeout=60)
    assert not thread.is_alive() and not solvers.running
    assert found[0].said == () and found[0].trouble != ""
    assert solvers.ask("z3", tmp_path / "hard.smt2", 1000.0) == Answers((), "it was not asked", 0.0)


def test_no_solver_runs_beyond_the_deadline(tmp_path: Path) -> None:
    (tmp_path / "hard.smt2").write_text(HARD)
    solvers = Solvers(time.monotonic() + 0.5)
    found = solvers.ask("cvc5", tmp_path / "hard.smt2", 1000.0)
    assert found.said == () and found.trouble.startswith("no end within")
    assert solvers.late() and not solvers.running
