"""The catalogue beside the models: for each row what models it, what checks it, or why nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from verifier.coverage.catalogue import Catalogue, Requirement, checkable
from verifier.coverage.citations import Citation, citations
from verifier.coverage.verdicts import UNKNOWN, Stated, stated
from verifier.language.files import read_sources
from verifier.language.load import load
from verifier.language.tables import similar
from verifier.source import Diagnostic, SourceError


class Status(StrEnum):
    """How a row stands."""

    CHECKED = "checked"  # a property that cites it has a verdict
    UNDECIDED = "undecided"  # properties cite it, but no block says holds or violated
    MODELLED = "modelled"  # something that is no property cites it
    ABSENT = "absent"  # nothing cites it


@dataclass(frozen=True, slots=True)
class Checking:
    """A property that cites a row, and what the models say of it."""

    citation: Citation
    verdicts: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A row of the catalogue, and what the models make of it."""

    row: Requirement
    modelled: tuple[Citation, ...]
    checked: tuple[Checking, ...]

    @property
    def status(self) -> Status:
        """How it stands."""
        if any(v.verdict != UNKNOWN for c in self.checked for v in c.verdicts):
            return Status.CHECKED
        if self.checked:
            return Status.UNDECIDED
        return Status.MODELLED if self.modelled else Status.ABSENT

    @property
    def accounted(self) -> bool:
        """Whether nothing is left to do: it is checked, or something says why it is not."""
        match self.status:
            case Status.CHECKED:
                return True
            case Status.UNDECIDED:
                return False
            case Status.MODELLED:
                return not checkable(self.row) or bool(self.row.why_not)
            case Status.ABSENT:
                return self.row.check == ("DOC",) or bool(self.row.why_not)

    @property
    def outdated(self) -> bool:
        """Whether it says why nothing checks it, while something does."""
        return bool(self.row.why_not) and bool(self.checked)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows in the order of the catalogue, and the models that were asked, by name."""

    catalogue: Catalogue
    rows: tuple[Covered, ...]
    models: tuple[tuple[str, str], ...]  # name, file


def coverage(catalogue: Catalogue, files: Sequence[Path]) -> Table:
    """What the models in these files, with all that they import, make of the catalogue.

    Raises:
        SourceError: a model is wrong, or cites what the catalogue does not have.
    """
    cited: dict[tuple[str, int, int], Citation] = {}
    verdicts: dict[tuple[str, int, int], list[Stated]] = {}
    models = []
    for file in files:
        model = load(file, None, {})
        models.append((model.name, file.as_posix()))
        for citation in citations(read_sources(file).files):
            place = (citation.span.file, citation.span.line, citation.span.column)
            cited.setdefault(place, citation)
            if citation.property is not None:
                verdicts.setdefault(place, []).extend(stated(model, citation.property))
    _check_ids(catalogue, cited.values())
    rows = []
    for row in catalogue.rows:
        here = [(place, citation) for place, citation in cited.items() if citation.id == row.id]
        modelled = tuple(c for _, c in here if c.property is None)
        checked = tuple(
            Checking(c, tuple(verdicts[place])) for place, c in here if c.property is not None
        )
        rows.append(Covered(row, modelled, checked))
    return Table(catalogue, tuple(rows), tuple(models))


def _check_ids(catalogue: Catalogue, cited: Collection[Citation]) -> None:
    known = [row.id for row in catalogue.rows]
    wrong = tuple(
        Diagnostic(
            "requirement",
            f'there is no requirement "{citation.id}" in {catalogue.path.as_posix()}',
            citation.span,
            hint=similar(citation.id, known),
        )
        for citation in cited
        if citation.id not in known
    )
    if wrong:
        raise SourceError(wrong)
