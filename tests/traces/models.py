"""Small models with known runs, for the tests between engine and terminal."""

from __future__ import annotations

from pathlib import Path

from verifier.checker import Checked, Plan, check
from verifier.language.load import load
from verifier.language.model import Model
from verifier.properties.conclude import Conclusion
from verifier.traces.trace import Trace
from verifier.verdict import Holds, Violated

# A asks twice, B answers each; 13 states (none asked; 3 with one asked; 9 with both).
PAIR = """
model pair
message Ask { n: int 1..2 }
message Answer { n: int 1..2 }
message Never
channel net { capacity 2 }
node A(b: B) {
  var n: int 0..2
  var got: int 0..2
  action ask(loud: bool) when n < 2 { n += 1 send Ask { n: n } to b }
  on Answer(m) { got += 1 }
}
node B { on Ask(m) from a: A { send Answer { n: m.n } to a } }
instance a: A(b)
instance b: B
"""

# Counts up by one or two, past the end of its type.
COUNTER = """
model counter
node N {
  var x: int 0..3
  action up(by: int 1..2) { x += by }
}
instance n: N
"""


class Silent:
    """An observer for searches that nobody watches."""

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Says nothing."""


def model_of(folder: Path, text: str) -> Model:
    """A model from text."""
    path = folder / "model.mdl"
    path.write_text(text, encoding="utf-8")
    return load(path, None, {})


def checked(folder: Path, text: str, plan: Plan | None = None) -> Checked:
    """A model from text, with all that the checker says about it."""
    return check(model_of(folder, text), plan or Plan(), Silent())


def conclusion(found: Checked, name: str) -> Conclusion:
    """What was concluded about the property of this name."""
    (one,) = [c for c in found.conclusions if c.prop.name == name]
    return one


def run_of(found: Checked, name: str) -> Trace:
    """The run that shows it."""
    match conclusion(found, name).verdict:
        case Holds(Trace() as trace) | Violated(Trace() as trace):
            return trace
        case verdict:
            raise AssertionError(f"{name}: {verdict}")
