"""Exact breadth-first search: the reference engine.

Every state is kept in full, levels are finished in order, and ties are broken by the order of
enumeration: so counts are exact, every run that is found is a shortest one, and two runs of the
tool agree to the letter (decisions 003, 005, 006).
"""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field
from itertools import islice

from verifier.engines.explicit.compile import Compiled, Transition, compile_problem
from verifier.engines.interface import FOUND_ALL, INTERRUPTED, TIMED_OUT, Budget, Observer
from verifier.engines.memory import memory_bytes
from verifier.ir.problem import Bad, SafetyProblem, Stuck
from verifier.ir.semantics import initial_states
from verifier.ir.system import Label, State, TransitionSystem
from verifier.ir.types import Value
from verifier.traces.trace import Step, Trace
from verifier.verdict import Absent, Answer, Exhaustive, Exploration, Fault, Found, Unknown

REPORT_EVERY = 10_000  # transitions between two looks at the clock, the memory and the observer
NO_PARENT = -1


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where something was found first: a state, or a transition out of it."""

    state: int
    transition: tuple[int, tuple[Value, ...]] | None = None


@dataclass(slots=True)
class Search:
    """What a running search knows."""

    system: TransitionSystem
    bad: tuple[Bad, ...]
    states: list[State] = field(default_factory=list)
    index: dict[State, int] = field(default_factory=dict)
    parents: array[int] = field(default_factory=lambda: array("q"))
    starts: list[Label] = field(default_factory=list)
    transitions: int = 0
    depth: int = 0
    terminal: int = 0
    sightings: dict[str, Sighting] = field(default_factory=dict)
    occurrences: dict[str, int] = field(default_factory=dict)
    faults: dict[tuple[int, int], tuple[Sighting, int]] = field(default_factory=dict)
    fired: list[int] = field(default_factory=list)
    untaken: dict[int, list[int]] = field(default_factory=dict)

    def saw(self, name: str, sighting: Sighting) -> None:
        """Counts an occurrence of a bad; the first one met is a nearest one."""
        self.occurrences[name] = self.occurrences.get(name, 0) + 1
        self.sightings.setdefault(name, sighting)


def explore(problem: SafetyProblem, budget: Budget, observer: Observer) -> Exploration:
    """Visits every reachable state and answers every question of the problem."""
    began = time.monotonic()
    system = problem.system
    compiled = compile_problem(problem)
    search = Search(system, problem.bad)
    search.fired = [0] * len(system.actions)
    search.untaken = {i: list(range(len(b))) for i, b in compiled.branches.items()}
    wanted = {bad.name for bad in problem.bad}
    try:
        stopped = _run(search, compiled, budget, observer, wanted)
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    except MemoryError:
        stopped = "out of memory"
    return _conclude(search, problem, compiled, stopped, time.monotonic() - began)


def _run(
    search: Search, compiled: Compiled, budget: Budget, observer: Observer, wanted: set[str]
) -> str:
    """The search itself; returns what stopped it, "" if nothing did."""
    states, index, parents = search.states, search.index, search.parents
    for made, (label, state) in enumerate(initial_states(search.system)):
        if state not in index:
            index[state] = len(states)
            states.append(state)
            parents.append(NO_PARENT)
            search.starts.append(label)
            _look(search, compiled, index[state])
            if budget.states_max is not None and len(states) > budget.states_max:
                return too_many(budget.states_max)
        if made % REPORT_EVERY == 0 and (stopped := _over(budget)):
            return stopped
    current, level_end, next_look = 0, len(states), 0
    names = [bad.name for bad in search.bad]
    out: list[Transition] = []
    while current < len(states):
        if current == level_end:
            level_end = len(states)
            search.depth += 1
        if search.transitions >= next_look:
            next_look = search.transitions + REPORT_EVERY
            observer.explored(len(states), search.transitions, len(states) - current, search.depth)
            stopped = _over(budget) or _settled(budget, search)
            if stopped:
                return stopped
        if budget.states_max is not None and len(states) > budget.states_max:
            return too_many(budget.states_max)
        if budget.until_all_found and wanted <= search.sightings.keys():
            return FOUND_ALL
        state = states[current]
        out.clear()
        compiled.expand(state, out.append)
        search.transitions += len(out)
        if not out:
            search.terminal += 1
            for number in compiled.stuck(state):
                search.saw(names[number], Sighting(current))
        for action, arguments, successor, found in out:
            search.fired[action] += 1
            for number in found:
                search.saw(names[number], Sighting(current, (action, arguments)))
            if action in search.untaken:
                _mark_taken(search, compiled, state, action, arguments)
            if type(successor) is int:
                key = (action, successor)
                sighting, count = search.faults.get(
                    key, (Sighting(current, (action, arguments)), 0)
                )
                search.faults[key] = (sighting, count + 1)
            elif successor not in index:
                index[successor] = len(states)
                states.append(successor)
                parents.append(current)
                _look(search, compiled, len(states) - 1)
        current += 1
    return ""


def _look(search: Search, compiled: Compiled, place: int) -> None:
    """Asks the questions about states of a new state."""
    for number in compiled.look(search.states[place]):
        search.saw(search.bad[number].name, Sighting(place))


def _mark_taken(
    search: Search, compiled: Compiled, state: State, action: int, arguments: tuple[Value, ...]
) -> None:
    """Marks branches that are taken for the first time."""
    conditions = compiled.branches[action]
    left = [b for b in search.untaken[action] if not conditions[b](state, arguments)]
    if left:
        search.untaken[action] = left
    else:
        del search.untaken[action]


def too_many(states_max: int) -> str:
    """What a search says that stopped at a limit of states."""
    return f"the limit of {states_max:,} states was reached"


def _over(budget: Budget) -> str:
    if budget.deadline_seconds is not None and time.monotonic() > budget.deadline_seconds:
        return TIMED_OUT
    if budget.memory_max_bytes is not None and memory_bytes() > budget.memory_max_bytes:
        return f"the memory limit of {budget.memory_max_bytes:,} bytes was reached"
    return ""


def _settled(budget: Budget, search: Search) -> str:
    return "" if budget.settled is None else budget.settled(search.sightings.keys())


# ---- answers -----------------------------------------------------------------------------------


def _conclude(
    search: Search, problem: SafetyProblem, compiled: Compiled, stopped: str, seconds: float
) -> Exploration:
    complete = stopped == ""
    everything = Exhaustive(len(search.states), search.transitions, search.depth)
    answers: dict[str, Answer] = {}
    for bad in problem.bad:
        if bad.name in search.sightings:
            trace = _trace(search, compiled, search.sightings[bad.name])
            count = search.occurrences[bad.name] if complete else None
            answers[bad.name] = Found(trace, count)
        else:
            # Of the level that was being expanded it is not known which states are stuck.
            bound = max(search.depth - 1, 0) if isinstance(bad, Stuck) else search.depth
            answers[bad.name] = Absent(everything) if complete else Unknown(bound, stopped)
    actions = search.system.actions
    faults = tuple(
        Fault(
            actions[action].checks[check],
            Found(_trace(search, compiled, sighting, fails=True), count if complete else None),
        )
        for (action, check), (sighting, count) in search.faults.items()
    )
    return Exploration(
        engine="explicit",
        complete=complete,
        stopped=stopped,
        states=len(search.states),
        transitions=search.transitions,
        depth=search.depth,
        terminal=search.terminal,
        answers=answers,
        faults=faults,
        fired={a.name: n for a, n in zip(actions, search.fired, strict=True)},
        untaken=tuple(
            (actions[a].name, b) for a, left in sorted(search.untaken.items()) for b in left
        ),
        seconds=seconds,
    )


def _trace(search: Search, compiled: Compiled, sighting: Sighting, *, fails: bool = False) -> Trace:
    """The run to a sighting.  Labels are not stored: each is found again as the first one that
    leads from a state to the next."""
    places = [sighting.state]
    while search.parents[places[-1]] != NO_PARENT:
        places.append(search.parents[places[-1]])
    places.reverse()
    steps = [
        _step(search, compiled, search.states[source], search.states[target])
        for source, target in zip(places, islice(places, 1, None), strict=False)
    ]
    if sighting.transition is not None:
        action, arguments = sighting.transition
        label = Label(search.system.actions[action].name, arguments)
        out: list[Transition] = []
        compiled.expand(search.states[sighting.state], out.append)
        target = next(t for a, given, t, _ in out if a == action and given == arguments)
        steps.append(Step(label, None if isinstance(target, int) else target))
        assert fails == isinstance(target, int) or not fails
    return Trace(search.starts[places[0]], search.states[places[0]], tuple(steps))


def _step(search: Search, compiled: Compiled, source: State, target: State) -> Step:
    out: list[Transition] = []
    compiled.expand(source, out.append)
    action, arguments, _, _ = next(t for t in out if t[2] == target)
    return Step(Label(search.system.actions[action].name, arguments), target)
