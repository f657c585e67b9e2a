"""Catalogues: TOML files that stand beside the models and say what belongs to their domain."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

Contents = TypeVar("Contents")


class CatalogueError(Exception):
    """There is no catalogue, or it is none; the message says where and why."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


def read_contents(
    path: Path,
    kind: type[Contents],
    named: Callable[[str, str], str] = lambda complaint, text: complaint,
) -> tuple[str, Contents]:
    """The text of a catalogue, and what is in it; ``named`` may put a complaint about the text
    into other words.

    Raises:
        CatalogueError: it cannot be read, or it is not of this kind.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return text, msgspec.convert(tomllib.loads(text), kind)
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}", missing=True) from None
    except UnicodeDecodeError:
        raise CatalogueError(f"{path}: is not text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{path}: {named(str(error), text)}") from None
