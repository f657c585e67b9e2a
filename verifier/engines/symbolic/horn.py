"""A view as constrained Horn clauses: one relation over all its leaves, that of reachable states.

A rule for every way to start and for every command, and the questions as what must not follow.  The
form is that of Bjorner, Gurfinkel, McMillan and Rybalchenko ("Horn clause solvers for program
verification", 2015), which the solvers of public competitions take.

Where all channels are seen whole, the clauses say of the leaves exactly what the steps do, and what
does not follow from them is not reachable.  Where a channel is *open*, they speak of the few
messages that the view has slots for: after a step a slot keeps its message, loses it, or takes one
that was sent, and all others are as if they were lost.  So they know the runs with at most that
many messages in flight, with any loss.  That is no proof for more messages: an answer about an open
view is a measurement and never a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.cubes import Cube, cube
from verifier.engines.symbolic.flatten import Entry
from verifier.engines.symbolic.frames import Ground, Start
from verifier.engines.symbolic.scalars import (
    NotSymbolic,
    below,
    conjunction,
    disjunction,
    implies,
    integer,
    same,
)
from verifier.engines.symbolic.steps import Step
from verifier.engines.symbolic.trees import Tree
from verifier.engines.symbolic.views import Slot, View, substituted
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import FALSE, literal, negate
from verifier.ir.expr import Expr, Param, make, walk

LOST, KEPT, SENT = 0, 1, 2  # what a slot holds after a step; from SENT on, which message was sent


@dataclass(frozen=True, slots=True)
class Rule:
    """Where ``body`` holds of the leaves before, the leaves are ``after``; those that are not named
    stay."""

    body: Expr
    after: Mapping[Expr, Expr]


@dataclass(frozen=True, slots=True)
class Clauses:
    """``starts`` ask nothing of a state before them; ``known`` holds of all states, by their types
    or by a proof."""

    leaves: tuple[Expr, ...]
    starts: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    bad: tuple[Expr, ...]
    known: tuple[Expr, ...]


def clauses(ground: Ground, bad: Sequence[Expr], facts: Iterable[Cube]) -> Clauses:
    """The clauses of a view and of what is asked; ``facts`` are cubes that no reachable state is
    in.

    Raises:
        NotSymbolic: a clock with a skew.
    """
    view = ground.view
    assert not view.known, "every leaf has its place in the relation"
    swaps = _swaps(view) if view.open else ()
    return Clauses(
        leaves=tuple(view.leaves),
        starts=tuple(_start(view, start) for start in ground.starts),
        rules=(*(_rule(view, step) for step in ground.steps.all), *swaps),
        bad=tuple(bad),
        known=(*view.facts, *(fact for one in facts for fact in ground.instances(one))),
    )


def exact(view: View) -> bool:
    """Whether the clauses of the view say the truth about the system."""
    return not view.open


def cubes_of(invariant: Expr) -> list[Cube]:
    """What an invariant excludes: a cube for each of its conjuncts."""
    conjuncts = invariant.arguments if isinstance(invariant, E.And) else (invariant,)
    found = []
    for one in conjuncts:
        excluded = negate(one)
        if excluded is not FALSE:
            parts = excluded.arguments if isinstance(excluded, E.And) else (excluded,)
            found.append(cube(parts))
    return found


# ---- rules -------------------------------------------------------------------------------------


def _start(view: View, start: Start) -> Rule:
    after = dict(start.leaves)
    parts = [start.condition]
    for channel, entries in start.flights.items():
        slots = [slot for slot in view.presence if slot.channel == channel]
        parts += _filled(view, slots, {slot: FALSE for slot in slots}, entries, after)
    return _freshened(view, conjunction(parts), after, at_start=True)


def _rule(view: View, step: Step) -> Rule:
    after = dict(step.leaves)
    parts = [step.command.succeeds]
    for channel in sorted(view.open):
        if channel in step.command.effects:
            slots = [slot for slot in view.presence if slot.channel == channel]
            parts += _filled(view, slots, step.stays, step.sends.get(channel, []), after)
    return _freshened(view, conjunction(parts), after, at_start=False)


def _filled(
    view: View,
    slots: Sequence[Slot],
    stays: Mapping[Slot, Expr],
    sends: Sequence[Entry],
    after: dict[Expr, Expr],
) -> Iterator[Expr]:
    """What must hold of the inputs that say what each slot holds after the step; puts the leaves of
    the slots into ``after``."""
    chosen: dict[int, list[Expr]] = {}
    for slot in slots:
        there = view.presence[slot]
        assert isinstance(there, E.Var), "the clauses are of a view in which nothing is known"
        holds = make(Param, f"in {there.name}", T.Int(LOST, SENT + len(sends) - 1))
        kept = same(holds, integer(KEPT))
        yield implies(kept, stays.get(slot, there))
        own = view.messages[slot][1][slot.tag]
        fields: Tree = own  # of a slot that is not in use they mean nothing
        present = [kept]
        for number, (sent, message) in enumerate(sends):
            fits = conjunction((sent, same(message[0], integer(slot.tag))))
            taken = same(holds, integer(SENT + number))
            yield implies(taken, fits)
            if fits is FALSE:
                continue
            chosen.setdefault(number, []).append(taken)
            present.append(taken)
            fields = trees.chosen(taken, message[1][slot.tag], fields)
        after[there] = disjunction(present)
        for old, new in zip(trees.leaves(own), trees.leaves(fields), strict=True):
            if isinstance(old, E.Var) and old is not new:
                after[old] = new
    for takers in chosen.values():
        for place, one in enumerate(takers):
            for other in takers[:place]:
                yield disjunction((negate(one), negate(other)))


def _swaps(view: View) -> Iterator[Rule]:
    """A step receives what is in slot 0, and that may be any message."""
    for slot, there in view.presence.items():
        first = Slot(slot.channel, slot.tag, 0)
        if slot == first:
            continue
        pairs = [(there, view.presence[first])]
        own, other = view.messages[slot], view.messages[first]
        pairs += zip(trees.leaves(own), trees.leaves(other), strict=True)
        after: dict[Expr, Expr] = {a: b for a, b in pairs if isinstance(a, E.Var)}
        after |= {b: a for a, b in pairs if isinstance(b, E.Var)}
        yield Rule(there, after)


def _freshened(view: View, body: Expr, after: dict[Expr, Expr], *, at_start: bool) -> Rule:
    """The rule with inputs for fresh stamps, greater than every stamp of the state and in order."""
    new = {node for value in after.values() for node in walk(value) if isinstance(node, E.Fresh)}
    if not new:
        return Rule(body, after)
    inputs: dict[Expr, Expr] = {}
    parts = [body]
    last: Expr | None = None
    offsets: dict[int, Expr] = {}
    for node in sorted(new, key=lambda one: one.offset):
        if not (isinstance(node.back, E.Literal) and node.back.value == 0):
            raise NotSymbolic("a clock with a skew")
        stamp = offsets.setdefault(node.offset, make(Param, f"fresh {node.offset}", T.STAMP))
        inputs[node] = stamp
        if last is None:
            smaller = [] if at_start else [leaf for leaf in view.leaves if leaf.type == T.STAMP]
            parts += [below(one, stamp) for one in (literal(0, T.STAMP), *smaller)]
        elif last is not stamp:
            parts.append(below(last, stamp))
        last = stamp
    known = dict(inputs)
    return Rule(
        conjunction(parts), {leaf: substituted(value, {}, known) for leaf, value in after.items()}
    )
