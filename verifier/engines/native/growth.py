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
    connect,
)


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


def full(workspace: Workspace, number: int) -> int:
    """Up to how many states an owner may take before it asks again."""
    owner, shape = workspace.owners[number], workspace.shape
    size = shape.words * 8 + 4
    count = workspace.workers[number].block[Block.COUNT]
    low, high = ARENA_STEP_BYTES
    step = max(1, min(max(count * size // 2, low), high) // size)
    del owner
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
    extra = step + (owner.table_size * 16 if needs_table else 0)
    if limits is not None:
        stopped = limits.over(memory_bytes() + extra)
        if stopped:
            return stopped
    try:
        if needs_table:
            new = Region(owner.table_size * 2 * 8, huge=True)
            code.rehash(owner.table.address, owner.table_size, new.address, owner.table_size * 2)
            owner.table.close()
            owner.table, owner.table_size = new, owner.table_size * 2
        held = count - owner.bases[1]
        owner.arena.enlarge(held * size + step)
        owner.parents.enlarge(count * 4 + step)
        if owner.ordinals is not None:
            owner.ordinals.enlarge(count * 4 + step)
    except (MemoryError, OSError):
        return "out of memory"
    connect(workspace)
    block[Block.ROOM] = full(workspace, number)
    return ""
