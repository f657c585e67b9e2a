"""The transition system and the questions about it, compiled to Python functions.

Source text, because a generated function runs about three times as fast here as closures over the
expression graph, and the text can be read when something is wrong: `Compiled.source`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from verifier.engines.explicit.expressions import Writer
from verifier.engines.explicit.runtime import NAMES
from verifier.engines.explicit.stamps import holds_stamps, stamp_functions
from verifier.ir import types as T
from verifier.ir.build import TRUE
from verifier.ir.expr import And, Expr, HasTag, Param, Var, walk
from verifier.ir.problem import BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Action, State, TransitionSystem

# A transition as the search sees it: index of the action, arguments, successor.  For a step that
# fails a check the successor is the index of that check.
Transition = tuple[int, tuple[Any, ...], Any]
Predicate = Callable[[State], bool]
StepPredicate = Callable[[State, tuple[Any, ...]], bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """``expand`` appends every transition of a state to a list.  ``states`` and ``final`` are the
    questions about states, ``steps`` those about the transitions of one action."""

    expand: Callable[[State, Callable[[Transition], None]], None]
    canonical: Callable[[State], State]
    states: dict[str, Predicate]
    final: dict[str, Predicate]
    steps: dict[int, dict[str, StepPredicate]]
    branches: dict[int, tuple[StepPredicate, ...]]
    source: str


def compile_problem(problem: SafetyProblem) -> Compiled:
    """All functions that the search of a problem needs."""
    system = problem.system
    constants: dict[str, object] = {}
    lines = stamp_functions(system)
    for index, action in enumerate(system.actions):
        lines += _action(system, index, action, constants)
    lines += ["def expand(s, out):"]
    lines += [f"    action{index}(s, out)" for index in range(len(system.actions))] or ["    pass"]
    asked: list[tuple[str, str, object]] = []  # table, name of the function, key
    for number, bad in enumerate(problem.bad):
        match bad:
            case BadState(name, condition):
                lines += _predicate(system, f"bad{number}", condition, constants)
                asked.append(("states", f"bad{number}", name))
            case Stuck(name, final):
                lines += _predicate(system, f"bad{number}", final, constants)
                asked.append(("final", f"bad{number}", name))
            case BadStep(name, conditions):
                for index, action in enumerate(system.actions):
                    if action.name in conditions:
                        function = f"bad{number}_{index}"
                        condition = conditions[action.name]
                        lines += _predicate(system, function, condition, constants, action)
                        asked.append(("steps", function, (index, name)))
    branch_names: dict[int, list[str]] = {}
    for index, action in enumerate(system.actions):
        for number, branch in enumerate(action.branches):
            function = f"branch{index}_{number}"
            lines += _predicate(system, function, branch.condition, constants, action)
            branch_names.setdefault(index, []).append(function)
    source = "\n".join(lines)
    scope: dict[str, Any] = {**NAMES, **constants}
    exec(compile(source, f"<{system.name}>", "exec"), scope)
    steps: dict[int, dict[str, StepPredicate]] = {}
    for table, function, key in asked:
        if table == "steps":
            index, name = key  # type: ignore[misc]
            steps.setdefault(index, {})[name] = scope[function]
    return Compiled(
        expand=scope["expand"],
        canonical=scope["canon"],
        states={str(key): scope[f] for table, f, key in asked if table == "states"},
        final={str(key): scope[f] for table, f, key in asked if table == "final"},
        steps=steps,
        branches={i: tuple(scope[f] for f in names) for i, names in branch_names.items()},
        source=source,
    )


def _variables(system: TransitionSystem, roots: Iterable[Expr]) -> dict[Expr, int]:
    """The variables that expressions read, with their places in the state."""
    places = {v.name: i for i, v in enumerate(system.variables)}
    read = {node for node in walk(*roots) if isinstance(node, Var)}
    return {node: places[node.name] for node in sorted(read, key=lambda v: places[v.name])}


def _predicate(
    system: TransitionSystem,
    function: str,
    condition: Expr,
    constants: dict[str, object],
    action: Action | None = None,
) -> list[str]:
    """A function of a state, and of the arguments where an action is given."""
    lines = [f"def {function}(s{', a' if action is not None else ''}):"]
    writer = Writer({}, constants)
    for variable, place in _variables(system, [condition]).items():
        lines.append(f"    v{place} = s[{place}]")
        writer.names[variable] = f"v{place}"
    if action is not None:
        for number, parameter in enumerate(action.parameters):
            writer.bind(parameter.variable, f"a[{number}]", parameter.within)
    writer.share([condition], lines, "    ")
    return [*lines, f"    return {writer.text(condition)}"]


def _action(
    system: TransitionSystem, index: int, action: Action, constants: dict[str, object]
) -> list[str]:
    """``actionN(s, out)``: loops over the parameters, the guard tested as early as possible."""
    lines = [f"def action{index}(s, out):  # {action.name}"]
    writer = Writer({}, constants)
    assigned = [v for v in system.variables if v.name in action.assignments]
    results = [action.assignments[v.name] for v in assigned]
    checks = [check.condition for check in action.checks]
    domains = [p.within for p in action.parameters if p.within is not None]
    for variable, place in _variables(system, [action.guard, *checks, *results, *domains]).items():
        lines.append(f"    v{place} = s[{place}]")
        writer.names[variable] = f"v{place}"
    indent, leave = "    ", "return"
    conjuncts = list(action.guard.arguments) if isinstance(action.guard, And) else [action.guard]
    waiting = [c for c in conjuncts if c is not TRUE]
    parameters = {p.variable for p in action.parameters}
    bound: set[Expr] = set()
    for number in range(len(action.parameters) + 1):
        ready = [c for c in waiting if _reads(c) & parameters <= bound]
        waiting = [c for c in waiting if c not in ready]
        for conjunct in ready:
            lines.append(f"{indent}if not {writer.text(conjunct)}: {leave}")
            if isinstance(conjunct, HasTag):
                writer.facts.add((conjunct.message, conjunct.tag))
        if number < len(action.parameters):
            parameter = action.parameters[number]
            lines.append(
                f"{indent}for p{number} in {_domain(writer, parameter.variable, parameter.within)}:"
            )
            writer.bind(parameter.variable, f"p{number}", parameter.within)
            bound.add(parameter.variable)
            indent, leave = indent + "    ", "continue"
    assert not waiting, f"{action.name}: part of the guard reads an unknown parameter"
    arguments = "(" + "".join(f"p{n}, " for n in range(len(action.parameters))) + ")"
    writer.share([*checks, *results], lines, indent)
    for number, check in enumerate(checks):
        lines.append(f"{indent}if not {writer.text(check)}:")
        lines.append(f"{indent}    out(({index}, {arguments}, {number})); {leave}")
    places = {v.name: i for i, v in enumerate(system.variables)}
    new = {places[v.name]: writer.text(action.assignments[v.name]) for v in assigned}
    state = "(" + "".join(f"{new.get(i, f's[{i}]')}, " for i in range(len(places))) + ")"
    stamped = any(holds_stamps(v.type) for v in assigned)
    lines.append(f"{indent}out(({index}, {arguments}, {f'canon({state})' if stamped else state}))")
    return lines


def _reads(expr: Expr) -> set[Expr]:
    return {node for node in walk(expr) if isinstance(node, Param)}


def _domain(writer: Writer, variable: Param, within: Expr | None) -> str:
    if within is None:
        return writer.constant(tuple(T.values(variable.type)))
    text = writer.text(within)
    # Copies of a message, and repeated items of a list, are one choice.
    return text if isinstance(within.type, T.Set) else f"dict.fromkeys({text})"
