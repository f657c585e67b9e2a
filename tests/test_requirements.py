"""The requirement catalogue is well formed, and the models refer only to what it holds."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from verifier.cli.main import verify
from verifier.coverage.catalogue import checkable, read_catalogue
from verifier.coverage.summary import open_ends
from verifier.coverage.table import Status, Table, coverage

ROOT = Path(__file__).parent.parent
CATALOGUE: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "spec" / "requirements.toml").read_text(encoding="utf-8")
)["requirement"]
IDS = {entry["id"] for entry in CATALOGUE}

MANDATORY = {"id", "text", "source", "node", "check"}
OPTIONAL = {"property", "note", "why_not"}
NODES = {"MN", "MAG", "LMA", "HA", "HA/LMA", "network", "attacker", "all"}
CHECKS = {"INV", "LIVE", "TRACE", "CONF", "DOC"}
ID = re.compile(r"[DR]-[\w.-]+|(INV|LIVE)-[A-Z-]+|T\d+")
NAMED_PROPERTY = re.compile(r"(INV|LIVE)-[A-Z-]+")

FREE = {"classics", "rejected"}  # folders of models/ that are not of this domain
MODELS = sorted(
    path
    for path in (ROOT / "models").glob("**/*.mdl")
    if path.relative_to(ROOT / "models").parts[0] not in FREE
)

# Comments and plain strings are matched too, so that what looks like an annotation inside of them
# is passed over.
TOKEN = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | @\s*(?P<ids>"[^"\n]*"(?:\s*[,@]?\s*"[^"\n]*")*)
      | "[^"\n]*"
    """,
    re.DOTALL | re.VERBOSE,
)


def annotated_ids(text: str) -> list[tuple[int, str]]:
    """Every id that is annotated in a model, with its line."""
    found = []
    for token in TOKEN.finditer(text):
        if token["ids"] is not None:
            for quoted in re.finditer(r'"([^"]*)"', token["ids"]):
                start = token.start("ids") + quoted.start()
                found.append((text.count("\n", 0, start) + 1, quoted[1]))
    return found


PAGE = ROOT / "docs" / "requirements.md"
UNCHECKED = {"D-4.3.1-5"}  # of the draft: rows that could be checked; the catalogue says why not


@pytest.fixture(scope="module")
def table() -> Table:
    catalogue = read_catalogue(ROOT / "spec" / "requirements.toml")
    return coverage(catalogue, sorted((ROOT / "models").glob("scenario_*.mdl")))


def test_the_draft_is_checked_but_for_what_is_listed(table: Table) -> None:
    draft = [c for c in table.rows if c.row.id.startswith("D-") and checkable(c.row)]
    unchecked = {c.row.id for c in draft if c.status is not Status.CHECKED}
    assert unchecked == UNCHECKED
    assert len(draft) == 73


def test_every_row_is_checked_or_says_why_not(table: Table) -> None:
    assert list(open_ends(table.rows)) == []


def test_the_page_of_coverage_is_as_the_command_writes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    page = PAGE.read_text(encoding="utf-8")
    command = shlex.split(page.split("`")[1])
    assert command[0] == "verify"
    result = CliRunner().invoke(verify, command[1:])
    assert result.stdout == page, f"run: {shlex.join(command)} > docs/requirements.md"


def test_ids_are_unique() -> None:
    counts = Counter(entry["id"] for entry in CATALOGUE)
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: str(entry.get("id")))
def test_entry_is_well_formed(entry: dict[str, Any]) -> None:
    assert entry.keys() >= MANDATORY, "a mandatory key is missing"
    assert entry.keys() <= MANDATORY | OPTIONAL, "there is a key that the catalogue does not know"
    assert ID.fullmatch(entry["id"])
    for key in ("text", "note", "why_not"):
        sentence = entry.get(key, "A note is optional.")
        assert sentence[0].isupper() or sentence[0].isdigit(), f"{key} is not a sentence"
        assert sentence.endswith("."), f"{key} is not a sentence"
    assert entry["source"].strip()
    assert entry["check"], "say how it is checked, or DOC"
    assert set(entry["check"]) <= CHECKS
    assert set(entry["node"]) <= NODES
    assert entry["node"] or entry["check"] == ["DOC"], "only a statement of scope is nobody's"
    for name in entry.get("property", []):
        assert NAMED_PROPERTY.fullmatch(name), f"{name} is not a named property"
        assert name in IDS, f"{name} is not in the catalogue"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: str(path.relative_to(ROOT)))
def test_models_name_only_requirements_of_the_catalogue(path: Path) -> None:
    unknown = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for line, name in annotated_ids(path.read_text(encoding="utf-8"))
        if name not in IDS
    ]
    assert unknown == [], "not in spec/requirements.toml"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('invariant "x" @ "A":', [(1, "A")]),
        ('on M(m) @ "A" "B" {', [(1, "A"), (1, "B")]),
        ('on M(m) @ "A", "B" {', [(1, "A"), (1, "B")]),
        ('on M(m)\n  @ "A" @ "B" {', [(2, "A"), (2, "B")]),
        ('// see @ "A"\n/// or @ "B"\n', []),
        ('/* @ "A"\n @ "B" */ var x: bool @ "C"', [(2, "C")]),
        ('import "//lib" @ "A"', [(1, "A")]),
        ('invariant "mail a@b" @ "A": true', [(1, "A")]),
    ],
)
def test_annotations_are_found_outside_comments(text: str, found: list[tuple[int, str]]) -> None:
    assert annotated_ids(text) == found
