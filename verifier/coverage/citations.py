"""Where the files of a model cite requirements: every ``@ "id"``, with what it is written on.

Read from the syntax trees: an option, a message or a variable that cites a requirement leaves no
trace in the transition system, and what a variant does not use is modelled all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from verifier.language import ast
from verifier.source import Span


@dataclass(frozen=True, slots=True)
class Citation:
    """``shown`` is what a person calls the thing; ``property`` is its name if it is one."""

    id: str
    shown: str
    span: Span  # of the id
    property: str | None = None


def citations(files: Mapping[str, ast.File]) -> Iterator[Citation]:
    """All of these files, in their order."""
    for file in files.values():
        for declaration in file.declarations:
            yield from _declaration(declaration)


def _declaration(declaration: ast.Declaration) -> Iterator[Citation]:
    match declaration:
        case ast.Option(name, role=role, ids=ids):
            kind = "bound" if role is ast.OptionRole.BOUND else "option"
            yield from _on(f"{kind} {name.text}", ids)
        case ast.Variant(name, ids=ids):
            yield from _on(f"variant {name.text}", ids)
        case ast.MessageDecl(name, ids=ids):
            yield from _on(f"message {name.text}", ids)
        case ast.World(variables):
            for variable in variables:
                yield from _on(f"variable {variable.name.text}", variable.ids)
        case ast.NodeDecl(name, ids=ids, members=members):
            yield from _on(f"node {name.text}", ids)
            for member in members:
                yield from _member(name.text, member)
        case ast.ActionDecl(name, ids=ids):
            yield from _on(f"action {name.text}", ids)
        case ast.InvariantDecl(name, ids=ids, lemma=lemma):
            yield from _on("lemma" if lemma else "invariant", ids, name)
        case ast.StepDecl(name, ids=ids):
            yield from _on("step", ids, name)
        case ast.ReachableDecl(name, ids=ids):
            yield from _on("reachable", ids, name)
        case ast.FlowDecl(name, ids=ids):
            yield from _on("flow", ids, name)
        case ast.Liveness(kind, name, ids=ids):
            yield from _on(kind, ids, name)
        case (
            ast.Import() | ast.Const() | ast.EnumDecl() | ast.TypeDecl() | ast.RecordDecl()
            | ast.ChannelDecl() | ast.FunctionDecl() | ast.Instance() | ast.Final() | ast.Expect()
        ):  # fmt: skip
            pass  # cite nothing
        case _:
            assert_never(declaration)


def _member(node: str, member: ast.Member) -> Iterator[Citation]:
    match member:
        case ast.VariableDecl(name, ids=ids):
            yield from _on(f"variable {node}.{name.text}", ids)
        case ast.TimerDecl(name, ids=ids):
            yield from _on(f"timer {node}.{name.text}", ids)
        case ast.Handler(pattern, ids=ids):
            yield from _on(f"{node} on {pattern.message.text}", ids)
        case ast.TimeoutHandler(timer, ids=ids):
            yield from _on(f"{node} on timeout {timer.text}", ids)
        case ast.Ignore(patterns, ids=ids):
            yield from _on(f"{node} ignore {_messages(patterns)}", ids)
        case ast.Defer(patterns, ids=ids):
            yield from _on(f"{node} defer {_messages(patterns)}", ids)
        case ast.ActionDecl(name, ids=ids):
            yield from _on(f"action {node}.{name.text}", ids)
        case ast.FunctionDecl() | ast.Procedure():
            pass  # cite nothing
        case _:
            assert_never(member)


def _messages(patterns: tuple[ast.Pattern, ...]) -> str:
    return ", ".join(pattern.message.text for pattern in patterns)


def _on(
    shown: str, ids: tuple[ast.Requirement, ...], prop: str | None = None
) -> Iterator[Citation]:
    for cited in ids:
        yield Citation(cited.id, shown, cited.span, prop)
