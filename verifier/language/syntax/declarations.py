"""Branches of the concrete tree to declarations of the syntax tree; properties apart."""

from __future__ import annotations

from verifier.language import ast
from verifier.language.syntax.comments import comments
from verifier.language.syntax.expressions import domain, expression, type_expression, under
from verifier.language.syntax.properties import RULES as PROPERTIES
from verifier.language.syntax.properties import property_declaration, setting
from verifier.language.syntax.statements import block
from verifier.language.syntax.tree import (
    Branch,
    first_ident,
    ident,
    idents,
    only_ident,
    quoted,
    requirements,
)


def whole_file(root: Branch, text: str, path: str) -> ast.File:
    """The syntax tree of a file, of which the text is needed for its comments."""
    header = root.find("header")
    return ast.File(
        path,
        None if header is None else first_ident(header),
        tuple(declaration(child) for child in root.branches() if child.rule != "header"),
        comments(text, path),
        root.span,
    )


_ROLES = {
    "option_decl": ast.OptionRole.PLAIN,
    "fix_decl": ast.OptionRole.FIX,
    "assume_decl": ast.OptionRole.ASSUMPTION,
    "bound_decl": ast.OptionRole.BOUND,
}


def _notes(branch: Branch, rule: str) -> tuple[str, ...]:
    """The texts behind ``needs`` or ``costs``."""
    return tuple(quoted(note.word(-1)) for note in branch.branches(rule))


def declaration(branch: Branch) -> ast.Declaration:
    """What may stand at the top level of a file."""
    span = branch.span
    match branch.rule:
        case "import_decl":
            return ast.Import(quoted(branch.word(0)), span)
        case "option_decl" | "fix_decl" | "assume_decl" | "bound_decl":
            kind = type_expression(branch.branch(1))
            default = expression(branch.branch(2))
            name, role = first_ident(branch), _ROLES[branch.rule]
            needs, costs = _notes(branch, "needs"), _notes(branch, "costs")
            return ast.Option(name, kind, default, requirements(branch), role, needs, costs, span)
        case "variant_decl":
            return ast.Variant(
                first_ident(branch),
                branch.has("DEFAULT"),
                only_ident(branch.find("extends")),
                tuple(setting(child) for child in branch.branches("setting")),
                requirements(branch),
                span,
            )
        case "const_decl":
            typed = branch.find("typed")
            kind_or_none = None if typed is None else type_expression(typed.branch(0))
            return ast.Const(first_ident(branch), kind_or_none, expression(branch.branch(-1)), span)
        case "enum_decl":
            first, *labels = idents(branch)
            return ast.EnumDecl(first, tuple(labels), span)
        case "type_decl":
            return ast.TypeDecl(first_ident(branch), type_expression(branch.branch(1)), span)
        case "record_decl":
            return ast.RecordDecl(first_ident(branch), _fields(branch.find("fields")), span)
        case "message_decl":
            return ast.MessageDecl(
                first_ident(branch),
                _fields(branch.find("fields")),
                only_ident(branch.find("via")),
                requirements(branch),
                span,
            )
        case "channel_decl":
            traits = tuple(_trait(child) for child in branch.branches())
            return ast.ChannelDecl(first_ident(branch), traits, span)
        case "function_decl":
            return _function(branch)
        case "world_decl":
            return ast.World(tuple(_variable(child) for child in branch.branches()), span)
        case "node_decl":
            members = (c for c in branch.branches() if c.rule not in ("parameters", "ids"))
            return ast.NodeDecl(
                first_ident(branch),
                _parameters(branch),
                requirements(branch),
                tuple(_member(child) for child in members),
                span,
            )
        case "instance_decl":
            return _instance(branch)
        case "environment_decl":
            return _action(branch)
        case rule if rule in PROPERTIES:
            return property_declaration(branch)
        case _:
            raise AssertionError(f"'{branch.rule}' is not a declaration")


def _fields(branch: Branch | None) -> tuple[ast.FieldDecl, ...]:
    if branch is None:
        return ()
    return tuple(
        ast.FieldDecl(first_ident(child), type_expression(child.branch(1)), child.span)
        for child in branch.branches("field")
    )


def _trait(branch: Branch) -> ast.Trait:
    amount = next((expression(child) for child in branch.branches()), None)
    return ast.Trait(branch.rule, amount, branch.span)


