"""``verify trace open``: a run to go through step by step, in the terminal."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from verifier.cli.exit import Exit
from verifier.cli.output import complain
from verifier.cli.saved import judged_run, model_option, run_file
from verifier.ir.property import Property
from verifier.ir.system import Check
from verifier.language.model import Model
from verifier.viewers.journal import Journal, journal
from verifier.viewers.scenes import Heading, Scenes, scenes


def seen(model: Model, prop: Property, fault: Check | None, told: Journal) -> Scenes:
    """What there is to see of a run that the judge has accepted."""
    heading = Heading(model.name, model.file, model.variant)
    return scenes(told, model.properties, prop, fault, heading, model.texts)


def shown(file: Path, where: Path | None) -> tuple[Journal, Scenes]:
    """What there is to see of the run in a file, after it has been judged."""
    model, prop, trace, fault = judged_run(file, where)
    told = journal(model.system, trace)
    return told, seen(model, prop, fault, told)


@click.command("open")
@run_file
@model_option
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
