"""What the names of a file can stand for.

A file sees its own declarations and those of the files it imports itself, nothing further: there
are no hidden globals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.files import Sources
from verifier.source import Diagnostic, Span

NamedDeclaration: TypeAlias = (
    ast.Option | ast.Const | ast.EnumDecl | ast.TypeDecl | ast.RecordDecl | ast.MessageDecl
    | ast.ChannelDecl | ast.FunctionDecl | ast.VariableDecl | ast.NodeDecl | ast.Instance
    | ast.ActionDecl
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration at the top level of a file (a variable of a world among them)."""

    declaration: NamedDeclaration
    file: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label of an enumeration, or of the inline enumeration of an option."""

    declaration: ast.EnumDecl | ast.Option
    file: str
    index: int


Symbol: TypeAlias = Declared | Label

BUILTIN_FUNCTIONS: Mapping[str, int] = {
    "newer": 2, "size": 1, "append": 2, "head": 1, "tail": 1, "min": 2, "max": 2,
    "earliest": 0,
}  # fmt: skip
BUILTIN_TYPES = ("Node",)


@dataclass(frozen=True, slots=True)
class Table:
    """Name -> what it stands for in one file; several symbols only for labels."""

    symbols: Mapping[str, tuple[Symbol, ...]]

    def declared(self, name: str) -> NamedDeclaration | None:
        """The declaration of a name, unless it is only a label."""
        for symbol in self.symbols.get(name, ()):
            if isinstance(symbol, Declared):
                return symbol.declaration
        return None

    def labels(self, name: str) -> tuple[Label, ...]:
        """The enumeration labels of this name."""
        return tuple(s for s in self.symbols.get(name, ()) if isinstance(s, Label))


Member: TypeAlias = (
    ast.ParameterDecl | ast.VariableDecl | ast.TimerDecl | ast.FunctionDecl | ast.Procedure
    | ast.ActionDecl
)  # fmt: skip


def members(node: ast.NodeDecl) -> dict[str, Member]:
    """The named members of a node type, its parameters among them; the first of a name wins."""
    found: dict[str, Member] = {}
    for parameter in node.parameters:
        found.setdefault(parameter.name.text, parameter)
    for member in node.members:
        if isinstance(
            member,
            (ast.VariableDecl, ast.TimerDecl, ast.FunctionDecl, ast.Procedure, ast.ActionDecl),
        ):
            found.setdefault(member.name.text, member)
    return found


def build_tables(sources: Sources) -> tuple[dict[str, Table], list[Diagnostic]]:
    """The table of every file, and the names that are declared twice."""
    own = {path: tuple(_own_symbols(file, path)) for path, file in sources.files.items()}
    tables: dict[str, Table] = {}
    diagnostics: list[Diagnostic] = []
    for path in sources.files:
        visible: dict[str, list[Symbol]] = {}
        for origin in dict.fromkeys((path, *sources.imports[path])):
            for name, symbol in own[origin]:
                earlier = visible.setdefault(name, [])
                # Only labels may share a name, and only with labels.
                clash = next(
                    (
                        e
                        for e in earlier
                        if not (isinstance(e, Label) and isinstance(symbol, Label))
                    ),
                    None,
                )
                if clash is not None:
                    diagnostics.append(_twice(name, clash, symbol))
                earlier.append(symbol)
        tables[path] = Table({name: tuple(found) for name, found in visible.items()})
    for path, file in sources.files.items():
        diagnostics.extend(_twice_inside(file, path))
    return tables, diagnostics


def is_unbounded(expr: ast.Expr) -> bool:
    """Whether this is the word `unbounded`, which is one where a number may be left open only."""
    return isinstance(expr, ast.Name) and expr.text == "unbounded"


def similar(name: str, known: list[str]) -> str:
    """The hint ``did you mean ...`` or nothing."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def _own_symbols(file: ast.File, path: str) -> Iterator[tuple[str, Symbol]]:
    for declaration in file.declarations:
        match declaration:
            case ast.World(variables=variables):
                for variable in variables:
                    yield variable.name.text, Declared(variable, path)
            case ast.EnumDecl(name=name, labels=labels):
                yield name.text, Declared(declaration, path)
                for index, label in enumerate(labels):
                    yield label.text, Label(declaration, path, index)
            case ast.Option(name=name, type=kind):
                yield name.text, Declared(declaration, path)
                if isinstance(kind, ast.InlineEnum):
                    for index, label in enumerate(kind.labels):
                        yield label.text, Label(declaration, path, index)
            case (
                ast.Const() | ast.TypeDecl() | ast.RecordDecl() | ast.MessageDecl()
                | ast.ChannelDecl() | ast.FunctionDecl() | ast.NodeDecl() | ast.Instance()
                | ast.ActionDecl()
            ):  # fmt: skip
                yield declaration.name.text, Declared(declaration, path)
            case _:
                pass


def _place(symbol: Symbol) -> Span:
    declaration = symbol.declaration
    if isinstance(symbol, Label):
        labels = (
            declaration.labels if isinstance(declaration, ast.EnumDecl) else _inline(declaration)
        )
        return labels[symbol.index].span
    return declaration.name.span


def _inline(option: NamedDeclaration) -> tuple[ast.Ident, ...]:
    assert isinstance(option, ast.Option) and isinstance(option.type, ast.InlineEnum)
    return option.type.labels


def _twice(name: str, earlier: Symbol, later: Symbol) -> Diagnostic:
    return Diagnostic(
        Code.DECLARED_TWICE,
        f"'{name}' is declared twice",
        _place(later),
        cause=f"the other declaration is at {_place(earlier)}",
        hint="rename one of them",
    )


def _twice_inside(file: ast.File, path: str) -> Iterator[Diagnostic]:
    """Repeated names inside one declaration: fields, labels, parameters, members, variants."""
    groups: list[list[ast.Ident]] = []
    variants: list[ast.Ident] = []
    for declaration in file.declarations:
        match declaration:
            case ast.EnumDecl(labels=labels):
                groups.append(list(labels))
            case ast.Option(type=ast.InlineEnum(labels=labels)):
                groups.append(list(labels))
            case ast.RecordDecl(fields=fields) | ast.MessageDecl(fields=fields):
                groups.append([field.name for field in fields])
            case ast.FunctionDecl(parameters=parameters) | ast.ActionDecl(parameters=parameters):
                groups.append([parameter.name for parameter in parameters])
            case ast.NodeDecl(parameters=parameters, members=inside):
                names = [parameter.name for parameter in parameters]
                for member in inside:
                    if isinstance(
                        member,
                        (
                            ast.VariableDecl,
                            ast.TimerDecl,
                            ast.FunctionDecl,
                            ast.Procedure,
                            ast.ActionDecl,
                        ),
                    ):
                        names.append(member.name)
                    if isinstance(member, (ast.FunctionDecl, ast.Procedure, ast.ActionDecl)):
                        groups.append([parameter.name for parameter in member.parameters])
                groups.append(names)
            case ast.Variant(name=name):
                variants.append(name)
            case _:
                pass
    groups.append(variants)
    for group in groups:
        first: dict[str, ast.Ident] = {}
        for ident in group:
            if ident.text in first:
                yield Diagnostic(
                    Code.DECLARED_TWICE,
                    f"'{ident.text}' is declared twice",
                    ident.span,
                    cause=f"the other declaration is at {first[ident.text].span}",
                    hint="rename one of them",
                )
            first.setdefault(ident.text, ident)
