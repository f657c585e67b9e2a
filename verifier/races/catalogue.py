"""The catalogue of races: a TOML file that says what each page is about.

The file belongs to the domain of the models.  It says where a race comes from, which model shows
it, and what may repair it; whether it is violated, why, and whether it is repaired is found out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from verifier.catalogue import CatalogueError, read_contents

PLACE = Path("models", "races.toml")
"""Where the command looks for a catalogue."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_RESERVED = ("index", "readme")  # pages that are not about one race

Given = dict[str, bool | int | str]


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proof that was made once: the command, and what it printed."""

    command: str
    result: str


class Fix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may repair a race: another variant (that of the race where it is empty), settings beside
    those of the race, or both."""

    title: str
    text: str = ""
    variant: str = ""
    settings: Given = msgspec.field(default_factory=dict)
    proof: tuple[Proof, ...] = ()


class Race(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One race: the text it comes from, and the run of a model that shows it.  ``run`` is that run
    in words."""

    id: str
    title: str
    source: str
    text: str
    model: str
    variant: str
    property: str
    run: str = ""
    settings: Given = msgspec.field(default_factory=dict)
    fix: tuple[Fix, ...] = ()


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that the models use in runs and code, and what it means."""

    name: str
    meaning: str


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    pages: str
    runs: str
    race: tuple[Race, ...]
    about: str = ""
    settings: Given = msgspec.field(default_factory=dict)
    word: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All races in order; ``pages`` and ``runs`` are the folders to write to."""

    path: Path
    title: str
    about: str
    pages: Path
    runs: Path
    races: tuple[Race, ...]
    settings: Mapping[str, str]  # of every race, unless it says otherwise
    words: tuple[Word, ...]

    def model(self, race: Race) -> Path:
        """The model of a race, as short as the path of the catalogue is."""
        return _beside(self.path, race.model)

    def settings_of(self, race: Race, fix: Fix | None) -> dict[str, str]:
        """The options of a race, or of the model that a fix makes of it, as after --set."""
        own = fix.settings if fix is not None else {}
        return {**self.settings, **_texts(race.settings), **_texts(own)}

    def variant_of(self, race: Race, fix: Fix | None) -> str:
        """The variant of a race, or of the model that a fix makes of it."""
        return (fix.variant if fix is not None else "") or race.variant


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file.

    Raises:
        CatalogueError: it cannot be read, or it is not a catalogue.
    """
    _, contents = read_contents(path, _Contents)
    for message in _mistakes(contents):
        raise CatalogueError(f"{path}: {message}")
    return Catalogue(
        path, contents.title, contents.about, _beside(path, contents.pages),
        _beside(path, contents.runs), contents.race, _texts(contents.settings), contents.word,
    )  # fmt: skip


def _mistakes(contents: _Contents) -> Iterator[str]:
    """Ids become names of files and folders: so they hold nothing that leads elsewhere."""
    seen: set[str] = set()
    for race in contents.race:
        if _ID.fullmatch(race.id) is None:
            yield f'the id "{race.id}" is not made of small letters, digits and single hyphens'
        if race.id in _RESERVED:
            yield f'a race cannot be called "{race.id}": the page of all races is'
        if race.id in seen:
            yield f'two races have the id "{race.id}"'
        seen.add(race.id)
        for fix in race.fix:
            if not fix.variant and not fix.settings:
                yield f'the fix "{fix.title}" of "{race.id}" changes nothing: say what is set'
    if not contents.race:
        yield "there is no [[race]]"


def _beside(path: Path, relative: str) -> Path:
    """Without `..` where it can be, so that one file has one name."""
    return Path(os.path.normpath(path.parent / relative))


def _texts(given: Given) -> dict[str, str]:
    return {name: str(v).lower() if isinstance(v, bool) else str(v) for name, v in given.items()}
