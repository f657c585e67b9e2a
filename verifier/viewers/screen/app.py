"""The terminal viewer: chart and state side by side, what happened and what holds below."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.events import Resize
from textual.widgets import Footer, Static

from verifier.viewers.journal import Journal
from verifier.viewers.scenes import Scenes
from verifier.viewers.screen import panes
from verifier.viewers.screen.sheet import Sheet


class Viewer(App[None]):
    """Goes through one run."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #top { height: 1; padding: 0 1; text-style: bold; text-overflow: ellipsis; text-wrap: nowrap; }
    Grid { grid-size: 2 2; grid-rows: 3fr 2fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "go(1)", "next", key_display="→", priority=True),
        Binding("left", "go(-1)", "back", key_display="←", priority=True),
        Binding("home", "first", "first", priority=True),
        Binding("end", "last", "last", priority=True),
        Binding("f", "decisive", "failure"),
        Binding("m", "moving", "moving"),
        Binding("z", "zoom", "zoom"),
        Binding("d", "turn", "dark"),
        Binding("shift+right", "sideways(8)", show=False, priority=True),
        Binding("shift+left", "sideways(-8)", show=False, priority=True),
        Binding("q", "quit", "quit"),
    ]

    def __init__(self, told: Journal, shown: Scenes) -> None:
        super().__init__()
        self.told, self.shown = told, shown
        self.step = 0
        self.only_moving = False
        self.drawing: panes.Drawing | None = None
        self.drawn_width = 0
        self.top = Static(id="top", markup=False)
        self.chart = Sheet("chart", "chart")
        self.state = Sheet("state", "state")
        self.happened = Sheet("step", "step")
        self.standing = Sheet("properties", "properties")

    def compose(self) -> ComposeResult:
        """The panes."""
        yield self.top
        with Grid():
            yield self.chart
            yield self.state
            yield self.happened
            yield self.standing
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """The keys act on the chart at first."""
        self.theme = "textual-dark"
        self.title = self.shown.claim
        self.chart.focus()

    def on_resize(self, event: Resize) -> None:
        """Text is wrapped to the width there is now."""
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Everything at the current step."""
        shown, step = self.shown, self.step
        width = self.chart.scrollable_content_region.width
        if self.drawing is None or self.drawn_width != width:
            self.drawing, self.drawn_width = panes.drawn(self.told, shown, width), width
        said = "violated" if shown.violated else "reached"
        self.top.update(f"step {step} of {shown.last}  {said}: {shown.claim}")
        here = self.drawing.of(step)
        self.chart.show(self.drawing.lines, here, self.drawing.heading)
        self.chart.reveal(here)
        values = panes.state(shown, step, self.only_moving)
        self.state.show(values)
        self.state.reveal(panes.changed(values))
        self.happened.show(panes.step_lines(shown, step, self._width(self.happened)))
        self.happened.scroll_to(y=0, animate=False)
        self.standing.show(panes.properties(shown, step, self._width(self.standing)))

    @staticmethod
    def _width(sheet: Sheet) -> int:
        """The width to wrap text to; a scroll bar may come."""
        return sheet.content_region.width - 2

    def _go_to(self, step: int) -> None:
        step = max(0, min(self.shown.last, step))
        if step != self.step:
            self.step = step
            self.show()

    def action_go(self, by: int) -> None:
        """Some steps on, or back."""
        self._go_to(self.step + by)

    def action_first(self) -> None:
        """The initial state."""
        self._go_to(0)

    def action_last(self) -> None:
        """The last step."""
        self._go_to(self.shown.last)

    def action_decisive(self) -> None:
        """The step where the condition first becomes false."""
        self._go_to(self.shown.decisive)

    def action_moving(self) -> None:
        """The state with, or without, what never changes in this run."""
        self.only_moving = not self.only_moving
        self.state.border_title = "state that changes in this run" if self.only_moving else "state"
        self.show()

    def action_zoom(self) -> None:
        """The pane with the focus alone, or all again."""
        if self.screen.maximized is not None:
            self.screen.minimize()
        elif isinstance(self.focused, Sheet):
            self.screen.maximize(self.focused)
        self.call_after_refresh(self.show)

    def action_turn(self) -> None:
        """Light or dark."""
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def action_sideways(self, by: int) -> None:
        """Scrolls the pane with the focus to a side."""
        if isinstance(self.focused, Sheet):
            self.focused.scroll_relative(x=by, animate=False)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """A click on a step, or on a property."""
        self._go_to(event.step)
