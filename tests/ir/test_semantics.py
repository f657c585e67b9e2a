"""The meaning of every kind of expression, written out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import EXPR_KINDS, Expr, make
from verifier.ir.property import Invariant
from verifier.ir.semantics import evaluate, fire, initial_states, successors
from verifier.ir.stamps import canonical
from verifier.ir.system import (
    Action,
    Check,
    Kind,
    Label,
    Parameter,
    State,
    TransitionSystem,
    Variable,
)
from verifier.ir.types import Type, Value
from verifier.language.load import load

SMALL = T.Int(0, 3)
MOD = T.Mod(8)
COLOUR = T.Enum("Colour", ("red", "green", "blue"))
NODE = T.Enum("Node", ("m", "n", "o"))
ANCHOR = T.Enum("Anchor", ("n", "o"), 1)
PAIR = T.Record("Pair", (("x", SMALL), ("on", T.BOOL)))
MAYBE = T.Optional(SMALL)
BY_ANCHOR = T.Map(ANCHOR, SMALL)
COLOURS = T.Set(COLOUR)
NUMBERS = T.Set(SMALL)
LIST = T.List(SMALL, 3)
ENDS = (("sender", NODE), ("receiver", NODE))
MESSAGE = T.Message(
    (T.Record("Ping", (*ENDS, ("n", SMALL))), T.Record("Pong", (*ENDS, ("on", T.BOOL))))
)
BAG = T.Channel(MESSAGE, False, 4)
FIFO = T.Channel(MESSAGE, True, 4)
INBOX = T.List(MESSAGE, 4)

PING_0, PING_1, PING_2 = (0, 0, 1, 0), (0, 0, 1, 1), (0, 0, 1, 2)  # m to n
OTHER = (0, 2, 0, 3)  # o to m
PONG = (1, 0, 1, True)  # m to n

seen = make(E.Param, "q", SMALL)
message = make(E.Param, "msg", MESSAGE)


def lit(value: Value, of: Type) -> Expr:
    return make(E.Literal, value, of)


def n(value: int) -> Expr:
    return lit(value, T.INTEGER)


def value_of(expr: Expr, arguments: Mapping[str, Value] | None = None) -> Value:
    """The value of an expression that reads no variable."""
    return evaluate(TransitionSystem("none", (), (), ()), expr, (), arguments or {})


def arith(op: str, left: int, right: int, of: Type = T.INTEGER) -> Expr:
    return make(E.Arith, op, lit(left, of), lit(right, of), of)


def filtered(within: Type | Expr, low: int) -> Expr:
    return make(E.Filter, seen, within, make(E.Less, n(low), seen), NUMBERS)


def counted(kind: str, within: Type | Expr, low: int) -> Expr:
    of = T.INTEGER if kind == "count" else T.BOOL
    return make(E.Quantified, kind, seen, within, make(E.Less, n(low), seen), of)


YES, NO = lit(True, T.BOOL), lit(False, T.BOOL)
LIST_213 = lit((2, 1, 3), LIST)
LIST_1 = lit((1,), LIST)
ONE_TWO = lit((1, 2), NUMBERS)
TWO_THREE = lit((2, 3), NUMBERS)
MAP = lit((2, 3), BY_ANCHOR)  # n: 2, o: 3

VALUES: list[tuple[Expr, Value]] = [
    (lit((1, True), PAIR), (1, True)),
    # truth
    (make(E.Not, YES), False),
    (make(E.Not, NO), True),
    (make(E.And, (YES, YES, NO)), False),
    (make(E.And, (YES, YES)), True),
    (make(E.And, ()), True),
    (make(E.Or, (NO, YES)), True),
    (make(E.Or, (NO, NO)), False),
    (make(E.Or, ()), False),
    (make(E.Equal, lit((1, True), PAIR), lit((1, True), PAIR)), True),
    (make(E.Equal, lit((), MAYBE), lit((0,), MAYBE)), False),
    (make(E.Equal, lit(1, NODE), lit(1, ANCHOR)), True),
    (make(E.Less, n(1), n(2)), True),
    (make(E.Less, n(2), n(2)), False),
    (make(E.AtMost, n(2), n(2)), True),
    (make(E.AtMost, n(3), n(2)), False),
    (make(E.Less, lit(0, COLOUR), lit(2, COLOUR)), True),
    (make(E.If, YES, n(1), n(2), T.INTEGER), 1),
    (make(E.If, NO, n(1), n(2), T.INTEGER), 2),
    # numbers
    (arith("+", 2, 3), 5),
    (arith("-", 2, 3), -1),
    (arith("*", -2, 3), -6),
    (arith("/", 7, 2), 3),
    (arith("/", -7, 2), -4),
    (arith("/", 7, 0), 0),
    (arith("%", 7, 3), 1),
    (arith("%", -7, 3), 2),
    (arith("%", 7, 0), 0),
    (arith("+", 6, 3, MOD), 1),
    (arith("-", 2, 3, MOD), 7),
    (arith("*", 3, 3, MOD), 1),
    # records and optionals
    (make(E.TupleOf, (n(2), NO), PAIR), (2, False)),
    (make(E.Field, lit((2, True), PAIR), 1, T.BOOL), True),
    (make(E.WithField, lit((2, True), PAIR), 0, n(3), PAIR), (3, True)),
    (make(E.WithField, lit((2, True), PAIR), 1, NO, PAIR), (2, False)),
    (make(E.Some, n(0), MAYBE), (0,)),
    (make(E.IsSome, lit((0,), MAYBE)), True),
    (make(E.IsSome, lit((), MAYBE)), False),
    (make(E.Unwrap, lit((2,), MAYBE), SMALL), 2),
    (make(E.Unwrap, lit((), MAYBE), SMALL), 0),
    (make(E.Unwrap, lit((), T.Optional(T.Int(2, 5))), T.Int(2, 5)), 2),
    (make(E.Unwrap, lit((), T.Optional(ANCHOR)), ANCHOR), 1),
    # maps: the keys are the anchors, 1 and 2; 0 is a node that is none
    (make(E.TupleOf, (n(2), n(3)), BY_ANCHOR), (2, 3)),
    (make(E.Lookup, MAP, lit(1, ANCHOR), SMALL), 2),
    (make(E.Lookup, MAP, lit(2, ANCHOR), SMALL), 3),
    (make(E.Lookup, MAP, lit(0, NODE), SMALL), 0),
    (make(E.Store, MAP, lit(2, ANCHOR), n(1), BY_ANCHOR), (2, 1)),
    (make(E.Store, MAP, lit(0, NODE), n(1), BY_ANCHOR), (2, 3)),
    # sets
    (make(E.SetOf, (n(3), n(1), n(3)), NUMBERS), (1, 3)),
    (make(E.SetOf, (), NUMBERS), ()),
    (make(E.SetOp, "|", ONE_TWO, TWO_THREE, NUMBERS), (1, 2, 3)),
    (make(E.SetOp, "&", ONE_TWO, TWO_THREE, NUMBERS), (2,)),
    (make(E.SetOp, "-", ONE_TWO, TWO_THREE, NUMBERS), (1,)),
    (make(E.Member, n(2), ONE_TWO), True),
    (make(E.Member, n(3), ONE_TWO), False),
    (make(E.Member, n(3), LIST_213), True),
    (make(E.Member, lit(PONG, MESSAGE), lit((PING_0,), BAG)), False),
    (make(E.Size, ONE_TWO, T.INTEGER), 2),
    (make(E.Size, LIST_213, T.INTEGER), 3),
    (make(E.Size, lit((PING_0, PING_0), BAG), T.INTEGER), 2),
    (filtered(SMALL, 1), (2, 3)),
    (filtered(ONE_TWO, 1), (2,)),
    # lists
    (make(E.Append, LIST_1, n(0), LIST), (1, 0)),
    (make(E.Append, LIST_213, n(0), LIST), (2, 1, 3)),
    (make(E.Tail, LIST_213, LIST), (1, 3)),
    (make(E.Tail, lit((), LIST), LIST), ()),
    (make(E.At, LIST_213, n(0), SMALL), 2),
    (make(E.At, LIST_213, n(2), SMALL), 3),
    (make(E.At, LIST_213, n(3), SMALL), 0),
    (make(E.At, LIST_213, n(-1), SMALL), 0),
    (make(E.At, lit((PING_0, PONG), BAG), n(1), MESSAGE), PONG),
    (make(E.Replace, LIST_213, n(1), n(0), LIST), (2, 0, 3)),
    (make(E.Replace, LIST_213, n(3), n(0), LIST), (2, 1, 3)),
    (make(E.Replace, LIST_213, n(-1), n(0), LIST), (2, 1, 3)),
    # binders
    (counted("all", SMALL, -1), True),
    (counted("all", SMALL, 0), False),
    (counted("any", SMALL, 2), True),
    (counted("any", SMALL, 3), False),
    (counted("count", SMALL, 0), 3),
    (counted("all", lit((), LIST), 3), True),
    (counted("any", lit((), LIST), -1), False),
    (counted("count", lit((2, 2, 0), LIST), 1), 2),
    (
        make(
            E.Quantified, "count", message, lit((PING_0, PING_0, PONG), BAG),
            make(E.HasTag, message, 0), T.INTEGER,
        ),
        2,
    ),
    # messages
    (make(E.MessageOf, 0, (lit(0, NODE), lit(1, NODE), n(2)), MESSAGE), (0, 0, 1, 2)),
    (make(E.HasTag, lit(PONG, MESSAGE), 1), True),
    (make(E.HasTag, lit(PONG, MESSAGE), 0), False),
    (make(E.MessageField, lit(OTHER, MESSAGE), -1, 0, NODE), 2),
    (make(E.MessageField, lit(OTHER, MESSAGE), -1, 1, NODE), 0),
    (make(E.MessageField, lit(OTHER, MESSAGE), 0, 2, SMALL), 3),
    (make(E.MessageField, lit(PONG, MESSAGE), 0, 2, T.Int(2, 3)), 2),
    # an unordered channel is kept sorted
    (make(E.Put, lit((PING_0, PING_2), BAG), lit(PING_1, MESSAGE), BAG), (PING_0, PING_1, PING_2)),
    (make(E.Put, lit((PING_0,), BAG), lit(PING_0, MESSAGE), BAG), (PING_0, PING_0)),
    (make(E.Put, lit((PING_0,) * 4, BAG), lit(PING_1, MESSAGE), BAG), (PING_0,) * 4),
    (make(E.Take, lit((PING_0, PING_1, PING_1), BAG), lit(PING_1, MESSAGE), BAG), (PING_0, PING_1)),
    (make(E.Take, lit((PING_0,), BAG), lit(PONG, MESSAGE), BAG), (PING_0,)),
    (make(E.RemoveAt, lit((PING_0, PING_1), BAG), n(0), BAG), (PING_1,)),
    (make(E.RemoveAt, lit((PING_0, PING_1), BAG), n(2), BAG), (PING_0, PING_1)),
    (make(E.RemoveAt, lit((PING_0, PING_1), BAG), n(-1), BAG), (PING_0, PING_1)),
    (make(E.RepeatAt, lit((PING_0, PONG), BAG), n(0), BAG), (PING_0, PING_0, PONG)),
    (make(E.RepeatAt, lit((PING_0,), BAG), n(1), BAG), (PING_0,)),
    (make(E.RepeatAt, lit((PING_0,), BAG), n(-1), BAG), (PING_0,)),
    (make(E.RepeatAt, lit((PING_0,) * 4, BAG), n(0), BAG), (PING_0,) * 4),
    # a fifo channel keeps the order of sending within a link, and the links sorted
    (make(E.Put, lit((PING_2,), FIFO), lit(PING_1, MESSAGE), FIFO), (PING_2, PING_1)),
    (make(E.Put, lit((PING_2, OTHER), FIFO), lit(PONG, MESSAGE), FIFO), (PING_2, PONG, OTHER)),
    (make(E.Put, lit((OTHER,), FIFO), lit(PING_2, MESSAGE), FIFO), (PING_2, OTHER)),
    (
        make(E.Take, lit((PING_2, PING_1, PING_2), FIFO), lit(PING_2, MESSAGE), FIFO),
        (PING_1, PING_2),
    ),
    (make(E.RepeatAt, lit((PING_2, PING_1), FIFO), n(0), FIFO), (PING_2, PING_2, PING_1)),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "expected"), VALUES, ids=lambda part: type(part).__name__)
def test_values(expr: Expr, expected: Value) -> None:
    assert value_of(expr) == expected


def test_every_kind_of_expression_has_a_written_out_value() -> None:
    elsewhere = {E.Var, E.Next, E.Param, E.Deliverable, E.Fresh, E.LiveStamps}
    assert {type(expr) for expr, _ in VALUES} | elsewhere == set(EXPR_KINDS)


def test_variables_are_those_before_the_step_and_next_those_after() -> None:
    system = TransitionSystem("one", (Variable("a", SMALL), Variable("b", SMALL)), (), ())
    before, after = (1, 2), (3, 0)
    for name, old, new in (("a", 1, 3), ("b", 2, 0)):
        assert evaluate(system, make(E.Var, name, SMALL), before, {}, after) == old
        assert evaluate(system, make(E.Next, name, SMALL), before, {}, after) == new


def test_a_binder_hides_a_parameter_of_its_name_only_below_it() -> None:
    inner = make(E.Quantified, "any", seen, SMALL, b.equal(seen, n(3)), T.BOOL)
    both = make(E.And, (inner, b.equal(seen, n(1))))
    assert value_of(both, {"q": 1}) is True
    assert value_of(both, {"q": 3}) is False


# ---- what may be received ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "deferred", "expected"),
    [
        # All messages of an unordered channel may come, each copy by itself.
        (lit((PING_0, PING_0, PONG), BAG), b.FALSE, (PING_0, PING_0, PONG)),
        (lit((PING_0, PING_0, PONG), BAG), make(E.HasTag, message, 0), (PONG,)),
        # Of a fifo channel the first of every link.
        (lit((PING_2, PING_1, OTHER), FIFO), b.FALSE, (PING_2, OTHER)),
        # Deferred ones are passed over, in the link's order.
        (lit((PING_2, PING_1, PONG, OTHER), FIFO), make(E.HasTag, message, 0), (PONG,)),
        (lit((PONG, PING_2, PONG, PING_1), FIFO), make(E.HasTag, message, 1), (PING_2,)),
        (lit((PING_1, PING_1), FIFO), b.FALSE, (PING_1,)),
        (lit((), FIFO), b.FALSE, ()),
        (lit((PONG,), FIFO), b.TRUE, ()),
    ],
)
def test_deliverable(channel: Expr, deferred: Expr, expected: Value) -> None:
    assert value_of(make(E.Deliverable, channel, message, deferred, INBOX)) == expected


SERIAL = """
world {{ var a: int mod {modulus}  var b: int mod {modulus} }}
environment action turn {{ a += 1 }}
invariant "order": newer(a, b)
"""


def serial_order(modulus: int, folder: Path) -> set[tuple[Value, Value]]:
    """The pairs for which the ``newer`` of the language holds."""
    file = folder / "serial.mdl"
    file.write_text(SERIAL.format(modulus=modulus))
    model = load(file, None, {})
    [claim] = [claim for claim in model.properties if isinstance(claim, Invariant)]
    return {
        state
        for state in product(range(modulus), repeat=2)
        if evaluate(model.system, claim.predicate, state, {})
    }


def test_serial_numbers_wrap_around(tmp_path: Path) -> None:
    """The newer one is at most (n - 1) / 2 ahead (RFC 1982, 3.2; RFC 6275, 9.5.1)."""
    assert serial_order(5, tmp_path) == {
        (1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (4, 2), (4, 3), (0, 3), (0, 4), (1, 4),
    }  # fmt: skip
    # RFC 1982 leaves numbers that are half the circle apart undefined: neither is newer.
    assert serial_order(4, tmp_path) == {(1, 0), (2, 1), (3, 2), (0, 3)}


# ---- stamps ------------------------------------------------------------------------------------

STAMPED = T.Message((T.Record("Ping", (*ENDS, ("t", T.STAMP))),))
STAMP_TYPES = (
    T.STAMP,
    T.Optional(T.STAMP),
    T.Map(ANCHOR, T.STAMP),
    T.List(T.Record("R", (("t", T.STAMP), ("x", SMALL))), 2),
    T.Channel(STAMPED, False, 3),
)
BARE: State = (0, (), (0, 0), (), ())


def stamped(gap: int, *kinds: Type) -> TransitionSystem:
    variables = tuple(Variable(f"v{i}", kind) for i, kind in enumerate(kinds or STAMP_TYPES))
    return TransitionSystem("stamped", variables, (), (), stamp_gap=gap)


@pytest.mark.parametrize(
    ("gap", "state", "expected"),
    [
        (1, BARE, BARE),
        (1, (7, (), (0, 0), (), ()), (1, (), (0, 0), (), ())),
        (1, (7, (3,), (7, 0), (), ()), (2, (1,), (2, 0), (), ())),
        (
            1,
            (9, (5,), (0, 5), ((2, 3), (9, 3)), ((0, 0, 1, 4), (0, 0, 1, 8))),
            (5, (3,), (0, 3), ((1, 3), (5, 3)), ((0, 0, 1, 2), (0, 0, 1, 4))),
        ),
        (3, (4, (5,), (0, 1), (), ()), (6, (9,), (0, 3), (), ())),
    ],
)
def test_stamps_are_renumbered_by_rank(gap: int, state: State, expected: State) -> None:
    system = stamped(gap)
    assert canonical(system, state) == expected
    assert canonical(system, expected) == expected


def test_states_are_one_if_and_only_if_their_stamps_are_ordered_alike() -> None:
    system = stamped(1, T.STAMP, T.STAMP)
    forms = {canonical(system, (a, c)) for a in range(6) for c in range(6)}
    # Each of the two is 0 or not, and where both are not they may be equal, before or after.
    assert forms == {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1)}


def fresh_value(back: int, offset: int, stamps: tuple[int, ...], gap: int = 3) -> Value:
    system = stamped(gap, *(T.STAMP for _ in stamps))
    return evaluate(system, make(E.Fresh, b.number(back), offset), stamps, {})


def test_a_fresh_stamp_is_greater_than_all() -> None:
    assert fresh_value(0, 1, (2, 0, 1), gap=1) == 3
    assert fresh_value(0, 1, (0,), gap=1) == 1
    # The second one of a step is greater than the first.
    assert fresh_value(0, 2, (2, 0, 1), gap=1) == 4


@pytest.mark.parametrize(
    ("back", "offset", "expected"),
    [(0, 1, 7), (1, 1, 6), (2, 1, 4), (2, 2, 5), (3, 1, 3), (4, 1, 1), (4, 2, 2)],
)
def test_a_stamp_of_a_skewed_clock_is_at_or_between_the_others(
    back: int, offset: int, expected: int
) -> None:
    assert fresh_value(back, offset, (6, 3)) == expected


def test_live_stamps_counts_distinct_stamps_and_leaves_out_0() -> None:
    system = stamped(1)
    live = make(E.LiveStamps, T.INTEGER)
    assert evaluate(system, live, BARE, {}) == 0
    state = (3, (2,), (3, 0), ((1, 0),), ((0, 0, 1, 2),))
    assert evaluate(system, live, state, {}) == 3


# ---- steps -------------------------------------------------------------------------------------

VAR = make(E.Var, "a", SMALL)
OTHER_VAR = make(E.Var, "b", SMALL)
TWO = (Variable("a", SMALL), Variable("b", SMALL))


def action(name: str = "step", **parts: object) -> Action:
    whole = {"parameters": (), "guard": b.TRUE, "checks": (), "assignments": {}, **parts}
    return Action(name, Kind.ACTION, **whole)


def test_assignments_read_the_old_state_and_happen_at_once() -> None:
    swap = action(assignments={"a": OTHER_VAR, "b": VAR})
    assert fire(TransitionSystem("two", TWO, (), (swap,)), swap, (1, 2), {}) == (2, 1)


def test_what_is_not_assigned_keeps_its_value() -> None:
    step = action(assignments={"b": n(0)})
    assert fire(TransitionSystem("two", TWO, (), (step,)), step, (1, 2), {}) == (1, 0)


def test_a_value_outside_its_type_is_our_mistake() -> None:
    step = action(assignments={"a": n(4)})
    with pytest.raises(AssertionError, match="step: a becomes 4"):
        fire(TransitionSystem("two", TWO, (), (step,)), step, (1, 2), {})


def test_the_first_failing_check_is_the_outcome() -> None:
    checks = [
        Check(code, "runtime", code, condition, None)
        for code, condition in (("R01", b.TRUE), ("R02", b.FALSE), ("R03", b.FALSE))
    ]
    step = action(checks=tuple(checks), assignments={"a": n(9)})
    system = TransitionSystem("two", TWO, (), (step,))
    assert fire(system, step, (1, 2), {}) is checks[1]
    assert list(successors(system, (1, 2))) == [(Label("step"), checks[1])]


def test_labels_come_in_the_order_of_declaration() -> None:
    first, second = (Parameter(make(E.Param, name, T.Int(0, 1))) for name in "pq")
    one = action("one", parameters=(first, second), assignments={"a": first.variable})
    two = action("two", guard=b.equal(VAR, n(0)), assignments={"b": n(3)})
    system = TransitionSystem("two", TWO, (), (one, two))
    assert list(successors(system, (1, 2))) == [
        (Label("one", (0, 0)), (0, 2)),
        (Label("one", (0, 1)), (0, 2)),
        (Label("one", (1, 0)), (1, 2)),
        (Label("one", (1, 1)), (1, 2)),
    ]
    assert [label.action for label, _ in successors(system, (0, 2))] == ["one"] * 4 + ["two"]


def test_a_parameter_goes_through_the_distinct_items_of_a_collection_once() -> None:
    within = Parameter(make(E.Param, "p", SMALL), lit((3, 1, 3), LIST))
    step = action(parameters=(within,), assignments={"a": within.variable})
    system = TransitionSystem("two", TWO, (), (step,))
    assert list(successors(system, (0, 0))) == [
        (Label("step", (3,)), (3, 0)),
        (Label("step", (1,)), (1, 0)),
    ]


def test_a_later_parameter_may_depend_on_an_earlier_one() -> None:
    first = Parameter(make(E.Param, "p", T.Int(0, 2)))
    below = make(E.Filter, seen, SMALL, make(E.Less, seen, first.variable), NUMBERS)
    second = Parameter(make(E.Param, "r", SMALL), below)
    step = action(parameters=(first, second))
    system = TransitionSystem("two", TWO, (), (step,))
    found = [label.arguments for label, _ in successors(system, (0, 0))]
    assert found == [(1, 0), (2, 0), (2, 1)]


def test_initial_states_are_canonical_and_labelled() -> None:
    choice = Parameter(make(E.Param, "p", T.Int(0, 2)))
    fresh = {"t": make(E.Fresh, b.number(0), 2), "a": choice.variable}
    start = Action("start", Kind.INITIAL, (choice,), make(E.Less, n(0), choice.variable), (), fresh)
    variables = (Variable("t", T.STAMP), Variable("a", SMALL))
    system = TransitionSystem("two", variables, (start,), ())
    assert list(initial_states(system)) == [
        (Label("start", (1,)), (1, 1)),
        (Label("start", (2,)), (1, 2)),
    ]


def test_a_message_is_lost_and_doubled_at_its_place() -> None:
    of = T.Channel(MESSAGE, True, 3)
    channel = make(E.Var, "net", of)
    index = Parameter(make(E.Param, "at", T.Int(0, 2)))
    inside = make(E.Less, index.variable, b.size(channel))
    lose, double = (
        action(
            name,
            parameters=(index,),
            guard=inside,
            assignments={"net": make(kind, channel, index.variable, of)},
        )
        for name, kind in (("lose", E.RemoveAt), ("double", E.RepeatAt))
    )
    system = TransitionSystem("net", (Variable("net", of),), (), (lose, double))
    assert list(successors(system, ((PING_2, PING_1),))) == [
        (Label("lose", (0,)), ((PING_1,),)),
        (Label("lose", (1,)), ((PING_2,),)),
        (Label("double", (0,)), ((PING_2, PING_2, PING_1),)),
        (Label("double", (1,)), ((PING_2, PING_1, PING_1),)),
    ]
