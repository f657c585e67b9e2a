"""What a change has to know of the whole model: enumerations, ghosts, and who uses which function.

A function that only properties use says what is right; to change it would change the question.  A
ghost variable is written for properties only, so it is left alone too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.language import ast
from verifier.mutation.change import Place


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``labels``: the enumeration of each label that only one enumeration has.  ``users``: the
    handlers and actions that run each function or procedure, by name."""

    labels: Mapping[str, tuple[str, ...]]
    ghosts: frozenset[str]
    users: Mapping[str, tuple[Place, ...]]


def surroundings(files: Mapping[str, ast.File]) -> Surroundings:
    """Of all files of a model."""
    declarations = [d for file in files.values() for d in file.declarations]
    return Surroundings(
        _labels(declarations),
        frozenset(
            node.name.text
            for node in nodes(declarations)
            if isinstance(node, ast.VariableDecl) and node.ghost
        ),
        _users(declarations),
    )


def nodes(found: object) -> Iterator[object]:
    """Every node of a syntax tree, from the top."""
    if isinstance(found, list | tuple):
        for item in found:
            yield from nodes(item)
    elif dataclasses.is_dataclass(found):
        yield found
        for field in dataclasses.fields(found):
            if field.name != "span":
                yield from nodes(getattr(found, field.name))


def _labels(declarations: list[ast.Declaration]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    shared = set()
    for node in nodes(declarations):
        if isinstance(node, ast.EnumDecl | ast.InlineEnum):
            labels = tuple(label.text for label in node.labels)
            for label in labels:
                if label in found:
                    shared.add(label)
                found[label] = labels
    return {label: labels for label, labels in found.items() if label not in shared}


def place_of(node: str, member: ast.Member | ast.ActionDecl) -> Place | None:
    """A handler or an action as a place; None of what is run by them or is no step."""
    prefix = f"{node} " if node else ""
    match member:
        case ast.Handler(pattern, ids=ids):
            return Place(f"{prefix}on {pattern.message.text}", _texts(ids))
        case ast.TimeoutHandler(timer, ids=ids):
            return Place(f"{prefix}on timeout {timer.text}", _texts(ids))
        case ast.ActionDecl(name, ids=ids):
            return Place(f"{prefix}action {name.text}", _texts(ids))
        case ast.Ignore(patterns, ids=ids):
            names = ", ".join(pattern.message.text for pattern in patterns)
            return Place(f"{prefix}ignore {names}", _texts(ids))
        case ast.Defer(patterns, ids=ids):
            names = ", ".join(pattern.message.text for pattern in patterns)
            return Place(f"{prefix}defer {names}", _texts(ids))
        case ast.VariableDecl() | ast.TimerDecl() | ast.FunctionDecl() | ast.Procedure():
            return None


def _texts(ids: tuple[ast.Requirement, ...]) -> tuple[str, ...]:
    return tuple(cited.id for cited in ids)


def _users(declarations: list[ast.Declaration]) -> dict[str, tuple[Place, ...]]:
    """By names: two functions of one name in two nodes have each other's users too, which lists
    more requirements than it need, and may change what only a property uses."""
    calls: dict[str, set[str]] = {}
    steps: list[tuple[Place, object]] = []
    for declaration in declarations:
        match declaration:
            case ast.NodeDecl(name, members=members):
                for member in members:
                    _sort(name.text, member, calls, steps)
            case ast.ActionDecl() | ast.FunctionDecl():
                _sort("", declaration, calls, steps)
            case _:
                pass
    users: dict[str, list[Place]] = {}
    for place, step in steps:
        todo = called(step)
        seen: set[str] = set()
        while todo:
            function = todo.pop()
            if function in seen:
                continue
            seen.add(function)
            users.setdefault(function, []).append(place)
            todo |= calls.get(function, set())
    return {function: tuple(dict.fromkeys(places)) for function, places in users.items()}


def _sort(
    node: str,
    member: ast.Member,
    calls: dict[str, set[str]],
    steps: list[tuple[Place, object]],
) -> None:
    match member:
        case ast.FunctionDecl(name) | ast.Procedure(name):
            calls.setdefault(name.text, set()).update(called(member))
        case _:
            place = place_of(node, member)
            if place is not None:
                steps.append((place, member))


def called(tree: object) -> set[str]:
    """The names of functions and procedures that a piece of code calls."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            found.add(node.function.text)
        elif isinstance(node, ast.CallStatement):
            found.add(node.procedure.text)
    return found
