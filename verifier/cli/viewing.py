"""``verify trace open``: a run to go through step by step, in the terminal."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from verifier.cli.exit import Exit
from verifier.cli.judging import judged
from verifier.cli.output import complain
from verifier.ir.property import Property
from verifier.ir.system import Check
from verifier.language.model import Model
from verifier.viewers.journal import Journal, journal
from verifier.viewers.scenes import Heading, Scenes, scenes


def seen(model: Model, prop: Property, fault: Check | None, told: Journal) -> Scenes:
    """What there is to see of a run that the judge has accepted."""
    heading = Heading(model.name, model.file, model.variant)
    return scenes(told, model.properties, prop, fault, heading, model.texts)


@click.command("open")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--model", type=click.Path(path_type=Path), metavar="FILE", help="Where the model is now."
)
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
    found, prop, trace, fault = judged(file, model)
    told = journal(found.system, trace)
    scenery = seen(found, prop, fault, told)
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
