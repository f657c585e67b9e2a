"""What the models of the domain, of the manual and for proofs say of themselves is so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from tests.silent import Silent
from verifier.checker import Plan, check
from verifier.cli.expectations import compare
from verifier.language.load import load
from verifier.language.model import Expectation, ExpectedCount, ExpectedVerdict
from verifier.language.printer import format_text
from verifier.traces.trace import Trace
from verifier.verdict import Violated

MODELS = Path(__file__).resolve().parents[1] / "models"
SCENARIOS = sorted(MODELS.glob("scenario_*.mdl"))
EXAMPLES = sorted((MODELS / "examples").glob("*.mdl"))
TUTORIAL = sorted((MODELS / "tutorial").glob("*.mdl"))
PROOFS = sorted((MODELS / "proofs").rglob("*.mdl"))
# States: two seconds or less as machine code.  Larger blocks, those of the default bounds among
# them, are checked by `make test-all`.
QUICK_MAX = 250_000
REFERENCE_MAX = 30_000  # states: what the reference engine explores in a few seconds


def _states(expected: Expectation) -> int:
    """How many the block counts; 0 where it does not say."""
    counts = [item.count for item in expected.items if isinstance(item, ExpectedCount)]
    return counts[0] if counts else 0


def _blocks() -> Iterator[ParameterSet]:
    for file in SCENARIOS + EXAMPLES + TUTORIAL + PROOFS:
        model = load(file, None, {})
        for expected in model.expectations:
            variant = expected.variant or model.default
            quick = _states(expected) <= QUICK_MAX
            settings = ",".join(f"{name}={value}" for name, value in expected.settings.items())
            yield pytest.param(
                file,
                expected,
                id=f"{file.stem}-{variant}-{settings}",
                marks=() if quick else (pytest.mark.slow,),
            )


@pytest.mark.parametrize(("file", "expected"), list(_blocks()))
def test_a_block_of_expectations_is_met(file: Path, expected: Expectation) -> None:
    model = load(file, expected.variant, expected.settings)
    assert list(compare(check(model, Plan(), Silent()), expected)) == []


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_variant_of_a_scenario_says_what_is_found(file: Path) -> None:
    model = load(file, None, {})
    assert {expected.variant for expected in model.expectations} >= set(model.variants)
    documents = {"draft_baseline", "draft_combined", "draft_fixed", "rfc6612_3775", "rfc6612_6275"}
    assert set(model.variants) >= documents and model.default == "draft_baseline"


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_variant_of_a_scenario_has_a_block_for_the_reference_engine(file: Path) -> None:
    model = load(file, None, {})
    small = {
        expected.variant
        for expected in model.expectations
        if 0 < _states(expected) <= REFERENCE_MAX
        and {"MAX_REPEATS", "LOSSES"} <= {*expected.settings}
    }
    assert small >= set(model.variants)


@pytest.mark.parametrize("file", PROOFS, ids=lambda file: file.stem)
def test_a_model_for_proofs_says_what_is_wrong_with_each_variant(file: Path) -> None:
    model = load(file, None, {})
    wrong = {
        expected.variant
        for expected in model.expectations
        if any(
            isinstance(item, ExpectedVerdict) and item.verdict == "violated"
            for item in expected.items
        )
    }
    assert wrong >= set(model.variants) - {model.default}


@pytest.mark.parametrize("file", PROOFS, ids=lambda file: file.stem)
def test_the_table_of_the_models_for_proofs_is_whole(file: Path) -> None:
    model = load(file, None, {})
    table = (file.parent / "README.md").read_text(encoding="utf-8")
    row = next(line for line in table.splitlines() if line.startswith(f"| `{file.stem}` |"))
    assert all(f"`{variant}`" in row for variant in set(model.variants) - {model.default})


def test_scenario_c_has_the_names_that_others_rely_on() -> None:
    names = {prop.name for prop in load(MODELS / "scenario_c.mdl", None, {}).properties}
    assert "the binding points to the current attachment" in names
    assert "a deregistration BU never removes a proxy entry" in names


def test_issue_2_needs_no_message_that_overtakes_another(tmp_path: Path) -> None:
    """As its page says: a rule is wrong, not an order."""
    copy = Path(shutil.copytree(MODELS, tmp_path / "models"))
    messages = copy / "lib" / "messages.mdl"
    text = messages.read_text(encoding="utf-8")
    messages.write_text(text.replace("\n  unordered,\n", "\n  fifo,\n"), encoding="utf-8")
    assert messages.read_text(encoding="utf-8") != text
    small = {"MAX_MOVES": "2", "MAX_REPEATS": "0", "LOSSES": "0"}
    model = load(copy / "scenario_c.mdl", "draft_combined", small)
    name = "a deregistration BU never removes a proxy entry"
    (found,) = (c for c in check(model, Plan(), Silent()).conclusions if c.prop.name == name)
    assert isinstance(found.verdict, Violated) and isinstance(found.verdict.evidence, Trace)
    assert found.verdict.evidence.depth == 8


@pytest.mark.parametrize(
    "file",
    sorted(path for path in MODELS.rglob("*.mdl") if path.parent.name != "rejected"),
    ids=lambda file: file.relative_to(MODELS).as_posix(),
)
def test_a_model_is_laid_out_as_fmt_would(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert format_text(text, file.as_posix()) == text
