"""The page in a real browser: what is where, and what keys and mouse do; a saved counterexample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.viewers.browser import apart, browser, watched
from tests.viewers.models import DUPLICATION, LONG_NAMES, MANY, QUEUE, RING
from tests.viewers.seen import HOSTILE, all_seen, one_seen, turning
from verifier.cli.viewing import shown
from verifier.viewers.html.page import page

ROOT = Path(__file__).resolve().parents[2]
SAVED = ROOT / "counterexamples" / "issue-3-delayed-bu" / "run.trace.json"
PANES = (".chart", ".state", ".step", ".properties", ".source")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as launched:
        yield launched


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def counterexample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page of a real counterexample, of ten steps."""
    monkeypatch.chdir(ROOT)
    path = tmp_path / "run.html"
    path.write_text(page(shown(SAVED, None)[1]), encoding="utf-8")
    return path


def test_by_mouse(chromium: Browser, counterexample: Path) -> None:
    with watched(chromium, counterexample, 1400, 900) as window:
        tab = window.page
        assert tab.title().startswith("issue 3: a delayed BU does not take packets")
        assert window.text("#verdict").lower() == "violated"
        assert tab.input_value("#number") == "0"
        tab.click("#back", force=True)  # it says that it is disabled, and does nothing
        assert tab.input_value("#number") == "0"
        for step in (1, 2, 3):
            tab.click("#next")
            assert tab.input_value("#number") == str(step)
        assert window.text("#step .headline") == "mag1 arrive(m: mn, at: anchor)"
        changed = tab.locator("#state tr.changed").all_inner_texts()
        assert [" ".join(line.split()) for line in changed] == [
            "attached[mn] ar → mag1",
            "moves 1 → 2",
            "online true → false",
            "bul[mn].tunnel true → false",
            "bul[mn].outstanding none → t1",
            "bul[mn].hnp 1 → 0",
            "acknowledged[mn] ghost true → false",
        ]
        assert tab.locator("#state tr.changed ins").count() == len(changed)
        assert tab.locator("#state .flying .changed").count() == 1
        assert window.text("#place") == "models/lib/gateway.mdl:68"
        assert "environment action arrive(m: MobileNode)" in window.text("#source .origin")
        assert window.text("#said").startswith("Step 3 of 10: mag1 arrive")
        assert window.text("#tally") == "none is false"

        tab.click("#decisive")
        assert tab.input_value("#number") == "10"
        assert window.text("#tally") == "3 false"
        assert "mn.online is true" in window.text("#step .reasons")
        tab.click("button.jump:text('step 9')")
        assert tab.input_value("#number") == "9"
        assert tab.locator("#properties .broken bdi").all_inner_texts() == [
            "one entry forwards the packets for a home address"
        ]
        tab.click("#chart g.row[data-step='4']", position={"x": 20, "y": 10})
        assert tab.input_value("#number") == "4"
        tab.fill("#number", "9")
        tab.press("#number", "Enter")
        assert window.text("#step .headline") == "anchor receives #1 BindingUpdate"
        tab.click("#first")
        assert window.text("#step .headline") == "the initial state"
        whole = tab.locator("#state tbody tr:visible").count()
        tab.check("#moving")
        assert 0 < tab.locator("#state tbody tr:visible").count() < whole


def test_by_keys_alone(chromium: Browser, counterexample: Path) -> None:
    with watched(chromium, counterexample, 1400, 900) as window:
        tab = window.page

        def press(key: str) -> str:
            tab.keyboard.press(key)
            return tab.input_value("#number")

        assert [press(key) for key in ("ArrowRight", "ArrowRight", "ArrowLeft")] == ["1", "2", "1"]
        assert [press(key) for key in ("End", "Home", "f")] == ["10", "0", "10"]
        reached = []
        for _ in range(30):
            tab.keyboard.press("Tab")
            reached.append(
                tab.evaluate("document.activeElement.id || document.activeElement.tagName")
            )
            outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            if reached[-1] == "BODY":
                break
            assert outline != "none", reached[-1]  # one sees where one is
        for wanted in ("first", "next", "number", "slider", "decisive", "theme", "chart", "moving",
                       "state", "SUMMARY", "source"):  # fmt: skip
            assert wanted in reached
        tab.focus("#chart")
        assert [press(key) for key in ("Home", "ArrowDown", "ArrowDown", "ArrowUp")] == [
            "0", "1", "2", "1",
        ]  # fmt: skip
        tab.focus("#slider")
        assert press("ArrowRight") == "2"
        tab.focus("#back")
        assert press("Enter") == "1"
        tab.focus("#number")
        tab.keyboard.press("Control+A")
        tab.keyboard.type("8")
        assert press("Enter") == "8"
        assert window.text("#step-number") == "8 of 10"


