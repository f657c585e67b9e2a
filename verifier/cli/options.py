"""Options of the command line that several commands have: one spelling for all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from verifier.cli.values import seconds, settings
from verifier.viewers.run import STYLES

Command = TypeVar("Command", bound=Callable[..., Any])


def setting(text: str, *, flag: str = "--set", name: str = "given") -> Callable[[Command], Command]:
    """Values for options of the model."""
    return click.option(
        flag, name, multiple=True, callback=settings, metavar="OPTION=VALUE", help=text
    )


def open_option(text: str) -> Callable[[Command], Command]:
    """Options of the model that have all their values together."""
    return click.option("--any", "open_options", multiple=True, metavar="OPTION", help=text)


def some_properties(text: str) -> Callable[[Command], Command]:
    """Properties by name, instead of all."""
    return click.option("--property", "properties", multiple=True, metavar="NAME", help=text)


def most_states(text: str, default: int | None = None) -> Callable[[Command], Command]:
    """A limit of states."""
    return click.option(
        "--max-states",
        type=click.IntRange(min=1),
        default=default,
        show_default=default is not None,
        metavar="N",
        help=text,
    )


def time_limit(text: str, default: str | None = None) -> Callable[[Command], Command]:
    """A limit of time."""
    return click.option(
        "--time-limit",
        callback=seconds,
        metavar="TIME",
        default=default,
        show_default=default is not None,
        help=text,
    )


def output_form(*others: str) -> Callable[[Command], Command]:
    """Text for people or data for scripts."""
    choice = click.Choice(["text", "json", *others])
    return click.option("--format", "form", type=choice, default="text", show_default=True)


style_of_runs = click.option(
    "--trace",
    "style",
    type=click.Choice([*STYLES, "none"]),
    default="chart",
    show_default=True,
    help="How runs are shown.",
)
quiet = click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
one_model = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
