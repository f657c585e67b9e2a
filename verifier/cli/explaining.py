"""``verify trace explain``: which order of events decides, and which network it takes."""

from __future__ import annotations

import time
from itertools import chain
from pathlib import Path
from typing import Any

import click
import msgspec

from verifier.causes.assumptions import Assumed, Needs
from verifier.causes.explain import Explained, explain
from verifier.causes.orders import GoodOrder, NoOrder
from verifier.cli import options
from verifier.cli.exit import Exit
from verifier.cli.output import complain, paged, width
from verifier.cli.progress import Progress
from verifier.cli.race_text import described
from verifier.cli.saved import heading, judged_run, model_option, run_file
from verifier.engines.interface import Budget, Strategy
from verifier.engines.registry import AUTO, engine_named
from verifier.ir.property import Flow, Property, Reachable
from verifier.language.model import Model
from verifier.report import schema_of
from verifier.traces.storage import show_label
from verifier.traces.trace import Trace
from verifier.viewers.journal import journal
from verifier.viewers.run import wrapped

SCHEMA = "verify-explanation/1"
STATES_MAX = 200_000


class StepRow(msgspec.Struct, frozen=True):
    """A step; ``was`` is the step of the run that it was, None for one that is new."""

    step: int
    node: str
    shown: str
    was: int | None


class RaceRow(msgspec.Struct, frozen=True):
    """``verdict``: ``pair`` (the order of two steps decides), ``pairs`` (several have to change
    places), ``no-race`` (it is violated in every order) or ``unknown``.  The pairs are steps of the
    run, beyond its last one receipts of what is still in flight there; ``passed`` are steps that
    do not happen in the good order, ``violates`` other invariants that are false in it,
    ``violates_later`` properties that are once what is under way at its end arrives.
    ``claims``: the property claims something at its end."""

    verdict: str
    pairs: list[tuple[int, int]]
    passed: list[int]
    violates: list[str]
    violates_later: list[str]
    claims: bool | None
    good: list[StepRow] | None
    orders: int | None
    stopped: str | None


class NetworkRow(msgspec.Struct, frozen=True):
    """Assumptions about the network: what the model allows, what the run uses, the least sets with
    which the property fails, and the least sets without which it holds.  ``unknown`` are sets of
    which a limit left it open whether the property fails with them."""

    allowed: list[str]
    used: list[str]
    needed: list[list[str]]
    holds_without: list[list[str]]
    unknown: list[tuple[list[str], str]]
    explored: int


class ExplanationReport(msgspec.Struct, frozen=True):
    """The explanation of a run."""

    schema: str
    model: str
    variant: str
    property: str
    run: list[StepRow]
    race: RaceRow
    network: NetworkRow
    exit: int


def explanation_schema() -> dict[str, Any]:
    """The JSON schema of a report; ``docs/explanation.schema.json`` is this."""
    return schema_of(ExplanationReport, SCHEMA)


@click.command("explain")
@run_file
@model_option
@options.most_states(
    "For the orders, and for each network: search no more states.", default=STATES_MAX
)
@options.time_limit("For all of it: 10s, 5m.", default="60s")
@options.output_form()
@options.quiet
def explain_command(
    file: Path, model: Path | None, max_states: int, time_limit: float, form: str, quiet: bool
) -> None:
    """Say why the property fails in FILE: which order of events decides, on which network.

    The nearest order of the same events in which the property does not fail is drawn beside the
    run, or below it.  Exit status 4: a limit left something open.
    """
    found, prop, trace, fault = judged_run(file, model)
    if isinstance(prop, Reachable | Flow) and fault is None:
        complain([f'the run is a witness of "{prop.name}": nothing is violated'])
        raise SystemExit(int(Exit.USAGE))
    budget = Budget(
        states_max=max_states,
        deadline_seconds=time.monotonic() + time_limit,
        until_all_found=True,
    )
    progress = Progress(shown=not quiet)
    engine = engine_named(AUTO, Strategy())
    made = explain(found.system, prop, trace, fault, engine, budget, progress, found.properties)
    progress.done()
    open_ends = isinstance(made.order, NoOrder) and made.order.stopped
    status = Exit.UNKNOWN if open_ends or made.needs.unknown else Exit.HOLDS
    if form == "json":
        click.echo(msgspec.json.encode(_report(found, prop, trace, made, status)).decode())
    else:
        title = wrapped([heading(found, prop), ""], width())
        paged(chain(title, described(found.system, prop, trace, fault, made, width())))
    raise SystemExit(int(status))


def _report(
    model: Model, prop: Property, trace: Trace, made: Explained, status: Exit
) -> ExplanationReport:
    return ExplanationReport(
        SCHEMA,
        model.name,
        model.variant,
        prop.name,
        _steps(model, trace, tuple(range(1, trace.depth + 1))),
        _race(model, made.order),
        _network(made.needs),
        int(status),
    )


def _race(model: Model, order: GoodOrder | NoOrder) -> RaceRow:
    if isinstance(order, NoOrder):
        verdict = "unknown" if order.stopped else "no-race"
        return RaceRow(verdict, [], [], [], [], None, None, order.points, order.stopped or None)
    verdict = "pair" if len(order.exchanged) == 1 else "pairs"
    good = _steps(model, order.trace, order.origins)
    return RaceRow(
        verdict,
        list(order.exchanged),
        list(order.passed),
        list(order.broken),
        list(order.later),
        order.met,
        good,
        None,
        None,
    )


def _steps(model: Model, trace: Trace, origins: tuple[int, ...]) -> list[StepRow]:
    return [
        StepRow(entry.step, entry.action.node, show_label(model.system, step.label), was or None)
        for entry, step, was in zip(
            journal(model.system, trace).entries, trace.steps, origins, strict=True
        )
    ]


def _network(needs: Needs) -> NetworkRow:
    return NetworkRow(
        [str(assumption) for assumption in needs.present],
        _names(needs.used),
        [_names(one) for one in needs.sufficient],
        [_names(one) for one in needs.removals],
        [(_names(one), reason) for one, reason in needs.unknown],
        needs.explored,
    )


def _names(assumed: Assumed) -> list[str]:
    return sorted(str(assumption) for assumption in assumed)
