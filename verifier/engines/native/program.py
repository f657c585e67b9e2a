"""The whole module for a problem: its steps, its questions, and the search around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from verifier.engines.native.block import Block
from verifier.engines.native.checks import checks
from verifier.engines.native.code import Function, Scratch
from verifier.engines.native.constants import Constants
from verifier.engines.native.driver import driver
from verifier.engines.native.questions import ask
from verifier.engines.native.shape import Shape
from verifier.engines.native.stamps import stamp_functions
from verifier.engines.native.steps import Program, step_function
from verifier.engines.native.visited import visited_set
from verifier.ir.expr import Expr
from verifier.ir.packing import Packing, is_small
from verifier.ir.problem import BadState, SafetyProblem, Stuck, asked
from verifier.ir.semantics import initial_states
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import State
from verifier.ir.types import scalar_range

_DECLARATIONS = """\
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
declare i64 @llvm.ctpop.i64(i64)
declare i64 @llvm.cttz.i64(i64, i1)
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a module before its text is written: ``faults`` gives action and check of
    each number of a check."""

    packing: Packing
    shape: Shape
    faults: tuple[tuple[int, int], ...]
    checked: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A module as LLVM reads it, and the words of scratch room that it needs."""

    lines: str
    scratch_words: int


def lay_out(problem: SafetyProblem, owners: int, *, compact: bool, checked: bool = False) -> Layout:
    """The layout of the module that explores a problem.  The code of a ``checked`` one looks at
    every index and at every state it makes, and counts what it finds wrong: for the tests."""
    packing = Packing(problem.system)
    shape = Shape(
        packing.words,
        owners,
        compact,
        len(problem.system.actions),
        any(isinstance(bad, BadState) for bad in problem.bad),
        any(isinstance(bad, Stuck) for bad in problem.bad),
    )
    faults = tuple(
        (index, check)
        for index, action in enumerate(problem.system.actions)
        for check in range(len(action.checks))
    )
    return Layout(packing, shape, faults, checked)


FEW_INITIAL = 1000
"""States that the reference semantics makes before machine code for them would be there."""


def first_states(problem: SafetyProblem) -> list[State] | None:
    """The initial states, where they are few; None where code has to make them."""
    labels = 0
    for action in problem.system.initial:
        ranges = [scalar_range(parameter.variable.type) for parameter in action.parameters]
        if any(parameter.within is not None for parameter in action.parameters) or None in ranges:
            return None
        labels += prod(len(of) for of in ranges if of is not None)
    return None if labels > FEW_INITIAL else [state for _, state in initial_states(problem.system)]


def without_first(problem: SafetyProblem) -> SafetyProblem:
    """What is made code of where the initial states are few: the same for systems that differ in
    these only, such as those of the options that a model leaves open (decision 016)."""
    return replace(problem, system=replace(problem.system, initial=()))


def write_module(problem: SafetyProblem, layout: Layout) -> Text:
    """The text of the module."""
    system, packing = problem.system, layout.packing
    questions = asked(problem)
    program = Program(
        system,
        packing,
        Constants(),
        {},
        {variable.name: place for place, variable in enumerate(system.variables)},
        {fault: number for number, fault in enumerate(layout.faults)},
        Scratch(Block.SCRATCH),
        layout.checked,
    )
    parts = []
    for index, action in enumerate(system.initial):
        parts += step_function(program, index, action, (), f"initial{index}")
    for index, action in enumerate(system.actions):
        parts += step_function(
            program, index, action, questions.steps[action.name], f"action{index}"
        )
    if any(holds_stamps(variable.type) for variable in system.variables):
        parts += stamp_functions(packing, program.constants)
    if layout.checked:
        parts += checks(packing, program.constants)
    parts.append(_initial(len(system.initial)))
    if questions.states:
        parts.append(_look(program, questions.states))
    if questions.ends:
        parts.append(_stuck(program, questions.ends))
    parts += [*visited_set(layout.shape), *driver(layout.shape)]
    lines = [*_title(problem, packing), _DECLARATIONS, *program.constants.lines, "", *parts]
    return Text("\n".join(lines), program.scratch.words)


def _title(problem: SafetyProblem, packing: Packing) -> Iterator[str]:
    """What a reader of the code needs to know: where the variables stand, what the numbers of the
    questions mean."""
    system = problem.system
    yield f"; {system.name}: a state is {packing.words} words, {packing.bits} bits of them in use"
    for variable, place in zip(system.variables, packing.places, strict=True):
        bits = place.layout.bits
        if is_small(place.layout):
            where = f"word {place.word}, bits {place.shift} to {place.shift + bits - 1}"
            yield f";   {variable.name}: {where if bits else 'no bits, it has one value'}"
        else:
            last = place.word + place.layout.words - 1
            yield f";   {variable.name}: words {place.word} to {last}"
    for number, bad in enumerate(problem.bad):
        yield f"; question {number}: {_shown(bad.name)}"


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _initial(count: int) -> str:
    f = Function("initial", "ptr %block")
    for index in range(count):
        f.do(f"call void @initial{index}(ptr %block, ptr null)")
    f.leave()
    return f.text()


def _look(program: Program, questions: list[tuple[int, Expr]]) -> str:
    """``look(block, state, id, key)`` asks the questions about states of a new state."""
    f = program.function("look", "ptr %state, i64 %id, i64 %key")
    w = program.writer(f, "%state")
    found = "call void @saw_state(ptr %block, i64 {}, i64 %id, i64 %key)"
    ask(w, [(question, found.format(number)) for number, question in questions])
    f.leave()
    return f.text()


def _stuck(program: Program, questions: list[tuple[int, Expr]]) -> str:
    """``stuck(block, state)`` asks the questions about a state without an enabled step."""
    f = program.function("stuck", "ptr %state")
    w = program.writer(f, "%state")
    ask(w, [(q, f"call void @saw(ptr %block, i64 {number})") for number, q in questions])
    f.leave()
    return f.text()
