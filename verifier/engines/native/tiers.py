"""Which code runs: what is there first, and the better one as soon as it is ready.

Plain code is there after a tenth of the time that optimised code takes.  So a search begins with
plain code, and a thread makes the optimised one while it runs; between two slices they are
exchanged, since both work on the same memory.  A model that was checked before has its optimised
code on disk.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from verifier.engines.native import jit
from verifier.engines.native.jit import Code
from verifier.engines.native.program import Text

# The better code of a module takes about so long for each line of its text, on a core of its own.
# A search that has run for as long is taken to go on for long enough; the process waits for the
# thread when it ends, as the library cannot be stopped in the middle.
SECONDS_PER_LINE = 16e-6


@dataclass(slots=True)
class Tiers:
    """The code in use, and how to get the text to make better code of."""

    text: Callable[[], Text]
    digest: str
    code: Code
    began: float
    better: list[Code] = field(default_factory=list)
    thread: threading.Thread | None = None

    def improve(self) -> None:
        """Exchanges the code if better one is ready, and has it made if it is worth while."""
        if self.better:
            self.code = self.better.pop()
        elif not self.code.optimised and self.thread is None and self._pays():
            self.thread = threading.Thread(target=self._make)
            self.thread.start()

    def _pays(self) -> bool:
        lines = self.code.lines
        return time.monotonic() - self.began > lines * SECONDS_PER_LINE

    def _make(self) -> None:
        self.better.append(jit.compile_text(self.text(), self.digest, optimised=True))


def first_code(digest: str, write: Callable[[], Text]) -> Tiers:
    """The best code that is there at once, for what has this digest; the text is written only if
    no object is on disk."""
    text = cache(write)
    digest = f"{digest}\n{_source()}"
    code = jit.cached(digest, optimised=True) or jit.cached(digest, optimised=False)
    if code is None:
        code = jit.compile_text(text(), digest, optimised=False)
    return Tiers(text, digest, code, time.monotonic())


@cache
def _source() -> str:
    """A digest of what writes the text: other code of ours makes other objects."""
    package = Path(__file__).resolve().parents[2]
    files = sorted([*(package / "engines" / "native").glob("*.py"), *(package / "ir").glob("*.py")])
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
