"""Objects on disk: used when they are whole, ours and for this machine; else made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.native.agreement import comparable, native
from tests.engines.native.test_search import reference
from verifier import store
from verifier.engines.native import jit


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "mdl-verifier"


def objects(where: Path) -> list[Path]:
    return sorted(where.glob("*.object"))


def test_what_is_kept_is_recalled_under_its_key_only() -> None:
    store.keep(store.Kind.OBJECT, b"one", b"code")
    assert store.recall(store.Kind.OBJECT, b"one") == b"code"
    assert store.recall(store.Kind.OBJECT, b"two") is None


def test_code_is_compiled_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = native(reference(1, 1))
    assert len(objects(cache)) == 1
    monkeypatch.setattr(jit, "compile_text", lambda *_, **__: pytest.fail("compiled again"))
    assert comparable(native(reference(1, 1))) == comparable(first)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "another"])
def test_a_damaged_object_is_as_good_as_none(damage: str, cache: Path) -> None:
    expected = comparable(native(reference(1, 1)))
    (path,) = objects(cache)
    content = path.read_bytes()
    if damage == "another":
        native(reference(1, 2))
        other = next(other for other in objects(cache) if other != path)
        content = other.read_bytes()  # whole, but of another model
    path.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "changed": content[:100] + b"?" + content[101:],
            "empty": b"",
            "another": content,
        }[damage]
    )
    assert comparable(native(reference(1, 1))) == expected


def test_a_directory_that_others_may_write_to_is_not_used(cache: Path) -> None:
    store.keep(store.Kind.OBJECT, b"one", b"code")
    cache.chmod(0o777)
    assert store.recall(store.Kind.OBJECT, b"one") is None
    store.keep(store.Kind.OBJECT, b"two", b"code")
    cache.chmod(0o700)
    assert (
        store.recall(store.Kind.OBJECT, b"two") is None
        and store.recall(store.Kind.OBJECT, b"one") == b"code"
    )


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "directory", lambda: None)
    store.keep(store.Kind.OBJECT, b"one", b"code")
    assert store.recall(store.Kind.OBJECT, b"one") is None
