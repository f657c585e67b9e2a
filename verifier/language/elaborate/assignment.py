"""Assignment to a variable, or to a part of one: the whole variable gets a new value."""

from __future__ import annotations

from collections.abc import Callable

from verifier.ir import types as ir
from verifier.ir.build import choose, equal, field, literal, lookup, some
from verifier.ir.expr import At, Expr, Literal, Replace, Store, WithField, make
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.coercion import coerce, present, value
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.elements import list_index
from verifier.language.elaborate.frame import Frame, Sight, is_poison
from verifier.language.elaborate.references import instances_of
from verifier.language.tables import members as members_of

# From where it happens, the old value and the type of the place, to the new value.  The old value
# may be of a narrower type than the place: what was assigned last.
Change = Callable[[Frame, Expr, ir.Type], Expr]


def assign(frame: Frame, statement: ast.Assign) -> None:
    """``place := e``, ``place += e``, ``place -= e``."""
    reading = _reader(frame, statement.target)
    if statement.op == ":=":
        source: ast.Expr = statement.value
    else:
        source = ast.Binary(statement.op[0], statement.target, statement.value, statement.span)

    def change(here: Frame, old: Expr, of: ir.Type) -> Expr:
        del old  # `source` reads it
        return coerce(here, here.elaborate(source, of), of, source)

    _replace(reading, statement.target, change)


def _reader(frame: Frame, target: ast.Expr) -> Frame:
    """What the right side may read: the value of a ghost may come from anywhere."""
    declaration = _root(frame, target)
    if isinstance(declaration, ast.VariableDecl) and declaration.ghost:
        return frame.inside(sight=Sight.GHOST)
    return frame


def _root(frame: Frame, target: ast.Expr) -> object:
    """The declaration of the variable that a place belongs to, if it is plain to see."""
    match target:
        case ast.Name(text):
            return (
                None
                if text in frame.locals
                else (frame.members.get(text) or frame.table.declared(text))
            )
        case ast.Select(inner, member):
            root = _root(frame, inner)
            if isinstance(root, ast.Instance):
                symbol = frame.table.declared(root.type.text)
                node = symbol if isinstance(symbol, ast.NodeDecl) else None
                return members_of(node).get(member.text) if node is not None else None
            return root
        case ast.Index(inner, _):
            return _root(frame, inner)
        case _:
            return None


def _replace(frame: Frame, place: ast.Expr, change: Change) -> None:
    match place:
        case ast.Name():
            _replace_name(frame, place, change)
        case ast.Select():
            _replace_field(frame, place, change)
        case ast.Index():
            _replace_element(frame, place, change)
        case _:
            frame.error(Code.NOT_ASSIGNABLE, "this is not a variable or a part of one", place.span)


def _replace_name(frame: Frame, place: ast.Name, change: Change) -> None:
    text = place.text
    if text in frame.locals:
        frame.error(
            Code.NOT_ASSIGNABLE, f"'{text}' is a local name and keeps its value", place.span,
            hint="declare a variable, or use another 'let'",
        )  # fmt: skip
        return
    own = frame.members.get(text)
    if isinstance(own, ast.VariableDecl):
        assert frame.node is not None
        _store(frame, f"{frame.node.name}.{text}", change)
        return
    declared = frame.table.declared(text) if own is None else None
    if isinstance(declared, ast.VariableDecl):
        if frame.sight is Sight.NODE and not declared.ghost:
            frame.error(
                Code.NOT_ASSIGNABLE,
                f"the code of a node assigns '{text}' of the world",
                place.span,
                cause="the world is what happens around the nodes",
                hint="do it in an environment action",
            )  # fmt: skip
            return
        _store(frame, text, change)
        return
    frame.error(Code.NOT_ASSIGNABLE, f"'{text}' is not a variable", place.span)


def _store(frame: Frame, name: str, change: Change) -> None:
    assert frame.step is not None
    of = frame.program.variables[name].type
    new = change(frame, frame.read(name, of), of)
    if not is_poison(new):
        frame.step.values[name] = new


def _replace_field(frame: Frame, place: ast.Select, change: Change) -> None:
    member = place.member.text
    found = frame.elaborate(place.target)
    if is_poison(found):
        return
    nodes = frame.program.node_types
    if found.type == frame.program.nodes or found.type in nodes:
        _replace_of_node(frame, place, found, change)
        return

    def in_record(here: Frame, old: Expr, of: ir.Type) -> Expr:
        record = present(here, old, place.target)
        if not isinstance(record.type, ir.Record):
            return here.error(
                Code.NO_SUCH_FIELD, f"a value of type {describe(record.type)} has no fields",
                place.member.span,
            )  # fmt: skip
        names = [name for name, _ in record.type.fields]
        if member not in names:
            return here.error(
                Code.NO_SUCH_FIELD, f"{record.type.name} has no '{member}'", place.member.span
            )
        index = names.index(member)
        kind = record.type.fields[index][1]
        new = change(here, field(record, index, kind), kind)
        if is_poison(new):
            return new
        whole = make(WithField, record, index, new, record.type)
        return some(whole, of) if isinstance(of, ir.Optional) else whole

    _replace(frame, place.target, in_record)


def _replace_of_node(frame: Frame, place: ast.Select, target: Expr, change: Change) -> None:
    """``node.variable := e``; a reference that is not constant may mean each of its nodes."""
    mine = (
        frame.node is not None
        and isinstance(target, Literal)
        and target.value == frame.node.ordinal
    )
    if frame.sight is not Sight.ENVIRONMENT and not mine:
        frame.error(
            Code.NOT_ASSIGNABLE,
            f"{frame.sight.value} assigns a variable of another node",
            place.span,
            cause="nodes influence each other only by messages",
            hint="send a message, or do it in an environment action",
        )
        return
    for node in instances_of(frame, target.type):
        chosen = equal(target, literal(node.ordinal, frame.program.nodes))
        if isinstance(chosen, Literal) and not chosen.value:
            continue
        declared = node.members.get(place.member.text)
        if not isinstance(declared, ast.VariableDecl):
            frame.error(
                Code.NOT_ASSIGNABLE, f"{node.name} has no variable '{place.member.text}'",
                place.member.span,
            )  # fmt: skip
            return

        def guarded(here: Frame, old: Expr, of: ir.Type, chosen: Expr = chosen) -> Expr:
            new = change(here, old, of)
            return new if is_poison(new) else choose(chosen, new, old, of)

        _store(frame.under(chosen), f"{node.name}.{place.member.text}", guarded)


def _replace_element(frame: Frame, place: ast.Index, change: Change) -> None:
    def in_collection(here: Frame, old: Expr, of: ir.Type) -> Expr:
        whole = present(here, old, place.target)
        if not isinstance(whole.type, (ir.Map, ir.List)):
            return here.error(
                Code.NOT_ASSIGNABLE,
                f"a value of type {describe(whole.type)} has no elements to assign",
                place.span,
            )
        if isinstance(whole.type, ir.Map):
            where = value(here, place.index, whole.type.key)
            kind: type[Store] | type[Replace] = Store
        else:
            where = list_index(here, whole, place.index)
            kind = Replace
        if is_poison(where):
            return where
        if isinstance(whole.type, ir.Map):
            item, part = whole.type.value, lookup(whole, where, whole.type.value)
        else:
            item, part = whole.type.item, make(At, whole, where, whole.type.item)
        new = change(here, part, item)
        if is_poison(new):
            return new
        changed = make(kind, whole, where, new, whole.type)
        return some(changed, of) if isinstance(of, ir.Optional) else changed

    _replace(frame, place.target, in_collection)