def _parameters(branch: Branch) -> tuple[ast.ParameterDecl, ...]:
    found = branch.find("parameters")
    if found is None:
        return ()
    return tuple(_parameter(child) for child in found.branches())


def _parameter(branch: Branch) -> ast.ParameterDecl:
    if branch.rule == "parameter_in":
        return ast.ParameterDecl(first_ident(branch), None, domain(branch.branch(1)), branch.span)
    return ast.ParameterDecl(
        first_ident(branch), type_expression(branch.branch(1)), None, branch.span
    )


def _function(branch: Branch) -> ast.FunctionDecl:
    result = type_expression(branch.branch(-2))
    body = expression(branch.branch(-1))
    return ast.FunctionDecl(first_ident(branch), _parameters(branch), result, body, branch.span)


def _variable(branch: Branch) -> ast.VariableDecl:
    kind, *rest = (child for child in branch.branches() if child.rule != "ids")
    return ast.VariableDecl(
        first_ident(branch),
        branch.has("GHOST"),
        type_expression(kind),
        under(branch.find("initially")),
        domain(rest[0]) if branch.rule == "variable_in" else None,
        requirements(branch),
        branch.span,
    )


def _member(branch: Branch) -> ast.Member:
    match branch.rule:
        case "variable_decl" | "variable_in":
            return _variable(branch)
        case "timer_decl":
            guard = under(branch.find("guard"))
            return ast.TimerDecl(first_ident(branch), guard, requirements(branch), branch.span)
        case "handler_decl":
            return ast.Handler(
                _pattern(next(branch.branches("pattern"))),
                under(branch.find("guard")),
                _fairness(branch),
                requirements(branch),
                block(branch.branch(-1)),
                branch.span,
            )
        case "timeout_decl":
            return ast.TimeoutHandler(
                first_ident(branch),
                under(branch.find("guard")),
                _fairness(branch),
                requirements(branch),
                block(branch.branch(-1)),
                branch.span,
            )
        case "ignore_decl":
            return ast.Ignore(*_refusal(branch), branch.span)
        case "defer_decl":
            return ast.Defer(*_refusal(branch), branch.span)
        case "action_decl":
            return _action(branch)
        case "function_decl":
            return _function(branch)
        case "procedure_decl":
            body = block(branch.branch(-1))
            return ast.Procedure(first_ident(branch), _parameters(branch), body, branch.span)
        case _:
            raise AssertionError(f"'{branch.rule}' is not a member of a node")


def _refusal(
    branch: Branch,
) -> tuple[tuple[ast.Pattern, ...], ast.Expr | None, tuple[ast.Requirement, ...]]:
    patterns = tuple(_pattern(child) for child in branch.branches("pattern"))
    return patterns, under(branch.find("guard")), requirements(branch)


def _pattern(branch: Branch) -> ast.Pattern:
    sender = branch.find("sender")
    return ast.Pattern(
        first_ident(branch),
        only_ident(branch.find("binder")),
        only_ident(sender),
        None if sender is None else only_ident(sender.find("sender_type")),
        branch.span,
    )


def _fairness(branch: Branch) -> str | None:
    return next((" ".join(word.text.split()) for word in branch.words("FAIRNESS")), None)


def _action(branch: Branch) -> ast.ActionDecl:
    return ast.ActionDecl(
        first_ident(branch),
        branch.has("ENVIRONMENT"),
        _parameters(branch),
        under(branch.find("guard")),
        _fairness(branch),
        requirements(branch),
        block(branch.branch(-1)),
        branch.span,
    )


def _instance(branch: Branch) -> ast.Instance:
    name, kind = idents(branch)
    index: ast.IndexRange | None = None
    found = branch.find("index_range")
    if found is not None:
        low, high = found.branches()
        index = ast.IndexRange(first_ident(found), expression(low), expression(high), found.span)
    given = branch.find("arguments")
    arguments = () if given is None else tuple(_argument(child) for child in given.branches())
    return ast.Instance(name, branch.has("SYMMETRIC"), index, kind, arguments, branch.span)


def _argument(branch: Branch) -> ast.Argument:
    if branch.rule == "named_argument":
        return ast.Argument(ident(branch.word(0)), expression(branch.branch(1)), branch.span)
    return ast.Argument(None, expression(branch), branch.span)
