"""The requirement catalogue: a TOML file of rows that the models refer to by ``@ "id"``.

The rows belong to the domain of the models; here is only what each must have, and what the kinds of
checking mean for coverage.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

import msgspec

from verifier.catalogue import CatalogueError, read_contents
from verifier.source import Span

PLACE = Path("spec", "requirements.toml")
"""Where a catalogue is looked for, in the folder of the models and those above it."""

CheckKind = OneOf["INV", "LIVE", "TRACE", "CONF", "DOC"]

MEANINGS: dict[CheckKind, str] = {
    "INV": "an invariant of states or steps",
    "LIVE": "something that must happen",
    "TRACE": "seen along one run",
    "CONF": "a configuration or an assumption of the models: there is nothing to check",
    "DOC": "a statement of scope: there is nothing to check",
}
CHECKABLE: frozenset[CheckKind] = frozenset({"INV", "LIVE", "TRACE"})


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row; ``why_not`` says why no property checks it."""

    id: str
    text: str
    check: tuple[CheckKind, ...]
    source: str = ""
    node: tuple[str, ...] = ()
    property: tuple[str, ...] = ()
    note: str = ""
    why_not: str = ""


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    requirement: tuple[Requirement, ...]
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rows in order; ``models`` are patterns, relative to its folder, of those it is for."""

    path: Path
    rows: tuple[Requirement, ...]
    models: tuple[str, ...]
    lines: dict[str, int]  # where the id of each row stands

    def span(self, name: str) -> Span:
        """The place of a row."""
        line = self.lines.get(name, 1)
        return Span(self.path.as_posix(), line, 1, line, 1)


def checkable(row: Requirement) -> bool:
    """Whether there is something that a property could say."""
    return not CHECKABLE.isdisjoint(row.check)


def nearest_catalogue(files: Iterable[Path]) -> Path:
    """The catalogue in the folder of the models or the nearest one above.

    Raises:
        CatalogueError: there is none, or the models have different ones.
    """
    starts = list(dict.fromkeys(file.parent for file in files)) or [Path()]
    found: dict[Path, Path] = {}
    for start in starts:
        path = _upwards(start)
        if path is None:
            where = "this folder" if start == Path() else start.as_posix()
            raise CatalogueError(
                f"there is no {PLACE.as_posix()} in {where} or above it; say --catalogue FILE",
                missing=True,
            )
        found.setdefault(path.resolve(), path)
    if len(found) > 1:
        listed = ", ".join(path.as_posix() for path in found.values())
        raise CatalogueError(
            f"the models have different catalogues ({listed}); say --catalogue FILE", missing=True
        )
    return next(iter(found.values()))


def _upwards(start: Path) -> Path | None:
    """The path is as short as it was asked for: `docs` and error messages show it."""
    folder = start
    for _ in start.resolve().parents:
        if (folder / PLACE).is_file():
            return folder / PLACE
        folder = folder.parent if folder.name not in ("", "..") else folder / ".."
    return folder / PLACE if (folder / PLACE).is_file() else None


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file.

    Raises:
        CatalogueError: it cannot be read, or it is not a catalogue.
    """
    text, contents = read_contents(path, _Contents, _named)
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        at = re.match(r"""\s*id\s*=\s*["']([^"']*)["']""", line)
        if at is not None:
            if at[1] in lines:
                raise CatalogueError(
                    f'{path}:{number}: "{at[1]}" is there already, in line {lines[at[1]]}'
                )
            lines[at[1]] = number
    return Catalogue(path, contents.requirement, contents.models, lines)


def _named(message: str, text: str) -> str:
    """The complaint with the id of the row instead of its number, where it has one."""
    at = re.search(r"\$\.requirement\[(\d+)\]", message)
    if at is None:
        return message
    row = tomllib.loads(text)["requirement"][int(at[1])]
    name = row.get("id") if isinstance(row, dict) else None
    return message.replace(at[0], f'requirement "{name}" ' if name else f"requirement {at[1]} ")
