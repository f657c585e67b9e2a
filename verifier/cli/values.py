"""Values on the command line: models, amounts of memory and time, and option settings."""

from __future__ import annotations

import re
from pathlib import Path

import click

MEMORY = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
TIME = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


model_files = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE...",
)


def memory(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """Bytes, with a unit: 512M, 4G."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", value, re.IGNORECASE)
    if found is None or float(found[1]) == 0:
        raise click.BadParameter(f"'{value}' is no amount of memory; write for example 512M or 4G")
    return int(float(found[1]) * MEMORY[found[2].upper()])


def seconds(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Seconds, or a time with a unit: 90, 10s, 5m, 1h."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|)", value)
    if found is None or float(found[1]) == 0:
        raise click.BadParameter(f"'{value}' is no time; write for example 10s or 5m")
    return float(found[1]) * TIME[found[2]]


def settings(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """OPTION=VALUE, any number of times; the last one of an option counts."""
    found = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise click.BadParameter(f"'{value}' is no setting; write --set OPTION=VALUE")
        found[name.strip()] = text.strip()
    return found
