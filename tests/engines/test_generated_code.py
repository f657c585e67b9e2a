"""What the generated code must not take for granted."""

from __future__ import annotations

from typing import Any

from tests.engines.agreement import compare_steps
from tests.silent import Silent
from verifier.engines.explicit.compile import compile_problem
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import SafetyProblem
from verifier.ir.semantics import initial_states
from verifier.ir.system import Action, Check, Kind, Parameter, TransitionSystem, Variable

DIGIT = T.Int(0, 3)
MAP = T.Map(DIGIT, DIGIT)
BOX = T.Record("Box", (("x", DIGIT),))
BOXES = T.List(BOX, 1)
NODE = T.Enum("Node", ("m",))
ENDS = (("sender", NODE), ("receiver", NODE))
MESSAGE = T.Message((T.Record("Ping", (*ENDS, ("n", DIGIT))), T.Record("Bye", ENDS)))
NET = T.Channel(MESSAGE, False, 3)

i = make(E.Var, "i", DIGIT)
m = make(E.Var, "m", MAP)
message = make(E.Param, "message", MESSAGE)
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


def test_what_a_conjunct_says_of_a_message_holds_in_that_conjunction_only() -> None:
    """Within the conjunction the field is there; beside it the message may be of another kind."""
    ping = make(E.HasTag, message, 0)
    field = make(E.MessageField, message, 0, 2, DIGIT)
    three = b.number(3)
    inside = make(E.And, (ping, b.equal(field, three)))
    beside = make(E.Or, (inside, make(E.AtMost, field, b.number(0))))
    assert _counted(inside) == 1
    assert _counted(beside) == 2  # the field of a message of another kind is 0


def _counted(condition: Expr) -> int:
    """How many of three messages a condition holds for, in a step."""
    flight = ((0, 0, 0, 2), (0, 0, 0, 3), (1, 0, 0))
    start = Action(
        "start", Kind.INITIAL, (), b.TRUE, (), {"net": b.literal(flight, NET), "n": b.number(0)}
    )
    net = make(E.Var, "net", NET)
    count = make(E.Quantified, "count", message, net, condition, T.INTEGER)
    step = Action("step", Kind.ACTION, (), b.TRUE, (), {"n": count})
    variables = (Variable("net", NET), Variable("n", DIGIT))
    system = TransitionSystem("counting", variables, (start,), (step,))
    _, (_, found) = _successors(system)
    compare_steps(SafetyProblem(system, ()), 5)
    return found


def _successors(system: TransitionSystem) -> list[Any]:
    """The states that the generated code leads to from the first initial state, behind it."""
    states: list[Any] = [next(state for _, state in initial_states(system))]
    compile_problem(SafetyProblem(system, ())).expand(
        states[0], lambda transition: states.append(transition[2])
    )
    return states


def test_two_stamps_of_one_step_in_one_gap_are_in_order() -> None:
    stamps = ("t", "u", "v")
    old = {"t": make(E.Fresh, b.number(0), 1), "u": make(E.Fresh, b.number(0), 2)}
    start = Action("start", Kind.INITIAL, (), b.TRUE, (), {**old, "v": b.literal(0, T.STAMP)})
    back = make(E.Param, "back", T.Int(0, 4))
    new = {"u": make(E.Fresh, back, 1), "v": make(E.Fresh, back, 2)}
    step = Action("step", Kind.ACTION, (Parameter(back),), b.TRUE, (), new)
    system = TransitionSystem(
        "two stamps", tuple(Variable(s, T.STAMP) for s in stamps), (start,), (step,), stamp_gap=3
    )
    assert _successors(system) == [
        (3, 6, 0),
        (3, 6, 9),  # both above u
        (3, 6, 6),  # both equal to u
        (3, 6, 9),  # both between t and u
        (3, 3, 3),  # both equal to t
        (9, 3, 6),  # both below t
    ]
    compare_steps(SafetyProblem(system, ()), 20)
