"""What is changed, and that what comes out is a model again."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.language.codes import Code
from verifier.language.files import Sources, read_sources
from verifier.language.frontend import lower_sources
from verifier.language.printer import format_text
from verifier.language.reader import parse_text
from verifier.mutation.change import Change, before_and_after, changed, with_change
from verifier.mutation.mutants import changes
from verifier.source import SourceError

ROOT = Path(__file__).resolve().parents[2]
MODELS = sorted(
    path
    for pattern in ("scenario_[ac].mdl", "classics/*.mdl", "examples/*.mdl", "proofs/**/*.mdl")
    for path in (ROOT / "models").glob(pattern)
)


@cache
def _sources(path: Path) -> Sources:
    return read_sources(path)


@cache
def _changes(path: Path) -> tuple[Change, ...]:
    return tuple(changes(_sources(path)))


def _of(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    path = tmp_path / "m.mdl"
    path.write_text(text, encoding="utf-8")
    sources = read_sources(path)
    found = []
    for change in changes(sources):
        before, after = before_and_after(text, change)
        with_change(sources, change)  # it is a sentence of the grammar
        found.append((change.kind, before, after))
    return found


def test_conditions_are_dropped_negated_and_shifted(tmp_path: Path) -> None:
    found = _of(
        tmp_path,
        """
node N {
  var x: int 0..9
  action a when (x < 5 or x == 7) and not (x > 1 and x != 3) { }
}
instance n: N
""",
    )
    head = "action a when "
    assert [(kind, after.removeprefix(head).removesuffix(" { }")) for kind, _, after in found] == [
        ("drops the condition x < 5 or x == 7", "not (x > 1 and x != 3)"),
        ("drops the condition not (x > 1 and x != 3)", "(x < 5 or x == 7)"),
        ("drops the alternative x < 5", "(x == 7) and not (x > 1 and x != 3)"),
        ("drops the alternative x == 7", "(x < 5) and not (x > 1 and x != 3)"),
        ("negates the comparison", "(x >= 5 or x == 7) and not (x > 1 and x != 3)"),
        ("shifts the comparison", "(x <= 5 or x == 7) and not (x > 1 and x != 3)"),
        ("negates the comparison", "(x < 5 or x != 7) and not (x > 1 and x != 3)"),
        ("drops the not", "(x < 5 or x == 7) and (x > 1 and x != 3)"),
        ("drops the condition x > 1", "(x < 5 or x == 7) and not (x != 3)"),
        ("drops the condition x != 3", "(x < 5 or x == 7) and not (x > 1)"),
        ("negates the comparison", "(x < 5 or x == 7) and not (x <= 1 and x != 3)"),
        ("shifts the comparison", "(x < 5 or x == 7) and not (x >= 1 and x != 3)"),
        ("negates the comparison", "(x < 5 or x == 7) and not (x > 1 and x == 3)"),
    ]


def test_statements_are_dropped_and_constants_exchanged(tmp_path: Path) -> None:
    found = _of(
        tmp_path,
        """
enum Colour { red, green, blue }
message M { colour: Colour, fresh: bool, count: int 0..3 } via c
channel c { fifo, capacity 2 }
node N {
  var x: int 0..9
  var on_time: bool
  timer t
  procedure note(n: int 0..9) { x := n }
  action a {
    note(4); start t
    send M { colour: blue, fresh: true, count: 1 } to self
    if on_time { x -= 2 }
  }
  on M(m) { stop t }
  on timeout t { }
}
instance n: N
""",
    )
    assert [(kind, after) for kind, _, after in found] == [
        ("drops the assignment", "procedure note(n: int 0..9) {  }"),
        ("drops the call", "start t"),
        ("another value", "note(5); start t"),
        ("another value", "note(3); start t"),
        ("drops the start", "note(4);"),
        ("drops the message", ""),
        ("another value", "send M { colour: red, fresh: true, count: 1 } to self"),
        ("another value", "send M { colour: blue, fresh: false, count: 1 } to self"),
        ("another value", "send M { colour: blue, fresh: true, count: 2 } to self"),
        ("another value", "send M { colour: blue, fresh: true, count: 0 } to self"),
        ("negates the condition", "if not on_time { x -= 2 }"),
        ("drops the assignment", "if on_time {  }"),
        ("swaps += and -=", "if on_time { x += 2 }"),
        ("another value", "if on_time { x -= 3 }"),
        ("drops the stop", "on M(m) {  }"),
    ]


def test_what_says_what_is_right_stays(tmp_path: Path) -> None:
    found = _of(
        tmp_path,
        """
node N {
  var x: int 0..9
  ghost var last: int 0..9
  function low(): bool = x < 5
  action a when low() { last := 3; assert x < 8 }
}
instance n: N
function only_asked(n: N): bool = n.x < 9
invariant "small": only_asked(n)
""",
    )
    assert [(kind, after) for kind, _, after in found] == [
        ("negates the comparison", "function low(): bool = x >= 5"),
        ("shifts the comparison", "function low(): bool = x <= 5"),
        ("drops the guard", "action a when true { last := 3; assert x < 8 }"),
        ("negates the condition", "action a when not low() { last := 3; assert x < 8 }"),
    ]


def test_a_function_has_the_requirements_of_the_handlers_that_run_it() -> None:
    path = ROOT / "models" / "scenario_c.mdl"
    place = next(c.place for c in _changes(path) if c.place.shown == "Anchor function stale")
    assert {"R-5213-5.5-6", "R-5213-5.3.5-1"} <= set(place.requirements)
    assert "R-6275-9.5.1-1" not in place.requirements, "BUs are not asked for it"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_model_of_a_protocol_can_be_changed(path: Path) -> None:
    found = _changes(path)
    assert found and len({(c.span, c.text) for c in found}) == len(found), "each change once"
    assert {c.span.file for c in found} <= set(_sources(path).files)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_changed_model_is_printed_read_and_lowered(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(MODELS))
    change = data.draw(st.sampled_from(_changes(path)))
    sources = _sources(path)
    text = sources.texts[change.span.file]
    other = changed(text, change)
    tree = parse_text(other, change.span.file)
    assert tree != sources.files[change.span.file], "it says something else"
    assert parse_text(format_text(other, change.span.file), change.span.file) == tree
    before, after = before_and_after(text, change)
    assert before != after and before.splitlines()[0] in text
    try:
        lower_sources(with_change(sources, change), path, None, {})
    except SourceError as error:
        # The only changes that are not well typed: a number or a set that the type does not have.
        codes = {d.code for d in error.diagnostics}
        assert codes <= {Code.OUTSIDE_TYPE, Code.TYPE_MISMATCH}, error
        assert change.kind in ("another value", "swaps + and -")
