"""A pane of lines, of which only those that can be seen are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a pane.  ``style`` is the name of one of `Sheet.COMPONENT_CLASSES` without its
    prefix; ``goes_to`` is the step that a click on the line means."""

    text: str
    style: str = "plain"
    goes_to: int | None = None


class Sheet(ScrollView, can_focus=True):
    """Lines, wider and longer than the pane if need be; its heading stays when they scroll."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"sheet--{name}"
        for name in ("plain", "quiet", "now", "changed", "bad", "good", "sent", "title")
    }
    DEFAULT_CSS = """
    Sheet {
        border: round $foreground-muted; background: $background; color: $foreground;
        scrollbar-size-horizontal: 0; scrollbar-size-vertical: 1;
    }
    Sheet:focus { border: round $primary; }
    Sheet .sheet--plain { color: $foreground; }
    Sheet .sheet--quiet { color: $foreground-muted; }
    Sheet .sheet--now { background: $primary-muted; text-style: bold; }
    Sheet .sheet--changed { color: $text-warning; text-style: bold; }
    Sheet .sheet--bad { color: $text-error; text-style: bold; }
    Sheet .sheet--good { color: $text-success; }
    Sheet .sheet--sent { color: $text-primary; }
    Sheet .sheet--title { color: $foreground; text-style: bold; }
    """

    class Chosen(Message):
        """A line that means a step was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, title: str, identity: str) -> None:
        super().__init__(id=identity)
        self.border_title = title
        self.heading: Sequence[Line] = ()
        self.lines: Sequence[Line] = ()
        self.marked = range(0)

    def show(
        self, lines: Sequence[Line], marked: range = range(0), heading: Sequence[Line] = ()
    ) -> None:
        """Other lines; those at the places ``marked`` are shown as the current ones."""
        if lines is not self.lines or heading is not self.heading:
            self.lines, self.heading = lines, heading
            width = max((cell_len(line.text) for line in (*heading, *lines)), default=0)
            self.virtual_size = Size(width, len(heading) + len(lines))
        self.marked = marked
        self.refresh()

    def reveal(self, places: range) -> None:
        """Scrolls so that these lines can be seen, with one more on each side if there is room."""
        if not places:
            return
        room = self.scrollable_content_region.height - len(self.heading)
        top = int(self.scroll_offset.y)
        above, below = max(0, places.start - 1), min(len(self.lines), places.stop + 1)
        if above < top or room < below - above:
            self.scroll_to(y=above, animate=False)
        elif below > top + room:
            self.scroll_to(y=below - room, animate=False)

    def render_line(self, y: int) -> Strip:
        """One line on the screen."""
        left, top = self.scroll_offset
        width, fixed = self.size.width, len(self.heading)
        place = y - fixed + int(top)
        if y >= fixed and place >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        line = self.heading[y] if y < fixed else self.lines[place]
        style = self.rich_style + self.get_component_rich_style(
            f"sheet--{line.style}", partial=True
        )
        if y >= fixed and place in self.marked:
            style += self.get_component_rich_style("sheet--now", partial=True)
        return Strip([Segment(line.text, style)]).crop_extend(int(left), int(left) + width, style)

    def on_click(self, event: Click) -> None:
        """Tells which step the line under the mouse means."""
        at = event.get_content_offset(self)
        if at is None or at.y < len(self.heading):
            return
        place = at.y - len(self.heading) + int(self.scroll_offset.y)
        step = self.lines[place].goes_to if place < len(self.lines) else None
        if step is not None:
            self.post_message(self.Chosen(step))
