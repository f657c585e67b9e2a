"""Names, fields, elements: what a reference stands for at its place."""

from __future__ import annotations

from typing import assert_never

from verifier.ir import types as ir
from verifier.ir.build import field, literal, lookup
from verifier.ir.expr import Expr, Literal, MessageField, TupleOf, make
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import lifted, needs_value
from verifier.language.elaborate.coercion import common_type, present
from verifier.language.elaborate.descriptions import describe
from verifier.language.elaborate.frame import POISON, Frame, MessageLocal, Sight, is_poison
from verifier.language.elaborate.open_options import is_open, open_constant, open_value
from verifier.language.elaborate.program import NodeInstance
from verifier.language.elaborate.types import constant_of, enum_type, type_of
from verifier.language.tables import Declared, Label, Member, NamedDeclaration, similar
from verifier.language.tables import members as members_of
from verifier.source import Span


def name(frame: Frame, expr: ast.Name, wanted: ir.Type | None) -> Expr:
    """A bare name: local, member of the node, or declared in a file, in this order."""
    text = expr.text
    if text in frame.locals:
        local = frame.locals[text]
        if isinstance(local, MessageLocal):
            return frame.error(
                Code.TYPE_MISMATCH, f"the message '{text}' is not a value", expr.span,
                hint=f"use its fields: {text}.field, or compare it with another message",
            )  # fmt: skip
        return local
    own = frame.members.get(text)
    if own is not None:
        assert frame.node is not None
        return _member(frame, frame.node, own, expr.span)
    declaration = frame.table.declared(text)
    labels = frame.table.labels(text)
    if labels:
        return _label(frame, expr, labels, wanted)
    if declaration is None:
        return frame.error(Code.TYPE_MISMATCH, "a type is not a value", expr.span)
    return _declared(frame, expr, declaration)


def _declared(frame: Frame, expr: ast.Name, declaration: object) -> Expr:
    symbol = next(
        s
        for s in frame.table.symbols[expr.text]
        if isinstance(s, Declared) and s.declaration is declaration
    )
    match symbol.declaration:
        case (ast.Const() | ast.Option()) as constant:
            bound = lifted(frame, expr)
            if bound is not None:
                return needs_value(frame, bound, expr.span, "here it is a number, not a limit")
            if isinstance(constant, ast.Option) and is_open(frame.program, constant):
                return open_value(frame, constant, symbol.file, expr.span)
            if isinstance(constant, ast.Const):
                depending = open_constant(frame, constant, symbol.file)
                if depending is not None:
                    return depending
            return constant_of(frame, constant, symbol.file)
        case ast.VariableDecl() as variable:
            if frame.sight is Sight.CONSTANT:
                return not_constant(frame, expr.text, expr.span)
            if not _ghost_visible(frame, variable, expr.span):
                return literal(0, POISON)
            return frame.read(variable.name.text, frame.program.types[id(variable)])
        case ast.Instance(index=None) as instance:
            found = next((i for i in frame.program.instances if i.name == instance.name.text), None)
            if found is None:
                return no_nodes_yet(frame, expr.text, expr.span)
            return literal(found.ordinal, frame.program.types[id(found.declaration)])
        case ast.Instance() as array:
            return frame.error(
                Code.TYPE_MISMATCH, f"'{array.name.text}' is an array of nodes", expr.span,
                hint=f"name one of them: {array.name.text}[0]",
            )  # fmt: skip
        case other:
            return frame.error(
                Code.TYPE_MISMATCH,
                f"'{expr.text}' is not a value",
                expr.span,
                hint=_instead(other, expr.text),
            )


def _instead(declaration: NamedDeclaration, text: str) -> str:
    match declaration:
        case ast.MessageDecl():
            return f"name the message that came: on {text}(m), and then m.field"
        case ast.NodeDecl():
            return f"to reach all of them: for n in {text} {{ ... }}; all n in {text}: ..."
        case ast.FunctionDecl():
            return f"call it: {text}(...)"
        case _:
            return "a type, message, channel or action cannot stand in an expression"


