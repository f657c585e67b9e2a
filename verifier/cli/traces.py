"""``verify trace``: runs in files, shown and judged again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import click

from verifier.cli.exit import Exit
from verifier.cli.output import complain, width, write
from verifier.cli.reporting import trace_of
from verifier.ir.build import FALSE
from verifier.ir.property import Property
from verifier.ir.semantics import successors
from verifier.ir.system import Check
from verifier.language.load import load
from verifier.language.model import DEFAULT_VARIANT, OPEN, ChoiceError, Model
from verifier.properties.conclude import Conclusion
from verifier.source import SourceError
from verifier.traces.replay import TraceMismatch, follow, replay
from verifier.traces.storage import (
    StoredTrace,
    UnreadableTrace,
    digest,
    read,
    restored,
    save,
    store,
)
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
    """Show or judge again a run that --out has saved."""


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
    found, prop, trace, fault = _judged(file, model)
    write([f'run of {found.name}, variant {found.variant}: "{prop.name}"', ""])
    write(run(found.system, prop, trace, style, width(), fault))


@trace_group.command("replay")
@_file
@_model
def replay_command(file: Path, model: Path | None) -> None:
    """Judge the run in FILE by the model alone."""
    found, prop, trace, _ = _judged(file, model)
    write(
        [f'{file}: a run of {found.name}, {trace.depth} steps; it shows "{prop.name}" as claimed']
    )


def _judged(file: Path, where: Path | None) -> tuple[Model, Property, Trace, Check | None]:
    """The run, after the judge has accepted it; ends the program with a reason otherwise."""
    try:
        stored = read(file)
        trace = restored(stored)
        path = where if where is not None else Path(stored.file)
        given = {name: text for name, text in stored.options.items() if text != OPEN}
        model = load(path, _variant(stored), given, stored.options.keys() - given.keys())
    except (UnreadableTrace, ChoiceError) as error:
        complain([str(error)])
        raise SystemExit(int(Exit.USAGE)) from None
    except SourceError as error:
        complain([f"{d.span}: {d.code} {d.message}" for d in error.diagnostics])
        raise SystemExit(int(Exit.MODEL)) from None
    if digest(model.texts, model.variant, model.options) != stored.digest:
        complain(
            [
                f"{file} belongs to another text of {path}",
                "  the model has changed since; check it again with --out",
            ]
        )
        raise SystemExit(int(Exit.USAGE))
    prop = next((p for p in model.properties if p.name == stored.property), None)
    if prop is None:
        complain([f'{path} has no property "{stored.property}"'])
        raise SystemExit(int(Exit.USAGE))
    try:
        fault = _fault(model, prop, stored, trace)
        replay(model.system, prop, trace, fault)
    except TraceMismatch as mismatch:
        complain([f"{file}: {mismatch}"])
        raise SystemExit(int(Exit.VIOLATED)) from None
    return model, prop, trace, fault


def _variant(stored: StoredTrace) -> str | None:
    return None if stored.variant == DEFAULT_VARIANT else stored.variant


def _fault(model: Model, prop: Property, stored: StoredTrace, trace: Trace) -> Check | None:
    """The check that the run is said to fail; where a property has no value, one that says so.

    Raises:
        TraceMismatch: the last step fails no check of the stored code.
    """
    if stored.fault is None:
        return None
    if not trace.steps or trace.steps[-1].state is not None:
        message = f'the property "{prop.name}" has no value here'
        return Check(stored.fault, "runtime", message, FALSE, prop.origin)
    follow(model.system, trace)
    label, before = trace.steps[-1].label, trace.states[-1]
    for found, after in successors(model.system, before):
        if found == label and isinstance(after, Check) and after.code == stored.fault:
            return after
    raise TraceMismatch(f"the last step does not fail with {stored.fault}")
