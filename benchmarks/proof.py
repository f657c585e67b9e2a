"""Measures the engines that look for proofs on the models of the repository.

    python benchmarks/proof.py --results proofs.jsonl            everything; hours
    python benchmarks/proof.py --results proofs.jsonl --quick    the models of arithmetic only
    python benchmarks/proof.py --results proofs.jsonl --only scenario_a/draft_baseline
    python benchmarks/proof.py --results proofs.jsonl --write    only the tables, into the page

Each engine runs on each variant of each model in a process of its own, with a limit of time.  What
was measured is a line of the results file; what is in there is not measured again, so a run may be
stopped and gone on with.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

if not __package__:  # started as a file: then its own folder is on the path, not the one above
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.cases import ROOT
from benchmarks.page import PAGE, circumstances, replace_part
from benchmarks.processes import ProgramFailed, run
from verifier.language.load import load

MODELS = ROOT / "models"
WORKER = Path(__file__).resolve().parent / "proof_worker.py"
SECONDS = 60.0  # for a run of verify, and for each question of the others
OVERHEAD_SECONDS = 120.0  # for what takes longer than it was told, and for starting

# By name: what is measured, and whether the bounds of the model are lifted.
ENGINES = {
    "native": "exploration, bounded as the model stands",
    "explicit": "exploration in plain Python, bounded as the model stands",
    "symbolic": "bounded model checking and k-induction, bounded as the model stands",
    "ic3": "our own property-directed reachability, bounds lifted",
    "spacer": "Spacer, bounds lifted; with unordered channels a measurement and no proof",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine says of one question, after how many seconds; an exploration answers all
    after the same time."""

    name: str
    answer: str
    seconds: float
    note: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of an engine on a variant of a model."""

    model: str
    variant: str
    engine: str
    limit: float
    failed: str
    answers: tuple[Answer, ...]

    @property
    def key(self) -> tuple[str, str, str, float]:
        return (self.model, self.variant, self.engine, self.limit)


def jobs(files: Iterable[Path], only: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Variants of models whose MODEL/VARIANT has one of the texts in it."""
    for file in files:
        for variant in load(file, None, {}).variants:
            name = f"{file.relative_to(MODELS).with_suffix('')}/{variant}"
            if not only or any(text in name for text in only):
                yield file, variant


def measure(file: Path, variant: str, engine: str, limit: float) -> Measured:
    """One run, to its end or the limit."""
    worker = engine in ("ic3", "spacer")
    choice = "" if variant == "default" else variant
    if worker:
        command = [sys.executable, str(WORKER), engine, str(file), choice, str(limit)]
    else:
        command = [sys.executable, "-m", "verifier", "check", str(file), "--engine", engine]
        command += ["--variant", choice] if choice else []
        command += ["--time-limit", f"{limit:.0f}s", "--format", "json", "--quiet"]
        command += ["--workers", "1"]
    failed, answers = "", tuple[Answer, ...]()
    path = {"PYTHONPATH": str(ROOT)}
    questions = len(load(file, choice or None, {}).properties) + 1 if worker else 1
    try:
        with TemporaryDirectory() as directory:
            done = run(
                command,
                Path(directory),
                environment=path,
                accepted=frozenset({0, 1, 4}),
                limit_seconds=3 * limit * questions + OVERHEAD_SECONDS,
            )
        answers = tuple(_of_worker(done.output) if worker else _of_report(done.output))
    except ProgramFailed as error:
        failed = str(error)[-300:]
    name = str(file.relative_to(MODELS).with_suffix(""))
    return Measured(name, variant, engine, limit, failed, answers)


def _of_worker(output: str) -> Iterator[Answer]:
    for line in output.splitlines():
        said = json.loads(line)
        yield Answer(said["name"], said["answer"], said["seconds"], said["note"])


def _of_report(output: str) -> Iterator[Answer]:
    said = json.loads(output)
    for found in said["properties"]:
        note = f"{said['states']} states" if found["evidence"] == "exhaustive" else ""
        yield Answer(
            found["name"],
            found["verdict"],
            said["seconds"]["total"],
            note or found["evidence"] or found["reason"] or "",
        )


# ---- the file of results -----------------------------------------------------------------------


