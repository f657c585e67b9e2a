"""Sets of fixes: which there are, what is known of one, and the smallest that repair everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from verifier.fixes.found import Dropped, Fixes, Repair, Together
from verifier.fixes.trial import Bench
from verifier.language.model import Choice


def sets_of(choices: tuple[Choice, ...], base: Mapping[str, str], size: int) -> Iterator[Fixes]:
    """All sets of so many fixes, in the order of the model."""
    for some in combinations(choices, size):
        others = ([v for v in c.values if v != base[c.option]] for c in some)
        for values in product(*others):
            yield tuple(zip((c.option for c in some), values, strict=True))


def together(
    bench: Bench,
    choices: tuple[Choice, ...],
    most: int | None,
    asked: tuple[str, ...],
    known: Mapping[str, list[Fixes]],
) -> Together | None:
    """The smallest sets with which all properties hold that were asked for, and none is broken.
    Each contains a ``known`` repair of each of these; with more fixes there may be others, which
    are not looked for."""
    if not asked or not all(known.values()):
        return None
    before = bench.tried((), ()).words
    held = [name for name, word in before.items() if word == "holds"]
    wanted = dict.fromkeys((*asked, *held))
    found: list[Fixes] = []
    unknown: list[Fixes] = []
    for size in range(len(choices) + 1 if most is None else min(most, len(choices)) + 1):
        for fixes in sets_of(choices, bench.base, size):
            if not all(
                any(set(repair) <= set(fixes) for repair in repairs) for repairs in known.values()
            ):
                continue
            words = {bench.tried(fixes, ()).words[name] for name in wanted}
            if words == {"holds"}:
                found.append(fixes)
            elif "violated" not in words:
                unknown.append(fixes)
        if found:
            break
    sets = (repair_of(bench, fixes, tuple(unknown), ()) for fixes in found)
    return Together(tuple(sets), tuple(unknown))


def repair_of(
    bench: Bench, fixes: Fixes, unknown: tuple[Fixes, ...], dropped: tuple[Dropped, ...]
) -> Repair:
    """What is known of a set; ``unknown`` are sets that may do as much."""
    before, after = bench.known.get(((), ())), bench.known.get((fixes, ()))
    sure = not any(set(part) < set(fixes) for part in unknown)
    if before is None or after is None:
        return Repair(fixes, sure, None if after is None else after.states, (), dropped)
    broken = (
        other
        for other, word in before.words.items()
        if (word, after.words[other]) == ("holds", "violated")
    )
    never = sorted(before.happens & after.never, key=str)
    return Repair(
        fixes, sure, after.states, tuple(broken), dropped, tuple(shown for shown, _ in never)
    )
