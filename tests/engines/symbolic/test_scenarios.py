"""The counterexamples that models say they have, as short as a search of all states has them."""

from __future__ import annotations

import pytest

from tests.engines.test_models import MODELS
from tests.silent import Silent
from verifier.engines.interface import Budget
from verifier.engines.symbolic.bounded import explore
from verifier.language.load import load
from verifier.language.model import Expectation, ExpectedVerdict
from verifier.properties.safety import encode
from verifier.traces.replay import replay
from verifier.verdict import Found

QUICK = [
    ("scenario_b", "draft_baseline", "capability_known=false"),
    ("scenario_b", "draft_baseline", "attacker=compromised_mag"),
    ("scenario_b", "draft_combined", "attacker=compromised_mag"),
    ("proofs/at_most_once", None, ""),
    ("proofs/distributed_lock", None, ""),
    ("proofs/sharded_store", "accepts_equal", ""),
    ("proofs/stenning", "wrapping", ""),
    ("proofs/ticket_lock", "too_few_tickets", ""),
    ("proofs/token_ring", "impatient", ""),
    ("classics/readers_writers", "readers_overlooked", ""),
    ("classics/sliding_window", "too_few_numbers", ""),
]
SCENARIOS = ["scenario_a", "scenario_b", "scenario_b_in_a", "scenario_b_in_c", "scenario_c"]
STEPS_MAX = 8


def agrees(name: str, expectation: Expectation) -> int:
    """Every violation that is expected in so many steps is found in as many; returns how many."""
    model = load(MODELS / f"{name}.mdl", expectation.variant, dict(expectation.settings))
    expected = {
        item.property: item.steps
        for item in expectation.items
        if isinstance(item, ExpectedVerdict) and item.verdict == "violated"
    }
    lengths = [steps for steps in expected.values() if steps is not None and steps <= STEPS_MAX]
    found = explore(
        encode(model.system, model.properties),
        Budget(depth_max=max(lengths, default=2)),
        Silent(),
    )
    count = 0
    for prop in model.properties:
        answer = found.answers.get(prop.name)
        steps = expected.get(prop.name)
        if steps is not None and steps <= STEPS_MAX and answer is not None:
            assert isinstance(answer, Found), (name, prop.name, answer)
            assert answer.trace.depth == steps, (name, prop.name)
            replay(model.system, prop, answer.trace)
            count += 1
    return count


@pytest.mark.parametrize(("name", "variant", "setting"), QUICK)
def test_quick_ones(name: str, variant: str | None, setting: str) -> None:
    model = load(MODELS / f"{name}.mdl", variant, {})
    option, _, value = setting.partition("=")
    blocks = [
        block
        for block in model.expectations
        if block.variant == variant and (not option or block.settings.get(option) == value)
    ]
    assert blocks
    agrees(name, blocks[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios(name: str) -> None:
    """With all that their options allow: millions of states, and runs of a few steps."""
    model = load(MODELS / f"{name}.mdl", None, {})
    assert all(agrees(name, expectation) >= 0 for expectation in model.expectations)
