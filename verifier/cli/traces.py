"""``verify trace``: runs in files, shown and judged again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import click

from verifier.cli.export import export_command
from verifier.cli.judging import judged
from verifier.cli.output import width, write
from verifier.cli.reporting import trace_of
from verifier.cli.viewing import open_command
from verifier.ir.property import Property
from verifier.language.model import Model
from verifier.properties.conclude import Conclusion
from verifier.traces.storage import StoredTrace, save, store
from verifier.traces.trace import Trace
from verifier.viewers.run import STYLES, run


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
            save(path, _stored(model, about, fault.found.trace, fault.check.code))
            files[name, index] = path.as_posix()
        trace = trace_of(conclusion.verdict)
        if trace is not None and not conclusion.faults:
            path = out / _file_name(model, name, None)
            save(path, _stored(model, conclusion.prop, trace, None))
            files[name, None] = path.as_posix()
    return files


def _file_name(model: Model, prop: str, index: int | None) -> str:
    number = "" if index is None else f".{index + 1}"
    return f"{stem(model, prop)}{number}.trace.json"


def stem(model: Model, prop: str) -> str:
    """How the names of the files about a property begin."""
    words = re.sub(r"[^a-z0-9]+", "_", prop.lower()).strip("_")[:80]
    return f"{model.name}.{model.variant}.{words}"


def _stored(model: Model, prop: Property, trace: Trace, fault: str | None) -> StoredTrace:
    return store(
        model.system,
        trace,
        model=model.name,
        file=model.file,
        variant=model.variant,
        options=model.options,
        texts=model.texts,
        prop=prop.name,
        fault=fault,
    )


@click.group("trace")
def trace_group() -> None:
    """Show, judge again or export a run that --out has saved."""


_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
_model = click.option(
    "--model", type=click.Path(path_type=Path), metavar="FILE", help="Where the model is now."
)


@trace_group.command("show")
@_file
@_model
@click.option("--as", "style", type=click.Choice(STYLES), default="chart", show_default=True)
def show_command(file: Path, model: Path | None, style: str) -> None:
    """Draw the run in FILE, after it has been judged."""
    found, prop, trace, fault = judged(file, model)
    write([f'run of {found.name}, variant {found.variant}: "{prop.name}"', ""])
    write(run(found.system, prop, trace, style, width(), fault))


@trace_group.command("replay")
@_file
@_model
def replay_command(file: Path, model: Path | None) -> None:
    """Judge the run in FILE by the model alone."""
    found, prop, trace, _ = judged(file, model)
    write(
        [f'{file}: a run of {found.name}, {trace.depth} steps; it shows "{prop.name}" as claimed']
    )


trace_group.add_command(export_command)
trace_group.add_command(open_command)
