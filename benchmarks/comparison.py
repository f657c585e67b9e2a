"""What the runs of several tools on one case say about the tools beside ours."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.rounds import Series


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times ours is better, compared round by round."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Row:
    """One tool on one case: medians of its runs.

    ``start_bytes`` is what it needs for a small model.  ``ratio`` is None for ours.
    """

    series: Series
    seconds: float
    process_seconds: float
    peak_bytes: int
    start_bytes: int
    ratio: Ratio | None

    @property
    def states(self) -> int:
        return self.series.samples[0].counted.states

    @property
    def rate(self) -> float:
        return self.states / self.seconds

    @property
    def whole_seconds(self) -> float:
        """From the text of the model to the verdict."""
        return self.series.build_seconds + self.process_seconds

    @property
    def bytes_per_state(self) -> float:
        """Memory above what the small model needs, for each state; the larger the model, the better
        it says what a state costs."""
        return max(0.0, self.peak_bytes - self.start_bytes) / self.states


def peak(series: Series) -> int:
    return round(statistics.median(sample.peak_bytes for sample in series.samples))


def ratio(ours: Series, other: Series) -> Ratio:
    """How many times longer the other searched, in each round and then in the middle."""
    pairs = [
        theirs.counted.seconds / mine.counted.seconds
        for mine, theirs in zip(ours.samples, other.samples, strict=True)
    ]
    return Ratio(statistics.median(pairs), min(pairs), max(pairs))


def compared(measured: Sequence[Series], smallest: Sequence[Series]) -> tuple[Row, ...]:
    """A row for each tool, in the order of the series.

    The first series is ours; ``smallest`` are the same tools on a small model.
    """
    starts = {series.tool.name: peak(series) for series in smallest}
    return tuple(
        Row(
            series=series,
            seconds=statistics.median(s.counted.seconds for s in series.samples),
            process_seconds=statistics.median(s.process_seconds for s in series.samples),
            peak_bytes=peak(series),
            # A tool that does not suit the small model is not asked what a state costs.
            start_bytes=starts.get(series.tool.name, 0),
            ratio=None if series is measured[0] else ratio(measured[0], series),
        )
        for series in measured
    )


def exact(rows: Sequence[Row], family: str) -> tuple[Row, ...]:
    """A family's settings that go through all states."""
    return tuple(
        row for row in rows if row.series.tool.family == family and not row.series.tool.reduces
    )


def fastest(rows: Sequence[Row], family: str) -> Row | None:
    return min(exact(rows, family), key=lambda row: row.seconds, default=None)


def leanest(rows: Sequence[Row], family: str) -> Row | None:
    return min(exact(rows, family), key=lambda row: row.bytes_per_state, default=None)
