"""What a variable after ``in`` ranges over: a finite type, an interval, a set or a list."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.ir import types as ir
from verifier.ir.build import TRUE, at_most, both, literal
from verifier.ir.expr import Expr, Literal
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import lifted_in, needs_value, unrolled
from verifier.language.elaborate.coercion import present, value
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import Frame, Sight, is_poison
from verifier.language.elaborate.types import ENUMERABLE_MAX, type_of


@dataclass(frozen=True, slots=True)
class Domain:
    """``item`` is the type of the variable; ``collection`` the set or list it is taken from, None
    for all of the type; ``low`` and ``high`` narrow an interval whose bounds are not constant."""

    item: ir.Type
    collection: Expr | None = None
    low: Expr | None = None
    high: Expr | None = None

    @property
    def within(self) -> ir.Type | Expr:
        """As `expr.Quantified` takes it."""
        return self.item if self.collection is None else self.collection

    def condition(self, variable: Expr) -> Expr:
        """What else a value has to satisfy to belong to the domain."""
        parts: Expr = TRUE
        if self.low is not None:
            parts = both(parts, at_most(self.low, variable))
        if self.high is not None:
            parts = both(parts, at_most(variable, self.high))
        return parts


def domain(frame: Frame, source: ast.Domain) -> Domain | None:
    """The domain that stands after ``in``; None after a mistake."""
    match source:
        case ast.BoolDomain():
            return Domain(ir.BOOL)
        case ast.RangeDomain(low, high):
            return _interval(frame, low, high, source)
        case ast.Name(text) if _is_type(frame, text):
            of = type_of(
                frame.inside(sight=Sight.CONSTANT),
                ast.NamedType(ast.Ident(text, source.span), source.span),
            )
            if isinstance(of, ir.Enum) and of.name == "<error>":
                return None
            bound = lifted_in(frame, ast.NamedType(ast.Ident(text, source.span), source.span))
            if bound is not None:
                needs_value(frame, bound, source.span, "all values of this type are gone through")
                return None
            numbers = ir.scalar_range(of)
            if numbers is None or len(numbers) > ENUMERABLE_MAX:
                frame.error(
                    Code.NOT_ITERABLE,
                    f"the values of {describe(of)} cannot be gone through",
                    source.span,
                )
                return None
            return Domain(of)
        case _:
            found = frame.elaborate(source)
            if is_poison(found):
                return None
            found = present(frame, found, source)
            if not isinstance(found.type, (ir.Set, ir.List)):
                frame.error(
                    Code.NOT_ITERABLE,
                    f"'in' needs a type, a range, a set or a list, not {describe(found.type)}",
                    source.span,
                )
                return None
            return Domain(found.type.item, found)


def _is_type(frame: Frame, text: str) -> bool:
    if text in frame.locals or text in frame.members:
        return False
    declared = frame.table.declared(text)
    if isinstance(declared, ast.Option):
        return isinstance(declared.type, ast.InlineEnum) and not frame.table.labels(text)
    return text == "Node" or isinstance(declared, (ast.EnumDecl, ast.TypeDecl, ast.NodeDecl))


def _interval(
    frame: Frame, low: ast.Expr, high: ast.Expr, source: ast.RangeDomain
) -> Domain | None:
    first, last = value(frame, low, ir.INTEGER), value(frame, high, ir.INTEGER)
    if is_poison(first) or is_poison(last):
        return None
    if isinstance(first, Literal) and isinstance(last, Literal):
        assert isinstance(first.value, int) and isinstance(last.value, int)
        if first.value > last.value:
            # An empty range is fine (0..N-1 with N = 0): an empty set of numbers.
            return Domain(ir.Int(0, 0), literal((), ir.Set(ir.Int(0, 0))))
        return _bounded(frame, Domain(ir.Int(first.value, last.value)), source)
    least, most = _least(frame, first), _most(frame, last)
    if least is None or most is None:
        frame.error(
            Code.NOT_ITERABLE, "the bounds of this range are not bounded themselves", source.span
        )
        return None
    if least > most:
        return Domain(ir.Int(0, 0), literal((), ir.Set(ir.Int(0, 0))))
    whole = ir.Int(least, most)
    return _bounded(frame, Domain(whole, None, first, last), source)


def _least(frame: Frame, bound: Expr) -> int | None:
    if isinstance(bound, Literal):
        assert isinstance(bound.value, int)
        return bound.value
    numbers = ir.scalar_range(unrolled(frame.program, bound.type))
    return None if numbers is None else numbers.start


def _most(frame: Frame, bound: Expr) -> int | None:
    if isinstance(bound, Literal):
        assert isinstance(bound.value, int)
        return bound.value
    numbers = ir.scalar_range(unrolled(frame.program, bound.type))
    return None if numbers is None else numbers.stop - 1


def _bounded(frame: Frame, found: Domain, source: ast.RangeDomain) -> Domain | None:
    numbers = ir.scalar_range(found.item)
    assert numbers is not None
    count = numbers.stop - numbers.start
    if count > ENUMERABLE_MAX:
        frame.error(Code.TOO_LARGE, f"a range of {count} numbers", source.span)
        return None
    return found
