"""Nodes, messages, channels and variables: all that must be known before code is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.ir import types as ir
from verifier.ir.build import literal
from verifier.ir.expr import Expr
from verifier.ir.system import Variable
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.channels import budgets, traits
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.program import ChannelInfo, MessageInfo, NodeInstance, Program
from verifier.language.elaborate.types import (
    constant_int,
    constant_of,
    option_type,
    record_type,
    type_of,
    variable_type,
)
from verifier.language.tables import Declared

INSTANCES_MAX = 256


@dataclass(frozen=True, slots=True)
class Placed:
    """A declaration with the file it stands in."""

    declaration: ast.Declaration
    file: str


def all_declarations(program: Program) -> Iterator[Placed]:
    """Every declaration of every file, the main file first."""
    for path, file in program.sources.files.items():
        for declaration in file.declarations:
            yield Placed(declaration, path)


def constant_frame(program: Program, file: str) -> Frame:
    """The place of a constant expression in a file."""
    return Frame(program, file, Sight.CONSTANT)


def settle_constants(program: Program) -> None:
    """Evaluates every option and constant, so that their mistakes are found even if unused."""
    for placed in all_declarations(program):
        if isinstance(placed.declaration, (ast.Option, ast.Const)):
            constant_of(constant_frame(program, placed.file), placed.declaration, placed.file)


def options(program: Program) -> dict[str, Placed]:
    """Every option by name; two of one name could not be told apart on the command line."""
    found: dict[str, Placed] = {}
    for placed in all_declarations(program):
        if isinstance(placed.declaration, ast.Option):
            name = placed.declaration.name
            if name.text in found:
                program.report(
                    Code.DECLARED_TWICE, f"two options are called '{name.text}'", name.span
                )
            found.setdefault(name.text, placed)
    return found


def option_text(program: Program, placed: Placed) -> str:
    """The value of an option as a person writes it."""
    assert isinstance(placed.declaration, ast.Option)
    frame = constant_frame(program, placed.file)
    value = constant_of(frame, placed.declaration, placed.file)
    of = option_type(frame, placed.declaration)
    return "?" if is_poison(value) or of is POISON else ir.show(of, value.value)


# ---- nodes -------------------------------------------------------------------------------------


def declare_nodes(program: Program) -> None:
    """Numbers all nodes, those of one type in a row, and fills in their parameters.

    A node type with no node is an enumeration without values; its code is not walked.
    """
    types = [p for p in all_declarations(program) if isinstance(p.declaration, ast.NodeDecl)]
    instances = [p for p in all_declarations(program) if isinstance(p.declaration, ast.Instance)]
    # Sizes of arrays may not mention nodes, so they are known before any node is.
    sized = [(p, _indices(program, p)) for p in instances]
    nodes: list[NodeInstance] = []
    for node_type in types:
        declaration = node_type.declaration
        assert isinstance(declaration, ast.NodeDecl)
        low = len(nodes)
        for placed, indices in sized:
            instance = placed.declaration
            assert isinstance(instance, ast.Instance)
            if program.tables[placed.file].declared(instance.type.text) is not declaration:
                continue
            first = len(nodes)
            names = [
                instance.name.text if i is None else f"{instance.name.text}[{i}]" for i in indices
            ]
            for name in names:
                nodes.append(NodeInstance(name, len(nodes), declaration, node_type.file))
            if instance.index is not None:
                start = indices[0] if indices and indices[0] is not None else 0
                program.arrays[id(instance)] = (ir.Enum(declaration.name.text, tuple(names), first), start)
        labels = tuple(node.name for node in nodes[low:])
        program.types[id(declaration)] = ir.Enum(declaration.name.text, labels, low)
        program.node_types.add(program.types[id(declaration)])
    program.nodes = ir.Enum("Node", tuple(node.name for node in nodes))
    program.instances.extend(nodes)
    for placed, indices in sized:
        for index in indices:
            _fill(program, placed, index)


def _indices(program: Program, placed: Placed) -> list[int | None]:
    instance = placed.declaration
    assert isinstance(instance, ast.Instance)
    if instance.index is None:
        return [None]
    frame = constant_frame(program, placed.file)
    low, high = constant_int(frame, instance.index.low), constant_int(frame, instance.index.high)
    if low is None or high is None:
        return []
    if high - low >= INSTANCES_MAX:
        program.report(
            Code.TOO_LARGE, f"an array of more than {INSTANCES_MAX} nodes", instance.index.span
        )
        return []
    return list(range(low, high + 1))


def _fill(program: Program, placed: Placed, index: int | None) -> None:
    """The parameters of one node, from the arguments of its instance."""
    instance = placed.declaration
    assert isinstance(instance, ast.Instance)
    name = instance.name.text if index is None else f"{instance.name.text}[{index}]"
    node = next(n for n in program.instances if n.name == name)
    frame = constant_frame(program, placed.file)
    if index is not None and instance.index is not None:
        if instance.symmetric and _mentions(instance, instance.index.variable.text):
            program.report(
                Code.NOT_SYMMETRIC,
                "the members of a symmetric array get different arguments",
                instance.index.variable.span,
                hint="leave the index out of the arguments, or drop 'symmetric'",
            )
        number = ir.Int(index, index)
        frame = frame.with_local(instance.index.variable.text, literal(index, number))
    parameters = node.declaration.parameters
    given: dict[str, ast.Expr] = {}
    for position, argument in enumerate(instance.arguments):
        if argument.name is not None:
            key = argument.name.text
        elif position < len(parameters):
            key = parameters[position].name.text
        else:
            key = ""
        if key in given or key not in {p.name.text for p in parameters}:
            program.report(
                Code.WRONG_ARGUMENTS,
                f"{node.declaration.name.text} has no further parameter for this argument",
                argument.span,
                hint=f"its parameters are: {', '.join(p.name.text for p in parameters) or 'none'}",
            )
            continue
        given[key] = argument.value
    home = constant_frame(program, node.file)
    for parameter in parameters:
        text = parameter.name.text
        if parameter.type is None:
            program.report(
                Code.BAD_DECLARATION, "the parameter of a node type needs a type", parameter.span
            )
        elif text not in given:
            program.report(
                Code.WRONG_ARGUMENTS,
                f"{node.declaration.name.text} needs an argument for '{text}'",
                instance.span,
            )
        else:
            of = type_of(home, parameter.type)
            wanted = None if of is POISON else of
            node.parameters[text] = program.constant(frame, given[text], wanted)


def _mentions(instance: ast.Instance, name: str) -> bool:
    """Whether an argument of the array mentions its index: found in the printed tree, because the
    tree is plain data."""
    return any(f"text={name!r}" in repr(argument.value) for argument in instance.arguments)


# ---- messages and channels ---------------------------------------------------------------------


def declare_channels(program: Program) -> None:
    """The records of all messages, and the channels they travel on."""
    channels = [p for p in all_declarations(program) if isinstance(p.declaration, ast.ChannelDecl)]
    travellers: dict[int, list[tuple[ast.MessageDecl, ir.Record]]] = {
        id(p.declaration): [] for p in channels
    }
    for placed in all_declarations(program):
        if isinstance(placed.declaration, ast.MessageDecl):
            channel = _channel_of(program, placed, placed.declaration)
            record = _record(program, placed, placed.declaration)
            if channel is not None and record is not None:
                travellers[id(channel)].append((placed.declaration, record))
    for placed in channels:
        declaration = placed.declaration
        assert isinstance(declaration, ast.ChannelDecl)
        messages = travellers[id(declaration)]
        if not messages:
            continue
        frame = constant_frame(program, placed.file)
        union = ir.Message(tuple(record for _, record in messages))
        info = traits(frame, declaration, union, tuple(m for m, _ in messages))
        program.channels[id(declaration)] = info
        for tag, (message, record) in enumerate(messages):
            program.messages[id(message)] = MessageInfo(message.name.text, info, tag, record)


def _channel_of(
    program: Program, placed: Placed, message: ast.MessageDecl
) -> ast.ChannelDecl | None:
    table = program.tables[placed.file]
    if message.channel is not None:
        found = table.declared(message.channel.text)
        assert isinstance(found, ast.ChannelDecl)
        return found
    visible = [
        symbol.declaration
        for symbols in table.symbols.values()
        for symbol in symbols
        if isinstance(symbol, Declared) and isinstance(symbol.declaration, ast.ChannelDecl)
    ]
    if len(visible) == 1:
        return visible[0]
    names = ", ".join(channel.name.text for channel in visible)
    program.report(
        Code.NO_CHANNEL,
        f"on which channel does '{message.name.text}' travel?",
        message.name.span,
        cause=f"several channels can be seen: {names}" if visible else "no channel is declared",
        hint=f"write: message {message.name.text} {{ ... }} via NAME"
        if visible
        else "declare one: channel network { unordered, capacity 4 }",
    )
    return None


def _record(program: Program, placed: Placed, message: ast.MessageDecl) -> ir.Record | None:
    frame = constant_frame(program, placed.file)
    fields: list[tuple[str, ir.Type]] = [("sender", program.nodes), ("receiver", program.nodes)]
    for entry in message.fields:
        if entry.name.text in ("sender", "receiver"):
            program.report(
                Code.DECLARED_TWICE,
                f"every message has a field '{entry.name.text}'",
                entry.name.span,
            )
        fields.append((entry.name.text, variable_type(frame, entry.type)))
    if any(of is POISON for _, of in fields):
        return None
    return ir.Record(message.name.text, tuple(fields))


# ---- variables ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Initial:
    """How a variable starts: where its declaration stands, or hidden ones by their value."""

    variable: Variable
    declaration: ast.VariableDecl | None
    frame: Frame
    value: Expr | None = None


def declare_variables(program: Program) -> list[Initial]:
    """All variables: of the world, of the nodes, and the channels."""
    found: list[Initial] = []
    for placed in all_declarations(program):
        if isinstance(placed.declaration, ast.RecordDecl):
            record_type(constant_frame(program, placed.file), placed.declaration)
        if isinstance(placed.declaration, ast.World):
            frame = constant_frame(program, placed.file)
            for declared in placed.declaration.variables:
                of = variable_type(frame, declared.type)
                program.types[id(declared)] = of
                name = declared.name.text
                if name in program.variables:
                    program.report(
                        Code.DECLARED_TWICE, f"two worlds have a '{name}'", declared.name.span
                    )
                variable = Variable(name, of, "", name, declared.ghost)
                found.append(Initial(variable, declared, frame))
                program.variables[name] = variable
    for node in program.instances:
        found += _of_node(program, node)
    for channel in program.channels.values():
        found += _of_channel(program, channel)
    for initial in found:
        program.variables[initial.variable.name] = initial.variable
    return found


def _of_node(program: Program, node: NodeInstance) -> Iterator[Initial]:
    frame = constant_frame(program, node.file).inside(node=node)
    for member in node.declaration.members:
        if isinstance(member, ast.VariableDecl):
            name = member.name.text
            of = variable_type(frame, member.type)
            variable = Variable(f"{node.name}.{name}", of, node.name, name, member.ghost)
            yield Initial(variable, member, frame)
        elif isinstance(member, ast.TimerDecl):
            name = member.name.text
            variable = Variable(f"{node.name}.{name}", ir.BOOL, node.name, f"timer {name}")
            yield Initial(variable, None, frame, literal(False, ir.BOOL))


def _of_channel(program: Program, channel: ChannelInfo) -> Iterator[Initial]:
    frame = constant_frame(program, program.sources.main)
    variable = Variable(channel.name, channel.type, "", channel.name)
    yield Initial(variable, None, frame, literal((), channel.type))
    for name, of in budgets(channel):
        assert of.high is not None
        counter = Variable(name, of, "", name, hidden=True)
        yield Initial(counter, None, frame, literal(of.high, of))

