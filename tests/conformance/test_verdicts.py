"""Every verdict of the checker, beside one that is reached from the reference semantics alone.

The judge sees only runs that were found; a property that wrongly *holds* shows here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.elaborate.oracle import graph, judge, model_of
from tests.silent import Silent
from verifier.checker import Plan, check
from verifier.language.load import load
from verifier.language.model import Model
from verifier.traces.trace import Trace
from verifier.verdict import Holds, Unknown, Violated

ROOT = Path(__file__).resolve().parents[2]
MODELS = [
    ("classics/alternating_bit.mdl", {}),
    ("classics/dining_philosophers.mdl", {}),
    ("classics/dining_philosophers_monitor.mdl", {}),
    ("classics/election_ring_cr.mdl", {}),
    ("classics/peterson.mdl", {}),
    ("classics/readers_writers.mdl", {}),
    ("classics/scenario_c_reference.mdl", {"M": "1"}),
    ("classics/two_phase_commit.mdl", {}),
    ("examples/request_ack.mdl", {}),
]


def agree(model: Model) -> None:
    """Every verdict, length and count is that of the reference."""
    found = graph(model.system)
    checked = check(model, Plan(), Silent())
    seen = checked.exploration
    assert (seen.states, seen.transitions, seen.depth, seen.terminal) == (
        len(found.out),
        found.transitions,
        found.depth,
        found.terminal,
    )
    for conclusion in checked.conclusions:
        expected = judge(found, conclusion.prop)
        match conclusion.verdict:
            case Violated(Trace() as trace, occurrences):
                assert ("violated", trace.depth) == (expected.verdict, expected.steps)
                if not conclusion.faults:
                    assert occurrences == expected.count
            case Holds(Trace() as trace):
                assert ("holds", trace.depth) == (expected.verdict, expected.steps)
            case Holds():
                assert expected.verdict == "holds", conclusion.prop.name
            case Violated():
                assert expected.verdict == "violated", conclusion.prop.name
            case Unknown():
                assert seen.faults, "only errors leave something open"


@pytest.mark.parametrize(("file", "settings"), MODELS, ids=lambda value: str(value))
def test_a_model_has_the_verdicts_of_the_reference(file: str, settings: dict[str, str]) -> None:
    agree(load(ROOT / "models" / file, None, settings))


# A bound variable of a claim with the name of a parameter, of a choice, of a local of the step: the
# state after the step is put in below the binder, and must not be captured by it.
CAPTURES = """
world {{ var x: map int 0..1 to int 0..1 }}
environment action move({parameter}) {{ {choice} x[{place}] := 1 - x[{place}] }}
function ones(): int = count({name} in 0..1 where x[{name}] == 1)
step "by a binder": old(count({name} in 0..1 where x[{name}] == 1)) == ones()
step "by a function": old(ones()) == ones()
step "by a quantifier": (exists {name} in 0..1: x[{name}] != old(x[{name}])) implies false
step "by a set":
  old(set({name} in 0..1 where x[{name}] == 1)) == set({name} in 0..1 where x[{name}] == 1)
flow "by a flow": given all {name} in 0..1: x[{name}] == 0
  do move
  then all {name} in 0..1: x[{name}] == {name}
final when true
"""


@pytest.mark.parametrize("name", ["i", "j", "k"])
@pytest.mark.parametrize(
    ("parameter", "choice"), [("i in 0..1", ""), ("k in 0..1", "choose i in 0..1 where i == k")]
)
def test_a_claim_is_not_captured_by_a_step(
    tmp_path: Path, name: str, parameter: str, choice: str
) -> None:
    text = CAPTURES.format(parameter=parameter, choice=choice, place="i", name=name)
    model = model_of(tmp_path, text)
    agree(model)
    verdicts = {c.prop.name: c.verdict for c in check(model, Plan(), Silent()).conclusions}
    for prop in ("by a binder", "by a function", "by a quantifier", "by a set"):
        violated = verdicts[prop]
        assert isinstance(violated, Violated) and violated.occurrences == 8
    assert isinstance(verdicts["by a flow"], Holds)
