"""How much memory this process uses and could still get."""

from __future__ import annotations

import contextlib
import os
import resource
import sys


def memory_of(process: int) -> int:
    """The memory that another process uses now, where the system says so, else 0."""
    return _resident(str(process)) or 0


def memory_bytes() -> int:
    """The memory this process uses now where the system says so, else the most it ever used."""
    resident = _resident("self")
    if resident is None:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return resident


def _resident(process: str) -> int | None:
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return None


def available_bytes() -> int | None:
    """How much more memory can be had before the system begins to kill, where it says so: the
    smaller of what is free and of what the control group leaves."""
    found = []
    with contextlib.suppress(OSError, ValueError, StopIteration):
        with open("/proc/meminfo", encoding="ascii") as lines:
            line = next(line for line in lines if line.startswith("MemAvailable:"))
        found.append(int(line.split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):
        limit, used = (_number(f"/sys/fs/cgroup/memory.{name}") for name in ("max", "current"))
        found.append(limit - used)
    if not found and hasattr(os, "sysconf"):
        with contextlib.suppress(OSError, ValueError):
            found.append(os.sysconf("SC_AVPHYS_PAGES") * resource.getpagesize())
    return max(min(found), 0) if found else None


def _number(path: str) -> int:
    with open(path, encoding="ascii") as file:
        return int(file.read())
