"""``verify check``: one variant of each file, its report, and an exit status."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from verifier.checker import Checked, check, problem_of
from verifier.cli import options
from verifier.cli.exit import Exit, worst
from verifier.cli.mistakes import described, errors, not_there
from verifier.cli.output import complain, width, write
from verifier.cli.progress import Progress
from verifier.cli.reporting import command, exit_of, kind_of, report, trace_of
from verifier.cli.request import Request, complain_about, note_model, resumed
from verifier.cli.traces import save_all
from verifier.cli.values import memory, seconds
from verifier.engines.interface import CheckpointError
from verifier.engines.registry import AUTO, ENGINES, WORKERS_MAX, workers_here
from verifier.language.load import load
from verifier.language.model import ChoiceError, Model
from verifier.properties.conclude import Conclusion
from verifier.report import ModelErrors, Report
from verifier.source import SourceError, Span
from verifier.verdict import Holds
from verifier.viewers import legible
from verifier.viewers.report_text import coverage, footer, summary
from verifier.viewers.run import run, wrapped


@click.command("check")
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE...",
)
@click.option("--variant", metavar="NAME", help="Check this variant instead of the default one.")
@options.setting("Set an option of the model; may be repeated.")
@options.open_option("Check all values of an option of the model together; may be repeated.")
@options.some_properties("Check only this property (and that nothing goes wrong at run time).")
@click.option("--engine", type=click.Choice([AUTO, *ENGINES]), default=AUTO, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(min=1, max=WORKERS_MAX),
    metavar="N",
    help="Search with N threads; default: one for each core.  The answer does not depend on it.",
)
@options.most_states("Stop after N states.")
@click.option("--max-memory", callback=memory, metavar="SIZE", help="Stop at this much memory: 4G.")
@options.time_limit("Stop after this time: 90s, 5m.")
@options.output_form()
@options.style_of_runs
@click.option("--witnesses", is_flag=True, help="Show the runs of goals and flows that hold, too.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Save the report and every run there.",
)
@click.option(
    "--compact",
    is_flag=True,
    help="Keep only a hash of each state: less memory, but nothing is said to hold.",
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Save the search there while it runs.",
)
@click.option(
    "--every",
    callback=seconds,
    metavar="TIME",
    default="5m",
    show_default=True,
    help="How often to save it.",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Go on with the search that was saved there; takes no other option.",
)
@options.quiet
def check_command(
    files: tuple[Path, ...], variant: str | None, given: dict[str, str],
    open_options: tuple[str, ...],
    properties: tuple[str, ...], engine: str, workers: int | None, max_states: int | None,
    max_memory: int | None, time_limit: float | None, form: str, style: str, witnesses: bool,
    out: Path | None, compact: bool, checkpoint: Path | None, every: float, resume: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Decide which properties of a model hold, for every interleaving.

    Exit status: 0 everything holds; 1 a property is violated; 2 bad usage; 3 the model is wrong;
    4 a limit stopped the search; 70 a mistake of this tool; 130 interrupted.
    """
    request = Request(
        files, variant, given, open_options, properties, engine, workers or workers_here(),
        max_states, max_memory, time_limit, form, style, witnesses, out, compact, checkpoint, every,
    )  # fmt: skip
    if resume is not None:
        request = resumed(resume, click.get_current_context())
    complain_about(request, asked_workers=workers is not None, quiet=quiet)
    raise SystemExit(int(answer(request, resumes=resume is not None, quiet=quiet)))


def answer(request: Request, *, resumes: bool, quiet: bool) -> Exit:
    """Checks every model of a request, and gives the exit status."""
    files, time_limit, out, form = request.files, request.time_limit, request.out, request.form
    exits = []
    rows: list[Report | ModelErrors] = []
    for file in files:
        began = time.monotonic()
        try:
            model = load(file, request.variant, request.given, frozenset(request.open_options))
            loaded = time.monotonic()
            left = None if time_limit is None else max(0.001, time_limit - (loaded - began))
            plan = request.plan(left, resumes=resumes)
            if request.checkpoint is not None:
                note_model(request, problem_of(model, plan), resumes=resumes)
            progress = Progress(shown=not quiet)
            checked = check(model, plan, progress)
            progress.done()
        except SourceError as error:
            exits.append(Exit.MODEL)
            rows.append(errors(file, error))
            if form == "text":
                complain(described(error))
            continue
        except ChoiceError as error:
            exits.append(Exit.USAGE)
            complain(not_there(file, error))
            continue
        except CheckpointError as error:
            exits.append(Exit.USAGE)
            complain([str(error)])
            continue
        saved = {} if out is None else save_all(out, model, checked.conclusions)
        again = command(file.as_posix(), request.flags())
        made = report(checked, again, saved, loaded - began)
        if out is not None:
            name = f"{model.name}.{model.variant}.report.json"
            (out / name).write_bytes(msgspec.json.encode(made) + b"\n")
        exits.append(exit_of(checked))
        rows.append(made)
        if form == "text":
            write([""] if len(rows) > 1 else [])
            everything = request.witnesses or bool(request.properties)
            show(checked, made, request.style, witnesses=everything)
    if form == "json" and rows:
        whole = rows[0] if len(files) == 1 else rows
        click.echo(msgspec.json.encode(whole).decode())
    return worst(exits)


def show(checked: Checked, made: Report, style: str, *, witnesses: bool) -> None:
    """The report of one check as text on stdout."""
    columns = width()
    write(summary(made, columns))
    if style != "none":
        for conclusion in checked.conclusions:
            write(runs(checked.model, conclusion, style, columns, witnesses=witnesses))
    lines = [*coverage(made, columns)]
    write([*lines, ""] if lines else [])
    write(footer(made, columns))


def runs(
    model: Model, conclusion: Conclusion, style: str, columns: int, *, witnesses: bool
) -> Iterator[str]:
    """The runs of a property, each under a heading."""
    prop, verdict = conclusion.prop, conclusion.verdict
    drawn: set[tuple[str, Span | None]] = set()
    for fault in conclusion.faults:
        place = (fault.check.code, fault.check.origin)
        if fault.check.origin is not None and place in drawn:
            continue  # the same mistake at another node; --out and json have its run too
        drawn.add(place)
        yield from wrapped([f'✗ {fault.check.code}, against "{prop.name}"'], columns)
        yield from run(
            model.system, fault.prop or prop, fault.found.trace, style, columns, fault.check
        )
        yield ""
    trace = trace_of(verdict)
    if trace is None or conclusion.faults or (isinstance(verdict, Holds) and not witnesses):
        return
    mark = "✓" if isinstance(verdict, Holds) else "✗"
    heading = f'{mark} {kind_of(prop)} "{prop.name}"'
    at = f"  ({prop.origin})" if prop.origin is not None else ""
    whole = legible.columns(heading + at) <= columns
    yield from wrapped([heading + at] if whole else [heading, at], columns)
    yield from run(model.system, prop, trace, style, columns)
    yield ""
