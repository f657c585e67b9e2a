"""All memory of a search, and the blocks through which generated code finds it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any, cast

from verifier.engines.native.block import (
    BATCH,
    BLOCK_WORDS,
    BUFFER_WORDS,
    CONTROL_WORDS,
    MAX_STATES,
    SIGHTING_WORDS,
    Block,
    Control,
)
from verifier.engines.native.memory import Region
from verifier.engines.native.shape import Shape

LOAD_MAX = 0.75  # of a table; fuller tables are smaller and slower
TABLE_FIRST = 2**14
ARENA_STEP_BYTES = (2**20, 2**26)  # an arena is extended by half of itself, within these bounds
BUFFER_FIRST = 2 * BATCH
LIST_FIRST = 2**14

Words = ctypes.Array[ctypes.c_int64]


def words(count: int) -> Words:
    """So many words, all 0."""
    return (ctypes.c_int64 * max(count, 1))()


@dataclass(slots=True)
class Owner:
    """The states of one share of the hash values.

    ``arena`` holds the states, in compact runs those of the level that is being found; ``level``
    those of the level that is expanded, and ``bases`` the numbers of the first state in both.
    """

    table: Region
    table_size: int
    arena: Region
    parents: Region
    ordinals: Region | None
    level: Region | None = None
    bases: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Worker:
    """What one worker needs to expand states."""

    block: Words
    buffers: Words
    records: list[Region]
    fired: Words
    untaken: list[Words]
    untaken_pointers: Words
    sightings: Words
    faults: Words
    arenas: Words
    orders: Words
    order: Region
    scratch: Region


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many actions, branches of each, questions and checks there are, and the words of
    scratch room."""

    actions: int
    branches: tuple[int, ...]
    bads: int
    checks: int
    scratch_words: int


@dataclass(slots=True)
class Workspace:
    """The memory of a search.  ``lost`` is set when a buffer could not grow: then transitions
    are missing, and the search has to end as unknown."""

    shape: Shape
    workers: list[Worker]
    owners: list[Owner]
    control: Words
    pointers: Words
    frontier: Region
    next: Region
    callback: object = None
    lost: bool = False
    by_address: dict[int, Worker] = field(default_factory=dict)

    def count(self, word: Block) -> int:
        """A number summed over all workers."""
        return sum(worker.block[word] for worker in self.workers)

    def state_address(self, number: int) -> int:
        """Where a state stands."""
        owner = self.owners[number & (1 << self.shape.owner_bits) - 1]
        place = number >> self.shape.owner_bits
        return owner.arena.address + place * self.shape.words * 8

    def state_words(self, number: int) -> list[int]:
        """The words of a state."""
        count = self.shape.words
        return list((ctypes.c_uint64 * count).from_address(self.state_address(number)))

    def parent(self, number: int) -> int:
        """The number of the state that a state was found from; all ones for an initial one."""
        return self._entry(number, "parents")

    def ordinal(self, number: int) -> int:
        """Which transition of its parent it was; in compact runs only."""
        return self._entry(number, "ordinals")

    def _entry(self, number: int, column: str) -> int:
        owner = self.owners[number & (1 << self.shape.owner_bits) - 1]
        place = number >> self.shape.owner_bits
        address = getattr(owner, column).address + place * 4
        return int(ctypes.c_uint32.from_address(address).value)

    def release(self) -> None:
        """Gives all memory back."""
        for owner in self.owners:
            for region in (owner.table, owner.arena, owner.parents, owner.ordinals, owner.level):
                if region is not None:
                    region.close()
        for worker in self.workers:
            for region in (*worker.records, worker.order, worker.scratch):
                region.close()
        self.frontier.close()
        self.next.close()


