"""A channel without a capacity, made in the pivot: a bag of updates with stamps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.certificates.solving import outcome
from verifier.certificates.check import Accepted, Refused, Undecided
from verifier.certificates.conditions import certificate_texts
from verifier.certificates.reasons import NotEncodable
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import Bad, BadState, BadStep, Stuck
from verifier.ir.system import Action, Check, Kind, Parameter, TransitionSystem, Variable

NODE = T.Enum("Node", ("source", "sink"))
ENDS = (("sender", NODE), ("receiver", NODE))
MESSAGE = T.Message((T.Record("Update", (*ENDS, ("at", T.STAMP))), T.Record("Stop", ENDS)))
UNBOUNDED: Any = None  # what the type of a capacity does not allow yet
BAG = T.Channel(MESSAGE, False, UNBOUNDED)

latest, newest, sent = (
    make(E.Var, "latest", T.STAMP),
    make(E.Var, "newest", T.STAMP),
    make(E.Var, "sent", T.INTEGER),
)
net = make(E.Var, "net", BAG)
message, one, two = (make(E.Param, name, MESSAGE) for name in ("message", "m", "n"))
fresh = make(E.Fresh, b.number(0), 1)


def at(m: Expr) -> Expr:
    return make(E.MessageField, m, 0, 2, T.STAMP)


def is_update(m: Expr) -> Expr:
    return make(E.HasTag, m, 0)


def any_(variable: E.Param, body: Expr) -> Expr:
    return make(E.Quantified, "any", variable, net, body, T.BOOL)


def count(channel: Expr, body: Expr) -> Expr:
    return make(E.Quantified, "count", one, channel, body, T.INTEGER)


def made(tag: int, *fields: Expr) -> Expr:
    ends = (b.literal(0, NODE), b.literal(1, NODE))
    return make(E.MessageOf, tag, (*ends, *fields), MESSAGE)


def taken() -> Expr:
    return make(E.Take, net, message, BAG)


def put(m: Expr) -> Expr:
    return make(E.Put, net, m, BAG)


from_net = (Parameter(message, net),)
SYSTEM = TransitionSystem(
    "updates",
    (
        Variable("latest", T.STAMP),
        Variable("newest", T.STAMP),
        Variable("net", BAG),
        Variable("sent", T.INTEGER),
    ),
    (
        Action(
            "start", Kind.INITIAL, (), b.TRUE, (),
            {
                "latest": fresh, "newest": b.literal(0, T.STAMP),
                "net": b.literal((), BAG), "sent": b.number(0),
            },
        ),
    ),
    (
        Action(
            "emit", Kind.ACTION, (), b.TRUE, (),
            {
                "latest": fresh, "net": put(made(0, fresh)),
                "sent": b.arithmetic("+", sent, b.number(1), T.INTEGER),
            },
        ),
        Action(
            "take", Kind.HANDLER, from_net, is_update(message),
            (Check("R07", "runtime", "from the future", b.at_most(at(message), latest), None),),
            {
                "net": taken(),
                "newest": b.choose(b.less(newest, at(message)), at(message), newest, T.STAMP),
            },
        ),
        Action("copy", Kind.DUPLICATION, from_net, b.TRUE, (), {"net": put(message)}),
        Action("lose", Kind.LOSS, from_net, b.TRUE, (), {"net": taken()}),
    ),
)  # fmt: skip
PARTS = (
    b.at_most(newest, latest),
    b.negate(any_(one, b.both(is_update(one), b.less(latest, at(one))))),
    b.negate(any_(one, make(E.HasTag, one, 1))),
    b.at_most(b.number(0), sent),
)
FUTURE: tuple[Bad, ...] = (
    BadState("from the future", b.less(latest, newest)),
    BadState("stopped", any_(one, make(E.HasTag, one, 1))),
    # Nobody takes more than one update at once, and a copy is one more.
    BadStep(
        "two at once",
        {
            "take": b.less(
                b.arithmetic("+", count(taken(), is_update(one)), b.number(1), T.INTEGER),
                count(net, is_update(one)),
            ),
            "copy": b.negate(
                b.equal(
                    make(E.Size, put(message), T.INTEGER),
                    b.arithmetic("+", make(E.Size, net, T.INTEGER), b.number(1), T.INTEGER),
                )
            ),
        },
    ),
    Stuck("stuck", b.FALSE),
)


def told(parts: tuple[Expr, ...], bad: tuple[Bad, ...] = FUTURE, faults: bool = True) -> Any:
    return outcome(certificate_texts(SYSTEM, bad, include_faults=faults, invariant=parts))


def test_accepted() -> None:
    assert isinstance(told(PARTS), Accepted), told(PARTS)


MUTATED: dict[str, Callable[[], tuple[Expr, ...]]] = {
    "without the messages": lambda: (PARTS[0], *PARTS[2:]),
    "without the order": lambda: PARTS[1:],
    "strictly": lambda: (b.less(newest, latest), *PARTS[1:]),
    "the other way": lambda: (
        PARTS[0],
        b.negate(any_(one, b.both(is_update(one), b.less(at(one), latest)))),
        *PARTS[2:],
    ),
    "at most one": lambda: (*PARTS, b.at_most(count(net, is_update(one)), b.number(1))),
    "all different": lambda: (
        *PARTS,
        b.negate(any_(one, any_(two, b.both(is_update(one), b.less(at(one), at(two)))))),
    ),
    "one more": lambda: (*PARTS[:-1], b.at_most(b.number(1), sent)),
}


@pytest.mark.parametrize("name", MUTATED)
def test_refused(name: str) -> None:
    found = told(MUTATED[name]())
    assert isinstance(found, (Refused, Undecided)), found
    # Where quantifiers are left a solver may give up instead of giving an infinite counterexample.
    assert isinstance(found, Refused) or "unknown" in found.reason


def test_counts_compared_with_small_numbers() -> None:
    """At most two copies, when a step puts one more only where there is at most one."""
    few = b.at_most(count(net, b.TRUE), b.number(2))
    guarded = TransitionSystem(
        "few", SYSTEM.variables, SYSTEM.initial,
        (
            *SYSTEM.actions[1:2],
            Action(
                "emit", Kind.ACTION, (), b.less(make(E.Size, net, T.INTEGER), b.number(2)), (),
                {"net": put(made(1))},
            ),
        ),
    )  # fmt: skip
    bad = (BadState("three", b.less(b.number(2), count(net, b.TRUE))),)
    texts = certificate_texts(guarded, bad, include_faults=False, invariant=(few,))
    assert isinstance(outcome(texts), Accepted), outcome(texts)


@pytest.mark.parametrize(
    "claim",
    [
        b.less(count(net, b.TRUE), sent),
        b.less(b.number(7), count(net, b.TRUE)),
        b.equal(count(net, is_update(one)), count(net, make(E.HasTag, one, 1))),
    ],
)
def test_what_no_formula_says(claim: Expr) -> None:
    with pytest.raises(NotEncodable):
        told((claim,))
