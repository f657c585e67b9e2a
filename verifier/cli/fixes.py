"""``verify fixes``: which smallest sets of fixes make the properties of a model hold."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from verifier.checker import Plan
from verifier.cli import options
from verifier.cli.exit import Exit
from verifier.cli.mistakes import ending
from verifier.cli.output import width, write
from verifier.cli.progress import Progress
from verifier.cli.reporting import command
from verifier.cli.values import memory
from verifier.engines.interface import Strategy
from verifier.engines.registry import AUTO, ENGINES, WORKERS_MAX, workers_here
from verifier.fixes.found import Found
from verifier.fixes.page import page
from verifier.fixes.rows import report
from verifier.fixes.search import Question, find_fixes
from verifier.fixes.text import text
from verifier.fixes.trial import INTERRUPTED


@click.command("fixes")
@options.one_model
@click.option("--variant", metavar="NAME", help="Repair this variant, not the default one.")
@options.setting("Set an option; a fix that is set is not tried.  May be repeated.")
@options.some_properties("Repair this property; default: all that do not hold.  May be repeated.")
@click.option("--fix", "names", multiple=True, metavar="OPTION", help="Try only these fixes.")
@click.option(
    "--max-fixes", type=click.IntRange(min=0), metavar="N", help="Sets of at most N fixes."
)
@options.setting(
    "Say of each set whether it still repairs with this value.  May be repeated.",
    flag="--weaken",
    name="weaker",
)
@click.option("--engine", type=click.Choice([AUTO, *ENGINES]), default=AUTO, show_default=True)
@click.option("--workers", type=click.IntRange(min=1, max=WORKERS_MAX), metavar="N")
@options.most_states("For each set: stop there.")
@click.option("--max-memory", callback=memory, metavar="SIZE", help="Stop at this much: 4G.")
@options.time_limit("For all sets: 90s, 5m.")
@options.output_form()
@click.option(
    "--html",
    "html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT",
    help="Write a page there, too.",
)
@options.quiet
def fixes_command(
    file: Path, variant: str | None, given: dict[str, str], properties: tuple[str, ...],
    names: tuple[str, ...], max_fixes: int | None, weaker: dict[str, str], engine: str,
    workers: int | None, max_states: int | None, max_memory: int | None, time_limit: float | None,
    form: str, html: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Find all minimal sets of fixes for each property, and what each fix breaks and needs.

    Exit status: 0 every property asked for holds with some set; 1 one holds with none; 2 bad usage;
    3 the model is wrong; 4 a limit left something open; 130 interrupted.
    """
    plan = Plan(
        engine, properties, max_states, max_memory, time_limit, Strategy(workers or workers_here())
    )
    question = Question(file, variant, given, names, max_fixes, tuple(weaker.items()))
    progress = Progress(shown=not quiet)
    try:
        with ending(file):
            found = find_fixes(question, plan, progress)
    finally:
        progress.done()
    again = command(
        file.as_posix(),
        {
            "--variant": variant,
            "--set": [f"{name}={value}" for name, value in given.items()],
            "--property": list(properties),
            "--fix": list(names),
            "--max-fixes": max_fixes,
            "--weaken": [f"{name}={value}" for name, value in weaker.items()],
            "--engine": None if engine == AUTO else engine,
            "--max-states": max_states,
            "--max-memory": max_memory,
            "--time-limit": None if time_limit is None else f"{time_limit:g}s",
        },
        "fixes",
    )
    made = report(found, again, int(status(found)))
    if form == "json":
        click.echo(msgspec.json.encode(made).decode())
    else:
        write(text(made, width()))
    if html is not None:
        html.write_text(page(made), encoding="utf-8")
    raise SystemExit(made.exit)


def status(found: Found) -> Exit:
    """The exit status that the findings amount to."""
    if found.stopped == INTERRUPTED:
        return Exit.INTERRUPTED
    verdicts = {one.verdict(whole=found.whole) for one in found.repaired}
    if "not repaired" in verdicts:
        return Exit.VIOLATED
    sure = all(repair.sure for one in found.repaired for repair in one.repairs)
    open_ = [d for one in found.repaired for r in one.repairs for d in r.dropped]
    if (
        "unknown" in verdicts or found.stopped or found.undecided or not sure
        or any(one.unknown for one in found.repaired)
        or any(dropped.verdict == "unknown" for dropped in open_)
    ):  # fmt: skip
        return Exit.UNKNOWN
    return Exit.HOLDS
