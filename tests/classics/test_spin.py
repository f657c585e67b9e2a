"""The engine agrees with SPIN, which reads the same protocols in a language of its own.

Each model is written twice, here in Promela and under models/classics in MDL, with steps of the
same size (every `d_step` is one step), and without partial-order reduction.  SPIN searches
breadth-first too, so a run to an error is a shortest one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.classics.exploring import explored, model_of, shortest

MISSING = [tool for tool in ("spin", "cc") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING),
    reason=f"not installed: {', '.join(MISSING)} (see tools/install_test_packages.sh)",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One model at one size in both languages.

    ``starts``: initial states.  SPIN has exactly one; where the model has several, the Promela text
    chooses one of them in a step more.
    """

    model: str
    options: Mapping[str, int]  # of the model, and the macros of the Promela text
    macros: Mapping[str, int] = field(default_factory=dict)  # of the Promela text only
    starts: int = 1

    @property
    def title(self) -> str:
        return (
            f"{self.model}({','.join(f'{name}={value}' for name, value in self.options.items())})"
        )

    @property
    def settings(self) -> dict[str, str]:
        """The options as text; a yes or no is 1 or 0 in Promela."""
        return {
            name: ("true" if value else "false") if name in TRUTHS else str(value)
            for name, value in self.options.items()
        }


TRUTHS = {"ANNOUNCED", "READERS_COUNT"}


@dataclass(frozen=True, slots=True)
class SpinResult:
    """What SPIN says of a model.  ``steps``: the length of the run to the first error, which is a
    shortest one; None if there is none."""

    states: int
    transitions: int  # one more than there are, as SPIN counts the start
    depth: int
    error: str | None
    steps: int | None


def spin(pair: Pair, directory: Path, *, stuck_is_error: bool) -> SpinResult:
    """Generates, compiles and runs SPIN's search for a model."""
    source = Path(__file__).parent / f"{pair.model}.pml"
    macros = [f"-D{name}={value}" for name, value in {**pair.options, **pair.macros}.items()]
    _run(["spin", "-a", *macros, str(source)], directory)
    compile_flags = ["-w", "-O1", "-DSAFETY", "-DBFS", "-DNOREDUCE", "-DVECTORSZ=4096"]
    _run(["cc", *compile_flags, "-o", "pan", "pan.c"], directory)
    said = _run(["./pan", *([] if stuck_is_error else ["-E"])], directory)
    error, steps = _error(said)
    return SpinResult(
        states=_number(r"(\d+) states, stored", said),
        transitions=_number(r"(\d+) transitions \(", said),
        depth=_number(r"depth reached (\d+)", said),
        error=error,
        steps=steps,
    )


def _run(command: list[str], directory: Path) -> str:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def _number(pattern: str, said: str) -> int:
    found = re.search(pattern, said)
    assert found is not None, said
    return int(found[1])


def _error(said: str) -> tuple[str | None, int | None]:
    """An assertion is reported at the depth of the state before the step that breaks it, and a
    state without a way on at its own depth."""
    found = re.search(r"pan:1: (assertion violated|invalid end state).*\(at depth (\d+)\)", said)
    if found is None:
        assert "errors: 0" in said, said
        return None, None
    return found[1], int(found[2]) + (found[1] == "assertion violated")


