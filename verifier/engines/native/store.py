"""Where compiled objects are kept between runs.

Machine code from a file is run by this process, so the directory has to be the user's own and
closed to others; a file is checked by a digest of its content before it is used, and one that was
damaged, or belongs to other code or another processor, is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_DIGEST = 32
KEPT_BYTES = 256 * 2**20  # the oldest objects go when there are more
SUFFIX = ".object"


def directory() -> Path | None:
    """The user's cache directory for objects; None where there is none that is safe."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    except RuntimeError:
        return None
    return root / "mdl-verifier" / "objects"


def _own(where: Path) -> bool:
    """Whether nobody else can write there."""
    try:
        found = where.stat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def recall(key: str) -> bytes | None:
    """What was kept under the key."""
    where = directory()
    if where is None or not _own(where):
        return None
    path = where / (_digest(key.encode()).hex() + SUFFIX)
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    head, compiled = content[:_DIGEST], content[_DIGEST:]
    # The key is part of the digest: a file under another name is another object.
    return compiled if _digest(key.encode() + compiled) == head else None


def keep(key: str, compiled: bytes) -> None:
    """Keeps an object, if it can be written."""
    where = directory()
    if where is None:
        return
    with contextlib.suppress(OSError):
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _own(where):
            return
        handle, name = tempfile.mkstemp(dir=where)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(key.encode() + compiled) + compiled)
            # Renamed when complete, so that nobody ever reads half a file.
            os.replace(name, where / (_digest(key.encode()).hex() + SUFFIX))
        except OSError:
            os.unlink(name)
            raise
        _forget(where)


def _forget(where: Path) -> None:
    """Removes the objects that were not used for longest while there are too many."""
    found = [(path.stat(), path) for path in where.glob("*" + SUFFIX)]
    left = sum(status.st_size for status, _ in found)
    for status, path in sorted(found, key=lambda pair: pair[0].st_mtime):
        if left <= KEPT_BYTES:
            return
        path.unlink(missing_ok=True)
        left -= status.st_size


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
