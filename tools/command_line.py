"""Writes docs/command_line.md: what every command says of itself with --help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from verifier.cli.main import verify

PAGE = Path(__file__).resolve().parents[1] / "docs" / "command_line.md"
WIDTH = 88  # columns: what a code block of the site shows without a scroll bar
HEAD = """\
# The command line

<!-- Written by tools/command_line.py (make golden); a test compares. -->

Each section is what the command prints with `--help`. What the exit statuses mean is in the
[overview](../README.md#the-command-line).
"""


def page() -> str:
    """The text of the page."""
    return "\n".join([HEAD, *_sections(verify, None, "verify", level=2)])


def _sections(
    command: click.Command, parent: click.Context | None, name: str, *, level: int
) -> Iterator[str]:
    """A section for the command and for each command below it."""
    context = click.Context(
        command, parent, name, terminal_width=WIDTH, max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )  # fmt: skip
    text = command.get_help(context).rstrip()
    yield f"{'#' * level} {context.command_path}\n\n```text\n{text}\n```\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None, f"{below} is listed"
            yield from _sections(found, context, below, level=min(level + 1, 3))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
