"""All changes of a model, in the order of its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from verifier.language import ast
from verifier.language.files import Sources
from verifier.mutation.change import Change, Place, piece
from verifier.mutation.expressions import Pen, conditions, guards, values
from verifier.mutation.surroundings import Surroundings, place_of, surroundings
from verifier.source import Span


def changes(sources: Sources) -> Iterator[Change]:
    """Every change of what nodes and environment do; properties stay as they are."""
    around = surroundings(sources.files)
    for name, file in sources.files.items():
        text = sources.texts[name]
        for declaration in file.declarations:
            match declaration:
                case ast.NodeDecl(node, members=members):
                    for member in members:
                        yield from _member(text, node.text, member, around)
                case ast.ActionDecl() | ast.FunctionDecl():
                    yield from _member(text, "", declaration, around)
                case _:
                    pass


def _member(text: str, node: str, member: ast.Member, around: Surroundings) -> Iterator[Change]:
    place = place_of(node, member) or _run_by(node, member, around)
    if place is None:
        return
    pen = Pen(text, place, around.labels)
    match member:
        case ast.Handler(guard=guard, body=body) | ast.TimeoutHandler(guard=guard, body=body):
            if guard is not None:
                yield from guards(pen, guard)
            yield from _statements(pen, body, around)
        case ast.ActionDecl(guard=guard, body=body):
            if guard is not None:
                yield from guards(pen, guard)
            yield from _statements(pen, body, around)
        case ast.Ignore(guard=guard) | ast.Defer(guard=guard):
            if guard is not None:
                yield from guards(pen, guard)
        case ast.FunctionDecl(result=result, body=expr):
            of_bool = isinstance(result, ast.BoolType)
            yield from conditions(pen, expr) if of_bool else values(pen, expr)
        case ast.Procedure(body=body):
            yield from _statements(pen, body, around)
        case ast.VariableDecl() | ast.TimerDecl():
            pass
        case _:
            assert_never(member)


def _run_by(node: str, member: ast.Member, around: Surroundings) -> Place | None:
    """A function or procedure with the requirements of the handlers that run it."""
    match member:
        case ast.FunctionDecl(name) | ast.Procedure(name):
            users = around.users.get(name.text, ())
            ids = dict.fromkeys(i for user in users for i in user.requirements)
            kind = "procedure" if isinstance(member, ast.Procedure) else "function"
            shown = f"{node} {kind} {name.text}".strip()
            return Place(shown, tuple(ids)) if users else None
        case _:
            return None


def _statements(pen: Pen, body: Sequence[ast.Statement], around: Surroundings) -> Iterator[Change]:
    for statement in body:
        yield from _statement(pen, statement, around)


def _statement(pen: Pen, statement: ast.Statement, around: Surroundings) -> Iterator[Change]:
    match statement:
        case ast.Assign(target, op, value):
            if _is_ghost(target, around):
                return
            yield _dropped(pen, statement.span, "drops the assignment")
            if op != ":=":
                other = "-=" if op == "+=" else "+="
                text = f"{piece(pen.text, target.span)} {other} {piece(pen.text, value.span)}"
                yield pen.change("swaps += and -=", statement.span, text)
            if op != ":=" and isinstance(value, ast.Integer):
                yield pen.change("another value", value.span, str(value.value + 1))
            else:
                yield from values(pen, value)
        case ast.IfStatement(condition, then, otherwise):
            yield from conditions(pen, condition)
            yield from _statements(pen, then, around)
            yield from _statements(pen, otherwise or (), around)
        case ast.ForStatement(body=body):
            yield from _statements(pen, body, around)
        case ast.Choose(condition=condition):
            if condition is not None:
                yield from guards(pen, condition)
        case ast.LetStatement(value=value):
            yield from values(pen, value)
        case ast.Send(fields=fields):
            yield _dropped(pen, statement.span, "drops the message")
            for field in fields:
                yield from values(pen, field.value)
        case ast.TimerStatement(op):
            yield _dropped(pen, statement.span, f"drops the {op}")
        case ast.CallStatement(arguments=arguments):
            yield _dropped(pen, statement.span, "drops the call")
            for argument in arguments:
                yield from values(pen, argument)
        case ast.Assert():
            pass  # it is a claim about the model, not a part of it
        case _:
            assert_never(statement)


def _is_ghost(target: ast.Expr, around: Surroundings) -> bool:
    match target:
        case ast.Name(text):
            return text in around.ghosts
        case ast.Select(inner, member):
            return member.text in around.ghosts or _is_ghost(inner, around)
        case ast.Index(inner):
            return _is_ghost(inner, around)
        case _:
            return False


def _dropped(pen: Pen, span: Span, kind: str) -> Change:
    """A statement that is left out, with the semicolon behind it if there is one."""
    start = _line_offset(pen.text, span.end_line) + span.end_column - 1
    rest = pen.text[start:]
    behind = rest.lstrip(" ")
    if behind.startswith(";"):
        skipped = len(rest) - len(behind) + 1
        span = Span(span.file, span.line, span.column, span.end_line, span.end_column + skipped)
    return pen.change(kind, span, "")


def _line_offset(text: str, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    return at
