"""Every rule of `validate`, by a system that breaks just this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.engines.agreement import FIXED
from tests.engines.drawn_systems import problems
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import (
    Action,
    Branch,
    Check,
    Kind,
    Parameter,
    Receipt,
    Send,
    TransitionSystem,
    Variable,
)
from verifier.ir.validate import validate, validate_problem

DIGIT = T.Int(0, 9)
NODE = T.Enum("Node", ("m", "n"))
MESSAGE = T.Message((T.Record("Ping", (("sender", NODE), ("receiver", NODE), ("n", DIGIT))),))
NET = T.Channel(MESSAGE, False, 2)

n = make(E.Var, "n", DIGIT)
on = make(E.Var, "on", T.BOOL)
t = make(E.Var, "t", T.STAMP)
net = make(E.Var, "net", NET)
watch = make(E.Var, "watch", DIGIT)
p = make(E.Param, "p", DIGIT)
msg = make(E.Param, "msg", MESSAGE)
ZERO = b.literal(0, DIGIT)
PING = make(E.MessageOf, 0, (b.literal(0, NODE), b.literal(1, NODE), n), MESSAGE)

VARIABLES = (
    Variable("n", DIGIT),
    Variable("on", T.BOOL),
    Variable("t", T.STAMP),
    Variable("net", NET),
    Variable("watch", DIGIT, ghost=True),
)
START = Action(
    "start",
    Kind.INITIAL,
    (Parameter(p),),
    b.TRUE,
    (),
    {
        "n": p,
        "on": b.FALSE,
        "t": b.literal(0, T.STAMP),
        "net": b.literal((), NET),
        "watch": ZERO,
    },
)
SEND = Action(
    "send",
    Kind.ACTION,
    (Parameter(p),),
    b.both(on, b.less(p, n)),
    (Check("R05", "runtime", "full", b.less(b.size(net), b.number(2)), None),),
    {
        "net": make(E.Put, net, PING, NET),
        "t": make(E.Fresh, b.number(0), 1),
        "watch": p,
    },
    sends=(Send(b.TRUE, "net", PING),),
    branches=(Branch("if on", on, None),),
)
TAKE = Action(
    "take",
    Kind.HANDLER,
    (Parameter(msg, net),),
    make(E.HasTag, msg, 0),
    (),
    {"n": make(E.MessageField, msg, 0, 2, DIGIT), "net": make(E.Take, net, msg, NET)},
    receives=Receipt("net", msg),
)
SOUND = TransitionSystem("sound", VARIABLES, (START,), (SEND, TAKE))


def with_start(**parts: object) -> TransitionSystem:
    return replace(SOUND, initial=(replace(START, **parts),))


def with_send(**parts: object) -> TransitionSystem:
    return replace(SOUND, actions=(replace(SEND, **parts), TAKE))


def assigns(**new: Expr) -> TransitionSystem:
    return with_send(assignments={**SEND.assignments, **new})


def check(condition: Expr, kind: str = "runtime") -> TransitionSystem:
    return with_send(checks=(Check("R07", kind, "", condition, None),))


q = make(E.Param, "q", DIGIT)
any_q = make(E.Quantified, "any", q, DIGIT, b.equal(q, n), T.BOOL)
SKEWED = make(E.Fresh, p, 2)

WITHOUT_T = {name: new for name, new in START.assignments.items() if name != "t"}

BROKEN: list[tuple[str, TransitionSystem]] = [
    ("two of a name: variable n", replace(SOUND, variables=(*VARIABLES, Variable("n", T.BOOL)))),
    ("two of a name: action send", replace(SOUND, actions=(SEND, SEND))),
    ("two of a name: action start", replace(SOUND, actions=(replace(SEND, name="start"),))),
    ("two of a name: parameter of send p", with_send(parameters=(Parameter(p), Parameter(p)))),
    # initial actions
    ("ACTION among the initial", with_start(kind=Kind.ACTION)),
    ("an initial action among the others", with_send(kind=Kind.INITIAL)),
    ("has no checks", with_start(checks=SEND.checks)),
    ("sends and receives nothing", with_start(sends=SEND.sends)),
    ("sends and receives nothing", with_start(receives=TAKE.receives)),
    (
        "'t'.* has no initial value",
        with_start(assignments=WITHOUT_T),
    ),
    ("start, n: reads .'n'.", with_start(assignments={**START.assignments, "n": n})),
    ("start, guard: reads .'on'.", with_start(guard=on)),
    # what there is
    ("there is no variable x", assigns(n=make(E.Var, "x", DIGIT))),
    ("there is no variable x", assigns(x=n)),
    ("n is .*, not Bool", with_send(guard=make(E.Var, "n", T.BOOL))),
    ("'q'. is not bound", assigns(n=q)),
    ("'q'. is not bound", with_send(guard=b.both(any_q, b.equal(q, n)))),
    ("'p'. is not bound", with_send(parameters=())),
    (
        "'p'. is not bound",
        with_send(
            parameters=(
                Parameter(q, make(E.SetOf, (p,), T.Set(DIGIT))),
                Parameter(p),
            )
        ),
    ),
    ("reads n after the step", with_send(guard=b.equal(make(E.Next, "n", DIGIT), n))),
    ("reads n after the step", assigns(n=make(E.Next, "n", DIGIT))),
    # types
    ("Bool.* where Int", assigns(n=on)),
    ("Int.* where Bool", with_send(guard=n)),
    ("Int.* where Bool", check(n)),
    ("Int.* where Bool", with_send(branches=(Branch("b", n, None),))),
    ("Int.* where Bool", with_send(sends=(Send(n, "net", PING),))),
    ("Int.* where Message", with_send(sends=(Send(b.TRUE, "net", n),))),
    ("n is not a channel", with_send(sends=(Send(b.TRUE, "n", PING),))),
    ("nowhere is not a channel", with_send(receives=Receipt("nowhere", PING))),
    ("send, guard: Less of wrong parts", with_send(guard=make(E.Less, on, n))),
    ("check of surprise", check(b.TRUE, "surprise")),
    ("send: Int", with_send(parameters=(Parameter(p, n),))),
    (
        "p goes through Bool",
        with_send(parameters=(Parameter(p, b.literal((), T.Set(T.BOOL))),)),
    ),
    # ghosts
    ("send, guard: depends on a ghost", with_send(guard=b.less(watch, p))),
    ("send, n: depends on a ghost", assigns(n=watch)),
    (
        "send, p: depends on a ghost",
        with_send(parameters=(Parameter(p, make(E.SetOf, (watch,), T.Set(DIGIT))),)),
    ),
    (
        "send, send: depends on a ghost",
        with_send(sends=(Send(b.equal(watch, ZERO), "net", PING),)),
    ),
    (
        "send, net: depends on a ghost",
        with_send(
            sends=(
                Send(
                    b.TRUE,
                    "net",
                    make(E.MessageOf, 0, (b.literal(0, NODE), b.literal(1, NODE), watch), MESSAGE),
                ),
            )
        ),
    ),
    # stamps
    ("are 0 apart", replace(SOUND, stamp_gap=0)),
    ("with the offset 0", assigns(t=make(E.Fresh, b.number(0), 0))),
    ("a stamp 2 above another, where they are 2 apart", replace(assigns(t=SKEWED), stamp_gap=2)),
]


def test_a_sound_system_is_accepted() -> None:
    validate(SOUND)
    validate(replace(assigns(t=SKEWED), stamp_gap=3))
    # A ghost may read ghosts, and so may a check.
    validate(assigns(watch=b.choose(b.less(watch, n), watch, n, DIGIT)))
    validate(check(b.less(watch, b.number(5))))
    # A name may be bound twice, one binder beside the other.
    validate(with_send(guard=b.both(any_q, b.implies(on, any_q))))


@pytest.mark.parametrize(("words", "system"), BROKEN, ids=[words for words, _ in BROKEN])
def test_a_broken_system_is_refused(words: str, system: TransitionSystem) -> None:
    with pytest.raises(AssertionError, match=words):
        validate(system)


QUESTIONS = (BadState("a", on), Stuck("b", b.TRUE), BadStep("c", {"send": b.less(p, n)}))
BAD_QUESTIONS = [
    ("two of a name: question a", (BadState("a", on), Stuck("a", on))),
    ("a: Int.* where Bool", (BadState("a", n),)),
    ("a: Int.* where Bool", (Stuck("a", n),)),
    ("a: .'p'. is not bound", (BadState("a", b.less(p, n)),)),
    ("c: there is no action nothing", (BadStep("c", {"nothing": b.TRUE}),)),
    ("c, send: .'msg'. is not bound", (BadStep("c", {"send": make(E.HasTag, msg, 0)}),)),
    ("c, send: Int.* where Bool", (BadStep("c", {"send": n}),)),
    ("reads n after the step", (BadStep("c", {"send": b.equal(make(E.Next, "n", DIGIT), n)}),)),
    ("there is no variable x", (BadState("a", make(E.Var, "x", T.BOOL)),)),
]


def test_sound_questions_are_accepted() -> None:
    validate_problem(SafetyProblem(SOUND, QUESTIONS))


@pytest.mark.parametrize(("words", "questions"), BAD_QUESTIONS)
def test_a_broken_question_is_refused(words: str, questions: tuple[BadState, ...]) -> None:
    with pytest.raises(AssertionError, match=words):
        validate_problem(SafetyProblem(SOUND, questions))


def test_the_system_of_a_problem_is_looked_at_too() -> None:
    with pytest.raises(AssertionError, match="depends on a ghost"):
        validate_problem(SafetyProblem(assigns(n=watch), ()))


# ---- types, one node at a time -----------------------------------------------------------------

PAIR = T.Record("Pair", (("x", DIGIT), ("on", T.BOOL)))
MAYBE = T.Optional(DIGIT)
MAP = T.Map(NODE, DIGIT)
SET = T.Set(DIGIT)
LIST = T.List(DIGIT, 2)
ANCHOR = T.Enum("Anchor", ("n",), 1)
OTHER = T.Enum("Other", ("x", "y"))


def nothing(of: T.Type) -> Expr:
    return make(E.Literal, T.default(of), of)


pair, maybe, map_, set_, list_ = (nothing(of) for of in (PAIR, MAYBE, MAP, SET, LIST))
node, red, yes, one, message = (nothing(of) for of in (NODE, OTHER, T.BOOL, DIGIT, MESSAGE))
flag = make(E.Param, "flag", T.BOOL)

WRONG: list[Callable[[], Expr]] = [
    lambda: make(E.Literal, 10, DIGIT),
    lambda: make(E.Not, one),
    lambda: make(E.And, (yes, one)),
    lambda: make(E.Or, (yes, one)),
    lambda: make(E.Equal, yes, one),
    lambda: make(E.Equal, maybe, one),
    lambda: make(E.Less, yes, yes),
    lambda: make(E.AtMost, node, one),
    lambda: make(E.Less, nothing(T.STAMP), one),
    lambda: make(E.Arith, "+", one, yes, T.INTEGER),
    lambda: make(E.Arith, "+", one, one, T.BOOL),
    lambda: make(E.If, one, one, one, DIGIT),
    lambda: make(E.If, yes, one, yes, DIGIT),
    lambda: make(E.TupleOf, (one,), PAIR),
    lambda: make(E.TupleOf, (yes, one), PAIR),
    lambda: make(E.TupleOf, (one, one, one), MAP),
    lambda: make(E.TupleOf, (one, one, one), LIST),
    lambda: make(E.TupleOf, (one,), SET),
    lambda: make(E.Field, pair, 2, T.BOOL),
    lambda: make(E.Field, pair, 0, T.BOOL),
    lambda: make(E.Field, one, 0, DIGIT),
    lambda: make(E.WithField, pair, 0, yes, PAIR),
    lambda: make(E.WithField, pair, 2, yes, PAIR),
    lambda: make(E.Some, yes, MAYBE),
    lambda: make(E.Some, one, DIGIT),
    lambda: make(E.IsSome, one),
    lambda: make(E.Unwrap, maybe, T.BOOL),
    lambda: make(E.Unwrap, one, DIGIT),
    lambda: make(E.Lookup, map_, one, DIGIT),
    lambda: make(E.Lookup, map_, node, T.BOOL),
    lambda: make(E.Lookup, list_, one, DIGIT),
    lambda: make(E.Store, map_, one, one, MAP),
    lambda: make(E.Store, map_, node, yes, MAP),
    lambda: make(E.Member, yes, set_),
    lambda: make(E.Member, one, one),
    lambda: make(E.SetOp, "|", set_, list_, SET),
    lambda: make(E.SetOf, (one, yes), SET),
    lambda: make(E.SetOf, (one,), LIST),
    lambda: make(E.Filter, flag, DIGIT, flag, SET),
    lambda: make(E.Filter, q, DIGIT, q, SET),
    lambda: make(E.Size, one, T.INTEGER),
    lambda: make(E.Size, list_, T.BOOL),
    lambda: make(E.Append, list_, yes, LIST),
    lambda: make(E.Append, set_, one, SET),
    lambda: make(E.Tail, set_, SET),
    lambda: make(E.At, list_, yes, DIGIT),
    lambda: make(E.At, set_, one, DIGIT),
    lambda: make(E.At, list_, one, T.BOOL),
    lambda: make(E.Replace, list_, one, yes, LIST),
    lambda: make(E.Replace, list_, yes, one, LIST),
    lambda: make(E.MessageOf, 1, (node, node, one), MESSAGE),
    lambda: make(E.MessageOf, 0, (node, node), MESSAGE),
    lambda: make(E.MessageOf, 0, (node, one, one), MESSAGE),
    lambda: make(E.HasTag, message, 1),
    lambda: make(E.HasTag, pair, 0),
    lambda: make(E.MessageField, message, 0, 3, DIGIT),
    lambda: make(E.MessageField, message, -1, 2, DIGIT),
    lambda: make(E.MessageField, message, 0, 2, T.BOOL),
    lambda: make(E.MessageField, message, 1, 2, DIGIT),
    lambda: make(E.Put, net, one, NET),
    lambda: make(E.Put, list_, message, LIST),
    lambda: make(E.Take, net, one, NET),
    lambda: make(E.RemoveAt, net, yes, NET),
    lambda: make(E.RepeatAt, net, yes, NET),
    lambda: make(E.Deliverable, net, msg, yes, LIST),
    lambda: make(E.Deliverable, net, q, yes, T.List(MESSAGE, 2)),
    lambda: make(E.Deliverable, net, msg, one, T.List(MESSAGE, 2)),
    lambda: make(E.Quantified, "all", q, DIGIT, q, T.BOOL),
    lambda: make(E.Quantified, "all", flag, DIGIT, flag, T.BOOL),
    lambda: make(E.Quantified, "any", flag, list_, flag, T.BOOL),
    lambda: make(E.Quantified, "count", flag, T.BOOL, flag, T.BOOL),
    lambda: make(E.Quantified, "any", flag, T.BOOL, flag, T.INTEGER),
    lambda: make(E.Fresh, yes, 1),
    lambda: make(E.LiveStamps, T.BOOL),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_an_expression_of_wrong_parts_is_refused(wrong: Callable[[], Expr]) -> None:
    expr = wrong()
    where = Variable("where", expr.type)
    action = Action("step", Kind.ACTION, (), b.TRUE, (), {"where": expr})
    variables = (where, Variable("net", NET))
    with pytest.raises(AssertionError, match=f"{type(expr).__name__} of wrong parts"):
        validate(TransitionSystem("one", variables, (), (action,)))


def test_node_types_fit_where_their_numbers_and_names_are() -> None:
    as_node = make(E.Equal, nothing(ANCHOR), node)
    into = Variable("node", NODE)
    action = Action("step", Kind.ACTION, (), as_node, (), {"node": nothing(ANCHOR)})
    validate(TransitionSystem("one", (into,), (), (action,)))
    for of in (OTHER, T.Enum("Late", ("n", "o"), 1)):
        wrong = replace(action, assignments={"node": nothing(of)})
        with pytest.raises(AssertionError, match="where Enum"):
            validate(TransitionSystem("one", (into,), (), (wrong,)))


@settings(FIXED, max_examples=60)
@given(problems())
def test_random_systems_are_sound(problem: SafetyProblem) -> None:
    """The systems that the engine is tested with are such as the language makes."""
    validate_problem(problem)
