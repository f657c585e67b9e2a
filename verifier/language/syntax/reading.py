"""The text of a source file, or why it is not one."""

from __future__ import annotations

from pathlib import Path

from verifier.language.codes import Code
from verifier.source import Diagnostic, SourceError, Span

MAX_BYTES = 1_000_000


def read_source(path: Path, name: str) -> str:
    """The text of a file, its lines ended by ``\\n`` alone and without a byte order mark.

    Raises:
        SourceError: the file cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(name, Code.LIMIT, f"the file is larger than {MAX_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refused(name, Code.UNREADABLE, f"the file cannot be read: {reason}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _undecodable(name, content, error.start) from None
    return text.replace("\r\n", "\n")


def check_text(text: str, name: str) -> None:
    """What holds for a text wherever it comes from.

    Raises:
        SourceError: the text has a NUL or is too long.
    """
    if len(text) > MAX_BYTES:
        raise _refused(name, Code.LIMIT, f"the text has more than {MAX_BYTES:,} characters")
    at = text.find("\0")
    if at >= 0:
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        span = Span(name, line, column, line, column + 1)
        raise SourceError((Diagnostic(Code.UNREADABLE, "the text contains a NUL", span),))


def _refused(name: str, code: Code, message: str) -> SourceError:
    return SourceError((Diagnostic(code, message, Span(name, 1, 1, 1, 1)),))


def _undecodable(name: str, content: bytes, at: int) -> SourceError:
    before = content[:at].decode("utf-8-sig", errors="replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return SourceError(
        (
            Diagnostic(
                Code.UNREADABLE,
                f"the byte 0x{content[at]:02X} is not part of a text in UTF-8",
                Span(name, line, column, line, column + 1),
                hint="save the file in UTF-8",
            ),
        )
    )
