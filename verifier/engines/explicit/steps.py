"""The steps of one action as a Python function.

The body of a handler has an ``if`` for each case of the protocol; the lowering makes every
assignment and every check an expression with those cases inside.  Here the cases become ``if``
statements again, so that a step computes only what its own case needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from verifier.engines.explicit.expressions import Writer, count_uses
from verifier.ir import types as T
from verifier.ir.build import TRUE
from verifier.ir.cases import (
    SPLITS_MAX,
    Outcome,
    Questions,
    behind_guard,
    facts,
    outcome,
    parameters_in,
    split,
)
from verifier.ir.expr import And, Expr, HasTag, Param, Var, walk
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import Action, TransitionSystem


def step_function(
    system: TransitionSystem,
    index: int,
    action: Action,
    questions: Questions,
    constants: dict[str, object],
) -> list[str]:
    """``actionN(s, out)``: loops over the parameters, the guard tested as early as possible; hands
    ``(N, arguments, successor or number of the failing check, questions that find it)`` to out."""
    lines = [f"def action{index}(s, out):  # {action.name}"]
    writer = Writer({}, constants)
    whole = outcome(system, action, questions)
    domains = [p.within for p in action.parameters if p.within is not None]
    read = variables_read(system, [action.guard, *whole.roots(), *domains])
    for variable, place in read.items():
        lines.append(f"    v{place} = s[{place}]")
        writer.names[variable] = f"v{place}"
    indent, leave = "    ", "return"
    conjuncts = list(action.guard.arguments) if isinstance(action.guard, And) else [action.guard]
    waiting = [c for c in conjuncts if c is not TRUE]
    parameters = {p.variable for p in action.parameters}
    bound: set[Expr] = set()
    for number in range(len(action.parameters) + 1):
        ready = [c for c in waiting if parameters_in(c) & parameters <= bound]
        waiting = [c for c in waiting if c not in ready]
        for conjunct in ready:
            lines.append(f"{indent}if not {writer.text(conjunct)}: {leave}")
            if isinstance(conjunct, HasTag):
                writer.facts.add((conjunct.message, conjunct.tag))
        if number < len(action.parameters):
            parameter = action.parameters[number]
            domain = _domain(writer, parameter.variable, parameter.within)
            lines.append(f"{indent}for p{number} in {domain}:")
            writer.bind(parameter.variable, f"p{number}", parameter.within)
            bound.add(parameter.variable)
            indent, leave = indent + "    ", "continue"
    assert not waiting, f"{action.name}: part of the guard reads an unknown parameter"
    arguments = "(" + "".join(f"p{n}, " for n in range(len(action.parameters))) + ")"
    ending = _Ending(system, index, arguments, leave)
    _case(writer, lines, indent, behind_guard(whole, conjuncts), ending, SPLITS_MAX)
    return lines


@dataclass(frozen=True, slots=True)
class _Ending:
    """What every case of an action ends with."""

    system: TransitionSystem
    index: int
    arguments: str
    leave: str


def _case(
    writer: Writer, lines: list[str], indent: str, found: Outcome, ending: _Ending, splits: int
) -> None:
    """The code of a case: split at the condition that most values depend on, while there is one."""
    condition = split(found) if splits else None
    if condition is None:
        _end(writer, lines, indent, found, ending)
        return
    writer.share([condition], lines, indent, count_uses(found.roots()))
    lines.append(f"{indent}if {writer.text(condition)}:")
    for value, start in ((True, ""), (False, f"{indent}else:")):
        if start:
            lines.append(start)
        inner = found.when(facts([(condition, value)]))
        _case(writer.copy(), lines, indent + "    ", inner, ending, splits - 1)


def _end(writer: Writer, lines: list[str], indent: str, case: Outcome, ending: _Ending) -> None:
    """Checks, successor and questions of a case that is not split further."""
    uses = count_uses(case.roots())
    found = "()"
    if case.questions:
        found = "found"
        write_questions(writer, lines, indent, case.questions, uses)
    start = f"out(({ending.index}, {ending.arguments}"
    for number, check in case.checks:
        writer.share([check], lines, indent, uses)
        lines.append(f"{indent}if not {writer.text(check)}:")
        lines.append(f"{indent}    {start}, {number}, {found})); {ending.leave}")
    writer.share([expr for _, expr in case.results], lines, indent, uses)
    variables = ending.system.variables
    changed = [
        (place, expr)
        for place, expr in case.results
        if not (isinstance(expr, Var) and expr.name == variables[place].name)
    ]
    if not changed:
        lines.append(f"{indent}{start}, s, {found}))")
        return
    new = {place: writer.text(expr) for place, expr in changed}
    state = "(" + "".join(f"{new.get(i, f's[{i}]')}, " for i in range(len(variables))) + ")"
    if any(holds_stamps(variables[place].type) for place, _ in changed):
        state = f"canon({state})"
    lines.append(f"{indent}{start}, {state}, {found}))")


def write_questions(
    writer: Writer,
    lines: list[str],
    indent: str,
    questions: Questions,
    uses: Mapping[Expr, int],
) -> None:
    """Puts the numbers of the questions that are answered yes into ``found``; each conjunct is
    looked at only if those before it are true."""
    lines.append(f"{indent}found = ()")
    for number, question in questions:
        inner, depth = writer, indent
        parts = question.arguments if isinstance(question, And) else (question,)
        for part in parts:
            inner.share([part], lines, depth, uses)
            lines.append(f"{depth}if {inner.text(part)}:")
            inner, depth = inner.copy(), depth + " "
            if isinstance(part, HasTag):
                inner.facts.add((part.message, part.tag))
        lines.append(f"{depth}found += ({number},)")


def variables_read(system: TransitionSystem, roots: Iterable[Expr]) -> dict[Expr, int]:
    """The variables that expressions read, with their places in the state."""
    places = {v.name: i for i, v in enumerate(system.variables)}
    read = {node for node in walk(*roots) if isinstance(node, Var)}
    return {node: places[node.name] for node in sorted(read, key=lambda v: places[v.name])}


def _domain(writer: Writer, variable: Param, within: Expr | None) -> str:
    if within is None:
        return writer.constant(tuple(T.values(variable.type)))
    text = writer.text(within)
    # Copies of a message, and repeated items of a list, are one choice.
    return text if isinstance(within.type, T.Set) else f"dict.fromkeys({text})"
