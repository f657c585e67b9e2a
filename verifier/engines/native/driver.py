"""The search as code: levels, slices, and what was seen on the way."""

from __future__ import annotations

from verifier.engines.native.block import (
    BATCH,
    BUFFER_WORDS,
    SIGHTING_WORDS,
    Block,
    Control,
    Status,
)
from verifier.engines.native.code import Function, Word
from verifier.engines.native.shape import Shape


def driver(shape: Shape) -> list[str]:
    """The functions that go through the states."""
    return [
        _seen("saw", "i64 %number", Block.SIGHTINGS),
        _seen("fault", "i64 %number", Block.FAULTS),
        _saw_state(),
        _expand(shape),
        _collect(),
        _drive(shape),
        _step(shape),
    ]


def _seen(name: str, parameter: str, table: Block) -> str:
    """Notes that the current transition is a bad step, that its state is stuck, or that a check
    failed."""
    f = Function(name, f"ptr %block, {parameter}", notes="noinline")
    entry = f.at(f.load("%block", table, "ptr"), f.mul("%number", SIGHTING_WORDS))
    count = f.increment(entry)
    with f.when(f.compare("eq", count, 0)):
        f.store(f.load("%block", Block.STATE), entry, 1)
        here = f.sub(f.load("%block", Block.TRANSITIONS), f.load("%block", Block.START))
        f.store(f.sub(here, 1), entry, 2)
        f.store(1, "%block", Block.NEWS)
    f.leave()
    return f.text()


def _saw_state() -> str:
    f = Function("saw_state", "ptr %block, i64 %number, i64 %id, i64 %key", notes="noinline")
    entry = f.at(f.load("%block", Block.SIGHTINGS, "ptr"), f.mul("%number", SIGHTING_WORDS))
    count = f.increment(entry)
    with f.when(f.compare("eq", count, 0)):
        f.store("%id", entry, 1)
        f.store("%key", entry, 2)
        f.store(1, "%block", Block.NEWS)
    f.leave()
    return f.text()


def _state_pointer(f: Function, shape: Shape, block: str, number: Word) -> str:
    arenas = f.load(block, Block.ARENAS, "ptr")
    owner = f.and_(number, (1 << shape.owner_bits) - 1)
    arena = f.load(arenas, owner, "ptr")
    return f.at(arena, f.mul(f.lshr(number, shape.owner_bits), shape.words))


def _expand(shape: Shape) -> str:
    """``expand(block, first, last)``: all successors of a stretch of the level."""
    f = Function("expand", "ptr %block, i64 %first, i64 %last")
    if shape.owners > 1:
        frontier = f.load("%block", Block.FRONTIER, "ptr")
    with f.loop("%first", "%last") as (i, _, _):
        number: Word = i
        if shape.owners > 1:
            number = f.op(f"zext i32 {f.load(frontier, i, 'i32')} to i64")
        state = _state_pointer(f, shape, "%block", number)
        start = f.load("%block", Block.TRANSITIONS)
        f.store(number, "%block", Block.STATE)
        f.store(start, "%block", Block.START)
        for action in range(shape.actions):
            f.do(f"call void @action{action}(ptr %block, ptr {state})")
        now = f.load("%block", Block.TRANSITIONS)
        with f.when(f.compare("eq", now, start)):
            f.increment("%block", Block.TERMINAL)
            if shape.stuck:
                f.do(f"call void @stuck(ptr %block, ptr {state})")
    f.leave()
    return f.text()


def _collect() -> str:
    """``collect(order, count, next, at)``: the new states of a round, in the order of discovery,
    go to the list of the next level; gives its new length."""
    f = Function("collect", "ptr %order, i64 %count, ptr %next, i64 %at", "i64")
    to = f.local("%at")
    with f.loop(0, "%count") as (i, again, _):
        found = f.load("%order", i, "i32")
        f.leave_unless(f.compare("ne", found, 0, "i32"), again)
        f.store(0, "%order", i, "i32")
        number = f.op(f"sub i32 {found}, 1")
        here = f.get(to)
        f.store(number, "%next", here, "i32")
        f.set(to, f.add(here, 1))
    f.leave(f"i64 {f.get(to)}")
    return f.text()


