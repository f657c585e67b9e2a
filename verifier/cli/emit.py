"""``verify emit``: the code that is made for a model, to be read."""

from __future__ import annotations

from pathlib import Path

import click

from verifier.checker import Plan, problem_of
from verifier.cli.mistakes import ending
from verifier.cli.values import settings
from verifier.engines.native.program import lay_out, write_module
from verifier.engines.registry import NATIVE
from verifier.language.load import load


@click.command("emit")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--variant", metavar="NAME", help="The code of this variant.")
@click.option("--set", "given", multiple=True, callback=settings, metavar="OPTION=VALUE")
@click.option("--compact", is_flag=True, help="The code that keeps only hashes of states.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N")
def emit_command(
    file: Path, variant: str | None, given: dict[str, str], compact: bool, workers: int
) -> None:
    """Print the LLVM code of the search of a model: one function for each action, with its name
    and place in the model above it."""
    with ending(file):
        problem = problem_of(load(file, variant, given), Plan(engine=NATIVE))
    text = write_module(problem, lay_out(problem, workers, compact=compact))
    click.echo(text.lines, nl=False)
