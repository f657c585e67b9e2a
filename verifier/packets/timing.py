"""Times of day for the steps and the stamps of a run.

Step n happens n steps of the clock after the start.  A stamp that is newer than all others has the
time of the step that takes it; one that is placed between others, as a clock that is behind does,
has a time between theirs.  So times are ordered as stamps are.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction

from verifier.packets.mistakes import Code, wrong
from verifier.packets.syntax import Clock
from verifier.viewers.chronology import Chronology

TICKS = 65536  # in a second: as 48 and 16 bits a common form of timestamps on the wire
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def step_time(clock: Clock, step: int) -> Fraction:
    """Seconds since 1970 of a step."""
    since = clock.start - EPOCH
    whole = Fraction(since.days * 86400 + since.seconds) + Fraction(since.microseconds, 10**6)
    return whole + step * clock.step


def stamp_ticks(clock: Clock, times: Chronology) -> Mapping[int, int]:
    """For the number of every stamp in the run its time since 1970, in ticks; 0, which is before
    every stamp, is one step before the start.

    Raises:
        SourceError: so many stamps are placed between two others that no time is left.
    """
    found = {0: int(step_time(clock, -1) * TICKS)}
    order = [0]  # the numbers in `found`, sorted
    for number, step in sorted(_first_seen(times).items(), key=lambda item: (item[1], item[0])):
        place = bisect(order, number)
        below = found[order[place - 1]]
        ticks = max(int(step_time(clock, step) * TICKS), below + 1)
        if place < len(order) and ticks >= (above := found[order[place]]):
            ticks = (below + above) // 2
            if ticks <= below:
                message = f"no time is left between two stamps for t{number}"
                raise wrong(Code.CLOCK, message, clock.span, hint="make its step longer")
        found[number] = ticks
        order.insert(place, number)
    return found


def _first_seen(times: Chronology) -> dict[int, int]:
    """For each stamp the step that takes it; 0: it is there from the start."""
    seen = dict.fromkeys(times.before[0].values(), 0)
    for step, known in enumerate(times.after, start=1):
        for number in known.values():
            seen.setdefault(number, step)
    return seen
