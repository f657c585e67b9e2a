"""``verify test``: every difference between what a model says of itself and what is so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.models import GOOD, WRONG
from tests.traces.models import COUNTER
from verifier.cli.main import verify


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(text: str, *arguments: str) -> Result:
    Path("model.mdl").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(verify, ["test", "model.mdl", "-q", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_as_expected() -> None:
    result = run(GOOD)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "✓ model.mdl near: as expected (3 states, 2 transitions, depth 2)",
        "✓ model.mdl far: as expected (6 states, 5 transitions, depth 5)",
    ]
    only = run(GOOD, "--variant", "far")
    assert (only.exit_code, len(only.stdout.splitlines())) == (0, 1)


EXPECTED = 'expect: states 3, transitions 2, depth 2, terminal 1, holds "small", holds "top" in 2'


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("expect: states 4", "expected states 4, found 3"),
        ("expect: transitions 3", "expected transitions 3, found 2"),
        ("expect: depth 1", "expected depth 1, found 2"),
        ("expect: terminal 0", "expected terminal 0, found 1"),
        ('expect: violated "small"', 'expected "small" violated, found holds'),
        ('expect: unknown "small"', 'expected "small" unknown, found holds'),
        ('expect: violated "top"', 'expected "top" violated, found holds'),
        ('expect: violated "no deadlock"', 'expected "no deadlock" violated, found holds'),
        ('expect: holds "top" in 1 steps', 'expected "top" in 1 steps, found 2'),
        ('expect: holds "small" in 2 steps', 'expected "small" in 2 steps, found None'),
        ("expect with most = 3: states 3", "expected states 3, found 4"),
    ],
)
def test_a_difference(instead: str, said: str) -> None:
    before, _, after = GOOD.partition("expect: ")
    rest = "expect far:" + after.partition("expect far:")[2]
    result = run(f"{before}{instead}\n{rest}")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("✗ model.mdl near")
    assert len(lines) == 3 and lines[1].startswith("    model.mdl:") and lines[1].endswith(said)
    assert lines[2].startswith("✓ model.mdl far")


VIOLATED = GOOD.replace("n.x <= most", "n.x < most or n.x == 7")


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ('violated "small" in 2 steps at 1 states', None),
        ('violated "small"', None),
        ('violated "small" in 3 steps', 'expected "small" in 3 steps, found 2'),
        ('violated "small" at 2 states', 'expected "small" at 2 states, found 1'),
        ('holds "small"', 'expected "small" holds, found violated'),
        ("states 3", '"small" is violated, and nothing says so'),
    ],
)
def test_a_violation_that_is_expected(instead: str, said: str | None) -> None:
    before = VIOLATED.partition("expect: ")[0].replace("variant far { most = 5 }\n", "")
    result = run(f"{before}expect: {instead}\n")
    if said is None:
        assert result.exit_code == 0
    else:
        assert result.exit_code == 1
        assert said in result.stdout.splitlines()[1]


def test_an_error_that_is_not_expected() -> None:
    result = run(COUNTER + "expect: states 4, transitions 8\n")
    assert result.exit_code == 1
    assert [line.split(": ")[1] for line in result.stdout.splitlines()[1:]] == [
        '"no deadlock" is unknown, and nothing says so',
        '"no unspecified reception" is unknown, and nothing says so',
        '"no run-time error" is violated, and nothing says so',
    ]


@pytest.mark.parametrize(
    ("said", "differences"),
    [
        ("", 0),  # what is unknown behind an expected error need not be said
        (', unknown "no deadlock", unknown "no unspecified reception"', 0),
        (', holds "no deadlock"', 1),
        (', violated "no deadlock"', 1),
    ],
)
def test_an_error_that_is_expected(said: str, differences: int) -> None:
    expected = 'expect: violated "no run-time error" in 2 steps at 3 states'
    result = run(f"{COUNTER}{expected}{said}\n")
    assert (result.exit_code, len(result.stdout.splitlines())) == (
        min(differences, 1), 1 + differences,
    )  # fmt: skip


def test_a_property_that_is_unknown_for_another_reason_has_to_be_mentioned() -> None:
    text = COUNTER.replace("x += by", "if x + by <= 3 { x += by }") + 'invariant "p": 3 / n.x < 9\n'
    result = run(text + 'expect: violated "no run-time error"\n')
    assert result.exit_code == 0
    result = run(text + "expect: states 4\n")
    assert '"p" is unknown, and nothing says so' in result.stdout


def test_a_variant_of_which_nothing_is_expected() -> None:
    result = run(GOOD.partition("expect far")[0])
    assert result.exit_code == 4
    assert "? model.mdl far: nothing is expected of this variant" in result.stdout.splitlines()
    bare = run(GOOD.partition("variant far")[0])
    assert bare.exit_code == 4
    assert bare.stdout == "? model.mdl default: nothing is expected of this variant\n"
    assert run(GOOD.partition("expect far")[0], "--variant", "near").exit_code in (0, 4)


def test_bad_models_and_bad_usage() -> None:
    wrong = run(WRONG)
    assert (wrong.exit_code, wrong.stdout) == (3, "") and "error[M101]" in wrong.stderr
    unknown = run(GOOD, "--variant", "fra")
    assert (unknown.exit_code, unknown.stdout) == (2, "") and "far" in unknown.stderr
    option = run(GOOD.replace("expect far:", "expect with most = 77:"))
    assert option.exit_code in (2, 3) and "77" in option.stderr


def test_several_files() -> None:
    Path("wrong.mdl").write_text(WRONG, encoding="utf-8")
    result = run(GOOD, "wrong.mdl")
    assert result.exit_code == 3 and result.stdout.count("✓") == 2
