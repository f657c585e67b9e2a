"""``verify mutate``: which changes of a model no property notices."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
import msgspec

from verifier.checker import Plan
from verifier.cli import options
from verifier.cli.exit import Exit
from verifier.cli.mistakes import ending
from verifier.cli.output import complain, width, write
from verifier.cli.reporting import command
from verifier.cli.values import memory
from verifier.engines.interface import Strategy
from verifier.engines.registry import AUTO, EXPLICIT, NATIVE, lacking, workers_here
from verifier.mutation import markdown, text
from verifier.mutation.mutants import changes
from verifier.mutation.record import record
from verifier.mutation.survey import INTERRUPTED, Survey, survey
from verifier.mutation.trial import Fate, Interrupted, Undecidable, original

STATES_FACTOR = 20


class Counter:
    """Says on stderr how many changes have been tried; does not listen to the searches."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.next = time.monotonic() + 1

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """One search of many: nothing to say."""

    def tell(self, tried: int, total: int) -> None:
        """A line every five seconds."""
        now = time.monotonic()
        if self.shown and now >= self.next:
            self.next = now + 5
            print(f"{tried} of {total} changes tried", file=sys.stderr, flush=True)


@click.command("mutate")
@options.one_model
@click.option("--variant", metavar="NAME", help="Change this variant, not the default one.")
@options.setting("Set an option of the model; may be repeated.")
@options.some_properties(
    "Ask only this property (and that nothing goes wrong at run time) whether it notices."
)
@click.option(
    "--in",
    "places",
    multiple=True,
    metavar="TEXT",
    help="Change only handlers, actions and functions with TEXT in their name: --in Anchor.",
)
@click.option("--engine", type=click.Choice([AUTO, EXPLICIT, NATIVE]), default=AUTO)
@click.option("--max-mutants", type=click.IntRange(min=1), metavar="N", help="Try N changes.")
@options.most_states(
    f"Of each changed model; default: {STATES_FACTOR} times those of the original."
)
@click.option("--max-memory", callback=memory, metavar="SIZE", help="Of each search: 4G.")
@options.time_limit("Stop after this time: 90s, 5m.")
@options.output_form("markdown")
@options.quiet
def mutate_command(
    file: Path, variant: str | None, given: dict[str, str], properties: tuple[str, ...],
    places: tuple[str, ...], engine: str, max_mutants: int | None, max_states: int | None,
    max_memory: int | None, time_limit: float | None, form: str, quiet: bool,
) -> None:  # fmt: skip
    """Change a guard, an assignment or a message at a time, and list what no property notices.

    A change is noticed if some property has another verdict than in the original.  What changes
    nothing reachable is listed apart.

    Exit status: 0 every change that matters is noticed; 1 some are not; 2 bad usage; 3 the model
    is wrong; 4 a limit left some undecided or not tried; 130 interrupted, with what was found.
    """
    began = time.monotonic()
    missing = lacking(NATIVE)
    if engine == NATIVE and missing is not None:
        raise click.UsageError(missing)
    counter = Counter(shown=not quiet)
    strategy = Strategy(workers=workers_here())
    plan = Plan(engine, properties, max_states, max_memory, time_limit, strategy)
    try:
        with ending(file):
            base = original(file, variant, given, plan, STATES_FACTOR, counter)
    except Undecidable as error:
        complain([f"{file}: {error} before the model as it is was explored; nothing was changed"])
        raise SystemExit(int(Exit.UNKNOWN)) from None
    except Interrupted:
        raise KeyboardInterrupt from None
    found = [
        change
        for change in changes(base.sources)
        if not places or any(place in change.place.shown for place in places)
    ]
    if places and not found:
        complain([f"nothing in {file} that could be changed is called {' or '.join(places)}"])
        raise SystemExit(int(Exit.USAGE))
    made = survey(
        base,
        found,
        changes_max=max_mutants,
        deadline_seconds=None if time_limit is None else began + time_limit,
        observer=counter,
        tell=counter.tell,
    )
    status = exit_of(made)
    flags: dict[str, object] = {
        "--variant": variant,
        "--set": [f"{name}={value}" for name, value in given.items()],
        "--property": list(properties),
        "--in": list(places),
        "--engine": None if engine == AUTO else engine,
        "--max-mutants": max_mutants,
        "--max-states": max_states,
        "--max-memory": max_memory,
        "--time-limit": None if time_limit is None else f"{time_limit:g}s",
        "--format": form,
    }
    match form:
        case "json":
            click.echo(msgspec.json.encode(record(made, int(status))).decode())
        case "markdown":
            again = command(file.as_posix(), flags, verb="mutate")
            write(markdown.lines(made, again))
        case _:
            write(text.lines(made, width()))
    raise SystemExit(int(status))


def exit_of(made: Survey) -> Exit:
    """What a survey says to a script."""
    if made.stopped == INTERRUPTED:
        return Exit.INTERRUPTED
    if made.of(Fate.SURVIVED, Fate.SAME_SIZE):
        return Exit.VIOLATED
    if made.of(Fate.UNDECIDED) or made.untried:
        return Exit.UNKNOWN
    return Exit.HOLDS
