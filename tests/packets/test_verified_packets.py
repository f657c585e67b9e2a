"""Six packets that tshark and tcpdump have decoded, octet for octet, made by the mobility layouts.

They were made by hand; their checksums are those that scapy computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from verifier.packets.encode import encode
from verifier.packets.parser import read_packets
from verifier.packets.syntax import Packets
from verifier.packets.values import Moment, PacketValue, Record

MODELS = Path(__file__).resolve().parents[2] / "models"

# What the models leave out is in these: link-layer identifier, link-local address, handoffs.
WHOLE = """
include "SCENARIO"
packet Pbu {
  ipv6(node[mag], node[anchor], 135)
  region payload { region mobility {
    binding_update(node[mag], node[anchor], 7, 0x8200, 900)
    mobile_node_identifier("mn1@example.com")
    home_network_prefix(ipv6"2001:db8:1::")
    handoff_indicator(3)
    access_technology_type(4)
    link_layer_identifier(0x020000000001)
    link_local_address(ipv6"fe80::1")
    timestamp(ticks)
    pad to 8n in mobility
  } }
}
packet Pba {
  ipv6(node[anchor], node[mag], 135)
  region payload { region mobility {
    binding_acknowledgement(node[anchor], node[mag], status, 0x20, 7, lifetime)
    mobile_node_identifier("mn1@example.com")
    home_network_prefix(ipv6"2001:db8:1::")
    handoff_indicator(3)
    access_technology_type(4)
    timestamp(ticks)
    pad to 8n in mobility
  } }
}
"""
TICKS = (1195084800 << 16) + (1 << 15)  # half a second past midnight, 15 November 2007
NOTHING: Mapping[str, PacketValue] = {"option": Record("options", {"r_bit": False})}

PBU = (
    "600000000070874020010db8000a0000000000000000000120010db800ff00000000000000000001"
    "3b0d05001bd80007820003840810016d6e31406578616d706c652e636f6d01040000000016120040"
    "20010db8000100000000000000000000170200031802000419080000020000000001010200001a10"
    "fe80000000000000000000000000000101001b080000473b8c00800001020000"
)
PBA_0 = (
    "600000000050874020010db800ff0000000000000000000120010db8000a00000000000000000001"
    "3b090600d1790020000703840810016d6e31406578616d706c652e636f6d01040000000016120040"
    "20010db8000100000000000000000000170200031802000401001b080000473b8c00800001020000"
)
PBA_157 = (
    "600000000050874020010db800ff0000000000000000000120010db8000a00000000000000000001"
    "3b09060037fd9d20000700000810016d6e31406578616d706c652e636f6d01040000000016120040"
    "20010db8000100000000000000000000170200031802000401001b080000473b8c00800001020000"
)
BU = (
    "6000000000383c4020010db8beef0000000000000000001020010db800ff00000000000000000001"
    "870201020000c91020010db80001000000000000000000103b03050091490029e000009601000310"
    "20010db8beef00000000000000000010"
)
BU_HOME = (
    "600000000020874020010db800010000000000000000001020010db800ff00000000000000000001"
    "3b03050070cd002ac0000000010003102001" + "0db8000100000000000000000010"
)
BA_135 = (
    "6000000000282b4020010db800ff0000000000000000000120010db8beef00000000000000000010"
    "870202010000000020010db80001000000000000000000103b010600d9b78700002a000001020000"
)


@pytest.fixture
def packets(tmp_path: Path) -> Packets:
    path = tmp_path / "whole.packets"
    scenario = (MODELS / "scenario_c.packets").as_posix()
    path.write_text(WHOLE.replace("SCENARIO", scenario), encoding="utf-8")
    return read_packets(path)


def encoded(packets: Packets, message: str, fields: Mapping[str, PacketValue]) -> str:
    labels = frozenset({"zero", "positive", "accepted", "sequence_number_out_of_window"})
    names = {**NOTHING, **fields}
    made = encode(packets, packets.packets[message], names, labels, _time, message)
    return made.hex()


def _time(moment: Moment) -> int:
    raise AssertionError("none of these has a stamp")


def test_proxy_binding_updates_and_acknowledgements(packets: Packets) -> None:
    about = {"mag": "mag1", "anchor": "anchor", "ticks": TICKS}
    assert encoded(packets, "Pbu", about) == PBU
    assert encoded(packets, "Pba", {**about, "status": 0, "lifetime": 900}) == PBA_0
    assert encoded(packets, "Pba", {**about, "status": 157, "lifetime": 0}) == PBA_157


def update(sequence: int, care_of: str, lifetime: str) -> Mapping[str, PacketValue]:
    return {
        "sender": "mn", "receiver": "anchor", "hoa": "mn", "care_of": care_of,
        "sequence": sequence, "lifetime": lifetime, "sent_at": None, "home_agent": "anchor",
        "sa": "mn",
    }  # fmt: skip


def test_binding_updates_as_the_models_send_them(packets: Packets) -> None:
    assert encoded(packets, "BindingUpdate", update(41, "ar", "positive")) == BU
    assert encoded(packets, "BindingUpdate", update(42, "anchor", "zero")) == BU_HOME


def test_a_binding_acknowledgement_as_the_models_send_it(packets: Packets) -> None:
    answer: Mapping[str, PacketValue] = {
        "sender": "anchor", "receiver": "mn", "sequence": 42,
        "status": "sequence_number_out_of_window",
        "request": Record("BindingUpdate", update(41, "ar", "positive")),
    }  # fmt: skip
    assert encoded(packets, "BindingAck", answer) == BA_135


def test_the_router_flag_follows_the_option(packets: Packets) -> None:
    names = {**update(41, "ar", "positive"), "option": Record("options", {"r_bit": True})}
    made = bytes.fromhex(encoded(packets, "BindingUpdate", names))
    assert made[72:74] == b"\xe4\x00"
