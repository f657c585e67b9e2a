"""Whether a sampled state is in a cube: then it is no lemma, whatever the frames say so far.

This is where a proof learns from exploration.  A cube that a reachable state is in can be excluded
for some number of steps, but not for all; lemmas that no sample speaks against are mostly those
that hold for good.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verifier.engines.symbolic.cubes import Cube, Slots, variables
from verifier.engines.symbolic.samples import Columns, Rows, Samples, column
from verifier.engines.symbolic.views import Slot
from verifier.ir.expr import Expr

CHOICES_MAX = 1_000_000  # choices of messages that are tried for one cube


class Plausible:
    """Tries cubes on samples; what was tried of a literal is kept."""

    def __init__(self, samples: Samples, slots: Slots) -> None:
        self.samples = samples
        self.slots = slots
        self._state: dict[Expr, Any] = {}
        self._rows: dict[tuple[str, int], Columns] = {}
        self._single: dict[Expr, Any] = {}
        self._first = {
            kind: _ranges(rows, samples.count) for kind, rows in samples.messages.items()
        }

    def __call__(self, cube: Cube) -> bool:
        """Whether no sample is in the cube; a cube that would take too long to try passes."""
        found = self.slots.of(cube)
        literals = [one for one in cube if one not in self.slots.in_use]
        held = np.ones(self.samples.count, dtype=bool)
        own: dict[Slot, list[Expr]] = {slot: [] for slot in found}
        joint: list[tuple[set[Slot], Expr]] = []
        for one in literals:
            asked = set(self.slots.of((one,)))
            if not asked:
                held = held & self._of_state(one)
            elif len(asked) == 1:
                own[asked.pop()].append(one)
            else:
                joint.append((asked, one))
        if not held.any():
            return True
        chosen: dict[Slot, Any] = {}  # for each choice, the row of the message
        at = np.nonzero(held)[0]  # for each choice, the sample
        for place, slot in enumerate(found):
            rows = self.samples.messages.get((slot.channel, slot.tag))
            if rows is None:
                return True
            fits = np.ones(len(rows.sample), dtype=bool)
            for one in own[slot]:
                fits = fits & self._of_message(one, slot)
            at, chosen = self._joined(at, chosen, slot, fits)
            for other in found[:place]:
                if (other.channel, other.tag) == (slot.channel, slot.tag):
                    different = chosen[other] != chosen[slot]
                    at, chosen = _kept(at, chosen, different)
            known = set(found[: place + 1])
            for asked, one in joint:
                if slot in asked and asked <= known and len(at):
                    at, chosen = _kept(at, chosen, self._of_choice(one, at, chosen))
            if not len(at):
                return True
            if len(at) > CHOICES_MAX:
                return True
        return False

    def _of_state(self, literal: Expr) -> Any:
        if literal not in self._state:
            found = column(literal, self.samples.columns)
            self._state[literal] = np.broadcast_to(found, (self.samples.count,))
        return self._state[literal]

    def _of_message(self, literal: Expr, slot: Slot) -> Any:
        """For each message of a kind whether a literal about one of them holds."""
        if literal not in self._single:
            kind = (slot.channel, slot.tag)
            first = Slot(slot.channel, slot.tag, 1)
            (renamed,) = self.slots.renamed((literal,), {slot: first})
            if kind not in self._rows:
                self._rows[kind] = self.samples.joined(self.samples.messages[kind])
            count = len(self.samples.messages[kind].sample)
            self._single[literal] = np.broadcast_to(column(renamed, self._rows[kind]), (count,))
        return self._single[literal]

    def _joined(
        self, at: Any, chosen: dict[Slot, Any], slot: Slot, fits: Any
    ) -> tuple[Any, dict[Slot, Any]]:
        """Each choice with each message of its sample that fits."""
        starts, counts = self._first[slot.channel, slot.tag]
        times = counts[at]
        repeated = np.repeat(np.arange(len(at)), times)
        offsets = np.arange(len(repeated)) - np.repeat(np.cumsum(times) - times, times)
        rows = starts[at][repeated] + offsets
        keep = fits[rows] if len(rows) else np.zeros(0, dtype=bool)
        repeated, rows = repeated[keep], rows[keep]
        return at[repeated], {**{s: r[repeated] for s, r in chosen.items()}, slot: rows}

    def _of_choice(self, literal: Expr, at: Any, chosen: dict[Slot, Any]) -> Any:
        columns: dict[Expr, Any] = {}
        for leaf in variables(literal):
            slot = self.slots.view.leaves[leaf].slot
            if slot is None:
                columns[leaf] = self.samples.columns[leaf][at]
                continue
            first = Slot(slot.channel, slot.tag, 1)
            (renamed,) = self.slots.renamed((leaf,), {slot: first})
            rows = self.samples.messages[slot.channel, slot.tag]
            columns[leaf] = rows.columns[renamed][chosen[slot]]
        return np.broadcast_to(column(literal, columns), (len(at),))


def _ranges(rows: Rows, count: int) -> tuple[Any, Any]:
    """For each sample where its messages of a kind begin, and how many they are."""
    counts = np.bincount(rows.sample, minlength=count)
    return np.cumsum(counts) - counts, counts


def _kept(at: Any, chosen: dict[Slot, Any], keep: Any) -> tuple[Any, dict[Slot, Any]]:
    return at[keep], {slot: rows[keep] for slot, rows in chosen.items()}
