"""Many questions about one state or step: what they have in common is looked at once.

A question is a conjunction, and expressions are total, so its parts may be looked at in any order.
The part that most questions have comes first, with all of those questions behind it: most states
answer no there, and the code of a model with many properties is a fraction of what it would be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from verifier.engines.native.writer import Writer
from verifier.ir.build import TRUE
from verifier.ir.expr import And, Expr, HasTag


def ask(w: Writer, questions: Sequence[tuple[Expr, str]]) -> None:
    """Runs the instruction of every question that is answered yes."""
    _ask(w, [(_parts(question), found) for question, found in questions])


def _parts(question: Expr) -> tuple[Expr, ...]:
    parts = question.arguments if isinstance(question, And) else (question,)
    return tuple(part for part in parts if part is not TRUE)


def _ask(w: Writer, questions: list[tuple[tuple[Expr, ...], str]]) -> None:
    f = w.f
    for parts, found in questions:
        if not parts:
            f.do(found)
    waiting = [(parts, found) for parts, found in questions if parts]
    while waiting:
        uses = Counter(part for parts, _ in waiting for part in parts)
        # Of the parts of the first question; the earlier one where two are as common.
        chosen = max(waiting[0][0], key=lambda part: uses[part])
        behind = [
            (tuple(part for part in parts if part is not chosen), found)
            for parts, found in waiting
            if chosen in parts
        ]
        waiting = [(parts, found) for parts, found in waiting if chosen not in parts]
        no = f.new_label("no")
        with w.scope():
            f.leave_unless(w.truth(chosen), no)
            if isinstance(chosen, HasTag):
                w.facts.add((chosen.message, chosen.tag))
            _ask(w, behind)
        f.label(no, only_from_here=True)
