"""Invariants that need sums of several numbers: asked of Spacer, and proved again before they are
believed.

Our own procedure (`reachability`) learns literals that the model is made of; where a proof needs
x + y = n and the model says nothing like it, its lemmas go on for ever.  Spacer finds such sums,
but it is a large program with preprocessing that we do not know.  So what it says is a conjecture:
it must be kept by every step and exclude what was asked according to our own `queries`, and the
certificate is checked a third time by an encoding that shares no code with this one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from verifier.engines.interface import TIMED_OUT
from verifier.engines.symbolic import horn, spacer
from verifier.engines.symbolic.cubes import Cube
from verifier.engines.symbolic.frames import Ground
from verifier.engines.symbolic.houdini import inductive
from verifier.engines.symbolic.queries import GaveUp
from verifier.engines.symbolic.spacer import Reachable, Undecided, Unreachable
from verifier.ir.expr import Expr


def proved(ground: Ground, bad: Sequence[Expr], deadline: float | None) -> list[Cube]:
    """Cubes that together with the facts of the ground are inductive and exclude what was asked;
    the ground knows them afterwards.  All its channels must be seen whole.

    Raises:
        GaveUp: there is no such proof, or no time for it.
        NotSymbolic: the steps cannot be said as clauses.
    """
    assert horn.exact(ground.view), "clauses about a few messages prove nothing about more"
    seconds = None if deadline is None else deadline - time.monotonic()
    if seconds is not None and seconds <= 0:
        raise GaveUp(TIMED_OUT)
    match spacer.solve(horn.clauses(ground, bad, ground.facts), seconds):
        case Undecided(reason):
            raise GaveUp(reason)
        case Reachable():
            raise GaveUp("Spacer finds a run to it")
        case Unreachable(None):
            raise GaveUp("the invariant of Spacer cannot be said in the words of the language")
        case Unreachable(invariant):
            assert invariant is not None
            return checked(ground, bad, horn.cubes_of(invariant))


def checked(ground: Ground, bad: Sequence[Expr], cubes: list[Cube]) -> list[Cube]:
    """The cubes that hold, if they exclude what is asked; the ground knows them afterwards.

    Raises:
        GaveUp: they do not exclude it, or there was no time.
    """
    kept = inductive(ground, cubes)
    ground.learn(kept)
    if bad and ground.queries.find(bad, (), ()) is not None:
        raise GaveUp("the invariant of Spacer does not hold when it is checked")
    return kept
