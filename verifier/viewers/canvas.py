"""A grid of characters with lines that cross: what message sequence charts are drawn on."""

from __future__ import annotations

from dataclasses import dataclass, field

ASCII = str.maketrans(
    {
        "│": "|",
        "┊": ":",
        "─": "-",
        "┼": "+",
        "├": "+",
        "┤": "+",
        "╭": ".",
        "╮": ".",
        "╰": "'",
        "╯": "'",
        "▶": ">",
        "◀": "<",
        "●": "*",
        "◆": "#",
        "▽": "v",
        "→": ">",
        "✗": "x",
        "✓": "+",
        "…": ".",
        "·": ".",
    }
)


def plain(text: str) -> str:
    """The text for a terminal that shows ASCII only; every character keeps its width."""
    return text.translate(ASCII).encode("ascii", "replace").decode("ascii")


@dataclass(slots=True)
class Row:
    """One line of the chart part; column numbers count from 0."""

    width: int
    cells: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells = [" "] * self.width

    def put(self, column: int, text: str) -> None:
        """Writes over what is there; what does not fit is cut."""
        for offset, character in enumerate(text):
            if 0 <= column + offset < self.width:
                self.cells[column + offset] = character

    def line(self, start: int, end: int) -> None:
        """A horizontal line strictly between two columns; lines it meets are crossed."""
        for column in range(min(start, end) + 1, max(start, end)):
            self.cells[column] = "┼" if self.cells[column] in "│┊┼" else "─"

    def label(self, start: int, end: int, names: tuple[str, ...]) -> bool:
        """Writes the first of the names that fits on the line between two columns, in the middle
        of its longest part that crosses nothing; False if none fits."""
        low, high = min(start, end) + 1, max(start, end)
        gaps: list[tuple[int, int]] = []
        begin = low
        for column in range(low, high + 1):
            if column == high or self.cells[column] != "─":
                gaps.append((column - begin, begin))
                begin = column + 1
        room, place = max(gaps, key=lambda gap: (gap[0], -gap[1]), default=(0, 0))
        for name in names:
            if 0 < len(name) <= room - 2 or (len(name) <= room - 1 and name is names[-1]):
                self.put(place + (room - len(name)) // 2, name)
                return True
        return False

    def text(self) -> str:
        return "".join(self.cells)
