"""A run as a message sequence chart: lifelines at the left, what happens beside them.

A message that is received (or lost) in the very next step is one arrow.  One that is delayed leaves
its sender on a track of its own, which runs down beside the lifeline until it arrives: so what
overtakes it visibly crosses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from verifier.viewers.canvas import Row
from verifier.viewers.journal import Entry, Journal, Message
from verifier.viewers.legible import broken, columns
from verifier.viewers.selection import EVERYTHING, Selection, folding, pieces
from verifier.viewers.telling import (
    alteration,
    chosen_for_the_run,
    departures,
    direct,
    failure,
    for_ever,
    headline,
    names,
    participants,
)

MARGIN = 4  # for the number of the step
PANEL_MIN, PANEL_LEAST = 34, 20  # the second where there are many nodes
SPACING_MIN, SPACING_MAX = 5, 16


@dataclass(slots=True)
class Chart:
    """What is drawn so far: where the lifelines are, and the tracks of messages in flight."""

    columns: dict[str, int]
    width: int
    chosen: Selection
    tracks: dict[int, int] = field(default_factory=dict)

    def row(self) -> Row:
        """A row in which nothing happens."""
        row = Row(self.width)
        for column in self.columns.values():
            row.put(column, "│")
        for column in self.tracks.values():
            row.put(column, "┊")
        return row


def fits(told: Journal, width: int = 80, chosen: Selection = EVERYTHING) -> bool:
    """Whether there is room for a lifeline of every node that takes part."""
    return MARGIN + SPACING_MIN * len(participants(told, chosen)) + 1 + PANEL_LEAST <= width


def chart(told: Journal, width: int = 80, chosen: Selection = EVERYTHING) -> Iterator[str]:
    """The lines of the chart, at most ``width`` columns wide."""
    drawn, header = lifelines(told, width - PANEL_MIN, chosen)
    panel = max(PANEL_LEAST, width - drawn.width - 1)
    options = ", ".join(chosen_for_the_run(told))
    yield from _wrapped(f"with {options}", width, "  ") if options else ()
    yield from header
    if not told.entries:
        yield f"{drawn.row().text()} the initial state"
    repeats = False
    for entry in pieces(told, chosen):
        if isinstance(entry, tuple):
            step, lines = entry[-1].step, list(_folded(drawn, told, entry, panel))
        else:
            step, lines = entry.step, list(_drawn(drawn, told, entry, panel))
        if told.repeats(step):
            lines = [repeating(line, first=not repeats and i == 0) for i, line in enumerate(lines)]
            repeats = True
        yield from lines
    if told.trace.loop_start is not None:
        row = drawn.row()
        row.put(MARGIN - 1, "╰" if repeats else " ")
        yield from (f"{row.text()} {line}" for line in _wrapped(for_ever(told), panel, ""))
    if drawn.tracks:
        row = drawn.row()
        for column in drawn.tracks.values():
            row.put(column, "▽")
        flying = ", ".join(f"#{n}" for n in drawn.tracks)
        for i, line in enumerate(_wrapped(f"still in flight: {flying}", panel, "")):
            yield f"{row.text() if i == 0 else ' ' * drawn.width} {line}"
    if sum(chosen.shows(entry.step) for entry in told.entries) > 8:
        yield from header


def lifelines(told: Journal, width: int, chosen: Selection = EVERYTHING) -> tuple[Chart, list[str]]:
    """An empty chart of about this width, and the lines with the names over it."""
    nodes = participants(told, chosen)
    spacing = (width - MARGIN) // max(1, len(nodes))
    spacing = max(SPACING_MIN, min(SPACING_MAX, spacing))
    columns = {node: MARGIN + spacing // 2 + spacing * i for i, node in enumerate(nodes)}
    drawn = Chart(columns, MARGIN + spacing * len(nodes), chosen)
    return drawn, list(_header(drawn, spacing))


def _header(drawn: Chart, spacing: int) -> Iterator[str]:
    """The names over their lifelines, on two lines in turn where they are too long for one."""
    nodes = list(drawn.columns)
    levels = 1 if all(len(name) < spacing for name in nodes) else 2
    for level in range(levels):
        row = Row(drawn.width + 12)
        for i, name in enumerate(nodes):
            column = drawn.columns[name]
            if i % levels == level:
                room = min(spacing * levels - 1, 2 * column + 1)
                shown = name if len(name) <= room else name[: room - 1] + "…"
                row.put(max(0, column - len(shown) // 2), shown)
            elif i % levels < level:
                row.put(column, "│")
        yield row.text().rstrip()


def repeating(line: str, *, first: bool) -> str:
    """The line with the bracket of steps that repeat for ever, beside the number of the step."""
    sign = "╭" if first else "│"
    free = line[MARGIN - 1 : MARGIN].strip() == ""
    return f"{line[: MARGIN - 1]:<{MARGIN - 1}}{sign}{line[MARGIN:]}" if free else line


# ---- the drawing -------------------------------------------------------------------------------


def drawing(drawn: Chart, told: Journal, entry: Entry) -> list[Row]:
    """What happens in a step, to be drawn after all steps before it."""
    rows: list[Row] = []
    if entry.arrived is not None:
        rows.append(_arrow(drawn, told.messages[entry.arrived], lost=False))
    elif entry.lost is not None:
        rows.append(_arrow(drawn, told.messages[entry.lost], lost=True))
    elif entry.action.node in drawn.columns and not entry.left:
        row = drawn.row()
        row.put(drawn.columns[entry.action.node], "✗" if entry.failed else "●")
        rows.append(row)
    elif entry.action.node in drawn.columns:
        row = drawn.row()
        row.put(drawn.columns[entry.action.node], "●")
        rows.append(row)
    else:
        row = drawn.row()
        for column in range(MARGIN, drawn.width, 2):
            if row.cells[column] == " ":
                row.put(column, "·")
        rows.append(row)
    for number in entry.left:
        message = told.messages[number]
        if not direct(message, drawn.chosen):
            rows.append(_departure(drawn, message))
    return rows


def _drawn(drawn: Chart, told: Journal, entry: Entry, panel: int) -> Iterator[str]:
    """The lines of a step."""
    rows = drawing(drawn, told, entry)
    lines = _panel(drawn, told, entry, panel)
    for i in range(max(len(rows), len(lines))):
        row = rows[i] if i < len(rows) else drawn.row()
        if i == 0:
            row.put(0, f"{entry.step:>{MARGIN - 1}}")
        yield f"{row.text()} {lines[i] if i < len(lines) else ''}".rstrip()
    yield drawn.row().text().rstrip()


def _folded(drawn: Chart, told: Journal, entries: tuple[Entry, ...], panel: int) -> Iterator[str]:
    """A line for steps that are not drawn.  A message that leaves in them has its track from here
    on, if its end is drawn, and the track of one that ends in them ends here: it is said where."""
    first, last = entries[0].step, entries[-1].step
    for entry in entries:
        for number in entry.left:
            message = told.messages[number]
            ends_later = message.ended is None or message.ended > last
            if ends_later and not direct(message, drawn.chosen):
                _departure(drawn, message)
    numbers = f"{first}" if first == last else f"{first} to {last}"
    lines = [f"{folding(entries)}: {numbers}"]
    ending = [
        (entry, number)
        for entry in entries
        for number in (entry.arrived, entry.lost)
        if number is not None and number in drawn.tracks
    ]
    for entry, number in ending:
        message = told.messages[number]
        end = "is lost" if entry.lost == number else f"reaches {message.receiver}"
        lines += _wrapped(f"#{number} {message.name} {end} in step {entry.step}", panel, "  ")
    for i, line in enumerate(lines):
        row = drawn.row()
        row.put(0, f"{'…':>{MARGIN - 1}}" if i == 0 else "")
        yield f"{row.text()} {line}".rstrip()
    for _, number in ending:
        drawn.tracks.pop(number)
    yield drawn.row().text().rstrip()


def _arrow(drawn: Chart, message: Message, *, lost: bool) -> Row:
    """The arrival, or the loss, of a message."""
    track = drawn.tracks.pop(message.number, None)
    row = drawn.row()
    target = drawn.columns.get(message.receiver)
    source = track if track is not None else drawn.columns.get(message.sender)
    if target is None or source is None:
        return row
    right = target > source
    if lost:
        end = (source + target) // 2 if track is None else source
        if track is None:
            row.line(source, end)
            row.put(source, "├" if right else "┤")
            row.label(source, end, names(message, numbered=False))
        row.put(end, "✗")
        return row
    row.line(source, target)
    if track is not None:
        row.put(source, "╰" if right else "╯")
    else:
        row.put(source, "├" if right else "┤")
    head = target - 1 if right else target + 1
    if head != source:
        row.put(head, "▶" if right else "◀")
        row.label(source, head, names(message, numbered=track is not None))
    return row


def _departure(drawn: Chart, message: Message) -> Row:
    """A delayed message leaves: from its sender, or from the track of what it is a copy of."""
    origin = drawn.tracks.get(message.copy_of or 0, drawn.columns.get(message.sender))
    row = drawn.row()
    if origin is None:
        return row
    target = drawn.columns.get(message.receiver, origin + 1)
    number = str(message.number)
    column = _free(drawn, origin, len(number) + 1, right=target >= origin)
    right = column > origin
    row.line(origin, column)
    row.put(min(origin, column) + 1, number)
    if message.copy_of is None:
        row.put(origin, "├" if right else "┤")
    row.put(column, "╮" if right else "╭")
    drawn.tracks[message.number] = column
    return row


def _free(drawn: Chart, origin: int, distance: int, *, right: bool) -> int:
    """The nearest free column for a track, on the side where the message goes."""
    taken = {*drawn.columns.values(), *drawn.tracks.values()}
    for side in (1, -1) if right else (-1, 1):
        column = origin + side * distance
        while MARGIN <= column < drawn.width:
            if column not in taken:
                return column
            column += side
    return origin + 1


# ---- the text beside it ------------------------------------------------------------------------


def _panel(drawn: Chart, told: Journal, entry: Entry, width: int) -> list[str]:
    mark = drawn.chosen.marks.get(entry.step)
    marked = "" if mark is None else f"[{mark}] "
    lines = _wrapped(marked + headline(told, entry, drawn.chosen), width, "")
    if not drawn.chosen.details(entry.step) and entry.failed is None:
        return lines
    for said in departures(told, entry, drawn.chosen):
        lines += _wrapped(said, width, "  ")
    for change in entry.changes:
        lines += _wrapped(alteration(entry, change), width, "  ")
    failed = failure(entry)
    if failed is not None:
        lines += _wrapped(failed, width, "  ")
    return lines


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    if len(indent) + columns(text) <= width and text.isprintable():
        return [(indent + text).rstrip()]  # as most are; a long run has many
    return broken(text, width, indent, indent + "  ")
