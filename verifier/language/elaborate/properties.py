"""Properties: what the model claims, over the variables of the system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from verifier.ir.build import FALSE, TRUE, both, conjunction, disjunction, implies
from verifier.ir.expr import Expr
from verifier.ir.property import (
    Claim,
    DeadlockFree,
    Flow,
    FlowEvent,
    Invariant,
    NoFault,
    Property,
    Reachable,
    StepProperty,
)
from verifier.ir.system import Action
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.actions import Made
from verifier.language.elaborate.coercion import boolean
from verifier.language.elaborate.declarations import Placed, all_declarations
from verifier.language.elaborate.events import defined_and, occurrences, receipts, traffic
from verifier.language.elaborate.frame import Frame, Sight
from verifier.language.elaborate.network import message_info
from verifier.language.elaborate.program import Program

NO_DEADLOCK = "no deadlock"
NO_RUNTIME_ERROR = "no run-time error"
NO_UNSPECIFIED_RECEPTION = "no unspecified reception"


def properties(
    program: Program, made: list[Made], actions: tuple[Action, ...]
) -> tuple[Property, ...]:
    """The declared properties in order, then the built-in ones."""
    found: list[Property] = []
    finals: list[Expr] = []
    origin = None
    for placed in all_declarations(program):
        is_lemma = isinstance(placed.declaration, ast.InvariantDecl) and placed.declaration.lemma
        frame = Frame(program, placed.file, Sight.LEMMA if is_lemma else Sight.PROPERTY)
        if isinstance(placed.declaration, ast.Final):
            finals.append(defined_and(frame, placed.declaration.condition))
            origin = placed.declaration.span
            continue
        prop = _property(frame, placed, made, actions)
        if prop is not None:
            if any(prop.name == other.name for other in found):
                program.report(
                    Code.DECLARED_TWICE,
                    f'two properties are called "{prop.name}"',
                    placed.declaration.span,
                )
            found.append(prop)
    return (
        *found,
        DeadlockFree(NO_DEADLOCK, disjunction(finals), TRUE, (), origin),
        NoFault(NO_UNSPECIFIED_RECEPTION, "reception"),
        NoFault(NO_RUNTIME_ERROR, "runtime"),
    )


def _property(
    frame: Frame, placed: Placed, made: list[Made], actions: tuple[Action, ...]
) -> Property | None:
    declaration = placed.declaration
    match declaration:
        case ast.InvariantDecl(name=name, condition=condition, predicate=predicate, span=span):
            when = TRUE if condition is None else boolean(frame, condition)
            claimed = implies(when, boolean(frame.under(when), predicate))
            ids, lemma = _ids(declaration.ids), declaration.lemma
            return Invariant(name, claimed, frame.defined(), ids, lemma, span)
        case ast.ReachableDecl(name=name, predicate=predicate, span=span):
            wanted = boolean(frame, predicate)
            return Reachable(name, wanted, frame.defined(), _ids(declaration.ids), span)
        case ast.StepDecl():
            return _step(frame, declaration, made, actions)
        case ast.FlowDecl():
            return _flow(frame, declaration, made, actions)
        case ast.Liveness(kind=kind, span=span):
            frame.error(
                Code.LIVENESS,
                f"'{kind}' is not checked yet",
                span,
                cause="liveness and fairness come with an engine of their own",
                hint="a bounded form can be stated as an invariant: what must hold when quiet",
            )
            return None
        case _:
            return None


def _ids(requirements: tuple[ast.Requirement, ...]) -> tuple[str, ...]:
    return tuple(requirement.id for requirement in requirements)


def _step(
    frame: Frame, declaration: ast.StepDecl, made: list[Made], actions: tuple[Action, ...]
) -> StepProperty:
    """The claim for every action that the property is about; without events, for all."""
    claims: dict[str, Claim] = {}
    if not declaration.events:
        claim = _claim(frame, TRUE, declaration.predicate)
        claims = {action.name: claim for action in actions}
    for event in declaration.events:
        for occurrence in occurrences(frame, event, made):
            claim = _claim(occurrence.frame, occurrence.condition, declaration.predicate)
            name = occurrence.action.name
            if name in claims:
                earlier = claims[name]
                claim = Claim(
                    both(earlier.predicate, claim.predicate), both(earlier.defined, claim.defined)
                )
            claims[name] = claim
    return StepProperty(declaration.name, claims, _ids(declaration.ids), declaration.span)


def _claim(frame: Frame, condition: Expr, predicate: ast.Expr) -> Claim:
    inner = frame.inside(after=True, checks=[]).under(condition)
    claimed = boolean(inner, predicate)
    return Claim(implies(condition, claimed), inner.defined())


def _flow(
    frame: Frame, declaration: ast.FlowDecl, made: list[Made], actions: tuple[Action, ...]
) -> Flow:
    start: list[Expr] = []
    finish: list[Expr] = []
    events: list[FlowEvent] = []
    without: list[FlowEvent] = []
    for line in declaration.lines:
        match line:
            case ast.FlowMessage():
                shown = frame.program.text(line.span)
                events.append(FlowEvent(shown, receipts(frame, line, made)))
            case ast.FlowDo(event):
                shown = frame.program.text(line.span)
                found = occurrences(frame, event, made)
                matches: dict[str, Expr] = {}
                for one in found:
                    before = matches.get(one.action.name, FALSE)
                    matches[one.action.name] = disjunction((before, one.condition))
                events.append(FlowEvent(shown, matches))
            case ast.FlowWithout(messages):
                without += [_absence(frame, message, actions, made) for message in messages]
            case ast.FlowGiven(condition):
                start.append(defined_and(frame, condition))
            case ast.FlowThen(condition):
                finish.append(defined_and(frame, condition))
            case _:
                assert_never(line)
    if not events:
        frame.error(
            Code.BAD_EVENT,
            "a flow needs at least one message or 'do'",
            declaration.span,
        )
    return Flow(
        declaration.name,
        conjunction(start),
        tuple(events),
        conjunction(finish),
        tuple(without),
        _ids(declaration.ids),
        declaration.span,
    )


def _absence(
    frame: Frame, message: ast.Ident, actions: tuple[Action, ...], made: Iterable[Made]
) -> FlowEvent:
    """``without M``: no step sends M and no step receives M."""
    info = message_info(frame, message)
    matches = dict(traffic(info, actions))
    for m in made:
        if m.message is info:
            matches[m.action.name] = TRUE
    return FlowEvent(f"without {message.text}", matches)
