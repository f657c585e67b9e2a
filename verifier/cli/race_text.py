"""The explanation of a run as text: the deciding order, both charts, the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from string import ascii_uppercase

from verifier.causes.assumptions import Assumed, Needs
from verifier.causes.explain import Explained
from verifier.causes.orders import GoodOrder, NoOrder
from verifier.ir.property import Invariant, Property
from verifier.ir.system import Check, TransitionSystem
from verifier.traces.trace import Trace
from verifier.viewers.chart import fits
from verifier.viewers.explain import why
from verifier.viewers.formula import Place
from verifier.viewers.journal import Entry, Journal, journal
from verifier.viewers.run import reasons, steps, wrapped
from verifier.viewers.selection import EVERYTHING, Selection
from verifier.viewers.telling import headline

BESIDE_MIN = 55  # columns of a chart that stands beside another one
GAP = 3
WHOLE_MAX = 30  # longer runs are drawn from a little before the order differs
BEFORE = 3


def described(
    system: TransitionSystem,
    prop: Property,
    trace: Trace,
    fault: Check | None,
    made: Explained,
    width: int,
) -> Iterator[str]:
    """Everything that was found out about a run."""
    yield from deciding(system, trace, made.order, width)
    if isinstance(made.order, GoodOrder):
        bad, good = journal(system, trace), journal(system, made.order.trace)
        yield ""
        yield from _charts(prop, fault, bad, good, made.order, width)
    yield ""
    yield from wrapped(network(made.needs), width)


def deciding(
    system: TransitionSystem, trace: Trace, order: GoodOrder | NoOrder, width: int
) -> Iterator[str]:
    """Which order of events decides, without the charts."""
    bad = journal(system, trace)
    if isinstance(order, GoodOrder):
        said = _decided(bad, journal(system, order.trace), order)
        yield from wrapped(said, width, breaking=True)
    else:
        yield from wrapped(_undecided(bad, order), width)


def _undecided(bad: Journal, order: NoOrder) -> Iterator[str]:
    if order.stopped:
        yield f"? whether another order of the same events avoids it is open: {order.stopped}"
        if len(bad.entries) > WHOLE_MAX:
            yield "  a shorter run has fewer orders: verify trace minimise"
        return
    yield "No race: it is violated in every order in which these events can happen."
    yield (
        "  Tried: every order of receipts and ends of timers that the model allows, also of what "
        "is still under way at the end; what a node or its user does by itself, and what the "
        "network loses or doubles, stays as it was."
    )


def _decided(bad: Journal, good: Journal, order: GoodOrder) -> Iterator[str]:
    marks = _marks(order)
    first, second = order.exchanged[0] if order.exchanged else (0, 0)
    if len(order.exchanged) == 1:
        yield "The race: the order of two events decides."
    elif order.exchanged:
        why = {
            "none": "No single exchange avoids it.  The nearest order that does exchanges",
            "claims nothing": "After a single exchange that avoids it the property claims nothing "
            "in the end.  The nearest order in which it does exchanges",
            "open": "Whether a single exchange avoids it is open.  An order that does exchanges",
        }[order.single]
        yield f"{why} {len(order.exchanged)} pairs: {_pairs(order, marks)}."
    for step, mark in sorted(marks.items()):
        if step <= len(bad.entries):
            yield f"  [{mark}] step {step}: {told_of(bad, bad.entries[step - 1])}"
        else:
            awaited = good.entries[order.origins.index(step)]
            yield f"  [{mark}] not yet in this run: {told_of(good, awaited)}"
    if len(order.exchanged) == 1:
        a, b = marks[first], marks[second]
        good_end = (
            f"{b} first: not violated, and {a} cannot happen any more."
            if first in order.passed
            else f"{b} before {a}: not violated."
        )
        yield f"  {a} before {b}, as in this run: violated.  {good_end}"
        yield f"  {_concurrent(bad, first, second, a, b)}"
    for step in order.passed:
        if step in marks and len(order.exchanged) == 1:
            continue  # said above
        entry = bad.entries[step - 1]
        yield f"  In the good order step {step} does not happen: {told_of(bad, entry)}"
    if not order.met:
        yield "  At the end of the good order the condition of the property is not met."
    for name in order.broken:
        yield f'  The good order violates another property: "{name}".'
    for name in order.later:
        yield f'  Once all that is under way at the end of the good order arrives: "{name}" fails.'


def told_of(told: Journal, entry: Entry) -> str:
    """What happens in a step, with the message in full."""
    number = entry.arrived or entry.lost
    text = headline(told, entry, EVERYTHING)
    if number is None:
        return text
    message = told.messages[number]
    sent = f", sent by {message.sender} in step {message.sent}" if message.sent else ""
    return f"{text.replace(message.name, message.shown, 1) if message.sent else text}{sent}"


def _concurrent(bad: Journal, first: int, second: int, a: str, b: str) -> str:
    """Why the two may come in either order."""
    if second > len(bad.entries):
        return f"Either may come first: {b} is still under way when this run ends."
    arrived = bad.entries[second - 1].arrived
    sent = first if arrived is None else bad.messages[arrived].sent
    if sent < first:
        since = f"since step {sent}" if sent else "from the start"
        return f"Either may come first: {b} is under way {since}, before {a}."
    return f"Either may come first: nothing that {b} needs comes from {a}."


def _marks(order: GoodOrder) -> dict[int, str]:
    """A letter for each step that is exchanged, in the order of the run."""
    marked = sorted({step for pair in order.exchanged for step in pair})
    return {
        step: ascii_uppercase[place] if place < 26 else str(place)
        for place, step in enumerate(marked)
    }


def _pairs(order: GoodOrder, marks: dict[int, str]) -> str:
    return ", ".join(f"{marks[b]} before {marks[a]}" for a, b in order.exchanged)


# ---- the two charts ------------------------------------------------------------------------------


def _charts(
    prop: Property,
    fault: Check | None,
    bad: Journal,
    good: Journal,
    order: GoodOrder,
    width: int,
) -> Iterator[str]:
    """The bad and the good order side by side, or one below the other where they do not fit."""
    marks = _marks(order)
    moved = {place: marks[was] for place, was in enumerate(order.origins, 1) if was in marks}
    left = _brief(bad, marks, order)
    right = _brief(good, moved, order)
    half = (width - GAP) // 2
    beside = half >= BESIDE_MIN and fits(bad, half, left) and fits(good, half, right)
    room = half if beside else width
    one = [
        "✗ the bad order, as in this run",
        *steps(bad, "chart", room, left),
        *wrapped(reasons(bad, prop, fault), room),
    ]
    other = [
        "✓ the good order",
        *steps(good, "chart", room, right),
        *wrapped(_fine(good, prop), room),
    ]
    if not beside:
        yield from (*one, "", *other)
        return
    for a, b in zip_longest(one, other, fillvalue=""):
        yield f"{a:<{room + GAP}}{b}".rstrip()


def _brief(told: Journal, marks: dict[int, str], order: GoodOrder) -> Selection:
    """All steps, in brief; of a long run from a little before the two orders differ."""
    if len(told.entries) <= WHOLE_MAX:
        return Selection(None, marks, brief=True)
    same = next((n for n, was in enumerate(order.origins, 1) if was != n), len(order.origins))
    kept = range(max(1, same - BEFORE), len(told.entries) + 1)
    return Selection(frozenset(kept), marks, brief=True)


def _fine(good: Journal, prop: Property) -> Iterator[str]:
    """That the property does not fail, and why it is true in the end."""
    if not isinstance(prop, Invariant):
        yield "in no step of this order it fails"
        return
    yield "in no state of this order it fails; in the last one:"
    last = good.times.states[-1]
    place = Place(good.system, last)
    yield from (f"  {line}" for line in why(prop.predicate, place, wanted=True))


# ---- the network ---------------------------------------------------------------------------------


def network(needs: Needs) -> Iterator[str]:
    """What the violation needs of the network."""
    if not needs.present:
        yield (
            "The network: the model allows no reordering, loss, duplication or clock skew, so the "
            "violation needs none."
        )
        return
    yield "The network: what the violation needs of it"
    yield f"  the model allows   {_list(needs.present)}"
    yield f"  this run uses      {_list(needs.used) or 'none of it'}"
    unknown = bool(needs.unknown)
    if needs.sufficient:
        sets = " or ".join(_set(one) for one in needs.sufficient)
        word = "it takes no more than" if unknown else "it takes"
        yield f"  {word:<18} {sets}"
    if needs.removals:
        yield f"  it is gone without {' or without '.join(_all(one) for one in needs.removals)}"
    for assumed, reason in needs.unknown:
        yield f"  ? with only {_set(assumed)}: {reason}"
    if needs.explored:
        count = needs.explored
        yield f"  ({count} smaller network{'s' * (count != 1)} explored)"


def _list(found: Iterable[object]) -> str:
    return ", ".join(sorted(str(one) for one in found))


def _set(assumed: Assumed) -> str:
    """A set of which all is needed."""
    words = sorted(str(one) for one in assumed)
    if not words:
        return "nothing: delay is enough, were every channel in order and reliable"
    return " together with ".join(words)


def _all(assumed: Assumed) -> str:
    return " and ".join(sorted(str(one) for one in assumed))
