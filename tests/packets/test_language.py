"""The language of packets files: what encodes to which octets, and what is refused, and where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.models import model_of
from verifier.ir import types
from verifier.ir.system import TransitionSystem
from verifier.packets.check import check
from verifier.packets.encode import encode, internet_checksum
from verifier.packets.parser import read_packets
from verifier.packets.syntax import Packets
from verifier.packets.values import Compound, Moment, PacketValue, Record, value_of
from verifier.source import SourceError

MODEL = """
model shop
enum Kind { plain, urgent }
record Item { code: int 0..70000, kind: Kind }
message Order { item: Item, note: int 0..9?, at: stamp, items: list of Kind at most 2 }
message Receipt { code: int 0..70000 }
channel net { capacity 2 }
node Client(shop: Shop) {
  action order { send Order {
    item: Item { code: 258, kind: urgent }, note: none, at: now(), items: []
  } to shop }
  on Receipt(r) { }
}
node Shop { on Order(o) from c: Client { send Receipt { code: o.item.code } to c } }
instance client: Client(shop)
instance shop: Shop
"""
ITEM = Record("Item", {"code": 258, "kind": "urgent"})
ORDER: Mapping[str, PacketValue] = {
    "sender": "client", "receiver": "shop", "item": ITEM, "note": None, "at": Moment(3),
    "request": None, "items": Compound("[plain]"), "option": Record("the model", {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> TransitionSystem:
    return model_of(tmp_path_factory.mktemp("shop"), MODEL).system


def parsed(folder: Path, text: str) -> Packets:
    path = folder / "shop.packets"
    path.write_text(text, encoding="utf-8")
    return read_packets(path)


def octets(
    folder: Path, items: str, before: str = "", system: TransitionSystem | None = None
) -> str:
    packets = parsed(folder, f"{before}\npacket Order {{\n{items}\n}}\n")
    if system is not None:
        check(packets, system, {"mode": "fast"})
    labels = frozenset({"plain", "urgent", "client", "shop"})
    made = encode(packets, packets.packets["Order"], ORDER, labels, lambda m: m.number * 10, "#1")
    return made.hex()


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("a: 8 = 1 b: 16 = 0x0203", "010203"),
        ("a: 4 = 6 b: 8 = 0x12 c: 4 = 15", "612f"),
        ("a: 1 = true b: 7 = 0", "80"),
        ("a: 16 = item.code", "0102"),
        ("a: 8 = if item.kind == urgent then 7 else 9", "07"),
        ("a: 8 = if item.kind != urgent and true or note == none then 7 else 9", "07"),
        ("a: 8 = if not (note == none) then note else 5", "05"),
        ("a: 8 = 1 + 2 * 3 - 8 / 4 mod 3", "05"),
        ("a: 8 = 1 << 3 | 5 b: 8 = 0xff >> 4", "0d0f"),
        ("a: 8 = time(at) b: 8 = rank(at)", "1e03"),
        ("t: text = \"h\xe9\"", "68c3a9"),
        ("a: 128 = ipv6\"2001:db8::1\"", "20010db8000000000000000000000001"),
        ("let x = 5 when x < 6 { a: 8 = x } else { b: 16 = x }", "05"),
        ("let x = 7 when x < 6 { a: 8 = x } else { b: 16 = x }", "0007"),
        ("n: 8 = size(r) region r { a: 8 = 1 b: 16 = 2 }", "03010002"),
        ("region r { a: 8 = 1 pad to 4n in r }", "01" + "010100"),
        ("region r { a: 8 = 1 pad to 4n+2 in r b: 8 = 9 }", "01" + "00" + "09"),
        ("region r { a: 8 = 1 pad to 8n+3 in r b: 8 = 9 }", "01" + "0100" + "09"),
        ("region r { a: 16 = 1 pad to 2n in r }", "0001"),
        ("a: 8 = 7 region r { pad to 4n+1 in r b: 8 = 1 }", "07" + "00" + "01"),
    ],
)  # fmt: skip
def test_items(tmp_path: Path, items: str, expected: str) -> None:
    assert octets(tmp_path, items) == expected


def test_layouts_tables_and_checksums(tmp_path: Path, shop: TransitionSystem) -> None:
    before = """
    table code { plain = 1 urgent = 0x1234 }
    table price { client { 258 = 7 } }
    layout head(kind, where) { kind: 16 = code[kind] sum: 16 = checksum of body after front(where) }
    layout front(where) { where: 16 = where size: 16 = 6 }
    """
    items = "region body { head(item.kind, 0xabcd) p: 16 = price[sender][item.code] }"
    made = bytes.fromhex(octets(tmp_path, items, before, shop))
    assert made[:2] == b"\x12\x34" and made[4:] == b"\0\7"
    assert internet_checksum(b"\xab\xcd\0\6" + made) == 0  # so receivers check it


def test_inner_checksums_come_before_outer_ones(tmp_path: Path) -> None:
    before = "layout nothing() { }"
    items = """region outer { a: 16 = checksum of outer after nothing()
               region inner { b: 16 = checksum of inner after nothing() c: 16 = 0x1111 } }"""
    made = bytes.fromhex(octets(tmp_path, items, before))
    assert internet_checksum(made) == 0 and internet_checksum(made[2:]) == 0


@given(st.binary(max_size=60))
def test_the_checksum_of_what_holds_its_checksum_is_zero(content: bytes) -> None:
    content += b"\0" * (len(content) % 2)
    total = internet_checksum(content)
    assert internet_checksum(content + total.to_bytes(2, "big")) == 0


def test_a_checksum_that_is_known() -> None:
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D  # RFC 1071, section 3


# ---- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "says"),
    [
        ("packet Order { a: 8 = 1", "P01", 1, "the end of the file"),
        ("packet Order {\n a: 8 = )\n}", "P01", 2, "')'"),
        ("include \"none.packets\"", "P02", 1, "No such file"),
        ("packet Order { a: 8 = what }", "P03", 1, "'what'"),
        ("packet Order {\n a: 8 = request.what }", "P03", 2, "'what'"),
        ("packet Order { a: 8 = option.slow }", "P03", 1, "no option 'slow'"),
        ("packet Order { nothing(1) }", "P03", 1, "unknown layout 'nothing'"),
        ("packet Order { let a = 1 b: 8 = item.price }", "P03", 1, "Item has no field 'price'"),
        ("layout l(a) { b: 8 = item.code }", "P03", 1, "'item'"),
        ("table t { a = 1 }\ntable t { }", "P04", 2, "table 't'"),
        ("table t {\n a = 1\n a = 2 }", "P04", 3, "'a' twice"),
        ("layout l(a, a) { }", "P04", 1, "parameter 'a'"),
        ("packet Order { }\nskip Order", "P04", 2, "the packet of message 'Order'"),
        ("layout l(a) { }\npacket Order { l(1, 2) }", "P05", 2, "has 1 parameters, not 2"),
        ("layout l() { m() }\nlayout m() { l() }", "P05", 1, "'l' uses itself"),
        ("packet Order { a: 8 = item }", "P06", 1, "not the record Item"),
        ("packet Order { a: 8 = item.kind }", "P06", 1, "'a' is a number, not urgent"),
        ("packet Order { a: 8 = at }", "P06", 1, "not t3"),
        ("packet Order { a: 8 = note + 1 }", "P06", 1, "not of none"),
        ("packet Order { a: 8 = 1 / 0 }", "P06", 1, "division by zero"),
        ("packet Order { a: 8 = 1 << (0 - 1) }", "P06", 1, "a shift by -1"),
        ("packet Order { a: 8 = time(note) }", "P06", 1, "time() is of a stamp"),
        ("packet Order { when 1 { } }", "P06", 1, "true or false, not 1"),
        ("packet Order { a: text = 1 }", "P06", 1, "is a text, not 1"),
        ("packet Order { a: 0 = 1 }", "P06", 1, "0 bits"),
        ("packet Order { a: 128 = ipv6\"1::2::3\" }", "P06", 1, "no IPv6 address"),
        ("packet Order { region r { pad to 4n+4 in r } }", "P06", 1, "4n+4"),
        ("packet Order { a: 8 = checksum of r after l() region r { } }\nlayout l() { }", "P06", 1,
         "16 bits"),
        ("table t { a = 1 }\npacket Order {\n a: 8 = t[item.kind] }", "P07", 3, "value for urgent"),
        ("packet Order { a: 8 = item.code }", "P08", 1, "258 does not fit into the 8 bits"),
        ("packet Order { a: 8 = 0 - 1 }", "P08", 1, "-1 does not fit"),
        ("packet Order { a: 8 = size(r) }", "P09", 1, "no region 'r'"),
        ("packet Order { region r { let n = size(r) a: 8 = n } }", "P09", 1, "not known before"),
        ("packet Order { region r { } pad to 4n in r }", "P09", 1, "no open region 'r'"),
        ("packet Order { region r { } region r { } }", "P09", 1, "twice"),
        ("packet Order { a: 4 = 1 region r { } }", "P09", 1, "inside an octet"),
        ("packet Order {\n a: 4 = 1 }", "P09", 1, "no whole octets"),
        ("packet Order { a: 32 = request.code }", "P11", 1, "none has no field 'code'"),
        ("packet Order { a: text = items }", "P06", 1, "is a text, not [plain]"),
        ("packet Order { a: 8 = 007 }", "P06", 1, "'007' is no number"),
        ("packet Order { a: 8 = " + 2000 * "1" + " }", "P08", 1, "a number of 2000 digits"),
        ("packet Order { a: 8 = (1 << 4000) * (1 << 4000) }", "P08", 1, "more than 4096 bits"),
        ("packet Order { a: 8 = 1" + 3000 * " + 1" + " }", "P01", 1, "too deeply"),
        ("clock \"today\" step 1 s", "P12", 1, "no time with a zone"),
        ("clock \"2007-11-15T00:00:00Z\" step " + 30 * "1" + " s", "P12", 1, "20 digits"),
        ("clock \"2007-11-15T00:00:00\" step 1 s", "P12", 1, "no time with a zone"),
    ],
)  # fmt: skip
def test_a_mistake_has_a_code_and_a_place(
    tmp_path: Path, shop: TransitionSystem, text: str, code: str, line: int, says: str
) -> None:
    with pytest.raises(SourceError) as raised:
        packets = parsed(tmp_path, text)
        check(packets, shop, {"mode": "fast"})
        packet = packets.packets["Order"]
        encode(packets, packet, ORDER, frozenset({"urgent"}), lambda m: m.number, "of #1")
    first = raised.value.diagnostics[0]
    assert (first.code, first.span.line) == (code, line), first
    assert first.span.file.endswith("shop.packets") and says in first.message


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path, shop: TransitionSystem) -> None:
    packets = parsed(tmp_path, "packet Order { a: 8 = x b: 8 = y c: 8 = z }")
    with pytest.raises(SourceError) as raised:
        check(packets, shop, {})
    assert [found.span.column for found in raised.value.diagnostics] == [23, 32, 41]


def test_a_file_is_included_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.packets").write_text('include "b.packets" include "shop.packets"')
    (tmp_path / "b.packets").write_text("table t { a = 1 }")
    assert parsed(tmp_path, 'include "a.packets" include "b.packets"').tables.keys() == {"t"}


@pytest.mark.parametrize(
    "name", ["sizes", "mode", "timely", "order", "nothing", "texts", "ipv6", "s"]
)
def test_names_may_begin_as_words_of_the_language_do(tmp_path: Path, name: str) -> None:
    assert octets(tmp_path, f"let {name} = 1 a: 8 = {name} {name}: 8 = {name} + 1") == "0102"


def test_a_field_that_is_a_word_of_the_language_is_refused(tmp_path: Path) -> None:
    text = MODEL.replace("code: int 0..70000 }\nchannel", "request: int 0..70000 }\nchannel")
    system = model_of(tmp_path, text.replace("Receipt { code", "Receipt { request")).system
    with pytest.raises(SourceError, match="field 'request', which is a word here"):
        check(parsed(tmp_path, "packet Receipt { }"), system, {})


def test_the_values_of_a_model_as_expressions_see_them() -> None:
    kind = types.Enum("Kind", ("plain", "urgent"))
    item = types.Record("Item", (("kind", types.Optional(kind)), ("kinds", types.Set(kind))))
    found = value_of(item, ((1,), (0, 1)))
    assert found == Record("Item", {"kind": "urgent", "kinds": Compound("{plain, urgent}")})
    assert value_of(types.Optional(types.STAMP), ()) is None
    assert value_of(types.STAMP, 2) == Moment(2) and value_of(types.BOOL, True) is True
