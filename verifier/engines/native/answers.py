"""What a search has established: answers, counts, and the runs to what was seen.

A run is the chain of parents of a state.  Its labels are not stored: the code of one action after
the other is run on each state of the chain until one makes the next state, and the reference
semantics says which choice of the action that was.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from itertools import islice

from verifier.engines.native.block import BUFFER_WORDS, SIGHTING_WORDS, Block
from verifier.engines.native.state import Search, Sighting
from verifier.engines.native.workspace import (
    Sizes,
    Words,
    Worker,
    Workspace,
    callback_address,
    make_worker,
)
from verifier.ir.packing import Packing
from verifier.ir.problem import BadStep, SafetyProblem, Stuck
from verifier.ir.semantics import choices, evaluate, fire, initial_states
from verifier.ir.stamps import canonical
from verifier.ir.system import Action, Check, Label, State
from verifier.traces.trace import Step, Trace
from verifier.verdict import Absent, Answer, Exhaustive, Exploration, Fault, Found, Unknown

NO_PARENT = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Runs:
    """Makes traces after a search, with a worker of its own."""

    search: Search
    problem: SafetyProblem
    packing: Packing
    worker: Worker

    def trace(self, sighting: Sighting, *, with_step: bool) -> Trace:
        """The run to a state, or to a transition out of it."""
        numbers = [sighting.state]
        workspace = self.search.workspace
        while (parent := workspace.parent(numbers[-1])) != NO_PARENT:
            numbers.append(parent)
        numbers.reverse()
        system = self.problem.system
        if workspace.shape.compact:
            # Of an initial state the ordinal is that of its label among the initial ones.
            label = islice(initial_states(system), workspace.ordinal(numbers[0]), None)
            rows = [self.packing.pack(next(label)[1])]
            steps = []
            for number in islice(numbers, 1, None):
                step = self._step_by_ordinal(rows[-1], workspace.ordinal(number))
                assert step.state is not None
                rows.append(self.packing.pack(step.state))
                steps.append(step)
        else:
            rows = [workspace.state_words(number) for number in numbers]
            pairs = zip(rows, islice(rows, 1, None), strict=False)
            steps = [self._step_to(source, target) for source, target in pairs]
        initial = self.packing.unpack(rows[0])
        start = next(label for label, state in initial_states(system) if state == initial)
        if with_step:
            steps.append(self._step_by_ordinal(rows[-1], sighting.ordinal))
        return Trace(start, initial, tuple(steps))

    def _transitions(self, source: list[int], action: int) -> tuple[int, dict[int, list[int]]]:
        """How many transitions an action has in a state, and the successors by ordinal."""
        worker, shape = self.worker, self.search.workspace.shape
        block = worker.block
        for word in (Block.TRANSITIONS, Block.START, Block.ROUND, Block.STATE):
            block[word] = 0
        held = (ctypes.c_uint64 * shape.words)(*source)
        self.search.tiers.code.step(ctypes.addressof(block), ctypes.addressof(held), action)
        found: dict[int, list[int]] = {}
        for owner in range(shape.owners):
            place = owner * BUFFER_WORDS
            count = worker.buffers[place + 1]
            worker.buffers[place + 1] = 0
            size = shape.record
            records = (ctypes.c_uint64 * (count * size)).from_address(worker.buffers[place])
            for start in range(0, count * size, size):
                ordinal = records[start + 1] >> 32
                found[ordinal] = records[start + shape.header : start + size]
        return block[Block.TRANSITIONS], found

    def _step_to(self, source: list[int], target: list[int]) -> Step:
        """The first step from one state to another."""
        for number, action in enumerate(self.problem.system.actions):
            _, found = self._transitions(source, number)
            ordinals = [ordinal for ordinal, state in found.items() if state == target]
            if ordinals:
                return self._labelled(action, self.packing.unpack(source), min(ordinals))
        raise AssertionError("no action leads from a state to the next one of its run")

    def _step_by_ordinal(self, source: list[int], ordinal: int) -> Step:
        """The transition of a state that has so many before it."""
        for number, action in enumerate(self.problem.system.actions):
            count, _ = self._transitions(source, number)
            if ordinal < count:
                return self._labelled(action, self.packing.unpack(source), ordinal)
            ordinal -= count
        raise AssertionError("a state has fewer transitions than when it was expanded")

    def _labelled(self, action: Action, state: State, ordinal: int) -> Step:
        """The enabled choice of an action that has so many before it, by the reference."""
        system = self.problem.system
        enabled = (
            arguments
            for arguments in choices(system, action, state)
            if evaluate(system, action.guard, state, arguments)
        )
        arguments = next(islice(enabled, ordinal, None))
        after = fire(system, action, state, arguments)
        label = Label(action.name, tuple(arguments.values()))
        return Step(label, None if isinstance(after, Check) else canonical(system, after))


def prepare_runs(
    search: Search,
    problem: SafetyProblem,
    packing: Packing,
    sizes: Sizes,
) -> Runs:
    """What it takes to make traces."""
    workspace = search.workspace
    worker = make_worker(workspace.shape, sizes)
    worker.block[Block.ENLARGE] = callback_address(workspace)
    for word in (Block.TABLE, Block.TABLE_SIZE):  # looked at in advance, never written here
        worker.block[word] = workspace.workers[0].block[word]
    workspace.by_address[ctypes.addressof(worker.block)] = worker
    return Runs(search, problem, packing, worker)


def conclude(
    runs: Runs, faults: tuple[tuple[int, int], ...], stopped: str, seconds: float
) -> Exploration:
    """Everything that the search has established."""
    search, problem = runs.search, runs.problem
    workspace = search.workspace
    if stopped == "" and workspace.shape.compact:
        stopped = omission(search.states)
    complete = stopped == ""
    depth = search.depth
    everything = Exhaustive(search.states, search.transitions, depth)
    answers: dict[str, Answer] = {}
    for number, bad in enumerate(problem.bad):
        sighting = search.found.bads.get(number)
        if sighting is not None:
            trace = runs.trace(sighting, with_step=_is_step(problem, number))
            count = _total(workspace, number, "sightings")
            answers[bad.name] = Found(trace, count if complete else None)
        else:
            # Of the level that was being expanded it is not known which states are stuck.
            bound = max(depth - 1, 0) if isinstance(bad, Stuck) else depth
            answers[bad.name] = Absent(everything) if complete else Unknown(bound, stopped)
    actions = problem.system.actions
    # In the order in which they were met: by state in the order of discovery, then by ordinal.
    failing = sorted(search.found.faults)
    found_faults = tuple(
        Fault(
            actions[faults[number][0]].checks[faults[number][1]],
            Found(
                runs.trace(search.found.faults[number], with_step=True),
                _total(workspace, number, "faults") if complete else None,
            ),
        )
        for number in failing
    )
    fired = {
        action.name: sum(worker.fired[number] for worker in workspace.workers)
        for number, action in enumerate(actions)
    }
    return Exploration(
        engine="native",
        complete=complete,
        stopped=stopped,
        states=search.states,
        transitions=search.transitions,
        depth=depth,
        terminal=workspace.count(Block.TERMINAL),
        answers=answers,
        faults=tuple(sorted(found_faults, key=lambda fault: fault.found.trace.depth)),
        fired=fired,
        untaken=tuple(
            (action.name, branch)
            for number, action in enumerate(actions)
            for branch in range(len(action.branches))
            if all(_marked(worker.untaken[number], branch) for worker in workspace.workers)
        ),
        seconds=seconds,
        bytes_per_state=_bytes(workspace) / max(search.states, 1),
    )


def omission(states: int) -> str:
    """Why a compact search proves nothing, with the probability that two of the states had one
    hash, so that the second was taken for the first: the birthday bound for 64 bits."""
    probability = -math.expm1(-states * (states - 1) / 2**65)
    return (
        f"only a hash of each of the {states:,} states was kept, "
        f"and some state was missed with a probability of about {probability:.1e}"
    )


def _bytes(workspace: Workspace) -> int:
    """The memory of the visited set: the tables, the states, and how they were found."""
    shape = workspace.shape
    columns = 4 + 4 * shape.compact
    total = 0
    for worker, owner in zip(workspace.workers, workspace.owners, strict=True):
        count = worker.block[Block.COUNT]
        kept = count - owner.bases[0] if shape.compact else count
        total += owner.table_size * 8 + kept * shape.words * 8 + count * columns
    return total


def _is_step(problem: SafetyProblem, number: int) -> bool:
    return isinstance(problem.bad[number], BadStep)


def _total(workspace: Workspace, number: int, table: str) -> int:
    return sum(getattr(worker, table)[number * SIGHTING_WORDS] for worker in workspace.workers)


def _marked(marks: Words, branch: int) -> bool:
    return bool(marks[branch // 64] >> branch % 64 & 1)
