"""Runs of scenario C as Wireshark decodes them, each field compared with the run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from verifier.language.load import load
from verifier.language.model import Model
from verifier.packets.capture import frames, pcap
from verifier.packets.parser import read_packets
from verifier.traces.storage import StoredTrace, read, restored
from verifier.viewers.interchange import plain
from verifier.viewers.journal import Journal, Message, journal

pytestmark = pytest.mark.skipif(
    shutil.which("tshark") is None,
    reason="not installed: tshark (see tools/install_test_packages.sh)",
)
ROOT = Path(__file__).resolve().parents[2]
RUNS = [
    # PBUs that are delayed, a Binding Update from a foreign link.
    "issue-3-delayed-pbu",
    # A de-registration that is refused (133), and a Binding Update after it.
    "rfc6612-delayed-bu",
    "retransmitted-bu",
    "issue-1-no-deregistration",
    # A refusal by the time (156), whose timestamp is that of the anchor.
    "equal-timestamps",
]
FIELDS = [
    "frame.time_epoch", "ipv6.src", "ipv6.dst", "ipv6.opt.mipv6.home_address",
    "ipv6.routing.mipv6.home_address", "mip6.mhtype", "mip6.bu.seqnr", "mip6.bu.lifetime",
    "mip6.bu.a_flag", "mip6.bu.h_flag", "mip6.bu.l_flag", "mip6.bu.p_flag", "mip6.acoa.acoa",
    "mip6.ba.seqnr", "mip6.ba.lifetime", "mip6.ba.status", "mip6.ba.p_flag",
    "mip6.mnid.identifier", "mip6.nemo.mnp.mnp", "mip6.nemo.mnp.pfl", "mip6.hi", "mip6.att",
    "mip6.timestamp_tmp", "_ws.malformed",
]  # fmt: skip

HOME, MAGS = "2001:db8:1::10", {"mag1": "2001:db8:a::1", "mag2": "2001:db8:b::1"}
ADDRESS = {"anchor": HOME, "ar": "2001:db8:beef::10"}
ANCHOR, START = "2001:db8:ff::1", 1195084800
STATUS = {
    "accepted": 0, "not_home_agent_for_this_mobile_node": 133, "sequence_number_out_of_window": 135,
    "timestamp_lower_than_previously_accepted": 157, "timestamp_mismatch": 156,
}  # fmt: skip


def scenario(stored: StoredTrace) -> Model:
    return load(ROOT / "models/scenario_c.mdl", stored.variant, stored.options)


@pytest.mark.parametrize("name", RUNS)
def test_wireshark_reads_in_a_capture_what_the_run_says(name: str, tmp_path: Path) -> None:
    stored = read(ROOT / f"counterexamples/{name}/run.trace.json")
    told = journal(scenario(stored).system, restored(stored))
    packets = read_packets(ROOT / "models/scenario_c.packets")
    capture = tmp_path / "run.pcap"
    capture.write_bytes(pcap(frames(told, packets, {"r_bit": "false"})))
    decoded = wireshark(capture)
    assert decoded == [expected(told, message) for message in told.messages.values()]
    assert len(decoded) >= 4


def wireshark(capture: Path) -> list[Mapping[str, str]]:
    """The fields of every packet; of one that is there several times, the innermost last."""
    asked = [word for field in FIELDS for word in ("-e", field)]
    done = subprocess.run(
        ["tshark", "-r", str(capture), "-T", "fields", "-E", "separator=|", *asked],
        capture_output=True, text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    rows = [line.split("|") for line in done.stdout.splitlines()]
    return [{field: text for field, text in zip(FIELDS, row, strict=True) if text} for row in rows]


def expected(told: Journal, message: Message) -> Mapping[str, str]:
    """What the run says of the packet, in the words of Wireshark."""
    fields = plain(message.record, message.values)
    common = {
        "frame.time_epoch": f"{START + message.sent}.{earlier(told, message):06}000",
        "mip6.mhtype": "5" if message.name.endswith("Update") else "6",
    }
    match message.name:
        case "BindingUpdate":
            here = ADDRESS[fields["care_of"]]
            away = here != HOME
            return common | {
                "ipv6.src": here, "ipv6.dst": ANCHOR, "mip6.acoa.acoa": here,
                **({"ipv6.opt.mipv6.home_address": HOME} if away else {}),
                "mip6.bu.seqnr": str(fields["sequence"]),
                "mip6.bu.lifetime": "150" if fields["lifetime"] == "positive" else "0",
                "mip6.bu.a_flag": "1", "mip6.bu.h_flag": "1", "mip6.bu.p_flag": "0",
                "mip6.bu.l_flag": "1" if away else "0",
            }  # fmt: skip
        case "BindingAck":
            request = answered(told, message)
            here = ADDRESS[request["care_of"]]
            granted = fields["status"] == "accepted" and request["lifetime"] == "positive"
            return common | {
                "ipv6.src": ANCHOR, "ipv6.dst": here,
                **({"ipv6.routing.mipv6.home_address": HOME} if here != HOME else {}),
                "mip6.ba.seqnr": str(fields["sequence"]),
                "mip6.ba.lifetime": "150" if granted else "0",
                "mip6.ba.status": str(STATUS[fields["status"]]), "mip6.ba.p_flag": "0",
            }  # fmt: skip
        case "ProxyBindingUpdate":
            return common | session(told, fields) | {
                "ipv6.src": MAGS[fields["proxy_care_of"]], "ipv6.dst": ANCHOR,
                "mip6.bu.seqnr": str(fields["sent_at"]),
                "mip6.bu.lifetime": "900" if fields["lifetime"] == "positive" else "0",
                "mip6.bu.a_flag": "1", "mip6.bu.h_flag": "0", "mip6.bu.p_flag": "1",
                "mip6.bu.l_flag": "0",
            }  # fmt: skip
        case _:
            request = answered(told, message)
            granted = fields["status"] == "accepted" and request["lifetime"] == "positive"
            by_time = STATUS[fields["status"]] in (156, 157)  # then the time of day of the anchor
            return common | session(told, fields, message.sent if by_time else None) | {
                "ipv6.src": ANCHOR, "ipv6.dst": MAGS[fields["receiver"]],
                "mip6.ba.seqnr": str(fields["sent_at"]),
                "mip6.ba.lifetime": "900" if granted else "0",
                "mip6.ba.status": str(STATUS[fields["status"]]), "mip6.ba.p_flag": "1",
            }  # fmt: skip


def session(told: Journal, fields: Mapping[str, Any], now: int | None = None) -> Mapping[str, str]:
    """The options of PMIPv6.  A timestamp is the time of the step that has taken it, or of the step
    that answers."""
    step = now or next(
        step
        for step, known in enumerate(told.times.after, start=1)
        if fields["sent_at"] in known.values()
    )
    prefix = f"2001:db8:{fields['hnp']}::" if fields["hnp"] else "::"
    return {
        "mip6.mnid.identifier": "mn1@example.com", "mip6.nemo.mnp.mnp": prefix,
        "mip6.nemo.mnp.pfl": "64", "mip6.hi": "4", "mip6.att": "4",
        "mip6.timestamp_tmp": f"Nov 15, 2007 00:00:{step:02}.000000000 UTC",
    }  # fmt: skip


def answered(told: Journal, message: Message) -> Any:
    arrived = told.entries[message.sent - 1].arrived
    assert arrived is not None
    request = told.messages[arrived]
    return plain(request.record, request.values)


def earlier(told: Journal, message: Message) -> int:
    return sum(
        other.sent == message.sent for other in told.messages.values()
        if other.number < message.number
    )  # fmt: skip
