"""``verify docs``: the pages about races and their runs, written or held against the models."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click

from verifier.catalogue import CatalogueError
from verifier.checker import Plan
from verifier.cli import options
from verifier.cli.exit import Exit
from verifier.cli.mistakes import ending
from verifier.cli.output import complain, write
from verifier.cli.progress import Progress
from verifier.cli.race_files import EXPORTS, files, saved_run
from verifier.engines.interface import Strategy
from verifier.engines.registry import AUTO, NATIVE, WORKERS_MAX, workers_here
from verifier.language.load import load
from verifier.races.catalogue import PLACE, Catalogue, read_catalogue
from verifier.races.commands import RUN
from verifier.races.page import MARK
from verifier.races.study import case_of, study
from verifier.traces.trace import Trace

DIFF_LINES = 12
EXHAUSTIVE = (AUTO, "explicit", NATIVE)
"""The engines that visit all states: pages have their numbers."""


@click.command("docs")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; say what differs.")
@click.option(
    "--races",
    type=click.Path(path_type=Path, dir_okay=False),
    default=PLACE,
    show_default=True,
    metavar="FILE",
    help="The catalogue of races.",
)
@click.option("--engine", type=click.Choice(EXHAUSTIVE), default=AUTO, show_default=True)
@click.option("--workers", type=click.IntRange(min=1, max=WORKERS_MAX), metavar="N")
@options.quiet
def docs_command(
    only_check: bool, races: Path, engine: str, workers: int | None, quiet: bool
) -> None:
    """Write a page and the run of each race of a catalogue, from what the models give.

    Each race is checked, explained and repaired again.  With --check nothing is written: exit
    status 1 says that a page or a run is not what the models give.

    Exit status: 0 all is written, or as it should be; 1 with --check: something is not; 2 bad
    usage, or no such catalogue; 3 a model or the catalogue is wrong.
    """
    plan = Plan(engine, strategy=Strategy(workers or workers_here()))
    progress = Progress(shown=not quiet)
    command = shlex.join(["verify", "docs", *(() if races == PLACE else ("--races", str(races)))])
    try:
        with ending(races, wrong_choice=Exit.MODEL):
            catalogue = read_catalogue(races)
            kept = _kept(catalogue) if only_check else {}
            made = study(catalogue, plan, kept, progress)
            wanted = dict(files(made, kept, command))
    except CatalogueError as error:
        complain([str(error)])
        raise SystemExit(int(Exit.USAGE if error.missing else Exit.MODEL)) from None
    finally:
        progress.done()
    stale = sorted(_stale(catalogue, wanted.keys() | _runs(catalogue, kept)))
    if only_check:
        complaints = [*_differences(wanted), *(f"{path}: no race has this" for path in stale)]
        count = len(wanted) + len(kept)
        write(complaints or [f"{count} files are as the models say"])
        if complaints:
            write(["", f"write them again: {command}"])
        raise SystemExit(int(Exit.VIOLATED if complaints else Exit.HOLDS))
    try:
        _save(wanted, stale)
    except OSError as error:
        complain([f"{error.filename}: {error.strerror}"])
        raise SystemExit(int(Exit.USAGE)) from None
    write(
        [f"{len(made.races)} races, {len(wanted)} files, in {catalogue.pages} and {catalogue.runs}"]
    )


def _kept(catalogue: Catalogue) -> dict[str, Trace]:
    """The saved runs that belong to the models as they are, so that pages do not depend on which of
    several shortest runs an engine finds."""
    found = {}
    for race in catalogue.races:
        case = case_of(catalogue, race, None)
        model = load(case.model, case.variant, dict(case.settings))
        prop = next((p for p in model.properties if p.name == race.property), None)
        run = None if prop is None else saved_run(catalogue, race.id, model, prop)
        if run is not None:
            found[race.id] = run
    return found


def _runs(catalogue: Catalogue, kept: dict[str, Trace]) -> set[Path]:
    return {catalogue.runs / race / RUN for race in kept}


def _stale(catalogue: Catalogue, wanted: set[Path]) -> Iterator[Path]:
    """What the command has written for races that are no more; nothing else is ever touched."""
    for page in catalogue.pages.glob("*.md"):
        if page not in wanted and _first_line(page) == MARK:
            yield page
            picture = page.with_suffix(".svg")
            if picture.exists() and picture not in wanted:
                yield picture
    for run in catalogue.runs.glob(f"*/{RUN}"):
        for name in (RUN, *EXPORTS.values()):
            path = run.with_name(name)
            if path.exists() and path not in wanted:
                yield path


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().rstrip("\n")


def _differences(wanted: dict[Path, bytes]) -> Iterator[str]:
    """Which files are not as they should be, and the first lines of how."""
    for path, content in wanted.items():
        try:
            there = path.read_bytes()
        except OSError as error:
            yield f"{path}: {error.strerror}"
            continue
        if there == content:
            continue
        yield f"{path}: is not what the models give"
        try:
            old, new = there.decode().splitlines(), content.decode().splitlines()
        except UnicodeDecodeError:
            continue  # a capture
        shown = difflib.unified_diff(old, new, "as it is", "as it should be", lineterm="", n=1)
        yield from (f"  {line}" for line in islice(shown, DIFF_LINES))


def _save(wanted: dict[Path, bytes], stale: list[Path]) -> None:
    for path, content in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.part")
        draft.write_bytes(content)
        draft.replace(path)
    for path in stale:
        path.unlink()
    for folder in {path.parent for path in stale}:
        if not any(folder.iterdir()):
            folder.rmdir()
