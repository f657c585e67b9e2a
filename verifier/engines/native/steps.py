"""One function for each action: its parameters, its guard, and the cases of what it does."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import cast

from verifier.engines.native import collections, expressions, rows
from verifier.engines.native.access import Access, mask
from verifier.engines.native.arrays import each
from verifier.engines.native.block import Block
from verifier.engines.native.code import Function, Pointer, Scratch, Word
from verifier.engines.native.constants import Constants
from verifier.engines.native.questions import ask
from verifier.engines.native.shape import REGISTERS_MAX
from verifier.engines.native.values import Number, Small, Truth, Value, Wide
from verifier.engines.native.writer import Writer
from verifier.ir import expr as E
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
from verifier.ir.expr import And, Expr, HasTag, Param, Var
from verifier.ir.packing import Packing, is_small
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import Action, Kind, Parameter, TransitionSystem


@dataclass(frozen=True, slots=True)
class Program:
    """What all functions of the module share."""

    system: TransitionSystem
    packing: Packing
    constants: Constants
    free: dict[Expr, frozenset[Param]]
    variables: dict[str, int]
    faults: dict[tuple[int, int], int]  # (action, check) to the number of the check in the run
    scratch: Scratch
    checked: bool

    def function(self, name: str, parameters: str) -> Function:
        """A function that is called with the block first."""
        return Function(name, f"ptr %block, {parameters}", "void", "noinline", self.scratch)

    def writer(self, f: Function, state: Pointer | None) -> Writer:
        """A writer of expressions over a state."""
        access = Access(f, self.packing, self.constants, checked=self.checked)
        return Writer(
            access, self.system, expressions.make, self.free, state, variables=self.variables
        )


def step_function(
    program: Program, index: int, action: Action, questions: Questions, name: str
) -> list[str]:
    """``name(block, state)`` appends every successor by the action; for an initial action there is
    no state."""
    first = action.kind is Kind.INITIAL
    f = program.function(name, "ptr %state")
    f.remark(f"{action.name}" + (f"  ({action.origin})" if action.origin else ""))
    w = program.writer(f, None if first else "%state")
    whole = outcome(program.system, action, questions)
    conjuncts = list(action.guard.arguments) if isinstance(action.guard, And) else [action.guard]
    waiting = [c for c in conjuncts if c is not TRUE]
    parameters = {p.variable for p in action.parameters}
    bound: set[Expr] = set()
    leave = f.new_label("end")
    extra: list[str] = []
    end = leave
    with ExitStack() as loops:
        for number in range(len(action.parameters) + 1):
            ready = [c for c in waiting if parameters_in(c) & parameters <= bound]
            waiting = [c for c in waiting if c not in ready]
            for conjunct in ready:
                f.leave_unless(w.truth(conjunct), leave)
                if isinstance(conjunct, HasTag):
                    w.facts.add((conjunct.message, conjunct.tag))
            if number < len(action.parameters):
                parameter = action.parameters[number]
                leave = _choose(w, parameter, loops)
                bound.add(parameter.variable)
        assert not waiting, f"{action.name}: part of the guard reads an unknown parameter"
        f.increment("%block", Block.TRANSITIONS)
        if not first:
            f.increment(f.load("%block", Block.FIRED, "ptr"), index)
            if action.branches:
                extra = _mark_branches(program, w, index, action)
        case = behind_guard(whole, conjuncts)
        # Asked once, ahead of the cases: written into each case they were most of the code.
        ask(w, [(q, f"call void @saw(ptr %block, i64 {n})") for n, q in case.questions])
        _case(program, w, index, replace(case, questions=()), leave, SPLITS_MAX)
    f.label(end)
    f.leave()
    return [f.text(), *extra]


def _choose(w: Writer, parameter: Parameter, loops: ExitStack) -> str:
    """Begins the loop over the values of a parameter; gives the label that goes on."""
    variable, within = parameter.variable, parameter.within
    if within is None:
        loops.enter_context(w.scope())
        value, again, _ = loops.enter_context(collections.each_of_type(w, variable.type))
        w.bind_variable(variable, value)
        return again
    if isinstance(within, E.Deliverable):
        place, message, again, _ = loops.enter_context(collections.deliverable(w, within))
        channel = w.packed(within.channel)
        if not cast(T.Channel, channel.type).fifo:
            collections.distinct(w, channel, place, message, again)
        w.bind_variable(variable, message)
        w.taken[variable] = (within.channel, place)
        return again
    whole = w.packed(within)
    loops.enter_context(w.scope())
    place, item, again, _ = loops.enter_context(each(w.access, whole))
    collections.distinct(w, whole, place, item, again)
    w.bind_variable(variable, item)
    w.taken[variable] = (within, place)
    return again


def _mark_branches(program: Program, w: Writer, index: int, action: Action) -> list[str]:
    """Calls a function of its own while there are branches that no step has taken."""
    f = w.f
    words = -(-len(action.branches) // 64)
    marks = f.at(f.load("%block", Block.UNTAKEN, "ptr"), index)
    marks = f.load(marks, 0, "ptr")
    left: Word = 0
    for number in range(words):
        left = f.or_(left, f.load(marks, number))
    arguments = [(p.variable, w.known[p.variable]) for p in action.parameters]
    with f.when(f.compare("ne", left, 0)):
        given = "".join(f", {_register(value)}" for _, value in arguments)
        f.do(f"call void @branches{index}(ptr %block, ptr {marks}, ptr %state{given})")
    return [_branches(program, index, action, arguments)]


def _register(value: Value, name: str | None = None) -> str:
    """A value as an argument of a call, or as a parameter of a given name."""
    match value:
        case Truth(bit):
            return f"i1 {name or str(bit).lower() if isinstance(bit, bool) else name or bit}"
        case Number(word):
            return f"{value.register} {name or word}"
        case Small(word):
            return f"i64 {name or word}"
        case Wide(pointer):
            return f"ptr {name or pointer}"
        case _:
            raise AssertionError(value)


def _renamed(value: Value, name: str) -> Value:
    match value:
        case Truth():
            return Truth(name)
        case Number(_, low, high):
            return Number(name, low, high)
        case Small(_, of):
            return Small(name, of)
        case Wide(_, of):
            return Wide(name, of)
        case _:
            raise AssertionError(value)


def _branches(
    program: Program, index: int, action: Action, arguments: Sequence[tuple[Param, Value]]
) -> str:
    """``branchesN(block, marks, state, arguments)`` clears the marks of the branches taken."""
    names = [f"%p{number}" for number in range(len(arguments))]
    given = "".join(
        f", {_register(value, name)}" for (_, value), name in zip(arguments, names, strict=True)
    )
    f = program.function(f"branches{index}", f"ptr %marks, ptr %state{given}")
    w = program.writer(f, "%state")
    for (variable, value), name in zip(arguments, names, strict=True):
        w.bind(variable, _renamed(value, name))
    for number, branch in enumerate(action.branches):
        word, bit = divmod(number, 64)
        marks = f.load("%marks", word)
        left = f.compare("ne", f.and_(marks, 1 << bit), 0)
        with f.when(left), w.scope(), f.when(w.truth(branch.condition)):
            f.store(f.and_(f.load("%marks", word), mask(64) ^ 1 << bit), "%marks", word)
    f.leave()
    return f.text()


def _case(program: Program, w: Writer, index: int, case: Outcome, leave: str, splits: int) -> None:
    """The code of a case: split at the condition that most values depend on, while there is one."""
    condition = split(case) if splits else None
    if condition is None:
        _end(program, w, index, case, leave)
        return
    f = w.f
    bit = w.truth(condition)
    then, otherwise = f.new_label("case"), f.new_label("else")
    f.branch(bit, then, otherwise)
    for value, label in ((True, then), (False, otherwise)):
        with w.scope():
            f.label(label, only_from_here=True)
            inner = case.when(facts([(condition, value)]))
            _case(program, w, index, inner, leave, splits - 1)


def _end(program: Program, w: Writer, index: int, case: Outcome, leave: str) -> None:
    """Checks and successor of a case that is not split further."""
    f = w.f
    for number, check in case.checks:
        passed, failed = f.new_label("passed"), f.new_label("failed")
        f.branch(w.truth(check), passed, failed)
        f.label(failed, only_from_here=True)
        failing = program.system.actions[index].checks[number]
        f.remark(f"{failing.code} {failing.message}  ({failing.origin})")
        f.do(f"call void @fault(ptr %block, i64 {program.faults[index, number]})")
        f.jump(leave)
        f.label(passed, only_from_here=True)
    w.access.settled = True
    _successor(program, w, case)
    w.access.settled = False
    f.jump(leave)


def _successor(program: Program, w: Writer, case: Outcome) -> None:
    """Makes the packed successor and hands it on."""
    f, packing = w.f, program.packing
    variables = program.system.variables
    changed = [
        (place, expr)
        for place, expr in case.results
        if not (isinstance(expr, Var) and expr.name == variables[place].name)
    ]
    for _, expr in changed:  # all from the old state, before anything is written
        w.value(expr)
    target = f.room(packing.words)
    if w.state is None:
        rows.clear(w.f, target, packing.words)
    else:
        rows.copy(w.f, target, w.state, packing.words)
    new: dict[int, Word] = {}
    holes: dict[int, int] = {}
    for place, expr in changed:
        spot, of = packing.places[place], variables[place].type
        f.remark(f"{variables[place].name} :=")
        if is_small(spot.layout):
            bits = f.shl(w.access.word(w.value(expr), of), spot.shift)
            new[spot.word] = f.or_(new.get(spot.word, 0), bits)
            holes[spot.word] = holes.get(spot.word, 0) | mask(spot.layout.bits) << spot.shift
        else:
            w.access.write(target, spot, w.access.packed(w.value(expr), of), of)
    for number, bits in new.items():
        old = f.load(target, number) if w.state is not None else 0
        f.store(f.or_(f.and_(old, mask(64) ^ holes[number]), bits), target, number)
    if any(holds_stamps(variables[place].type) for place, _ in changed):
        f.do(f"call void @canonical(ptr {target})")
    if program.checked:
        f.do(f"call void @valid(ptr %block, ptr {target})")
    if packing.words <= REGISTERS_MAX:
        words = "".join(f", i64 {f.load(target, n)}" for n in range(packing.words))
        f.do(f"call void @append(ptr %block{words})")
    else:
        f.do(f"call void @append(ptr %block, ptr {target})")