@pytest.mark.parametrize(
    ("width", "height", "beside"), [(1400, 900, True), (900, 800, True), (400, 800, False)]
)
def test_where_things_are(
    chromium: Browser, counterexample: Path, width: int, height: int, beside: bool
) -> None:
    with watched(chromium, counterexample, width, height) as window:
        tab = window.page
        tab.keyboard.press("f")
        panes = {name: window.boxes(name)[0] for name in PANES}
        for one, other in combinations(panes.values(), 2):
            assert apart(one, other)
        chart, state = panes[".chart"], panes[".state"]
        if beside:
            assert chart["right"] <= state["left"] and abs(chart["top"] - state["top"]) < 2
        else:
            assert chart["bottom"] <= state["top"] and abs(chart["left"] - state["left"]) < 2
        controls = window.boxes(".top button, .top input, .top h1, .top .what")
        assert len(controls) >= 10
        for one, other in combinations(controls, 2):
            assert apart(one, other)
        # Nothing is wider than the window: only panes scroll sideways.
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        for box in (*controls, *panes.values()):
            assert box["left"] >= 0 and box["right"] <= width + 0.5
        said = window.boxes("#drawing text.title, #drawing text.name, #drawing text.tag")
        assert len(said) >= 10
        for one, other in combinations(said, 2):
            assert apart(one, other)
        for texts in ("#drawing text.mark, #drawing text.number", "#names text"):
            for one, other in combinations(window.boxes(texts), 2):
                assert apart(one, other)


@pytest.mark.parametrize("text", [MANY, LONG_NAMES, QUEUE], ids=["many", "long names", "queue"])
@pytest.mark.parametrize("width", [1400, 400])
def test_crowded_charts(chromium: Browser, here: Path, text: str, width: int) -> None:
    """Texts keep apart, names can be told apart, and one sees what acts."""
    path = here / "run.html"
    _, seen = next(all_seen(text))
    path.write_text(page(seen), encoding="utf-8")
    with watched(chromium, path, width, 800) as window:
        tab = window.page
        names = tab.locator("#names text.node").evaluate_all(
            "all => all.map(e => e.firstChild.data)"
        )
        assert len(set(names)) == len(seen.columns)
        boxes = window.boxes("#names text.node")
        assert all(apart(one, other) for one, other in combinations(boxes, 2))
        for _ in range(seen.last):
            tab.keyboard.press("ArrowRight")
            said = window.boxes("#drawing text.title, #drawing text.name, #drawing text.tag")
            assert all(apart(one, other) for one, other in combinations(said, 2))
        tab.keyboard.press("End")
        (chart,) = window.boxes("#chart")
        ends = window.boxes("#drawing g.arrow:last-of-type .head")
        assert all(chart["left"] <= e["left"] and e["right"] <= chart["right"] for e in ends)


def test_messages_go_from_send_to_receipt(chromium: Browser, here: Path) -> None:
    """The duplicate forks from the track of what it is a copy of; each arrives at its receiver."""
    path = here / "run.html"
    path.write_text(page(one_seen(DUPLICATION, "once")[1]), encoding="utf-8")
    with watched(chromium, path, 1400, 900) as window:
        ends = window.page.evaluate("""() => {
            const ends = {};
            for (const group of document.querySelectorAll('#drawing g.arrow')) {
                const lines = [...group.querySelectorAll('path')];
                const first = lines[0].getPointAtLength(0);
                const last = lines.at(-1);
                const end = last.getPointAtLength(last.getTotalLength());
                ends[group.dataset.number] = [first.x, stepAt(first.y), end.x, stepAt(end.y)];
            }
            return [ends, place.columns, run.arrows.map(laneOf)];
        }""")
        drawn, (a, b), lanes = ends
        assert drawn == {
            "1": [a, 1, b, 2],
            "2": [b, 2, a, 4],
            "3": [lanes[1], 3, a, 5],
        }
        assert a < lanes[2] < lanes[1] < b


def test_what_is_lost_ends_in_a_cross(chromium: Browser, here: Path) -> None:
    path = here / "run.html"
    path.write_text(page(one_seen(HOSTILE, "lost")[1]), encoding="utf-8")
    with watched(chromium, path, 1400, 900) as window:
        assert window.text("#verdict").lower() == "reached"
        assert window.page.locator("#drawing g.arrow.lost .cross").count() == 1
        assert window.page.locator("#drawing g.arrow.lost .head").count() == 0


