"""The terminal viewer: what its panes show, in 80x24, by keys and by mouse."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.viewers.models import DUPLICATION, RING
from tests.viewers.seen import HOSTILE, all_seen, one_seen, turning
from verifier.cli.viewing import shown
from verifier.viewers.journal import Journal
from verifier.viewers.scenes import Scenes
from verifier.viewers.screen.app import Viewer
from verifier.viewers.screen.sheet import Sheet

ROOT = Path(__file__).resolve().parents[2]
SAVED = ROOT / "counterexamples" / "issue-3-delayed-bu" / "run.trace.json"

Going = Callable[[Viewer, "Pilot[None]"], Awaitable[None]]


def go(run: tuple[Journal, Scenes], going: Going, size: tuple[int, int] = (80, 24)) -> None:
    """Starts the viewer and does something with it."""

    async def started() -> None:
        app = Viewer(*run)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await going(app, pilot)

    asyncio.run(started())


def panes(app: Viewer) -> Iterator[str]:
    """What can be read on the screen, pane by pane."""
    yield str(app.top.content)
    for sheet in app.query(Sheet):
        yield f"-- {sheet.border_title}"
        for y in range(sheet.scrollable_content_region.height):
            yield sheet.render_line(y).text.rstrip()


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> tuple[Journal, Scenes]:
    """A real counterexample, of ten steps."""
    monkeypatch.chdir(ROOT)
    return shown(SAVED, None)


def test_what_is_shown(saved: tuple[Journal, Scenes], snapshot: SnapshotAssertion) -> None:
    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        said = []
        for key in ("home", "right", "right", "right", "f"):
            await pilot.press(key)
            await pilot.pause()
            said.append("\n".join(panes(app)))
        assert "\n\n".join(said) == snapshot

    go(saved, going)


def test_by_keys(saved: tuple[Journal, Scenes]) -> None:
    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        steps = []
        for key in ("left", "right", "right", "left", "end", "right", "home", "f"):
            await pilot.press(key)
            steps.append(app.step)
        assert steps == [0, 1, 2, 1, 10, 10, 0, 10]
        focused = []
        for _ in range(5):
            assert app.focused is not None
            focused.append(app.focused.id)
            await pilot.press("tab")
            await pilot.press("left")  # goes through the run wherever the focus is
        assert focused == ["chart", "state", "step", "properties", "chart"]
        assert app.step == 5
        await pilot.press("d")
        assert app.theme == "textual-light"
        whole = len(app.state.lines)
        await pilot.press("m")
        assert 0 < len(app.state.lines) < whole
        await pilot.press("z")
        await pilot.pause()
        assert app.state.size.width > 70  # where the focus has gone to
        await pilot.press("z")
        await pilot.pause()
        assert app.state.size.width < 45
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running

    go(saved, going)


def test_by_mouse(saved: tuple[Journal, Scenes]) -> None:
    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        heading = len(app.chart.heading)
        await pilot.click(app.chart, offset=(3, 1 + heading + 4))
        assert app.step == 3  # a step that sends a delayed message takes two lines
        place, step = next(
            (place, int(found[1]))
            for place, line in enumerate(app.standing.lines)
            if (found := re.search(r"step (\d)\)", line.text))
        )
        await pilot.click(app.standing, offset=(5, 1 + place))
        assert app.step == step
        await pilot.click(app.standing, offset=(5, 1))
        assert app.step == 10

    go(saved, going, (100, 50))


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_where_things_are(saved: tuple[Journal, Scenes], size: tuple[int, int]) -> None:
    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        for key in ("home", "f"):
            await pilot.press(key)
            await pilot.pause()
            for one, other in combinations([*app.query(Sheet), app.top], 2):
                assert not one.region.overlaps(other.region)
                assert app.screen.region.contains_region(one.region)
            assert app.chart.region.y == app.state.region.y
            assert app.chart.region.right == app.state.region.x
            top = int(app.chart.scroll_offset.y)
            room = app.chart.scrollable_content_region.height - len(app.chart.heading)
            assert all(top <= place < top + room for place in app.chart.marked)

    go(saved, going, size)


def test_duplicates_fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        assert [line.text.rstrip() for line in app.chart.lines[:7]] == [
            "  0 ✓         │               │        start",
            "  1 ✓         ●               │        a ask",
            "  2 ✓         ├─────Ask──────▶│        b receives Ask",
            "              │             ╭2┤",
            "  3 ✓ · · · · │ · · · · · · ┊ │ · · ·  net duplicates #2 Answer",
            "              │           ╭3┊ │",
            "  4 ✓         │◀─Answ… #2─┼─╯ │        a receives #2 Answer",
        ]

    go(one_seen(DUPLICATION, "once"), going, (170, 40))


def test_hostile_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No control character and no mark of direction gets to the terminal; brackets are text."""
    monkeypatch.chdir(tmp_path)
    for run in all_seen(HOSTILE):

        async def going(app: Viewer, pilot: Pilot[None]) -> None:
            for key in ("home", "right", "end"):
                await pilot.press(key)
                await pilot.pause()
                assert "".join("".join(panes(app)).splitlines()).isprintable()
            assert app.shown.claim[:40] in "\n".join(panes(app))

        go(run, going, (170, 40))


def test_ten_thousand_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the lines that can be seen are drawn."""
    monkeypatch.chdir(tmp_path)
    told, seen = one_seen(RING, "not round")
    again = 1 + 10_000 // seen.last
    entries = [
        dataclasses.replace(entry, step=entry.step + seen.last * turn)
        for turn in range(again)
        for entry in told.entries
    ]
    longer = dataclasses.replace(
        seen,
        steps=(seen.steps[0], *seen.steps[1:] * again),
        standings=tuple(
            dataclasses.replace(one, marks=one.marks.ljust(1 + seen.last * again, "+"))
            for one in seen.standings
        ),
    )
    drawn: list[int] = []
    render = Sheet.render_line
    monkeypatch.setattr(Sheet, "render_line", lambda s, y: drawn.append(y) or render(s, y))

    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        assert app.shown.last >= 10_000
        for key in ("end", "left", "left", "home"):
            drawn.clear()
            await pilot.press(key)
            await pilot.pause()
            assert 0 < len(drawn) < 500
        await pilot.press("f")
        assert app.step == seen.decisive < app.shown.last

    go((dataclasses.replace(told, entries=tuple(entries)), longer), going)


def test_a_run_without_end_has_a_bracket() -> None:
    """Beside the four steps that repeat, and under them how the run goes on."""

    async def going(app: Viewer, pilot: Pilot[None]) -> None:
        drawing = app.drawing
        assert drawing is not None
        texts = [line.text for line in drawing.lines]
        signs = [sign for text in texts for sign in re.findall("[╭╰]", text[:8])]
        assert signs == ["╭", "╰"]
        inside = [text for text in texts if re.match(r" *[5-8] \S+[╭│]", text)]
        assert len(inside) == 4
        assert texts[-1].endswith("and from step 5 on again, for ever")

    go(turning(), going, (120, 40))
