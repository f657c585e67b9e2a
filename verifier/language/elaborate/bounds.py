"""Bounds that are lifted: where no limit has a meaning, and what is said where it has none.

A lifted bound is never a value: the places that can do without one ask `lifted` for it before the
expression is looked at, and everywhere else its name is a mistake (`needs_value`).

`int mod N` with N lifted is kept as a circle so large that no number goes round it, each bound with
one of its own.  So all that holds of numbers that wrap around (no order, `newer`, what may be mixed
with what) stays as it is with a value; `unwrapping` makes plain integers of them in the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir.expr import Expr
from verifier.ir.types import Int, Mod, Type
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.frame import Frame, Sight
from verifier.language.elaborate.program import Program
from verifier.language.tables import Declared, is_unbounded
from verifier.source import Span

ENDLESS = 1 << 200  # numbers of a model have at most 18 digits


def is_lifted(program: Program, option: ast.Option) -> bool:
    """Whether a bound is set to `unbounded`."""
    setting = (
        program.settings.get(option.name.text) if option.role is ast.OptionRole.BOUND else None
    )
    return setting is not None and is_unbounded(setting.value)


def lifted(frame: Frame, expr: ast.Expr | None) -> ast.Option | None:
    """The bound that an expression is the name of, if it is lifted."""
    if not isinstance(expr, ast.Name) or expr.text in frame.locals or expr.text in frame.members:
        return None
    declared = frame.table.declared(expr.text)
    if isinstance(declared, ast.Option) and is_lifted(frame.program, declared):
        return declared
    return None


def needs_value(frame: Frame, bound: ast.Option, span: Span, cause: str) -> Expr:
    """Reports that a lifted bound stands where its value matters."""
    name = bound.name.text
    frame.program.needed.setdefault(name, f"{cause} ({span})")
    return frame.error(
        Code.NEEDS_VALUE,
        f"the bound '{name}' has to have a value here",
        span,
        cause=cause,
        hint=f"set it: --set {name}=N, or in a variant",
    )


# ---- numbers that wrap around at a lifted bound -------------------------------------------------


def endless_circle(program: Program, bound: ast.Option) -> Mod:
    """The type `int mod N` where N is this lifted bound."""
    for modulus, known in program.circles.items():
        if known is bound:
            return Mod(modulus)
    modulus = ENDLESS + len(program.circles)
    program.circles[modulus] = bound
    return Mod(modulus)


def circle_bound(program: Program, of: Type) -> ast.Option | None:
    """The lifted bound at which numbers of the type would wrap around."""
    return program.circles.get(of.modulus) if isinstance(of, Mod) else None


def unrolled(program: Program, of: Type) -> Type:
    """The type of the same numbers as plain integers, if nothing wraps around."""
    return Int(0, None) if circle_bound(program, of) is not None else of


# ---- types that are infinite because a bound is lifted ------------------------------------------


def lifted_in(frame: Frame, kind: ast.TypeExpr) -> ast.Option | None:
    """The first lifted bound that makes the values of a type infinitely many."""
    return next(_lifted_in(frame, kind, set()), None)


def _lifted_in(frame: Frame, kind: ast.TypeExpr, seen: set[int]) -> Iterator[ast.Option]:
    match kind:
        case ast.RangeType(high=bound) | ast.ModType(bound):
            found = lifted(frame, bound)
            if found is not None:
                yield found
        case ast.OptionalType(item) | ast.ListType(item) | ast.SetType(item):
            yield from _lifted_in(frame, item, seen)
        case ast.MapType(_, value):
            yield from _lifted_in(frame, value, seen)
        case ast.NamedType(name):
            for symbol in frame.table.symbols.get(name.text, ()):
                declared = symbol.declaration
                if not isinstance(symbol, Declared) or id(declared) in seen:
                    continue
                seen.add(id(declared))
                home = frame.inside(file=symbol.file, node=None, locals={}, sight=Sight.CONSTANT)
                if isinstance(declared, ast.TypeDecl):
                    yield from _lifted_in(home, declared.type, seen)
                elif isinstance(declared, ast.RecordDecl):
                    for entry in declared.fields:
                        yield from _lifted_in(home, entry.type, seen)
        case _:
            pass
