"""``verify requirements`` on a small catalogue whose coverage is known."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from verifier.cli.main import verify

CATALOGUE = """
models = ["../models/*.mdl"]

[[requirement]]
id = "A-1"
text = "It stays small."
check = ["INV"]

[[requirement]]
id = "A-2"
text = "It gets to the top."
check = ["TRACE"]
property = ["A-1"]

[[requirement]]
id = "A-3"
text = "It goes up one by one."
check = ["INV"]
why_not = "By construction."

[[requirement]]
id = "B-1"
text = "The top is configured."
check = ["CONF"]

[[requirement]]
id = "B-2"
text = "This is about numbers."
check = ["DOC"]
"""

LIBRARY = """
option most: int 1..9 = 2  @ "B-1"
node N {
  var x: int 0..9
  action up when x < most @ "A-3" { x += 1 }
}
invariant "small" @ "A-1": all n in N: n.x <= 2
"""

MODEL = """
model good
import "lib/n.mdl"
instance n: N
reachable "top" @ "A-2" @ "A-1": n.x == most
final when n.x == most
default variant near { most = 2 }
variant far { most = 5 }
expect near: states 3, holds "small", holds "top" in 2 steps
expect far: states 6, violated "small" in 3 steps, holds "top" in 5 steps
expect far with most = 3: violated "small" in 3 steps
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(CATALOGUE)


def write(catalogue: str = CATALOGUE, model: str = MODEL, library: str = LIBRARY) -> None:
    for name, text in (
        ("spec/requirements.toml", catalogue),
        ("models/good.mdl", model),
        ("models/lib/n.mdl", library),
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(verify, ["requirements", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    return {row["id"]: row for row in json.loads(result.stdout)["rows"]}


def test_each_row_says_where_it_is_modelled_and_what_checks_it() -> None:
    found = rows("models/good.mdl")
    assert {name: row["status"] for name, row in found.items()} == {
        "A-1": "checked",
        "A-2": "checked",
        "A-3": "modelled",
        "B-1": "modelled",
        "B-2": "absent",
    }
    assert [(p["kind"], p["file"], p["line"]) for p in found["A-3"]["modelled"]] == [
        ("action N.up", "models/lib/n.mdl", 5)
    ]
    assert [(p["kind"], p["name"]) for p in found["A-1"]["checked"]] == [
        ("reachable", "top"),
        ("invariant", "small"),
    ]
    assert found["A-3"]["why_not"] == "By construction."
    assert found["B-2"]["why_not"].startswith("DOC, a statement of scope")
    assert all(row["accounted"] for row in found.values())


def test_verdicts_are_those_of_the_blocks_with_what_a_block_leaves_unsaid() -> None:
    small = rows("models/good.mdl")["A-1"]["checked"][1]
    said = [(v["variant"], v["settings"], v["verdict"], v["steps"]) for v in small["verdicts"]]
    assert said == [
        ("near", {}, "holds", None),
        ("far", {}, "violated", 3),
        ("far", {"most": "3"}, "violated", 3),
    ]
    top = rows("models/good.mdl")["A-2"]["checked"][0]
    assert top["verdicts"][2]["verdict"] == "holds", "what is not mentioned is expected to hold"


def test_behind_an_expected_error_nothing_is_expected() -> None:
    write(model=MODEL.replace("= 3: ", '= 3: violated "no run-time error", '))
    top = rows("models/good.mdl")["A-2"]["checked"][0]
    assert [v["variant"] for v in top["verdicts"]] == ["near", "far"]


def test_the_text_for_a_terminal() -> None:
    result = run("--id", "A-1", "--id", "A-3")
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        result.stdout
        == """\
✓ A-1  INV  checked
    It stays small.
    checked by reachable "top"  (models/good.mdl:5:27)
               ✓ holds in good: near in 2 steps; far in 5 steps
    checked by invariant "small"  (models/lib/n.mdl:7:21)
               ✓ holds in good: near
               ✗ violated in good: far in 3 steps

✓ A-3  INV  not checked
    It goes up one by one.
    modelled   action N.up  (models/lib/n.mdl:5:29)
    why not    By construction.

spec/requirements.toml, 2 rows: 1 of 2 (50 %) of those to be checked are
checked; of 1 the catalogue says why not; 0 are configuration or scope.
Verdicts are what the `expect` blocks of the models say; `verify test` holds
them against what is found.
"""
    )


def test_a_row_that_nothing_checks_and_nothing_explains_is_told() -> None:
    write(CATALOGUE.replace('why_not = "By construction."\n', ""))
    result = run("--uncovered", "models/good.mdl")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line.startswith(("✓", "?"))] == [
        "? A-3  INV  not checked",
        "✓ B-1  CONF  not checked",
        "✓ B-2  DOC  absent",
    ]
    assert result.stdout.endswith("Left to do:\n  A-3: modelled, and no property checks it\n")
    assert run("--id", "B").exit_code == 0, "rows that were not asked for do not count"


@pytest.mark.parametrize("kind", ["INV", "CONF"])
def test_a_row_that_nothing_cites_is_told(kind: str) -> None:
    row = f'[[requirement]]\nid = "C-1"\ntext = "It is green."\ncheck = ["{kind}"]\n'
    write(CATALOGUE + row)
    result = run("models/good.mdl")
    assert result.exit_code == 1
    assert "\nLeft to do:\n  C-1: nothing cites it\n" in result.stdout
    write(CATALOGUE + row + 'why_not = "Nothing has a colour here."\n')
    assert run("models/good.mdl").exit_code == 0


def test_an_excuse_for_what_is_checked_is_told() -> None:
    write(CATALOGUE.replace("property =", 'why_not = "Too hard."\nproperty ='))
    result = run()
    assert result.exit_code == 1
    assert "A-2: says why nothing checks it (why_not), and something does" in result.stdout


def test_what_is_checked_without_a_verdict_is_inconclusive() -> None:
    bare = re.sub(r"(?m)^expect.*\n", "", MODEL)
    write(model=bare)
    result = run()
    assert result.exit_code == 4
    assert "A-2: no block of the models says a verdict of what checks it" in result.stdout
    write(model=bare + 'expect near: unknown "top", holds "small"\n')
    assert rows()["A-2"]["status"] == "undecided", "that it is not known is no verdict"


def test_an_id_that_the_catalogue_does_not_have_is_a_mistake_with_a_place() -> None:
    write(library=LIBRARY.replace('"A-3"', '"A-33"'))
    result = run("models/good.mdl")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines()[:2] == [
        'error[requirement]: there is no requirement "A-33" in spec/requirements.toml',
        " --> models/lib/n.mdl:5:29",
    ]
    assert "= hint: did you mean 'A-3'?" in result.stderr


def test_the_catalogue_is_looked_for_upwards_of_the_models(tmp_path: Path) -> None:
    Path("models/spec").mkdir()
    Path("models/spec/requirements.toml").write_text(
        CATALOGUE.replace('"B-2"', '"B-3"'), encoding="utf-8"
    )
    assert "B-3" in rows("models/good.mdl"), "the nearest"
    assert "B-2" in rows("models/good.mdl", "--catalogue", "spec/requirements.toml")
    assert "B-2" in rows(), "without models: the one of this folder"


def test_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "models" / "lib")
    assert run().exit_code == 0
    assert run("../good.mdl").exit_code == 0