@pytest.mark.parametrize(
    "pair",
    [
        Pair("dining_philosophers", {"N": 2}),
        Pair("dining_philosophers", {"N": 4}),
        Pair("dining_philosophers", {"N": 6}),
        Pair("peterson", {"N": 3}),
        Pair("peterson", {"N": 4}),
        Pair("bakery", {"N": 2, "TICKETS": 3, "ANNOUNCED": 1}),
        Pair("bakery", {"N": 3, "TICKETS": 3, "ANNOUNCED": 1}),
        Pair("alternating_bit", {"DATA": 2, "CAPACITY": 2}, starts=8),
        Pair("sliding_window", {"ITEMS": 4, "WINDOW": 2, "NUMBERS": 3}, {"CONFIRMED_IS_ASKED": 1}),
        Pair("sliding_window", {"ITEMS": 5, "WINDOW": 3, "NUMBERS": 4}, {"CONFIRMED_IS_ASKED": 1}),
        Pair("readers_writers", {"CLIENTS": 2, "READERS_COUNT": 1}),
        Pair("readers_writers", {"CLIENTS": 3, "READERS_COUNT": 1}),
        Pair("two_phase_commit", {"N": 3}),
        Pair("two_phase_commit", {"N": 4}),
        Pair("election_ring_dkr", {"N": 3}),
        Pair("election_ring_dkr", {"N": 6}),
        Pair("scenario_c_reference", {"M": 1, "K": 3}),
        Pair("scenario_c_reference", {"M": 2, "K": 2}),
        Pair("scenario_c_reference", {"M": 2, "K": 3}),
    ],
    ids=lambda pair: pair.title,
)
def test_spin_counts_the_same(pair: Pair, tmp_path: Path) -> None:
    theirs = spin(pair, tmp_path, stuck_is_error=False)
    ours = explored(model_of(pair.model, pair.settings))
    choosing = 1 if pair.starts > 1 else 0
    assert theirs.error is None
    assert ours.complete
    assert ours.states == theirs.states - choosing
    assert ours.transitions == theirs.transitions - 1 - choosing * pair.starts
    assert ours.depth == theirs.depth - choosing


@pytest.mark.parametrize(
    ("pair", "name", "steps"),
    [
        (Pair("bakery", {"N": 2, "TICKETS": 3, "ANNOUNCED": 0}),
         "at most one process is in its critical section", 12),
        (Pair("bakery", {"N": 3, "TICKETS": 3, "ANNOUNCED": 0}),
         "at most one process is in its critical section", 16),
        (Pair("readers_writers", {"CLIENTS": 3, "READERS_COUNT": 0}), "a writer is alone", 6),
        (Pair("sliding_window", {"ITEMS": 4, "WINDOW": 2, "NUMBERS": 2}, {"CONFIRMED_IS_ASKED": 1}),
         "what is confirmed has arrived", 5),
        (Pair("sliding_window", {"ITEMS": 4, "WINDOW": 2, "NUMBERS": 2}, {"CONFIRMED_IS_ASKED": 0}),
         "items are taken in order and once", 7),
        (Pair("scenario_c_reference", {"M": 1, "K": 1}, {"MISROUTE": 1}), "no misroute", 7),
        (Pair("scenario_c_reference", {"M": 2, "K": 2}, {"MISROUTE": 1}), "no misroute", 7),
    ],
    ids=lambda value: value.title if isinstance(value, Pair) else None,
)  # fmt: skip
def test_spin_finds_an_error_after_as_many_steps(
    pair: Pair, name: str, steps: int, tmp_path: Path
) -> None:
    theirs = spin(pair, tmp_path, stuck_is_error=False)
    ours = explored(model_of(pair.model, pair.settings))
    assert (theirs.error, theirs.steps) == ("assertion violated", steps)
    assert shortest(ours, name)[0] == steps


@pytest.mark.parametrize("philosophers", [2, 4, 6])
def test_spin_gets_stuck_after_as_many_steps(philosophers: int, tmp_path: Path) -> None:
    pair = Pair("dining_philosophers", {"N": philosophers})
    theirs = spin(pair, tmp_path, stuck_is_error=True)
    ours = explored(model_of(pair.model, pair.settings))
    assert (theirs.error, theirs.steps) == ("invalid end state", philosophers)
    assert shortest(ours, "no deadlock") == (philosophers, 1)


def test_spin_gets_stuck_in_none_of_the_models_that_go_on_for_ever(tmp_path: Path) -> None:
    pair = Pair("bakery", {"N": 3, "TICKETS": 3, "ANNOUNCED": 1})
    assert spin(pair, tmp_path, stuck_is_error=True).error is None
    ours = explored(model_of(pair.model, pair.settings))
    assert ours.terminal == 0
