"""The page of one race."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.language.model import Choice, Model
from verifier.races.catalogue import Catalogue, Proof
from verifier.races.commands import RUN, check_command, trace_command
from verifier.races.handlers import Changed
from verifier.races.markdown import cell_code, code, escaped, fence, paragraph, row
from verifier.races.study import Answered, Case, Studied, StudiedFix
from verifier.verdict import Exhaustive, Holds, Inductive, Unknown, Violated

MARK = "<!-- written by verify docs; do not edit -->"
"""The first line of every page, by which the command knows its own."""
WORDS = "index.md#words-of-the-models"
"""Where the page of all races explains names."""


@dataclass(frozen=True, slots=True)
class Drawings:
    """What others have drawn of a race, as lines: the run, what decides it, the network that it
    needs, the order that avoids it (nothing if there is none), and, for each fix, the same events
    with it."""

    chart: tuple[str, ...]
    order: tuple[str, ...]
    network: tuple[str, ...]
    good: tuple[str, ...]
    repaired: tuple[tuple[str, ...], ...]


def page(
    catalogue: Catalogue, studied: Studied, variants: Mapping[str, Answered], drawn: Drawings
) -> Iterator[str]:
    """The lines of the page; ``variants`` are the verdicts in all variants of the model."""
    race, answered = studied.race, studied.answered
    yield MARK
    yield ""
    yield f"# {escaped(race.title)}"
    yield ""
    yield row("", "")
    yield row("---", "---")
    yield row("comes from", paragraph(race.source))
    yield row("property", f"{escaped(race.property)}")
    yield row("requirements", ", ".join(map(escaped, answered.prop.requirements)) or "none")
    yield row("model", f"{code(studied.case.model.as_posix())}, variant {code(race.variant)}")
    yield row("verdict", said(answered))
    yield row("with a fix", "; ".join(_brief(fix) for fix in studied.fixes) or "none was tried")
    yield ""
    yield "## What the text says"
    yield ""
    yield paragraph(race.text)
    yield ""
    yield "## What happens"
    yield ""
    if race.run:
        yield paragraph(race.run)
        yield ""
    verdict = said(answered)
    yield f"{verdict[0].upper()}{verdict[1:]}, {bounds(answered.model, studied.case)}:"
    yield ""
    yield from fence("sh", [check_command(studied.case)])
    if studied.run is not None:
        yield from _run(catalogue, studied, drawn)
    for number, (fix, repaired) in enumerate(zip(studied.fixes, drawn.repaired, strict=True), 1):
        yield ""
        yield from _fix(number, fix, repaired)
    yield ""
    yield "## In every variant"
    yield ""
    yield from _across(variants, studied)


def _run(catalogue: Catalogue, studied: Studied, drawn: Drawings) -> Iterator[str]:
    race = studied.race.id
    folder = (catalogue.runs / race).as_posix()
    yield ""
    yield (
        f"The run is kept in {code(f'{folder}/')} as {code(RUN)}, and beside it as a picture and "
        "for other programs. It is judged again each time that it is shown:"
    )
    yield ""
    yield from fence("sh", [trace_command(catalogue, race, "show")])
    yield ""
    if catalogue.words:
        yield f"Names in it, and in the code below, are among the [words of the models]({WORDS})."
        yield ""
    yield from fence("text", drawn.chart)
    yield ""
    yield f"![The run as a message sequence chart]({race}.svg)"
    yield ""
    yield "## What decides"
    yield ""
    yield from fence("sh", [trace_command(catalogue, race, "explain")])
    yield ""
    yield from fence("text", drawn.order)
    yield ""
    yield from fence("text", drawn.network)
    if drawn.good:
        yield ""
        yield "The order of the same events in which the property does not fail:"
        yield ""
        yield from fence("mermaid", drawn.good)


# ---- fixes -------------------------------------------------------------------------------------


def _fix(number: int, studied: StudiedFix, repaired: tuple[str, ...]) -> Iterator[str]:
    fix = studied.fix
    yield f"## Fix {number}: {escaped(fix.title)}"
    yield ""
    if fix.text:
        yield paragraph(fix.text)
        yield ""
    yield from _options(studied)
    yield ""
    for piece in studied.pieces:
        yield from _piece(piece)
        yield ""
    if not studied.pieces:
        yield "No handler, action or function is another one: the fix is in what is explored."
        yield ""
    yield "### The verdict"
    yield ""
    verdict = said(studied.answered)
    yield f"{verdict[0].upper()}{verdict[1:]}, {bounds(studied.answered.model, studied.case)}:"
    yield ""
    yield from fence("sh", [check_command(studied.case)])
    for proof in fix.proof:
        yield ""
        yield from _proof(proof)
    if studied.retold is None:
        return
    yield ""
    yield "### The same events with this fix"
    yield ""
    if studied.retold.passed:
        steps = ", ".join(map(str, studied.retold.passed))
        yield f"Steps of the run above that cannot happen any more: {steps}."
        yield ""
    if studied.retold.shows:
        yield "The property fails here too."
        yield ""
    yield from fence("mermaid", repaired)


def _options(studied: StudiedFix) -> Iterator[str]:
    """What is set otherwise, and what the model says that it takes."""
    known = {choice.option: choice for choice in studied.answered.model.fixes}
    yield row("option", "before", "with the fix", "requirements", "needs", "costs")
    yield row(*["---"] * 6)
    for name, (before, after) in studied.options.items():
        choice = known.get(name)
        needs, costs = ([], []) if choice is None else taken(choice, before, after)
        ids = studied.cited.get(name, ())
        yield row(
            cell_code(name), cell_code(before), cell_code(after),
            *(", ".join(map(escaped, found)) for found in (ids, needs, costs)),
        )  # fmt: skip


def taken(choice: Choice, before: str, after: str) -> tuple[list[str], list[str]]:
    """What the change of an option needs and costs, or needs and costs no longer."""
    if not choice.takes(after) and not choice.takes(before):
        return [], []
    word = "" if choice.takes(after) else "no longer: "
    return [word + text for text in choice.needs], [word + text for text in choice.costs]


def _piece(piece: Changed) -> Iterator[str]:
    ids = f" ({', '.join(map(escaped, piece.requirements))})" if piece.requirements else ""
    yield f"### {escaped(piece.shown)}"
    yield ""
    yield f"{code(piece.file)}, line {piece.line}{ids}. Before:"
    yield ""
    yield from fence("mdl", piece.before.split("\n"))
    yield ""
    yield "With the fix:"
    yield ""
    yield from fence("mdl", piece.after.split("\n"))


def _proof(proof: Proof) -> Iterator[str]:
    yield (
        "Without bounds, **recorded**: the proof takes minutes, so it is not made again when this "
        "page is checked. This is what the command printed:"
    )
    yield ""
    yield from fence("sh", [proof.command])
    yield ""
    yield from fence("text", proof.result.strip("\n").split("\n"))


def _brief(fix: StudiedFix) -> str:
    return f"{escaped(fix.fix.title)}: {_word(fix.answered)}"


# ---- verdicts ----------------------------------------------------------------------------------


def said(answered: Answered) -> str:
    """A verdict with its evidence."""
    match answered.conclusion.verdict:
        case Holds(Exhaustive() as seen):
            return f"**holds** {_counts(seen)}"
        case Holds(Inductive() as proof):
            return f"**holds**, proved {proof.method}"
        case Violated(_, occurrences):
            steps = steps_of(answered)
            times = f", {_times(occurrences)} in all" if occurrences is not None else ""
            return f"**violated** in {steps} steps{times}, {_size(answered)}"
        case Unknown(_, reason):
            return f"**unknown** ({escaped(reason)})"
        case found:
            raise AssertionError(f"no verdict on an invariant or a step: {found}")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def steps_of(answered: Answered) -> int:
    """The length of the shortest run that violates."""
    match answered.conclusion.verdict:
        case Violated(evidence) if not isinstance(evidence, Exhaustive | Inductive):
            return evidence.depth
        case found:
            raise AssertionError(f"no run: {found}")


def _word(answered: Answered) -> str:
    match answered.conclusion.verdict:
        case Holds():
            return "holds"
        case Violated():
            return "still violated"
        case Unknown():
            return "unknown"


def cell(answered: Answered) -> str:
    """A verdict in a table: of a violation the length of its shortest run."""
    match answered.conclusion.verdict:
        case Holds():
            return "✓"
        case Violated():
            return f"✗ {steps_of(answered)}"
        case Unknown():
            return "?"


def _counts(seen: Exhaustive) -> str:
    return (
        f"in all {seen.states:,} states (explored exhaustively: {seen.transitions:,} transitions, "
        f"depth {seen.depth})"
    )


def _size(answered: Answered) -> str:
    found = answered.checked.exploration
    how = "explored exhaustively" if found.complete else f"search ended early: {found.stopped}"
    return f"of {found.states:,} states ({how}: {found.transitions:,} transitions)"


def bounds(model: Model, case: Case) -> str:
    """What limits what was explored, and what else is set."""
    held = ", ".join(f"{name} = {model.options[name]}" for name in model.bounds)
    given = ", ".join(
        f"{name} = {value}" for name, value in case.settings if name not in model.bounds
    )
    within = f"within the bounds {code(held)}" if held else "without bounds"
    return f"{within}, with {code(given)}" if given else within


def _across(variants: Mapping[str, Answered], studied: Studied) -> Iterator[str]:
    """The verdicts of a race in all variants of its model."""
    given = ", ".join(f"{name} = {value}" for name, value in studied.case.settings)
    yield f"✗ with the length of the shortest run, or ✓; {code(given) if given else 'as it is'}."
    yield ""
    yield row("variant", "verdict", "states", "transitions")
    yield row("---", "---", "---", "---")
    for variant, answered in variants.items():
        size = answered.checked.exploration
        yield row(code(variant), cell(answered), f"{size.states:,}", f"{size.transitions:,}")
