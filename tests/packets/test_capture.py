"""From a run to a capture: which packets, when, and what a packet knows of the message before."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import pytest

from tests.viewers import models
from tests.viewers.drawing import found, traces
from tests.viewers.walks import TRAITS, talk, walk
from verifier.packets.capture import Frame, frames, pcap
from verifier.packets.parser import read_packets
from verifier.packets.timing import TICKS, stamp_ticks
from verifier.source import SourceError
from verifier.traces.trace import Trace
from verifier.viewers.journal import Journal, journal

CLOCK = 'clock "1970-01-01T00:01:00Z" step 2 s\n'
TALK = CLOCK + "packet Ask { n: 8 = n }\npacket Note { n: 8 = 16 + n }"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(text: str, prop: str) -> Journal:
    checked = found(text)
    trace = next(trace for about, trace, _ in traces(checked) if about.name == prop)
    return journal(checked.model.system, trace)


def captured(run: Journal, text: str) -> tuple[Frame, ...]:
    path = Path("m.packets")
    path.write_text(text, encoding="utf-8")
    return frames(run, read_packets(path), {})


def test_what_is_sent_is_on_the_wire_when_it_is_sent_also_what_is_lost() -> None:
    run = told(models.LOSS, "lost late")
    text = CLOCK + "packet Ask { n: 8 = n }\npacket Answer { n: 8 = 16 + n }"
    sent = captured(run, text)
    assert len(sent) == len(run.messages)
    assert any(frame.message.fate == "lost" for frame in sent)
    for frame in sent:
        assert frame.time == 60 + 2 * frame.message.sent
        assert frame.octets[-1] % 16 == frame.message.values[2]


def test_a_duplicate_is_there_again_when_it_is_made() -> None:
    run = told(models.DUPLICATION, "once")
    copy = next(m for m in run.messages.values() if m.copy_of is not None)
    text = CLOCK + "packet Ask { n: 8 = n }\npacket Answer { n: 8 = request.n }"
    sent = {frame.message.number: frame for frame in captured(run, text)}
    assert sent[copy.number].octets == sent[copy.copy_of or 0].octets
    assert sent[copy.number].time > sent[copy.copy_of or 0].time


@pytest.mark.parametrize("trait", TRAITS)
def test_any_run_is_captured_in_order(trait: str) -> None:
    system = talk(trait)
    for seed in range(6):
        run = journal(system, walk(system, 25, seed))
        sent = captured(run, TALK)
        times = [frame.time for frame in sent]
        assert times == sorted(set(times))
        assert [frame.message.number for frame in sent] == sorted(run.messages)


def test_an_answer_knows_what_it_answers_and_a_spontaneous_message_that_there_is_nothing() -> None:
    run = told(models.OVERTAKEN, "in order")
    text = (
        CLOCK
        + "packet Ask { n: 8 = if request == none then n else 99 }\n"
        + "packet Answer { n: 8 = 16 * request.n + n }"
    )
    assert sorted(frame.octets.hex() for frame in captured(run, text)) == ["01", "02", "11", "22"]


def test_now_is_the_time_of_the_step_that_sends_and_of_a_copy_that_of_the_original() -> None:
    run = told(models.DUPLICATION, "once")
    text = CLOCK + "packet Ask { now: 64 = now }\npacket Answer { now: 64 = now }"
    for frame in captured(run, text):
        first = frame.message
        while first.copy_of is not None:
            first = run.messages[first.copy_of]
        assert int.from_bytes(frame.octets) == (60 + 2 * first.sent) * TICKS
    assert any(message.copy_of is not None for message in run.messages.values())


def test_stamps_have_times_in_their_order() -> None:
    run = told(models.STAMPS, "fresh")
    clock = read_packets(_written(CLOCK)).clock
    assert clock is not None
    ticks = stamp_ticks(clock, run.times)
    assert list(ticks) == sorted(ticks) and len(set(ticks.values())) == len(ticks)
    assert sorted(ticks.values()) == [ticks[number] for number in sorted(ticks)]
    # The first step takes two: at the time of the step, and a tick later.
    assert (ticks[1], ticks[2]) == (62 * TICKS, 62 * TICKS + 1)
    assert ticks[0] == 58 * TICKS


SKEWED = """
model skewed
message Note { at: stamp }
channel net { capacity 3 }
node A(b: B) {
  var count: int 0..3
  var last: stamp
  action write when count == 0 { count += 1 last := now() send Note { at: last } to b }
  var behind: int 0..2
  action lag when count in {1, 2} {
    let at = now(skew 1)
    count += 1
    if newer(last, at) { behind += 1 }
    send Note { at: at } to b
  }
}
node B { on Note(m) { } }
instance a: A(b)
instance b: B
reachable "all": a.behind == 1 and a.count == 3
final when true
"""


def test_a_stamp_between_others_has_a_time_between_theirs() -> None:
    run = told(SKEWED, "all")
    clock = read_packets(_written(CLOCK)).clock
    assert clock is not None
    ticks = stamp_ticks(clock, run.times)
    times = [ticks[number] for number in sorted(ticks)]
    assert times == sorted(set(times))
    sent = [ticks[message.values[2]] for message in run.messages.values()]
    assert sorted(sent) != sent  # one of the later two is the oldest
    assert times[1] == (58 + 62) * TICKS // 2 and times[2] == 62 * TICKS


def test_a_clock_without_time_between_two_stamps_is_refused() -> None:
    run = told(SKEWED, "all")
    clock = read_packets(_written('clock "1970-01-01T00:01:00Z" step 0 s')).clock
    assert clock is not None
    with pytest.raises(SourceError, match="P12 no time is left between two stamps for t1"):
        stamp_ticks(clock, run.times)


def _written(text: str) -> Path:
    path = Path("clock.packets")
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_a_capture_of_raw_packets() -> None:
    run = told(models.OVERTAKEN, "in order")
    sent = captured(run, CLOCK + "packet Ask { n: 16 = 7 }\nskip Answer")
    assert len(sent) == 2
    content = pcap((Frame(Fraction(5, 4), b"abc", sent[0].message), *sent))
    header = struct.unpack("<IHHiIII", content[:24])
    assert header == (0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    assert struct.unpack("<IIII", content[24:40]) == (1, 250000, 3, 3)
    assert content[40:43] == b"abc" and len(content) == 43 + 2 * 18


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CLOCK + "packet Ask { }", "message 'Answer' has no packet"),
        ("packet Ask { } packet Answer { }", "there is no clock"),
        (CLOCK.replace("1970", "1960") + "skip Ask packet Answer { }", "between 1970 and 2106"),
        (CLOCK.replace("1970", "2200") + "packet Ask { } packet Answer { }", "1970 and 2106"),
        (CLOCK + "packet Ask { n: 8 = request.n } skip Answer", "none has no field 'n'"),
        (CLOCK + "packet Ask { n: 1 = n r: 7 = 0 } skip Answer", "2 does not fit into the 1 bits"),
    ],
)
def test_a_file_that_does_not_fit_the_run(text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        captured(told(models.OVERTAKEN, "in order"), text)


def test_a_message_that_is_there_from_the_start_is_sent_at_the_start() -> None:
    system = talk(TRAITS[0])
    whole = walk(system, 12, 3)
    cut = next(
        i for i in range(1, 12) if any(m.sent < i < (m.ended or 99) and m.ended is not None
                                        for m in journal(system, whole).messages.values())
    )  # fmt: skip
    run = journal(system, Trace(whole.start, whole.states[cut], whole.steps[cut:]))
    first = [frame for frame in captured(run, TALK) if frame.message.sent == 0]
    assert first and all(60 <= frame.time < 61 for frame in first)