def no_nodes_yet(frame: Frame, what: str, span: Span) -> Expr:
    """Reports a node in a constant: how many nodes there are may depend on the constants."""
    return frame.error(
        Code.NOT_CONSTANT,
        f"'{what}' is about nodes, and constants and sizes are settled before there are any",
        span,
        hint="make it a parameter of a node type, or a function without parameters",
    )


def _label(frame: Frame, expr: ast.Name, labels: tuple[Label, ...], wanted: ir.Type | None) -> Expr:
    types = [(enum_type(frame.program, label.declaration), label.index) for label in labels]
    matching = [(of, index) for of, index in types if of == wanted]
    if len(matching or types) > 1:
        names = ", ".join(f"{of.name}.{expr.text}" for of, _ in types)
        return frame.error(
            Code.AMBIGUOUS_LABEL, f"'{expr.text}' is a label of several enumerations", expr.span,
            hint=f"say which: {names}",
        )  # fmt: skip
    of, index = (matching or types)[0]
    return literal(index, of)


def _ghost_visible(frame: Frame, variable: ast.VariableDecl, span: Span) -> bool:
    if variable.ghost and not frame.sight.ghosts:
        frame.error(
            Code.GHOST_READ,
            f"the ghost variable '{variable.name.text}' is read by {frame.sight.value}",
            span,
            cause="a ghost is for properties: what the model does must not depend on it",
            hint="declare it without 'ghost' if it belongs to the protocol",
        )
        return False
    return True


def not_constant(frame: Frame, what: str, span: Span) -> Expr:
    """Reports that a constant expression reads the state."""
    return frame.error(
        Code.NOT_CONSTANT, f"'{what}' is not known before the model runs", span,
        hint="use options, constants and node parameters here",
    )  # fmt: skip


def _member(frame: Frame, node: NodeInstance, member: Member, span: Span) -> Expr:
    """A member of a known node, as a value."""
    text = member.name.text
    match member:
        case ast.ParameterDecl():
            found = node.parameters.get(text)
            if found is None:
                return not_constant(frame, text, span)
            return found
        case ast.VariableDecl():
            if frame.sight is Sight.CONSTANT:
                return not_constant(frame, text, span)
            if not _ghost_visible(frame, member, span):
                return literal(0, POISON)
            path = f"{node.name}.{text}"
            return frame.read(path, frame.program.variables[path].type)
        case ast.TimerDecl():
            return frame.error(
                Code.TYPE_MISMATCH, f"'{text}' is a timer", span, hint=f"ask running({text})"
            )
        case ast.FunctionDecl() | ast.Procedure() | ast.ActionDecl():
            return frame.error(Code.TYPE_MISMATCH, f"'{text}' is not a value", span)
        case _:
            assert_never(member)


# ---- fields ------------------------------------------------------------------------------------


def select(frame: Frame, expr: ast.Select) -> Expr:
    """``a.b``: label of an enumeration, field of a message or record, member of a node."""
    target = expr.target
    if isinstance(target, ast.Name):
        local = frame.locals.get(target.text)
        if isinstance(local, MessageLocal):
            return _message_field(frame, expr, local)
        if local is None and target.text not in frame.members:
            match frame.table.declared(target.text):
                case (ast.EnumDecl() | ast.Option(type=ast.InlineEnum())) as declaration:
                    return _enum_label(frame, expr, enum_type(frame.program, declaration))
                case _:
                    pass
    found = frame.elaborate(target)
    if is_poison(found):
        return found
    found = present(frame, found, target)
    match found.type:
        case ir.Record(_, fields):
            for index, (field_name, of) in enumerate(fields):
                if field_name == expr.member.text:
                    return field(found, index, of)
            return no_field(frame, expr.member, describe(found.type), [n for n, _ in fields])
        case ir.Enum() as of if of == frame.program.nodes or of in frame.program.node_types:
            return _node_member(frame, expr, found)
        case _:
            return frame.error(
                Code.NO_SUCH_FIELD,
                f"a value of type {describe(found.type)} has no fields",
                expr.member.span,
            )


def _enum_label(frame: Frame, expr: ast.Select, of: ir.Enum) -> Expr:
    if expr.member.text in of.labels:
        return literal(of.labels.index(expr.member.text), of)
    return no_field(frame, expr.member, of.name, list(of.labels))


