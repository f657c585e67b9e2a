"""Changes of expressions: what is dropped, negated or swapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.language import ast
from verifier.mutation.change import Change, Place, piece
from verifier.source import Span

NEGATED = {
    "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in",
    "not in": "in",
}  # fmt: skip
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}  # one value more, or one less
SWAPPED = {"+": "-", "-": "+"}

ATOMS = (
    ast.Integer, ast.Truth, ast.Nothing, ast.Quiet, ast.SelfRef, ast.Name, ast.Select, ast.Index,
    ast.Call, ast.SetValue, ast.ListValue, ast.InFlight, ast.Room, ast.Old, ast.Running, ast.Now,
    ast.RecordValue,
)  # fmt: skip
"""What needs no parentheses anywhere."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes changes of one text in one place."""

    text: str
    place: Place
    labels: Mapping[str, tuple[str, ...]]

    def change(self, kind: str, span: Span, text: str) -> Change:
        """One change."""
        return Change(self.place, kind, span, text)

    def shown(self, expr: ast.Expr) -> str:
        """An expression as it is written, safe beside any operator."""
        written = piece(self.text, expr.span)
        return written if isinstance(expr, ATOMS) else f"({written})"

    def joined(self, expr: ast.Expr) -> str:
        """An expression as it is written, safe beside ``and`` and ``or``."""
        compares = isinstance(expr, ast.Binary) and expr.op in NEGATED
        if compares or isinstance(expr, ast.InRange | ast.Unary):
            return piece(self.text, expr.span)
        return self.shown(expr)


def conditions(pen: Pen, expr: ast.Expr) -> Iterator[Change]:
    """Changes of an expression that is true or false and decides something."""
    match expr:
        case ast.Binary("and" | "or" as op):
            operands = _chain(expr, op)
            what = "condition" if op == "and" else "alternative"
            for left_out in operands:
                kept = f" {op} ".join(pen.joined(o) for o in operands if o is not left_out)
                written = piece(pen.text, left_out.span)
                yield pen.change(f"drops the {what} {_short(written)}", expr.span, kept)
            for operand in operands:
                yield from conditions(pen, operand)
        case ast.Binary("implies", left, right):
            yield from conditions(pen, left)
            yield from conditions(pen, right)
        case ast.Binary(op, left, right) if op in NEGATED:
            for kind, table in (("negates", NEGATED), ("shifts", SHIFTED)):
                if op in table:
                    text = f"{pen.shown(left)} {table[op]} {pen.shown(right)}"
                    yield pen.change(f"{kind} the comparison", expr.span, text)
            yield from _inside(pen, left)
            yield from _inside(pen, right)
        case ast.InRange(negated, item, low, high):
            word = "in" if negated else "not in"
            text = f"{pen.shown(item)} {word} {pen.shown(low)}..{pen.shown(high)}"
            yield pen.change("negates the comparison", expr.span, text)
        case ast.Unary("not", operand):
            yield pen.change("drops the not", expr.span, pen.shown(operand))
            if not isinstance(operand, ATOMS):
                yield from conditions(pen, operand)
        case ast.Truth(value):
            yield pen.change("negates the condition", expr.span, "false" if value else "true")
        case ast.Quantifier("all" | "exists" as kind, body=body):
            yield pen.change("negates the condition", expr.span, f"not {pen.shown(expr)}")
            if body is not None:
                yield from conditions(pen, body)
        case ast.Conditional(condition, then, otherwise):
            yield from conditions(pen, condition)
            yield from conditions(pen, then)
            yield from conditions(pen, otherwise)
        case ast.Let(_, value, body):
            yield from _inside(pen, value)
            yield from conditions(pen, body)
        case _:
            yield pen.change("negates the condition", expr.span, f"not {pen.shown(expr)}")
            yield from _inside(pen, expr)


def guards(pen: Pen, expr: ast.Expr) -> Iterator[Change]:
    """Changes of a guard: also that there is none, if there is only one condition."""
    if not isinstance(expr, ast.Binary) or expr.op != "and":
        yield pen.change("drops the guard", expr.span, "true")
    yield from conditions(pen, expr)


def values(pen: Pen, expr: ast.Expr) -> Iterator[Change]:
    """Changes of an expression that is assigned, sent or given: constants become others."""
    match expr:
        case ast.Truth(value):
            yield pen.change("another value", expr.span, "false" if value else "true")
        case ast.Integer(value):
            yield pen.change("another value", expr.span, str(value + 1))
            if value > 0:
                yield pen.change("another value", expr.span, str(value - 1))
        case ast.Name(text) if text in pen.labels:
            labels = pen.labels[text]
            other = labels[(labels.index(text) + 1) % len(labels)]
            if other != text:
                yield pen.change("another value", expr.span, other)
        case ast.Binary("+" | "-" as op, left, right):
            text = f"{pen.shown(left)} {SWAPPED[op]} {pen.shown(right)}"
            yield pen.change("swaps + and -", expr.span, text)
            yield from values(pen, left)
            yield from values(pen, right)
        case ast.Binary(op) if op in NEGATED or op in ("and", "or", "implies"):
            yield from conditions(pen, expr)
        case ast.Unary("not"):
            yield from conditions(pen, expr)
        case ast.Conditional(condition, then, otherwise):
            yield from conditions(pen, condition)
            yield from values(pen, then)
            yield from values(pen, otherwise)
        case ast.Let(_, value, body):
            yield from values(pen, value)
            yield from values(pen, body)
        case ast.RecordValue(_, fields):
            for field in fields:
                yield from values(pen, field.value)
        case ast.Quantifier("all" | "exists"):
            yield from conditions(pen, expr)
        case _:
            yield from _inside(pen, expr)


def _inside(pen: Pen, expr: ast.Expr) -> Iterator[Change]:
    """The conditions inside of an expression that is not one itself."""
    match expr:
        case ast.Quantifier("count" | "set", body=body) if body is not None:
            yield from conditions(pen, body)
        case ast.Quantifier("map", body=body) if body is not None:
            yield from values(pen, body)
        case ast.InFlight(condition=condition) if condition is not None:
            yield from conditions(pen, condition)
        case ast.Conditional(condition):
            yield from conditions(pen, condition)
        case ast.Call(_, arguments):
            for argument in arguments:
                yield from _inside(pen, argument)
        case _:
            pass


def _chain(expr: ast.Expr, op: str) -> list[ast.Expr]:
    """The operands of ``a and b and c``, also where parentheses group them."""
    if isinstance(expr, ast.Binary) and expr.op == op:
        return [*_chain(expr.left, op), *_chain(expr.right, op)]
    return [expr]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
