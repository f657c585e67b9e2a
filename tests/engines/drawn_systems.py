"""Random small systems with questions about them, made directly in the pivot."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.engines.drawn_expressions import (
    MESSAGE,
    SCALARS,
    Draw,
    Scope,
    chance,
    deliverable,
    expression,
    item_of,
    pick,
    types,
)
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.problem import Bad, BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import (
    Action,
    Branch,
    Check,
    Kind,
    Parameter,
    TransitionSystem,
    Variable,
)

FUEL = T.Int(0, 3)  # most actions use some up, so that most systems are small
CODES = ("R01", "R02", "R03")


@st.composite
def problems(draw: Draw) -> SafetyProblem:
    """A system and at least one question of every kind."""
    system = draw(systems())
    leaves = tuple(make(E.Var, v.name, v.type) for v in system.variables)
    scope = Scope(draw, leaves)
    bad: list[Bad] = [
        BadState("bad state", expression(scope, T.BOOL, 3)),
        Stuck("stuck", expression(scope, T.BOOL, 2)),
    ]
    conditions: dict[str, Expr] = {}
    for action in system.actions:
        if not chance(draw, 3):
            with_parameters = Scope(draw, (*leaves, *(p.variable for p in action.parameters)))
            conditions[action.name] = expression(with_parameters, T.BOOL, 2)
    bad.append(BadStep("bad step", conditions))
    return SafetyProblem(system, tuple(bad))


@st.composite
def systems(draw: Draw) -> TransitionSystem:
    """Two to five variables besides the fuel, one or two initial actions, two to five actions."""
    kinds = [types(draw) for _ in range(draw(st.integers(2, 4)))]
    if chance(draw, 2):
        kinds.append(T.Channel(MESSAGE, draw(st.booleans()), draw(st.integers(2, 4))))
    variables = (
        Variable("fuel", FUEL),
        *(Variable(f"v{place}", kind) for place, kind in enumerate(kinds)),
    )
    skewed = chance(draw, 3)
    starts = range(draw(st.integers(1, 2)))
    return TransitionSystem(
        name="drawn",
        variables=variables,
        initial=tuple(_initial(draw, f"start{place}", variables) for place in starts),
        actions=tuple(
            _action(draw, f"action{place}", variables, skewed)
            for place in range(draw(st.integers(2, 5)))
        ),
        stamp_gap=3 if skewed else 1,
    )


def _initial(draw: Draw, name: str, variables: tuple[Variable, ...]) -> Action:
    parameters = _by_type(draw, "i", 2)
    scope = Scope(draw, tuple(p.variable for p in parameters), (b.number(0),))
    guard = expression(scope, T.BOOL, 1) if chance(draw, 8) else b.TRUE
    assignments = {v.name: expression(scope, v.type, 2) for v in variables if v.name != "fuel"}
    assignments["fuel"] = b.literal(pick(draw, (3, 3, 2, 1)), FUEL)
    return Action(name, Kind.INITIAL, parameters, guard, (), assignments)


def _by_type(draw: Draw, prefix: str, count_max: int) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(make(E.Param, f"{prefix}{place}", pick(draw, SCALARS)))
        for place in range(draw(st.integers(0, count_max)))
    )


def _action(draw: Draw, name: str, variables: tuple[Variable, ...], skewed: bool) -> Action:
    leaves: tuple[Expr, ...] = tuple(make(E.Var, v.name, v.type) for v in variables)
    parameters = list(_by_type(draw, "p", 1))
    while len(parameters) < 2 and chance(draw, 2):
        parameters.append(_by_collection(draw, f"p{len(parameters)}", leaves, parameters))
    backs: list[Expr] = [b.number(0)]
    guards: list[Expr] = []
    if skewed and chance(draw, 2):
        back = make(E.Param, "back", T.Int(0, 4))
        parameters.append(Parameter(back))
        backs.append(back)
        twice = b.arithmetic("*", b.number(2), make(E.LiveStamps, T.INTEGER), T.INTEGER)
        guards.append(b.at_most(back, twice))
    required: list[Expr] = []
    used: list[Expr] = []
    mentioned = (*leaves, *(p.variable for p in parameters))
    scope = Scope(draw, mentioned, tuple(backs), required=required, used=used)
    plain = Scope(draw, mentioned, tuple(backs), used=used)
    for _ in range(pick(draw, (0, 0, 0, 1, 2))):
        guards.append(expression(plain, T.BOOL, 2))
    # The lowering of a handler makes every value depend on the cases of its body.
    cases = [expression(plain, T.BOOL, 1) for _ in range(pick(draw, (0, 1, 2)))]
    cases += [b.negate(case) for case in cases]
    assignments: dict[str, Expr] = {}
    for variable in variables[1:]:
        if not chance(draw, 3):
            new = _moved(scope, variable)
            if cases and chance(draw, 2):
                other = expression(scope, variable.type, 1)
                new = b.choose(pick(draw, cases), new, other, variable.type)
            assignments[variable.name] = new
    checks = [Check("R09", "runtime", "out of range", fits, None) for fits in required]
    for code in CODES[: pick(draw, (0, 0, 1, 2))]:
        condition = b.disjunction(
            (*cases[:1], expression(plain, T.BOOL, 2), expression(plain, T.BOOL, 1))
        )
        checks.insert(
            draw(st.integers(0, len(checks))), Check(code, "runtime", code, condition, None)
        )
    if not chance(draw, 5):
        fuel = leaves[0]
        guards.insert(0, b.less(b.literal(0, FUEL), fuel))
        assignments["fuel"] = b.arithmetic("-", fuel, b.number(1), T.Int(-1, 2))
    branches = tuple(
        Branch(f"branch {n}", expression(plain, T.BOOL, 2), None)
        for n in range(draw(st.integers(0, 2)))
    )
    return Action(
        name,
        Kind.ACTION,
        tuple(parameters),
        b.conjunction(guards),
        tuple(checks),
        assignments,
        branches=branches,
    )


def _moved(scope: Scope, variable: Variable) -> Expr:
    """A new value; often one that differs from the old one, so that there is somewhere to go."""
    old = make(E.Var, variable.name, variable.type)
    match variable.type:
        case T.Bool() if chance(scope.draw, 2):
            return b.negate(old)
        case T.Mod() if chance(scope.draw, 2):
            return b.arithmetic("+", old, b.literal(1, variable.type), variable.type)
        case T.Stamp() if chance(scope.draw, 2):
            return make(E.Fresh, pick(scope.draw, scope.backs), scope.draw(st.integers(1, 2)))
        case T.Channel() if chance(scope.draw, 2):
            return make(E.Put, old, expression(scope, MESSAGE, 3), variable.type)
        case _:
            return expression(scope, variable.type, 3)


def _by_collection(
    draw: Draw, name: str, leaves: tuple[Expr, ...], earlier: list[Parameter]
) -> Parameter:
    """A parameter that goes through a set, a list or what a channel may deliver."""
    scope = Scope(draw, (*leaves, *(p.variable for p in earlier)))
    sources = [leaf for leaf in leaves if isinstance(leaf.type, (T.Set, T.List, T.Channel))]
    if not sources:
        of = T.Set(pick(draw, SCALARS))
        return Parameter(make(E.Param, name, of.item), expression(scope, of, 2))
    within = pick(draw, sources)
    if isinstance(within.type, T.Channel) and not chance(draw, 3):
        within = deliverable(scope, within, 1)
    elif chance(draw, 3):
        within = expression(scope, within.type, 2)
    return Parameter(make(E.Param, name, item_of(within.type)), within)
