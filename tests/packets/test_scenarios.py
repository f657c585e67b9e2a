"""The packets files of the scenarios, and the example in the manual, fit what they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.ir import types
from verifier.language.load import load
from verifier.packets.check import check, messages
from verifier.packets.mistakes import Code
from verifier.packets.parser import read_packets
from verifier.packets.syntax import Table

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "models").glob("scenario_*.mdl"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_has_a_packet_for_each_message_and_an_address_for_each_node(path: Path) -> None:
    model = load(path, None, {})
    packets = read_packets(path.with_suffix(".packets"))
    check(packets, model.system, model.options)
    assert messages(model.system).keys() == packets.packets.keys()
    kinds = {
        of.name: of.labels
        for record in messages(model.system).values()
        for _, of in record.fields
        if isinstance(of, types.Enum)
    }
    mobile, anchors = set(kinds["MobileNode"]), set(kinds["Anchor"])
    routers = set(model.system.nodes) - mobile
    fixed = packets.tables["node"].entries.keys()
    assert anchors <= fixed and fixed <= routers
    assert packets.tables["prefixes"].entries.keys() == anchors
    for name in ("home", "identity"):
        assert packets.tables[name].entries.keys() == mobile
    places = packets.tables["address"].entries
    # An access router has no address of its own here, an attacker no link.
    assert fixed | places.keys() == routers
    for place in places.values():
        assert isinstance(place, Table) and place.entries.keys() == mobile
    for name, labels in (("status_code", "Status"), ("update_lifetime", "Lifetime")):
        assert packets.tables[name].entries.keys() == set(kinds[labels])


def test_the_example_of_the_manual_is_in_the_language(tmp_path: Path) -> None:
    manual = (ROOT / "docs/export.md").read_text(encoding="utf-8")
    example = re.findall(r"```text\n(include.*?)```", manual, re.DOTALL)
    assert len(example) == 1
    (tmp_path / "other.packets").write_text("", encoding="utf-8")
    path = tmp_path / "example.packets"
    path.write_text(example[0], encoding="utf-8")
    packets = read_packets(path)
    assert packets.packets.keys() == {"Answer", "Hello"}
    assert packets.packets["Hello"].items is None and packets.layouts.keys() == {"option", "front"}


def test_the_manual_lists_every_code() -> None:

    manual = (ROOT / "docs/export.md").read_text(encoding="utf-8")
    assert all(code in manual for code in Code)
