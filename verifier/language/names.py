"""Every name stands for something: the pass that finds names which do not.

What a name stands for is then looked up in the same tables by the elaboration; this pass only
makes sure, once and with all mistakes together, that the look-up cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.files import Sources
from verifier.language.tables import (
    BUILTIN_FUNCTIONS,
    BUILTIN_TYPES,
    Member,
    Table,
    build_tables,
    members,
    similar,
)
from verifier.source import Diagnostic, SourceError


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that can be used at a place."""

    table: Table
    diagnostics: list[Diagnostic]
    members: Mapping[str, Member] = field(default_factory=dict)
    locals: frozenset[str] = frozenset()

    def with_locals(self, *names: str) -> Scope:
        """The scope inside a binder."""
        return replace(self, locals=self.locals | set(names))

    def unknown(self, ident: ast.Ident | ast.Name, what: str, known: Iterable[str]) -> None:
        """Reports a name that stands for nothing, or not for what the place needs."""
        self.diagnostics.append(
            Diagnostic(
                Code.UNKNOWN_NAME,
                f"there is no {what} '{ident.text}' here",
                ident.span,
                hint=similar(ident.text, sorted(known))
                or "a file sees its own declarations and those of the files it imports itself",
            )
        )


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
            _type(scope, kind)
            _expr(scope, value)
        case ast.Variant(extends=base, settings=settings):
            _settings(scope, settings)
            del base  # variants are looked up when one is chosen: see `choices`
        case ast.Const(type=kind, value=value):
            if kind is not None:
                _type(scope, kind)
            _expr(scope, value)
        case ast.TypeDecl(type=kind):
            _type(scope, kind)
        case ast.RecordDecl(fields=fields):
            for entry in fields:
                _type(scope, entry.type)
        case ast.MessageDecl(fields=fields, channel=channel):
            for entry in fields:
                _type(scope, entry.type)
            if channel is not None:
                _kind(scope, channel, "channel", ast.ChannelDecl)
        case ast.ChannelDecl(traits=traits):
            for trait in traits:
                _optional(scope, trait.amount)
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
                _expr(scope, index.low)
                _expr(scope, index.high)
                inner = scope.with_locals(index.variable.text)
            _kind(scope, kind, "node type", ast.NodeDecl)
            for argument in arguments:
                _expr(inner, argument.value)
        case ast.ActionDecl():
            _action(scope, declaration)
        case ast.InvariantDecl(condition=condition, predicate=predicate):
            _optional(scope, condition)
            _expr(scope, predicate)
        case ast.StepDecl(events=events, predicate=predicate):
            bound = [scope.with_locals(*(v.text for v in event.variables)) for event in events]
            for event in events:
                _event(scope, event)
            # A name must be bound by every event of the list, or the claim has no meaning there.
            names = [inner.locals for inner in bound] or [scope.locals]
            _expr(replace(scope, locals=frozenset.intersection(*names)), predicate)
        case ast.ReachableDecl(predicate=predicate):
            _expr(scope, predicate)
        case ast.FlowDecl(lines=lines):
            for line in lines:
                _flow_line(scope, line)
        case ast.Final(condition=condition):
            _expr(scope, condition)
        case ast.Expect(settings=settings):
            _settings(scope, settings)
        case ast.Liveness(first=first, second=second):
            _expr(scope, first)
            _optional(scope, second)
        case ast.Import() | ast.EnumDecl():
            pass
        case _:
            assert_never(declaration)


def _settings(scope: Scope, settings: Iterable[ast.Setting]) -> None:
    for setting in settings:
        _kind(scope, setting.name, "option", ast.Option)
        _expr(scope, setting.value)


def _kind(scope: Scope, ident: ast.Ident, what: str, *kinds: type) -> bool:
    if isinstance(scope.table.declared(ident.text), kinds):
        return True
    known = (n for n in scope.table.symbols if isinstance(scope.table.declared(n), kinds))
    scope.unknown(ident, what, known)
    return False


def _variable(scope: Scope, variable: ast.VariableDecl) -> None:
    _type(scope, variable.type)
    _optional(scope, variable.initial)
    if variable.domain is not None:
        _domain(scope, variable.domain)


def _function(scope: Scope, function: ast.FunctionDecl) -> None:
    inner = _parameters(scope, function.parameters)
    _type(scope, function.result)
    _expr(inner, function.body)


def _parameters(scope: Scope, parameters: Iterable[ast.ParameterDecl]) -> Scope:
    for parameter in parameters:
        if parameter.type is not None:
            _type(scope, parameter.type)
        if parameter.domain is not None:
            _domain(scope, parameter.domain)
        scope = scope.with_locals(parameter.name.text)
    return scope


