"""A run as a picture in one SVG file, for a browser and for a paper: no script, no style sheet.

Every attribute stands at its element, as converters for print know no style sheets; text on a line
is drawn twice, first in white, for the same reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import assert_never

from verifier.viewers.diagrams.geometry import (
    BULGE,
    CHARACTER,
    FONT_SIZE,
    LINE,
    NODE_NAME,
    Flight,
    Layout,
    Point,
    Row,
    layout,
)
from verifier.viewers.diagrams.sequence import Mark, Sequence
from verifier.viewers.telling import direct, names

FONT = "'DejaVu Sans Mono', Menlo, Consolas, monospace"
INK, FAINT, NETWORK, BAD = "#1a1a1a", "#8a8f98", "#1f4e8c", "#b3261e"
STEEPEST = 40  # degrees up to which a label lies along its line


def svg(drawn: Sequence) -> str:
    """The text of the file."""
    return "".join(f"{line}\n" for line in _lines(drawn, layout(drawn)))


def escaped(text: str) -> str:
    """The text as XML can hold it: mark-up by entities, and no character that XML forbids."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    for character, entity in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"), ("'", "#39")):
        shown = shown.replace(character, f"&{entity};")
    return shown


def _lines(drawn: Sequence, page: Layout) -> Iterator[str]:
    width, height = math.ceil(page.width), math.ceil(page.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="{FONT}" font-size="{FONT_SIZE}" fill="{INK}">'
    )
    yield f"<title>{escaped(drawn.title)}</title>"
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    for i, line in enumerate(page.heading):
        yield _text(Point(12, 20 + LINE * i), line, 'font-weight="bold"' if i < page.bold else "")
    yield from _lifelines(page)
    yield from _loop(drawn, page)
    yield f'<g stroke="{NETWORK}" stroke-width="1.3" fill="none">'
    for flight in page.flights:
        yield _line(flight)
    yield "</g>"
    for flight in page.flights:
        yield from _ends(flight)
    for row in page.rows:
        yield from _row(page, row)
    short = {f.message.name for f in page.flights if not _shown(f).startswith(f.message.name)}
    for flight in page.flights:
        yield from _label(flight, short=flight.message.name in short)
    yield "</svg>"


def _lifelines(page: Layout) -> Iterator[str]:
    for node, x in page.lifelines.items():
        shown = node if len(node) <= NODE_NAME else node[: NODE_NAME - 1] + "…"
        width = max(40.0, len(shown) * CHARACTER + 14)
        yield (
            f'<line x1="{_n(x)}" y1="{_n(page.top - 8)}" x2="{_n(x)}" y2="{_n(page.bottom + 8)}" '
            f'stroke="{FAINT}"/>'
        )
        for y in (page.top - 28, page.bottom + 8):
            yield (
                f'<g><title>{escaped(node)}</title><rect x="{_n(x - width / 2)}" y="{_n(y)}" '
                f'width="{_n(width)}" height="20" fill="#f3f5f8" stroke="{INK}"/>'
                + _text(Point(x, y + 14), shown, 'text-anchor="middle"')
                + "</g>"
            )


def _loop(drawn: Sequence, page: Layout) -> Iterator[str]:
    """At the left a line from the end back to where the run goes on for ever."""
    rows = [row for row in page.rows if drawn.loop_start in range(row.event.step)]
    if not rows:
        return
    first, last = rows[0].y - 8, page.bottom - 4
    yield (
        f'<g class="loop" stroke="{BAD}" fill="none"><path d="M 40 {_n(last)} H 10 V {_n(first)} '
        f'H 40"/><path d="M 34 {_n(first - 4)} L 40 {_n(first)} L 34 {_n(first + 4)}"/></g>'
    )
    yield _text(Point(12, first - 4), "for ever", f'fill="{BAD}"')


def _line(flight: Flight) -> str:
    start, end = flight.start, flight.end
    number = flight.message.number
    dashed = ' stroke-dasharray="5 3"' if flight.message.ended is None else ""
    if flight.bend:
        out = _n(start.x + BULGE)
        curve = f"C {out} {_n(start.y)} {out} {_n(end.y)} {_n(end.x)} {_n(end.y)}"
        return f'<path id="message-{number}" d="M {_n(start.x)} {_n(start.y)} {curve}"{dashed}/>'
    return (
        f'<line id="message-{number}" x1="{_n(start.x)}" y1="{_n(start.y)}" x2="{_n(end.x)}" '
        f'y2="{_n(end.y)}"{dashed}/>'
    )


def _ends(flight: Flight) -> Iterator[str]:
    """The head of a message that arrives, the cross of one that is lost, the fork of a copy."""
    end, message = flight.end, flight.message
    if message.copy_of is not None:
        x, y = _n(flight.start.x), _n(flight.start.y)
        yield f'<circle class="fork" cx="{x}" cy="{y}" r="3.2" fill="{NETWORK}"/>'
    match message.fate:
        case "lost":
            yield _cross(end, "lost")
        case "in flight":
            x, y = _n(end.x), _n(end.y)
            yield f'<circle class="in-flight" cx="{x}" cy="{y}" r="3.5" fill="#fff" ' + (
                f'stroke="{NETWORK}"/>'
            )
        case _:
            way = Point(-1.0, 0.0) if flight.bend else _direction(flight)
            back = Point(end.x - 9 * way.x, end.y - 9 * way.y)
            corners = (
                end,
                Point(back.x - 4 * way.y, back.y + 4 * way.x),
                Point(back.x + 4 * way.y, back.y - 4 * way.x),
            )
            points = " ".join(f"{_n(corner.x)},{_n(corner.y)}" for corner in corners)
            yield f'<polygon class="head" points="{points}" fill="{NETWORK}"/>'


