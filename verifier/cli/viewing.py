"""``verify trace open`` and ``verify trace export --html``: runs to go through step by step."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from verifier.cli.exit import Exit
from verifier.cli.output import complain, write
from verifier.cli.traces import file_argument, judged, model_option, trace_group
from verifier.viewers.html.page import page
from verifier.viewers.journal import Journal, journal
from verifier.viewers.scenes import Heading, Scenes, scenes

__all__ = ["trace_group"]


def shown(file: Path, model: Path | None) -> tuple[Journal, Scenes]:
    """What there is to see of a run, after the judge has accepted it."""
    found, prop, trace, fault = judged(file, model)
    told = journal(found.system, trace)
    heading = Heading(found.name, found.file, found.variant)
    return told, scenes(told, found.properties, prop, fault, heading, found.texts)


@trace_group.command("open")
@file_argument
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
    told, seen = shown(file, model)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        complain(
            [
                "verify trace open needs a terminal",
                f"  to print the run: verify trace show {file}",
            ]
        )
        raise SystemExit(int(Exit.USAGE))
    from verifier.viewers.screen.app import Viewer  # a third of a second, for this command only

    Viewer(told, seen).run()


@trace_group.command("export")
@file_argument
@model_option
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
    _, seen = shown(file, model)
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_text(page(seen), encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        complain([f"{out}: {error.strerror}"])
        raise SystemExit(int(Exit.USAGE)) from None
    write([f"{out}: {seen.last} steps of {seen.heading.model}"])
