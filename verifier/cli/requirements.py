"""``verify requirements``: the catalogue of requirements beside the models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from verifier.catalogue import CatalogueError
from verifier.cli import options
from verifier.cli.exit import Exit
from verifier.cli.output import complain, width, write
from verifier.coverage import markdown, text
from verifier.coverage.catalogue import (
    Catalogue,
    nearest_catalogue,
    read_catalogue,
)
from verifier.coverage.record import record
from verifier.coverage.table import Covered, Status, coverage
from verifier.language.model import ChoiceError
from verifier.source import SourceError, underline


@click.command("requirements")
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="[FILE...]",
)
@click.option(
    "--catalogue",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Default: spec/requirements.toml in the folder of the models or above it.",
)
@click.option("--uncovered", is_flag=True, help="Only rows that no property checks.")
@click.option(
    "--id", "prefixes", multiple=True, metavar="PREFIX", help="Only rows whose id begins so."
)
@options.output_form("markdown")
def requirements_command(
    files: tuple[Path, ...],
    catalogue: Path | None,
    uncovered: bool,
    prefixes: tuple[str, ...],
    form: str,
) -> None:
    """Show for each requirement where it is modelled, what checks it, and with which verdict.

    Without FILE: the models that the catalogue names.  Verdicts are those of the models' own
    `expect` lines, which `verify test` holds against what is found.

    Exit status: 0 every row is checked, or something says why not; 1 nothing checks a row, or a
    row says why not and is checked; 3 a model or the catalogue is wrong, or a model cites what the
    catalogue does not have; 4 nothing says a verdict of what checks a row.
    """
    try:
        read = read_catalogue(catalogue or nearest_catalogue(files))
        table = coverage(read, files or _named(read))
    except CatalogueError as error:
        complain([str(error)])
        raise SystemExit(int(Exit.USAGE if error.missing else Exit.MODEL)) from None
    except ChoiceError as error:
        complain([error.message, f"  {error.hint}"])
        raise SystemExit(int(Exit.USAGE)) from None
    except SourceError as error:
        for diagnostic in error.diagnostics:
            complain([*underline(diagnostic, {}).splitlines(), ""])
        raise SystemExit(int(Exit.MODEL)) from None
    rows = [covered for covered in table.rows if not prefixes or _begins(covered, prefixes)]
    if prefixes and not rows:
        complain([f"no id in {read.path} begins with {' or '.join(prefixes)}"])
        raise SystemExit(int(Exit.USAGE))
    status = _exit(rows)
    shown = [covered for covered in rows if not covered.checked] if uncovered else rows
    match form:
        case "json":
            click.echo(msgspec.json.encode(record(table, shown, int(status))).decode())
        case "markdown":
            write(markdown.lines(table, shown, _command(files, catalogue, prefixes, uncovered)))
        case _:
            write(text.lines(table, shown, rows, width()))
    raise SystemExit(int(status))


def _begins(covered: Covered, prefixes: tuple[str, ...]) -> bool:
    return covered.row.id.startswith(prefixes)


def _named(catalogue: Catalogue) -> list[Path]:
    """The models that a catalogue says it is for, as short paths.

    Raises:
        CatalogueError: it names none, or there are none.
    """
    if not catalogue.models:
        raise CatalogueError(
            f"{catalogue.path} names no models (models = [...]): say which FILE", missing=True
        )
    folder = catalogue.path.parent
    found = {
        path.resolve(): path for pattern in catalogue.models for path in _matching(folder, pattern)
    }
    if not found:
        raise CatalogueError(f"{catalogue.path}: no file is called {' or '.join(catalogue.models)}")
    return sorted(found.values())


def _matching(folder: Path, pattern: str) -> list[Path]:
    while pattern.startswith("../"):
        folder = folder.parent if folder.name not in ("", "..") else folder / ".."
        pattern = pattern.removeprefix("../")
    return [path for path in folder.glob(pattern) if path.is_file()]


def _exit(rows: Sequence[Covered]) -> Exit:
    left = [covered for covered in rows if not covered.accounted or covered.outdated]
    if any(covered.status is not Status.UNDECIDED for covered in left):
        return Exit.VIOLATED
    return Exit.UNKNOWN if left else Exit.HOLDS


def _command(
    files: tuple[Path, ...], catalogue: Path | None, prefixes: tuple[str, ...], uncovered: bool
) -> str:
    words = ["verify", "requirements", *(file.as_posix() for file in files)]
    words += ["--catalogue", catalogue.as_posix()] if catalogue is not None else []
    words += ["--uncovered"] if uncovered else []
    for prefix in prefixes:
        words += ["--id", prefix]
    return " ".join([*words, "--format", "markdown"])
