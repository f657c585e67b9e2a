"""Conjectures: simple facts that are true of all sampled states.

A conjecture is a cube that no sample is in.  There are three families: what values a leaf has, how
two leaves of one type compare, and which of these follow from the value of a third; about the
state, about each message in flight and the state, and (that they differ) about two messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.cubes import Cube, Slots, cube, text, variables
from verifier.engines.symbolic.samples import Column, Columns, Samples, column
from verifier.engines.symbolic.scalars import below, bounds, conjunction, disjunction, integer, same
from verifier.engines.symbolic.views import Slot
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import negate
from verifier.ir.expr import Expr
from verifier.ir.types import Type

FEW = 16  # values of a type that are looked at one by one


def conjectures(samples: Samples, slots: Slots, *, implications: bool) -> list[Cube]:
    """Cubes that no sample is in, the simple ones first; with ``implications`` also those of the
    third family."""
    found: dict[Cube, None] = {}
    leaves = [leaf for leaf in samples.columns if leaf not in slots.view.known]
    whole = _Table(samples.columns, samples.count, slots)
    for one in whole.facts(_atoms(leaves, ()), ()):
        found[one] = None
    tables = []
    for (channel, tag), rows in samples.messages.items():
        there = slots.view.presence[Slot(channel, tag, 1)]
        table = _Table(samples.joined(rows), len(rows.sample), slots)
        fields = [f for f in rows.columns if f is not there and f not in slots.view.known]
        tables.append((table, fields, there))
        for one in table.facts(_atoms(fields, leaves), (there,)):
            found[one] = None
        for one in _different(samples, slots, Slot(channel, tag, 1), fields):
            found[one] = None
    if implications:
        control = _control(leaves)
        for one in whole.implications(control, _atoms(leaves, ()), ()):
            found[one] = None
        for table, fields, there in tables:
            atoms = _atoms(fields, leaves)
            for one in table.implications([*control, *_control(fields)], atoms, (there,)):
                found[one] = None
    return list(found)


class _Table:
    """Rows to try conjectures on."""

    def __init__(self, columns: Columns, count: int, slots: Slots) -> None:
        self.columns = columns
        self.count = count
        self.slots = slots
        self.fixed: set[Expr] = set()
        self._known: dict[Expr, Column] = {}

    def column(self, expr: Expr) -> Column:
        if expr not in self._known:
            self._known[expr] = np.broadcast_to(column(expr, self.columns), (self.count,))
        return self._known[expr]

    def guards(self, atom: Expr) -> tuple[Expr, ...]:
        """What must hold for the atom to mean something."""
        leaves = sorted(variables(atom), key=text)
        return tuple(dict.fromkeys(g for leaf in leaves for g in self.slots.guards(leaf)))

    def meant(self, atom: Expr) -> Column:
        """The rows where it means something."""
        found: Any = np.ones(self.count, dtype=bool)
        for guard in self.guards(atom):
            found = found & self.column(guard)
        return found

    def facts(self, atoms: Sequence[Expr], always: tuple[Expr, ...]) -> Iterator[Cube]:
        """Atoms that are the same in all rows; of a leaf, first that it has no value that no row
        has."""
        outside: dict[Expr, list[Expr]] = {}
        compared = []
        for atom in atoms:
            meant = self.meant(atom)
            if not meant.any():
                continue
            held = self.column(atom)[meant]
            if held.all() or not held.any():
                self.fixed.add(atom)
                value = isinstance(atom, E.Equal) and isinstance(atom.right, E.Literal)
                if value and not held.any():
                    assert isinstance(atom, E.Equal)
                    outside.setdefault(atom.left, []).append(atom)
                elif not value:
                    wrong = negate(atom) if held.all() else atom
                    compared.append(cube((*always, *self.guards(atom), wrong)))
        for leaf, values in outside.items():
            yield cube((*always, *self.guards(leaf), disjunction(values)))
        yield from compared

    def implications(
        self, premises: Sequence[Expr], atoms: Sequence[Expr], always: tuple[Expr, ...]
    ) -> Iterator[Cube]:
        """Where a premise holds, an atom is always the same, and not so everywhere."""
        literals = [one for p in premises if p not in self.fixed for one in (p, negate(p))]
        if not literals:
            return
        table = np.array([self.column(p) & self.meant(p) for p in literals])
        for atom in atoms:
            if atom in self.fixed:
                continue
            meant = self.meant(atom)
            held = self.column(atom)
            for wrong, rows in ((negate(atom), meant & ~held), (atom, meant & held)):
                if not rows.any():
                    continue
                possible = (table & meant).any(axis=1) & ~(table & rows).any(axis=1)
                for k in np.nonzero(possible)[0]:
                    premise = literals[k]
                    if variables(premise) & (variables(atom) | set(self.guards(atom))):
                        continue
                    guards = (*self.guards(premise), *self.guards(atom))
                    yield cube((*always, *guards, premise, wrong))


def _atoms(leaves: Sequence[Expr], others: Sequence[Expr]) -> list[Expr]:
    """Atoms about the leaves, and about a leaf and another one."""
    found: dict[Expr, None] = {}
    for leaf in leaves:
        for atom in _values(leaf):
            found[atom] = None
    pairs = [*combinations(leaves, 2), *((a, b) for a in leaves for b in others)]
    for one, other in pairs:
        if _comparable(one.type, other.type):
            found[same(one, other)] = None
            if _ordered(one.type):
                found[below(one, other)] = None
                found[below(other, one)] = None
    return [a for a in found if isinstance(a, E.Var | E.Equal | E.Less | E.Not)]


def _values(leaf: Expr) -> Iterator[Expr]:
    if isinstance(leaf.type, T.Bool):
        yield leaf
        return
    low, high = bounds(leaf.type)
    if low is not None and high is not None and high - low < FEW and not _is_stamp(leaf.type):
        for value in range(low, high + 1):
            yield same(leaf, integer(value))


def _control(leaves: Sequence[Expr]) -> list[Expr]:
    """What conditions are made of: truths and values of enumerations."""
    return [
        atom
        for leaf in leaves
        if isinstance(leaf.type, T.Bool | T.Enum) or not _ordered(leaf.type)
        for atom in _values(leaf)
    ]


def _is_stamp(of: Type) -> bool:
    return isinstance(of, T.Stamp)


def _ordered(of: Type) -> bool:
    """Whether less and greater mean something, more than which value it is."""
    if isinstance(of, T.Int):
        return of.low is None or of.high is None or of.high - of.low >= 2
    return isinstance(of, T.Stamp) or (isinstance(of, T.Mod) and of.modulus >= FEW)


def _comparable(one: Type, other: Type) -> bool:
    """Whether a model would compare the two."""
    if isinstance(one, T.Bool) or isinstance(other, T.Bool):
        return False
    if isinstance(one, T.Enum) and isinstance(other, T.Enum):
        numbered = [{(label, e.low + k) for k, label in enumerate(e.labels)} for e in (one, other)]
        return bool(numbered[0] & numbered[1])
    if isinstance(one, T.Int) and isinstance(other, T.Int):
        return True
    return one == other


def _different(
    samples: Samples, slots: Slots, slot: Slot, fields: Sequence[Expr]
) -> Iterator[Cube]:
    """Two messages of a kind never agree in a field that tells them apart; or never in all."""
    second = Slot(slot.channel, slot.tag, 2)
    if second not in slots.view.messages:
        return
    view = slots.view
    rows = samples.messages[slot.channel, slot.tag]
    twins = dict(
        zip(
            trees.leaves(view.messages[slot][1][slot.tag]),
            trees.leaves(view.messages[second][1][slot.tag]),
            strict=True,
        )
    )
    there = (view.presence[slot], view.presence[second])
    unique = []
    for field in fields:
        if field in twins and _ordered(field.type) and not slots.guards(field):
            pairs = np.stack((rows.sample, rows.columns[field]))
            if len(np.unique(pairs, axis=1).T) == len(rows.sample):
                unique.append(field)
                yield cube((*there, same(field, twins[field])))
    every = np.stack((rows.sample, *(rows.columns[f] for f in fields))) if fields else None
    if not unique and every is not None and len(np.unique(every, axis=1).T) == len(rows.sample):
        equal = conjunction(same(f, twins[f]) for f in fields if f in twins)
        if not isinstance(equal, E.Literal):
            parts = equal.arguments if isinstance(equal, E.And) else (equal,)
            yield cube((*there, *parts))
    if len(np.unique(rows.sample)) == len(rows.sample):
        yield cube(there)