def test_hostile_names_are_text(chromium: Browser, here: Path) -> None:
    for _, seen in all_seen(HOSTILE):
        path = here / "run.html"
        path.write_text(page(seen), encoding="utf-8")
        with watched(chromium, path, 1400, 900) as window:
            tab = window.page
            window.page.keyboard.press("End")
            assert window.text("#claim") == seen.claim
            assert tab.title() == f"{seen.claim}: hostile"
            assert tab.locator("#properties bdi").all_text_contents() == [
                one.name for one in seen.standings
            ]
            tab.keyboard.press("Home")
            tab.keyboard.press("ArrowRight")
            assert "</script><script>document.title" in window.text("#source")
            assert tab.locator("img, main script, header script").count() == 0


def test_light_and_dark(chromium: Browser, counterexample: Path) -> None:
    """Both as the system says and by the key; text keeps a contrast of 4.5 in both."""
    contrast = """() => {
        const light = colour => {
            const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(c => c / 255)
                .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = e => {
            for (; e; e = e.parentElement) {
                const c = getComputedStyle(e).backgroundColor;
                if (!/, 0\\)$/.test(c) && c !== 'transparent') return c;
            }
        };
        let least = 99;
        for (const e of document.querySelectorAll('main *, header *')) {
            if (e instanceof SVGElement || !e.checkVisibility() || !e.textContent.trim()) continue;
            const [a, b] = [getComputedStyle(e).color, behind(e)].map(light).sort((x, y) => y - x);
            least = Math.min(least, (a + 0.05) / (b + 0.05));
        }
        return [least, light(getComputedStyle(document.body).backgroundColor)];
    }"""
    for scheme, bright in (("light", True), ("dark", False)):
        with watched(chromium, counterexample, 1400, 900, color_scheme=scheme) as window:
            for key, is_bright in (("f", bright), ("t", not bright), ("t", bright)):
                window.page.keyboard.press(key)
                least, background = window.page.evaluate(contrast)
                assert least >= 4.5 and (background > 0.5) == is_bright, (scheme, key)


def test_many_steps_are_not_all_drawn(chromium: Browser, here: Path) -> None:
    """Of a run of ten thousand steps there is in the page what can be seen."""
    _, seen = one_seen(RING, "not round")
    again = 1 + 10_000 // seen.last
    longer = replace(
        seen,
        steps=(seen.steps[0], *seen.steps[1:] * again),
        standings=tuple(
            replace(one, marks=one.marks.ljust(1 + seen.last * again, "+"))
            for one in seen.standings
        ),
    )
    path = here / "run.html"
    path.write_text(page(longer), encoding="utf-8")
    with watched(chromium, path, 1400, 900) as window:
        tab = window.page
        assert int(tab.get_attribute("#slider", "max") or 0) >= 10_000
        for key in ("End", "ArrowLeft", "Home", "ArrowRight", "End"):
            tab.keyboard.press(key)
            assert tab.evaluate("document.querySelectorAll('*').length") < 1500
        assert tab.locator("#drawing g.row.now").is_visible()
        tab.keyboard.press("f")
        assert tab.input_value("#number") == str(seen.decisive)
        tab.evaluate("document.getElementById('chart').scrollTop = 200000")
        # Not wait_for_function: it asks again by eval, which the policy of the page forbids.
        first = tab.locator("#drawing g.row").first
        expect(first).to_have_attribute("data-step", re.compile(r"[2-8]\d{3}"))


def test_on_paper(chromium: Browser, counterexample: Path) -> None:
    """All rows, no buttons, and in black on white also where the screen is dark."""
    with watched(chromium, counterexample, 900, 500, color_scheme="dark") as window:
        tab = window.page
        tab.emulate_media(media="print")
        tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert tab.locator("#drawing g.row").count() == 11
        assert not tab.locator("#next").is_visible()
        assert tab.evaluate("getComputedStyle(document.body).colorScheme") == "light"
        assert len(tab.pdf()) > 10_000


def test_a_run_without_end(chromium: Browser, here: Path) -> None:
    """A line leads from the last step back to the first of those that repeat."""
    path = here / "run.html"
    path.write_text(page(turning()[1]), encoding="utf-8")
    with watched(chromium, path, 1400, 900) as window:
        [line] = window.boxes(".loop .message")
        rows = window.boxes(".row")
        first, end = rows[5], rows[8]
        assert first["top"] < line["top"] < first["bottom"]
        assert end["top"] < line["bottom"] < end["bottom"]
        assert line["right"] < min(box["left"] for box in window.boxes(".row .number"))
        assert window.page.text_content(".loop .name") == "and from step 5 on again, for ever"
