"""Terms of SMT-LIB as a shared graph, and their text, in which what is shared is written once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Term:
    """A symbol with its arguments, or a quantifier with the variables it binds.

    ``free`` are the bound variables that occur in it and are not bound in it.  Made by the
    functions below only: equal terms are one object, as in `ir.expr`.
    """

    head: str
    arguments: tuple[Term, ...]
    bound: tuple[tuple[str, str], ...]  # name and sort; empty but for quantifiers
    patterns: tuple[Term, ...]
    free: frozenset[str]


_terms: WeakValueDictionary[tuple[object, ...], Term] = WeakValueDictionary()
_SIMPLE = re.compile(r"[A-Za-z~!$%^&*_+=<>?/-][A-Za-z0-9~!@$%^&*_+=<>.?/-]*\Z")
_WORDS = frozenset(
    ("as", "let", "exists", "forall", "match", "par", "true", "false", "not", "and", "or", "ite")
)
_NUMBER = re.compile(r"-?[0-9]+\Z")


def _make(
    head: str,
    arguments: tuple[Term, ...] = (),
    bound: tuple[tuple[str, str], ...] = (),
    patterns: tuple[Term, ...] = (),
    own: frozenset[str] = frozenset(),
) -> Term:
    key = (head, arguments, bound, patterns, own)
    term = _terms.get(key)
    if term is None:
        free = own.union(*(argument.free for argument in arguments))
        term = Term(head, arguments, bound, patterns, free - {name for name, _ in bound})
        _terms[key] = term
    return term


def symbol(name: str) -> str:
    """The name as a symbol of SMT-LIB; the language allows no character that cannot be quoted."""
    if _SIMPLE.match(name) and name not in _WORDS:
        return name
    assert "|" not in name and "\\" not in name, name
    return f"|{name}|"


def constant(name: str) -> Term:
    """A declared constant."""
    return _make(symbol(name))


def variable(name: str) -> Term:
    """A variable that a quantifier around the term binds."""
    return _make(symbol(name), own=frozenset((name,)))


def apply(head: str, *arguments: Term) -> Term:
    """A function of the theories or of the file, on arguments; the head is already a symbol."""
    return _make(head, arguments)


TRUE = _make("true")
FALSE = _make("false")


def integer(value: int) -> Term:
    """An integer; what is negative is an application in SMT-LIB, but one symbol here."""
    return _make(str(value))


def truth(value: bool) -> Term:
    """True or false."""
    return TRUE if value else FALSE


def number_of(term: Term) -> int | None:
    """The integer that a term is, if it is one."""
    return int(term.head) if not term.arguments and _NUMBER.match(term.head) else None


# ---- constructors that fold what is known --------------------------------------------------------


def negation(term: Term) -> Term:
    """not a"""
    if term is TRUE or term is FALSE:
        return truth(term is FALSE)
    return term.arguments[0] if term.head == "not" else _make("not", (term,))


def conjunction(terms: Iterable[Term]) -> Term:
    """a and b ..."""
    return _connected("and", terms, neutral=TRUE, decides=FALSE)


def disjunction(terms: Iterable[Term]) -> Term:
    """a or b ..."""
    return _connected("or", terms, neutral=FALSE, decides=TRUE)


def _connected(head: str, terms: Iterable[Term], *, neutral: Term, decides: Term) -> Term:
    kept: dict[Term, None] = {}
    for term in terms:
        if term is decides:
            return decides
        if term is not neutral:
            kept[term] = None
    if not kept:
        return neutral
    return next(iter(kept)) if len(kept) == 1 else _make(head, tuple(kept))


def implication(premise: Term, conclusion: Term) -> Term:
    """a implies b"""
    if premise is TRUE or conclusion is TRUE:
        return conclusion
    return TRUE if premise is FALSE else _make("=>", (premise, conclusion))


def equal(left: Term, right: Term) -> Term:
    """a = b, of one sort"""
    if left is right:
        return TRUE
    for one, other in ((left, right), (right, left)):
        if one is TRUE:
            return other
        if one is FALSE:
            return negation(other)
    known, other_known = number_of(left), number_of(right)
    if known is not None and other_known is not None:
        return FALSE
    return _make("=", (left, right))


def choose(condition: Term, then: Term, otherwise: Term) -> Term:
    """if c then a else b"""
    if condition is TRUE or then is otherwise:
        return then
    if condition is FALSE:
        return otherwise
    if then is TRUE and otherwise is FALSE:
        return condition
    if then is FALSE and otherwise is TRUE:
        return negation(condition)
    return _make("ite", (condition, then, otherwise))


def compare(head: str, left: Term, right: Term) -> Term:
    """a < b or a <= b"""
    known, other = number_of(left), number_of(right)
    if known is not None and other is not None:
        return truth(known < other if head == "<" else known <= other)
    return _make(head, (left, right))


def total(terms: Iterable[Term]) -> Term:
    """The sum; known numbers are added up."""
    known, kept = 0, []
    for term in terms:
        value = number_of(term)
        if value is None:
            kept.append(term)
        else:
            known += value
    if known or not kept:
        kept.append(integer(known))
    return kept[0] if len(kept) == 1 else _make("+", tuple(kept))


def quantified(
    head: str, bound: Sequence[tuple[str, str]], body: Term, patterns: Sequence[Term]
) -> Term:
    """forall or exists; the patterns are where a solver should look for instances."""
    if body is TRUE or body is FALSE:
        return body  # no sort is empty
    return _make(head, (body,), tuple(bound), tuple(patterns))


def substitute(term: Term, new: Mapping[str, Term]) -> Term:
    """The term with bound variables replaced by terms whose own variables nothing in it binds."""
    done: dict[Term, Term] = {}
    for node in _postorder(term):
        if not node.free & new.keys():
            done[node] = node
        elif not node.arguments:
            done[node] = next(new[name] for name in node.free)
        else:
            done[node] = _make(
                node.head,
                tuple(done[argument] for argument in node.arguments),
                node.bound,
                tuple(substitute(pattern, new) for pattern in node.patterns),
            )
    return done[term]


def _postorder(root: Term) -> Iterator[Term]:
    """Every term of the graph once, after its arguments; those of quantifiers too."""
    seen: set[Term] = set()
    stack = [(root, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((argument, False) for argument in reversed(node.arguments))


# ---- text ----------------------------------------------------------------------------------------

WIDTH = 96
SIZE = 6
"""Of how many symbols a term must be, at least, to get a name for its second use."""
HEIGHT = 60
"""A taller term is cut by names, so that neither we nor a solver need a deep stack for it."""


def text(term: Term, indent: int = 0) -> str:
    """The term as SMT-LIB.  Shared terms are named by `let`, as far outside as their variables
    allow: a system is a graph, and the tree that it stands for can be exponentially larger."""
    return _Writer(count=[0]).scope(term, frozenset(), {}, indent)


@dataclass(frozen=True, slots=True)
class _Writer:
    count: list[int]  # of the names given so far

    def scope(
        self, root: Term, known: frozenset[str], names: Mapping[Term, str], indent: int
    ) -> str:
        """The text of a whole formula or of the body of a quantifier."""
        named = dict(names)
        lines: list[str] = []
        depth = indent
        for node in self._shared(root, known, named):
            written = self.write(node, known, named, depth + 12)
            self.count[0] += 1
            named[node] = f"s!{self.count[0]}"
            lines.append(f"(let (({named[node]} {written}))")
        body = self.write(root, known, named, depth)
        if not lines:
            return body
        pad = "\n" + " " * indent
        return pad.join((*lines, body)) + ")" * len(lines)

    def _shared(self, root: Term, known: frozenset[str], named: Mapping[Term, str]) -> list[Term]:
        """What is used twice and mentions only variables that are known here, inner terms first."""
        uses: dict[Term, int] = {}
        order = []
        stack = [(root, False)]
        while stack:
            node, finished = stack.pop()
            if finished:
                order.append(node)
                continue
            uses[node] = uses.get(node, 0) + 1
            hides = any(name in known for name, _ in node.bound)  # other variables of these names
            if uses[node] == 1 and node not in named and not hides:
                stack.append((node, True))
                stack.extend((argument, False) for argument in reversed(node.arguments))
        height: dict[Term, int] = {}
        size: dict[Term, int] = {}
        found = []
        for node in order:
            height[node] = max((height.get(part, 0) for part in node.arguments), default=0) + 1
            size[node] = sum(size.get(part, 1) for part in node.arguments) + 1
            if node is root or not node.arguments or not node.free <= known:
                continue
            if (uses[node] > 1 and size[node] >= SIZE) or height[node] >= HEIGHT:
                found.append(node)
                height[node] = 0
                size[node] = 1
        return found

    def write(
        self, node: Term, known: frozenset[str], named: Mapping[Term, str], indent: int
    ) -> str:
        if node in named:
            return named[node]
        if not node.arguments:
            value = number_of(node)
            return f"(- {-value})" if value is not None and value < 0 else node.head
        if node.bound:
            return self._quantifier(node, known, named, indent)
        head = node.head if not _NUMBER.match(node.head) else f"(- {node.head[1:]})"
        parts = [self.write(part, known, named, indent + 2) for part in node.arguments]
        return _laid_out(head, parts, indent)

    def _quantifier(
        self, node: Term, known: frozenset[str], named: Mapping[Term, str], indent: int
    ) -> str:
        inner = known | {name for name, _ in node.bound}
        # A name that is bound again means something else inside.
        visible = {t: n for t, n in named.items() if not t.free & {name for name, _ in node.bound}}
        pad = "\n" + " " * (indent + 2)
        body = self.scope(node.arguments[0], inner, visible, indent + 2)
        if node.patterns:
            patterns = (f":pattern ({self.write(p, inner, {}, 0)})" for p in node.patterns)
            body = f"(! {body}{pad}{' '.join(patterns)})"
        bound = " ".join(f"({symbol(name)} {sort})" for name, sort in node.bound)
        return f"({node.head} ({bound}){pad}{body})"


def _laid_out(head: str, parts: Sequence[str], indent: int) -> str:
    line = f"({head} {' '.join(parts)})"
    if len(line) + indent <= WIDTH and "\n" not in line:
        return line
    pad = "\n" + " " * (indent + 2)
    return f"({head}{pad}{pad.join(parts)})"
