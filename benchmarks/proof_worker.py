"""One engine for proofs on one model, in a process of its own; what it finds as lines of JSON.

    python benchmarks/proof_worker.py ic3 FILE VARIANT SECONDS

The bounds of the model are lifted.  The seconds are for each question; what is done before the first
one is in the line of the name "".
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from verifier.engines.symbolic import arithmetic, horn, spacer
from verifier.engines.symbolic.asking import faults, formulas
from verifier.engines.symbolic.frames import Ground
from verifier.engines.symbolic.prover import FAULTS, Proved, Prover
from verifier.engines.symbolic.queries import GaveUp
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.views import View
from verifier.ir.expr import Expr
from verifier.ir.problem import SafetyProblem
from verifier.language.lift import lift
from verifier.properties.safety import encode

SLOTS = 3  # of each kind of message, for Spacer; one of them is what a step receives

Asked = Callable[[Ground], Sequence[Expr]]


def questions(problem: SafetyProblem) -> Iterator[tuple[str, Asked]]:
    """What is asked of a problem, by name."""
    yield FAULTS, lambda ground: [one for _, found in faults(ground) for one in found]
    for bad in problem.bad:
        yield bad.name, lambda ground, bad=bad: formulas(ground, bad)  # type: ignore[misc]


def ic3(problem: SafetyProblem, seconds: float) -> Iterator[tuple[str, str, str]]:
    """Our own procedure alone, with the facts that are mined first."""
    horn.exact = lambda view: False  # or the prover would go over to Spacer
    prover = Prover(problem, time.monotonic() + seconds)
    prover.deadline = None
    yield "", "ready", f"{len(prover.facts)} facts"
    for name, asked in questions(problem):
        outcome = prover.prove(asked, seconds)
        if isinstance(outcome, Proved):
            yield name, "proved", f"{len(outcome.invariant)} predicates"
        else:
            yield name, "a candidate" if outcome.excluded else "open", outcome.reason


def by_spacer(problem: SafetyProblem, seconds: float) -> Iterator[tuple[str, str, str]]:
    """Spacer alone, with nothing known beforehand."""
    ground = Ground(View(problem.system, SLOTS), None)
    yield "", "ready", f"{len(ground.view.leaves)} leaves, {len(ground.steps.all)} rules"
    for name, asked in questions(problem):
        bad = list(asked(ground))
        if not bad:
            yield name, "proved", "nothing to ask"
            continue
        answer = spacer.solve(horn.clauses(ground, bad, ()), seconds)
        match answer:
            case spacer.Reachable():
                yield name, "reachable", ""
            case spacer.Undecided(reason):
                yield name, "open", reason
            case spacer.Unreachable() if not horn.exact(ground.view):
                yield name, "unreachable", "of few messages only, no proof"
            case spacer.Unreachable(invariant):
                yield name, *_again(problem, asked, invariant)


def _again(problem: SafetyProblem, asked: Asked, invariant: Expr | None) -> tuple[str, str]:
    """Whether the invariant is one when it is checked."""
    if invariant is None:
        return "open", "cannot be said in the words of the language"
    ground = Ground(View(problem.system, SLOTS), None)
    try:
        cubes = arithmetic.checked(ground, list(asked(ground)), horn.cubes_of(invariant))
    except GaveUp as stopped:
        return "open", str(stopped)
    return "proved", f"{len(cubes)} predicates"


ENGINES = {"ic3": ic3, "spacer": by_spacer}


def main(words: Sequence[str]) -> None:
    engine, file, variant, seconds = words
    model, _ = lift(Path(file), variant or None, {})
    problem = encode(model.system, model.properties)
    began = time.monotonic()
    try:
        for name, answer, note in ENGINES[engine](problem, float(seconds)):
            now = time.monotonic()
            said = {"name": name, "answer": answer, "note": note, "seconds": now - began}
            print(json.dumps(said), flush=True)
            began = now
    except (NotSymbolic, GaveUp) as stopped:
        print(json.dumps({"name": "", "answer": "not asked", "note": str(stopped), "seconds": 0.0}))


if __name__ == "__main__":
    main(sys.argv[1:])
