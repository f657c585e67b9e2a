"""Runs as the two viewers show them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.viewers.drawing import found, traces
from verifier.ir.property import Property
from verifier.ir.semantics import successors
from verifier.ir.system import Check
from verifier.language.model import Model
from verifier.traces.trace import Step, Trace
from verifier.viewers.journal import Journal, journal
from verifier.viewers.scenes import Heading, Scenes, scenes


def seen(model: Model, prop: Property, trace: Trace, fault: Check | None) -> tuple[Journal, Scenes]:
    """A run with everything that is shown of it."""
    told = journal(model.system, trace)
    heading = Heading(model.name, model.file, model.variant)
    return told, scenes(told, model.properties, prop, fault, heading, model.texts)


def all_seen(text: str) -> Iterator[tuple[Journal, Scenes]]:
    """Every run that the checker finds of a model."""
    checked = found(text)
    for prop, trace, fault in traces(checked):
        yield seen(checked.model, prop, trace, fault)


def one_seen(text: str, name: str) -> tuple[Journal, Scenes]:
    """The run about the property of this name."""
    checked = found(text)
    prop, trace, fault = next(one for one in traces(checked) if one[0].name == name)
    return seen(checked.model, prop, trace, fault)


HOSTILE = """
model hostile
message Ask { n: int 1..3 }
message Answer { n: int 1..3 }
channel net { unordered, lossy, duplicates at most 1, capacity 6 }
node A(b: B) {
  var n: int 0..3
  var got: list of int 1..3 at most 3
  /// </script><script>document.title = 'run'</script> <!-- <script> ${data} $script
  action ask when n < 3 { n += 1 send Ask { n: n } to b }
  on Answer(m) {  // <img src=x onerror="document.title = 'run'"> &amp; \x07 \u202etfel
    if size(got) < 3 { got := append(got, m.n) }
  }
}
node B { on Ask(m) from a: A { send Answer { n: m.n } to a } }
instance a: A(b)
instance b: B
invariant "</script><img src=x onerror=document.title=0> &lt; \u202e\u200f\u2028 \x1b[31m $title":
  size(a.got) < 2 or a.got[0] != a.got[1] or a.n < 3
reachable "lost": a.n == 1 and not in_flight()
final when true
"""


TURNING = """
model turning
message Token {}
channel net { fifo, capacity 1 }
node A(next: A) {
  var here: bool = self == a[1]
  var turns: int 0..1
  action pass when here { here := false send Token to next }
  on Token { here := true turns := 1 }
}
instance a[k in 1..2]: A(a[3 - k])
reachable "all round": a[1].here and a[1].turns == 1
"""


def turning() -> tuple[Journal, Scenes]:
    """A run whose last four steps repeat for ever: the token goes round, after a first time."""
    checked = found(TURNING)
    prop, trace, fault = next(one for one in traces(checked) if one[0].name == "all round")
    steps = [*trace.steps]
    state = steps[-1].state
    assert state is not None
    for _ in range(4):
        moves = successors(checked.model.system, state)
        label, after = next(iter(moves))
        assert not isinstance(after, Check)
        steps.append(Step(label, after))
        state = after
    assert state == trace.states[-1]
    again = Trace(trace.start, trace.initial, tuple(steps), loop_start=len(trace.steps))
    return seen(checked.model, prop, again, fault)
