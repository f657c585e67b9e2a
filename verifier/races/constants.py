"""What is constant in a model once its options are chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.language import ast
from verifier.language.files import Sources

Constant = bool | int | str  # a label or a number as it is written

CONNECTIVES = ("implies", "or", "and")  # the weakest first; what else there is binds closer


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: values of options, the labels that they can have, and the functions without
    parameters that are constant under the choice."""

    options: Mapping[str, Constant]
    labels: Mapping[str, frozenset[str]]
    functions: Mapping[str, bool]


def facts_of(sources: Sources, options: Mapping[str, str], shown: frozenset[str]) -> Facts:
    declared = [d for file in sources.files.values() for d in file.declarations]
    enums = {
        d.name.text: frozenset(label.text for label in d.labels)
        for d in declared
        if isinstance(d, ast.EnumDecl)
    }
    values: dict[str, Constant] = {}
    labels: dict[str, frozenset[str]] = {}
    for option in declared:
        if not isinstance(option, ast.Option) or option.name.text not in options:
            continue
        name = option.name.text
        text = options[name]
        match option.type:
            case ast.BoolType():
                if text in ("true", "false"):
                    values[name] = text == "true"
            case ast.InlineEnum(labels=found):
                labels[name] = frozenset(label.text for label in found)
            case ast.NamedType(name=enum) if enum.text in enums:
                labels[name] = enums[enum.text]
            case _:
                if name in shown and text.removeprefix("-").isdigit():
                    values[name] = int(text)
        if text in labels.get(name, ()):
            values[name] = text
    constant: dict[str, bool] = {}
    while True:
        facts = Facts(values, labels, constant)
        more = {
            f.name.text: value
            for f, own in _functions(declared)
            if not f.parameters
            and f.name.text not in constant
            and isinstance(value := value_of(f.body, facts, own), bool)
        }
        if not more:
            return facts
        constant = {**constant, **more}


def _functions(
    declared: Iterable[ast.Declaration],
) -> Iterator[tuple[ast.FunctionDecl, frozenset[str]]]:
    """All whose name says which one it is, with the names that mean something else inside."""
    found: dict[str, list[tuple[ast.FunctionDecl, frozenset[str]]]] = {}
    for declaration in declared:
        match declaration:
            case ast.NodeDecl(members=members):
                own = names_of_node(declaration)
                for member in members:
                    if isinstance(member, ast.FunctionDecl):
                        found.setdefault(member.name.text, []).append((member, own))
            case ast.FunctionDecl(name=name):
                found.setdefault(name.text, []).append((declaration, frozenset()))
            case _:
                pass
    yield from (same[0] for same in found.values() if len(same) == 1)


def names_of_node(node: ast.NodeDecl) -> frozenset[str]:
    """The variables and parameters of a node, which hide an option of the same name."""
    variables = {m.name.text for m in node.members if isinstance(m, ast.VariableDecl)}
    return frozenset(variables | {parameter.name.text for parameter in node.parameters})


def value_of(expr: ast.Expr, facts: Facts, local: frozenset[str]) -> Constant | None:
    """The value that an expression has whatever the state is, if it has one; ``local`` are names
    that stand for something else here.

    ``a and false`` is false also where ``a`` has no value: there the model has a run-time error,
    which is found in the model and not on a page.
    """
    match expr:
        case ast.Truth(value=value):
            return value
        case ast.Integer(value=number):
            return number
        case ast.Name(text=name) if name not in local:
            return facts.options.get(name)
        case ast.Call(function=function, arguments=()) if function.text not in local:
            return facts.functions.get(function.text)
        case ast.Unary(op="not", operand=operand):
            negated = value_of(operand, facts, local)
            return not negated if isinstance(negated, bool) else None
        case ast.Binary(op=op, left=left, right=right) if op in CONNECTIVES:
            return _connected(op, value_of(left, facts, local), value_of(right, facts, local))
        case ast.Binary(op=op, left=left, right=right) if op in ("==", "!="):
            pair = _compared(left, right, facts, local)
            return None if pair is None else (pair[0] == pair[1]) is (op == "==")
        case ast.Binary(op=op, left=left, right=right) if op in ("<", "<=", ">", ">="):
            one, other = value_of(left, facts, local), value_of(right, facts, local)
            if type(one) is not int or type(other) is not int:
                return None
            return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]
        case ast.Binary(op=op, left=left, right=ast.SetValue(items=items)) if op in (
            "in", "not in",
        ):  # fmt: skip
            pairs = [_compared(left, item, facts, local) for item in items]
            if any(pair is None for pair in pairs):
                return None
            return any(pair[0] == pair[1] for pair in pairs if pair) is (op == "in")
        case ast.Conditional(condition=condition, then=then, otherwise=otherwise):
            which = value_of(condition, facts, local)
            if not isinstance(which, bool):
                return None
            return value_of(then if which else otherwise, facts, local)
        case _:
            return None


def _connected(op: str, left: Constant | None, right: Constant | None) -> bool | None:
    match op:
        case "and":
            if left is False or right is False:
                return False
            return True if left is True and right is True else None
        case "or":
            if left is True or right is True:
                return True
            return False if left is False and right is False else None
        case _:
            if left is False or right is True:
                return True
            return False if left is True and right is False else None


def _compared(
    left: ast.Expr, right: ast.Expr, facts: Facts, local: frozenset[str]
) -> tuple[Constant, Constant] | None:
    """Two constants that are compared: a label is one beside an option that can have it."""
    one, other = value_of(left, facts, local), value_of(right, facts, local)
    if one is None and other is not None:
        one = _label(left, right, facts, local)
    elif other is None and one is not None:
        other = _label(right, left, facts, local)
    return None if one is None or other is None else (one, other)


def _label(
    found: ast.Expr, beside: ast.Expr, facts: Facts, local: frozenset[str]
) -> Constant | None:
    if isinstance(found, ast.Name) and isinstance(beside, ast.Name) and found.text not in local:
        return found.text if found.text in facts.labels.get(beside.text, ()) else None
    return None
