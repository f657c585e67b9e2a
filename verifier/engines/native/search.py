"""Breadth-first search by generated code, in slices that come back to Python.

Same answers as the reference search, to the number and to the step: levels are finished in order,
and among several the first state or transition in the order of the reference counts, for any
number of workers.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from ctypes import addressof, c_uint64

from verifier.engines.interface import FOUND_ALL, INTERRUPTED, TIMED_OUT, Budget, Observer
from verifier.engines.memory import memory_bytes
from verifier.engines.native.block import BUFFER_WORDS, SIGHTING_WORDS, Block, Control, Status
from verifier.engines.native.checkpoint import Place, save
from verifier.engines.native.growth import full, make_room
from verifier.engines.native.state import Search, Sighting
from verifier.engines.native.workspace import Words, Workspace, connect

SLICE_SECONDS = 0.03
LARGE_LEVEL = 2**14  # states of a level that is worth sharing among workers
ROUND_STATES = 2**15  # states that the workers expand between two meetings


def begin(search: Search, first_rows: list[list[int]] | None) -> None:
    """Puts the initial states into the buffers, made by code if they are not given; the first slice
    inserts them."""
    workspace = search.workspace
    first = workspace.workers[0].block
    first[Block.STATE] = 2**32 - 1
    workspace.control[Control.DEPTH] = -1
    for number in range(len(workspace.owners)):
        make_room(workspace, number, search.tiers.code, None)
    code = search.tiers.code
    if first_rows is None:
        code.initial(workspace.pointers[0])
    else:
        for row in first_rows:
            held = (c_uint64 * len(row))(*row)
            code.enter(workspace.pointers[0], addressof(held))
    made = first[Block.TRANSITIONS]
    _enlarge_lists(workspace, made)
    # Making an initial state is no transition: the count is negative until they are inserted.
    first[Block.ROUND] = -made
    first[Block.TRANSITIONS] = 0


def run(search: Search, budget: Budget, observer: Observer, saved: Place | None) -> str:
    """Goes on until all is explored or something stops it; says what, "" if nothing did."""
    with _interrupts(search):
        stopped = _run(search, budget, observer, saved)
        if saved is not None and search.drained:
            save(saved, search)
    return stopped


def _run(search: Search, budget: Budget, observer: Observer, saved: Place | None) -> str:
    workspace = search.workspace
    while True:
        stopped = _stop(search, budget)
        if stopped:
            return stopped
        if saved is not None and search.drained and saved.due():
            save(saved, search)
        search.tiers.improve()
        began = time.monotonic()
        slice_states = _affordable(search, budget)
        control = workspace.control
        control[Control.BUDGET] = slice_states
        control[Control.LARGE] = LARGE_LEVEL if slice_states >= LARGE_LEVEL // 8 else 2**62
        status = Status(search.tiers.code.drive(addressof(control), addressof(workspace.pointers)))
        search.drained = status in (Status.SLICE, Status.LEVEL, Status.DONE)
        _follow_lists(workspace)
        _note_news(search)
        observer.explored(search.states, search.transitions, search.frontier, search.depth)
        match status:
            case Status.DONE:
                return ""
            case Status.ROOM:
                number = control[Control.NEEDY]
                stopped = make_room(workspace, number, search.tiers.code, search.limits)
                if stopped:
                    return stopped
            case Status.NEXT:
                block = workspace.workers[0].block
                made = block[Block.TRANSITIONS] - block[Block.ROUND]
                _enlarge_lists(workspace, control[Control.NEXT_COUNT] + made)
            case Status.LEVEL:
                if workspace.shape.compact:
                    _turn_level(workspace)
                if control[Control.LEVEL_END] >= control[Control.LARGE] > 0 and search.pool:
                    stopped = _shared_level(search, budget, observer, saved)
                    if stopped:
                        return stopped
            case Status.SLICE:
                _pace(search, slice_states, time.monotonic() - began)


def _affordable(search: Search, budget: Budget) -> int:
    """How many states to expand before looking up; few where a limit of states is near, so that
    the search ends at the same state on any number of workers."""
    if budget.states_max is None:
        return search.slice_states
    left = budget.states_max - search.states
    return max(1, min(search.slice_states, left // 64))


def _pace(search: Search, states: int, seconds: float) -> None:
    """The next slice takes about as long as a slice should."""
    if states < search.slice_states:
        return
    if seconds < SLICE_SECONDS:
        search.slice_states = min(search.slice_states * 2, 2**20)
    elif seconds > 2 * SLICE_SECONDS:
        search.slice_states = max(search.slice_states // 2, 1)


def _stop(search: Search, budget: Budget) -> str:
    if search.interrupted:
        return INTERRUPTED
    if search.workspace.lost:
        return "out of memory"
    if budget.states_max is not None and search.states > budget.states_max:
        return f"the limit of {budget.states_max:,} states was reached"
    if budget.deadline_seconds is not None and time.monotonic() > budget.deadline_seconds:
        return TIMED_OUT
    if budget.until_all_found and len(search.found.bads) == len(search.bads):
        return FOUND_ALL
    if budget.settled is not None:
        settled = budget.settled([search.bads[number] for number in search.found.bads])
        if settled:
            return settled
    return search.limits.over(memory_bytes())


# ---- levels that are shared --------------------------------------------------------------------


def _shared_level(search: Search, budget: Budget, observer: Observer, saved: Place | None) -> str:
    """Expands a whole level in rounds: all workers expand, then all owners insert what is theirs,
    then the new states are listed in the order in which one worker would have found them."""
    workspace = search.workspace
    control = workspace.control
    while control[Control.CURSOR] < control[Control.LEVEL_END]:
        stopped = _stop(search, budget)
        if stopped:
            return stopped
        if saved is not None and saved.due():
            save(saved, search)
        search.tiers.improve()
        left = control[Control.LEVEL_END] - control[Control.CURSOR]
        states = min(left, ROUND_STATES)
        if budget.states_max is not None:
            states = min(states, (budget.states_max - search.states) // 64)
            if states < LARGE_LEVEL // 8:
                return ""  # the rest of the level in one thread, so as to stop in time
        search.drained = False
        stopped = _round(search, states)
        if stopped:
            return stopped
        search.drained = True
        observer.explored(search.states, search.transitions, search.frontier, search.depth)
    return ""


def _round(search: Search, states: int) -> str:
    workspace, code = search.workspace, search.tiers.code
    control, workers = workspace.control, workspace.workers
    pool = search.pool
    assert pool is not None
    count = len(workers)
    first = control[Control.CURSOR]
    cuts = [first + states * n // count for n in range(count + 1)]
    for worker in workers:
        worker.block[Block.ROUND] = worker.block[Block.TRANSITIONS]
        worker.block[Block.FRONTIER] = control[Control.FRONTIER]
    list(pool.map(lambda n: code.expand(workspace.pointers[n], cuts[n], cuts[n + 1]), range(count)))
    if workspace.lost:
        return "out of memory"
    made = [w.block[Block.TRANSITIONS] - w.block[Block.ROUND] for w in workers]
    _enlarge_lists(workspace, control[Control.NEXT_COUNT] + sum(made), made)
    found = [[0] * count for _ in workers]  # new states, by owner and by worker that made them

    def insert(number: int) -> str:
        block = workers[number].block
        for maker, other in enumerate(workers):
            place = number * BUFFER_WORDS
            start = block[Block.COUNT]
            block[Block.WORKER] = maker
            done, used = 0, other.buffers[place + 1]
            while done < used:
                records = other.buffers[place]
                done = code.insert(workspace.pointers[number], records, done, used)
                if done < used:
                    stopped = make_room(workspace, number, code, search.limits)
                    if stopped:
                        return stopped
            other.buffers[place + 1] = 0
            found[number][maker] = block[Block.COUNT] - start
        return ""

    stops = list(pool.map(insert, range(count)))
    stopped = next((stop for stop in stops if stop), "")
    by_maker = [sum(row[maker] for row in found) for maker in range(count)]
    at = control[Control.NEXT_COUNT]
    starts = [at + sum(by_maker[:maker]) for maker in range(count)]
    next_ = control[Control.NEXT]
    list(
        pool.map(
            lambda n: code.collect(workers[n].order.address, made[n], next_, starts[n]),
            range(count),
        )
    )
    control[Control.NEXT_COUNT] = at + sum(by_maker)
    control[Control.CURSOR] = first + states
    for worker in workers:
        worker.block[Block.ROUND] = worker.block[Block.TRANSITIONS]
    _note_news(search)
    return stopped


def _enlarge_lists(workspace: Workspace, next_count: int, made: list[int] | None = None) -> None:
    """Room in the list of the next level, and in the notes of each worker."""
    workspace.next.enlarge(next_count * 4)
    workspace.frontier.enlarge(next_count * 4)
    for number, worker in enumerate(workspace.workers):
        needed = next_count if made is None else made[number]
        if made is not None or number == 0:
            worker.order.enlarge(needed * 4)
    connect(workspace)


def _follow_lists(workspace: Workspace) -> None:
    """The driver exchanges the lists at the end of a level."""
    if workspace.control[Control.FRONTIER] == workspace.next.address:
        workspace.frontier, workspace.next = workspace.next, workspace.frontier
        connect(workspace)


def _turn_level(workspace: Workspace) -> None:
    """Compact runs keep the states of two levels: what was found is now what is expanded."""
    for worker, owner in zip(workspace.workers, workspace.owners, strict=True):
        assert owner.level is not None
        owner.level, owner.arena = owner.arena, owner.level
        owner.bases = (owner.bases[1], worker.block[Block.COUNT])
    connect(workspace)
    for number in range(len(workspace.owners)):
        workspace.workers[number].block[Block.ROOM] = full(workspace, number)


# ---- sightings ---------------------------------------------------------------------------------


def _note_news(search: Search) -> None:
    """Settles which sighting was the first: of steps that of the earliest worker, for workers
    share a level in order; of states the one made first."""
    workers = search.workspace.workers
    if not any(worker.block[Block.NEWS] for worker in workers):
        return
    for worker in workers:
        worker.block[Block.NEWS] = 0
    for number in range(len(search.bads)):
        if number not in search.found.bads:
            rows = [row for w in workers if (row := _row(w.sightings, number))]
            if rows:
                by_key = number in search.of_states
                first = min(rows, key=lambda row: row[2]) if by_key else rows[0]
                search.found.bads[number] = Sighting(first[1], first[2])
    for number in range(search.checks):
        if number not in search.found.faults:
            rows = [row for w in workers if (row := _row(w.faults, number))]
            if rows:
                search.found.faults[number] = Sighting(rows[0][1], rows[0][2])


def _row(table: Words, number: int) -> tuple[int, int, int] | None:
    start = number * SIGHTING_WORDS
    count, state, place = table[start], table[start + 1], table[start + 2]
    return (count, state, place) if count else None


@contextlib.contextmanager
def _interrupts(search: Search) -> Iterator[None]:
    """While code runs, Ctrl-C is noted and obeyed at the end of the slice, and so is whatever else
    the command line treats like it; a second one is not waited with."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) is signal.default_int_handler
    }

    def note(signum: int, frame: object) -> None:
        if search.interrupted:
            raise KeyboardInterrupt
        search.interrupted = True

    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
