"""Predicates as the language writes them mean what they meant, also where they have no value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.certificates.models import REGISTRY
from tests.engines.drawn_expressions import Scope, expression, filled
from verifier.certificates.mdl import PREFIX, declarations
from verifier.certificates.reasons import NotPrintable
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import Expr, make
from verifier.ir.property import Invariant
from verifier.ir.semantics import evaluate
from verifier.language.load import load
from verifier.language.model import Model
from verifier.source import SourceError


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    path = tmp_path_factory.mktemp("printed") / "registry.mdl"
    path.write_text(REGISTRY)
    return load(path, None, {})


def read_back(model: Model, predicates: list[Expr]) -> list[Invariant]:
    path = Path(model.file)
    path.write_text(REGISTRY + declarations(model.system, predicates))
    found = load(path, None, {})
    path.write_text(REGISTRY)
    return [
        prop
        for prop in found.properties
        if prop.name.startswith(PREFIX) and isinstance(prop, Invariant)
    ]


def leaves(model: Model) -> dict[str, Expr]:
    return {v.name: make(E.Var, v.name, v.type) for v in model.system.variables}


def chosen(model: Model) -> list[Expr]:
    """Clauses as engines find them, many without the guards that the language asks for."""
    v = leaves(model)
    table, net = v["server.table"], v["net"]
    assert isinstance(table.type, T.Map) and isinstance(table.type.value, T.Optional)
    entry, message = table.type.value.item, net.type.message
    assert isinstance(entry, T.Record)
    option = make(E.Lookup, table, b.literal(True, T.BOOL), table.type.value)
    other = make(E.Lookup, table, b.literal(False, T.BOOL), table.type.value)
    inside, outside = make(E.Unwrap, option, entry), make(E.Unwrap, other, entry)

    def part(record: Expr, name: str) -> Expr:
        index = [field for field, _ in entry.fields].index(name)
        return make(E.Field, record, index, entry.fields[index][1])

    one, two = (make(E.Param, name, message) for name in ("m", "n"))
    level = [name for name, _ in message.alternatives[0].fields].index("level")

    def level_of(m: Expr) -> Expr:
        return make(E.MessageField, m, 0, level, T.Int(0, 5))

    def some(kind: str, variable: E.Param, body: Expr) -> Expr:
        of = T.INTEGER if kind == "count" else T.BOOL
        return make(E.Quantified, kind, variable, net, body, of)

    queue = v["server.queue"]
    at = make(E.At, queue, b.number(1), T.Int(0, 5))
    sender = make(E.MessageField, one, -1, 0, message.alternatives[0].fields[0][1])
    client = entry.fields[0][1]
    assert isinstance(client, T.Enum)
    second, first_kind = b.literal(client.low + 1, client), make(E.HasTag, one, 0)
    return [
        b.negate(b.equal(part(inside, "level"), b.number(0))),
        b.negate(b.equal(part(inside, "level"), b.number(3))),
        b.equal(part(inside, "level"), part(outside, "level")),
        b.less(part(inside, "level"), part(outside, "level")),
        b.at_most(part(inside, "since"), v["server.newest"]),
        b.negate(b.both(b.is_some(option), b.equal(part(inside, "who"), second))),
        b.disjunction((b.negate(b.is_some(other)), b.less(b.number(2), part(outside, "level")))),
        b.equal(option, other),
        b.negate(b.equal(option, b.literal((), table.type.value))),
        b.equal(at, b.number(2)),
        b.negate(b.equal(at, b.number(0))),
        b.negate(some("any", one, b.both(first_kind, b.less(level_of(one), b.number(2))))),
        some("all", one, b.less(level_of(one), b.number(3))),
        b.negate(
            some("any", one, some("any", two, b.less(level_of(one), level_of(two))))
        ),
        some("any", one, b.negate(b.equal(sender, b.literal(1, sender.type)))),
        b.less(some("count", one, b.equal(level_of(one), b.number(1))), b.number(2)),
        b.less(b.size(net), b.number(2)),
        make(E.Member, b.literal(client.low, client), v["server.seen"]),
        b.equal(v["server.seen"], b.literal((client.low,), v["server.seen"].type)),
        b.negate(b.equal(v["mode"], b.literal(1, v["mode"].type))),
    ]  # fmt: skip


@given(st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_chosen_predicates(model: Model, data: Any) -> None:
    predicates = chosen(model)
    state = tuple(filled(data.draw, v.type) for v in model.system.variables)
    for predicate, prop in zip(predicates, printed(model), strict=True):
        assert evaluate(model.system, prop.defined, state, {}), prop
        expected = evaluate(model.system, predicate, state, {})
        assert evaluate(model.system, prop.predicate, state, {}) == expected, predicate


_printed: list[Invariant] = []


def printed(model: Model) -> list[Invariant]:
    """The chosen predicates as they are read back, once."""
    if not _printed:
        _printed.extend(read_back(model, chosen(model)))
    return _printed


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_drawn_predicates(model: Model, data: Any) -> None:
    predicate = expression(Scope(data.draw, tuple(leaves(model).values())), T.BOOL, 3)
    try:
        (prop,) = read_back(model, [predicate])
    except (NotPrintable, SourceError):
        # A constant of a type that the model does not have, an order of what has none ...
        assume(False)
    for _ in range(5):
        state = tuple(filled(data.draw, v.type) for v in model.system.variables)
        assert evaluate(model.system, prop.defined, state, {}), prop
        expected = evaluate(model.system, predicate, state, {})
        assert evaluate(model.system, prop.predicate, state, {}) == expected


def test_the_earliest_stamp(model: Model) -> None:
    newest = leaves(model)["server.newest"]
    (prop,) = read_back(model, [b.equal(newest, b.literal(0, T.STAMP))])
    place = next(i for i, v in enumerate(model.system.variables) if v.name == "server.newest")
    for newest_there, holds in ((0, True), (1, False)):
        state = [T.default(v.type) for v in model.system.variables]
        state[place] = newest_there
        assert evaluate(model.system, prop.predicate, tuple(state), {}) is holds


def test_what_has_no_name(model: Model) -> None:
    newest = leaves(model)["server.newest"]
    with pytest.raises(NotPrintable, match="stamp"):
        declarations(model.system, [b.equal(newest, b.literal(1, T.STAMP))])
