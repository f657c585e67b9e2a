"""Draws lines over two logarithmic axes as SVG, readable on a light and on a dark page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PANEL_WIDTH, PANEL_HEIGHT = 330, 220
LEFT, TOP, GAP, BOTTOM = 62, 40, 80, 64
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .frame, .grid { fill: none; stroke: #999; stroke-width: 1 }
  .grid { stroke-opacity: 0.35 }
  .line { fill: none; stroke-width: 2 }
  .s0 { stroke: #0b62c4 } .dot.s0 { fill: #0b62c4 }
  .s1 { stroke: #c2410c; stroke-dasharray: 5 4 } .dot.s1 { fill: #c2410c }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .s0 { stroke: #6cb0ff } .dot.s0 { fill: #6cb0ff }
    .s1 { stroke: #ff9a62 } .dot.s1 { fill: #ff9a62 }
  }
"""
PREFIXES = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity, as lines over the same horizontal axis as the other panels."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """Powers of ten from ``low`` to ``high`` on so many pixels."""

    low: int
    high: int
    pixels: int

    def place(self, value: float) -> float:
        return (math.log10(value) - self.low) / (self.high - self.low) * self.pixels

    def marks(self) -> Iterator[int]:
        """Where a value is written: powers of ten, and values between them if they are few."""
        between = (1, 2, 5) if self.high - self.low <= 2 else (1,)
        for power in range(self.low, self.high + 1):
            yield from (10**power * times for times in between if power < self.high or times == 1)


def plot(panels: Sequence[Panel], horizontal: str) -> str:
    """The panels side by side.  The lines of all panels are the same things, in the same order."""
    width = LEFT + len(panels) * (PANEL_WIDTH + GAP) - GAP + 20
    height = TOP + PANEL_HEIGHT + BOTTOM
    across = [x for panel in panels for line in panel.lines for x, _ in line.points]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<title>{' and '.join(panel.title for panel in panels)} over {horizontal}</title>",
        f"<style>{STYLE}</style>",
    ]
    for index, panel in enumerate(panels):
        left = LEFT + index * (PANEL_WIDTH + GAP)
        parts.append(f'<g transform="translate({left} {TOP})">')
        parts += _panel(panel, _axis(across, PANEL_WIDTH), horizontal)
        parts.append("</g>")
    parts += _legend(panels[0], height - 10)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _axis(values: Sequence[float], pixels: int) -> Axis:
    # A run a little off a power of ten does not need a whole power more.
    low, high = math.floor(math.log10(min(values)) + 0.02), math.log10(max(values)) - 0.06
    return Axis(low, max(math.ceil(high), low + 1), pixels)


def _panel(panel: Panel, x: Axis, horizontal: str) -> Iterator[str]:
    y = _axis([value for line in panel.lines for _, value in line.points], PANEL_HEIGHT)
    yield f'<text x="0" y="-14" font-weight="bold">{panel.title}</text>'
    yield f'<rect class="frame" width="{PANEL_WIDTH}" height="{PANEL_HEIGHT}"/>'
    for value in x.marks():
        place = x.place(value)
        yield f'<path class="grid" d="M{place:.1f} 0V{PANEL_HEIGHT}"/>'
        yield (
            f'<text x="{place:.1f}" y="{PANEL_HEIGHT + 16}" text-anchor="middle">'
            f"{_written(value)}</text>"
        )
    for value in y.marks():
        place = PANEL_HEIGHT - y.place(value)
        yield f'<path class="grid" d="M0 {place:.1f}H{PANEL_WIDTH}"/>'
        yield f'<text x="-6" y="{place + 4:.1f}" text-anchor="end">{_written(value)}</text>'
    yield (
        f'<text x="{PANEL_WIDTH / 2}" y="{PANEL_HEIGHT + 33}" text-anchor="middle">'
        f"{horizontal}</text>"
    )
    for index, line in enumerate(panel.lines):
        places = [(x.place(a), PANEL_HEIGHT - y.place(b)) for a, b in line.points]
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in places)
        yield f'<path class="line s{index}" d="M{path}"/>'
        for a, b in places:
            yield f'<circle class="dot s{index}" cx="{a:.1f}" cy="{b:.1f}" r="3"/>'


def _legend(panel: Panel, height: float) -> Iterator[str]:
    for index, line in enumerate(panel.lines):
        left = LEFT + index * 150
        yield f'<path class="line s{index}" d="M{left} {height - 4}h26"/>'
        yield f'<text x="{left + 32}" y="{height}">{line.name}</text>'


def _written(value: int) -> str:
    for size, prefix in PREFIXES:
        if value >= size:
            return f"{value // size}{prefix}"
    return str(value)