def _drive(shape: Shape) -> str:
    """``drive(control, blocks)``: the whole search in one thread, until there is a reason to come
    back; see `block.Status`."""
    f = Function("drive", "ptr %control, ptr %blocks", "i64")
    worker = f.load("%blocks", 0, "ptr")
    buffers = f.load(worker, Block.BUFFERS, "ptr")
    top, expand = f.new_label("top"), f.new_label("expand")
    f.label(top)
    made = f.sub(f.load(worker, Block.TRANSITIONS), f.load(worker, Block.ROUND))
    if shape.owners > 1:
        left = f.sub(f.load("%control", Control.NEXT_ROOM), f.load("%control", Control.NEXT_COUNT))
        with f.when(f.compare("sgt", made, left)):
            f.leave(f"i64 {int(Status.NEXT)}")
    for owner in range(shape.owners):
        buffer = f.at(buffers, owner * BUFFER_WORDS)
        block = f.load("%blocks", owner, "ptr")
        used, drained = f.load(buffer, 1), f.load(buffer, 3)
        with f.when(f.compare("slt", drained, used)):
            f.store(0, block, Block.WORKER)
            records = f.load(buffer, 0, "ptr")
            done = f.op(f"call i64 @insert(ptr {block}, ptr {records}, i64 {drained}, i64 {used})")
            f.store(done, buffer, 3)
            with f.when(f.compare("slt", done, used)):
                f.store(owner, "%control", Control.NEEDY)
                f.leave(f"i64 {int(Status.ROOM)}")
            f.store(0, buffer, 1)
            f.store(0, buffer, 3)
    if shape.owners > 1:
        order, next_ = (f.load("%control", word, "ptr") for word in (Control.ORDER, Control.NEXT))
        at = f.load("%control", Control.NEXT_COUNT)
        now = f.op(f"call i64 @collect(ptr {order}, i64 {made}, ptr {next_}, i64 {at})")
        f.store(now, "%control", Control.NEXT_COUNT)
    f.store(f.load(worker, Block.TRANSITIONS), worker, Block.ROUND)
    if shape.owners > 1:
        # Which sighting was the first is settled batch by batch: owners do not know of each other.
        news: Word = 0
        for owner in range(shape.owners):
            news = f.or_(news, f.load(f.load("%blocks", owner, "ptr"), Block.NEWS))
        with f.when(f.compare("ne", news, 0)):
            f.leave(f"i64 {int(Status.SLICE)}")
    cursor, level_end = (f.load("%control", word) for word in (Control.CURSOR, Control.LEVEL_END))
    with f.when(f.compare("eq", cursor, level_end)):
        _next_level(f, shape, worker, level_end)
    with f.when(f.compare("sle", f.load("%control", Control.BUDGET), 0)):
        f.leave(f"i64 {int(Status.SLICE)}")
    f.label(expand)
    cursor = f.load("%control", Control.CURSOR)
    following = f.add(cursor, 1)
    f.do(f"call void @expand(ptr {worker}, i64 {cursor}, i64 {following})")
    f.store(following, "%control", Control.CURSOR)
    budget = f.sub(f.load("%control", Control.BUDGET), 1)
    f.store(budget, "%control", Control.BUDGET)
    made = f.sub(f.load(worker, Block.TRANSITIONS), f.load(worker, Block.ROUND))
    more = f.both(
        f.compare("slt", following, f.load("%control", Control.LEVEL_END)),
        f.both(f.compare("sgt", budget, 0), f.compare("slt", made, BATCH)),
    )
    f.branch(more, expand, top)
    return f.text()


def _next_level(f: Function, shape: Shape, worker: str, level_end: str) -> None:
    count = (
        f.load(worker, Block.COUNT) if shape.owners == 1 else f.load("%control", Control.NEXT_COUNT)
    )
    empty = f.compare("eq", count, level_end if shape.owners == 1 else 0)
    with f.when(empty):
        f.leave(f"i64 {int(Status.DONE)}")
    depth = f.load("%control", Control.DEPTH)
    f.store(f.add(depth, 1), "%control", Control.DEPTH)
    f.store(count, "%control", Control.LEVEL_END)
    if shape.owners == 1:
        if shape.compact:
            f.leave(f"i64 {int(Status.LEVEL)}")
        return
    frontier, next_ = (f.load("%control", w) for w in (Control.FRONTIER, Control.NEXT))
    f.store(next_, "%control", Control.FRONTIER)
    f.store(frontier, "%control", Control.NEXT)
    f.store(0, "%control", Control.NEXT_COUNT)
    f.store(0, "%control", Control.CURSOR)
    f.store(next_, worker, Block.FRONTIER)
    if shape.compact:
        f.leave(f"i64 {int(Status.LEVEL)}")
        return
    large = f.compare("sge", count, f.load("%control", Control.LARGE))
    with f.when(large):
        f.leave(f"i64 {int(Status.LEVEL)}")


def _step(shape: Shape) -> str:
    """``step(block, state, action)``: the successors by one action, to find the label of a step."""
    f = Function("step", "ptr %block, ptr %state, i64 %action")
    for action in range(shape.actions):
        with f.when(f.compare("eq", "%action", action)):
            f.do(f"call void @action{action}(ptr %block, ptr %state)")
            f.leave()
    f.leave()
    return f.text()
