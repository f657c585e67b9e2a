"""Flattened expressions, written out or given to the solver, have the values of `ir.semantics`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.agreement import FIXED
from tests.engines.drawn_expressions import MESSAGE, NODE, Scope, expression, filled, types
from verifier.engines.symbolic import trees
from verifier.engines.symbolic.finite import Finite
from verifier.engines.symbolic.flatten import Bindings, Flattener
from verifier.engines.symbolic.scalars import NotSymbolic
from verifier.engines.symbolic.solver import Terms, decide
from verifier.engines.symbolic.stamps import KnownStamps
from verifier.engines.symbolic.unrolling import held_stamps
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import EXPR_KINDS, Expr, make
from verifier.ir.semantics import evaluate
from verifier.ir.stamps import canonical, stamps
from verifier.ir.system import State, TransitionSystem, Variable
from verifier.ir.types import Value

GAP = 3
NEVER = {E.Next}  # put in before; see `ir.rewrite`
seen: Counter[type[Expr]] = Counter()
refused: Counter[str] = Counter()


def computed(expr: Expr, model: Callable[[Expr], int]) -> int:
    """The value of a scalar expression where the leaves have these."""
    match expr:
        case E.Literal():
            return int(expr.value)
        case E.Var() | E.Param():
            return model(expr)
        case E.Not(argument):
            return not computed(argument, model)
        case E.And(arguments):
            return all(computed(part, model) for part in arguments)
        case E.Or(arguments):
            return any(computed(part, model) for part in arguments)
        case E.Equal(left, right):
            return computed(left, model) == computed(right, model)
        case E.Less(left, right):
            return computed(left, model) < computed(right, model)
        case E.If(condition, then, otherwise):
            return computed(then if computed(condition, model) else otherwise, model)
        case E.Arith(op, left, right):
            return b.compute(op, computed(left, model), computed(right, model))
        case _:
            raise AssertionError(f"{type(expr).__name__} is no scalar expression")


class Alike:
    """A state twice: as it is, and as trees of leaves, of each of which it is known what it is."""

    def __init__(self, system: TransitionSystem, state: State) -> None:
        self.finite = Finite()
        self.known: dict[Expr, int] = {}
        self.state = {
            variable.name: self._leaves(variable.type, variable.name, value)
            for variable, value in zip(system.variables, state, strict=True)
        }
        held = list(held_stamps(system, self.state))
        top = max(stamps(system, state), default=0)
        known = KnownStamps(self.finite, held, top, 1, "fresh", lambda: None)
        self.flattener = Flattener(self.state, frozenset(), known)

    def _leaves(self, of: T.Type, name: str, value: Value) -> trees.Tree:
        """Each scalar as a leaf that might also be another one."""
        if isinstance(of, T.Channel):
            assert isinstance(value, tuple)
            entries = [
                (self._leaf(f"{name} {k}?", b.TRUE), self._leaves(of.message, f"{name} {k}", m))
                for k, m in enumerate(value)
            ]
            absent = self._leaf(f"{name}?", b.FALSE)
            some = T.default(of.message)
            return (*entries, (absent, self._leaves(of.message, f"{name} -", some)))
        constants = iter(list(trees.leaves(trees.constant(of, value))))
        return trees.variable(of, name, lambda n, _: self._leaf(n, next(constants)))

    def _leaf(self, name: str, constant: Expr) -> Expr:
        assert isinstance(constant, E.Literal) and isinstance(constant.value, int)
        real = self.finite.input(f"{name} is real")
        self.known[real] = 1
        other = constant.value if isinstance(constant.type, T.Stamp) else constant.value ^ 1
        if constant.type == T.BOOL:
            leaf = self.finite.merged(name, [(real, constant), (b.negate(real), b.truth(other))])
        else:
            cases = dict(sorted({constant.value: real, other: b.negate(real)}.items()))
            if len(cases) == 1:
                cases = {constant.value: b.TRUE}
            of = T.STAMP if isinstance(constant.type, T.Stamp) else None
            leaf = self.finite.number(name, cases, of)
        return leaf

    def holds(self, leaf: Expr) -> bool:
        """Of the named truths and inputs."""
        if leaf in self.known:
            return bool(self.known[leaf])
        meaning = dict(self.finite.definitions)[leaf]
        return bool(computed(meaning, self.holds))

    def _truth(self, expr: Expr) -> int:
        return computed(expr, self.holds)

    def value(self, of: T.Type, tree: trees.Tree) -> Value:
        """What a tree is."""
        return trees.value(of, tree, lambda scalar: self.finite.value(scalar, self._truth))


@settings(FIXED, max_examples=900)
@given(st.data())
def test_drawn_expressions(data: st.DataObject) -> None:
    draw = data.draw
    kinds = [types(draw) for _ in range(draw(st.integers(1, 4)))]
    variables = tuple(Variable(f"v{place}", kind) for place, kind in enumerate(kinds))
    system = TransitionSystem("one", variables, (), (), stamp_gap=GAP)
    state = canonical(system, tuple(filled(draw, v.type) for v in variables))
    parameter, back = make(E.Param, "p", T.Int(1, 3)), make(E.Param, "back", T.Int(0, 4))
    given_values: dict[str, Value] = {
        "p": draw(st.integers(1, 3)),
        "back": draw(st.integers(0, 2 * len(stamps(system, state)))),
    }
    leaves = (*(make(E.Var, v.name, v.type) for v in variables), parameter)
    required: list[Expr] = []
    scope = Scope(draw, leaves, (b.number(0), back), required=required, used=[])
    wanted = expression(scope, types(draw), 4)
    if not all(evaluate(system, fits, state, given_values) for fits in required):
        return  # no value of its type: a check fails before it is one
    alike = Alike(system, state)
    bound: Bindings = {
        name: trees.constant(T.INTEGER, value) for name, value in given_values.items()
    }
    try:
        tree = alike.flattener.tree(wanted, bound)
        found = alike.value(wanted.type, tree)
    except NotSymbolic as reason:
        refused[str(reason)] += 1
        return
    seen.update(type(node) for node in E.walk(wanted))
    assert found == evaluate(system, wanted, state, given_values)


def test_every_kind_of_expression_was_among_them() -> None:
    """Of those that were drawn in this process, or else of those drawn now."""
    if not seen:
        test_drawn_expressions()
    assert NEVER | seen.keys() == set(EXPR_KINDS)
    assert sum(refused.values()) < 60, refused


NUMBER, TRUTH = make(E.Var, "n", T.Int(-4, 4)), make(E.Var, "t", T.BOOL)
UNBOUNDED = make(E.Var, "u", T.INTEGER)


def _numbers() -> Iterator[tuple[str, Expr]]:
    for op in "/%":
        for divisor in (-3, -2, 2, 3):
            yield f"{op}{divisor}", make(E.Arith, op, NUMBER, b.number(divisor), T.INTEGER)
    yield "-", make(E.Arith, "-", NUMBER, UNBOUNDED, T.INTEGER)
    yield "*", make(E.Arith, "*", b.number(-3), NUMBER, T.INTEGER)
    yield "if", make(E.If, TRUTH, NUMBER, b.number(2), T.INTEGER)


@pytest.mark.parametrize(("wanted"), [e for _, e in _numbers()], ids=[n for n, _ in _numbers()])
def test_terms_of_the_solver(wanted: Expr) -> None:
    """For all values of the leaves the term is what the semantics says."""
    variables = tuple(Variable(v.name, v.type) for v in (NUMBER, TRUTH, UNBOUNDED))
    system = TransitionSystem("one", variables, (), ())
    flat = Flattener({v.name: v for v in (NUMBER, TRUTH, UNBOUNDED)}).tree(wanted, {})
    for state in ((n, t, u) for n in range(-4, 5) for t in (False, True) for u in (-5, 0, 3)):
        leaves = dict(zip((NUMBER, TRUTH, UNBOUNDED), state, strict=True))
        expected = evaluate(system, wanted, state, {})
        assert decide(flat, leaves) == expected


@settings(FIXED, max_examples=150)
@given(st.data())
def test_drawn_terms_of_the_solver(data: st.DataObject) -> None:
    draw = data.draw
    kinds = [types(draw) for _ in range(draw(st.integers(1, 3)))]
    variables = tuple(
        Variable(f"v{place}", kind)
        for place, kind in enumerate(kinds)
        if not isinstance(kind, T.Channel)
    )
    system = TransitionSystem("one", variables, (), ())
    state = canonical(system, tuple(filled(draw, v.type) for v in variables))
    scope = Scope(draw, tuple(make(E.Var, v.name, v.type) for v in variables))
    wanted = expression(scope, T.BOOL, 4)
    leaves: dict[Expr, int] = {}
    shape = {}
    for variable, value in zip(variables, state, strict=True):
        constants = iter(list(trees.leaves(trees.constant(variable.type, value))))

        def leaf(name: str, of: T.Type, constants: Iterator[Expr] = constants) -> Expr:
            made = make(E.Var, name, of)
            leaves[made] = next(constants).value
            return made

        shape[variable.name] = trees.variable(variable.type, variable.name, leaf)
    try:
        flat = Flattener(shape).truth(wanted, {})
    except NotSymbolic:
        return
    assert decide(flat, leaves) == evaluate(system, wanted, state, {})


def test_a_binder_hides_a_parameter_of_its_name() -> None:
    kind = T.Int(0, 2)
    at = make(E.Param, "at", kind)
    is_one = b.equal(at, b.literal(1, kind))
    inner = b.quantified("any", at, kind, is_one)
    wanted = b.both(inner, b.negate(is_one))
    nothing = TransitionSystem("none", (), (), ())
    for value in range(3):
        found = Flattener({}).truth(wanted, {"at": b.number(value)})
        assert (found is b.TRUE) == evaluate(nothing, wanted, (), {"at": value}) == (value != 1)


def test_messages_that_are_sent_again_stay_apart() -> None:
    """Two that are equal are two, in an unordered channel and in a fifo one."""
    for fifo in (False, True):
        of = T.Channel(MESSAGE, fifo, 3)
        channel = make(E.Var, "c", of)
        system = TransitionSystem("one", (Variable("c", of),), (), ())
        bye = make(E.Literal, (2, 0, 1), MESSAGE)
        state: State = (((2, 0, 1),),)
        alike = Alike(system, state)
        for wanted in (
            make(E.Put, channel, bye, of),
            make(E.Take, make(E.Put, channel, bye, of), bye, of),
            make(E.RepeatAt, channel, b.number(0), of),
            make(E.RemoveAt, make(E.RepeatAt, channel, b.number(0), of), b.number(1), of),
        ):
            found = alike.value(of, alike.flattener.tree(wanted, {}))
            assert found == evaluate(system, wanted, state, {})
    assert NODE.labels


def test_terms_are_made_once() -> None:
    asked: list[Expr] = []

    def leaf(node: Expr) -> object:
        asked.append(node)
        return 1

    both = make(E.Arith, "+", NUMBER, NUMBER, T.INTEGER)
    Terms(leaf).term(make(E.Arith, "*", both, both, T.INTEGER))
    assert asked == [NUMBER]