def _action(scope: Scope, action: ast.ActionDecl) -> None:
    inner = _parameters(scope, action.parameters)
    _optional(inner, action.guard)
    _block(inner, action.body)


def _node(scope: Scope, node: ast.NodeDecl) -> None:
    for parameter in node.parameters:
        if parameter.type is not None:
            _type(scope, parameter.type)
    inner = replace(scope, members=members(node))
    for member in node.members:
        match member:
            case ast.VariableDecl():
                _variable(inner, member)
            case ast.TimerDecl(condition=condition):
                _optional(inner, condition)
            case ast.Handler(pattern=pattern, guard=guard, body=body):
                bound = _pattern(inner, pattern)
                _optional(bound, guard)
                _block(bound, body)
            case ast.Ignore(patterns=patterns, guard=guard) | ast.Defer(
                patterns=patterns, guard=guard
            ):
                scopes = [_pattern(inner, pattern) for pattern in patterns]
                shared = frozenset.intersection(*(bound.locals for bound in scopes))
                _optional(replace(inner, locals=shared), guard)
            case ast.TimeoutHandler(timer=timer, guard=guard, body=body):
                _timer(inner, timer)
                _optional(inner, guard)
                _block(inner, body)
            case ast.ActionDecl():
                _action(inner, member)
            case ast.FunctionDecl():
                _function(inner, member)
            case ast.Procedure(parameters=parameters, body=body):
                _block(_parameters(inner, parameters), body)
            case _:
                assert_never(member)


def _pattern(scope: Scope, pattern: ast.Pattern) -> Scope:
    _kind(scope, pattern.message, "message", ast.MessageDecl)
    if pattern.sender_type is not None and pattern.sender_type.text not in BUILTIN_TYPES:
        _kind(scope, pattern.sender_type, "node type", ast.NodeDecl)
    names = [i.text for i in (pattern.variable, pattern.sender) if i is not None]
    return scope.with_locals(*names)


def _timer(scope: Scope, ident: ast.Ident) -> None:
    if not isinstance(scope.members.get(ident.text), ast.TimerDecl):
        known = (n for n, m in scope.members.items() if isinstance(m, ast.TimerDecl))
        scope.unknown(ident, "timer", known)


def _node_name(scope: Scope, name: ast.NodeName) -> None:
    if name.name.text not in BUILTIN_TYPES:
        _kind(scope, name.name, "node", ast.Instance, ast.NodeDecl)
    _optional(scope, name.index)


def _event(scope: Scope, event: ast.Event) -> None:
    if event.member is None:
        _kind(scope, event.target.name, "environment action", ast.ActionDecl)
    else:
        _node_name(scope, event.target)
    _optional(scope.with_locals(*(v.text for v in event.variables)), event.condition)


def _flow_line(scope: Scope, line: ast.FlowLine) -> None:
    match line:
        case ast.FlowMessage(sender, receiver, message, variable, condition):
            _node_name(scope, sender)
            _node_name(scope, receiver)
            _kind(scope, message, "message", ast.MessageDecl)
            inner = scope.with_locals(variable.text) if variable is not None else scope
            _optional(inner, condition)
        case ast.FlowDo(event):
            _event(scope, event)
        case ast.FlowWithout(messages):
            for message in messages:
                _kind(scope, message, "message", ast.MessageDecl)
        case ast.FlowGiven(condition) | ast.FlowThen(condition):
            _expr(scope, condition)
        case _:
            assert_never(line)


# ---- types, expressions, statements ------------------------------------------------------------


def _type(scope: Scope, kind: ast.TypeExpr) -> None:
    match kind:
        case ast.NamedType(name):
            if name.text not in BUILTIN_TYPES:
                _kind(
                    scope,
                    name,
                    "type",
                    ast.EnumDecl,
                    ast.TypeDecl,
                    ast.RecordDecl,
                    ast.NodeDecl,
                    ast.Option,
                )
        case ast.RangeType(low, high):
            _expr(scope, low)
            _expr(scope, high)
        case ast.ModType(modulus):
            _expr(scope, modulus)
        case ast.OptionalType(item) | ast.SetType(item):
            _type(scope, item)
        case ast.MapType(key, value):
            _type(scope, key)
            _type(scope, value)
        case ast.ListType(item, capacity):
            _type(scope, item)
            _expr(scope, capacity)
        case ast.BoolType() | ast.IntegerType() | ast.StampType() | ast.InlineEnum():
            pass
        case _:
            assert_never(kind)


def _optional(scope: Scope, expr: ast.Expr | None) -> None:
    if expr is not None:
        _expr(scope, expr)


