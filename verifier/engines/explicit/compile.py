"""The transition system and the questions about it, compiled to Python functions.

Source text, because a generated function runs about three times as fast here as closures over the
expression graph, and the text can be read when something is wrong: `Compiled.source`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verifier.engines.explicit.expressions import Writer, count_uses
from verifier.engines.explicit.runtime import NAMES
from verifier.engines.explicit.stamps import stamp_functions
from verifier.engines.explicit.steps import (
    step_function,
    variables_read,
    write_questions,
)
from verifier.ir.cases import Questions
from verifier.ir.expr import Expr
from verifier.ir.problem import SafetyProblem, asked
from verifier.ir.system import Action, State, TransitionSystem

# A transition as the search sees it: index of the action, arguments, successor, numbers of the bad
# steps it is.  For a step that fails a check the successor is the index of that check.
Transition = tuple[int, tuple[Any, ...], Any, tuple[int, ...]]
StepPredicate = Callable[[State, tuple[Any, ...]], bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """``expand`` hands every transition of a state to a function.  ``look`` gives the numbers (in
    the problem) of the bad states that a state is, ``stuck`` of the `Stuck` that it is if it has no
    enabled label.  ``branches`` are the conditions of an action's branches."""

    expand: Callable[[State, Callable[[Transition], None]], None]
    look: Callable[[State], tuple[int, ...]]
    stuck: Callable[[State], tuple[int, ...]]
    branches: dict[int, tuple[StepPredicate, ...]]
    source: str


def compile_problem(problem: SafetyProblem) -> Compiled:
    """All functions that the search of a problem needs."""
    system = problem.system
    constants: dict[str, object] = {}
    questions = asked(problem)
    lines = stamp_functions(system)
    for index, action in enumerate(system.actions):
        lines += step_function(system, index, action, questions.steps[action.name], constants)
    lines += ["def expand(s, out):"]
    lines += [f"    action{index}(s, out)" for index in range(len(system.actions))] or ["    pass"]
    lines += _questions(system, "look", questions.states, constants)
    lines += _questions(system, "stuck", questions.ends, constants)
    branches: dict[int, list[str]] = {}
    for index, action in enumerate(system.actions):
        for number, branch in enumerate(action.branches):
            function = f"branch{index}_{number}"
            lines += _predicate(system, function, branch.condition, constants, action)
            branches.setdefault(index, []).append(function)
    source = "\n".join(lines)
    scope: dict[str, Any] = {**NAMES, **constants}
    exec(compile(source, f"<{system.name}>", "exec"), scope)
    return Compiled(
        expand=scope["expand"],
        look=scope["look"],
        stuck=scope["stuck"],
        branches={i: tuple(scope[f] for f in names) for i, names in branches.items()},
        source=source,
    )


def _questions(
    system: TransitionSystem, function: str, questions: Questions, constants: dict[str, object]
) -> list[str]:
    """A function of a state that gives the numbers of the questions it answers yes."""
    lines = [f"def {function}(s):"]
    writer = Writer({}, constants)
    roots = [question for _, question in questions]
    for variable, place in variables_read(system, roots).items():
        lines.append(f"    v{place} = s[{place}]")
        writer.names[variable] = f"v{place}"
    write_questions(writer, lines, "    ", questions, count_uses(roots))
    return [*lines, "    return found"]


def _predicate(
    system: TransitionSystem,
    function: str,
    condition: Expr,
    constants: dict[str, object],
    action: Action,
) -> list[str]:
    """A function of a state and the arguments of an action."""
    lines = [f"def {function}(s, a):"]
    writer = Writer({}, constants)
    for variable, place in variables_read(system, [condition]).items():
        lines.append(f"    v{place} = s[{place}]")
        writer.names[variable] = f"v{place}"
    for number, parameter in enumerate(action.parameters):
        writer.bind(parameter.variable, f"a[{number}]", parameter.within)
    writer.share([condition], lines, "    ")
    return [*lines, f"    return {writer.text(condition)}"]
