"""Types and constants of the declarations: what is known before the model runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from verifier.ir import types as ir
from verifier.ir.build import literal
from verifier.ir.expr import Literal
from verifier.ir.finite import is_bounded
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import (
    endless_circle,
    is_lifted,
    lifted,
    lifted_in,
    needs_value,
)
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.program import Program

PARTS_MAX = 100_000  # of one value
ENUMERABLE_MAX = 1 << 16  # values of a type that maps, sets and loops may range over


def type_of(frame: Frame, kind: ast.TypeExpr) -> ir.Type:
    """The type that a type expression means; POISON after a mistake."""
    match kind:
        case ast.BoolType():
            return ir.BOOL
        case ast.IntegerType():
            return ir.INTEGER
        case ast.RangeType(low, high):
            if high is None or lifted(frame, high) is not None:
                least = constant_int(frame, low)
                return POISON if least is None else ir.Int(least, None)
            bounds = (constant_int(frame, low), constant_int(frame, high))
            if bounds[0] is None or bounds[1] is None:
                return POISON
            if bounds[0] > bounds[1]:
                frame.error(
                    Code.EMPTY_TYPE,
                    f"the range {bounds[0]}..{bounds[1]} has no value",
                    kind.span,
                    hint="the lower bound comes first",
                )
                return POISON
            return ir.Int(*bounds)
        case ast.ModType(modulus):
            bound = lifted(frame, modulus)
            if bound is not None:
                return endless_circle(frame.program, bound)
            number = constant_int(frame, modulus)
            if number is None:
                return POISON
            if number < 1:
                frame.error(Code.EMPTY_TYPE, f"int mod {number} has no value", kind.span)
                return POISON
            return ir.Mod(number)
        case ast.StampType():
            return ir.STAMP
        case ast.NamedType(name):
            return _named(frame, name)
        case ast.OptionalType(item):
            inner = type_of(frame, item)
            if isinstance(inner, ir.Optional):
                frame.error(
                    Code.NESTED_OPTIONAL,
                    "an optional of an optional",
                    kind.span,
                    hint="one '?' is enough, or use an enumeration",
                )
                return POISON
            return POISON if inner is POISON else ir.Optional(inner)
        case ast.MapType(key, value):
            keys, found = _key(frame, key), type_of(frame, value)
            return POISON if POISON in (keys, found) else _small(frame, kind, ir.Map(keys, found))
        case ast.SetType(item):
            inner = _key(frame, item)
            return POISON if inner is POISON else ir.Set(inner)
        case ast.ListType(item, capacity):
            inner, most = type_of(frame, item), constant_int(frame, capacity)
            if inner is POISON or most is None:
                return POISON
            if most < 1:
                frame.error(Code.EMPTY_TYPE, "a list needs room for one item", capacity.span)
                return POISON
            return _small(frame, kind, ir.List(inner, most))
        case ast.InlineEnum(labels):
            return ir.Enum("", tuple(label.text for label in labels))
        case _:
            assert_never(kind)


def _small(frame: Frame, kind: ast.TypeExpr, of: ir.Type) -> ir.Type:
    """The type, unless its values are too large to be parts of a state."""
    if parts(of) <= PARTS_MAX:
        return of
    frame.error(
        Code.TOO_LARGE,
        f"a value of this type can have more than {PARTS_MAX:,} parts",
        kind.span,
        cause="every state holds it, and every step may copy it",
        hint="give smaller bounds: a few keys or items usually show every mistake",
    )
    return POISON


def parts(of: ir.Type) -> int:
    """The most numbers that a value of the type is made of."""
    match of:
        case ir.Map(key, item):
            return len(ir.scalar_range(key) or ()) * parts(item)
        case ir.List(item, capacity):
            assert capacity is not None, "no type of the language has lists without a bound"
            return capacity * parts(item)
        case ir.Record(_, fields):
            return sum(parts(kind) for _, kind in fields)
        case ir.Optional(item):
            return parts(item)
        case _:
            return 1


def finite_type(frame: Frame, kind: ast.TypeExpr) -> ir.Type:
    """The type of what takes each of its values in turn: it must have finitely many."""
    found = type_of(frame, kind)
    bound = lifted_in(frame, kind)
    if bound is not None:
        needs_value(frame, bound, kind.span, "every value of this type is tried")
        return POISON
    if found is POISON or is_bounded(found):
        return found
    frame.error(
        Code.UNBOUNDED,
        f"every value of this type is tried here, and '{describe(found)}' has no end",
        kind.span,
        hint="give bounds: int 0..N",
    )
    return POISON


def enum_type(program: Program, declaration: ast.EnumDecl | ast.Option) -> ir.Enum:
    """The type of an enumeration, or of the inline enumeration of an option."""
    name = declaration.name.text
    if isinstance(declaration, ast.EnumDecl):
        labels = declaration.labels
    else:
        assert isinstance(declaration.type, ast.InlineEnum)
        labels = declaration.type.labels
    return ir.Enum(name, tuple(label.text for label in labels))


def record_type(frame: Frame, declaration: ast.RecordDecl) -> ir.Type:
    """The type of a record declaration, in the scope of its file."""

    def build() -> ir.Type:
        fields = [(f.name.text, type_of(frame, f.type)) for f in declaration.fields]
        if any(kind is POISON for _, kind in fields):
            return POISON
        return ir.Record(declaration.name.text, tuple(fields))

    return _once(frame, declaration, declaration.name, build)


def _named(frame: Frame, name: ast.Ident) -> ir.Type:
    if name.text == "Node":
        return frame.program.nodes if frame.program.numbered else _no_nodes_yet(frame, name)
    symbols = frame.table.symbols[name.text]
    declared = next(s for s in symbols if s.declaration is frame.table.declared(name.text))
    home = frame.inside(file=declared.file, node=None, locals={}, sight=Sight.CONSTANT)
    match declared.declaration:
        case ast.EnumDecl() as declaration:
            return enum_type(frame.program, declaration)
        case ast.Option(type=ast.InlineEnum()) as declaration:
            return enum_type(frame.program, declaration)
        case ast.RecordDecl() as declaration:
            return record_type(home, declaration)
        case ast.TypeDecl() as declaration:
            alias = declaration
            return _once(frame, alias, name, lambda: type_of(home, alias.type))
        case ast.NodeDecl() as declaration:
            if not frame.program.numbered:
                return _no_nodes_yet(frame, name)
            return frame.program.types[id(declaration)]
        case _:
            frame.error(Code.TYPE_MISMATCH, f"'{name.text}' is not a type", name.span)
            return POISON


def _no_nodes_yet(frame: Frame, name: ast.Ident) -> ir.Type:
    frame.error(
        Code.NOT_CONSTANT,
        f"'{name.text}' is a type of nodes, and constants are settled before there are any",
        name.span,
    )
    return POISON


def _once(frame: Frame, key: object, name: ast.Ident, build: Callable[[], ir.Type]) -> ir.Type:
    program = frame.program
    if id(key) not in program.types:
        if any(key is pending for pending in program.pending):
            frame.error(Code.CYCLE, f"the type '{name.text}' contains itself", name.span)
            return POISON
        program.pending.append(key)
        program.types[id(key)] = build()
        program.pending.pop()
    return program.types[id(key)]


def _key(frame: Frame, kind: ast.TypeExpr) -> ir.Type:
    found = type_of(frame, kind)
    if found is POISON:
        return POISON
    bound = lifted_in(frame, kind)
    if bound is not None:
        needs_value(frame, bound, kind.span, "keys of a map and members of a set are finitely many")
        return POISON
    numbers = ir.scalar_range(found)
    if numbers is None or len(numbers) > ENUMERABLE_MAX:
        frame.error(
            Code.BAD_KEY,
            "keys of a map and members of a set are bool, enumerations, node types or int lo..hi",
            kind.span,
            cause=f"this type has {'no such values' if numbers is None else 'too many values'}",
        )
        return POISON
    return found


# ---- constants ---------------------------------------------------------------------------------


def constant_int(frame: Frame, expr: ast.Expr) -> int | None:
    """The number that a constant expression gives, or None after a mistake."""
    found = frame.program.constant(frame, expr, ir.INTEGER)
    return None if is_poison(found) or not isinstance(found.value, int) else found.value


def constant_of(frame: Frame, declaration: ast.Const | ast.Option, file: str) -> Literal:
    """The value of a constant, or of an option under the chosen variant and settings."""
    program = frame.program
    known = program.constants.get(id(declaration))
    if known is not None:
        return known
    if any(declaration is pending for pending in program.pending):
        frame.error(
            Code.CYCLE,
            f"'{declaration.name.text}' is defined by itself",
            declaration.name.span,
        )
        return literal(0, POISON)
    program.pending.append(declaration)
    home = frame.inside(file=file, node=None, locals={}, sight=Sight.CONSTANT, step=None)
    if isinstance(declaration, ast.Const):
        of = None if declaration.type is None else type_of(home, declaration.type)
        wanted = None if of is POISON else of
        value = home.program.constant(home, declaration.value, wanted, first=True)
    else:
        value = _option(home, declaration)
    program.pending.pop()
    program.constants[id(declaration)] = value
    return value


def option_type(frame: Frame, option: ast.Option) -> ir.Type:
    """The type of an option."""
    if isinstance(option.type, ast.InlineEnum):
        return enum_type(frame.program, option)
    return finite_type(frame, option.type)


def _option(home: Frame, option: ast.Option) -> Literal:
    of = option_type(home, option)
    if of is POISON:
        return literal(0, POISON)
    tried = option.role in (ast.OptionRole.FIX, ast.OptionRole.ASSUMPTION)
    if tried and ir.scalar_range(of) is None:
        home.error(
            Code.TYPE_MISMATCH,
            f"the values of this option are to be tried; {describe(of)} has too many to count",
            option.type.span,
            hint="a bool, an enumeration or an int with bounds can be tried",
        )
        return literal(0, POISON)
    if option.role is ast.OptionRole.BOUND and not isinstance(of, ir.Int):
        home.error(
            Code.TYPE_MISMATCH,
            f"a bound is a number, not {describe(of)}",
            option.type.span,
            hint="write: bound N: int lo..hi = n, or declare an option",
        )
    default = home.program.constant(home, option.default, of)
    setting = home.program.settings.get(option.name.text)
    if setting is None or is_poison(default) or is_lifted(home.program, option):
        return default
    return home.program.constant(home.inside(file=setting.file), setting.value, of)