def _domain(scope: Scope, domain: ast.Domain) -> None:
    match domain:
        case ast.RangeDomain(low, high):
            _expr(scope, low)
            _expr(scope, high)
        case ast.BoolDomain():
            pass
        case _:
            _expr(scope, domain)


def _expr(scope: Scope, expr: ast.Expr) -> None:
    match expr:
        case ast.Name(text):
            if not (
                text in scope.locals
                or text in scope.members
                or text in scope.table.symbols
                or text in BUILTIN_TYPES
            ):
                known = {*scope.locals, *scope.members, *scope.table.symbols}
                scope.unknown(expr, "name", known)
        case ast.Call(function, arguments):
            _called(scope, function)
            for argument in arguments:
                _expr(scope, argument)
        case ast.RecordValue(name, fields):
            _kind(scope, name, "record", ast.RecordDecl)
            for entry in fields:
                _expr(scope, entry.value)
        case ast.Let(name, value, body):
            _expr(scope, value)
            _expr(scope.with_locals(name.text), body)
        case ast.Quantifier(variable=variable, domain=domain, body=inner):
            _domain(scope, domain)
            _optional(scope.with_locals(variable.text), inner)
        case ast.InFlight(message=message, variable=variable, condition=condition):
            if message is not None:
                _kind(scope, message, "message", ast.MessageDecl)
            inner_scope = scope.with_locals(variable.text) if variable is not None else scope
            _optional(inner_scope, condition)
        case ast.Room(channel):
            _kind(scope, channel, "channel", ast.ChannelDecl)
        case ast.Running(timer):
            _timer(scope, timer)
        case ast.Select(target) | ast.Unary(_, target) | ast.Old(target):
            _expr(scope, target)
        case ast.Index(left, right) | ast.Binary(_, left, right):
            _expr(scope, left)
            _expr(scope, right)
        case ast.SetValue(items) | ast.ListValue(items):
            for item in items:
                _expr(scope, item)
        case ast.Conditional(condition, then, otherwise):
            _expr(scope, condition)
            _expr(scope, then)
            _expr(scope, otherwise)
        case ast.Now(skew):
            _optional(scope, skew)
        case ast.Integer() | ast.Truth() | ast.Nothing() | ast.Quiet() | ast.SelfRef():
            pass
        case _:
            assert_never(expr)


def _called(scope: Scope, function: ast.Ident) -> None:
    known = (
        function.text in BUILTIN_FUNCTIONS
        or isinstance(scope.members.get(function.text), ast.FunctionDecl)
        or isinstance(scope.table.declared(function.text), ast.FunctionDecl)
    )
    if not known:
        names = [n for n, m in scope.members.items() if isinstance(m, ast.FunctionDecl)]
        names += [
            n for n in scope.table.symbols if isinstance(scope.table.declared(n), ast.FunctionDecl)
        ]
        scope.unknown(function, "function", [*names, *BUILTIN_FUNCTIONS])


def _block(scope: Scope, body: Iterable[ast.Statement]) -> None:
    for statement in body:
        scope = _statement(scope, statement)


def _statement(scope: Scope, statement: ast.Statement) -> Scope:
    """Checks one statement; returns the scope of the statements behind it."""
    match statement:
        case ast.Assign(target, _, value):
            _expr(scope, target)
            _expr(scope, value)
        case ast.IfStatement(condition, then, otherwise):
            _expr(scope, condition)
            _block(scope, then)
            _block(scope, otherwise or ())
        case ast.ForStatement(variable, domain, body):
            _domain(scope, domain)
            _block(scope.with_locals(variable.text), body)
        case ast.Choose(variable, domain, condition):
            _domain(scope, domain)
            scope = scope.with_locals(variable.text)
            _optional(scope, condition)
        case ast.LetStatement(name, value):
            _expr(scope, value)
            scope = scope.with_locals(name.text)
        case ast.Send(message, fields, receiver):
            _kind(scope, message, "message", ast.MessageDecl)
            for entry in fields:
                _expr(scope, entry.value)
            _expr(scope, receiver)
        case ast.TimerStatement(timer=timer):
            _timer(scope, timer)
        case ast.Assert(condition):
            _expr(scope, condition)
        case ast.CallStatement(procedure, arguments):
            if not isinstance(scope.members.get(procedure.text), ast.Procedure):
                known = [n for n, m in scope.members.items() if isinstance(m, ast.Procedure)]
                scope.unknown(procedure, "procedure", known)
            for argument in arguments:
                _expr(scope, argument)
        case _:
            assert_never(statement)
    return scope
