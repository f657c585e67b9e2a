"""``verify prove``: what holds for every value of the bounds, with certificates."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from verifier.cli import options
from verifier.cli.certifying import Certificates, certified, without_directories
from verifier.cli.check import runs
from verifier.cli.exit import Exit, worst
from verifier.cli.mistakes import described, errors, not_there
from verifier.cli.output import complain, width, write
from verifier.cli.progress import Progress
from verifier.cli.proofs import report
from verifier.cli.reporting import command
from verifier.cli.traces import save_all
from verifier.cli.values import model_files
from verifier.language.model import ChoiceError
from verifier.proving.pipeline import Proof, Wanted, prove
from verifier.report import ModelErrors, ProofReport
from verifier.source import SourceError
from verifier.viewers.proof_text import footer, induction, summary


@dataclass(frozen=True, slots=True)
class Request:
    """The options of ``verify prove``, as their help says; time in seconds."""

    variant: str | None
    given: Mapping[str, str]
    open_options: tuple[str, ...]
    keep: tuple[str, ...]
    properties: tuple[str, ...]
    time_limit: float
    form: str
    style: str
    out: Path | None
    certify: bool
    quiet: bool

    def wanted(self, file: Path) -> Wanted:
        """What is to be proved of a file."""
        return Wanted(
            file,
            self.variant,
            self.given,
            frozenset(self.open_options),
            self.keep,
            self.properties,
            self.time_limit,
            certificates=self.out is not None or self.certify,
            checked=self.certify,
        )

    def flags(self) -> dict[str, object]:
        """The options that change what is found, for the command that does it again."""
        return {
            "--variant": self.variant,
            "--set": [f"{name}={value}" for name, value in self.given.items()],
            "--any": list(self.open_options),
            "--keep": list(self.keep),
            "--property": list(self.properties),
            "--time-limit": None if self.time_limit == 300 else f"{self.time_limit:g}s",
            "--out": None if self.out is None else self.out.as_posix(),
            "--certify": self.certify or None,
        }


@click.command("prove")
@model_files
@click.option("--variant", metavar="NAME", help="Prove this variant instead of the default one.")
@options.setting("Set an option of the model; a bound that is set is not lifted.  May be repeated.")
@options.open_option("Prove it for all values of an option of the model; may be repeated.")
@click.option(
    "--keep", multiple=True, metavar="BOUND", help="Do not lift this bound; may be repeated."
)
@options.some_properties("Prove only this property (and that nothing goes wrong at run time).")
@options.time_limit("Stop after this time, for each file: 90s, 5m.", default="5m")
@options.output_form()
@options.style_of_runs
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Save the report, a certificate of every proof, and every run there.",
)
@click.option("--certify", is_flag=True, help="Have every certificate checked by z3 and cvc5.")
@options.quiet
def prove_command(
    files: tuple[Path, ...], variant: str | None, given: dict[str, str],
    open_options: tuple[str, ...], keep: tuple[str, ...], properties: tuple[str, ...],
    time_limit: float, form: str, style: str, out: Path | None, certify: bool, quiet: bool,
) -> None:  # fmt: skip
    """Prove that properties of a model hold for every value of its bounds.

    Exit status: 0 everything asked is proved or witnessed; 1 a property is violated; 2 bad usage;
    3 the model is wrong; 4 something is not decided; 70 a mistake of this tool; 130 interrupted.
    """
    request = Request(
        variant, given, open_options, keep, properties, time_limit, form, style, out, certify, quiet
    )
    exits, rows = [], []
    for file in files:
        found = _one(file, request)
        if isinstance(found, Exit):
            exits.append(found)
            continue
        rows.append(found)
        exits.append(Exit(found.exit))
        if found.exit == Exit.INTERRUPTED:
            break
    if form == "json" and rows:
        whole = rows[0] if len(files) == 1 else rows
        click.echo(msgspec.json.encode(whole).decode())
    raise SystemExit(int(worst(exits)))


def _one(file: Path, request: Request) -> ProofReport | ModelErrors | Exit:
    """Proves one file, and shows what was found."""
    began = time.monotonic()
    progress = Progress(shown=not request.quiet)
    try:
        proof = prove(request.wanted(file), progress)
    except SourceError as error:
        progress.done()
        if request.form == "text":
            complain(described(error))
        return errors(file, error)
    except ChoiceError as error:
        progress.done()
        complain(not_there(file, error))
        return Exit.USAGE
    conclusions = [finding.conclusion for finding in proof.findings]
    saved = {} if request.out is None else save_all(request.out, proof.model, conclusions)
    again = command(file.as_posix(), request.flags(), "prove")
    found = _certificates(request, proof, progress, began + request.time_limit)
    progress.done()
    made = report(proof, again, saved, found)
    if request.out is not None:
        name = f"{proof.model.name}.{proof.model.variant}.proof.json"
        (request.out / name).write_bytes(msgspec.json.encode(made) + b"\n")
    if request.form == "text":
        _show(proof, made, request)
    return made


def _certificates(
    request: Request, proof: Proof, progress: Progress, deadline: float
) -> Certificates:
    if request.out is not None:
        return certified(
            request.out, proof, progress.certifying, checked=request.certify, deadline=deadline
        )
    if not request.certify:
        return Certificates()
    with TemporaryDirectory() as out:
        found = certified(Path(out), proof, progress.certifying, checked=True, deadline=deadline)
    return without_directories(found)


def _show(proof: Proof, made: ProofReport, request: Request) -> None:
    """The report of one proof as text on stdout."""
    columns = width()
    write(summary(made, columns))
    if request.style != "none":
        for finding in proof.findings:
            everything = bool(request.properties)
            write(
                runs(proof.model, finding.conclusion, request.style, columns, witnesses=everything)
            )
    for row in made.properties:
        write(induction(row, columns))
    write(footer(made))
