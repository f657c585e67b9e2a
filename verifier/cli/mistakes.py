"""What is said of a model that is wrong, or that has not what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verifier.cli.exit import Exit
from verifier.cli.output import complain
from verifier.language.model import ChoiceError
from verifier.report import SCHEMA, DiagnosticRow, ModelErrors
from verifier.source import Diagnostic, SourceError, underline


@contextmanager
def ending(file: Path, wrong_choice: Exit = Exit.USAGE) -> Iterator[None]:
    """Ends the program with all mistakes of the model, or with what is not there.

    Raises:
        SystemExit: the model is wrong, or not what was asked for.
    """
    try:
        yield
    except SourceError as error:
        complain(described(error))
        raise SystemExit(int(Exit.MODEL)) from None
    except ChoiceError as error:
        complain(not_there(file, error))
        raise SystemExit(int(wrong_choice)) from None


def not_there(file: Path, error: ChoiceError) -> list[str]:
    """What is asked of a model and not there, as text."""
    return [f"{file}: {error.message}", *([f"  {error.hint}"] if error.hint else [])]


def errors(file: Path, error: SourceError) -> ModelErrors:
    """All mistakes of a model as data."""
    return ModelErrors(
        SCHEMA, file.as_posix(), [_diagnostic(d) for d in error.diagnostics], int(Exit.MODEL)
    )


def _diagnostic(found: Diagnostic) -> DiagnosticRow:
    span = found.span
    return DiagnosticRow(
        found.code, found.message, span.file, span.line, span.column, found.cause, found.hint
    )


def described(error: SourceError) -> list[str]:
    """All mistakes of a model as text."""
    lines = []
    for diagnostic in error.diagnostics:
        lines += [*underline(diagnostic, {}).splitlines(), ""]
    count = len(error.diagnostics)
    codes = " ".join(dict.fromkeys(str(d.code) for d in error.diagnostics))
    lines.append(f"{count} mistake{'s' * (count != 1)}; verify explain {codes} says more")
    return lines
