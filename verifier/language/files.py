"""The file that was asked for and all that it imports, parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.reader import parse_text
from verifier.language.syntax.reading import read_source
from verifier.source import Diagnostic, SourceError, Span


@dataclass(frozen=True, slots=True)
class Sources:
    """Parsed files by path, the main one first; ``imports`` maps a path to the paths it imports."""

    main: str
    files: Mapping[str, ast.File]
    imports: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]


def read_sources(main: Path) -> Sources:
    """Parses ``main`` and its imports, each file once; import cycles are fine, for a file is only
    a set of declarations.

    Raises:
        SourceError: a file cannot be read or parsed; the mistakes of all files together.
    """
    files: dict[str, ast.File] = {}
    imports: dict[str, tuple[str, ...]] = {}
    texts: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    asked: list[tuple[Path, Span | None]] = [(main, None)]
    seen = {_shown(main)}
    while asked:
        path, origin = asked.pop(0)
        name = _shown(path)
        if not path.is_file():
            span = origin or Span(name, 1, 1, 1, 1)
            diagnostics.append(
                Diagnostic(
                    Code.NO_SUCH_FILE,
                    f"there is no file {name}",
                    span,
                    hint="the path of an import is relative to the file that imports",
                )
            )
            continue
        try:
            text = read_source(path, name)
            file = parse_text(text, name)
        except SourceError as error:
            diagnostics.extend(error.diagnostics)
            continue
        files[name] = file
        texts[name] = text
        targets = []
        for declaration in file.declarations:
            if isinstance(declaration, ast.Import):
                target = _neighbour(path, declaration.path)
                targets.append(_shown(target))
                if _shown(target) not in seen:
                    seen.add(_shown(target))
                    asked.append((target, declaration.span))
        imports[name] = tuple(targets)
    if diagnostics:
        raise SourceError(tuple(diagnostics))
    return Sources(_shown(main), files, imports, texts)


def _neighbour(importer: Path, relative: str) -> Path:
    """The imported path, with ``..`` resolved in the text so that one file has one name."""
    parts: list[str] = []
    for part in (importer.parent / relative).parts:
        if part == ".." and parts and parts[-1] not in ("..", "/"):
            parts.pop()
        elif part != ".":
            parts.append(part)
    return Path(*parts)


def _shown(path: Path) -> str:
    return path.as_posix()
