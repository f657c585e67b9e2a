"""The table of coverage as a page of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.coverage.catalogue import MEANINGS, checkable
from verifier.coverage.summary import SOURCE, counts, open_ends, why_nothing
from verifier.coverage.table import Checking, Covered, Table
from verifier.coverage.verdicts import HOLDS, UNKNOWN, VIOLATED


def lines(table: Table, rows: Sequence[Covered], command: str) -> Iterator[str]:
    """The page; ``command`` writes it again."""
    yield "# Requirements"
    yield ""
    yield f"Written by `{command}`; do not edit."
    yield ""
    catalogue = table.catalogue.path.as_posix()
    models = ", ".join(f"`{file}`" for _, file in table.models)
    yield f"The rows of `{catalogue}` beside the models that cite them: {models}."
    yield SOURCE
    yield (
        "`violated` is a finding about the document, not a gap: the property checks the row, and "
        "there is a run that shows it."
    )
    yield ""
    yield f"{counts(rows)}."
    ends = [*open_ends(rows)]
    if ends:
        yield ""
        yield "Left to do:"
        yield ""
        yield from (f"- {end}" for end in ends)
    yield ""
    yield "## What is not checked, and why"
    yield ""
    yield "| row | kind | what it says | why nothing checks it | modelled by |"
    yield "| --- | --- | --- | --- | --- |"
    for covered in rows:
        why = why_nothing(covered)
        if why and checkable(covered.row):
            yield _cells(*_head(covered), why, _modelled(covered))
    yield ""
    yield "## Configuration and scope"
    yield ""
    for kind in ("CONF", "DOC"):
        yield f"{kind}: {MEANINGS[kind]}."
    yield ""
    yield "| row | kind | what it says | modelled by | remark |"
    yield "| --- | --- | --- | --- | --- |"
    for covered in rows:
        if not checkable(covered.row) and not covered.checked:
            yield _cells(*_head(covered), _modelled(covered), covered.row.why_not)
    yield ""
    yield "## What is checked"
    yield ""
    yield "| row | kind | what it says | modelled by | checked by |"
    yield "| --- | --- | --- | --- | --- |"
    for covered in rows:
        if covered.checked:
            by = "; ".join(_name(checking) for checking in covered.checked)
            yield _cells(*_head(covered), _modelled(covered), by)
    yield ""
    yield "## The properties and their verdicts"
    for checking, ids in _properties(rows):
        yield ""
        yield from _property(checking, ids)


def _head(covered: Covered) -> tuple[str, str, str]:
    return covered.row.id, " ".join(covered.row.check), covered.row.text


def _modelled(covered: Covered) -> str:
    return ", ".join(dict.fromkeys(citation.shown for citation in covered.modelled))


def _name(checking: Checking) -> str:
    return f'{checking.citation.shown} "{checking.citation.property}"'


def _properties(rows: Sequence[Covered]) -> list[tuple[Checking, list[str]]]:
    """Each property once, in the order of files and lines, with the rows that it checks."""
    found: dict[tuple[str, str], tuple[Checking, list[str]]] = {}
    for covered in rows:
        for checking in covered.checked:
            key = (checking.citation.span.file, _name(checking))
            found.setdefault(key, (checking, []))[1].append(covered.row.id)

    def place(item: tuple[Checking, list[str]]) -> tuple[str, int]:
        span = item[0].citation.span
        return span.file, span.line

    return sorted(found.values(), key=place)


def _property(checking: Checking, ids: list[str]) -> Iterator[str]:
    """The variants of the blocks without settings by name; of the others only how many there are,
    for the models list them."""
    yield f"### {_escaped(_name(checking))}"
    yield ""
    yield f"`{checking.citation.span.file}`: {', '.join(dict.fromkeys(ids))}"
    yield ""
    for model in dict.fromkeys(v.model for v in checking.verdicts):
        own = [v for v in checking.verdicts if v.model == model]
        said = []
        for verdict in (HOLDS, VIOLATED, UNKNOWN):
            plain = [v.variant for v in own if v.verdict == verdict and not v.settings]
            if plain:
                said.append(f"{verdict} in {', '.join(dict.fromkeys(plain))}")
        told = {(v.variant, v.verdict) for v in own if not v.settings}
        others = [v for v in own if v.settings and (v.variant, v.verdict) not in told]
        for verdict in (HOLDS, VIOLATED, UNKNOWN):
            number = sum(v.verdict == verdict for v in others)
            if number:
                blocks = "block" if number == 1 else "blocks"
                said.append(f"with other options or bounds {verdict} in {number} {blocks}")
        yield f"- {model}: {'; '.join(said)}"
    if not checking.verdicts:
        yield "- no block of the models says a verdict"


def _escaped(text: str) -> str:
    """What Markdown would take for markup."""
    out = text
    for mark in ("\\", "|", "*", "_", "`", "<"):
        out = out.replace(mark, "\\" + mark)
    return out


def _cells(*cells: str) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"