def test_no_catalogue(tmp_path: Path) -> None:
    Path("spec/requirements.toml").unlink()
    result = run("models/good.mdl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "there is no spec/requirements.toml in models or above it; say --catalogue FILE\n"
    )


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        ("x = [", "is not TOML"),
        ("models = []", "missing required field `requirement`"),
        (CATALOGUE + '[[requirement]]\nid = "A-1"\ntext = ""\ncheck = []', "is there already, in"),
        (CATALOGUE.replace('["DOC"]', '["DOX"]'), "Invalid enum value 'DOX'"),
        (CATALOGUE.replace('["DOC"]', '["DOX"]'), 'requirement "B-2"'),
        (CATALOGUE.replace("why_not", "whynot"), "unknown field `whynot`"),
        (CATALOGUE.replace("*.mdl", "*.mdx"), "no file is called ../models/*.mdx"),
    ],
)
def test_a_wrong_catalogue(catalogue: str, said: str) -> None:
    write(catalogue)
    result = run()
    assert (result.exit_code, result.stdout) == (3, "")
    assert said in result.stderr and "spec/requirements.toml" in result.stderr


def test_a_catalogue_without_models_needs_files() -> None:
    write(CATALOGUE.replace("models =", "# models ="))
    assert run().exit_code == 2
    assert run("models/good.mdl").exit_code == 0


def test_a_wrong_model_is_told_as_everywhere() -> None:
    write(library=LIBRARY.replace("x < most", "y < most"))
    result = run()
    assert result.exit_code == 3
    assert "models/lib/n.mdl:5:18" in result.stderr


def test_no_such_rows() -> None:
    assert run("--id", "Z").exit_code == 2


def test_the_page() -> None:
    write(CATALOGUE.replace("small.", "small | *thin*."))
    result = run("--format", "markdown")
    assert result.exit_code == 0
    assert result.stdout == PAGE


PAGE = """\
# Requirements

Written by `verify requirements --format markdown`; do not edit.

The rows of `spec/requirements.toml` beside the models that cite them: `models/good.mdl`.
Verdicts are what the `expect` blocks of the models say; `verify test` holds them against what is \
found.
`violated` is a finding about the document, not a gap: the property checks the row, and there is a \
run that shows it.

5 rows: 2 of 3 (66 %) of those to be checked are checked; of 1 the catalogue says why not; 2 are \
configuration or scope.

## What is not checked, and why

| row | kind | what it says | why nothing checks it | modelled by |
| --- | --- | --- | --- | --- |
| A-3 | INV | It goes up one by one. | By construction. | action N.up |

## Configuration and scope

CONF: a configuration or an assumption of the models: there is nothing to check.
DOC: a statement of scope: there is nothing to check.

| row | kind | what it says | modelled by | remark |
| --- | --- | --- | --- | --- |
| B-1 | CONF | The top is configured. | option most |  |
| B-2 | DOC | This is about numbers. |  |  |

## What is checked

| row | kind | what it says | modelled by | checked by |
| --- | --- | --- | --- | --- |
| A-1 | INV | It stays small \\| \\*thin\\*. |  | reachable "top"; invariant "small" |
| A-2 | TRACE | It gets to the top. |  | reachable "top" |

## The properties and their verdicts

### reachable "top"

`models/good.mdl`: A-1, A-2

- good: holds in near, far

### invariant "small"

`models/lib/n.mdl`: A-1

- good: holds in near; violated in far
"""
