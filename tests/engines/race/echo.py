"""A process for tests: says what it was given, and then does as that says."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from verifier.engines.race.process import serve


def work(order: bytes, tell: Callable[[bytes], None]) -> None:
    """Waits, or breaks, or ends."""
    tell(order)
    print("this is no message", flush=True)
    if order == b"wait":
        time.sleep(600)
    if order == b"break":
        raise ValueError("broken")
    if order == b"grow":
        held = bytearray(2**28)
        held[:: 2**12] = b"1" * len(held[:: 2**12])
        time.sleep(600)
    if order == b"leave":
        sys.exit(5)


if __name__ == "__main__":
    serve(work)
