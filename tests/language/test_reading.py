"""Files that are no text, and the kept tables of the parser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier import store
from verifier.language import ast, parser
from verifier.language.parser import parse_text
from verifier.language.syntax.reading import MAX_BYTES, read_source
from verifier.source import SourceError, Span


def parse_file(path: Path) -> ast.File:
    return parse_text(read_source(path, path.as_posix()), path.as_posix())


def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "m.mdl"
    path.write_bytes(b"\xef\xbb\xbfmodel m\r\n\r\n\tconst x = 1 // a\r\n")
    found = parse_file(path)
    assert found == parse_text("model m\nconst x = 1", path.as_posix())
    assert found.declarations[0].span == Span(path.as_posix(), 3, 2, 3, 13)
    assert found.comments[0].text == "// a"


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"const a = 1\nconst b\xff = 2", "M002", 2, 8),
        ("// ä".encode() + b"\xc3", "M002", 1, 5),
        (b"const a = 1\0", "M002", 1, 12),
        (b" " * (MAX_BYTES + 1), "M003", 1, 1),
    ],
)
def test_a_file_that_is_no_text(
    content: bytes, code: str, line: int, column: int, tmp_path: Path
) -> None:
    path = tmp_path / "m.mdl"
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        parse_file(path)
    (found,) = error.value.diagnostics
    assert (found.code, found.span.line, found.span.column) == (code, line, column)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.mdl"):
        with pytest.raises(SourceError) as error:
            parse_file(path)
        (found,) = error.value.diagnostics
        assert found.code == "M002"
        assert found.message.startswith("the file cannot be read: ")


# ---- the tables of the parser are kept ---------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(parser, "_lark", parser._lark.__wrapped__)
    return tmp_path / "mdl-verifier"


def test_kept_tables_parse_as_new_ones_do(cache: Path) -> None:
    text = "node N { action a when set(x in {1, 2} where x in 0..3) == {} { start t } }"
    made = parse_text(text, "m.mdl")
    (kept,) = cache.iterdir()
    before = kept.stat().st_ino
    assert repr(parse_text(text, "m.mdl")) == repr(made)  # equality leaves the spans out
    assert kept.stat().st_ino == before
    with pytest.raises(SourceError):
        parse_text("const all = 1", "m.mdl")


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "directory"])
def test_damaged_tables_are_made_again(damage: str, cache: Path) -> None:
    parse_text("const x = 1", "m.mdl")
    (kept,) = cache.iterdir()
    content = kept.read_bytes()
    match damage:
        case "empty":
            kept.write_bytes(b"")
        case "cut":
            kept.write_bytes(content[:-100])
        case "changed":
            kept.write_bytes(content[:5000] + b"\xff" + content[5001:])
        case _:
            kept.unlink()
            kept.mkdir()
    assert len(parse_text("const x = 1", "m.mdl").declarations) == 1
    if damage != "directory":
        before = kept.stat().st_ino
        assert len(parse_text("const x = 1", "m.mdl").declarations) == 1
        assert kept.stat().st_ino == before
    assert [path.name for path in cache.iterdir()] == [kept.name]


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path) -> None:
    cache.parent.joinpath("mdl-verifier").write_text("in the way", encoding="utf-8")
    assert len(parse_text("const x = 1", "m.mdl").declarations) == 1
    assert cache.read_text(encoding="utf-8") == "in the way"


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert store.directory() is None
    store.keep(store.Kind.TABLES, b"key", {})
    assert store.recall(store.Kind.TABLES, b"key") is None
