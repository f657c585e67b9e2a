"""What a check was asked to do, so that it can be said again, saved, and taken up again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from verifier import __version__
from verifier.checker import Plan
from verifier.cli.exit import Exit
from verifier.cli.output import complain
from verifier.engines.interface import CheckpointError, Saving, Strategy
from verifier.engines.registry import AUTO, EXPLICIT, NATIVE, SYMBOLIC, lacking
from verifier.ir.digest import digest
from verifier.ir.problem import SafetyProblem

FORMAT = "verify-run/1"
FILE = "run.json"


class Request(msgspec.Struct, frozen=True):
    """The options of ``verify check``, as their help says; times in seconds, sizes in bytes."""

    files: tuple[Path, ...]
    variant: str | None
    given: dict[str, str]
    open_options: tuple[str, ...]
    properties: tuple[str, ...]
    engine: str
    workers: int
    max_states: int | None
    max_memory: int | None
    time_limit: float | None
    form: str
    style: str
    witnesses: bool
    out: Path | None
    compact: bool
    checkpoint: Path | None
    every: float

    def plan(self, seconds_left: float | None, *, resumes: bool) -> Plan:
        """What the checker is to do."""
        saving = None
        if self.checkpoint is not None:
            saving = Saving(self.checkpoint, self.every, resumes)
        strategy = Strategy(self.workers, self.compact, saving, proofs=True)
        return Plan(
            self.engine, self.properties, self.max_states, self.max_memory, seconds_left, strategy
        )

    def flags(self) -> dict[str, object]:
        """The options that change what is found, for the command that does it again."""
        return {
            "--variant": self.variant,
            "--set": [f"{name}={value}" for name, value in self.given.items()],
            "--any": list(self.open_options),
            "--property": list(self.properties),
            "--engine": None if self.engine == AUTO else self.engine,
            "--compact": self.compact or None,
            "--max-states": self.max_states,
            "--max-memory": self.max_memory,
            "--time-limit": None if self.time_limit is None else f"{self.time_limit:g}s",
        }


class Run(msgspec.Struct, frozen=True):
    """What stands beside the checkpoints of a run: the request, and the model it was made for."""

    format: str
    version: str
    problem: str
    request: Request


def complain_about(request: Request, *, asked_workers: bool, quiet: bool) -> None:
    """Says what the chosen engine does not do.

    Raises:
        click.UsageError: it cannot do what was asked.
    """
    missing = lacking(NATIVE)
    needs_native = request.compact or request.checkpoint is not None
    if needs_native and (request.engine in (EXPLICIT, SYMBOLIC) or missing):
        what = "--compact" if request.compact else "--checkpoint"
        raise click.UsageError(
            f"{what} is for the native engine" + ((missing and f": {missing}") or "")
        )
    if request.engine == NATIVE and missing:
        raise click.UsageError(missing)
    if request.engine == SYMBOLIC and (absent := lacking(SYMBOLIC)):
        raise click.UsageError(absent)
    if request.checkpoint is not None and len(request.files) > 1:
        raise click.UsageError("--checkpoint is for one model")
    if not request.files:
        raise click.UsageError("Missing argument 'FILE...'.")
    if quiet:
        return
    if request.engine == AUTO and missing:
        complain([f"{missing}: the search will be slow"])
    if request.engine == EXPLICIT and asked_workers and request.workers > 1:
        complain(["the explicit engine searches with one worker"])


def note_model(request: Request, problem: SafetyProblem, *, resumes: bool) -> None:
    """Writes down what is saved in a checkpoint, or sees that it is still the same.

    Raises:
        CheckpointError: the model has changed since.
    """
    if request.checkpoint is None:
        return
    here = digest(problem)
    path = request.checkpoint / FILE
    if resumes:
        if _read(request.checkpoint).problem != here:
            raise CheckpointError(
                f"{request.checkpoint} was saved for another model: {request.files[0]} says "
                "something else now"
            )
        return
    request.checkpoint.mkdir(parents=True, exist_ok=True)
    run = Run(FORMAT, __version__, here, _absolute(request))
    aside = path.with_suffix(".new")
    aside.write_bytes(msgspec.json.encode(run, enc_hook=str))
    aside.replace(path)


def resumed(directory: Path, context: click.Context) -> Request:
    """The request whose run was saved in a directory.

    Raises:
        click.UsageError: other options were given too.
    """
    others = [
        name
        for name in context.params
        if name not in ("resume", "quiet")
        and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if others:
        raise click.UsageError("--resume takes what was asked from the directory, nothing else")
    try:
        run = _read(directory)
    except CheckpointError as error:
        complain([str(error)])
        raise SystemExit(int(Exit.USAGE)) from None
    return msgspec.structs.replace(run.request, checkpoint=directory)


def _read(directory: Path) -> Run:
    path = directory / FILE
    try:
        run = msgspec.json.decode(path.read_bytes(), type=Run, dec_hook=_decode)
    except OSError:
        raise CheckpointError(f"{directory} has no saved run: there is no {FILE}") from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise CheckpointError(f"{path} is not a saved run: {error}") from None
    if (run.format, run.version) != (FORMAT, __version__):
        raise CheckpointError(
            f"{directory} was saved by verify {run.version} ({run.format}); "
            f"this is {__version__} ({FORMAT})"
        )
    return run


def _decode(of: Any, value: Any) -> Any:
    assert of is Path, "a saved run has no other type that is not one of JSON"
    return Path(value)


def _absolute(request: Request) -> Request:
    """With paths that mean the same wherever the run is taken up again."""
    return msgspec.structs.replace(
        request,
        files=tuple(file.resolve() for file in request.files),
        out=None if request.out is None else request.out.resolve(),
    )
