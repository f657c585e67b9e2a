"""Models that are kept between runs: as good as loaded anew, or not used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import verifier
from verifier import store
from verifier.ir.flat import flatten
from verifier.language import frontend, kept
from verifier.language.frontend import load_anew
from verifier.language.load import load
from verifier.language.model import ChoiceError, Model
from verifier.source import SourceError

ROOT = Path(__file__).parents[2]
MODELS = sorted(
    path for path in (ROOT / "models").rglob("*.mdl") if path.parent.name not in ("rejected", "lib")
)
MAIN = """model main
import "part.mdl"
option LIMIT: int 1..9 = 3
variant small { LIMIT = 1 }
variant large { LIMIT = 9 }
world { var x: int 0..LIMIT }
environment action more when x < LIMIT { x := x + STEP }
invariant "in range": x <= LIMIT
lemma "not below": x >= 0
expect small: holds "in range", states 2
"""
PART = "const STEP: int = 1\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache that is in use."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(kept.SWITCH, "on")
    return tmp_path / "cache" / "mdl-verifier"


@pytest.fixture
def main(cache: Path, tmp_path: Path) -> Path:
    """A model in two files that was loaded once."""
    path = tmp_path / "main.mdl"
    path.write_text(MAIN, encoding="utf-8")
    path.with_name("part.mdl").write_text(PART, encoding="utf-8")
    load(path, None, {})
    assert is_kept(path)
    return path


def is_kept(path: Path, variant: str | None = None, **settings: str) -> bool:
    return kept.recall(path, variant, settings) is not None


def entries(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.model"))


def assert_same(found: Model | None, expected: Model) -> None:
    """Equality leaves out places in the text; the rows do not."""
    assert found == expected
    assert found.texts == expected.texts and list(found.texts) == list(expected.texts)
    assert flatten(found, kept.KINDS) == flatten(expected, kept.KINDS)
    for one, other in zip(found.system.actions, expected.system.actions, strict=True):
        assert one.guard is other.guard, "expressions of one process are one"


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.relative_to(ROOT / "models").as_posix())
def test_a_kept_model_is_the_model(
    path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    path = path.relative_to(ROOT)
    choices = (None, *load_anew(path, None, {}).variants)
    for variant in choices:
        loaded = load(path, variant, {})
        assert_same(kept.recall(path, variant, {}), loaded)
    assert len(entries(cache)) == len(choices)


def test_what_is_left_open_is_part_of_the_question(main: Path) -> None:
    text = MAIN.replace("x <= LIMIT", "x <= TOP").replace("var x: int 0..LIMIT", "var x: int 0..9")
    main.write_text(text + "bound TOP: int 0..9 = 9 option free: bool = true", encoding="utf-8")
    for settings, opened in (
        ({}, frozenset({"free"})), ({"TOP": "unbounded"}, frozenset()), ({}, frozenset()),
    ):  # fmt: skip
        assert kept.recall(main, None, settings, opened) is None
        loaded = load(main, None, settings, opened)
        assert_same(kept.recall(main, None, settings, opened), loaded)
        assert loaded.bounds == ("TOP",)


def test_a_kept_model_is_loaded_without_the_front_end(main: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from verifier.language.load import load\n"
        f"load(Path({str(main)!r}), None, {{}})\n"
        "print(*({'lark', 'verifier.language.frontend', 'verifier.language.ast'} & {*sys.modules}))"
    )

    def imported() -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    assert imported().split() == []
    main.write_text(MAIN + "// changed\n", encoding="utf-8")
    assert "verifier.language.frontend" in imported().split()


# ---- what a model depends on -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["main.mdl", "part.mdl"])
def test_a_changed_file_is_noticed(name: str, main: Path) -> None:
    path = main.with_name(name)
    before = path.stat()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("= 1", "= 2"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert not is_kept(main)
    found = load(main, "small", {})
    assert_same(found, load_anew(main, "small", {}))
    path.write_text(text, encoding="utf-8")
    assert_same(load(main, None, {}), load_anew(main, None, {}))


def test_a_file_that_is_gone_is_noticed(main: Path) -> None:
    main.with_name("part.mdl").unlink()
    assert not is_kept(main)
    with pytest.raises(SourceError, match="there is no file"):
        load(main, None, {})
    main.with_name("part.mdl").mkdir()
    assert not is_kept(main)
    main.unlink()
    os.mkfifo(main)  # to read it would wait for ever
    assert not is_kept(main)


def test_line_ends_are_not_what_a_model_depends_on(main: Path) -> None:
    main.write_bytes(b"\xef\xbb\xbf" + MAIN.replace("\n", "\r\n").encode())
    assert_same(kept.recall(main, None, {}), load_anew(main, None, {}))


def test_each_choice_is_a_model_of_its_own(main: Path) -> None:
    for variant, settings in (
        ("small", {}), ("large", {}), (None, {"LIMIT": "4"}), ("small", {"LIMIT": "4"}),
    ):  # fmt: skip
        assert not is_kept(main, variant, **settings)
        loaded = load(main, variant, settings)
        assert_same(kept.recall(main, variant, settings), loaded)
        assert_same(loaded, load_anew(main, variant, settings))
    assert load(main, None, {}).options == {"LIMIT": "3"}


def test_a_model_bears_the_name_by_which_it_was_asked_for(
    main: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(main.parent)
    found = load(Path("main.mdl"), None, {})
    assert found.file == "main.mdl" and list(found.texts) == ["main.mdl", "part.mdl"]
    other = main.parent / "other"
    other.mkdir()
    (other / "main.mdl").write_text(MAIN, encoding="utf-8")
    (other / "part.mdl").write_text(PART.replace("1", "2"), encoding="utf-8")
    monkeypatch.chdir(other)
    assert not is_kept(Path("main.mdl")), "the same names, and another text behind one of them"


def test_another_program_does_not_use_it(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_running", kept._digest_of_program)
    assert is_kept(main)
    with monkeypatch.context() as patch:
        patch.setattr(verifier, "__version__", "another")
        assert not is_kept(main)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version", "another")
        assert not is_kept(main)
    assert is_kept(main)


@pytest.mark.parametrize(
    "name", ["source.py", "ir/types.py", "language/elaborate/calls.py", "language/grammar.lark"]
)
def test_all_that_decides_what_a_model_is_belongs_to_the_program(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "verifier"
    shutil.copytree(ROOT / "verifier", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(verifier, "__file__", str(copy / "__init__.py"))
    before = kept._digest_of_program()
    assert before == kept._digest_of_program()
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    changed = kept._digest_of_program()
    (copy / name).rename(copy / name.replace(".", "2."))
    assert len({before, changed, kept._digest_of_program()}) == 3


def test_a_program_that_was_changed_while_it_ran_keeps_nothing(
    main: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_digest_of_program", lambda: b"changed")
    load(main, "small", {})
    assert len(entries(cache)) == 1
    monkeypatch.setattr(kept, "_running", lambda: None)  # the code cannot be read
    load(main, "small", {})
    assert len(entries(cache)) == 1


def test_mistakes_are_not_kept(main: Path, cache: Path) -> None:
    for variant, settings in (("none", {}), (None, {"LIMIT": "10"}), (None, {"SIZE": "1"})):
        for _ in range(2):
            with pytest.raises(ChoiceError):
                load(main, variant, settings)
    main.write_text(MAIN + "invariant: x", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(SourceError):
            load(main, None, {})
    assert len(entries(cache)) == 1


# ---- the files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "moved", "directory", "open"])
def test_a_damaged_entry_is_not_used(damage: str, main: Path, cache: Path) -> None:
    (entry,) = entries(cache)
    content = entry.read_bytes()
    match damage:
        case "empty":
            entry.write_bytes(b"")
        case "cut":
            entry.write_bytes(content[:-1])
        case "changed":
            entry.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
        case "moved":
            load(main, "small", {})
            (other,) = set(entries(cache)) - {entry}
            other.replace(entry)
        case "directory":
            entry.unlink()
            entry.mkdir()
        case _:
            cache.chmod(0o777)
    assert not is_kept(main)
    assert_same(load(main, None, {}), load_anew(main, None, {}))
    assert is_kept(main) == (damage not in ("directory", "open"))


def test_the_directory_is_for_the_user_alone(main: Path, cache: Path) -> None:
    assert cache.stat().st_mode & 0o777 == 0o700
    (entry,) = entries(cache)
    assert entry.stat().st_mode & 0o777 == 0o600


def test_it_can_be_switched_off(main: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kept.SWITCH, "off")
    assert not is_kept(main)
    load(main, "small", {})
    assert len(entries(cache)) == 1


def test_what_was_not_used_for_the_longest_time_goes_first(
    main: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = entries(cache)
    monkeypatch.setattr(store, "BYTES_MAX", entry.stat().st_size * 9 // 2)
    for tables in cache.glob("*.tables"):
        tables.unlink()
    limits = [str(n) for n in range(1, 9)]
    for age, limit in enumerate(limits):
        load(main, None, {"LIMIT": limit})
        for path in entries(cache):
            status = path.stat()  # older by a second each time, as if it had taken that long
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - 10**9))
        assert is_kept(main), f"used again each time, {age}"
    assert [limit for limit in limits if is_kept(main, LIMIT=limit)] == limits[-3:]
    assert len(entries(cache)) == 4
    monkeypatch.setattr(store, "BYTES_MAX", 100)
    load(main, "small", {})
    assert not is_kept(main, "small"), "larger than what is kept in all"
    assert len(entries(cache)) == 4


def test_writers_and_readers_at_the_same_time(
    main: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(main, None, {})
    monkeypatch.setattr(store, "BYTES_MAX", entries(cache)[0].stat().st_size * 9 // 2)
    for tables in cache.glob("*.tables"):
        tables.unlink()

    def work(number: int) -> None:
        kept.keep(loaded, main, f"variant {number % 5}", {})
        found = kept.recall(main, f"variant {number * 3 % 5}", {})
        if found is not None:
            assert_same(found, loaded)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert 1 <= len(list(cache.iterdir())) <= 4
    assert frontend.load_anew(main, None, {}) == loaded
