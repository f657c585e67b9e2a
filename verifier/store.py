"""Where parser tables, loaded models and compiled code are kept between runs.

A file in the user's own cache directory, under the digest of all it depends on, and checked by a
digest of its content: a directory that cannot be written, a file that was cut short or one of
another version cost some time and nothing else.  The road not taken is the cache of the parser
library, a pickle with a predictable name in the common temporary directory: whoever writes it
first has code run by the others.  `marshal` holds data only; but a model that somebody else put
there would have any verdict he likes, and machine code would run as it is, so nothing is read from
a directory where others may write.

XDG_CACHE_HOME says where the directory is to be.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Any

BYTES_MAX = 256 * 2**20
"""Of all files together; those that were not used for the longest time go first."""

_DIGEST = 32


class Kind(StrEnum):
    """What a file holds, as the ending of its name."""

    TABLES = "tables"
    MODEL = "model"
    OBJECT = "object"


def directory() -> Path | None:
    """The user's cache directory; None where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):
        return Path(base, "mdl-verifier")
    try:
        return Path.home() / ".cache" / "mdl-verifier"
    except RuntimeError:
        return None


def recall(kind: Kind, key: bytes) -> Any | None:
    """What was kept under ``key``, or None."""
    where = directory()
    if where is None:
        return None
    path = where / _file_name(kind, key)
    try:
        if not _is_private(where):
            return None
        content = path.read_bytes()
    except OSError:
        return None
    # The key goes into the digest: under another name a file is as good as damaged.
    if digest(key + content[_DIGEST:]) != content[:_DIGEST]:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # it was used: see _make_room
    return marshal.loads(content[_DIGEST:])


def keep(kind: Kind, key: bytes, value: Any) -> None:
    """Keeps ``value``, made of builtin types only, if it can be written."""
    where = directory()
    if where is None:
        return
    content = marshal.dumps(value)
    if len(content) > BYTES_MAX // 4:
        return  # it would drive out the rest
    with contextlib.suppress(OSError):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(where):
            return
        handle, name = tempfile.mkstemp(dir=where)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(digest(key + content) + content)
            # Renamed when complete, so that nobody ever reads half a file.
            os.replace(name, where / _file_name(kind, key))
        except OSError:
            os.unlink(name)
            raise
        _make_room(where)


def digest(content: bytes) -> bytes:
    """What stands for a content; nobody can make another one with the same digest."""
    return hashlib.sha256(content).digest()


def _file_name(kind: Kind, key: bytes) -> str:
    return f"{digest(key).hex()}.{kind}"


def _is_private(where: Path) -> bool:
    """Whether only the user can write in a directory."""
    if not hasattr(os, "getuid"):
        return True  # no such system has the common directories that this is about
    status = where.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _make_room(where: Path) -> None:
    """Removes what was not used for the longest time, also what an interrupted run left behind."""
    with os.scandir(where) as entries:
        found = [(entry.stat(), entry.path) for entry in entries if entry.is_file()]
    total = sum(status.st_size for status, _ in found)
    for status, path in sorted(found, key=lambda one: one[0].st_mtime_ns):
        if total <= BYTES_MAX:
            return
        os.unlink(path)
        total -= status.st_size
