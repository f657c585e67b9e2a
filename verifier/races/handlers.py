"""What a fix changes: the handlers, actions, functions and variables that are others with it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from verifier.language import ast
from verifier.language.files import Sources
from verifier.language.printer import format_text
from verifier.language.reader import parse_text
from verifier.races.deciding import decided_texts

_Piece = ast.Member | ast.ActionDecl


@dataclass(frozen=True, slots=True)
class Changed:
    """A piece of a model before and after, as MDL; ``line`` is where it stands in ``file``."""

    shown: str
    file: str
    line: int
    before: str
    after: str
    requirements: tuple[str, ...]


def changed(
    sources: Sources, before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[Changed, ...]:
    """The pieces that two choices of the options make others, in the order of the files; every
    option that is decided is put in."""
    differ = frozenset(name for name in before if before[name] != after[name])
    one, other = (decided_texts(sources, choice, differ) for choice in (before, after))
    found = []
    for file in sources.files:
        if one[file] == other[file]:
            continue
        old_text, olds = _laid_out(one[file], file)
        new_text, news = _laid_out(other[file], file)
        origins = _pieces(sources.files[file])
        for (node, origin), old, new in zip(origins, olds, news, strict=True):
            texts = _text(old_text, old), _text(new_text, new)
            if texts[0] != texts[1] and not (_is_dead(old) and _is_dead(new)):
                found.append(
                    Changed(_shown(node, origin), file, origin.span.line, *texts, _ids(origin))
                )
    return tuple(found)


def cited_by_options(sources: Sources) -> Mapping[str, tuple[str, ...]]:
    """The requirements that each option cites, whatever it is for."""
    return {
        declaration.name.text: tuple(cited.id for cited in declaration.ids)
        for file in sources.files.values()
        for declaration in file.declarations
        if isinstance(declaration, ast.Option)
    }


@cache
def _laid_out(text: str, file: str) -> tuple[str, tuple[_Piece, ...]]:
    """The text in the canonical layout, and its pieces; many fixes begin from one variant."""
    laid_out = format_text(text, file)
    return laid_out, tuple(piece for _, piece in _pieces(parse_text(laid_out, file)))


def _pieces(file: ast.File) -> Iterator[tuple[str, _Piece]]:
    """The pieces that say what happens; properties only say what should."""
    for declaration in file.declarations:
        match declaration:
            case ast.NodeDecl(name=name, members=members):
                for member in members:
                    yield name.text, member
            case ast.World(variables=variables):
                for variable in variables:
                    yield "", variable
            case ast.ActionDecl() | ast.FunctionDecl():
                yield "", declaration
            case _:
                pass


def _is_dead(piece: _Piece) -> bool:
    """Whether the piece is a step that never happens."""
    match piece:
        case (
            ast.Handler(guard=guard) | ast.TimeoutHandler(guard=guard) | ast.ActionDecl(guard=guard)
        ):
            return guard is not None and guard == ast.Truth(False, guard.span)
        case _:
            return False


def _text(text: str, piece: _Piece) -> str:
    """The lines of a piece, without their common indentation."""
    lines = text.split("\n")[piece.span.line - 1 : piece.span.end_line]
    lines[-1] = lines[-1][: piece.span.end_column - 1]
    return textwrap.dedent("\n".join(lines)).rstrip()


def _shown(node: str, piece: _Piece) -> str:
    """How a piece is called."""
    prefix = f"{node}: " if node else ""
    match piece:
        case ast.Handler(pattern=pattern):
            return f"{prefix}on {pattern.message.text}"
        case ast.TimeoutHandler(timer=timer):
            return f"{prefix}on timeout {timer.text}"
        case ast.ActionDecl(name=name):
            return f"{prefix}action {name.text}"
        case ast.FunctionDecl(name=name):
            return f"{prefix}function {name.text}"
        case ast.Procedure(name=name):
            return f"{prefix}procedure {name.text}"
        case ast.VariableDecl(name=name):
            return f"{prefix}variable {name.text}"
        case ast.TimerDecl(name=name):
            return f"{prefix}timer {name.text}"
        case ast.Ignore(patterns=patterns):
            return f"{prefix}ignore {', '.join(p.message.text for p in patterns)}"
        case ast.Defer(patterns=patterns):
            return f"{prefix}defer {', '.join(p.message.text for p in patterns)}"


def _ids(piece: _Piece) -> tuple[str, ...]:
    if isinstance(piece, ast.FunctionDecl | ast.Procedure):
        return ()
    return tuple(cited.id for cited in piece.ids)
