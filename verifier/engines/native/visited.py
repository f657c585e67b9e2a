"""The visited set as code: hashing, buffers of successors, and the table.

Successors become records (hash, parent, position, words).  Records wait in a buffer while the line
of the table that each will need is on its way from memory; then they are inserted.  An entry of the
table is the low half of the hash above the number of the state plus one.  The table is made of
lines of the cache, eight entries each, filled from the front; all eight are compared at once, which
leaves one branch that is hard to guess instead of one for each step of a probe, and no second line
is read unless the first is full.  The home line is a monotone function of the low half of the
hash, so a table grows by one pass from front to back, without looking at a state again.  Compact
runs keep the whole hash instead and no states but those of two levels.
"""

from __future__ import annotations

from verifier.engines.native.block import BUFFER_WORDS, Block
from verifier.engines.native.code import Function, Word
from verifier.engines.native.shape import REGISTERS_MAX, Shape

MULTIPLIERS = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)  # odd, with well spread bits
LINE_BITS = 3
LINE = 1 << LINE_BITS  # entries of a line
LINE_MASK = (1 << LINE) - 1
AHEAD = 16  # records whose table line is asked for in advance, where several owners insert


def visited_set(shape: Shape) -> list[str]:
    """The functions of the visited set."""
    return [_append(shape), _enter_first(shape), _insert(shape), _rehash(shape), _rebuild(shape)]


def _append(shape: Shape) -> str:
    in_registers = shape.words <= REGISTERS_MAX
    given = "".join(f", i64 %w{n}" for n in range(shape.words)) if in_registers else ", ptr %state"
    f = Function("append", f"ptr %block{given}", notes="noinline")
    hash_ = _hash(f, shape, in_registers)
    owner: Word = 0
    if shape.owners > 1:
        owner = f.lshr(f.mul(f.lshr(hash_, 32), shape.owners), 32)
    buffer = f.at(f.load("%block", Block.BUFFERS, "ptr"), f.mul(owner, BUFFER_WORDS))
    full = f.compare("eq", f.load(buffer, 1), f.load(buffer, 2))
    with f.when(full):
        enlarge = f.load("%block", Block.ENLARGE, "ptr")
        f.do(f"call void {enlarge}(ptr %block, i64 {owner})")
    used = f.load(buffer, 1)
    record = f.at(f.load(buffer, 0, "ptr"), f.mul(used, shape.record))
    f.store(f.add(used, 1), buffer, 1)
    transition = f.sub(f.load("%block", Block.TRANSITIONS), 1)
    position = f.sub(transition, f.load("%block", Block.ROUND))
    f.store(hash_, record)
    f.store(f.or_(f.load("%block", Block.STATE), f.shl(position, 32)), record, 1)
    if shape.compact:
        f.store(f.sub(transition, f.load("%block", Block.START)), record, 2)
    state = f.at(record, shape.header)
    if in_registers:
        for number in range(shape.words):
            f.store(f"%w{number}", state, number)
    else:
        f.do(
            f"call void @llvm.memcpy.p0.p0.i64(ptr {state}, ptr %state, "
            f"i64 {shape.words * 8}, i1 false)"
        )
    if shape.owners == 1:
        _prefetch(f, "%block", hash_)
    f.leave()
    return f.text()


def _enter_first(shape: Shape) -> str:
    """``enter(block, state)`` appends an initial state that the driver has made."""
    f = Function("enter", "ptr %block, ptr %state")
    f.increment("%block", Block.TRANSITIONS)
    if shape.words <= REGISTERS_MAX:
        words = [f.load("%state", number) for number in range(shape.words)]
        given = "".join(f", i64 {word}" for word in words)
    else:
        given = ", ptr %state"
    f.do(f"call void @append(ptr %block{given})")
    f.leave()
    return f.text()


def _hash(f: Function, shape: Shape, in_registers: bool, state: str = "%state") -> Word:
    """Each round is a bijection of the words so far, so that one word never collides."""
    held = f.local(0)
    if in_registers:
        for number in range(shape.words):
            f.set(held, _mixed(f, f.get(held), f"%w{number}"))
    else:
        with f.loop(0, shape.words) as (i, _, _):
            f.set(held, _mixed(f, f.get(held), f.load(state, i)))
    mixed = f.mul(f.get(held), MULTIPLIERS[1])
    mixed = f.xor(mixed, f.lshr(mixed, 29))
    if not shape.compact:
        return mixed
    mixed = f.mul(mixed, MULTIPLIERS[0])
    mixed = f.xor(mixed, f.lshr(mixed, 32))
    return f.choose(f.compare("eq", mixed, 0), 1, mixed)  # 0 is an empty place of the table


