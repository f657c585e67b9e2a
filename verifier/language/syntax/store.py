"""Where the tables of the parser are kept between runs, since making them takes half a second.

A file in the user's own cache directory, under the digest of all it depends on, and checked by a
digest of its content: a directory that cannot be written, a file that was cut short or one of
another version cost the half second and nothing else.  The road not taken is the cache of the
parser library, a pickle with a predictable name in the common temporary directory: whoever writes
it first has code run by the others.  `marshal` holds data only.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import tempfile
from pathlib import Path
from typing import Any

_DIGEST = 32


def directory() -> Path | None:
    """The user's cache directory; None where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):
        return Path(base, "mdl-verifier")
    try:
        return Path.home() / ".cache" / "mdl-verifier"
    except RuntimeError:
        return None


def recall(key: str) -> Any | None:
    """What was kept under ``key``, or None."""
    where = directory()
    if where is None:
        return None
    try:
        content = (where / f"{_digest(key.encode()).hex()}.tables").read_bytes()
    except OSError:
        return None
    if _digest(content[_DIGEST:]) != content[:_DIGEST]:
        return None
    return marshal.loads(content[_DIGEST:])


def keep(key: str, value: Any) -> None:
    """Keeps ``value``, made of builtin types only, if it can be written."""
    where = directory()
    if where is None:
        return
    content = marshal.dumps(value)
    with contextlib.suppress(OSError):
        where.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=where)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(content) + content)
            # Renamed when complete, so that nobody ever reads half a file.
            os.replace(name, where / f"{_digest(key.encode()).hex()}.tables")
        except OSError:
            os.unlink(name)
            raise


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
