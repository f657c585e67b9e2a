"""Where everything of a sequence diagram is on a page: lifelines, steps, and the lines of messages.

A message that is received (or lost) in the very next step is a level arrow, as in the terminal's
chart.  A delayed one is slanted, from where it was sent to where it arrives, and a copy starts on
the line of what it is a copy of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.viewers.diagrams.sequence import Event, Sequence
from verifier.viewers.journal import Message
from verifier.viewers.legible import broken, columns
from verifier.viewers.telling import direct

CHARACTER = 6.7  # width of one, of the font below; monospaced fonts differ by a few per cent
FONT_SIZE, LINE = 11, 15
NUMBERS = 46.0  # left of all lifelines: numbers of steps, and the line of a loop
PANEL = 64  # characters of the text beside the lifelines
NODE_NAME = 22  # characters of a name over its lifeline; a longer one is cut
ROW_MIN, ROW_GAP = 34.0, 12.0
LOST_AT = 0.6  # how far a message comes that is lost
SHORT = 0.25  # of the way between two lifelines: so far before its receiver a message still is
NEAR = 14.0  # so close to a lifeline an end seems to be on it
BULGE = 28.0  # of a message to oneself


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the page; y grows downwards."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Flight:
    """The line of a message.  ``bend`` is how far that of a message to
    oneself swings out."""

    message: Message
    start: Point
    end: Point
    bend: float

    def at(self, y: float) -> Point:
        """The point of the line at a height, for a copy to start from."""
        rise = self.end.y - self.start.y
        share = 0.0 if rise == 0 else min(1.0, max(0.0, (y - self.start.y) / rise))
        x = self.start.x + share * (self.end.x - self.start.x)
        return Point(x + self.bend * 4 * share * (1 - share) * 0.75, self.start.y + share * rise)


@dataclass(frozen=True, slots=True)
class Row:
    """A step with its height on the page and its text, a heading and what is indented below it."""

    event: Event
    y: float
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The page."""

    width: float
    height: float
    heading: tuple[str, ...]
    bold: int  # lines of it, the title
    lifelines: Mapping[str, float]
    top: float
    bottom: float
    panel: float
    rows: tuple[Row, ...]
    flights: tuple[Flight, ...]


def layout(drawn: Sequence) -> Layout:
    """The page on which the diagram has room."""
    longest = max((min(columns(node), NODE_NAME) for node in drawn.nodes), default=8)
    spacing = max(104.0, longest * CHARACTER + 20)
    lifelines = {node: NUMBERS + spacing * (i + 0.5) for i, node in enumerate(drawn.nodes)}
    panel = NUMBERS + spacing * max(1, len(drawn.nodes)) + 8
    width = panel + PANEL * CHARACTER + 12
    room = int((width - 24) / CHARACTER)
    title = broken(drawn.title, room, "", "  ")
    given = broken(f"with {', '.join(drawn.given)}", room, "", "  ") if drawn.given else []
    heading = (*title, *given)
    top = 48.0 + LINE * len(heading)
    rows, y = [], top + 18
    for event in drawn.events:
        text = tuple(
            line
            for i, said in enumerate((event.headline, *event.notes))
            for line in broken(said, PANEL, "  " if i else "", "    " if i else "  ")
        )
        rows.append(Row(event, y, text))
        y += max(ROW_MIN, len(text) * LINE + ROW_GAP)
    bottom = y + (LINE * 2 if drawn.in_flight else 0)
    heights = {0: top + 4.0, **{row.event.step: row.y for row in rows}}
    flights = _flights(drawn, lifelines, heights, bottom)
    return Layout(
        width, bottom + 44, heading, len(title), lifelines, top, bottom, panel, tuple(rows),
        tuple(flights),
    )  # fmt: skip


def _flights(
    drawn: Sequence, lifelines: Mapping[str, float], heights: Mapping[int, float], bottom: float
) -> list[Flight]:
    found: dict[int, Flight] = {}
    for message in drawn.messages:
        source, target = lifelines.get(message.sender), lifelines.get(message.receiver)
        if source is None or target is None:
            continue
        end_y = bottom - 8 if message.ended is None else heights[message.ended]
        origin = found.get(message.copy_of or 0)
        if direct(message):
            start = Point(source, end_y)
        elif origin is not None:
            start = origin.at(heights[message.sent])
        else:
            start = Point(source, heights[message.sent])
        end = Point(_end(message, start.x, target, lifelines), end_y)
        bend = BULGE if source == target else 0.0
        found[message.number] = Flight(message, start, end, bend)
    return list(found.values())


def _end(message: Message, start: float, target: float, lifelines: Mapping[str, float]) -> float:
    """Where the line of a message ends.  One that is still under way is in the last gap before its
    receiver, one that is lost somewhere on the way, and neither of them on a lifeline."""
    places = sorted(lifelines.values())
    spacing = places[1] - places[0] if len(places) > 1 else 0.0
    way = 1.0 if target > start else -1.0
    if message.fate == "received" or target == start:
        return target
    if message.fate == "lost":
        found = start + LOST_AT * (target - start)
        near = any(abs(found - line) < NEAR for line in places)
        return found - way * spacing * SHORT if near else found
    return target - way * min(spacing * SHORT, abs(target - start) / 2)
