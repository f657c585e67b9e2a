"""Where the code of expressions is written: what is known so far, and for how long.

Everything a step needs is computed straight on and remembered for the block and those inside it.
How a node becomes code is said in `expressions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from verifier.engines.native.access import Access
from verifier.engines.native.arrays import Packed, compare_numbers
from verifier.engines.native.code import Bit, Function, Pointer
from verifier.engines.native.values import Number, Truth, Value
from verifier.ir import expr as E
from verifier.ir.expr import EXPR_KINDS, Expr, Param, children
from verifier.ir.system import TransitionSystem


@dataclass(slots=True)
class Writer:
    """Writes the code of expressions over one state.

    ``state`` points to the packed state (None while there is none yet); ``known`` holds the values
    of parameters and of nodes already computed; ``taken`` says of a parameter that goes through a
    channel at which place its message stands; ``facts`` are messages known to be of a tag.
    """

    access: Access
    system: TransitionSystem
    make: Callable[[Writer, Expr], Value]
    free: dict[Expr, frozenset[Param]]
    state: Pointer | None = None
    known: dict[Expr, Value] = field(default_factory=dict)
    taken: dict[Param, tuple[Expr, int | str]] = field(default_factory=dict)
    facts: set[tuple[Expr, int]] = field(default_factory=set)
    variables: dict[str, int] = field(default_factory=dict)
    log: list[tuple[Expr, Value | None]] = field(default_factory=list)

    @property
    def f(self) -> Function:
        """The function that is written."""
        return self.access.f

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is computed inside is forgotten behind it: the block may not have run."""
        facts, taken = self.facts, self.taken
        self.facts, self.taken = set(facts), dict(taken)
        mark, written = len(self.log), len(self.f.log)
        yield
        while len(self.log) > mark:
            node, old = self.log.pop()
            if old is None:
                self.known.pop(node, None)
            else:
                self.known[node] = old
        self.f.forget(written)
        self.facts, self.taken = facts, taken

    def bind(self, node: Expr, value: Value | None) -> None:
        """From here on, within this scope, the node has this value, or none."""
        self.log.append((node, self.known.get(node)))
        if value is None:
            del self.known[node]
        else:
            self.known[node] = value

    def bind_variable(self, variable: Param, value: Value) -> None:
        """From here on, within this scope, the variable of a binder has this value.  It may be the
        very node that a parameter or a binder around it bears too: what was computed with that one
        means something else inside."""
        if variable in self.known:
            for node in [node for node in self.known if variable in self.free_of(node)]:
                self.bind(node, None)
            self.facts = {fact for fact in self.facts if variable not in self.free_of(fact[0])}
            self.taken.pop(variable, None)
        self.bind(variable, value)

    # ---- values --------------------------------------------------------------------------------

    def value(self, expr: Expr) -> Value:
        """The value of an expression; its parts first, so that deep graphs need no deep stack."""
        known = self.known
        stack = [(expr, False)]
        while stack:
            node, ready = stack.pop()
            if node in known:
                continue
            if ready:
                self.bind(node, self.make(self, node))
                continue
            stack.append((node, True))
            stack.extend(
                [(part, False) for part in reversed(self._parts(node)) if part not in known]
            )
        return self.known[expr]

    def _parts(self, node: Expr) -> list[Expr]:
        """What is computed before a node.  The body of a binder has no value outside of it, and
        of a chain of updates only what is asked for is made."""
        match node:
            case E.Quantified(_, _, within, _) | E.Filter(_, within, _):
                return [cast(Expr, within)] if isinstance(within, EXPR_KINDS) else []
            case E.Deliverable(channel):
                return [channel]
            case (
                E.Less(E.Size(whole), E.Literal())
                | E.AtMost(E.Size(whole), E.Literal())
                | E.Less(E.Literal(), E.Size(whole))
                | E.AtMost(E.Literal(), E.Size(whole))
                | E.Equal(E.Size(whole), E.Literal(0))
                | E.Equal(E.Literal(0), E.Size(whole))
            ):
                return [whole]  # one slot decides, nothing is counted
            case E.Lookup(E.Store(whole, at, new), key):
                return [self.read_through(node, whole), at, new, key]
            case E.Field(E.WithField(record, index, new), asked):
                return [new] if index == asked else [self.read_through(node, record)]
            case _:
                return list(children(node))

    def read_through(self, node: E.Lookup | E.Field, whole: Expr) -> Expr:
        """The same question about what was there before an update."""
        if isinstance(node, E.Lookup):
            inner: Expr = E.make(E.Lookup, whole, node.key, node.type)
        else:
            inner = E.make(E.Field, whole, node.index, node.type)
        if inner not in self.free:
            self.free[inner] = frozenset().union(*(self.free_of(part) for part in children(inner)))
        return inner

    def free_of(self, expr: Expr) -> frozenset[Param]:
        """The parameters that an expression mentions."""
        known = self.free.get(expr)
        if known is not None:
            return known
        for node in E.walk(expr):
            if node in self.free:
                continue
            found: frozenset[Param] = (
                frozenset((node,))
                if isinstance(node, Param)
                else frozenset().union(*(self.free[part] for part in children(node)))
            )
            if isinstance(node, E.Quantified | E.Filter | E.Deliverable):
                found -= {node.variable}
            self.free[node] = found
        return self.free[expr]

    def truth(self, expr: Expr) -> Bit:
        """The value of a condition."""
        return cast(Truth, self.value(expr)).bit

    def number(self, expr: Expr) -> Number:
        """The value of a scalar; a truth value counts as 0 or 1."""
        found = self.value(expr)
        if isinstance(found, Truth):
            return Number(self.f.word(found.bit), 0, 1)
        assert isinstance(found, Number)
        return found

    def packed(self, expr: Expr) -> Packed:
        """The value of a compound, packed."""
        return self.access.pack(self.value(expr), expr.type)

    def ahead(self, body: Expr, variable: Param) -> None:
        """Computes what a loop would compute again and again: all parts of the body that mention
        neither its variable nor one bound inside."""
        bound = frozenset(node for node in self.known if isinstance(node, Param))
        stack = [body]
        seen: set[Expr] = set()
        while stack:
            node = stack.pop()
            if node in seen or node in self.known:
                continue
            seen.add(node)
            free = self.free_of(node)
            if variable not in free and free <= bound:
                if not isinstance(node, E.Literal):
                    self.value(node)
                continue
            stack.extend(children(node))

    def inside(self, index: Number, low: int, count: int) -> Bit:
        """Whether a number lies in a range of so many numbers."""
        first = compare_numbers(self.access, "sle", Number(low, low, low), index)
        last = low + count - 1
        return self.f.both(
            first, compare_numbers(self.access, "sle", index, Number(last, last, last))
        )

    def place(self, index: Number, low: int, inside: Bit) -> int | str:
        """The distance from the lowest key, 0 for one that is outside."""
        distance = self.f.sub(index.word, low, index.register)
        distance = self.f.choose(inside, distance, 0, index.register)
        if index.bits > 64 and isinstance(distance, str):
            distance = self.f.op(f"trunc {index.register} {distance} to i64")
        return distance
