"""Statements: the body of a step, walked in order, as the values that its variables end with."""

from __future__ import annotations

from typing import assert_never

from verifier.ir import types as ir
from verifier.ir.build import (
    FALSE,
    TRUE,
    both,
    choose,
    conjunction,
    disjunction,
    equal,
    less,
    literal,
    member,
    negate,
    number,
    quantified,
    size,
    truth,
)
from verifier.ir.expr import At, Expr, Literal, Param, make
from verifier.ir.faults import Fault
from verifier.ir.system import Branch
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.assignment import assign
from verifier.language.elaborate.calls import arguments, may_expand
from verifier.language.elaborate.coercion import boolean
from verifier.language.elaborate.domains import Domain, domain
from verifier.language.elaborate.frame import POISON, Frame, Sight
from verifier.language.elaborate.quantifiers import fresh_name
from verifier.language.elaborate.sending import send

UNROLL_MAX = 4096  # copies of the body of a loop


def block(frame: Frame, body: tuple[ast.Statement, ...]) -> None:
    """Walks the statements; their effect ends up in ``frame.step`` and ``frame.checks``."""
    for statement in body:
        frame = _statement(frame, statement)


def _statement(frame: Frame, statement: ast.Statement) -> Frame:
    """One statement; returns the frame of those behind it."""
    match statement:
        case ast.Assign():
            assign(frame, statement)
        case ast.IfStatement():
            _if(frame, statement)
        case ast.ForStatement():
            _for(frame, statement)
        case ast.Choose():
            return _choose(frame, statement)
        case ast.LetStatement(name, bound):
            return frame.with_local(name.text, frame.elaborate(bound))
        case ast.Send():
            send(frame, statement)
        case ast.TimerStatement(op, timer):
            assert frame.node is not None
            _set(frame, f"{frame.node.name}.{timer.text}", truth(op == "start"))
        case ast.Assert(condition, message):
            # An assertion only watches, so it may read ghosts.
            watching = Sight.GHOST if frame.sight is Sight.NODE else frame.sight
            claim = boolean(frame.inside(sight=watching), condition)
            text = message or frame.program.text(condition.span)
            frame.require(Fault.ASSERTION, claim, f"assertion failed: {text}", statement.span)
        case ast.CallStatement():
            _call(frame, statement)
        case _:
            assert_never(statement)
    return frame


def _set(frame: Frame, name: str, new: Expr) -> None:
    assert frame.step is not None
    frame.step.values[name] = new


def _if(frame: Frame, statement: ast.IfStatement) -> None:
    assert frame.step is not None
    condition = boolean(frame, statement.condition)
    _branch(frame, condition, statement, "if")
    before = dict(frame.step.values)
    block(frame.under(condition), statement.then)
    after_then = frame.step.values
    frame.step.values = dict(before)
    if statement.otherwise is not None:
        if not _is_else_if(statement):
            _branch(frame, negate(condition), statement, "else")
        block(frame.under(negate(condition)), statement.otherwise)
    frame.step.values = _merge(frame, condition, after_then, frame.step.values)


def _is_else_if(statement: ast.IfStatement) -> bool:
    return (
        statement.otherwise is not None
        and len(statement.otherwise) == 1
        and isinstance(statement.otherwise[0], ast.IfStatement)
    )


def _branch(frame: Frame, condition: Expr, statement: ast.IfStatement, arm: str) -> None:
    """Registers an arm for coverage, unless an option has decided it already."""
    taken = both(frame.path, condition)
    if isinstance(condition, Literal) or isinstance(taken, Literal):
        return
    assert frame.step is not None
    text = frame.program.text(statement.condition.span)
    shown = f"if {text}" if arm == "if" else f"else of: if {text}"
    frame.step.branches.append(Branch(shown, taken, statement.condition.span))


def _merge(
    frame: Frame, condition: Expr, then: dict[str, Expr], otherwise: dict[str, Expr]
) -> dict[str, Expr]:
    merged = {}
    for name in dict.fromkeys((*then, *otherwise)):
        of = frame.program.variables[name].type
        base = frame.inside(step=None).read(name, of)
        merged[name] = choose(condition, then.get(name, base), otherwise.get(name, base), of)
    return merged


