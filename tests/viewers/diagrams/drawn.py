"""Runs as sequence diagrams, for the tests of each form."""

from __future__ import annotations

from collections.abc import Iterator

from tests.viewers.drawing import found, traces
from tests.viewers.walks import TRAITS, talk, walk
from verifier.traces.trace import Trace
from verifier.viewers.diagrams.sequence import Sequence, sequence
from verifier.viewers.journal import journal

HOSTILE = """</text><script>alert(1)</script> %getenv('HOME') !include /etc/passwd ; @enduml
%%{init: {}}%% #quot; --> end [[http://x.y]] $$x$$ style:#a; classDef x:#b; <img src=x> & ' " **b**
__u__ //i// ~~ \\n \r \x00 \x1b[31m ]]> <!-- \u202e \ud800 漢字 <U+0041> {{ }} == :: ** <:smile:>"""


def every(text: str, *, changes: bool = True) -> Iterator[Sequence]:
    """All runs of a model; without the variables that change if so asked."""
    checked = found(text)
    for prop, trace, _ in traces(checked):
        yield sequence(journal(checked.model.system, trace), prop.name, changes=changes)


def drawn(trait: str, length: int, seed: int, loop_start: int | None = None) -> Sequence:
    """A random run; ``loop_start`` is drawn as it is given."""
    system = talk(trait)
    trace = walk(system, length, seed)
    looping = Trace(trace.start, trace.initial, trace.steps, loop_start)
    return sequence(journal(system, looping), HOSTILE, changes=True)


def any_runs() -> Iterator[Sequence]:
    """Runs with losses, copies, failures, timers and messages to oneself."""
    for seed in range(8):
        for trait in TRAITS:
            yield drawn(trait, 3 * seed, seed, 1 if seed % 3 == 1 else None)