def make_worker(shape: Shape, sizes: Sizes) -> Worker:
    """A worker with empty buffers; its block is complete but for what its owner has."""
    block = words(BLOCK_WORDS)
    buffers = words(shape.owners * BUFFER_WORDS)
    records = [Region(BUFFER_FIRST * shape.record * 8) for _ in range(shape.owners)]
    for number, region in enumerate(records):
        buffers[number * BUFFER_WORDS] = region.address
        buffers[number * BUFFER_WORDS + 2] = region.size_bytes // (shape.record * 8)
    untaken = []
    for branches in sizes.branches:
        marks = words(-(-branches // 64))
        for number in range(branches):
            marks[number // 64] |= _signed(1 << number % 64)
        untaken.append(marks)
    pointers = words(sizes.actions)
    for number, marks in enumerate(untaken):
        pointers[number] = ctypes.addressof(marks)
    made = Worker(
        block, buffers, records, words(sizes.actions), untaken, pointers,
        words(sizes.bads * SIGHTING_WORDS), words(sizes.checks * SIGHTING_WORDS),
        words(shape.owners), words(shape.owners), Region(LIST_FIRST * 4),
        Region(sizes.scratch_words * 8),
    )  # fmt: skip
    for place, held in (
        (Block.ARENAS, made.arenas),
        (Block.BUFFERS, buffers),
        (Block.FIRED, made.fired),
        (Block.UNTAKEN, pointers),
        (Block.SIGHTINGS, made.sightings),
        (Block.FAULTS, made.faults),
        (Block.ORDERS, made.orders),
    ):
        block[place] = ctypes.addressof(held)
    block[Block.SCRATCH] = made.scratch.address
    return made


def make_workspace(shape: Shape, sizes: Sizes) -> Workspace:
    """The memory of a search that has not begun."""
    workers = [make_worker(shape, sizes) for _ in range(shape.owners)]
    owners = [
        Owner(
            Region(TABLE_FIRST * 8, huge=True),
            TABLE_FIRST,
            Region(ARENA_STEP_BYTES[0]),
            Region(ARENA_STEP_BYTES[0]),
            Region(ARENA_STEP_BYTES[0]) if shape.compact else None,
            Region(ARENA_STEP_BYTES[0]) if shape.compact else None,
        )
        for _ in range(shape.owners)
    ]
    pointers = words(shape.owners)
    for number, worker in enumerate(workers):
        pointers[number] = ctypes.addressof(worker.block)
        worker.block[Block.OWNER] = number
    made = Workspace(
        shape, workers, owners, words(CONTROL_WORDS), pointers,
        Region(LIST_FIRST * 4), Region(LIST_FIRST * 4),
    )  # fmt: skip
    made.by_address = {ctypes.addressof(worker.block): worker for worker in workers}
    made.callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(
        lambda block, owner: enlarge_buffer(made, block, owner)
    )
    for worker in workers:
        worker.block[Block.ENLARGE] = callback_address(made)
    connect(made)
    return made


def callback_address(workspace: Workspace) -> int:
    """What generated code calls when a buffer is full."""
    return ctypes.cast(cast(Any, workspace.callback), ctypes.c_void_p).value or 0


def enlarge_buffer(workspace: Workspace, block: int, owner: int) -> None:
    """Called from generated code in the middle of a state: more room for its successors."""
    worker = workspace.by_address[block]
    region = worker.records[owner]
    place = owner * BUFFER_WORDS
    try:
        region.enlarge(region.size_bytes * 2)
    except (MemoryError, OSError, ValueError):
        workspace.lost = True
        worker.buffers[place + 1] = 0
        return
    worker.buffers[place] = region.address
    worker.buffers[place + 2] = region.size_bytes // (workspace.shape.record * 8)


def connect(workspace: Workspace) -> None:
    """Writes the addresses of everything that may have moved into the blocks."""
    for number, worker in enumerate(workspace.workers):
        connect_owner(workspace, number)
        for other, expander in enumerate(workspace.workers):
            worker.orders[other] = expander.order.address
        worker.block[Block.FRONTIER] = workspace.frontier.address
    control = workspace.control
    control[Control.FRONTIER] = workspace.frontier.address
    control[Control.NEXT] = workspace.next.address
    control[Control.ORDER] = workspace.workers[0].order.address
    room = min(workspace.next.size_bytes, workspace.frontier.size_bytes) // 4
    control[Control.NEXT_ROOM] = min(room, workspace.workers[0].order.size_bytes // 4)


def connect_owner(workspace: Workspace, number: int) -> None:
    """Writes where the memory of one owner is.  It touches no word of another owner: several of
    them grow at the same time, and one must not write down what another has just given back."""
    worker, owner = workspace.workers[number], workspace.owners[number]
    size = workspace.shape.words * 8
    block = worker.block
    block[Block.TABLE] = owner.table.address
    block[Block.TABLE_SIZE] = owner.table_size
    block[Block.PARENTS] = owner.parents.address
    block[Block.ORDINALS] = 0 if owner.ordinals is None else owner.ordinals.address
    reading, writing = owner.bases
    level = owner.arena if owner.level is None else owner.level
    block[Block.ARENA] = owner.arena.address - writing * size
    for expander in workspace.workers:
        expander.arenas[number] = level.address - reading * size


def capacity(workspace: Workspace, number: int) -> int:
    """How many states an owner can take with the memory it has."""
    owner, shape = workspace.owners[number], workspace.shape
    by_table = int(owner.table_size * LOAD_MAX)
    by_arena = owner.bases[1] + owner.arena.size_bytes // (shape.words * 8)
    by_parents = owner.parents.size_bytes // 4
    limit = MAX_STATES >> shape.owner_bits
    return min(by_table, by_arena, by_parents, limit)


def _signed(word: int) -> int:
    return word - 2**64 if word >= 2**63 else word
