"""``verify trace open`` and ``verify trace export --html``: runs to go through step by step."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from verifier.cli.exit import Exit
from verifier.cli.output import complain, write
from verifier.cli.traces import _judged as judged
from verifier.cli.traces import trace_group
from verifier.ir.property import Property
from verifier.ir.system import Check
from verifier.language.model import Model
from verifier.viewers.html.page import page
from verifier.viewers.journal import Journal, journal
from verifier.viewers.scenes import Heading, Scenes, scenes

__all__ = ["trace_group"]

_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
_model = click.option(
    "--model", type=click.Path(path_type=Path), metavar="FILE", help="Where the model is now."
)


def seen(model: Model, prop: Property, fault: Check | None, told: Journal) -> Scenes:
    """What there is to see of a run that the judge has accepted."""
    heading = Heading(model.name, model.file, model.variant)
    return scenes(told, model.properties, prop, fault, heading, model.texts)


def shown(file: Path, where: Path | None) -> tuple[Journal, Scenes]:
    """What there is to see of the run in a file, after it has been judged."""
    model, prop, trace, fault = judged(file, where)
    told = journal(model.system, trace)
    return told, seen(model, prop, fault, told)


@trace_group.command("open")
@_file
@_model
def open_command(file: Path, model: Path | None) -> None:
    """Go through the run in FILE, step by step, in the terminal."""
    if importlib.util.find_spec("textual") is None:
        complain(
            [
                "verify trace open needs the package textual",
                "  install it with: pip install 'mdl-verifier[view]'",
                f"  or see the run as text: verify trace show {file}",
            ]
        )
        raise SystemExit(int(Exit.USAGE))
    told, scenery = shown(file, model)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        complain(
            [
                "verify trace open needs a terminal",
                f"  to print the run: verify trace show {file}",
            ]
        )
        raise SystemExit(int(Exit.USAGE))
    from verifier.viewers.screen.app import Viewer  # a third of a second, for this command only

    Viewer(told, scenery).run()


@trace_group.command("export")
@_file
@_model
@click.option(
    "--html",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT",
    help="The page to write: all in one file, for any browser.",
)
def export_command(file: Path, model: Path | None, out: Path) -> None:
    """Write the run in FILE as a page."""
    _, scenery = shown(file, model)
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_text(page(scenery), encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        complain([f"{out}: {error.strerror}"])
        raise SystemExit(int(Exit.USAGE)) from None
    write([f"{out}: {scenery.last} steps of {scenery.heading.model}"])
