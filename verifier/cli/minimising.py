"""``verify trace minimise``: the same with fewer steps, messages, losses, duplicates, switches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click
import msgspec

from verifier.causes.cost import Cost
from verifier.causes.minimise import Minimised, minimise
from verifier.causes.shortest import Limits
from verifier.cli import options
from verifier.cli.exit import Exit
from verifier.cli.output import width, write
from verifier.cli.saved import heading, judged_run, model_option, run_file, stored_run
from verifier.language.model import Model
from verifier.report import schema_of
from verifier.traces.storage import save
from verifier.viewers.run import run, wrapped

SCHEMA = "verify-minimise/1"
STATES_MAX = 200_000


class CostRow(msgspec.Struct, frozen=True):
    """What a run costs, most important first."""

    steps: int
    messages: int
    losses: int
    duplicates: int
    switches: int


class MinimiseReport(msgspec.Struct, frozen=True):
    """``minimal``: ``least`` of all runs, ``one-minimal`` (no single step can be left out), or
    ``unknown`` (a limit ended that too).  No run of at most ``excluded_steps`` steps shows the
    same, where that is not None."""

    schema: str
    model: str
    variant: str
    property: str
    before: CostRow
    after: CostRow
    minimal: str
    stopped: str | None
    excluded_steps: int | None
    states: int
    tried: int
    file: str | None
    exit: int


def minimise_schema() -> dict[str, Any]:
    """The JSON schema of a report; ``docs/minimise.schema.json`` is this."""
    return schema_of(MinimiseReport, SCHEMA)


@click.command("minimise")
@run_file
@model_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the run there.")
@options.most_states(
    "Search no more states for the least run; then only leave steps out.", default=STATES_MAX
)
@options.time_limit("For the search, and as much for leaving steps out: 10s, 5m.", default="60s")
@options.output_form()
def minimise_command(
    file: Path, model: Path | None, out: Path | None, max_states: int, time_limit: float, form: str
) -> None:
    """Find the least run that shows the same as the one in FILE.

    Fewest steps; of those runs the one with the fewest messages sent, then losses, duplicates, and
    switches from one node to another.  Exit status 4: a limit stopped the search for it.
    """
    found, prop, trace, fault = judged_run(file, model)
    now = time.monotonic()
    made = minimise(
        found.system,
        prop,
        trace,
        fault,
        search=Limits(max_states, now + time_limit),
        reduction=Limits(None, now + 2 * time_limit),
    )
    if out is not None:
        save(out, stored_run(found, prop, made.trace, None if fault is None else fault.code))
    status = Exit.HOLDS if made.stopped is None else Exit.UNKNOWN
    if form == "json":
        made_report = _report(found, prop.name, made, out, status)
        click.echo(msgspec.json.encode(made_report).decode())
    else:
        write(wrapped(chain([heading(found, prop), ""], _told(made)), width()))
        write([f"saved as {out}"] if out is not None else [""])
        if out is None:
            write(run(found.system, prop, made.trace, "chart", width(), fault))
    raise SystemExit(int(status))


def _told(made: Minimised) -> Iterator[str]:
    names = CostRow.__struct_fields__
    yield "        " + "".join(f"{name:>12}" for name in names)
    for word, cost in (("before", made.before), ("now", made.cost)):
        row = _row(cost)
        yield f"  {word:6}" + "".join(f"{getattr(row, name):>12,}" for name in names)
    yield ""
    if made.stopped is None:
        states = f"{made.states:,} state{'s' * (made.states != 1)}"
        yield f"the least of all runs that show this: searched, {states}"
        return
    stopped = made.stopped
    yield f"not searched to the end: {stopped.reason}"
    if stopped.depth >= 0:
        yield f"no run of at most {stopped.depth} steps shows this"
    if made.unfinished:
        yield f"steps were left out while there was time: {made.unfinished}"
    else:
        yield f"1-minimal: none of the steps can be left out alone ({made.tried:,} runs tried)"


def _row(cost: Cost) -> CostRow:
    return CostRow(cost.steps, cost.messages, cost.losses, cost.duplicates, cost.switches)


def _report(
    model: Model, prop: str, made: Minimised, out: Path | None, status: Exit
) -> MinimiseReport:
    stopped = made.stopped
    minimal = "least" if stopped is None else "unknown" if made.unfinished else "one-minimal"
    return MinimiseReport(
        SCHEMA,
        model.name,
        model.variant,
        prop,
        _row(made.before),
        _row(made.cost),
        minimal,
        None if stopped is None else stopped.reason,
        None if stopped is None else stopped.depth,
        made.states,
        made.tried,
        None if out is None else out.as_posix(),
        int(status),
    )
