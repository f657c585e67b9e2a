"""Nodes: how many there are, how they are numbered, and what their parameters are."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.ir.build import literal
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.declarations import Placed, all_declarations, constant_frame
from verifier.language.elaborate.frame import POISON
from verifier.language.elaborate.program import NodeInstance, Program
from verifier.language.elaborate.types import constant_int, type_of
from verifier.language.tables import members

INSTANCES_MAX = 256


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
        named = members(declaration)
        for placed, indices in sized:
            instance = placed.declaration
            assert isinstance(instance, ast.Instance)
            if program.tables[placed.file].declared(instance.type.text) is not declaration:
                continue
            if instance.symmetric:
                program.symmetric = instance.name.text
            first = len(nodes)
            names = [
                instance.name.text if i is None else f"{instance.name.text}[{i}]" for i in indices
            ]
            for name in names:
                nodes.append(NodeInstance(name, len(nodes), declaration, node_type.file, named))
            if instance.index is not None:
                start = indices[0] if indices and indices[0] is not None else 0
                program.arrays[id(instance)] = (
                    ir.Enum(declaration.name.text, tuple(names), first),
                    start,
                )
        labels = tuple(node.name for node in nodes[low:])
        program.types[id(declaration)] = ir.Enum(declaration.name.text, labels, low)
        program.node_types.add(program.types[id(declaration)])
    program.nodes = ir.Enum("Node", tuple(node.name for node in nodes))
    program.instances.extend(nodes)
    program.numbered = True
    for placed, indices in sized:
        filled = [_fill(program, placed, index) for index in indices]
        _check_symmetry(program, placed.declaration, filled)


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


def _check_symmetry(
    program: Program, instance: ast.Declaration, filled: list[NodeInstance]
) -> None:
    assert isinstance(instance, ast.Instance) and (instance.index is not None or len(filled) == 1)
    if instance.symmetric and any(node.parameters != filled[0].parameters for node in filled):
        program.report(
            Code.NOT_SYMMETRIC,
            "the members of a symmetric array get different arguments",
            instance.span,
            hint="leave the index out of the arguments, or drop 'symmetric'",
        )


def _fill(program: Program, placed: Placed, index: int | None) -> NodeInstance:
    """The parameters of one node, from the arguments of its instance."""
    instance = placed.declaration
    assert isinstance(instance, ast.Instance)
    name = instance.name.text if index is None else f"{instance.name.text}[{index}]"
    node = next(n for n in program.instances if n.name == name)
    frame = constant_frame(program, placed.file)
    if index is not None and instance.index is not None:
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
    return node
