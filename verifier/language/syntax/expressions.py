"""Branches of the concrete tree to types, domains and expressions of the syntax tree."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.language import ast
from verifier.language.syntax.tree import Branch, Word, first_ident, ident, only_ident

_OPERATORS = {
    "implies": "implies",
    "or_expr": "or",
    "and_expr": "and",
    "member": "in",
    "not_member": "not in",
    "fallback_expr": "??",
}
_QUANTIFIERS = {
    "all_expr": "all",
    "exists_expr": "exists",
    "count_expr": "count",
    "set_comprehension": "set",
    "map_comprehension": "map",
}


def expressions(branch: Branch) -> Iterator[ast.Expr]:
    """All branches that are children, where the grammar allows nothing but expressions."""
    for child in branch.branches():
        yield expression(child)


def under(branch: Branch | None) -> ast.Expr | None:
    """The expression in a part that may be left out: ``when e``, ``where e``, ``= e``."""
    return None if branch is None else expression(branch.branch(-1))


def domain(branch: Branch) -> ast.Domain:
    """What stands after ``in``."""
    match branch.rule:
        case "range_domain":
            low, high = expressions(branch)
            return ast.RangeDomain(low, high, branch.span)
        case "bool_domain":
            return ast.BoolDomain(branch.span)
        case _:
            return expression(branch)


def type_expression(branch: Branch) -> ast.TypeExpr:
    """A type."""
    span = branch.span
    match branch.rule:
        case "bool_type":
            return ast.BoolType(span)
        case "integer_type":
            return ast.IntegerType(span)
        case "stamp_type":
            return ast.StampType(span)
        case "range_type":
            low, high = expressions(branch)
            return ast.RangeType(low, high, span)
        case "open_range_type":
            return ast.RangeType(expression(branch.branch(0)), None, span)
        case "mod_type":
            return ast.ModType(expression(branch.branch(0)), span)
        case "optional_type":
            return ast.OptionalType(type_expression(branch.branch(0)), span)
        case "map_type":
            key, value = (type_expression(child) for child in branch.branches())
            return ast.MapType(key, value, span)
        case "set_type":
            return ast.SetType(type_expression(branch.branch(0)), span)
        case "list_type":
            item, most = branch.branches()
            return ast.ListType(type_expression(item), expression(most), span)
        case "named_type":
            return ast.NamedType(first_ident(branch), span)
        case "inline_enum":
            return ast.InlineEnum(tuple(ident(word) for word in branch.words("NAME")), span)
        case _:
            raise AssertionError(f"'{branch.rule}' is not a type")


def field_values(branch: Branch | None) -> tuple[ast.FieldValue, ...]:
    """The fields of a record value or of a message that is sent."""
    if branch is None:
        return ()
    return tuple(
        ast.FieldValue(ident(child.word(0)), expression(child.branch(1)), child.span)
        for child in branch.branches("field_value")
    )


def expression(branch: Branch) -> ast.Expr:
    """An expression."""
    span = branch.span
    match branch.rule:
        case "integer":
            return ast.Integer(int(branch.word(0).text), span)
        case "true" | "false":
            return ast.Truth(branch.rule == "true", span)
        case "none":
            return ast.Nothing(span)
        case "quiet":
            return ast.Quiet(span)
        case "self_expr":
            return ast.SelfRef(span)
        case "name":
            return ast.Name(branch.word(0).text, span)
        case "if_expr":
            condition, then, otherwise = expressions(branch)
            return ast.Conditional(condition, then, otherwise, span)
        case "let_expr":
            value, body = expressions(branch)
            return ast.Let(first_ident(branch), value, body, span)
        case "not_expr":
            return ast.Unary("not", expression(branch.branch(-1)), span)
        case "negative":
            return ast.Unary("-", expression(branch.branch(-1)), span)
        case "select":
            return ast.Select(expression(branch.branch(0)), ident(branch.word(1)), span)
        case "index":
            target, at = expressions(branch)
            return ast.Index(target, at, span)
        case "compare" | "binary":
            left, right = expressions(branch)
            return ast.Binary(branch.word(1).text, left, right, span)
        case "member_range" | "not_member_range":
            item, low, high = expressions(branch)
            return ast.InRange(branch.rule == "not_member_range", item, low, high, span)
        case rule if rule in _OPERATORS:
            left, right = expressions(branch)
            return ast.Binary(_OPERATORS[rule], left, right, span)
        case rule if rule in _QUANTIFIERS:
            return _quantifier(branch)
        case _:
            return _atom(branch)


def _quantifier(branch: Branch) -> ast.Quantifier:
    body: ast.Expr | None = None
    rest = tuple(branch.branches())[1:]
    if rest:
        body = under(rest[0]) if rest[0].rule == "where" else expression(rest[0])
    kind = _QUANTIFIERS[branch.rule]
    return ast.Quantifier(kind, first_ident(branch), domain(branch.branch(1)), body, branch.span)


def _atom(branch: Branch) -> ast.Expr:
    span = branch.span
    match branch.rule:
        case "record_value":
            fields = field_values(branch.find("field_values"))
            return ast.RecordValue(first_ident(branch), fields, span)
        case "call":
            return ast.Call(first_ident(branch), tuple(expressions(branch)), span)
        case "set_value":
            return ast.SetValue(tuple(expressions(branch)), span)
        case "list_value":
            return ast.ListValue(tuple(expressions(branch)), span)
        case "in_flight" | "count_in_flight":
            return ast.InFlight(
                branch.rule == "count_in_flight",
                first_ident(branch) if branch.has("NAME") else None,
                only_ident(branch.find("binder")),
                _queue_place(branch),
                under(branch.find("where")),
                span,
            )
        case "room":
            return ast.Room(first_ident(branch), span)
        case "running":
            return ast.Running(expression(branch.branch(0)), span)
        case "old":
            return ast.Old(expression(branch.branch(0)), span)
        case "now":
            return ast.Now(next(expressions(branch), None), span)
        case _:
            raise AssertionError(f"'{branch.rule}' is not an expression")


def _queue_place(branch: Branch) -> ast.QueuePlace | None:
    """``at k`` and ``at k overall`` in ``in_flight``."""
    found = next(branch.branches("place_on_link", "place_overall"), None)
    if found is None:
        return None
    number = expression(found.branch(0))
    return ast.QueuePlace(number, found.rule == "place_overall", found.span)


def place(branch: Branch) -> ast.Expr:
    """The left side of an assignment."""
    match branch.rule:
        case "place_name":
            return ast.Name(branch.word(0).text, branch.span)
        case "place_field":
            return ast.Select(place(branch.branch(0)), ident(branch.word(1)), branch.span)
        case "place_index":
            return ast.Index(place(branch.branch(0)), expression(branch.branch(1)), branch.span)
        case _:
            raise AssertionError(f"'{branch.rule}' cannot be assigned")


def number(word: Word) -> int:
    """A number of an expectation."""
    assert word.kind == "INTEGER", f"{word} is not a number"
    return int(word.text)
