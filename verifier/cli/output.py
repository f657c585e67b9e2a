"""Where text goes: to a terminal of some width, with colour and box drawing if it can show them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from itertools import chain, islice

import click

from verifier.viewers.canvas import plain

WIDTH, WIDTH_MAX, HEIGHT = 80, 120, 24
COLOURS = {"✓": "green", "✗": "red", "?": "yellow", "VIOLATED": "red", "UNKNOWN": "yellow"}


def width() -> int:
    """The width to draw for: that of the terminal within reason, 80 where there is none."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(60, min(WIDTH_MAX, shutil.get_terminal_size((WIDTH, 24)).columns))


def write(lines: Iterable[str]) -> None:
    """Writes lines to stdout."""
    for line in lines:
        click.echo(_shown(line))


def paged(lines: Iterable[str]) -> None:
    """Writes lines to stdout, on a terminal page by page if they do not fit on one."""
    if not sys.stdout.isatty():
        write(lines)
        return
    waiting = iter(lines)
    height = shutil.get_terminal_size((WIDTH, HEIGHT)).lines
    first = list(islice(waiting, height))
    if len(first) < height:
        write(first)
    else:
        click.echo_via_pager(f"{_shown(line)}\n" for line in chain(first, waiting))


def complain(lines: Iterable[str]) -> None:
    """Writes lines to stderr."""
    for line in lines:
        click.echo(_encodable(line, sys.stderr.encoding), err=True)


def _shown(line: str) -> str:
    text = _encodable(line, sys.stdout.encoding)
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    for word, colour in COLOURS.items():
        if line.lstrip().startswith(word):
            return click.style(text, fg=colour, bold=word.isupper())
    return text


def _encodable(line: str, encoding: str | None) -> str:
    """The line as the stream can take it; control characters of a model do not reach a terminal."""
    if not line.isprintable():  # asked of the whole line first: a long run has many
        line = "".join(c if c.isprintable() or c == "\t" else "?" for c in line)
    try:
        line.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain(line)
    return line
