"""The commands in pages, with the output that the page says they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANY_LINES = "..."  # a line of its own: any number of lines
ANY_TEXT = "[...]"  # inside a line: any text


@dataclass(frozen=True, slots=True)
class Example:
    """A command, the lines that should follow it, and where it stands."""

    page: str
    line: int
    command: str
    output: tuple[str, ...]


def examples(page: Path) -> Iterator[Example]:
    """Every command of the ``console`` blocks of a page."""
    inside, command, output, start = False, "", [], 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() == "```console":
            inside, command = True, ""
        elif inside and (line.startswith("$ ") or line.strip() == "```"):
            if command:
                yield Example(str(page.relative_to(ROOT)), start, command, tuple(output))
            command, output, start = line[2:], [], number
            if line.strip() == "```":
                inside, command = False, ""
        elif inside:
            output.append(line)


def agrees(expected: tuple[str, ...], printed: list[str]) -> bool:
    """Whether the output is as the page says."""
    pattern = "".join(
        r"(?:.*\n)*?"
        if line == ANY_LINES
        else ".*".join(re.escape(part) for part in line.split(ANY_TEXT)) + r"\n"
        for line in expected
    )
    text = "".join(line.rstrip() + "\n" for line in printed)
    return re.fullmatch(pattern, text) is not None
