"""Where text came from, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a source file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake of the user: what, where, why, and a way out."""

    code: str
    message: str
    span: Span
    cause: str = ""
    hint: str = ""


class SourceError(Exception):
    """The model is wrong and the user can mend it: all mistakes of one pass, no stack trace."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        assert diagnostics, "a SourceError without a diagnostic tells the user nothing"
        super().__init__("; ".join(f"{d.span}: {d.code} {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics


def underline(diagnostic: Diagnostic, texts: dict[str, str]) -> str:
    """The diagnostic with its source line and the place underlined, as plain text."""
    span = diagnostic.span
    text = texts.get(span.file)
    if text is None:
        path = Path(span.file)
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    lines = text.splitlines()
    source = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    end = span.end_column if span.end_line == span.line else len(source) + 1
    width = max(1, end - span.column)
    number = str(span.line)
    margin = " " * len(number)
    shown = source.expandtabs(1)
    out = [
        f"error[{diagnostic.code}]: {diagnostic.message}",
        f"{margin}--> {span}",
        f"{margin} |",
        f"{number} | {shown}",
        f"{margin} | {' ' * (span.column - 1)}{'^' * width}",
    ]
    if diagnostic.cause:
        out.append(f"{margin} = cause: {diagnostic.cause}")
    if diagnostic.hint:
        out.append(f"{margin} = hint: {diagnostic.hint}")
    return "\n".join(out)