def kept(results: Path) -> dict[tuple[str, str, str, float], Measured]:
    """What was measured before; of what was measured twice, the later."""
    found = {}
    if results.exists():
        for line in results.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            said["answers"] = tuple(Answer(**one) for one in said["answers"])
            one = Measured(**said)
            found[one.key] = one
    return found


def keep(results: Path, one: Measured) -> None:
    with results.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(one)) + "\n")


# ---- tables ------------------------------------------------------------------------------------

SETTLED = ("holds", "violated", "proved", "reachable", "unreachable")


def summary(one: Measured | None) -> str:
    """A run in a few words: how many questions of each answer, and the time."""
    if one is None:
        return ""
    if one.failed:
        return "failed"
    counts: dict[str, int] = {}
    for answer in one.answers:
        if answer.name or answer.answer == "not asked":
            counts[answer.answer] = counts.get(answer.answer, 0) + 1
    words = ", ".join(f"{n} {said}" for said, n in sorted(counts.items()))
    alone = one.engine in ("ic3", "spacer")
    times = [answer.seconds for answer in one.answers]
    return f"{words}; {sum(times) if alone else max(times, default=0.0):.1f} s"


def tables(found: Iterable[Measured]) -> Iterator[str]:
    """A row for each variant, then a row for each property of the scenarios."""
    rows: dict[tuple[str, str], dict[str, Measured]] = {}
    for one in found:
        rows.setdefault((one.model, one.variant), {})[one.engine] = one
    engines = [name for name in ENGINES if any(name in row for row in rows.values())]
    yield from (f"- **{name}**: {ENGINES[name]}" for name in engines)
    yield ""
    yield f"| model | variant | {' | '.join(engines)} |"
    yield f"| --- | --- |{' --- |' * len(engines)}"
    for (model, variant), row in sorted(rows.items()):
        cells = " | ".join(summary(row.get(name)) for name in engines)
        yield f"| {model} | {variant} | {cells} |"
    for (model, variant), row in sorted(rows.items()):
        if model.startswith("scenario"):
            yield ""
            yield f"{model}, {variant}:"
            yield ""
            yield from _properties(row, engines)


def _properties(row: dict[str, Measured], engines: Sequence[str]) -> Iterator[str]:
    by_name: dict[str, dict[str, Answer]] = {}
    for engine, one in row.items():
        for answer in one.answers:
            if answer.name:
                by_name.setdefault(answer.name, {})[engine] = answer
    yield f"| property | {' | '.join(engines)} |"
    yield f"| --- |{' --- |' * len(engines)}"
    for name, said in sorted(by_name.items()):
        cells = [
            f"{said[e].answer}, {said[e].seconds:.1f} s" if e in said else "" for e in engines
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--results", type=Path, required=True, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="the models of arithmetic only")
    parser.add_argument("--only", action="append", default=[], metavar="MODEL/VARIANT")
    parser.add_argument("--engine", action="append", default=[], choices=[*ENGINES])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--write", action="store_true", help="measure nothing; write the tables")
    return parser.parse_args(words)


def files(quick: bool) -> list[Path]:
    """The models that are measured."""
    horn = sorted((MODELS / "proofs" / "horn").glob("*.mdl"))
    if quick:
        return horn
    others = [sorted((MODELS / part).glob("*.mdl")) for part in ("classics", "proofs")]
    return [*horn, *others[0], *others[1], *sorted(MODELS.glob("scenario_*.mdl"))]


def main(words: Sequence[str] | None = None) -> None:
    asked = arguments(words)
    found = kept(asked.results)
    if not asked.write:
        for file, variant in jobs(files(asked.quick), asked.only):
            for engine in asked.engine or ENGINES:
                name = str(file.relative_to(MODELS).with_suffix(""))
                if (name, variant, engine, asked.seconds) in found:
                    continue
                one = measure(file, variant, engine, asked.seconds)
                keep(asked.results, one)
                found[one.key] = one
                line = f"{name}/{variant} {engine}: {summary(one)}"
                print(line, file=sys.stderr, flush=True)
    lines = [*circumstances(1), "", *tables(found.values())]
    if asked.write:
        replace_part(PAGE, "proof", lines)
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
