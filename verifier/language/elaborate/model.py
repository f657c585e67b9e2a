"""The whole model: from parsed files to the transition system and its properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from verifier.ir.build import conjunction, equal, negate, number, size
from verifier.ir.expr import Expr, Fresh, Literal, Var, make, walk
from verifier.ir.property import Property
from verifier.ir.system import Action, Kind, TransitionSystem, enabled
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.actions import Made, node_frame, plain_action, timeout
from verifier.language.elaborate.channels import disturbances
from verifier.language.elaborate.constants import constant
from verifier.language.elaborate.declarations import (
    all_declarations,
    declare_channels,
    declare_variables,
    settle_constants,
)
from verifier.language.elaborate.expressions import elaborate
from verifier.language.elaborate.frame import Frame, Sight
from verifier.language.elaborate.initial import initial_action
from verifier.language.elaborate.instances import declare_nodes
from verifier.language.elaborate.program import NodeInstance, Program, Setting
from verifier.language.elaborate.properties import properties
from verifier.language.elaborate.receptions import Receptions, receive, surprises
from verifier.language.elaborate.unwrapping import Unwrapping
from verifier.language.files import Sources
from verifier.language.tables import Table
from verifier.source import SourceError


def new_program(
    sources: Sources,
    tables: Mapping[str, Table],
    settings: Mapping[str, Setting],
    open_options: Set[str],
) -> Program:
    """The tables of a model, still empty."""
    return Program(sources, tables, settings, elaborate, constant, open_options=open_options)


def build(program: Program, name: str) -> tuple[TransitionSystem, tuple[Property, ...]]:
    """The system and the properties.

    Raises:
        SourceError: every mistake of types and of use that the model contains; mistakes in the
            declarations first, for code that builds on them would only repeat them.
    """
    settle_constants(program)
    declare_nodes(program)
    declare_channels(program)
    initials = declare_variables(program)
    start = initial_action(initials)
    _stop_if_wrong(program)
    made, receptions = _node_steps(program)
    program.quiet = _quiet(program, made)
    made += _environment_steps(program, {m.action.name for m in made})
    main = Frame(program, program.sources.main, Sight.PROPERTY)
    network = [a for channel in program.channels.values() for a in disturbances(main, channel)]
    actions = (
        *(m.action for m in made),
        *surprises(main, receptions, made),
        *network,
    )
    found = properties(program, made, actions)
    _stop_if_wrong(program)
    system = _system(program, name, start, actions)
    if program.circles:
        plain = Unwrapping(frozenset(program.circles))
        return plain.system(system), tuple(plain.property(prop) for prop in found)
    return system, found


def _stop_if_wrong(program: Program) -> None:
    if program.diagnostics:
        raise SourceError(tuple(program.diagnostics))


def _node_steps(program: Program) -> tuple[list[Made], list[Receptions]]:
    """All that nodes do by themselves or on a message, environment actions left out."""
    made: list[Made] = []
    receptions: list[Receptions] = []
    names: set[str] = set()
    for node in program.instances:
        _check_timers(program, node)
        base = Frame(program, node.file, Sight.NODE, node)
        for member in node.declaration.members:
            if isinstance(member, ast.ActionDecl) and not member.environment:
                name = f"{node.name}.{member.name.text}"
                _add(
                    made,
                    plain_action(
                        node_frame(base, node, Sight.NODE), member, name=name, taken=names
                    ),
                )
            elif isinstance(member, ast.TimeoutHandler):
                _add(made, timeout(node_frame(base, node, Sight.NODE), member, names))
        taken, reception = receive(node_frame(base, node, Sight.NODE), node, names)
        made += taken
        receptions += reception
    return made, receptions


def _add(made: list[Made], found: Made | None) -> None:
    if found is not None:
        made.append(found)


def _environment_steps(program: Program, names: set[str]) -> list[Made]:
    """Movement, attackers, optional behaviour of nodes; they may ask whether the rest is quiet."""
    made: list[Made] = []
    for node in program.instances:
        base = Frame(program, node.file, Sight.ENVIRONMENT, node)
        for member in node.declaration.members:
            if isinstance(member, ast.ActionDecl) and member.environment:
                frame = node_frame(base, node, Sight.ENVIRONMENT)
                name = f"{node.name}.{member.name.text}"
                _add(made, plain_action(frame, member, name=name, taken=names))
    for placed in all_declarations(program):
        declaration = placed.declaration
        if isinstance(declaration, ast.ActionDecl):
            frame = Frame(program, placed.file, Sight.ENVIRONMENT)
            _add(made, plain_action(frame, declaration, name=declaration.name.text, taken=names))
    return made


def _check_timers(program: Program, node: NodeInstance) -> None:
    members = node.declaration.members
    handled = {m.timer.text for m in members if isinstance(m, ast.TimeoutHandler)}
    for member in members:
        if isinstance(member, ast.TimerDecl) and member.name.text not in handled:
            program.report(
                Code.USELESS_TIMER,
                f"nothing happens when the timer '{member.name.text}' runs out",
                member.span,
                hint=f"add: on timeout {member.name.text} {{ ... }}",
            )


def _quiet(program: Program, made: list[Made]) -> Expr:
    """No message in flight, and no step enabled but the environment's.

    Handlers need a message in flight, so only actions and timeouts are asked.
    """
    parts: list[Expr] = []
    for channel in program.channels.values():
        parts.append(equal(size(make(Var, channel.name, channel.type)), number(0)))
    for m in made:
        if m.action.kind in (Kind.ACTION, Kind.TIMEOUT):
            parts.append(negate(enabled(m.action)))
    return conjunction(parts)


def _system(
    program: Program, name: str, start: Action, actions: tuple[Action, ...]
) -> TransitionSystem:
    declared = [
        p.declaration for p in all_declarations(program) if isinstance(p.declaration, ast.Instance)
    ]
    order: list[str] = []
    for instance in declared:
        prefix = f"{instance.name.text}["
        order += [
            n.name
            for n in program.instances
            if n.name == instance.name.text or n.name.startswith(prefix)
        ]
    return TransitionSystem(
        name=name,
        variables=tuple(program.variables.values()),
        initial=(start,),
        actions=actions,
        nodes=tuple(order),
        stamp_gap=max((_gap(action) for action in actions), default=1),
    )


def _expressions(action: Action) -> Iterator[Expr]:
    yield from (action.guard, *action.assignments.values())
    yield from (check.condition for check in action.checks)
    for send in action.sends:
        yield from (send.condition, send.message)
    yield from (branch.condition for branch in action.branches)


def _gap(action: Action) -> int:
    """1, or room for the stamps that the action may place between others."""
    skewed = [
        node.offset + 1
        for node in walk(*_expressions(action))
        if isinstance(node, Fresh) and not isinstance(node.back, Literal)
    ]
    return max(skewed, default=1)
