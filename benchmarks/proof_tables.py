"""What the engines said, side by side: a table, and where they contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PROVE = "prove"
CANNOT = "the engine cannot take the model"
# By kind of property: the verdict that one run shows, and its opposite.
SHOWN_BY_A_RUN = {
    "invariant": ("violated", "holds"),
    "lemma": ("violated", "holds"),
    "step": ("violated", "holds"),
    "reachable": ("holds", "violated"),
    "flow": ("holds", "violated"),
}
MARKS = {"holds": "✓", "violated": "✗", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict on one property; ``steps`` is the length of its run, where there is one."""

    name: str
    kind: str
    verdict: str
    steps: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of an engine on a variant of a model; ``failed`` says why there are no answers."""

    model: str
    variant: str
    engine: str
    limit: int
    worked_seconds: float = 0.0
    failed: str = ""
    answers: tuple[Answer, ...] = ()
    states: int | None = None  # where all were visited
    circles: tuple[str, ...] = ()  # bounds of numbers that go round, but not in what was proved

    @property
    def summary(self) -> str:
        """How many properties of each verdict, and how long it took."""
        if self.failed:
            return "-" if self.failed == CANNOT else f"failed: {self.failed}"
        counts = Counter(MARKS[answer.verdict] for answer in self.answers)
        verdicts = " ".join(f"{counts[mark]} {mark}" for mark in MARKS.values() if counts[mark])
        return f"{verdicts}, {self.worked_seconds:.1f} s"


def rows_of(found: Iterable[Measured]) -> dict[tuple[str, str], dict[str, Measured]]:
    """The runs on each variant, by engine."""
    rows: dict[tuple[str, str], dict[str, Measured]] = {}
    for one in found:
        rows.setdefault((one.model, one.variant), {})[one.engine] = one
    return rows


def table(found: Iterable[Measured]) -> Iterator[str]:
    """A row for each variant of a model."""
    rows = rows_of(found)
    engines = [*dict.fromkeys(engine for row in rows.values() for engine in row)]
    yield f"| model | variant | states | {' | '.join(engines)} |"
    yield f"| --- | --- | ---: |{' ---: |' * len(engines)}"
    for (model, variant), row in rows.items():
        counted = next((f"{one.states:,}" for one in row.values() if one.states is not None), "")
        cells = " | ".join(row[engine].summary if engine in row else "" for engine in engines)
        yield f"| {model} | {variant} | {counted} | {cells} |"


def contradictions(found: Iterable[Measured]) -> Iterator[str]:
    """Every two answers of which one must be wrong.

    Searches answer one question, so they must agree, in the length of runs too.  A proof is for
    every value of the bounds, so a run within them shows the same without them; the other way
    round nothing follows.  Of deadlocks and run-time errors nothing follows at all: a bound may be
    what stops a model, or what it runs into.  Nor does anything follow where numbers go round
    within the bounds: what is proved is of numbers that do not (too few may be the mistake).
    """
    for (model, variant), row in rows_of(found).items():
        settled: dict[str, tuple[str, Answer]] = {}
        proofs = row.get(PROVE)
        usable = proofs is not None and not proofs.circles
        proved = {answer.name: answer for answer in proofs.answers} if usable else {}
        for engine, one in row.items():
            if engine == PROVE:
                continue
            for answer in one.answers:
                if answer.verdict == "unknown":
                    continue
                first, other = settled.setdefault(answer.name, (engine, answer))
                if (other.verdict, other.steps) != (answer.verdict, answer.steps):
                    yield (
                        f"{model}, {variant}, {answer.name}: {first} says {_said(other)}, "
                        f"{engine} says {_said(answer)}"
                    )
        for name, (engine, answer) in settled.items():
            if answer.kind not in SHOWN_BY_A_RUN:
                continue
            shown, opposite = SHOWN_BY_A_RUN[answer.kind]
            if answer.verdict == shown and name in proved and proved[name].verdict == opposite:
                yield (
                    f"{model}, {variant}, {name}: {engine} says {_said(answer)}, "
                    f"the proof says {proved[name].verdict}"
                )


def _said(answer: Answer) -> str:
    return answer.verdict if answer.steps is None else f"{answer.verdict} in {answer.steps} steps"
