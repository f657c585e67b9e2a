"""Which steps of a run are drawn, and how: the others are folded into a line that counts them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from verifier.viewers.journal import Entry, Journal


@dataclass(frozen=True, slots=True)
class Selection:
    """``steps`` None: all.  ``marks`` are put before what happens in a step; with ``brief`` only
    of marked steps it is said what they change and send."""

    steps: frozenset[int] | None = None
    marks: Mapping[int, str] = field(default_factory=dict)
    brief: bool = False

    def shows(self, step: int) -> bool:
        """Whether the step is drawn."""
        return self.steps is None or step in self.steps

    def details(self, step: int) -> bool:
        """Whether it is said in full what the step does."""
        return not self.brief or step in self.marks


EVERYTHING = Selection()


def selection(told: Journal, nodes: Collection[str], first: int, last: int | None) -> Selection:
    """The steps from ``first`` to ``last`` that touch one of the nodes; no nodes means all."""
    end = len(told.entries) if last is None else last
    if not nodes and first <= 1 and end >= len(told.entries):
        return EVERYTHING
    return Selection(
        frozenset(
            entry.step
            for entry in told.entries
            if first <= entry.step <= end and (not nodes or touches(told, entry, nodes))
        )
    )


def touches(told: Journal, entry: Entry, nodes: Collection[str]) -> bool:
    """Whether a node acts in the step, is changed by it, or is an end of a message in it."""
    if entry.action.node in nodes:
        return True
    if any(change.variable.node in nodes for change in entry.changes):
        return True
    numbers = [*entry.left, *(n for n in (entry.arrived, entry.lost) if n is not None)]
    ends = [(told.messages[n].sender, told.messages[n].receiver) for n in numbers]
    return any(end in nodes for pair in ends for end in pair)


def pieces(told: Journal, chosen: Selection) -> Iterator[Entry | tuple[Entry, ...]]:
    """The entries that are drawn, and between them those that are folded together."""
    folded: list[Entry] = []
    for entry in told.entries:
        if not chosen.shows(entry.step):
            folded.append(entry)
            continue
        if folded:
            yield tuple(folded)
            folded = []
        yield entry
    if folded:
        yield tuple(folded)


def folding(entries: tuple[Entry, ...]) -> str:
    """What stands for entries that are folded together."""
    return f"… {len(entries):,} step{'s' * (len(entries) != 1)}"
