"""Every command in the pages does what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Example, agrees, examples

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "models" / "README.md"]
EXAMPLES = [example for page in PAGES if page.exists() for example in examples(page)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.page}:{e.line}")
def test_a_command_of_a_page_prints_what_the_page_says(example: Example) -> None:
    words = shlex.split(example.command, comments=True)
    assert words[0] == "verify", "pages show commands of this tool"
    done = subprocess.run(
        [sys.executable, "-m", "verifier", *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        timeout=300,
    )
    printed = (done.stdout + done.stderr).splitlines()
    assert agrees(example.output, printed), "\n".join([example.command, *printed])


def test_the_readme_shows_the_tool_at_work() -> None:
    assert [e for e in EXAMPLES if e.page == "README.md"]


def test_agreement_notices_a_difference() -> None:
    assert agrees(("a", "...", "b [...] s"), ["a", "x", "y", "b 12 s"])
    assert not agrees(("a", "b"), ["a", "x", "b"])
    assert not agrees(("a",), ["a", "b"])


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda p: p.name)
def test_a_piece_of_a_model_in_a_page_is_in_the_model(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path, piece in re.findall(r"<!-- from (\S+) -->\s*```mdl\n(.*?)```", text, re.DOTALL):
        assert piece.strip() in (ROOT / path).read_text(encoding="utf-8"), piece
