"""The page of all races: what was found, and the matrix of issues, variants and verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from verifier.coverage.verdicts import HOLDS, VIOLATED, Stated, stated
from verifier.races.catalogue import Catalogue
from verifier.races.markdown import cell_code, code, escaped, paragraph, row
from verifier.races.page import MARK, cell
from verifier.races.study import Studied, Study
from verifier.verdict import Holds, Unknown, Violated


def index(made: Study, command: str) -> Iterator[str]:
    """The lines of the page; ``command`` writes it again."""
    catalogue = made.catalogue
    yield MARK
    yield ""
    yield f"# {escaped(catalogue.title)}"
    yield ""
    if catalogue.about:
        for text in catalogue.about.strip().split("\n\n"):
            yield paragraph(text)
            yield ""
    yield (
        f"Written by {code(command)} from {code(catalogue.path.as_posix())} and the models. The "
        "verdicts, the runs, what decides them, and the handlers before and after a fix are what "
        "the models give; the catalogue says where a race comes from and what may repair it."
    )
    yield ""
    yield row("race", "comes from", "violated in", "fixes that were tried")
    yield row("---", "---", "---", "---")
    for studied in made.races:
        race = studied.race
        name = f"[{escaped(race.title)}]({race.id}.md)"
        where = f"{code(studied.case.model.stem)}, {code(race.variant)}"
        yield row(name, paragraph(race.source), where, _fixes(studied))
    for path in made.variants:
        yield ""
        yield from _matrix(made, path)
    if catalogue.words:
        yield ""
        yield from _words(catalogue)


def _words(catalogue: Catalogue) -> Iterator[str]:
    """What names in the runs and in the code mean; the pages of the races link to it."""
    yield "## Words of the models"
    yield ""
    yield row("word", "what it means")
    yield row("---", "---")
    for word in catalogue.words:
        yield row(cell_code(word.name), paragraph(word.meaning))


def _fixes(studied: Studied) -> str:
    return (
        "; ".join(
            f"{_mark(fix.answered.conclusion.verdict)} {escaped(fix.fix.title)}"
            for fix in studied.fixes
        )
        or "none"
    )


def _mark(verdict: Holds | Violated | Unknown) -> str:
    match verdict:
        case Holds():
            return "✓"
        case Violated():
            return "✗"
        case Unknown():
            return "?"


def _matrix(made: Study, path: Path) -> Iterator[str]:
    races = [studied for studied in made.races if studied.case.model == path]
    variants = made.variants[path]
    yield f"## {code(path.as_posix())}: races and variants"
    yield ""
    yield (
        "✓ holds; ✗ is violated, with the length of the shortest run. All states within the bounds "
        "of the race were visited; its page has them, their number and the command."
    )
    yield ""
    yield row("race", *map(code, variants))
    yield row("---", *["---"] * len(variants))
    for studied in races:
        cells = dict(made.across(studied))
        yield row(_link(studied), *(cell(cells[variant]) for variant in variants))
    yield from _claimed(made, path, races)


def _claimed(made: Study, path: Path, races: list[Studied]) -> Iterator[str]:
    """With the bounds that the model has by itself, of the races that set nothing else: what the
    model claims, as the search takes too long to be repeated for a page."""
    given = tuple(made.catalogue.settings.items())
    own = [studied for studied in races if studied.case.settings == given]
    variants = made.variants[path]
    rows = [(studied, _stated(studied)) for studied in own]
    if not any(found for _, found in rows):
        return
    yield ""
    yield (
        "With the model's own bounds, as its `expect` lines say. They are not searched again for "
        f"this page; {code(f'verify test {path.as_posix()}')} holds them against what is found"
        f"{_why_others(given)}:"
    )
    yield ""
    yield row("race", *map(code, variants))
    yield row("---", *["---"] * len(variants))
    for studied, found in rows:
        yield row(_link(studied), *(_claim(found.get(variant)) for variant in variants))


def _why_others(given: tuple[tuple[str, str], ...]) -> str:
    """Why a length may not be that of the table before."""
    if not given:
        return ""
    small = ", ".join(f"{name} = {value}" for name, value in given)
    return f". A run is shorter than above where it needs what {code(small)} leaves out"


def _stated(studied: Studied) -> dict[str, Stated]:
    model = studied.answered.model
    return {
        found.variant: found for found in stated(model, studied.race.property) if not found.settings
    }


def _claim(found: Stated | None) -> str:
    if found is None:
        return ""
    if found.verdict == VIOLATED:
        return f"✗ {found.steps}" if found.steps is not None else "✗"
    return "✓" if found.verdict == HOLDS else "?"


def _link(studied: Studied) -> str:
    return f"[{escaped(studied.race.title)}]({studied.race.id}.md)"
