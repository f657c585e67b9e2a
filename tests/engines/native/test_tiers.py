"""Better code is put in between slices, and nobody can tell but by the clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.native.agreement import comparable, native
from tests.engines.native.test_search import reference
from tests.silent import Silent
from verifier.engines.interface import Budget, Strategy
from verifier.engines.native import engine, tiers
from verifier.engines.native.tiers import Tiers


@pytest.mark.parametrize("workers", [1, 2])
def test_code_is_exchanged_in_the_middle_of_a_search(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = reference(3, 3)
    expected = comparable(native(problem, workers=workers))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # no object is there
    monkeypatch.setattr(tiers, "SECONDS_PER_LINE", 0.0)
    seen: list[bool] = []
    improve = Tiers.improve

    def watched(self: Tiers) -> None:
        improve(self)
        if self.thread is not None and not seen:
            self.thread.join()  # so that the better code comes early in the search
        seen.append(self.code.optimised)

    monkeypatch.setattr(Tiers, "improve", watched)
    found = engine.explore(problem, Budget(), Silent(), strategy=Strategy(workers))
    assert comparable(found) == expected
    assert seen[0] is False and seen[-1] is True


def test_a_search_that_ends_soon_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(Tiers, "_make", lambda self: pytest.fail("made better code"))
    native(reference(1, 1))
