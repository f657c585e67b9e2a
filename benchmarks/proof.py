"""Measures every engine on every variant of every model, and has them agree.

    python benchmarks/proof.py --results FILE              all; hours
    python benchmarks/proof.py --results FILE --only horn  what has this in its name
    python benchmarks/proof.py --results FILE --write      only the table, into docs/benchmarks.md

What was measured is a line of the results file and is not measured again, so a run may be stopped
and gone on with.  Ends with status 1 if two engines contradict each other.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

if not __package__:  # started as a file: then its own folder is on the path, not the one above
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.cases import ROOT
from benchmarks.page import PAGE, circumstances, replace_part
from benchmarks.processes import ProgramFailed, run
from benchmarks.proof_tables import CANNOT, PROVE, Answer, Measured, contradictions, table
from verifier.language.load import load
from verifier.language.model import Model

MODELS = ROOT / "models"
SEARCHES = ("explicit", "native", "symbolic")
CHECK_SECONDS, PROVE_SECONDS = 60, 240
STARTING_SECONDS = 120.0  # what a run may take longer than it was told
LIMITED = frozenset({0, 1, 2, 4})  # exit statuses; 2: the engine cannot take the model

# The block of the scenarios that all engines explore; `verify prove` lifts these bounds.
BLOCK = {"MAX_MOVES": "3", "MAX_REPEATS": "0", "LOSSES": "0", "departure": "at_once"}


def jobs(only: Sequence[str]) -> Iterator[tuple[str, Model]]:
    """Every variant of the models whose path or variant has one of the texts in it."""
    files = [
        *sorted((MODELS / "proofs" / "horn").glob("*.mdl")),
        *sorted((MODELS / "classics").glob("*.mdl")),
        *sorted((MODELS / "proofs").glob("*.mdl")),
        *sorted(MODELS.glob("scenario_*.mdl")),
    ]
    for file in files:
        default = load(file, None, {})
        for variant in dict.fromkeys((default.variant, *default.variants)):
            name = str(file.relative_to(MODELS).with_suffix(""))
            if not only or any(text in f"{name}/{variant}" for text in only):
                yield name, load(file, variant, {}) if variant != default.variant else default


def words(model: Model, engine: str, seconds: int) -> list[str]:
    """The command line of a run, after `verify`."""
    said = ["prove"] if engine == PROVE else ["check", "--engine", engine, "--workers", "1"]
    said += [str(model.file), "--format", "json", "--quiet", "--time-limit", f"{seconds}s"]
    said += [] if model.variant == "default" else ["--variant", model.variant]
    if engine != PROVE and model.name.startswith("scenario_") and "LOSSES" in model.options:
        for option, value in BLOCK.items():
            said += ["--set", f"{option}={value}"] if option in model.options else []
    return said


def measure(name: str, model: Model, engine: str) -> Measured:
    """One run, to its end or the limit."""
    limit = PROVE_SECONDS if engine == PROVE else CHECK_SECONDS
    command = [sys.executable, "-m", "verifier", *words(model, engine, limit)]
    begun = Measured(name, model.variant, engine, limit)
    with TemporaryDirectory() as directory:
        try:
            done = run(
                command,
                Path(directory),
                environment={"PYTHONPATH": str(ROOT)},
                accepted=LIMITED,
                limit_seconds=limit + STARTING_SECONDS,
            )
        except ProgramFailed as error:
            return replace(begun, failed=str(error).strip().splitlines()[-1])
    if not done.output:
        return replace(begun, failed=CANNOT)
    said = json.loads(done.output)
    answers = tuple(
        Answer(
            row["name"],
            row["kind"],
            row["verdict"],
            None if row["trace"] is None else row["trace"]["steps"],
        )
        for row in said["properties"]
    )
    states = said["states"] if said.get("complete") else None
    return replace(
        begun,
        worked_seconds=done.worked_seconds,
        answers=answers,
        states=states,
        circles=tuple(said.get("circles", ())),
    )


def kept(results: Path) -> dict[tuple[str, str, str], Measured]:
    """What was measured before; of what was measured twice, the later."""
    found = {}
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    for line in lines:
        said = json.loads(line)
        said["answers"] = tuple(Answer(**one) for one in said["answers"])
        said["circles"] = tuple(said.get("circles", ()))
        one = Measured(**said)
        found[one.model, one.variant, one.engine] = one
    return found


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--results", type=Path, required=True, metavar="FILE")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT")
    parser.add_argument("--engine", action="append", default=[], choices=[*SEARCHES, PROVE])
    parser.add_argument("--write", action="store_true", help="measure nothing; write the table")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    asked = arguments(given)
    found = kept(asked.results)
    for name, model in () if asked.write else jobs(asked.only):
        for engine in asked.engine or (*SEARCHES, PROVE):
            if (name, model.variant, engine) in found:
                continue
            one = measure(name, model, engine)
            with asked.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(one)) + "\n")
            found[name, model.variant, engine] = one
            print(f"{name}/{model.variant} {engine}: {one.summary}", file=sys.stderr, flush=True)
    against = list(contradictions(found.values()))
    lines = [*circumstances(1), "", *table(found.values()), "", *against]
    if asked.write:
        replace_part(PAGE, "proof", lines)
    else:
        print("\n".join(lines))
    return 1 if against else 0


if __name__ == "__main__":
    raise SystemExit(main())
