"""Cubes: conjunctions of literals over the leaves of a view, the sets of states that a proof
excludes.

A cube that mentions slots speaks of that many different messages in flight; a state is in it if
some choice of its messages is.  Slots of a cube are numbered from 1 in each kind of message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import permutations, product
from typing import TypeAlias

from verifier.engines.symbolic import trees
from verifier.engines.symbolic.views import Slot, View, substituted
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.build import compute, negate
from verifier.ir.expr import Expr, walk
from verifier.ir.folding import folded

Moves: TypeAlias = tuple[tuple[Slot, Slot], ...]

Cube: TypeAlias = tuple[Expr, ...]
"""Literals in the order of their texts, each once; of every slot also that it is in use."""


def cube(literals: Iterable[Expr]) -> Cube:
    """The literals in order, so that equal cubes are equal and runs are repeatable."""
    return tuple(sorted(set(literals), key=text))


@cache
def text(expr: Expr) -> str:
    """A literal as a short text: the order of literals, and what a log shows."""
    match expr:
        case E.Var(name) | E.Param(name):
            return name
        case E.Literal(value):
            return str(value)
        case E.Not(argument):
            return f"not {text(argument)}"
        case E.Equal(left, right):
            return f"({text(left)} == {text(right)})"
        case E.Less(left, right):
            return f"({text(left)} < {text(right)})"
        case E.Arith(op, left, right):
            return f"({text(left)} {op} {text(right)})"
        case E.And(arguments):
            return "(" + " and ".join(text(part) for part in arguments) + ")"
        case E.Or(arguments):
            return "(" + " or ".join(text(part) for part in arguments) + ")"
        case E.If(condition, then, otherwise):
            return f"(if {text(condition)} then {text(then)} else {text(otherwise)})"
        case E.Fresh(_, offset):
            return f"fresh {offset}"
        case _:
            raise AssertionError(f"{type(expr).__name__} is no scalar expression")


@cache
def variables(expr: Expr) -> frozenset[Expr]:
    """The leaves of an expression."""
    return frozenset(node for node in walk(expr) if isinstance(node, E.Var | E.Param))


class Values:
    """The values of scalar expressions; ``leaf`` is asked for that of a leaf when it is needed."""

    def __init__(self, leaf: Callable[[Expr], int]) -> None:
        self._leaf = leaf
        self.known: dict[Expr, int] = {}

    def of(self, expr: Expr) -> int:
        """The value of an expression."""
        return folded(expr, self.known, self._value)

    def _value(self, node: Expr) -> int:
        known = self.known
        match node:
            case E.Var() | E.Param():
                return self._leaf(node)
            case E.Literal(value):
                assert isinstance(value, int)
                return value
            case E.Not(argument):
                return not known[argument]
            case E.And(arguments):
                return all(known[part] for part in arguments)
            case E.Or(arguments):
                return any(known[part] for part in arguments)
            case E.Equal(left, right):
                return known[left] == known[right]
            case E.Less(left, right):
                return known[left] < known[right]
            case E.If(condition, then, otherwise):
                return known[then] if known[condition] else known[otherwise]
            case E.Arith(op, left, right):
                return compute(op, known[left], known[right])
            case _:
                raise AssertionError(f"{text(node)} has no value")


def implicant(formula: Expr, values: Values) -> frozenset[Expr]:
    """Literals that are true here and make the formula true wherever they are; few of them."""
    known: dict[tuple[Expr, bool], frozenset[Expr]] = {}

    def why(node: Expr, truth: bool) -> frozenset[Expr]:
        key = (node, truth)
        if key not in known:
            known[key] = reasons(node, truth)
        return known[key]

    def reasons(node: Expr, truth: bool) -> frozenset[Expr]:
        match node:
            case E.Literal():
                return frozenset()
            case E.Not(argument):
                return why(argument, not truth)
            case E.And(arguments) | E.Or(arguments):
                if isinstance(node, E.And) == truth:
                    return frozenset[Expr]().union(*(why(part, truth) for part in arguments))
                enough = [why(p, truth) for p in arguments if bool(values.of(p)) == truth]
                return min(enough, key=lambda found: (len(found), sorted(map(text, found))))
            case E.If(condition, then, otherwise):
                case = bool(values.of(condition))
                return why(condition, case) | why(then if case else otherwise, truth)
            case E.Equal(left, right) if left.type == T.BOOL:
                one, other = bool(values.of(left)), bool(values.of(right))
                return why(left, one) | why(right, other)
            case _:
                return atom(node, truth)

    def atom(node: Expr, truth: bool) -> frozenset[Expr]:
        found: frozenset[Expr] = frozenset()
        while True:
            branch = next((n for n in walk(node) if isinstance(n, E.If)), None)
            if branch is None:
                break
            # The first in the order of `walk` has no other inside its branches.
            case = bool(values.of(branch.condition))
            found |= why(branch.condition, case)
            node = substituted(node, {}, {branch: branch.then if case else branch.otherwise})
            if isinstance(node, E.Not):
                node, truth = node.argument, not truth
        if isinstance(node, E.Literal):
            return found
        if not isinstance(node, E.Equal | E.Less | E.Var | E.Param):
            return found | why(node, truth)
        return found | {node if truth else negate(node)}

    return why(formula, True)


# ---- slots -------------------------------------------------------------------------------------


class Slots:
    """What cubes of a view say about messages."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.in_use = frozenset(view.presence.values())
        self._renamings: dict[Moves, tuple[dict[Expr, Expr], dict[Expr, Expr]]] = {}

    def of(self, literals: Iterable[Expr]) -> tuple[Slot, ...]:
        """The slots that literals mention, in order."""
        leaves = self.view.leaves
        found = {
            leaf.slot
            for literal in literals
            for variable in variables(literal)
            if (leaf := leaves.get(variable)) is not None and leaf.slot is not None
        }
        return tuple(sorted(found))

    def renamed(self, literals: Cube, to: Mapping[Slot, Slot]) -> Cube:
        """The literals about other slots."""
        moves = tuple(sorted((a, b) for a, b in to.items() if a != b))
        if not moves:
            return literals
        if moves not in self._renamings:
            leaf: dict[Expr, Expr] = {}
            for old, new in moves:
                leaf[self.view.presence[old]] = self.view.presence[new]
                for a, b in zip(
                    trees.leaves(self.view.messages[old]),
                    trees.leaves(self.view.messages[new]),
                    strict=True,
                ):
                    if isinstance(a, E.Var):
                        leaf[a] = b
            self._renamings[moves] = (leaf, {})
        leaf, known = self._renamings[moves]
        return cube(substituted(literal, leaf, known) for literal in literals)

    def closed(self, literals: Iterable[Expr], values: Values) -> Cube | None:
        """The cube of literals that were found somewhere, with what must hold for them to mean
        something (where that is false they speak of defaults, and it is left out), with slots
        numbered from 1; without what is said of absence, for a message that is there may be lost,
        and of numbers that nobody knows.  None if it speaks of more messages than the view has
        room for."""
        kept = [
            literal
            for literal in literals
            if not (isinstance(literal, E.Not) and literal.argument in self.in_use)
            and not any(isinstance(v, E.Param) for v in variables(literal))
        ]
        kept += [guard for guard in self._guards(kept) if values.of(guard)]
        counts: dict[tuple[str, int], int] = {}
        to: dict[Slot, Slot] = {}
        for slot in self.of(kept):
            kind = (slot.channel, slot.tag)
            counts[kind] = counts.get(kind, 0) + 1
            to[slot] = Slot(slot.channel, slot.tag, counts[kind])
            if counts[kind] >= self.view.slots - self.view.spare:
                return None
        found = self.renamed(cube(kept), to)
        return cube((*found, *(self.view.presence[slot] for slot in to.values())))

    def _guards(self, literals: Iterable[Expr]) -> Iterator[Expr]:
        for literal in literals:
            for variable in variables(literal):
                yield from self.guards(variable)

    def guards(self, variable: Expr) -> tuple[Expr, ...]:
        """What must hold for a leaf to mean something."""
        leaf = self.view.leaves.get(variable)
        if leaf is None:
            return ()
        return tuple(guard for guard in leaf.guards if not isinstance(guard, E.Literal))

    def choices(self, slots: tuple[Slot, ...], *, first: int = 0) -> Iterator[dict[Slot, Slot]]:
        """All ways to find different messages for the slots, from slot ``first`` on."""
        kinds: dict[tuple[str, int], list[Slot]] = {}
        for slot in slots:
            kinds.setdefault((slot.channel, slot.tag), []).append(slot)
        ways = [
            [
                {s: Slot(s.channel, s.tag, n) for s, n in zip(wanted, chosen, strict=True)}
                for chosen in permutations(range(first, self.view.slots), len(wanted))
            ]
            for wanted in kinds.values()
        ]
        for combination in product(*ways):
            yield {slot: to for part in combination for slot, to in part.items()}