def _mixed(f: Function, hash_: Word, word: Word) -> Word:
    mixed = f.mul(f.xor(hash_, word), MULTIPLIERS[0])
    return f.xor(mixed, f.lshr(mixed, 32))


def _home(f: Function, hash_: Word, size: Word) -> Word:
    """The line of a table of so many entries in which the search for a hash begins."""
    lines = f.lshr(size, LINE_BITS)
    return f.lshr(f.mul(f.and_(hash_, 0xFFFFFFFF), lines), 32)


def _line(f: Function, table: Word, line: Word) -> str:
    """The address of a line."""
    return f.at(str(table), f.shl(line, LINE_BITS))


def _next_line(f: Function, line: Word, size: Word) -> Word:
    following = f.add(line, 1)
    return f.choose(f.compare("eq", following, f.lshr(size, LINE_BITS)), 0, following)


def _prefetch(f: Function, block: str, hash_: Word) -> None:
    home = _home(f, hash_, f.load(block, Block.TABLE_SIZE))
    place = _line(f, f.load(block, Block.TABLE, "ptr"), home)
    f.do(f"call void @llvm.prefetch.p0(ptr {place}, i32 1, i32 3, i32 1)")


def _splat(word: Word) -> str:
    return "<" + ", ".join([f"i64 {word}"] * LINE) + ">"


def _spread(f: Function, word: Word) -> str:
    """A vector with the same word in every place."""
    one = f.op(f"insertelement <{LINE} x i64> poison, i64 {word}, i64 0")
    zeros = f"<{LINE} x i32> zeroinitializer"
    return f.op(f"shufflevector <{LINE} x i64> {one}, <{LINE} x i64> poison, {zeros}")


def _bits(f: Function, vector: str) -> Word:
    """One bit for each place of a vector of truth values."""
    packed = f.op(f"bitcast <{LINE} x i1> {vector} to i{LINE}")
    return f.op(f"zext i{LINE} {packed} to i64")


def _first(f: Function, bits: Word) -> Word:
    return f.op(f"call i64 @llvm.cttz.i64(i64 {bits}, i1 true)")


def _empty_places(f: Function, entries: str) -> Word:
    empty = f.op(f"icmp eq <{LINE} x i64> {entries}, zeroinitializer")
    return _bits(f, empty)


def _load_line(f: Function, at: str) -> str:
    return f.op(f"load <{LINE} x i64>, ptr {at}, align {LINE * 8}")


def _insert(shape: Shape) -> str:
    """``insert(block, records, first, last)`` puts new states into the visited set; gives the
    first record that was not looked at, which is ``last`` unless there was no room."""
    f = Function("insert", "ptr %block, ptr %records, i64 %first, i64 %last", "i64")
    table = f.load("%block", Block.TABLE, "ptr")
    size = f.load("%block", Block.TABLE_SIZE)
    arena = f.load("%block", Block.ARENA, "ptr")
    owner = f.load("%block", Block.OWNER)
    orders = f.load("%block", Block.ORDERS, "ptr")
    worker = f.load("%block", Block.WORKER)
    order = f.load(orders, worker, "ptr") if shape.owners > 1 else ""
    with f.loop("%first", "%last") as (j, again, _):
        record = f.at("%records", f.mul(j, shape.record))
        if shape.owners > 1:
            with f.when(f.compare("slt", f.add(j, AHEAD), "%last")):
                later = f.load(record, AHEAD * shape.record)
                _prefetch(f, "%block", later)
        hash_ = f.load(record)
        state = f.at(record, shape.header)
        line = f.local(_home(f, hash_, size))
        matching = f.local(0)
        wanted = _spread(f, hash_ if shape.compact else f.and_(hash_, 0xFFFFFFFF))
        probe, look, match, miss, full_line, new = (
            f.new_label(hint) for hint in ("probe", "look", "match", "miss", "full", "new")
        )
        f.label(probe)
        start = _line(f, table, f.get(line))
        entries = _load_line(f, start)
        free = _empty_places(f, entries)
        if shape.compact:
            same = f.op(f"icmp eq <{LINE} x i64> {entries}, {wanted}")
            f.set(matching, _bits(f, same))
        else:
            tags = f.op(f"lshr <{LINE} x i64> {entries}, {_splat(32)}")
            same = f.op(f"icmp eq <{LINE} x i64> {tags}, {wanted}")
            f.set(matching, f.and_(_bits(f, same), f.xor(free, LINE_MASK)))
        f.label(look)
        left = f.get(matching)
        f.branch(f.compare("eq", left, 0), miss, match)
        f.label(match)
        if shape.compact:
            f.jump(again)
        else:
            found = f.load(start, _first(f, left))
            old = f.sub(f.and_(found, 0xFFFFFFFF), 1)
            known = f.at(arena, f.mul(old, shape.words))
            f.set(matching, f.and_(left, f.sub(left, 1)))
            f.branch(_same(f, known, state, shape.words), again, look)
        f.label(miss)
        f.branch(f.compare("eq", free, 0), full_line, new)
        f.label(full_line)
        f.set(line, _next_line(f, f.get(line), size))
        f.jump(probe)
        f.label(new)
        at = f.at(start, _first(f, free))
        count = f.load("%block", Block.COUNT)
        full = f.compare("eq", count, f.load("%block", Block.ROOM))
        with f.when(full):
            f.leave(f"i64 {j}")
        _copy(f, f.at(arena, f.mul(count, shape.words)), state, shape.words)
        both = f.load(record, 1)
        parent = f.op(f"trunc i64 {both} to i32")
        f.store(parent, f.load("%block", Block.PARENTS, "ptr"), count, "i32")
        if shape.compact:
            f.store(hash_, at)
            ordinal = f.op(f"trunc i64 {f.load(record, 2)} to i32")
            f.store(ordinal, f.load("%block", Block.ORDINALS, "ptr"), count, "i32")
        else:
            f.store(f.or_(f.shl(hash_, 32), f.add(count, 1)), at)
        f.store(f.add(count, 1), "%block", Block.COUNT)
        position = f.lshr(both, 32)
        number = f.or_(f.shl(count, shape.owner_bits), owner) if shape.owners > 1 else count
        if shape.owners > 1:
            note = f.op(f"trunc i64 {f.add(number, 1)} to i32")
            f.store(note, order, position, "i32")
        if shape.looks:
            key = f.or_(f.shl(worker, 32), position)
            f.do(f"call void @look(ptr %block, ptr {state}, i64 {number}, i64 {key})")
    f.leave("i64 %last")
    return f.text()


