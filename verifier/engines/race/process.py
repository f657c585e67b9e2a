"""A process of our own that works on something beside this one and says what it finds.

What it is to do is in a file that has no name.  What it says comes through a pipe, each message
behind its length.  A second pipe is never written to: the process ends as soon as that is closed,
which the system does when this one ends, whatever ended it.  A signal that a terminal sends to all
processes in front stops or continues both, but Ctrl-C is for this one alone.

The road not taken is `multiprocessing`: forked, the other process would have locks that threads of
this one hold; spawned, it needs a third process that outlives a kill; and both unpickle.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from threading import Thread
from typing import IO

from verifier.engines.memory import memory_bytes, memory_of

LENGTH_BYTES = 8
PIECE_BYTES = 2**16
WATCH_SECONDS = 0.2
NEEDS_MEMORY = 3  # exit status of a process that ended itself for want of memory


class Process:
    """The process, as seen by the one that started it."""

    def __init__(self, module: str, order: bytes, memory_max_bytes: int) -> None:
        self._heard = bytearray()
        self.memory_bytes = 0  # the most that it was seen to have
        with ExitStack() as files:
            ordered = files.enter_context(tempfile.TemporaryFile())
            ordered.write(order)
            ordered.seek(0)
            self._complaints = files.enter_context(tempfile.TemporaryFile())
            self._process = self._started(module, ordered.fileno(), memory_max_bytes)
            self._files = files.pop_all()

    def _started(self, module: str, number: int, memory_max_bytes: int) -> subprocess.Popen[bytes]:
        # -P, and our own path: no module is taken from the directory in which somebody works.
        command = [sys.executable, "-P", "-m", module, str(number), str(memory_max_bytes)]
        path = os.pathsep.join(place for place in sys.path if place)
        # A process begins with the signals blocked that its parent has blocked.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                bufsize=0,
                pass_fds=(number,),
                env={**os.environ, "PYTHONPATH": path},
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def number(self) -> int:
        """What the system knows it by."""
        return self._process.pid

    def messages(self, seconds: float) -> list[bytes] | None:
        """What it has said since; waits at most so long for something.  None: it has ended, and
        has nothing more to say."""
        pipe = _opened(self._process.stdout)
        self.memory_bytes = max(self.memory_bytes, memory_of(self.number))
        ended = False
        while select.select([pipe], [], [], seconds)[0]:
            piece = os.read(pipe.fileno(), PIECE_BYTES)
            if not piece:
                ended = True
                break
            self._heard += piece
            seconds = 0.0
        found = list(self._whole())
        return None if ended and not found else found

    def _whole(self) -> list[bytes]:
        """Takes the messages that have arrived as a whole."""
        found, at = [], 0
        while len(self._heard) - at >= LENGTH_BYTES:
            end = at + LENGTH_BYTES + int.from_bytes(self._heard[at : at + LENGTH_BYTES], "big")
            if len(self._heard) < end:
                break
            found.append(bytes(self._heard[at + LENGTH_BYTES : end]))
            at = end
        del self._heard[:at]
        return found

    def stop(self) -> None:
        """Ends it at once, wherever it is."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _opened(pipe).close()
        self._files.close()

    def why(self) -> str:
        """What ended it, after it did."""
        status = self._process.wait()
        if status == NEEDS_MEMORY:
            return "there was not enough memory for both"
        if status < 0:
            return f"the process was killed by {signal.Signals(-status).name}"
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").split("\n")
        said = [line for line in lines if line.strip()]
        return said[-1] if said else f"the process ended with status {status}"


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "it was started with this pipe"
    return pipe


# ---- in the process itself ---------------------------------------------------------------------


def serve(work: Callable[[bytes, Callable[[bytes], None]], None]) -> None:
    """Does the work that was ordered; ``work`` is given the order, and somebody to tell."""
    number, memory_max_bytes = (int(word) for word in sys.argv[1:])
    Thread(target=_watch, args=(memory_max_bytes,), daemon=True).start()
    _be_killed_first()
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no message
    with os.fdopen(number, "rb") as file:
        order = file.read()

    def tell(message: bytes) -> None:
        left = memoryview(len(message).to_bytes(LENGTH_BYTES, "big") + message)
        while left:
            left = left[os.write(out, left) :]

    work(order, tell)
    os.close(out)


def _watch(memory_max_bytes: int) -> None:
    """Ends this process when the other one has ended, or when it has too much memory."""
    while memory_bytes() <= memory_max_bytes:
        if select.select([0], [], [], WATCH_SECONDS)[0] and not os.read(0, 1):
            os._exit(1)
    os._exit(NEEDS_MEMORY)


def _be_killed_first() -> None:
    """Where the system kills for want of memory, the other process has more to lose."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("800")
