"""``all``, ``exists``, ``count``, and the comprehensions of sets and maps."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import TRUE, both, implies, literal, quantified
from verifier.ir.expr import Expr, Filter, Literal, Param, TupleOf, make
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import boolean, coerce, common_type
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.domains import Domain, domain
from verifier.language.elaborate.frame import POISON, Frame, is_poison


def quantifier(frame: Frame, expr: ast.Quantifier, wanted: ir.Type | None) -> Expr:
    """A binder; its variable gets a name that no enclosing binder or parameter has."""
    over = domain(frame, expr.domain)
    if over is None:
        return literal(0, POISON)
    if expr.kind == "map":
        return _map(frame, expr, over, wanted)
    name = expr.variable.text
    variable = make(Param, fresh_name(frame, name), over.item)
    narrowed = over.condition(variable)
    with frame.bound(name, variable, over.within) as inner:
        body = TRUE if expr.body is None else boolean(inner.under(narrowed), expr.body)
    match expr.kind:
        case "all":
            return quantified("all", variable, over.within, implies(narrowed, body))
        case "exists":
            return quantified("any", variable, over.within, both(narrowed, body))
        case "count":
            return quantified("count", variable, over.within, both(narrowed, body))
        case _:
            return _filter(frame, expr, over, variable, both(narrowed, body))


def fresh_name(frame: Frame, name: str) -> str:
    """A parameter name that no enclosing binder and no parameter of the step has.  Locals do not
    tell: an expanded function has other locals, but its arguments mention outer variables."""
    taken = set(frame.taken)
    if frame.step is not None:
        taken |= {variable.name for variable, _ in frame.step.parameters}
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}#{number}"
    return candidate


def _filter(frame: Frame, expr: ast.Quantifier, over: Domain, variable: Param, body: Expr) -> Expr:
    if ir.scalar_range(over.item) is None:
        return frame.error(
            Code.BAD_KEY, f"a set cannot hold {describe(over.item)}", expr.domain.span,
            hint="members are bool, enumerations, node types or int lo..hi",
        )  # fmt: skip
    return make(Filter, variable, over.within, body, ir.Set(over.item))


def _map(frame: Frame, expr: ast.Quantifier, over: Domain, wanted: ir.Type | None) -> Expr:
    """``map(k in K: e)``: one item per key."""
    keys = ir.scalar_range(over.item)
    if over.collection is not None or over.low is not None or keys is None:
        return frame.error(
            Code.BAD_KEY, "a map needs a whole type or a constant range of keys", expr.domain.span
        )
    item = wanted.value if isinstance(wanted, ir.Map) else None
    assert expr.body is not None
    found = []
    for key in ir.values(over.item):
        inner = frame.with_local(expr.variable.text, literal(key, over.item))
        part = inner.elaborate(expr.body, item)
        found.append(part if item is None else coerce(inner, part, item, expr.body))
    if any(is_poison(part) for part in found):
        return literal(0, POISON)
    of: ir.Type | None = item if item is not None else found[0].type
    for part in found[1:]:
        of = None if of is None else common_type(frame, of, part.type)
    if of is None:
        return frame.error(
            Code.TYPE_MISMATCH, "the values of a map have one type", expr.body.span,
            cause=f"some of these are {describe(found[0].type)}, and some are not",
        )  # fmt: skip
    parts = [coerce(frame, part, of, expr.body) for part in found]
    if all(isinstance(part, Literal) for part in parts):
        values = tuple(part.value for part in parts if isinstance(part, Literal))
        return literal(values, ir.Map(over.item, of))
    return make(TupleOf, tuple(parts), ir.Map(over.item, of))
