"""Runs in files: written, and read again once the judge has accepted them."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.cli.exit import Exit
from verifier.cli.output import complain
from verifier.ir.build import FALSE
from verifier.ir.property import Property
from verifier.ir.semantics import successors
from verifier.ir.system import Check
from verifier.language.load import load
from verifier.language.model import DEFAULT_VARIANT, OPEN, ChoiceError, Model
from verifier.source import SourceError
from verifier.traces.replay import TraceMismatch, follow, replay
from verifier.traces.storage import (
    StoredTrace,
    UnreadableTrace,
    digest,
    read,
    restored,
    store,
)
from verifier.traces.trace import Trace

run_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
model_option = click.option(
    "--model", type=click.Path(path_type=Path), metavar="FILE", help="Where the model is now."
)


def stored_run(model: Model, prop: Property, trace: Trace, fault: str | None) -> StoredTrace:
    """The content of the file for a run of a model."""
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


def heading(model: Model, prop: Property) -> str:
    """Whose run it is, and what it shows."""
    return f'run of {model.name}, variant {model.variant}: "{prop.name}"'


def judged_run(file: Path, where: Path | None) -> tuple[Model, Property, Trace, Check | None]:
    """The run, after the judge has accepted it; ends the program with a reason otherwise."""
    try:
        stored = read(file)
        trace = restored(stored)
        path = where if where is not None else _model_of(file, Path(stored.file))
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


def _model_of(file: Path, model: Path) -> Path:
    """The model of a run: where the command is run, or from a folder that the run is in.  It is the
    model only if its text is: the digest says so.  Ends the program if it is nowhere there."""
    for folder in (Path(), *file.absolute().parents):
        if (folder / model).exists():
            return folder / model
    complain(
        [
            f"the model of this run, {model}, is neither here nor in a folder that the run is in",
            "  say where it is: --model FILE",
        ]
    )
    raise SystemExit(int(Exit.MODEL))


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