def _same(f: Function, left: str, right: str, words: int) -> str:
    """Whether two states are equal."""
    if words <= 8:
        difference: Word = 0
        for number in range(words):
            one, other = f.load(left, number), f.load(right, number)
            difference = f.or_(difference, f.xor(one, other))
        same = f.compare("eq", difference, 0)
        assert isinstance(same, str)
        return same
    held = f.local(True, "i1")
    with f.loop(0, words) as (i, _, leave):
        equal = f.compare("eq", f.load(left, i), f.load(right, i))
        f.set(held, equal)
        f.leave_unless(equal, leave)
    return f.get(held)


def _copy(f: Function, target: str, source: str, words: int) -> None:
    if words <= 8:
        for number in range(words):
            f.store(f.load(source, number), target, number)
    else:
        f.do(
            f"call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, "
            f"i64 {words * 8}, i1 false)"
        )


def _enter(f: Function, table: str, size: Word, hash_: Word, entry: Word) -> None:
    """Puts an entry that is not there into a table that has room."""
    line = f.local(_home(f, hash_, size))
    probe, full_line, found = (f.new_label(hint) for hint in ("probe", "full", "found"))
    f.label(probe)
    start = _line(f, table, f.get(line))
    free = _empty_places(f, _load_line(f, start))
    f.branch(f.compare("eq", free, 0), full_line, found)
    f.label(full_line)
    f.set(line, _next_line(f, f.get(line), size))
    f.jump(probe)
    f.label(found)
    f.store(entry, start, _first(f, free))


def _rehash(shape: Shape) -> str:
    """``rehash(old, size, new, new_size)``: the old table is read once, from front to back, and
    the new one is written nearly in order."""
    f = Function("rehash", "ptr %old, i64 %size, ptr %new, i64 %new_size")
    with f.loop(0, "%size") as (i, again, _):
        entry = f.load("%old", i)
        f.leave_unless(f.compare("ne", entry, 0), again)
        _enter(f, "%new", "%new_size", entry if shape.compact else f.lshr(entry, 32), entry)
    f.leave()
    return f.text()


def _rebuild(shape: Shape) -> str:
    """``rebuild(block)``: enters all states of an owner into its empty table, after a resume."""
    f = Function("rebuild", "ptr %block")
    table = f.load("%block", Block.TABLE, "ptr")
    size = f.load("%block", Block.TABLE_SIZE)
    arena = f.load("%block", Block.ARENA, "ptr")
    with f.loop(0, f.load("%block", Block.COUNT)) as (i, _, _):
        hash_ = _hash(f, shape, False, f.at(arena, f.mul(i, shape.words)))
        _enter(f, table, size, hash_, f.or_(f.shl(hash_, 32), f.add(i, 1)))
    f.leave()
    return f.text()
