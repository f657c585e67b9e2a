"""``verify trace``: runs in files, shown and judged again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import click

from verifier.cli.explaining import explain_command
from verifier.cli.export import export_command
from verifier.cli.minimising import minimise_command
from verifier.cli.output import paged, width, write
from verifier.cli.reporting import trace_of
from verifier.cli.saved import heading, judged_run, model_option, run_file, stored_run
from verifier.cli.viewing import open_command
from verifier.language.model import Model
from verifier.properties.conclude import Conclusion
from verifier.traces.storage import save
from verifier.viewers.journal import journal
from verifier.viewers.run import STYLES, reasons, steps, wrapped
from verifier.viewers.selection import selection


def save_all(
    out: Path, model: Model, conclusions: Iterable[Conclusion]
) -> dict[tuple[str, int | None], str]:
    """Writes every run of a check into a directory; says which is where."""
    out.mkdir(parents=True, exist_ok=True)
    files: dict[tuple[str, int | None], str] = {}
    for conclusion in conclusions:
        name = conclusion.prop.name
        for index, fault in enumerate(conclusion.faults):
            path = out / _file_name(model, name, index)
            about = fault.prop or conclusion.prop
            save(path, stored_run(model, about, fault.found.trace, fault.check.code))
            files[name, index] = path.as_posix()
        trace = trace_of(conclusion.verdict)
        if trace is not None and not conclusion.faults:
            path = out / _file_name(model, name, None)
            save(path, stored_run(model, conclusion.prop, trace, None))
            files[name, None] = path.as_posix()
    return files


def _file_name(model: Model, prop: str, index: int | None) -> str:
    number = "" if index is None else f".{index + 1}"
    return f"{stem(model, prop)}{number}.trace.json"


def stem(model: Model, prop: str) -> str:
    """How the names of the files about a property begin."""
    words = re.sub(r"[^a-z0-9]+", "_", prop.lower()).strip("_")[:80]
    return f"{model.name}.{model.variant}.{words}"


@click.group("trace")
def trace_group() -> None:
    """Show, judge, shorten, explain or export a run that --out has saved."""


trace_group.add_command(minimise_command)
trace_group.add_command(explain_command)
trace_group.add_command(export_command)
trace_group.add_command(open_command)


@trace_group.command("show")
@run_file
@model_option
@click.option("--as", "style", type=click.Choice(STYLES), default="chart", show_default=True)
@click.option("--diff", "style", flag_value="diff", help="What each step changes, as text.")
@click.option("--full", "style", flag_value="full", help="Every state in full, as text.")
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="NAME",
    help="Only steps that touch this node; may be repeated.",
)
@click.option(
    "--from", "first", type=click.IntRange(min=1), default=1, metavar="N", help="From this step on."
)
@click.option(
    "--to", "last", type=click.IntRange(min=1), metavar="M", help="Up to this step, included."
)
def show_command(
    file: Path, model: Path | None, style: str, nodes: tuple[str, ...], first: int, last: int | None
) -> None:
    """Draw the run in FILE, after it has been judged.

    What --node, --from and --to leave out is folded into a line.  A run that is longer than the
    terminal is high is shown page by page.
    """
    found, prop, trace, fault = judged_run(file, model)
    known = found.system.nodes
    for node in nodes:
        if node not in known:
            raise click.UsageError(f"there is no node '{node}'; nodes: {', '.join(known)}")
    if last is not None and last < first:
        raise click.UsageError(f"--to {last} is before --from {first}")
    if first > max(trace.depth, 1):
        raise click.UsageError(f"--from {first}: the run has {trace.depth:,} steps")
    told, columns = journal(found.system, trace), width()
    ends = last is None or last >= trace.depth
    lines = chain(
        wrapped([heading(found, prop), ""], columns),
        steps(told, style, columns, selection(told, nodes, first, last)),
        wrapped(reasons(told, prop, fault), columns) if ends else (),
    )
    paged(lines)


@trace_group.command("replay")
@run_file
@model_option
def replay_command(file: Path, model: Path | None) -> None:
    """Judge the run in FILE by the model alone."""
    found, prop, trace, _ = judged_run(file, model)
    write(
        [f'{file}: a run of {found.name}, {trace.depth} steps; it shows "{prop.name}" as claimed']
    )
