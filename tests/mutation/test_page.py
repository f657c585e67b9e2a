"""The page of changes that nothing notices belongs to the models as they are.

To write it again takes minutes, so only what costs nothing is held: that the changes are those that
the command would try, and that the models still say what the page shows.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from verifier.language.files import read_sources
from verifier.mutation.change import before_and_after
from verifier.mutation.mutants import changes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
COMMAND = shlex.split(PAGE.split("`")[1])


def test_the_page_of_changes_is_of_the_models_as_they_are() -> None:
    assert COMMAND[:2] == ["verify", "mutate"]
    sources = read_sources(ROOT / COMMAND[2])
    place = COMMAND[COMMAND.index("--in") + 1]
    found = [change for change in changes(sources) if place in change.place.shown]
    tried = re.search(r"- changes tried: (\d+)", PAGE)
    assert tried is not None and int(tried[1]) == len(found), "write docs/mutants.md again"
    known = {before_and_after(sources.texts[c.span.file], c) for c in found}
    shown = re.findall(r"```diff\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) > 50
    for block in shown:
        lines = block.splitlines()
        before = "\n".join(line[2:] for line in lines if line.startswith("- "))
        after = "\n".join(line[2:] for line in lines if line.startswith("+ "))
        assert (before, after) in known, f"write docs/mutants.md again: {before}"
