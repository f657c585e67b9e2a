"""Models that were loaded before, so that to check one again costs no parsing and no lowering.

A model depends on the texts of its files, on what was chosen of it, and on the program.  The
program and the choice and the main text are in the key; the texts of the imported files, which are
only known when a model is found, are compared then.  Whatever is in doubt is loaded anew.

VERIFY_MODEL_CACHE=off keeps nothing and recalls nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Set
from dataclasses import replace
from functools import cache
from pathlib import Path

import verifier
from verifier import store
from verifier.ir import property as properties
from verifier.ir.flat import SYSTEM_KINDS, flatten, restored
from verifier.language.model import (
    Choice,
    Expectation,
    ExpectedCount,
    ExpectedVerdict,
    Model,
)
from verifier.language.syntax.reading import read_source
from verifier.source import SourceError

SWITCH = "VERIFY_MODEL_CACHE"

KINDS: tuple[type, ...] = (
    *SYSTEM_KINDS,
    properties.Invariant, properties.Claim, properties.StepProperty, properties.Reachable,
    properties.FlowEvent, properties.Flow, properties.DeadlockFree, properties.NoFault,
    Model, Choice, Expectation, ExpectedVerdict, ExpectedCount,
)  # fmt: skip
"""What a model is made of."""


def recall(
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str] = frozenset(),
) -> Model | None:
    """The model that `load` would give, if it was kept and nothing has changed since."""
    program = _program()
    if program is None:
        return None
    text = _text(path.as_posix())
    if text is None:
        return None
    choice = (variant, settings, open_options)
    found = store.recall(store.Kind.MODEL, _key(program, path, text, choice))
    if found is None:
        return None
    files, flat = found
    texts = {}
    for name, digest in files:
        text = _text(name)
        if text is None or _digest(text) != digest:
            return None
        texts[name] = text
    model = restored(flat, KINDS)
    assert isinstance(model, Model), f"{type(model).__name__} was kept as a model"
    return replace(model, texts=texts)


def keep(
    model: Model,
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str] = frozenset(),
) -> None:
    """Keeps what `load` gave for these arguments."""
    program = _program()
    # The files of the program may have been changed while it ran.
    if program is None or _digest_of_program() != program:
        return
    # The digests are those of the texts that the model was made of, not of the files as they are.
    files = [(name, _digest(text)) for name, text in model.texts.items()]
    choice = (variant, settings, open_options)
    key = _key(program, path, model.texts[model.file], choice)
    store.keep(store.Kind.MODEL, key, (files, flatten(replace(model, texts={}), KINDS)))


def _key(
    program: bytes,
    path: Path,
    text: str,
    choice: tuple[str | None, Mapping[str, str], Set[str]],
) -> bytes:
    variant, settings, open_options = choice
    chosen = (path.as_posix(), variant, sorted(settings.items()), sorted(open_options))
    return program + _digest(text) + ascii(chosen).encode()


def _text(name: str) -> str | None:
    """The text of a file, or None if it is not there or cannot be read."""
    path = Path(name)
    try:
        return read_source(path, name) if path.is_file() else None
    except SourceError:
        return None


def _digest(text: str) -> bytes:
    return store.digest(text.encode())


def _program() -> bytes | None:
    """What stands for this program; None if nothing is to be kept."""
    return None if os.environ.get(SWITCH) == "off" else _running()


@cache
def _running() -> bytes | None:
    """The digest of the code as it was when it was first asked for: that is what is running."""
    return _digest_of_program()


def _digest_of_program() -> bytes | None:
    """A digest of all the code that decides what a model is; None if it cannot be read."""
    root = Path(verifier.__file__).parent
    try:
        code = [root / "source.py", *_files(root / "ir"), *_files(root / "language")]
        contents = [store.digest(path.read_bytes()) for path in code]
    except OSError:
        return None
    names = [path.relative_to(root).as_posix() for path in code]
    return store.digest(ascii((verifier.__version__, sys.version, names, contents)).encode())


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".lark"))
