"""Fresh stamps of a run as numbers: those of later steps are greater, and between any two there is
room for those of clocks that are behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from verifier.engines.symbolic.finite import Finite
from verifier.engines.symbolic.scalars import NotSymbolic, conjunction, disjunction, total
from verifier.ir import expr as E
from verifier.ir.build import FALSE, TRUE, literal, negate
from verifier.ir.expr import Expr
from verifier.ir.system import TransitionSystem
from verifier.ir.types import STAMP

STEPS_MAX = 300  # with clocks that are behind, for each step takes a digit


@dataclass(frozen=True, slots=True)
class Spacing:
    """How the stamps of a step are numbered, the initial one being step 0.

    Without clocks that are behind a step has the numbers from ``top`` on.  With them the numbers
    are fractions to base ``base``, one more digit for each step, multiplied until they are whole:
    so there are numbers between a stamp and the next greater one, whatever that is.
    """

    base: int  # more than the largest offset
    skewed: bool

    def top(self, step: int) -> int:
        """What the stamps that are above all others are counted from."""
        return (step + 1) * self.base * self.unit(0)

    def unit(self, step: int) -> int:
        """The distance of neighbouring new stamps."""
        if not self.skewed:
            return 1
        if step > STEPS_MAX:
            raise NotSymbolic(f"a run of more than {STEPS_MAX} steps with clocks that are behind")
        return int(self.base ** (STEPS_MAX - step))


def spacing_of(system: TransitionSystem) -> Spacing:
    """The spacing that the fresh stamps of a system need."""
    fresh = [
        node
        for action in (*system.initial, *system.actions)
        for node in E.walk(action.guard, *action.assignments.values())
        if isinstance(node, E.Fresh)
    ]
    behind = any(not (isinstance(node.back, E.Literal) and node.back.value == 0) for node in fresh)
    return Spacing(1 + max((node.offset for node in fresh), default=0), behind)


@dataclass(slots=True)
class KnownStamps:
    """The stamps of a state whose numbers are written out; see `flatten.Stamps`."""

    finite: Finite | None  # None where numbers are not written out
    held: Iterable[tuple[Expr, Expr]]  # whether it is there, and the stamp
    top: int
    unit: int
    name: str
    pulse: Callable[[], object]  # called before each of the stamps; see `flatten.Flattener`
    _live: dict[int, Expr] | None = None
    _fresh: dict[tuple[Expr, int], Expr] = field(default_factory=dict)

    def fresh(self, back: Expr, offset: int) -> Expr:
        """As `expr.Fresh`."""
        if isinstance(back, E.Literal) and back.value == 0:
            return literal(self.top + offset * self.unit, STAMP)
        finite = self._written_out()
        found: dict[int, list[Expr]] = {}
        for place, here in finite.cases(back).items():
            if place <= 0:
                found.setdefault(self.top + offset * self.unit, []).append(here)
                continue
            behind, exact = (place - 1) // 2 if place % 2 else place // 2, place % 2 == 1
            for stamp, case in self._nth(behind).items():
                number = stamp if exact else stamp + offset * self.unit
                found.setdefault(number, []).append(conjunction((here, case)))
        cases = {number: disjunction(found[number]) for number in sorted(found)}
        possible = {number: case for number, case in cases.items() if case is not FALSE}
        key = back, offset
        if key not in self._fresh:
            self._fresh[key] = finite.number(f"{self.name} fresh {offset}", possible, STAMP)
        return self._fresh[key]

    def live(self) -> Expr:
        """As `expr.LiveStamps`."""
        return total(list(self._present().values()))

    def _written_out(self) -> Finite:
        if self.finite is None:
            raise NotSymbolic("a clock with a skew")
        return self.finite

    def _present(self) -> dict[int, Expr]:
        """For each stamp that the state may hold whether it does; the greatest first."""
        if self._live is None:
            finite = self._written_out()
            found: dict[int, list[Expr]] = {}
            for there, stamp in self.held:
                self.pulse()
                for number, case in finite.cases(stamp).items():
                    if number:
                        here = conjunction((finite.truth(there), case))
                        found.setdefault(number, []).append(here)
            self._live = {
                number: disjunction(found[number]) for number in sorted(found, reverse=True)
            }
        return self._live

    def _nth(self, place: int) -> dict[int, Expr]:
        """The cases of the stamp that has so many above it; 0 if there are not so many."""
        above: list[Expr] = [TRUE, *(FALSE for _ in range(place + 1))]  # exactly so many so far
        cases: dict[int, Expr] = {}
        for stamp, there in self._present().items():
            self.pulse()
            cases[stamp] = conjunction((above[place], there))
            for count in range(place + 1, 0, -1):
                stays = conjunction((above[count], negate(there)))
                above[count] = disjunction((stays, conjunction((above[count - 1], there))))
            above[0] = conjunction((above[0], negate(there)))
        cases[0] = disjunction(above[: place + 1])
        return cases
