"""Elements and whole records: ``m[k]``, ``xs[i]``, ``nodes[i]``, ``R { f: e }``."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import at_most, both, less, literal, lookup, number, size
from verifier.ir.expr import At, Expr, Literal, TupleOf, make
from verifier.ir.faults import Fault
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import coerce, present, value
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.references import no_field, no_nodes_yet
from verifier.language.elaborate.types import record_type
from verifier.language.tables import Declared
from verifier.source import Span


def index(frame: Frame, expr: ast.Index) -> Expr:
    """``m[k]``, ``xs[i]``, ``nodes[i]``."""
    if isinstance(expr.target, ast.Name) and expr.target.text not in frame.locals:
        declaration = frame.table.declared(expr.target.text)
        if isinstance(declaration, ast.Instance) and expr.target.text not in frame.members:
            return array_element(frame, declaration, expr.index, expr.span)
    found = frame.elaborate(expr.target)
    if is_poison(found):
        return found
    found = present(frame, found, expr.target)
    match found.type:
        case ir.Map(key, item):
            return lookup(found, value(frame, expr.index, key), item)
        case ir.List(item, _):
            position = list_index(frame, found, expr.index)
            return position if is_poison(position) else make(At, found, position, item)
        case _:
            return frame.error(
                Code.TYPE_MISMATCH,
                f"a value of type {describe(found.type)} has no elements",
                expr.target.span,
                hint="a set is asked with 'in'" if isinstance(found.type, ir.Set) else "",
            )


def list_index(frame: Frame, found: Expr, position: ast.Expr) -> Expr:
    """A position in a list; checked when the model runs."""
    where = value(frame, position, ir.INTEGER)
    if not is_poison(where):
        inside = both(at_most(number(0), where), less(where, size(found)))
        text = frame.program.text(position.span)
        frame.require(Fault.INDEX, inside, f"there is no item at '{text}'", position.span)
    return where


def array_element(frame: Frame, array: ast.Instance, position: ast.Expr, span: Span) -> Expr:
    """A member of an array of nodes."""
    if array.index is None:
        return frame.error(Code.TYPE_MISMATCH, f"'{array.name.text}' is not an array", span)
    if id(array) not in frame.program.arrays:
        return no_nodes_yet(frame, array.name.text, span)
    # A lemma is about a proof, not about the protocol: whoever makes use of the symmetry has to
    # leave lemmas out.
    if array.symmetric and frame.sight is not Sight.LEMMA:
        # A computed index is no better: a number in the state would tell the members apart.
        return frame.error(
            Code.NOT_SYMMETRIC,
            f"one member of the symmetric array '{array.name.text}' is named",
            span,
            cause="its members are interchangeable: nothing may tell them apart",
            hint="speak of all or some of them, or drop 'symmetric'",
        )
    of, low = frame.program.arrays[id(array)]
    where = value(frame, position, ir.INTEGER)
    if is_poison(where):
        return where
    if not of.labels:
        return frame.error(Code.OUTSIDE_TYPE, f"{array.name.text} is empty", span)
    numbers = range(low, low + len(of.labels))
    node_type = next(t for t in frame.program.node_types if _covers(t, of))
    if isinstance(where, Literal):
        if where.value not in numbers:
            return frame.error(
                Code.OUTSIDE_TYPE,
                f"{array.name.text} has no element {where.value}",
                span,
                hint=f"its elements are {low}..{numbers[-1]}",
            )
        assert isinstance(where.value, int)
        return literal(of.low + where.value - low, node_type)
    keys = ir.Int(low, numbers[-1])
    checked = coerce(frame, where, keys, position)
    members = literal(tuple(range(of.low, of.low + len(of.labels))), ir.Map(keys, node_type))
    return lookup(members, checked, node_type)


def _covers(of: ir.Type, part: ir.Enum) -> bool:
    assert isinstance(of, ir.Enum)
    return set(part.labels) <= set(of.labels)


def record(frame: Frame, expr: ast.RecordValue) -> Expr:
    """``Binding { proxy: true, ... }``: all fields, each once."""
    symbol = next(
        s
        for s in frame.table.symbols[expr.type.text]
        if isinstance(s, Declared) and isinstance(s.declaration, ast.RecordDecl)
    )
    assert isinstance(symbol.declaration, ast.RecordDecl)
    home = frame.inside(file=symbol.file, node=None, locals={}, sight=Sight.CONSTANT)
    of = record_type(home, symbol.declaration)
    if not isinstance(of, ir.Record):
        return literal(0, POISON)
    items = field_values(frame, of.name, of.fields, expr.fields, expr.span)
    if items is None:
        return literal(0, POISON)
    if all(isinstance(item, Literal) for item in items):
        return literal(tuple(item.value for item in items if isinstance(item, Literal)), of)
    return make(TupleOf, items, of)


def field_values(
    frame: Frame,
    owner: str,
    fields: tuple[tuple[str, ir.Type], ...],
    given: tuple[ast.FieldValue, ...],
    span: Span,
) -> tuple[Expr, ...] | None:
    """The values of all fields in their order, or None after a mistake."""
    types = dict(fields)
    found: dict[str, Expr] = {}
    for entry in given:
        text = entry.name.text
        if text not in types:
            no_field(frame, entry.name, owner, list(types))
        elif text in found:
            frame.error(Code.WRONG_FIELDS, f"the field '{text}' is given twice", entry.name.span)
        else:
            found[text] = value(frame, entry.value, types[text])
    missing = [text for text in types if text not in found]
    if missing:
        frame.error(
            Code.WRONG_FIELDS,
            f"{owner} needs the field{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            span,
        )
        return None
    if any(is_poison(item) for item in found.values()) or len(found) < len(given):
        return None
    return tuple(found[text] for text in types)
