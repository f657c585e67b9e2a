"""``verify certificate``: proofs in directories, checked again."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

import click

from verifier.certificates.check import Accepted, Disagreement, Refused, Undecided
from verifier.certify import check
from verifier.cli.exit import Exit


@click.group("certificate")
def certificate_group() -> None:
    """Check a proof again that was saved with its model."""


@certificate_group.command("check")
@click.argument(
    "directory", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR"
)
@click.option(
    "--question-limit",
    type=click.FloatRange(min=0.01),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="The time of a solver for one question.",
)
def check_command(directory: Path, question_limit: float) -> None:
    """Derive the conditions of a proof again from the model beside it, and give them to z3 and to
    cvc5.

    Where a solver gives up, states that the invariant allows are looked through for a
    counterexample.

    Exit status 0: both accept it. 1: it is no proof. 4: a solver gave up or is missing, or another
    version wrote it. 70: the solvers contradict each other.
    """
    outcome = check(directory, seconds_max=question_limit)
    match outcome:
        case Accepted(seconds):
            click.echo(f"{directory}: accepted")
            for (solver, file), took in sorted(seconds.items()):
                click.echo(f"  {solver:<5} {file:<17} unsat  {took:.2f} s")
            status = Exit.HOLDS
        case Refused(what, why):
            click.echo(f"{directory}: refused\n  {what}: {why}")
            status = Exit.VIOLATED
        case Undecided(reason):
            click.echo(f"{directory}: unknown\n  {reason}")
            status = Exit.UNKNOWN
        case Disagreement(what, why):
            click.echo(f"{directory}: the solvers disagree\n  {what}: {why}")
            click.echo("One of them, or verify, is wrong. Please report it with the directory.")
            status = Exit.OURS
        case _:
            assert_never(outcome)
    raise SystemExit(int(status))
