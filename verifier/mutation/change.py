"""One change of a model: a piece of its text that says something else.

On the text and not on the tree or the transition system: so a change is MDL before and after, it is
read by the same reader as every model, and what it means is what a user who wrote it would get.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from verifier.language.files import Sources
from verifier.language.reader import parse_text
from verifier.source import Span


@dataclass(frozen=True, slots=True)
class Place:
    """What is changed: a handler, an action, or a function with the requirements of its users."""

    shown: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """``kind`` says in words what is done; ``text`` stands where ``span`` was."""

    place: Place
    kind: str
    span: Span
    text: str


@cache
def _starts(text: str) -> tuple[int, ...]:
    """Where each line begins."""
    return (0, *accumulate(len(line) + 1 for line in text.split("\n")))


def offsets(text: str, span: Span) -> tuple[int, int]:
    """The piece of a text that a span covers."""
    starts = _starts(text)
    return (
        starts[span.line - 1] + span.column - 1,
        starts[span.end_line - 1] + span.end_column - 1,
    )


def piece(text: str, span: Span) -> str:
    """What a span covers."""
    start, end = offsets(text, span)
    return text[start:end]


def changed(text: str, change: Change) -> str:
    """The text with the change."""
    start, end = offsets(text, change.span)
    return text[:start] + change.text + text[end:]


def with_change(sources: Sources, change: Change) -> Sources:
    """The sources with the change, of which one file is read again."""
    name = change.span.file
    text = changed(sources.texts[name], change)
    return replace(
        sources,
        files={**sources.files, name: parse_text(text, name)},
        texts={**sources.texts, name: text},
    )


def before_and_after(text: str, change: Change) -> tuple[str, str]:
    """The lines that the change touches, without their common indentation; the second is empty if
    nothing is left of them."""
    start, end = offsets(text, change.span)
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    before = text[first:last]
    after = text[first:start] + change.text + text[end:last]
    kept = "\n".join(line.rstrip() for line in after.split("\n") if line.strip())
    return textwrap.dedent(before).strip(), textwrap.dedent(kept).strip()
