"""Mermaid and PlantUML: to the letter, and in any run only what their grammars take for text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.viewers import models
from tests.viewers.diagrams.drawn import HOSTILE, any_runs, drawn, every
from tests.viewers.walks import TRAITS
from verifier.viewers.diagrams.mermaid import escaped as mermaid_text
from verifier.viewers.diagrams.mermaid import mermaid
from verifier.viewers.diagrams.plantuml import escaped as plantuml_text
from verifier.viewers.diagrams.plantuml import plantuml
from verifier.viewers.diagrams.sequence import Sequence

FORMS: list[Callable[[Sequence], str]] = [mermaid, plantuml]

# What stands in a text: no mark-up, no quote, no character that begins an entity but an entity.
TEXT = r"(?:[\w .,()\[\]{}=+*/'?@|:→✗…-]|#\d+;)*"
MERMAID = [
    r"sequenceDiagram",
    rf"  title {TEXT}",
    rf"  participant p\d+ as {TEXT}",
    rf" +Note over p\d+(?:,p\d+)?: {TEXT}(?:<br/>{TEXT})*",
    rf" +p\d+(?:->>|-x)p\d+: {TEXT}",
    r"  loop for ever",
    r"  end",
]
MARKED = r"(?:[\w .,()\[\]{}=?:;→✗…_/#-]|<U\+[0-9A-F]{4,6}>)*"
PLANTUML = [
    r"@startuml|@enduml|hide footbox|loop for ever|end",
    rf"title {MARKED}",
    rf'participant "{MARKED}" as p\d+',
    rf"note (?:across|over p\d+)(?: #[0-9A-F]{{6}})? : {MARKED}(?:\\n{MARKED})*",
    rf"p\d+ (?:->|->x) p\d+ : {MARKED}",
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("name", ["LOSS", "DUPLICATION", "ERROR", "ITSELF"])
def test_a_diagram(name: str, form: Callable[[Sequence], str], snapshot: SnapshotAssertion) -> None:
    assert "\n".join(form(run) for run in every(getattr(models, name))) == snapshot


@pytest.mark.parametrize(("form", "grammar"), [(mermaid, MERMAID), (plantuml, PLANTUML)])
def test_any_run_is_written_in_the_grammar(
    form: Callable[[Sequence], str], grammar: list[str]
) -> None:
    for run in any_runs():
        text = form(run)
        assert text.replace("\n", "").isprintable()
        for line in text.splitlines():
            assert any(re.fullmatch(rule, line) for rule in grammar), line
        arrows = len(re.findall(r"(?m)^ *p\d+ ?-\S+ ?p\d+ ?:", text))
        crosses = len(re.findall(r"(?m)^ *p\d+ ?-(?:x|>x)", text))
        assert arrows == sum((e.arrived or e.lost) is not None for e in run.events)
        assert crosses == sum(event.lost is not None for event in run.events)
        assert text.count("loop for ever") == (1 if loops(run) else 0)
        assert len(re.findall(r"(?m)^ *end$", text)) == text.count("loop for ever")


def loops(run: Sequence) -> bool:
    return run.loop_start is not None and run.loop_start < len(run.events)


def test_a_loop_encloses_the_steps_that_repeat() -> None:
    run = drawn(TRAITS[0], 5, 1, loop_start=2)
    lines = mermaid(run).splitlines()
    inside = lines[lines.index("  loop for ever") + 1 : lines.index("  end")]
    steps = [int(n) for line in inside for n in re.findall(r": (\d+)\. ", line)]
    assert steps == list(range(3, len(run.events) + 1))


def test_without_changes_timers_and_messages_remain() -> None:
    runs = zip(every(models.TIMERS), every(models.TIMERS, changes=False), strict=True)
    with_all, without = next((a, b) for a, b in runs if a.title == "in time")
    assert "timer t starts" in mermaid(without) and "sends" in mermaid(without)
    assert "late: 0 → 1" in mermaid(with_all) and "late" not in mermaid(without)


def test_hostile_text_says_what_it_said_and_no_more() -> None:
    shown = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), mermaid_text(HOSTILE))
    printable = "".join(c if c.isprintable() else "\ufffd" for c in HOSTILE)
    assert shown == printable
    for word in ("style", "classDef", "%%", "<", ">", "\n", "$"):
        assert word not in mermaid_text(HOSTILE)
    number = re.compile(r"<U\+([0-9A-F]+)>")
    assert number.sub(lambda f: chr(int(f[1], 16)), plantuml_text(HOSTILE)) == printable
    bare = number.sub("\0", plantuml_text(HOSTILE))
    for word in ("%", "!", "$", "[[", "**", "__", "//", "~", "<", "{{", "\\", "\n", '"', "@"):
        assert word not in bare


@pytest.mark.parametrize("start", ["= a", "* a", "# a", "| a", "_a", "!a", "@enduml"])
def test_no_line_of_plantuml_begins_as_mark_up(start: str) -> None:
    assert plantuml_text(start).startswith("<U+")
