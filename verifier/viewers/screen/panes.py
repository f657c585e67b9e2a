"""What the panes of the terminal viewer say at a step, as lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.viewers.chart import MARGIN, PANEL_MIN, drawing, lifelines
from verifier.viewers.holding import Mark, Standing
from verifier.viewers.journal import Journal
from verifier.viewers.legible import legible
from verifier.viewers.scenes import Scenes
from verifier.viewers.screen.sheet import Line

SIGNS = {Mark.HOLDS: "✓", Mark.FALSE: "✗", Mark.NO_VALUE: "?", Mark.SILENT: "·"}
STYLES = {Mark.HOLDS: "good", Mark.FALSE: "bad", Mark.NO_VALUE: "bad", Mark.SILENT: "quiet"}
FLYING_MAX = 200  # messages in flight that are listed; the rest is counted


@dataclass(frozen=True, slots=True)
class Drawing:
    """The chart: the names, then the lines of every step, and where those of each begin."""

    heading: tuple[Line, ...]
    lines: tuple[Line, ...]
    begins: tuple[int, ...]

    def of(self, step: int) -> range:
        """The places of the lines of a step."""
        return range(self.begins[step], self.begins[step + 1])


def drawn(told: Journal, shown: Scenes, width: int) -> Drawing:
    """The chart of all steps, each with its number and what the properties say of it."""
    followed = [one for one in shown.standings if one.asked or one.first is not None]
    digits = max(MARGIN - 1, len(str(shown.last)))
    margin = digits + 1 + len(followed) + 1
    room = width - margin + MARGIN
    chart, names = lifelines(told, room - PANEL_MIN if room > 2 * PANEL_MIN else room)
    heading = tuple(
        Line(" " * margin + legible(f"{line:<{MARGIN}}"[MARGIN:]), "title") for line in names
    )
    start = f"{0:>{digits}} {_signs(followed, 0)} {chart.row().text()[MARGIN:]} start"
    lines = [Line(start, goes_to=0)]
    begins = [0]
    for entry in told.entries:
        step = entry.step
        begins.append(len(lines))
        style = "bad" if step == shown.decisive and shown.violated else "plain"
        for i, row in enumerate(drawing(chart, told, entry)):
            left = f"{step:>{digits}} {_signs(followed, step)} " if i == 0 else " " * margin
            left = left[:-1] + _bracket(shown, step, i)
            said = f" {shown.steps[step].headline}" if i == 0 else ""
            lines.append(Line(left + legible(row.text()[MARGIN:]) + said, style, step))
    if shown.repeats_from is not None:
        end = "╰" if shown.repeats_from <= shown.last else " "
        rest = f"{chart.row().text()[MARGIN:]} {shown.for_ever}"
        lines.append(Line(f"{end:>{margin}}{rest}", "quiet", shown.last))
    begins.append(len(lines))
    return Drawing(heading, tuple(lines), tuple(begins))


def _bracket(shown: Scenes, step: int, row: int) -> str:
    """Steps that repeat for ever have a bracket beside them."""
    if shown.repeats_from is None or step < shown.repeats_from:
        return " "
    return "╭" if step == shown.repeats_from and row == 0 else "│"


def _signs(standings: list[Standing], step: int) -> str:
    return "".join(_sign(one, step) for one in standings)


def _sign(one: Standing, step: int) -> str:
    mark = Mark(one.marks[step])
    return "●" if one.wanted and mark is Mark.HOLDS else SIGNS[mark]


def state(shown: Scenes, step: int, moving: bool) -> list[Line]:
    """The values after a step; ``moving``: only those that change in the course of the run."""
    lines: list[Line] = []
    rows = [row for row in shown.rows if row.at(step) is not None]
    rows = [row for row in rows if not moving or len(row.steps) > 1]
    widths: dict[str, int] = {}
    for row in rows:
        widths[row.node] = max(widths.get(row.node, 0), len(row.name))
    node: str | None = None
    for row in rows:
        if row.node != node:
            node = row.node
            lines.append(Line(legible(node) or "outside the nodes", "title"))
        changes = row.changes(step)
        before = row.at(step - 1) if changes else None
        was = f"{before} → " if before is not None else ""
        mark = "●" if changes else " "
        text = f"{mark} {row.name:<{widths[row.node]}}  {was}{row.at(step)}"
        lines.append(Line(text, "changed" if changes else "plain"))
    lines.append(Line("in flight", "title"))
    flying = shown.in_flight(step)
    for arrow in flying[:FLYING_MAX]:
        mark = "●" if arrow.sent == step else " "
        text = f"{mark} #{arrow.number} {arrow.shown}"
        lines.append(Line(text, "changed" if arrow.sent == step else "plain"))
    if len(flying) > FLYING_MAX:
        lines.append(Line(f"  and {len(flying) - FLYING_MAX} more", "quiet"))
    if not flying:
        lines.append(Line("  no message", "quiet"))
    return lines


def changed(lines: list[Line]) -> range:
    """The place of the first line that is marked as changed."""
    first = next((i for i, line in enumerate(lines) if line.style == "changed"), None)
    return range(0) if first is None else range(first, first + 1)


def step_lines(shown: Scenes, step: int, width: int) -> list[Line]:
    """What happened in a step, why the last one decides, and the text of what ran."""
    scene = shown.steps[step]
    lines = list(_wrapped(scene.headline, width, "title"))
    for text in scene.sends:
        lines += _wrapped(text, width, "sent")
    for text in scene.changes:
        lines += _wrapped(text, width, "changed")
    if scene.failure is not None:
        lines += _wrapped(scene.failure, width, "bad")
    if step > 0 and len(lines) == 1:
        lines.append(Line("no variable changes", "quiet"))
    if step == shown.last:
        for text in shown.reasons:
            lines += _wrapped(text, width, "bad" if shown.violated else "good")
    return [*lines, *_source(shown, step)]


def _source(shown: Scenes, step: int) -> Iterator[Line]:
    scene = shown.steps[step]
    if scene.source is None:
        return
    source = shown.sources[scene.source]
    yield Line("")
    yield Line(f"{source.file}:{scene.line}", "title")
    places = range(source.first, source.first + len(source.lines))
    inside = {arm.line for arm in scene.arms if arm.file == source.file and arm.line in places}
    for number, text in zip(places, source.lines, strict=True):
        sign = "▸" if number in inside else " "
        marked = number in inside or number == scene.line
        yield Line(f"{sign}{number:>4} {text}", "title" if marked else "plain")
    for arm in scene.arms:
        if arm.file != source.file or arm.line not in places:
            yield Line(f"▸ {arm.shown}  {arm.file}:{arm.line}", "quiet")


def properties(shown: Scenes, step: int, width: int) -> list[Line]:
    """What every property says of a step; a click leads to where it first becomes false."""
    lines: list[Line] = []
    for one in shown.standings:
        mark = Mark(one.marks[step])
        where = f" ({'reached' if one.wanted else 'first false'} in step {one.first})"
        text = f"{_sign(one, step)} {one.name}{where if one.first is not None else ''}"
        style = "title" if one.asked and mark is not Mark.FALSE else STYLES[mark]
        lines += _wrapped(text, width, style, one.first)
    return lines


def _wrapped(text: str, width: int, style: str, goes_to: int | None = None) -> Iterator[Line]:
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    for line in textwrap.wrap(
        text, max(20, width), subsequent_indent=indent, break_on_hyphens=False
    ):
        yield Line(line, style, goes_to)
