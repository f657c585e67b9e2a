"""The page of results: parts between markers are written, the words around them are not touched."""

from __future__ import annotations

import contextlib
import datetime
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.cases import ROOT
from verifier import __version__

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "growth.svg"

# What each program prints about its version when it is asked like this.
VERSIONS = (
    ("spin", "-V"),
    ("rumur", "--version"),
    ("gcc", "--version"),
)


def replace_part(page: Path, name: str, lines: Sequence[str]) -> None:
    """Puts these lines between the markers of a part of a page."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page.name} has no part between {begin} and {end}")
    body = "\n".join(lines)
    page.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")


def circumstances(rounds: int) -> Iterator[str]:
    """When, on what kind of machine and with which versions; nothing that names the machine."""
    yield (
        f"Measured on {datetime.date.today().isoformat()}, {rounds} rounds, on {_processor()}, "
        f"{os.cpu_count()} cores, {_memory_gigabytes()} GiB of memory, {platform.system()}."
    )
    yield f"Versions: {', '.join(_versions())}."


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"^model name\s*: (.+)$", info.read_text(), re.MULTILINE)
        if found is not None:
            return f"{found[1].strip()} ({platform.machine()})"
    return platform.processor() or platform.machine()


def _memory_gigabytes() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _versions() -> Iterator[str]:
    yield f"mdl-verifier {__version__}"
    yield f"Python {platform.python_version()}"
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        yield f"llvmlite {importlib.metadata.version('llvmlite')}"
    for program, question in VERSIONS:
        if shutil.which(program):
            said = subprocess.run(
                [program, question], capture_output=True, text=True, check=False
            ).stdout
            found = re.search(r"\d+\.\d[\w.-]*", said)
            yield f"{program} {found[0] if found else 'of an unknown version'}"