def _direction(flight: Flight) -> Point:
    dx, dy = flight.end.x - flight.start.x, flight.end.y - flight.start.y
    length = math.hypot(dx, dy) or 1.0
    return Point(dx / length, dy / length)


def _is_level(flight: Flight) -> bool:
    """Whether a label lies along the line."""
    dx, dy = flight.end.x - flight.start.x, flight.end.y - flight.start.y
    angle = math.degrees(math.atan2(dy, abs(dx))) if dx else 90.0
    return angle <= STEEPEST and not flight.bend


def _shown(flight: Flight, *, short: bool = False) -> str:
    """The name of a message that there is room for; ``short`` where the whole one has none
    elsewhere: in one picture a message has one name."""
    dx, dy = flight.end.x - flight.start.x, flight.end.y - flight.start.y
    room = max(math.hypot(dx, dy) - 24, 0) / CHARACTER
    offered = names(flight.message, numbered=not direct(flight.message))
    offered = offered[1:] if short and len(offered) > 1 else offered
    if _is_level(flight):
        return next((name for name in offered if len(name) <= room), offered[-1])
    return offered[0] if len(offered[0]) <= 14 or len(offered) < 2 else offered[-2]


def _label(flight: Flight, *, short: bool) -> Iterator[str]:
    """The name: along a line that is level enough, else beside its end."""
    start, end = flight.start, flight.end
    dx, dy = end.x - start.x, end.y - start.y
    shown = _shown(flight, short=short)
    if _is_level(flight):
        angle = math.degrees(math.atan2(dy, abs(dx)))
        middle = Point(start.x + dx / 2, start.y + dy / 2)
        turn = angle if dx > 0 else -angle
        turned = f'transform="rotate({_n(turn)} {_n(middle.x)} {_n(middle.y)})"' if dy else ""
        place, style = Point(middle.x, middle.y - 4), f'text-anchor="middle" {turned}'.rstrip()
    else:
        leftwards = dx > 0 or flight.bend != 0
        place = Point(end.x - 14 if leftwards else end.x + 14, end.y - 6)
        style = 'text-anchor="end"' if leftwards else ""
    yield _text(place, shown, f'{style} stroke="#ffffff" stroke-width="3" aria-hidden="true"')
    yield _text(place, shown, f'{style} fill="{NETWORK}"')


def _row(page: Layout, row: Row) -> Iterator[str]:
    event = row.event
    yield _text(Point(38, row.y + 4), str(event.step), f'text-anchor="end" fill="{FAINT}"')
    x = page.lifelines.get(event.node or "")
    if x is None:
        yield (
            f'<line class="elsewhere" x1="46" y1="{_n(row.y)}" x2="{_n(page.panel - 8)}" '
            f'y2="{_n(row.y)}" stroke="{FAINT}" stroke-dasharray="1 4"/>'
        )
        if event.mark is Mark.FAILURE:
            yield _sign(event.mark, Point(page.panel - 20, row.y))
    elif event.arrived is None or event.mark is Mark.FAILURE:
        yield _sign(event.mark, Point(x, row.y))
    for i, line in enumerate(row.text):
        indent = len(line) - len(line.lstrip())
        place = Point(page.panel + indent * CHARACTER, row.y + 4 + LINE * i)
        yield _text(place, line.lstrip(), f'fill="{BAD}"' if line.lstrip().startswith("✗") else "")


def _sign(mark: Mark, at: Point) -> str:
    x, y = _n(at.x), _n(at.y)
    match mark:
        case Mark.STEP | Mark.NETWORK:
            return f'<circle class="step" cx="{x}" cy="{y}" r="4"/>'
        case Mark.ENVIRONMENT:
            return (
                f'<rect class="environment" x="{_n(at.x - 4)}" y="{_n(at.y - 4)}" width="8" '
                f'height="8" fill="#ffffff" stroke="{INK}"/>'
            )
        case Mark.TIMEOUT:
            return (
                f'<g class="timeout" fill="#ffffff" stroke="{INK}">'
                f'<circle cx="{x}" cy="{y}" r="6"/>'
                f'<path d="M {x} {_n(at.y - 4)} V {y} H {_n(at.x + 3)}" fill="none"/></g>'
            )
        case Mark.FAILURE:
            return _cross(at, "failure")
        case _:
            assert_never(mark)


def _cross(at: Point, name: str) -> str:
    left, right, up, down = _n(at.x - 5), _n(at.x + 5), _n(at.y - 5), _n(at.y + 5)
    return (
        f'<path class="{name}" d="M {left} {up} L {right} {down} M {left} {down} L {right} {up}" '
        f'stroke="{BAD}" stroke-width="2.2" fill="none"/>'
    )


def _text(at: Point, text: str, attributes: str) -> str:
    return f'<text x="{_n(at.x)}" y="{_n(at.y)}" {attributes}'.rstrip() + f">{escaped(text)}</text>"


def _n(number: float) -> str:
    """A length with one decimal, the same on every machine."""
    return f"{number + 0.0:.1f}".removesuffix(".0")
