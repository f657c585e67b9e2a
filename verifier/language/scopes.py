"""The names that can be used at a place, and the walk through code that reports all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.tables import BUILTIN_FUNCTIONS, BUILTIN_TYPES, Member, Table, similar
from verifier.source import Diagnostic


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


def check_kind(scope: Scope, ident: ast.Ident, what: str, *kinds: type) -> bool:
    """Reports a name that does not stand for a declaration of one of these kinds."""
    if isinstance(scope.table.declared(ident.text), kinds):
        return True
    known = (n for n in scope.table.symbols if isinstance(scope.table.declared(n), kinds))
    scope.unknown(ident, what, known)
    return False


def check_timer(scope: Scope, ident: ast.Ident) -> None:
    """Reports a name that is no timer of the node."""
    if not isinstance(scope.members.get(ident.text), ast.TimerDecl):
        known = (n for n, m in scope.members.items() if isinstance(m, ast.TimerDecl))
        scope.unknown(ident, "timer", known)


def check_type(scope: Scope, kind: ast.TypeExpr) -> None:
    """The names in a type."""
    match kind:
        case ast.NamedType(name):
            if name.text not in BUILTIN_TYPES:
                check_kind(
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
            check_expr(scope, low)
            check_optional(scope, high)
        case ast.ModType(modulus):
            check_expr(scope, modulus)
        case ast.OptionalType(item) | ast.SetType(item):
            check_type(scope, item)
        case ast.MapType(key, value):
            check_type(scope, key)
            check_type(scope, value)
        case ast.ListType(item, capacity):
            check_type(scope, item)
            check_expr(scope, capacity)
        case ast.BoolType() | ast.IntegerType() | ast.StampType() | ast.InlineEnum():
            pass
        case _:
            assert_never(kind)


def check_optional(scope: Scope, expr: ast.Expr | None) -> None:
    """The names in an expression, if there is one."""
    if expr is not None:
        check_expr(scope, expr)


def check_domain(scope: Scope, domain: ast.Domain) -> None:
    """The names in what stands after ``in``."""
    match domain:
        case ast.RangeDomain(low, high):
            check_expr(scope, low)
            check_expr(scope, high)
        case ast.BoolDomain():
            pass
        case _:
            check_expr(scope, domain)


def check_expr(scope: Scope, expr: ast.Expr) -> None:
    """The names in an expression."""
    match expr:
        case ast.Name(text):
            if not (
                text in scope.locals
                or text in scope.members
                or text in scope.table.symbols
                or text in BUILTIN_TYPES
            ):
                known = {*scope.locals, *scope.members, *scope.table.symbols}
                scope.unknown(expr, "name", {*known, "true", "false", "none"})
        case ast.Call(function, arguments):
            _called(scope, function)
            for argument in arguments:
                check_expr(scope, argument)
        case ast.RecordValue(name, fields):
            check_kind(scope, name, "record", ast.RecordDecl)
            for entry in fields:
                check_expr(scope, entry.value)
        case ast.Let(name, value, body):
            check_expr(scope, value)
            check_expr(scope.with_locals(name.text), body)
        case ast.Quantifier(variable=variable, domain=domain, body=inner):
            check_domain(scope, domain)
            check_optional(scope.with_locals(variable.text), inner)
        case ast.InFlight(_, message, variable, place, condition):
            if message is not None:
                check_kind(scope, message, "message", ast.MessageDecl)
            if place is not None:
                check_expr(scope, place.number)
            inner_scope = scope.with_locals(variable.text) if variable is not None else scope
            check_optional(inner_scope, condition)
        case ast.Room(channel):
            check_kind(scope, channel, "channel", ast.ChannelDecl)
        case ast.Running(ast.Name(text, span)):
            check_timer(scope, ast.Ident(text, span))
        case (
            ast.Select(target) | ast.Unary(_, target) | ast.Old(target) | ast.Running(target)
        ):  # fmt: skip
            check_expr(scope, target)
        case ast.Index(left, right) | ast.Binary(_, left, right):
            check_expr(scope, left)
            check_expr(scope, right)
        case ast.InRange(_, item, low, high):
            for part in (item, low, high):
                check_expr(scope, part)
        case ast.SetValue(items) | ast.ListValue(items):
            for item in items:
                check_expr(scope, item)
        case ast.Conditional(condition, then, otherwise):
            check_expr(scope, condition)
            check_expr(scope, then)
            check_expr(scope, otherwise)
        case ast.Now(skew):
            check_optional(scope, skew)
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


def check_block(scope: Scope, body: Iterable[ast.Statement]) -> None:
    """The names in statements; each sees what those before it declare."""
    for statement in body:
        scope = _statement(scope, statement)


def _statement(scope: Scope, statement: ast.Statement) -> Scope:
    """Checks one statement; returns the scope of the statements behind it."""
    match statement:
        case ast.Assign(target, _, value):
            check_expr(scope, target)
            check_expr(scope, value)
        case ast.IfStatement(condition, then, otherwise):
            check_expr(scope, condition)
            check_block(scope, then)
            check_block(scope, otherwise or ())
        case ast.ForStatement(variable, domain, body):
            check_domain(scope, domain)
            check_block(scope.with_locals(variable.text), body)
        case ast.Choose(variable, domain, condition):
            check_domain(scope, domain)
            scope = scope.with_locals(variable.text)
            check_optional(scope, condition)
        case ast.LetStatement(name, value):
            check_expr(scope, value)
            scope = scope.with_locals(name.text)
        case ast.Send(message, fields, receiver, sender=sender):
            check_kind(scope, message, "message", ast.MessageDecl)
            for entry in fields:
                check_expr(scope, entry.value)
            check_expr(scope, receiver)
            check_optional(scope, sender)
        case ast.TimerStatement(timer=timer):
            check_timer(scope, timer)
        case ast.Assert(condition):
            check_expr(scope, condition)
        case ast.CallStatement(procedure, arguments):
            if not isinstance(scope.members.get(procedure.text), ast.Procedure):
                known = [n for n, m in scope.members.items() if isinstance(m, ast.Procedure)]
                scope.unknown(procedure, "procedure", known)
            for argument in arguments:
                check_expr(scope, argument)
        case _:
            assert_never(statement)
    return scope
