"""What a well-formed system is.

A broken rule is our own mistake, in the lowering or in a transformation, so it is an assertion
that names the place.  Shared nodes are visited once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.ir import types as T
from verifier.ir.expr import (
    Deliverable,
    Expr,
    Filter,
    Fresh,
    Literal,
    Next,
    Param,
    Quantified,
    Var,
    children,
    walk,
    walk_unseen,
)
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Action, Kind, TransitionSystem
from verifier.ir.well_typed import fits, well_typed

Place = tuple[str, Expr]  # what a message calls an expression, and the expression


def validate(system: TransitionSystem) -> None:
    """Asserts that the system is well formed."""
    _different("variable", (v.name for v in system.variables))
    _different("action", (a.name for a in (*system.initial, *system.actions)))
    scope = _Scope(system)
    for action in system.initial:
        _initial(scope, action)
    for action in system.actions:
        assert action.kind is not Kind.INITIAL, f"{action.name}: an initial action among the others"
        _action(scope, action)
    _ghosts(system)
    _stamps(system)


def validate_problem(problem: SafetyProblem) -> None:
    """Asserts that the system and the questions about it are well formed."""
    validate(problem.system)
    _different("question", (bad.name for bad in problem.bad))
    scope = _Scope(problem.system)
    actions = {action.name: action for action in problem.system.actions}
    for bad in problem.bad:
        match bad:
            case BadState(name, condition) | Stuck(name, condition):
                scope.condition(name, condition, frozenset())
            case BadStep(name, conditions):
                for action, condition in conditions.items():
                    assert action in actions, f"{name}: there is no action {action}"
                    known = frozenset(p.variable for p in actions[action].parameters)
                    scope.condition(f"{name}, {action}", condition, known)


class _Scope:
    """What expressions may mention, and what is already known of the nodes that were seen."""

    def __init__(self, system: TransitionSystem) -> None:
        self.types = {variable.name: variable.type for variable in system.variables}
        self.free: dict[Expr, frozenset[Param]] = {}
        self.seen: set[Expr] = set()

    def value(self, place: str, expr: Expr, of: T.Type, parameters: frozenset[Param]) -> None:
        """An expression fits together, mentions only what there is, and has a type."""
        self.visit(place, expr)
        unknown = self.free[expr] - parameters
        assert not unknown, f"{place}: {sorted(p.name for p in unknown)} is not bound"
        assert fits(expr.type, of), f"{place}: {expr.type} where {of} is needed"

    def condition(self, place: str, expr: Expr, parameters: frozenset[Param]) -> None:
        """An expression that is true or false."""
        self.value(place, expr, T.BOOL, parameters)

    def visit(self, place: str, expr: Expr) -> None:
        """Looks at every node that was not seen before, a node after its parts."""
        for node in walk_unseen((expr,), self.seen):
            assert well_typed(node), f"{place}: {type(node).__name__} of wrong parts: {node}"
            self.free[node] = self._free(place, node)

    def _free(self, place: str, node: Expr) -> frozenset[Param]:
        """The parameters that a node mentions and that nothing in it binds."""
        assert not isinstance(node, Next), f"{place}: reads {node.name} after the step"
        if isinstance(node, Param):
            return frozenset((node,))
        if isinstance(node, Var):
            declared = self.types.get(node.name)
            assert declared is not None, f"{place}: there is no variable {node.name}"
            assert declared == node.type, f"{place}: {node.name} is {declared}, not {node.type}"
        parts: frozenset[Param] = frozenset().union(*(self.free[part] for part in children(node)))
        if isinstance(node, (Filter, Quantified, Deliverable)):
            # The variable is not bound in what the binder goes through; but a name that is free
            # there and bound in the body would be read in two ways, which nobody means.
            body = node.deferred if isinstance(node, Deliverable) else node.body
            outside = (self.free[part] for part in children(node) if part is not body)
            assert all(node.variable not in part for part in outside), f"{place}: {node.variable}"
            return parts - {node.variable}
        return parts


def _different(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        assert name not in seen, f"two of a name: {what} {name}"
        seen.add(name)


def _initial(scope: _Scope, action: Action) -> None:
    """An initial action gives every variable a value and has nothing to read or to check."""
    name = action.name
    assert action.kind is Kind.INITIAL, f"{name}: {action.kind} among the initial actions"
    assert not action.checks, f"{name}: an initial action has no checks"
    silent = not action.sends and action.receives is None
    assert silent, f"{name}: an initial action sends and receives nothing"
    missing = scope.types.keys() - action.assignments.keys()
    assert not missing, f"{name}: {sorted(missing)} has no initial value"
    _action(scope, action)
    for place, expr in _places(action):
        read = [node.name for node in walk(expr) if isinstance(node, Var)]
        assert not read, f"{place}: reads {read} in an initial action"


def _action(scope: _Scope, action: Action) -> None:
    name = action.name
    _different(f"parameter of {name}", (p.variable.name for p in action.parameters))
    known: frozenset[Param] = frozenset()
    for parameter in action.parameters:
        within, of = parameter.within, parameter.variable.type
        if within is not None:
            assert isinstance(within.type, (T.Set, T.List, T.Channel)), f"{name}: {within.type}"
            item = within.type.message if isinstance(within.type, T.Channel) else within.type.item
            scope.value(f"{name}, {parameter.variable.name}", within, within.type, known)
            assert fits(item, of), f"{name}: {parameter.variable.name} goes through {item}"
        known |= {parameter.variable}
    for place, condition in _conditions(action):
        scope.condition(place, condition, known)
    for variable, expr in action.assignments.items():
        assert variable in scope.types, f"{name}: there is no variable {variable}"
        scope.value(f"{name}, {variable}", expr, scope.types[variable], known)
    messages = [(send.channel, send.message) for send in action.sends]
    if action.receives is not None:
        messages.append((action.receives.channel, action.receives.message))
    for channel, message in messages:
        where = scope.types.get(channel)
        assert isinstance(where, T.Channel), f"{name}: {channel} is not a channel"
        scope.value(f"{name}, {channel}", message, where.message, known)


def _conditions(action: Action) -> Iterator[Place]:
    yield f"{action.name}, guard", action.guard
    for check in action.checks:
        assert check.kind in ("runtime", "reception"), f"{action.name}: check of {check.kind}"
        yield f"{action.name}, {check.code}", check.condition
    yield from ((f"{action.name}, send", send.condition) for send in action.sends)
    yield from ((f"{action.name}, {b.shown}", b.condition) for b in action.branches)


def _choices(action: Action) -> Iterator[Place]:
    """What decides which labels are enabled."""
    yield f"{action.name}, guard", action.guard
    for parameter in action.parameters:
        if parameter.within is not None:
            yield f"{action.name}, {parameter.variable.name}", parameter.within


def _places(action: Action) -> Iterator[Place]:
    """Every expression of an action."""
    yield from _choices(action)
    yield from _conditions(action)
    yield from ((f"{action.name}, {name}", expr) for name, expr in action.assignments.items())
    yield from ((f"{action.name}, {send.channel}", send.message) for send in action.sends)
    if action.receives is not None:
        yield f"{action.name}, {action.receives.channel}", action.receives.message


def _ghosts(system: TransitionSystem) -> None:
    """A ghost is read by properties and by ghosts: it decides neither what is possible nor what
    becomes of the rest.  A check may read it: assertions only watch, and the value that a ghost
    gets may be out of its range."""
    ghosts = {variable.name for variable in system.variables if variable.ghost}
    if not ghosts:
        return
    haunted: dict[Expr, bool] = {}
    seen: set[Expr] = set()
    for action in (*system.initial, *system.actions):
        places = list(_choices(action))
        for name, expr in action.assignments.items():
            if name not in ghosts:
                places.append((f"{action.name}, {name}", expr))
        for send in action.sends:
            places += [
                (f"{action.name}, send", send.condition),
                (f"{action.name}, {send.channel}", send.message),
            ]
        for place, expr in places:
            for node in walk_unseen((expr,), seen):
                own = isinstance(node, Var) and node.name in ghosts
                haunted[node] = own or any(haunted[part] for part in children(node))
            assert not haunted[expr], f"{place}: depends on a ghost"


def _stamps(system: TransitionSystem) -> None:
    """Stamps that are put between others must find room there: see `expr.Fresh`."""
    gap = system.stamp_gap
    assert gap >= 1, f"the stamps of a state are {gap} apart"
    exprs = [expr for a in (*system.initial, *system.actions) for _, expr in _places(a)]
    for node in walk(*exprs):
        if isinstance(node, Fresh):
            assert node.offset >= 1, f"a fresh stamp with the offset {node.offset}"
            above_all = isinstance(node.back, Literal) and node.back.value == 0
            assert above_all or node.offset < gap, (
                f"a stamp {node.offset} above another, where they are {gap} apart"
            )
