"""Every code is explained, and the examples are what they are said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.checker import Plan, check
from verifier.ir.faults import Fault
from verifier.language.codes import Code
from verifier.language.explain import EXPLANATIONS, explain
from verifier.language.load import load
from verifier.language.printer import format_text
from verifier.source import SourceError


class Silent:
    """Watches the search and says nothing."""

    def explored(self, *numbers: int) -> None: ...


def test_every_code_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Code) | set(Fault)


def test_what_is_shown() -> None:
    assert explain("M212") == (
        "M212: A type or range has no value.\n"
        "\n"
        "A type or a range without any value: nothing could ever be stored in it. In int\n"
        "lo..hi the lower bound comes first; a list has room for at least one item; a\n"
        "variable of a node type needs an instance of that type.\n"
        "\n"
        "Wrong:\n"
        "\n"
        "    world { var place: int 3..0 }\n"
        "\n"
        "Mended:\n"
        "\n"
        "    world { var place: int 0..3 }"
    )


@pytest.mark.parametrize("code", ["M000", "R10", "", "m201"])
def test_no_such_code(code: str) -> None:
    assert explain(code) is None


@pytest.mark.parametrize("code", [code.value for code in Code])
def test_the_wrong_example_has_the_mistake_and_the_mended_one_none(
    code: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.mdl"
    path.write_text(EXPLANATIONS[code].wrong, encoding="utf-8")
    with pytest.raises(SourceError) as error:
        load(path, None, {})
    assert {d.code for d in error.value.diagnostics} == {code}
    path.write_text(EXPLANATIONS[code].mended, encoding="utf-8")
    load(path, None, {})


@pytest.mark.parametrize("code", [code.value for code in Fault])
def test_the_wrong_example_runs_into_the_fault_and_the_mended_one_into_none(
    code: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.mdl"
    faults = []
    for text in (EXPLANATIONS[code].wrong, EXPLANATIONS[code].mended):
        path.write_text(text, encoding="utf-8")
        checked = check(load(path, None, {}), Plan(), Silent())
        faults.append({fault.check.code for fault in checked.exploration.faults})
    assert faults == [{code}, set()]


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
def test_the_examples_are_laid_out_as_the_printer_does(code: str) -> None:
    example = EXPLANATIONS[code]
    assert format_text(example.mended, "m.mdl") == example.mended.lstrip("\n")
