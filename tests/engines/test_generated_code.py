"""What the generated code must not take for granted."""

from __future__ import annotations

from tests.silent import Silent
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import SafetyProblem
from verifier.ir.system import Action, Check, Kind, Parameter, TransitionSystem, Variable

DIGIT = T.Int(0, 3)
MAP = T.Map(DIGIT, DIGIT)
BOX = T.Record("Box", (("x", DIGIT),))
BOXES = T.List(BOX, 1)

i = make(E.Var, "i", DIGIT)
m = make(E.Var, "m", MAP)
following = b.arithmetic("+", i, b.number(1), T.Int(1, 4))
box = make(E.TupleOf, (following,), BOX)


def _explored(value: Expr, parameters: tuple[Parameter, ...] = ()) -> list[tuple[str, int]]:
    """Counts up beside a value that is computed twice; the check stops it at the end."""
    start = Action("start", Kind.INITIAL, (), b.TRUE, (), {"i": b.number(0), "m": _zeros()})
    fits = Check("R01", "runtime", "too large", b.at_most(following, b.number(3)), None)
    changed = make(E.Store, m, value, value, MAP)
    count = Action(
        "count", Kind.ACTION, parameters, b.TRUE, (fits,), {"i": following, "m": changed}
    )
    variables = (Variable("i", DIGIT), Variable("m", MAP))
    system = TransitionSystem("counting", variables, (start,), (count,))
    found = explore(SafetyProblem(system, ()), Budget(), Silent())
    assert (found.states, found.transitions) == (4, 4)
    return [(fault.check.code, fault.found.trace.depth) for fault in found.faults]


def _zeros() -> Expr:
    return b.literal((0, 0, 0, 0), MAP)


def test_a_number_that_does_not_fit_its_record_is_a_fault_and_no_crash() -> None:
    """The map is looked up before the check says that there is no such key."""
    key = make(E.Field, box, 0, DIGIT)
    assert _explored(make(E.Lookup, m, key, DIGIT)) == [("R01", 4)]


def test_a_number_that_does_not_fit_its_option_is_a_fault_and_no_crash() -> None:
    some = make(E.Some, following, T.Optional(DIGIT))
    key = make(E.Unwrap, make(E.If, b.TRUE, some, some, T.Optional(DIGIT)), DIGIT)
    assert _explored(make(E.Lookup, m, key, DIGIT)) == [("R01", 4)]


def test_a_parameter_over_such_numbers_is_not_trusted_either() -> None:
    choice = make(E.Param, "choice", BOX)
    boxes = make(E.TupleOf, (box,), BOXES)
    key = make(E.Field, choice, 0, DIGIT)
    looked_up = make(E.Lookup, m, key, DIGIT)
    assert _explored(looked_up, (Parameter(choice, boxes),)) == [("R01", 4)]


def test_a_bound_variable_over_such_numbers_is_not_trusted_either() -> None:
    each = make(E.Param, "each", DIGIT)
    numbers = make(E.SetOf, (following,), T.Set(DIGIT))
    zero = b.equal(make(E.Lookup, m, each, DIGIT), b.number(0))
    one = make(E.If, make(E.Quantified, "all", each, numbers, zero, T.BOOL), b.number(0), i, DIGIT)
    assert _explored(make(E.Lookup, m, one, DIGIT)) == [("R01", 4)]
