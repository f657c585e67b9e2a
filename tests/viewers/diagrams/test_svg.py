"""The SVG file: to the letter; and of any run well-formed, self-contained and true to the run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension

from tests.viewers import models
from tests.viewers.diagrams.drawn import HOSTILE, any_runs, drawn, every
from tests.viewers.walks import TRAITS
from verifier.viewers.diagrams.geometry import CHARACTER, NEAR, layout
from verifier.viewers.diagrams.sequence import Mark, Sequence
from verifier.viewers.diagrams.svg import svg
from verifier.viewers.legible import columns
from verifier.viewers.telling import direct

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class SvgFile(SingleFileSnapshotExtension):
    """A golden picture that a person can open."""

    file_extension = "svg"


@pytest.mark.parametrize("name", ["LOSS", "DUPLICATION"])
def test_a_picture(name: str, snapshot: SnapshotAssertion) -> None:
    picture = svg(list(every(getattr(models, name)))[-1])
    assert picture.encode() == snapshot(extension_class=SvgFile)


def test_any_run_is_drawn_as_it_happened() -> None:
    for run in any_runs():
        root = ElementTree.fromstring(svg(run))
        assert root.tag == f"{NAMESPACE}svg"
        assert count(root, "head") == sum(m.fate == "received" for m in run.messages)
        assert count(root, "lost") == sum(m.fate == "lost" for m in run.messages)
        assert count(root, "in-flight") == len(run.in_flight)
        assert count(root, "fork") == sum(m.copy_of is not None for m in run.messages)
        assert count(root, "failure") == sum(e.mark is Mark.FAILURE for e in run.events)
        assert count(root, "timeout") == sum(
            e.mark is Mark.TIMEOUT and e.arrived is None for e in run.events
        )
        slanted(run)
        everything_is_on_the_page(root)
        nothing_is_loaded_or_run(root)


def count(root: ElementTree.Element, name: str) -> int:
    return sum(element.get("class") == name for element in root.iter())


def slanted(run: Sequence) -> None:
    """A delayed message goes from its sender at the step that sends it down to where it ends; a
    copy begins on the line of its original."""
    page = layout(run)
    heights = {row.event.step: row.y for row in page.rows}
    flights = {flight.message.number: flight for flight in page.flights}
    assert flights.keys() == {message.number for message in run.messages}
    for number, flight in flights.items():
        message = flight.message
        if message.ended is not None:
            assert flight.end.y == heights[message.ended]
        if message.fate != "received" and message.sender != message.receiver:
            others = [x for x in page.lifelines.values() if abs(x - flight.end.x) < NEAR]
            assert not others, "it seems to end there"
        if message.fate == "received":
            assert abs(flight.end.x - page.lifelines[message.receiver]) < 1e-6
        if direct(message):
            assert flight.start.y == flight.end.y
        elif message.copy_of is None:
            assert flight.start.x == page.lifelines[message.sender]
            assert message.sent == 0 or flight.start.y == heights[message.sent]
            assert flight.start.y < flight.end.y
        else:
            original = flights[message.copy_of]
            assert message.copy_of < number
            assert flight.start == original.at(heights[message.sent])
            assert original.start.y <= flight.start.y <= original.end.y


def everything_is_on_the_page(root: ElementTree.Element) -> None:
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    for element in root.iter(f"{NAMESPACE}text"):
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        room = columns(element.text or "") * CHARACTER
        assert 0 <= y <= height and x <= width
        match element.get("text-anchor"):
            case "end":
                assert x - room >= -1
            case "middle":
                assert room / 2 <= x + 1 and x + room / 2 <= width + 1
            case _:
                assert x + room <= width + 1, element.text


def nothing_is_loaded_or_run(root: ElementTree.Element) -> None:
    for element in root.iter():
        assert element.tag.removeprefix(NAMESPACE) in {
            "svg", "title", "rect", "text", "line", "g", "path", "circle", "polygon",
        }  # fmt: skip
        for name, value in element.attrib.items():
            assert "href" not in name and not name.startswith("on") and "url(" not in value


def test_the_same_run_gives_the_same_bytes() -> None:
    first, again = (svg(drawn(TRAITS[2], 20, 7)) for _ in range(2))
    assert first == again
    assert not re.search(r'[xy\dd]="[^"]*(\d\.\d\d|\de-|nan)', first)


def test_hostile_text_is_text() -> None:
    picture = svg(drawn(TRAITS[0], 3, 1))
    root = ElementTree.fromstring(picture)
    printable = "".join(c if c.isprintable() else "\ufffd" for c in HOSTILE)
    assert root.findtext(f"{NAMESPACE}title") == printable
    assert "<script" not in picture and "<img" not in picture and picture.encode()


def test_a_loop_is_a_line_back() -> None:
    assert count(ElementTree.fromstring(svg(drawn(TRAITS[0], 5, 1, loop_start=2))), "loop") == 1
    assert count(ElementTree.fromstring(svg(drawn(TRAITS[0], 5, 1))), "loop") == 0


def test_wide_characters_take_two_columns() -> None:
    assert (columns("a漢"), columns("→")) == (3, 1)


def test_a_message_has_one_name_in_a_picture() -> None:
    for run in every(models.OVERTAKEN.replace("Answer", "BindingAck")):
        root = ElementTree.fromstring(svg(run))
        shown = {(text.text or "").partition(" #")[0] for text in labels(root)}
        assert not {"BindingAck", "BA"} <= shown
        assert shown & {"BindingAck", "BA"}


def labels(root: ElementTree.Element) -> list[ElementTree.Element]:
    """The names of messages: drawn twice, the first time for the eye only."""
    every_text = list(root.iter(f"{NAMESPACE}text"))
    return [b for a, b in pairwise(every_text) if a.get("aria-hidden") and a.text == b.text]


def test_all_lines_of_a_title_are_bold() -> None:
    (run, *_) = every(models.OVERTAKEN)
    title = "what is said first of all " * 8
    root = ElementTree.fromstring(svg(replace(run, title=title.strip())))
    bold = [text.text or "" for text in root.iter(f"{NAMESPACE}text") if text.get("font-weight")]
    assert " ".join(line.strip() for line in bold) == title.strip() and len(bold) > 1
    width = int((layout(run).width - 24) / CHARACTER)
    assert len(bold) == -(-len(title) // width) or len(bold[0]) > width - 12
