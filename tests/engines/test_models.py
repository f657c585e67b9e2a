"""The compiled search does what the reference semantics says, on models that mean something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.agreement import compare_searches, compare_steps
from verifier.ir.problem import SafetyProblem
from verifier.ir.property import Flow
from verifier.language.load import load
from verifier.language.model import Model
from verifier.properties.flow import encode_flow
from verifier.properties.safety import encode

MODELS = Path(__file__).parents[2] / "models"


def model_of(name: str, settings: str) -> Model:
    options = dict(setting.split("=") for setting in settings.split())
    return load(MODELS / f"{name}.mdl", None, options)


def problems_of(model: Model) -> list[SafetyProblem]:
    """One for all properties but flows, and one for each flow."""
    flows = [prop for prop in model.properties if isinstance(prop, Flow)]
    encoded = [encode_flow(model.system, flow).problem for flow in flows]
    return [encode(model.system, model.properties), *encoded]


@pytest.mark.parametrize(
    ("name", "settings", "states"),
    [
        ("classics/alternating_bit", "", 240),
        ("classics/bakery", "", 178),
        ("classics/dining_philosophers", "N=6", 198),
        ("classics/dining_philosophers_monitor", "", 112),
        ("classics/election_ring_cr", "N=4", 823),
        ("classics/election_ring_dkr", "N=5", 272),
        ("classics/german", "DATA=1", 1461),
        ("classics/peterson", "", 882),
        ("classics/readers_writers", "CLIENTS=2", 94),
        ("classics/scenario_c_reference", "M=1 K=3", 1143),
        ("classics/sliding_window", "", 604),
        ("classics/two_phase_commit", "N=4", 1568),
        ("examples/go_back_n", "", 637),
        ("examples/needham_schroeder", "", 312),
        ("examples/request_ack", "", 37),
        ("proofs/distributed_lock", "accept=equal_too HOSTS=2", 86),
        ("proofs/last_writer_wins", "", 85),
        ("proofs/lock_queue", "LOSSES=1", 464),
        ("proofs/sharded_store", "", 1750),
        ("proofs/ticket_lock", "CLIENTS=3 TICKETS=2", 234),
    ],
)
def test_a_whole_model(name: str, settings: str, states: int) -> None:
    for place, problem in enumerate(problems_of(model_of(name, settings))):
        found = compare_searches(problem, 3_000)
        assert place or found.states == states


@pytest.mark.parametrize("name", ["classics/german", "examples/paxos", "scenario_a", "scenario_c"])
def test_the_first_states_of_a_large_model(name: str) -> None:
    whole, *flows = problems_of(model_of(name, ""))
    compare_steps(whole, 60)
    for flow in flows:
        compare_steps(flow, 5)
