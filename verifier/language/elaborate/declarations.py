"""Constants, messages, channels and variables: all that must be known before code is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.ir import types as ir
from verifier.ir.build import literal
from verifier.ir.expr import Expr, Param, make
from verifier.ir.system import Variable
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.bounds import is_lifted
from verifier.language.elaborate.channels import budgets, traits
from verifier.language.elaborate.frame import POISON, Frame, Sight, is_poison
from verifier.language.elaborate.open_options import is_open, open_constant
from verifier.language.elaborate.program import ChannelInfo, MessageInfo, NodeInstance, Program
from verifier.language.elaborate.types import (
    constant_of,
    option_type,
    record_type,
    type_of,
)
from verifier.language.model import OPEN, UNBOUNDED, open_variable
from verifier.language.tables import Declared


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
        declaration = placed.declaration
        if isinstance(declaration, (ast.Option, ast.Const)):
            frame = constant_frame(program, placed.file)
            if isinstance(declaration, ast.Const):
                first = frame.inside(first=True)  # it may depend on what is left open
                if open_constant(first, declaration, placed.file) is not None:
                    continue
            constant_of(frame, declaration, placed.file)


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
    if is_lifted(program, placed.declaration):
        return UNBOUNDED
    if is_open(program, placed.declaration):
        return OPEN
    frame = constant_frame(program, placed.file)
    value = constant_of(frame, placed.declaration, placed.file)
    of = option_type(frame, placed.declaration)
    return "?" if is_poison(value) or of is POISON else ir.show(of, value.value)


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
        frame = constant_frame(program, placed.file)
        union = ir.Message(tuple(record for _, record in messages))
        info = traits(frame, declaration, union, tuple(m for m, _ in messages))
        if not messages:
            continue  # its traits are checked all the same
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
        fields.append((entry.name.text, type_of(frame, entry.type)))
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
                of = type_of(frame, declared.type)
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
    found += _of_options(program)
    for initial in found:
        program.variables[initial.variable.name] = initial.variable
    return found


def _of_node(program: Program, node: NodeInstance) -> Iterator[Initial]:
    frame = constant_frame(program, node.file).inside(node=node)
    for member in node.declaration.members:
        if isinstance(member, ast.VariableDecl):
            name = member.name.text
            of = type_of(frame, member.type)
            variable = Variable(f"{node.name}.{name}", of, node.name, name, member.ghost)
            yield Initial(variable, member, frame)
        elif isinstance(member, ast.TimerDecl):
            name = member.name.text
            variable = Variable(f"{node.name}.{name}", ir.BOOL, node.name, f"timer {name}")
            yield Initial(variable, None, frame, literal(False, ir.BOOL))


def _of_options(program: Program) -> Iterator[Initial]:
    """The options that are left open; the initial action has a parameter of the same name."""
    for placed in all_declarations(program):
        option = placed.declaration
        if isinstance(option, ast.Option) and is_open(program, option):
            frame = constant_frame(program, placed.file)
            name, of = open_variable(option.name.text), option_type(frame, option)
            variable = Variable(name, of, "", name, hidden=True)
            yield Initial(variable, None, frame, make(Param, name, of))


def _of_channel(program: Program, channel: ChannelInfo) -> Iterator[Initial]:
    frame = constant_frame(program, program.sources.main)
    variable = Variable(channel.name, channel.type, "", channel.name)
    yield Initial(variable, None, frame, literal((), channel.type))
    for name, of in budgets(channel):
        assert of.high is not None
        counter = Variable(name, of, "", name, hidden=True)
        yield Initial(counter, None, frame, literal(of.high, of))
