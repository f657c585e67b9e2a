"""``verify test``: what models say of themselves against what is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

import click

from verifier.checker import Checked, Plan, check
from verifier.cli import options
from verifier.cli.exit import Exit, worst
from verifier.cli.mistakes import described, not_there
from verifier.cli.output import complain, write
from verifier.cli.progress import Progress
from verifier.cli.reporting import trace_of
from verifier.cli.values import model_files
from verifier.engines.interface import Strategy
from verifier.engines.registry import workers_here
from verifier.ir.property import NoFault
from verifier.language.load import load
from verifier.language.model import ChoiceError, Expectation, ExpectedCount, ExpectedVerdict, Model
from verifier.source import SourceError
from verifier.verdict import Holds, Unknown, Violated


@click.command("test")
@model_files
@click.option("--variant", metavar="NAME", help="Only what is expected of this variant.")
@options.quiet
def test_command(files: tuple[Path, ...], variant: str | None, quiet: bool) -> None:
    """Check every variant of the models against its `expect` lines.

    Exit status: 0 every verdict and count is as expected, and every variant says what it expects;
    1 something differs; otherwise as for `verify check`.
    """
    exits = [_file(file, variant, quiet=quiet) for file in files]
    raise SystemExit(int(worst(exits)))


def _file(file: Path, variant: str | None, *, quiet: bool) -> Exit:
    try:
        model = load(file, variant, {})
        expectations = [e for e in model.expectations if variant in (None, e.variant)]
        exits = [_one(file, expectation, quiet=quiet) for expectation in expectations]
    except SourceError as error:
        complain(described(error))
        return Exit.MODEL
    except ChoiceError as error:
        complain(not_there(file, error))
        return Exit.USAGE
    silent = [v for v in _silent(model, expectations) if variant in (None, v)]
    for name in silent:
        write([f"? {file} {name}: nothing is expected of this variant"])
    return worst([*exits, *(Exit.UNKNOWN for _ in silent)])


def _silent(model: Model, expectations: list[Expectation]) -> list[str]:
    """The variants that nothing is expected of; the bare model where there are no variants."""
    named = {expectation.variant or model.default for expectation in expectations}
    return [name for name in dict.fromkeys((model.default, *model.variants)) if name not in named]


def _one(file: Path, expectation: Expectation, *, quiet: bool) -> Exit:
    model = load(file, expectation.variant, dict(expectation.settings))
    progress = Progress(shown=not quiet)
    plan = Plan(strategy=Strategy(workers=workers_here()))
    checked = check(model, plan, progress)
    progress.done()
    given = "".join(f" {name}={value}" for name, value in expectation.settings.items())
    heading = f"{file} {model.variant}{given}"
    if checked.interrupted:
        write([f"? {heading}: interrupted"])
        return Exit.INTERRUPTED
    differences = list(compare(checked, expectation))
    found = checked.exploration
    size = f"{found.states:,} states, {found.transitions:,} transitions, depth {found.depth}"
    if not differences:
        write([f"✓ {heading}: as expected ({size})"])
        return Exit.HOLDS
    write([f"✗ {heading}: {size}", *(f"    {line}" for line in differences)])
    return Exit.VIOLATED


def compare(checked: Checked, expectation: Expectation) -> Iterator[str]:
    """What differs; a property that is not mentioned is expected to hold."""
    conclusions = {conclusion.prop.name: conclusion for conclusion in checked.conclusions}
    mentioned = set()
    for item in expectation.items:
        match item:
            case ExpectedCount(what, count):
                found = getattr(checked.exploration, what)
                if found != count:
                    yield f"{item.origin}: expected {what} {count:,}, found {found:,}"
            case ExpectedVerdict(verdict, name, steps, states):
                mentioned.add(name)
                conclusion = conclusions[name]
                word = type(conclusion.verdict).__name__.lower()
                if word != verdict:
                    yield f'{item.origin}: expected "{name}" {verdict}, found {word}'
                    continue
                trace = trace_of(conclusion.verdict)
                length = None if trace is None else trace.depth
                if steps is not None and steps != length:
                    yield f'{item.origin}: expected "{name}" in {steps} steps, found {length}'
                if states is not None:
                    assert isinstance(conclusion.verdict, Violated)
                    found = conclusion.verdict.occurrences
                    if found != states:
                        yield f'{item.origin}: expected "{name}" at {states} states, found {found}'
            case _:
                assert_never(item)
    for name, conclusion in conclusions.items():
        match conclusion.verdict:
            case Holds():
                pass
            case Unknown() if name not in mentioned and _expects_an_error(checked, expectation):
                pass  # what comes behind an expected error is not seen; to say so adds nothing
            case Violated() | Unknown() if name not in mentioned:
                word = type(conclusion.verdict).__name__.lower()
                yield f'{expectation.origin}: "{name}" is {word}, and nothing says so'
            case Violated() | Unknown():
                pass
            case _:
                assert_never(conclusion.verdict)


def _expects_an_error(checked: Checked, expectation: Expectation) -> bool:
    """Whether the model says that a run-time error or unspecified reception is found."""
    errors = {c.prop.name for c in checked.conclusions if isinstance(c.prop, NoFault)}
    return any(
        isinstance(item, ExpectedVerdict) and item.verdict == "violated" and item.property in errors
        for item in expectation.items
    )
