"""Branches of the concrete tree to statements of the syntax tree."""

from __future__ import annotations

from verifier.language import ast
from verifier.language.syntax.expressions import (
    domain,
    expression,
    expressions,
    field_values,
    place,
    under,
)
from verifier.language.syntax.tree import Branch, first_ident, quoted

_ASSIGNMENTS = {"assign": ":=", "increase": "+=", "decrease": "-="}


def block(branch: Branch) -> tuple[ast.Statement, ...]:
    """The statements between braces; the semicolons are no children that count."""
    assert branch.rule == "block", f"'{branch.rule}' is not a block"
    return tuple(statement(child) for child in branch.branches())


def statement(branch: Branch) -> ast.Statement:
    """A statement."""
    span = branch.span
    match branch.rule:
        case "assign" | "increase" | "decrease":
            target, value = branch.branches()
            return ast.Assign(place(target), _ASSIGNMENTS[branch.rule], expression(value), span)
        case "if_stmt":
            return _if(branch)
        case "for_stmt":
            return ast.ForStatement(
                first_ident(branch), domain(branch.branch(1)), block(branch.branch(2)), span
            )
        case "choose_stmt":
            condition = under(branch.find("where"))
            return ast.Choose(first_ident(branch), domain(branch.branch(1)), condition, span)
        case "let_stmt":
            return ast.LetStatement(first_ident(branch), expression(branch.branch(1)), span)
        case "send_stmt":
            fields = field_values(branch.find("field_values"))
            receiver = expression(branch.branch(-1))
            sender = under(branch.find("from_sender"))
            return ast.Send(first_ident(branch), fields, receiver, span, sender=sender)
        case "start_stmt":
            return ast.TimerStatement("start", first_ident(branch), span)
        case "stop_stmt":
            return ast.TimerStatement("stop", first_ident(branch), span)
        case "assert_stmt":
            message = next((quoted(word) for word in branch.words("STRING")), None)
            return ast.Assert(expression(branch.branch(0)), message, span)
        case "call_stmt":
            return ast.CallStatement(first_ident(branch), tuple(expressions(branch)), span)
        case _:
            raise AssertionError(f"'{branch.rule}' is not a statement")


def _if(branch: Branch) -> ast.IfStatement:
    condition, then, *rest = branch.branches()
    otherwise: tuple[ast.Statement, ...] | None = None
    for part in rest:
        inner = part.branch(0)
        otherwise = block(inner) if part.rule == "else_block" else (statement(inner),)
    return ast.IfStatement(expression(condition), block(then), otherwise, branch.span)
