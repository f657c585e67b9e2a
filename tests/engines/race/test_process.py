"""A process that works beside this one: what it says, and how it ends."""

from __future__ import annotations

import os
import signal

import pytest

from verifier.engines.race.process import Process

SECONDS = 60.0  # until something is taken not to happen


def told(order: bytes, memory: int = 2**40) -> Process:
    """A process that has said the first thing."""
    process = Process("tests.engines.race.echo", order, memory)
    found: list[bytes] | None = []
    while found == []:  # it may be long
        found = process.messages(SECONDS)
    assert found == [order], process.why()
    return process


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (b"", "this is no message"),  # the last that it complained of
        (b"leave", "this is no message"),
        (b"break", "ValueError: broken"),
    ],
)
def test_what_it_said_and_why_it_ended(order: bytes, why: str) -> None:
    process = told(order)
    assert process.messages(SECONDS) is None and process.messages(0.0) is None
    assert process.why() == why
    process.stop()


def test_an_order_of_any_length() -> None:
    process = told(bytes(2**20))
    assert process.messages(SECONDS) is None
    process.stop()


def test_it_is_deaf_to_interrupts_and_ends_with_the_one_that_started_it() -> None:
    process = told(b"wait")
    os.kill(process.number, signal.SIGINT)
    assert process.messages(0.3) == []
    stdin = process._process.stdin
    assert stdin is not None
    stdin.close()  # as the system does when this process ends
    assert process.messages(SECONDS) is None
    process.stop()


def test_it_ends_when_it_has_too_much_memory() -> None:
    process = told(b"grow", 2**27)
    assert process.messages(SECONDS) is None
    assert process.why() == "there was not enough memory for both"
    process.stop()


def test_a_process_that_is_killed() -> None:
    process = told(b"wait")
    os.kill(process.number, signal.SIGKILL)
    assert process.messages(SECONDS) is None
    assert process.why() == "the process was killed by SIGKILL"
    process.stop()
