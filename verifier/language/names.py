"""Every name stands for something: the pass that finds names which do not.

What a name stands for is then looked up in the same tables by the elaboration; this pass only
makes sure, once and with all mistakes together, that the look-up cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from verifier.language import ast
from verifier.language.files import Sources
from verifier.language.scopes import (
    Scope,
    check_block,
    check_domain,
    check_expr,
    check_kind,
    check_optional,
    check_timer,
    check_type,
)
from verifier.language.tables import BUILTIN_TYPES, Table, build_tables, is_unbounded, members
from verifier.source import SourceError


def check_names(sources: Sources) -> dict[str, Table]:
    """The table of every file.

    Raises:
        SourceError: names declared twice and names that stand for nothing, of all files.
    """
    tables, diagnostics = build_tables(sources)
    for path, file in sources.files.items():
        scope = Scope(tables[path], diagnostics)
        for declaration in file.declarations:
            _declaration(scope, declaration)
    if diagnostics:
        raise SourceError(tuple(diagnostics))
    return tables


def _declaration(scope: Scope, declaration: ast.Declaration) -> None:
    match declaration:
        case ast.Option(type=kind, default=value):
            check_type(scope, kind)
            check_expr(scope, value)
        case ast.Variant(extends=base, settings=settings):
            _settings(scope, settings)
            del base  # variants are looked up when one is chosen: see `choices`
        case ast.Const(type=kind, value=value):
            if kind is not None:
                check_type(scope, kind)
            check_expr(scope, value)
        case ast.TypeDecl(type=kind):
            check_type(scope, kind)
        case ast.RecordDecl(fields=fields):
            for entry in fields:
                check_type(scope, entry.type)
        case ast.MessageDecl(fields=fields, channel=channel):
            for entry in fields:
                check_type(scope, entry.type)
            if channel is not None:
                check_kind(scope, channel, "channel", ast.ChannelDecl)
        case ast.ChannelDecl(traits=traits):
            for trait in traits:
                if trait.amount is not None and not is_unbounded(trait.amount):
                    check_expr(scope, trait.amount)
        case ast.FunctionDecl():
            _function(scope, declaration)
        case ast.World(variables=variables):
            for variable in variables:
                _variable(scope, variable)
        case ast.NodeDecl():
            _node(scope, declaration)
        case ast.Instance(index=index, type=kind, arguments=arguments):
            inner = scope
            if index is not None:
                check_expr(scope, index.low)
                check_expr(scope, index.high)
                inner = scope.with_locals(index.variable.text)
            check_kind(scope, kind, "node type", ast.NodeDecl)
            for argument in arguments:
                check_expr(inner, argument.value)
        case ast.ActionDecl():
            _action(scope, declaration)
        case ast.InvariantDecl(condition=condition, predicate=predicate):
            check_optional(scope, condition)
            check_expr(scope, predicate)
        case ast.StepDecl(events=events, predicate=predicate):
            bound = [scope.with_locals(*(v.text for v in event.variables)) for event in events]
            for event in events:
                _event(scope, event)
            # A name must be bound by every event of the list, or the claim has no meaning there.
            names = [inner.locals for inner in bound] or [scope.locals]
            check_expr(replace(scope, locals=frozenset.intersection(*names)), predicate)
        case ast.ReachableDecl(predicate=predicate):
            check_expr(scope, predicate)
        case ast.FlowDecl(lines=lines):
            for line in lines:
                _flow_line(scope, line)
        case ast.Final(condition=condition):
            check_expr(scope, condition)
        case ast.Expect(settings=settings):
            _settings(scope, settings)
        case ast.Liveness(first=first, second=second):
            check_expr(scope, first)
            check_optional(scope, second)
        case ast.Import() | ast.EnumDecl():
            pass
        case _:
            assert_never(declaration)


def _settings(scope: Scope, settings: Iterable[ast.Setting]) -> None:
    for setting in settings:
        check_kind(scope, setting.name, "option", ast.Option)
        option = scope.table.declared(setting.name.text)
        bound = isinstance(option, ast.Option) and option.role is ast.OptionRole.BOUND
        if bound and is_unbounded(setting.value):
            continue
        check_expr(scope, setting.value)


def _variable(scope: Scope, variable: ast.VariableDecl) -> None:
    check_type(scope, variable.type)
    check_optional(scope, variable.initial)
    if variable.domain is not None:
        check_domain(scope, variable.domain)


def _function(scope: Scope, function: ast.FunctionDecl) -> None:
    inner = _parameters(scope, function.parameters)
    check_type(scope, function.result)
    check_expr(inner, function.body)


def _parameters(scope: Scope, parameters: Iterable[ast.ParameterDecl]) -> Scope:
    for parameter in parameters:
        if parameter.type is not None:
            check_type(scope, parameter.type)
        if parameter.domain is not None:
            check_domain(scope, parameter.domain)
        scope = scope.with_locals(parameter.name.text)
    return scope


def _action(scope: Scope, action: ast.ActionDecl) -> None:
    inner = _parameters(scope, action.parameters)
    check_optional(inner, action.guard)
    check_block(inner, action.body)


def _node(scope: Scope, node: ast.NodeDecl) -> None:
    for parameter in node.parameters:
        if parameter.type is not None:
            check_type(scope, parameter.type)
    inner = replace(scope, members=members(node))
    for member in node.members:
        match member:
            case ast.VariableDecl():
                _variable(inner, member)
            case ast.TimerDecl(condition=condition):
                check_optional(inner, condition)
            case ast.Handler(pattern=pattern, guard=guard, body=body):
                bound = _pattern(inner, pattern)
                check_optional(bound, guard)
                check_block(bound, body)
            case (
                ast.Ignore(patterns=patterns, guard=guard)
                | ast.Defer(patterns=patterns, guard=guard)
            ):
                scopes = [_pattern(inner, pattern) for pattern in patterns]
                shared = frozenset.intersection(*(bound.locals for bound in scopes))
                check_optional(replace(inner, locals=shared), guard)
            case ast.TimeoutHandler(timer=timer, guard=guard, body=body):
                check_timer(inner, timer)
                check_optional(inner, guard)
                check_block(inner, body)
            case ast.ActionDecl():
                _action(inner, member)
            case ast.FunctionDecl():
                _function(inner, member)
            case ast.Procedure(parameters=parameters, body=body):
                check_block(_parameters(inner, parameters), body)
            case _:
                assert_never(member)


def _pattern(scope: Scope, pattern: ast.Pattern) -> Scope:
    check_kind(scope, pattern.message, "message", ast.MessageDecl)
    if pattern.sender_type is not None and pattern.sender_type.text not in BUILTIN_TYPES:
        check_kind(scope, pattern.sender_type, "node type", ast.NodeDecl)
    names = [i.text for i in (pattern.variable, pattern.sender) if i is not None]
    return scope.with_locals(*names)


def _node_name(scope: Scope, name: ast.NodeName) -> None:
    if name.name.text not in BUILTIN_TYPES:
        check_kind(scope, name.name, "node", ast.Instance, ast.NodeDecl)
    check_optional(scope, name.index)


def _event(scope: Scope, event: ast.Event) -> None:
    if event.member is None:
        check_kind(scope, event.target.name, "environment action", ast.ActionDecl)
    else:
        _node_name(scope, event.target)
    check_optional(scope.with_locals(*(v.text for v in event.variables)), event.condition)


def _flow_line(scope: Scope, line: ast.FlowLine) -> None:
    match line:
        case ast.FlowMessage(sender, receiver, message, variable, condition):
            _node_name(scope, sender)
            _node_name(scope, receiver)
            check_kind(scope, message, "message", ast.MessageDecl)
            inner = scope.with_locals(variable.text) if variable is not None else scope
            check_optional(inner, condition)
        case ast.FlowDo(event):
            _event(scope, event)
        case ast.FlowWithout(messages):
            for message in messages:
                check_kind(scope, message, "message", ast.MessageDecl)
        case ast.FlowGiven(condition) | ast.FlowThen(condition):
            check_expr(scope, condition)
        case _:
            assert_never(line)
