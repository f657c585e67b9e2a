"""``verify fmt`` and ``verify explain``: help with the text of models."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from verifier.cli.exit import Exit, worst
from verifier.cli.mistakes import described
from verifier.cli.output import complain, write
from verifier.cli.values import model_files
from verifier.language.explain import explain
from verifier.language.printer import format_text
from verifier.source import SourceError


@click.command("fmt")
@model_files
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Write nothing; exit 1 if a file is laid out otherwise.",
)
@click.option("--diff", "only_diff", is_flag=True, help="Write nothing; show what would change.")
def fmt_command(files: tuple[Path, ...], only_check: bool, only_diff: bool) -> None:
    """Lay out models in the canonical way; comments stay."""
    raise SystemExit(int(worst([_format(file, only_check, only_diff) for file in files])))


def _format(file: Path, only_check: bool, only_diff: bool) -> Exit:
    try:
        text = file.read_text(encoding="utf-8")
        formatted = format_text(text, file.as_posix())
    except SourceError as error:
        complain(described(error))
        return Exit.MODEL
    except (OSError, UnicodeDecodeError) as error:
        complain([f"{file}: {error}"])
        return Exit.USAGE
    if formatted == text:
        return Exit.HOLDS
    if only_diff:
        lines = difflib.unified_diff(
            text.splitlines(), formatted.splitlines(), str(file), str(file), lineterm=""
        )
        write(lines)
    elif only_check:
        write([f"{file} would be laid out otherwise"])
    else:
        file.write_text(formatted, encoding="utf-8")
        write([f"{file} laid out"])
        return Exit.HOLDS
    return Exit.VIOLATED


@click.command("explain")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
def explain_command(codes: tuple[str, ...]) -> None:
    """Say what a code means, with an example and a way out."""
    exits = []
    for code in codes:
        text = explain(code.upper())
        if text is None:
            complain([f"there is no code '{code}'; codes look like M201 or R05"])
            exits.append(Exit.USAGE)
        else:
            write([*text.splitlines(), ""])
            exits.append(Exit.HOLDS)
    raise SystemExit(int(worst(exits)))
