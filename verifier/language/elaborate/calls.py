"""Functions: those of the model are expanded in place, the built-in ones are nodes of the pivot."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import (
    TRUE,
    arithmetic,
    at_most,
    both,
    choose,
    equal,
    less,
    literal,
    negate,
    number,
    size,
)
from verifier.ir.expr import Append, At, Expr, Tail, make
from verifier.ir.faults import Fault
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import circle_bound
from verifier.language.elaborate.coercion import coerce, common_type, present, value
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.types import type_of
from verifier.language.tables import BUILTIN_FUNCTIONS, Declared
from verifier.source import Span

CALLS_MAX = 60
COPIES_MAX = 50_000


def call(frame: Frame, expr: ast.Call, wanted: ir.Type | None) -> Expr:
    """A call of a function of the node, of a file, or a built-in one."""
    text = expr.function.text
    own = frame.members.get(text)
    if isinstance(own, ast.FunctionDecl):
        return _expand(frame, own, frame, expr)
    for symbol in frame.table.symbols.get(text, ()):
        if isinstance(symbol, Declared) and isinstance(symbol.declaration, ast.FunctionDecl):
            home = frame.inside(file=symbol.file, node=None)
            return _expand(frame, symbol.declaration, home, expr)
    if len(expr.arguments) != BUILTIN_FUNCTIONS[text]:
        return frame.error(
            Code.WRONG_ARGUMENTS,
            f"{text} takes {BUILTIN_FUNCTIONS[text]} argument(s), not {len(expr.arguments)}",
            expr.span,
        )
    return _builtin(frame, expr, wanted)


def may_expand(frame: Frame, span: Span) -> bool:
    """Counts one more copy of a body; False, with a diagnostic, when there are too many."""
    frame.program.copies += 1
    if len(frame.calls) >= CALLS_MAX:
        frame.error(Code.TOO_LARGE, f"calls are nested more than {CALLS_MAX} deep", span)
        return False
    if frame.program.copies == COPIES_MAX:  # once; what comes later would be the same mistake
        frame.error(
            Code.TOO_LARGE,
            f"more than {COPIES_MAX:,} copies of functions, procedures and bodies of loops",
            span,
            cause="they are expanded in place",
        )
    return frame.program.copies < COPIES_MAX


def _expand(frame: Frame, function: ast.FunctionDecl, home: Frame, expr: ast.Call) -> Expr:
    if id(function) in frame.calls:
        return frame.error(
            Code.CYCLE, f"the function '{function.name.text}' calls itself", expr.span,
            hint="functions are expanded in place; use a quantifier or 'for' instead",
        )  # fmt: skip
    if not may_expand(frame, expr.span):
        return literal(0, POISON)
    bound = arguments(frame, function.parameters, home, expr.arguments, expr)
    if bound is None:
        return literal(0, POISON)
    result = type_of(home.inside(sight=Sight.CONSTANT, step=None), function.result)
    if result is POISON:
        return literal(0, POISON)
    inner = home.inside(locals=dict(bound), calls=(*frame.calls, id(function)))
    return coerce(inner, inner.elaborate(function.body, result), result, function.body)


def arguments(
    frame: Frame,
    parameters: tuple[ast.ParameterDecl, ...],
    home: Frame,
    given: tuple[ast.Expr, ...],
    call_site: ast.Call | ast.CallStatement,
) -> dict[str, Expr] | None:
    """Parameter name -> value, each of its declared type; None after a mistake."""
    name = call_site.function if isinstance(call_site, ast.Call) else call_site.procedure
    if len(given) != len(parameters):
        frame.error(
            Code.WRONG_ARGUMENTS,
            f"{name.text} takes {len(parameters)} argument(s), not {len(given)}",
            call_site.span,
        )
        return None
    bound: dict[str, Expr] = {}
    for parameter, argument in zip(parameters, given, strict=True):
        if parameter.type is None:
            frame.error(
                Code.BAD_DECLARATION,
                f"the parameter '{parameter.name.text}' needs a type",
                parameter.span,
                hint="'x in S' is for actions, whose parameters are chosen",
            )
            return None
        of = type_of(home.inside(sight=Sight.CONSTANT, step=None), parameter.type)
        bound[parameter.name.text] = value(frame, argument, of)
    if any(is_poison(v) for v in bound.values()):
        return None
    return bound


def _builtin(frame: Frame, expr: ast.Call, wanted: ir.Type | None) -> Expr:
    match expr.function.text:
        case "newer":
            return _newer(frame, expr)
        case "size":
            found = present(frame, frame.elaborate(expr.arguments[0]), expr.arguments[0])
            if is_poison(found):
                return found
            if not isinstance(found.type, (ir.Set, ir.List)):
                return _needs(frame, expr.arguments[0], "a set or a list", found)
            return size(found)
        case "append":
            return _append(frame, expr, wanted)
        case "head" | "tail":
            return _end(frame, expr)
        case "min" | "max":
            return _extreme(frame, expr)
        case "earliest":
            return literal(0, ir.Stamp())
        case other:
            raise AssertionError(f"the built-in function {other} is not known here")


def _needs(frame: Frame, place: ast.Expr, what: str, found: Expr) -> Expr:
    return frame.error(
        Code.TYPE_MISMATCH, f"{what} is needed here, not {describe(found.type)}", place.span
    )


def _newer(frame: Frame, expr: ast.Call) -> Expr:
    """Serial-number comparison (RFC 1982, RFC 6275 9.5.1) and the order of stamps."""
    left, right = (present(frame, frame.elaborate(a), a) for a in expr.arguments)
    if is_poison(left) or is_poison(right):
        return literal(0, POISON)
    of = common_type(frame, left.type, right.type)
    if isinstance(of, ir.Stamp):
        return less(right, left)
    if isinstance(of, ir.Mod):
        first, second = (
            coerce(frame, left, of, expr.arguments[0]),
            coerce(frame, right, of, expr.arguments[1]),
        )
        if circle_bound(frame.program, of) is not None:
            return less(second, first)
        ahead = arithmetic("-", first, second, of)
        return both(
            negate(equal(ahead, literal(0, of))), at_most(ahead, number((of.modulus - 1) // 2))
        )
    return _needs(frame, expr.arguments[0], "a stamp or an 'int mod n'", left)


def _append(frame: Frame, expr: ast.Call, wanted: ir.Type | None) -> Expr:
    expected = wanted if isinstance(wanted, ir.List) else None
    found = frame.elaborate(expr.arguments[0], expected)
    if is_poison(found):
        return found
    found = present(frame, found, expr.arguments[0])
    if not isinstance(found.type, ir.List):
        return _needs(frame, expr.arguments[0], "a list", found)
    item = value(frame, expr.arguments[1], found.type.item)
    text = frame.program.text(expr.arguments[0].span)
    most = found.type.capacity
    free = TRUE if most is None else less(size(found), number(most))
    frame.require(Fault.LIST_FULL, free, f"the list '{text}' is full", expr.span)
    return item if is_poison(item) else make(Append, found, item, found.type)


def _end(frame: Frame, expr: ast.Call) -> Expr:
    found = frame.elaborate(expr.arguments[0])
    if is_poison(found):
        return found
    found = present(frame, found, expr.arguments[0])
    if not isinstance(found.type, ir.List):
        return _needs(frame, expr.arguments[0], "a list", found)
    text = frame.program.text(expr.arguments[0].span)
    frame.require(
        Fault.INDEX, less(number(0), size(found)), f"the list '{text}' is empty", expr.span
    )
    if expr.function.text == "tail":
        return make(Tail, found, found.type)
    return make(At, found, number(0), found.type.item)


def _extreme(frame: Frame, expr: ast.Call) -> Expr:
    left, right = (present(frame, frame.elaborate(a), a) for a in expr.arguments)
    if is_poison(left) or is_poison(right):
        return literal(0, POISON)
    of = common_type(frame, left.type, right.type)
    if not isinstance(of, (ir.Int, ir.Stamp)):
        ordered = isinstance(left.type, (ir.Int, ir.Stamp))
        place, wrong = (expr.arguments[1], right) if ordered else (expr.arguments[0], left)
        return _needs(frame, place, "a number or a stamp", wrong)
    first_smaller = at_most(left, right)
    if expr.function.text == "min":
        return choose(first_smaller, left, right, of)
    return choose(first_smaller, right, left, of)
