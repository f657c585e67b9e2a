"""What can be wrong in a packets file, as diagnostics with a code, a place and a way out."""

from __future__ import annotations

from enum import StrEnum

from verifier.source import Diagnostic, SourceError, Span


class Code(StrEnum):
    """Codes of mistakes in packets files; docs/export.md lists them."""

    SYNTAX = "P01"
    FILE = "P02"
    UNKNOWN = "P03"
    TWICE = "P04"
    ARGUMENTS = "P05"
    VALUE = "P06"
    NO_ENTRY = "P07"
    TOO_BIG = "P08"
    REGION = "P09"
    NO_PACKET = "P10"
    NO_REQUEST = "P11"
    CLOCK = "P12"


def wrong(code: Code, message: str, span: Span, *, cause: str = "", hint: str = "") -> SourceError:
    """The mistake, to be raised."""
    return SourceError((Diagnostic(code, message, span, cause, hint),))
