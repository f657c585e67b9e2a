"""Room for more states: when tables and arenas grow, and when the memory is used up."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.engines.memory import memory_bytes
from verifier.engines.native.block import MAX_STATES, Block
from verifier.engines.native.jit import Code
from verifier.engines.native.memory import Region
from verifier.engines.native.workspace import (
    ARENA_STEP_BYTES,
    LOAD_MAX,
    Workspace,
    capacity,
    connect_owner,
)

DOUBLED_BELOW = 2**23  # entries of a table


@dataclass(frozen=True, slots=True)
class Limits:
    """How much memory the process may use; ``asked`` says whether the user said so, or it is what
    the system had to give when the search began."""

    memory_max_bytes: int | None
    asked: bool

    def over(self, used_bytes: int) -> str:
        """Why so much memory is too much; "" if it is not."""
        if self.memory_max_bytes is None or used_bytes <= self.memory_max_bytes:
            return ""
        if self.asked:
            return f"the memory limit of {self.memory_max_bytes:,} bytes was reached"
        return f"the memory of this machine is used up, at {self.memory_max_bytes:,} bytes"


def next_size(size: int) -> int:
    """The size of the table that follows: twice as large while it is small; then in steps of a half
    and a third, for copying is cheap beside the search and memory is not."""
    if size < DOUBLED_BELOW:
        return size * 2
    return size * 3 // 2 if size & size - 1 == 0 else size * 4 // 3


def full(workspace: Workspace, number: int) -> int:
    """Up to how many states an owner may take before it asks again."""
    size = workspace.shape.words * 8 + 4
    count = workspace.workers[number].block[Block.COUNT]
    low, high = ARENA_STEP_BYTES
    step = max(1, min(max(count * size // 2, low), high) // size)
    return min(capacity(workspace, number), count + step)


def make_room(workspace: Workspace, number: int, code: Code, limits: Limits | None) -> str:
    """Room for at least one state more; says what prevents it."""
    owner, shape = workspace.owners[number], workspace.shape
    block = workspace.workers[number].block
    count = block[Block.COUNT]
    size = shape.words * 8
    if count >= MAX_STATES >> shape.owner_bits:
        return "a run cannot number more than 4,294,967,294 states"
    needs_table = count >= int(owner.table_size * LOAD_MAX)
    step = min(max(count * size // 2, ARENA_STEP_BYTES[0]), ARENA_STEP_BYTES[1])
    larger = next_size(owner.table_size)
    extra = step + (larger * 8 if needs_table else 0)
    if limits is not None:
        stopped = limits.over(memory_bytes() + extra)
        if stopped:
            return stopped
    try:
        if needs_table:
            new = Region(larger * 8, huge=True)
            code.rehash(owner.table.address, owner.table_size, new.address, larger)
            owner.table.close()
            owner.table, owner.table_size = new, larger
        held = count - owner.bases[1]
        owner.arena.enlarge(held * size + step)
        owner.parents.enlarge(count * 4 + step)
        if owner.ordinals is not None:
            owner.ordinals.enlarge(count * 4 + step)
    except (MemoryError, OSError):
        return "out of memory"
    connect_owner(workspace, number)
    block[Block.ROOM] = full(workspace, number)
    return ""
