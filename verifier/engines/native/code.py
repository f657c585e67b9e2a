"""Functions of LLVM IR as text, with constants folded while they are written.

Text, because it is eight times as fast to make as the library's own objects.  A word is a Python
integer when its value is known and the name of a register otherwise, a bit likewise: what an option
of the model switches off leaves no code behind.  Locals are stack slots, which the passes of the
optimised build turn into registers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

Word: TypeAlias = int | str
Bit: TypeAlias = bool | str
Pointer: TypeAlias = str

STACK_WORDS = 128  # of one piece of room; more is taken elsewhere
_PURE = (
    "add ", "sub ", "mul ", "and ", "or ", "xor ", "shl ", "lshr ", "icmp ", "select ", "trunc ",
    "zext ", "sext ", "getelementptr ",
)  # fmt: skip
_SIGNED = {"slt", "sle", "sgt", "sge"}


@dataclass(frozen=True, slots=True)
class Local:
    """A variable of the function."""

    pointer: Pointer
    type: str


@dataclass(slots=True)
class Scratch:
    """Room beside the stack, each word of it for one purpose in one function."""

    place: int  # of its address in the block
    words: int = 0

    def take(self, words: int) -> int:
        """The offset of so many words."""
        start = self.words
        self.words += words
        return start


class Function:
    """Collects the text of one function, block by block."""

    def __init__(
        self, name: str, parameters: str, result: str = "void", notes: str = "",
        scratch: Scratch | None = None,
    ) -> None:  # fmt: skip
        self.scratch = scratch
        self.name, self.parameters, self.result, self.notes = name, parameters, result, notes
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self.open = True  # whether the current block still lacks its end
        self.seen: dict[str, str] = {}  # what registers hold that were written on the way here
        self.log: list[str] = []

    def text(self) -> str:
        """The function as LLVM reads it."""
        assert not self.open, f"{self.name}: the last block has no end"
        head = f"define {self.result} @{self.name}({self.parameters}) {self.notes}".rstrip()
        return "\n".join([head + " {", "entry:", *self.entry, *self.lines, "}", ""])

    # ---- instructions --------------------------------------------------------------------------

    def op(self, text: str, *, fixed: bool = False) -> str:
        """A register with the result of an instruction; one that is there already if it can be.
        ``fixed``: it reads memory that nobody changes."""
        pure = fixed or text.startswith(_PURE)
        if pure and self.open and (known := self.seen.get(text)) is not None:
            return known
        self.count += 1
        name = f"%v{self.count}"
        self.do(f"{name} = {text}")
        if pure:
            self.seen[text] = name
            self.log.append(text)
        return name

    def forget(self, mark: int) -> None:
        """What was computed since the mark cannot be used any more: the block may not have run."""
        while len(self.log) > mark:
            del self.seen[self.log.pop()]

    def do(self, text: str) -> None:
        """An instruction without a result."""
        if not self.open:
            self.label(self.new_label("dead"))
        self.lines.append("  " + text)

    def remark(self, text: str) -> None:
        """A comment for whoever reads the code."""
        shown = "".join(letter if letter.isprintable() else "?" for letter in text)
        self.lines.append("  ; " + shown)

    def add(self, left: Word, right: Word, of: str = "i64") -> Word:
        """left + right."""
        if isinstance(left, int) and isinstance(right, int):
            return left + right
        if left == 0:
            return right
        return left if right == 0 else self.op(f"add {of} {left}, {right}")

    def sub(self, left: Word, right: Word, of: str = "i64") -> Word:
        """left - right."""
        if isinstance(left, int) and isinstance(right, int):
            return left - right
        return left if right == 0 else self.op(f"sub {of} {left}, {right}")

    def mul(self, left: Word, right: Word, of: str = "i64") -> Word:
        """left * right."""
        if isinstance(left, int) and isinstance(right, int):
            return left * right
        if left == 0 or right == 0:
            return 0
        if left == 1:
            return right
        return left if right == 1 else self.op(f"mul {of} {left}, {right}")

    def and_(self, left: Word, right: Word) -> Word:
        """Bitwise and, of 64 bits."""
        if isinstance(left, int) and isinstance(right, int):
            return left & right
        if left == 0 or right == 0:
            return 0
        if left == -1 or left == 2**64 - 1:
            return right
        if right == -1 or right == 2**64 - 1:
            return left
        return self.op(f"and i64 {_unsigned(left)}, {_unsigned(right)}")

    def or_(self, left: Word, right: Word) -> Word:
        """Bitwise or, of 64 bits."""
        if isinstance(left, int) and isinstance(right, int):
            return left | right
        if left == 0:
            return right
        return left if right == 0 else self.op(f"or i64 {_unsigned(left)}, {_unsigned(right)}")

    def xor(self, left: Word, right: Word) -> Word:
        """Bitwise exclusive or, of 64 bits."""
        if isinstance(left, int) and isinstance(right, int):
            return left ^ right
        return self.op(f"xor i64 {_unsigned(left)}, {_unsigned(right)}")

    def shl(self, word: Word, count: Word) -> Word:
        """Shifted left; ``count`` is below 64."""
        if count == 0 or word == 0:
            return word
        if isinstance(word, int) and isinstance(count, int):
            return word << count & 2**64 - 1
        return self.op(f"shl i64 {_unsigned(word)}, {count}")

    def lshr(self, word: Word, count: Word) -> Word:
        """Shifted right without sign; ``count`` is below 64."""
        if count == 0 or word == 0:
            return word
        if isinstance(word, int) and isinstance(count, int):
            return (word & 2**64 - 1) >> count
        return self.op(f"lshr i64 {_unsigned(word)}, {count}")

    def compare(self, relation: str, left: Word, right: Word, of: str = "i64") -> Bit:
        """An integer comparison: eq, ne, slt, sle, ult, ule ..."""
        if isinstance(left, int) and isinstance(right, int):
            if relation not in _SIGNED and of == "i64":
                left, right = left & 2**64 - 1, right & 2**64 - 1
            return {
                "eq": left == right, "ne": left != right, "lt": left < right,
                "le": left <= right, "gt": left > right, "ge": left >= right,
            }[relation[-2:]]  # fmt: skip
        return self.op(f"icmp {relation} {of} {left}, {right}")

    def choose(self, condition: Bit, then: Word, otherwise: Word, of: str = "i64") -> Word:
        """then or otherwise, both computed."""
        if isinstance(condition, bool):
            return then if condition else otherwise
        if then == otherwise:
            return then
        return self.op(f"select i1 {condition}, {of} {then}, {of} {otherwise}")

    # ---- truth ---------------------------------------------------------------------------------

    def not_(self, bit: Bit) -> Bit:
        """The opposite."""
        return not bit if isinstance(bit, bool) else self.op(f"xor i1 {bit}, true")

    def both(self, left: Bit, right: Bit) -> Bit:
        """left and right, both computed."""
        if isinstance(left, bool):
            return right if left else False
        if isinstance(right, bool):
            return left if right else False
        return left if left == right else self.op(f"and i1 {left}, {right}")

    def either(self, left: Bit, right: Bit) -> Bit:
        """left or right, both computed."""
        if isinstance(left, bool):
            return True if left else right
        if isinstance(right, bool):
            return True if right else left
        return left if left == right else self.op(f"or i1 {left}, {right}")

    def choose_bit(self, condition: Bit, then: Bit, otherwise: Bit) -> Bit:
        """then or otherwise, both computed."""
        if isinstance(condition, bool):
            return then if condition else otherwise
        if then is True:
            return self.either(condition, otherwise)
        if then is False:
            return self.both(self.not_(condition), otherwise)
        if otherwise is False:
            return self.both(condition, then)
        if otherwise is True:
            return self.either(self.not_(condition), then)
        return self.op(f"select i1 {condition}, i1 {then}, i1 {otherwise}")

    def word(self, bit: Bit) -> Word:
        """0 or 1."""
        return int(bit) if isinstance(bit, bool) else self.op(f"zext i1 {bit} to i64")

    def bit(self, word: Word) -> Bit:
        """Whether a word that is 0 or 1 is 1."""
        return bool(word & 1) if isinstance(word, int) else self.op(f"trunc i64 {word} to i1")

    # ---- memory --------------------------------------------------------------------------------

    def at(self, pointer: Pointer, index: Word, of: str = "i64") -> Pointer:
        """The address of an element."""
        return pointer if index == 0 else self.op(f"getelementptr {of}, ptr {pointer}, i64 {index}")

    def load(self, pointer: Pointer, index: Word = 0, of: str = "i64") -> str:
        """An element."""
        return self.op(f"load {of}, ptr {self.at(pointer, index, of)}")

    def load_fixed(self, pointer: Pointer, index: Word = 0) -> str:
        """A word of memory that does not change while the function runs."""
        return self.op(f"load i64, ptr {self.at(pointer, index)}", fixed=True)

    def store(self, word: Word, pointer: Pointer, index: Word = 0, of: str = "i64") -> None:
        """Writes an element."""
        shown = _unsigned(word) if of == "i64" else word
        self.do(f"store {of} {shown}, ptr {self.at(pointer, index, of)}")

    def increment(self, pointer: Pointer, index: Word = 0) -> Word:
        """Adds one to an element; its value before."""
        place = self.at(pointer, index)
        old = self.load(place)
        self.store(self.add(old, 1), place)
        return old

    def room(self, words: int) -> Pointer:
        """Room for so many words, for the whole run of the function: on the stack, unless it is
        much and the function knows of other room."""
        self.count += 1
        name = f"%m{self.count}"
        if words > STACK_WORDS and self.scratch is not None:
            if "  ; scratch" not in self.entry:
                place = f"getelementptr i64, ptr %block, i64 {self.scratch.place}"
                self.entry += ["  ; scratch", f"  %sp = {place}", "  %scratch = load ptr, ptr %sp"]
            offset = self.scratch.take(words)
            self.entry.append(f"  {name} = getelementptr i64, ptr %scratch, i64 {offset}")
            return name
        self.entry.append(f"  {name} = alloca [{words} x i64], align 8")
        return name

    def local(self, start: Word | Bit | None = None, of: str = "i64") -> Local:
        """A new variable."""
        self.count += 1
        name = f"%l{self.count}"
        self.entry.append(f"  {name} = alloca {of}")
        made = Local(name, of)
        if start is not None:
            self.set(made, start)
        return made

    def get(self, local: Local) -> str:
        """The value of a variable."""
        return self.op(f"load {local.type}, ptr {local.pointer}")

    def set(self, local: Local, value: Word | Bit) -> None:
        """Changes a variable."""
        shown = str(value).lower() if isinstance(value, bool) else value
        self.do(f"store {local.type} {shown}, ptr {local.pointer}")

    # ---- blocks --------------------------------------------------------------------------------

    def new_label(self, hint: str) -> str:
        """A label that is not used yet."""
        self.count += 1
        return f"{hint}{self.count}"

    def label(self, label: str, *, only_from_here: bool = False) -> None:
        """Begins a block; the one before runs into it.  If it can be reached only by way of what
        was written last, that need not be computed again."""
        if not only_from_here:
            self.forget(0)
        if self.open:
            self.lines.append(f"  br label %{label}")
        self.lines.append(f"{label}:")
        self.open = True

    def jump(self, label: str) -> None:
        """Ends the block."""
        self.do(f"br label %{label}")
        self.open = False

    def branch(self, condition: Bit, then: str, otherwise: str) -> None:
        """Ends the block with a decision."""
        if isinstance(condition, bool):
            self.jump(then if condition else otherwise)
            return
        self.do(f"br i1 {condition}, label %{then}, label %{otherwise}")
        self.open = False

    def leave(self, value: str = "void") -> None:
        """Returns from the function."""
        self.do(f"ret {value}")
        self.open = False

    def leave_unless(self, condition: Bit, label: str) -> None:
        """Goes to a label if the condition is false."""
        on = self.new_label("on")
        self.branch(condition, on, label)
        self.label(on, only_from_here=True)

    @contextmanager
    def when(self, condition: Bit) -> Iterator[None]:
        """A block that runs only if the condition is true."""
        then, after = self.new_label("then"), self.new_label("after")
        self.branch(condition, then, after)
        mark = len(self.log)
        self.label(then, only_from_here=True)
        yield
        self.forget(mark)
        self.label(after, only_from_here=True)

    @contextmanager
    def loop(self, start: Word, stop: Word) -> Iterator[tuple[str, str, str]]:
        """Runs the block for every index from start to stop - 1; gives the index, and the labels
        that go on with the next one and that leave the loop."""
        index = self.local(start)
        head, again, leave = (self.new_label(hint) for hint in ("loop", "next", "done"))
        body = self.new_label("body")
        mark = len(self.log)
        self.label(head, only_from_here=True)
        here = self.get(index)
        self.branch(self.compare("slt", here, stop), body, leave)
        self.label(body, only_from_here=True)
        yield here, again, leave
        self.forget(mark)
        self.label(again, only_from_here=True)
        self.set(index, self.add(self.get(index), 1))
        self.jump(head)
        self.label(leave, only_from_here=True)
        self.forget(mark)


def _unsigned(word: Word) -> Word:
    """LLVM reads constants of 64 bits with or without sign; one way is easier to read."""
    return word & 2**64 - 1 if isinstance(word, int) and word >= 2**63 else word
