"""Memory that generated code works on: mapped, zero when new, and grown without moving its pages
where the system can do that."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys

HUGE_BYTES = 2**21  # tables from this size on ask for huge pages


class Region:
    """A stretch of zeroed memory that can grow; its address may change then."""

    def __init__(self, size_bytes: int, *, huge: bool = False) -> None:
        self.huge = huge
        self.size_bytes = max(size_bytes, mmap.PAGESIZE)
        self._map = _mapped(self.size_bytes, huge=huge)
        self.address = _address(self._map)

    def enlarge(self, size_bytes: int) -> None:
        """At least so large from now on; what it holds stays."""
        if size_bytes <= self.size_bytes:
            return
        size_bytes = max(size_bytes, self.size_bytes * 2)
        try:
            self._map.resize(size_bytes)
        except (SystemError, ValueError, OSError):  # no mremap here
            new = _mapped(size_bytes, huge=self.huge)
            ctypes.memmove(_address(new), self.address, self.size_bytes)
            self._map.close()
            self._map = new
        if self.huge:
            _ask_for_huge_pages(self._map, size_bytes)
        self.size_bytes = size_bytes
        self.address = _address(self._map)

    def view(self, start: int, stop: int) -> memoryview:
        """The bytes from start to stop; release it before the region grows."""
        return memoryview(self._map)[start:stop]

    def close(self) -> None:
        """Gives the memory back."""
        with contextlib.suppress(BufferError):
            self._map.close()


def _mapped(size_bytes: int, *, huge: bool) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size_bytes)
    made = mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if huge:
        _ask_for_huge_pages(made, size_bytes)
    return made


def _ask_for_huge_pages(mapped: mmap.mmap, size_bytes: int) -> None:
    if size_bytes >= HUGE_BYTES and hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):
            mapped.madvise(mmap.MADV_HUGEPAGE)


def _address(mapped: mmap.mmap) -> int:
    held = ctypes.c_char.from_buffer(mapped)
    return ctypes.addressof(held)