def _for(frame: Frame, statement: ast.ForStatement) -> None:
    """A loop over a finite domain is its body once per value, in order."""
    over = domain(frame, statement.domain)
    if over is None:
        return
    name = statement.variable.text
    if over.collection is not None and isinstance(over.collection.type, ir.List):
        most = over.collection.type.capacity
        assert most is not None, "no list of the language has no bound"
        for position in range(most):
            there = less(number(position), size(over.collection))
            element = make(At, over.collection, number(position), over.item)
            _iteration(frame, statement, name, element, there)
        return
    numbers = ir.scalar_range(over.item)
    if numbers is None or len(numbers) > UNROLL_MAX:
        frame.error(
            Code.TOO_LARGE,
            "a loop is expanded once for every value, and here there are too many",
            statement.domain.span,
        )
        return
    for item_value in ir.values(over.item):
        item = literal(item_value, over.item)
        there = over.condition(item)
        if over.collection is not None:
            there = both(there, member(item, over.collection))
        _iteration(frame, statement, name, item, there)


def _iteration(
    frame: Frame, statement: ast.ForStatement, name: str, item: Expr, there: Expr
) -> None:
    if there is FALSE or not may_expand(frame, statement.span):
        return
    assert frame.step is not None
    before = dict(frame.step.values)
    block(frame.under(there).with_local(name, item), statement.body)
    if there is not TRUE:
        frame.step.values = _merge(frame, there, frame.step.values, before)


def _choose(frame: Frame, statement: ast.Choose) -> Frame:
    """``choose x in S where P``: x becomes a parameter of the step, so that the label says it.

    Where the path is not taken x is pinned to the first value, so that one step has one label.
    """
    over = domain(frame, statement.domain)
    name = statement.variable.text
    if over is None:
        return frame.with_local(name, literal(0, POISON))
    assert frame.step is not None
    variable = make(Param, fresh_name(frame, name), over.item)
    allowed = _allowed(frame, statement, over, variable)
    frame.require(
        Fault.NO_CHOICE,
        quantified("any", variable, over.within, allowed),
        f"nothing to choose for '{name}'",
        statement.span,
    )
    if frame.path is TRUE:
        within = over.collection
        guard = allowed
    else:
        # The domain of a parameter is enumerated before anything else is known, so all values of
        # the type are tried and the guard keeps those that belong.
        within = None
        belongs = TRUE if over.collection is None else member(variable, over.collection)
        first = literal(next(iter(ir.values(over.item))), over.item)
        guard = disjunction(
            (
                conjunction((frame.path, belongs, allowed)),
                both(negate(frame.path), equal(variable, first)),
            )
        )
    # An empty choice must stay possible as a step, or the finding would be lost.
    nothing = negate(quantified("any", variable, over.within, allowed))
    if nothing is not FALSE:
        first = literal(next(iter(ir.values(over.item))), over.item)
        if within is not None:
            belongs = member(variable, within)
            guard, within = both(belongs, guard), None
        guard = disjunction((guard, conjunction((frame.path, nothing, equal(variable, first)))))
    frame.step.parameters.append((variable, within))
    frame.step.guards.append(guard)
    return frame.with_local(name, variable)


def _allowed(frame: Frame, statement: ast.Choose, over: Domain, variable: Param) -> Expr:
    narrowed = over.condition(variable)
    if statement.condition is None:
        return narrowed
    with frame.bound(statement.variable.text, variable, over.within) as inner:
        # What earlier statements assigned is known here too: the step is shared.
        condition = boolean(inner.under(narrowed), statement.condition)
    return both(narrowed, condition)


def _call(frame: Frame, statement: ast.CallStatement) -> None:
    """A procedure is expanded in place."""
    procedure = frame.members[statement.procedure.text]
    assert isinstance(procedure, ast.Procedure) and frame.node is not None
    if id(procedure) in frame.calls:
        frame.error(
            Code.CYCLE, f"the procedure '{procedure.name.text}' calls itself", statement.span
        )
        return
    if not may_expand(frame, statement.span):
        return
    home = frame.inside(file=frame.node.file)
    bound = arguments(frame, procedure.parameters, home, statement.arguments, statement)
    if bound is not None:
        block(home.inside(locals=dict(bound), calls=(*frame.calls, id(procedure))), procedure.body)