def no_field(frame: Frame, member: ast.Ident, owner: str, known: list[str]) -> Expr:
    """Reports a field, member or label that is not there."""
    return frame.error(
        Code.NO_SUCH_FIELD,
        f"{owner} has no '{member.text}'",
        member.span,
        hint=similar(member.text, known) or f"it has {', '.join(known)}",
    )


def _message_field(frame: Frame, expr: ast.Select, local: MessageLocal) -> Expr:
    fields = local.info.record.fields
    for index, (field_name, of) in enumerate(fields):
        if field_name == expr.member.text:
            return make(MessageField, local.expr, local.info.tag, index, of)
    return no_field(frame, expr.member, local.info.name, [n for n, _ in fields])


def instances_of(frame: Frame, of: ir.Type) -> list[NodeInstance]:
    """The nodes that a value of a node type can be, in order of their ordinals."""
    numbers = ir.scalar_range(of)
    assert numbers is not None
    return [node for node in frame.program.instances if node.ordinal in numbers]


def _node_member(frame: Frame, expr: ast.Select, found: Expr) -> Expr:
    """``node.member``: configuration for everybody, variables for those who see other nodes."""
    nodes = instances_of(frame, found.type)
    if isinstance(found, Literal):
        nodes = [node for node in nodes if node.ordinal == found.value]
    text = expr.member.text
    kinds = {id(node.declaration): node.members.get(text) for node in nodes}
    if None in kinds.values():
        known = [n for node in nodes for n in node.members]
        return no_field(frame, expr.member, describe(found.type), sorted(set(known)))
    if not nodes:
        return _member_of_nobody(frame, expr, found.type)
    variable = any(isinstance(kind, ast.VariableDecl) for kind in kinds.values())
    if variable and not frame.sight.others and nodes != [frame.node]:
        return hidden_variable(frame, expr)
    values = [_member(frame, node, node.members[text], expr.span) for node in nodes]
    if any(is_poison(v) for v in values):
        return literal(0, POISON)
    if isinstance(found, Literal):
        return values[0]
    of = values[0].type
    if any(v.type != of for v in values):
        values, of = _joined(frame, values, expr)
        if of is POISON:
            return literal(0, POISON)
    table = ir.Map(found.type, of)
    if all(isinstance(v, Literal) for v in values):
        constants = literal(tuple(v.value for v in values if isinstance(v, Literal)), table)
        return lookup(constants, found, of)
    return lookup(make(TupleOf, tuple(values), table), found, of)


def _member_of_nobody(frame: Frame, expr: ast.Select, of: ir.Type) -> Expr:
    """A member of a node type without nodes: nothing reaches this place, but it has a type."""
    for path, file in frame.program.sources.files.items():
        for node in file.declarations:
            if isinstance(node, ast.NodeDecl) and frame.program.types.get(id(node)) == of:
                member = members_of(node).get(expr.member.text)
                if isinstance(member, (ast.VariableDecl, ast.ParameterDecl)) and member.type:
                    home = frame.inside(file=path, node=None, locals={}, sight=Sight.CONSTANT)
                    kind = type_of(home, member.type)
                    return literal(ir.default(kind), kind)
    return no_field(frame, expr.member, describe(of), [])


def _joined(frame: Frame, values: list[Expr], expr: ast.Select) -> tuple[list[Expr], ir.Type]:
    """Values of one type: integers of different nodes may have different ranges."""
    kinds = [v.type for v in values]
    if all(isinstance(k, ir.Int) for k in kinds):
        of: ir.Type | None = kinds[0]
        for kind in kinds[1:]:
            of = None if of is None else common_type(frame, of, kind)
        assert of is not None
        return values, of
    frame.error(Code.TYPE_MISMATCH, "this member has different types in different nodes", expr.span)
    return values, POISON


def hidden_variable(frame: Frame, expr: ast.Select) -> Expr:
    """Reports that a node reads a variable of another one."""
    return frame.error(
        Code.HIDDEN_VARIABLE,
        f"{frame.sight.value} reads '{frame.program.text(expr.span)}', another node's variable",
        expr.span,
        cause="nodes learn about each other only by messages",
        hint="send it in a message, or make it a parameter of the node type if it is configuration",
    )
