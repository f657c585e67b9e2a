"""The words that generated code and the driver share: one block for each worker, one for the run.

All memory belongs to Python; the code gets the address of a block and finds everything else in it.
A worker expands states into buffers, one for each owner; an owner keeps the states of its share of
the hash values, so that nobody ever waits for a lock and the order of discovery does not depend on
who was faster (see docs/decisions/009).
"""

from __future__ import annotations

from enum import IntEnum


class Block(IntEnum):
    """Places in the block of a worker, in words."""

    # As a worker: what it expands.
    FRONTIER = 0  # numbers of the states of the level, 32 bits each; 0: the level is a range
    ARENAS = 1  # for each owner, where its state number 0 is or would be
    BUFFERS = 2  # for each owner: address, used records, room, records already drained
    TRANSITIONS = 3
    TERMINAL = 4
    FIRED = 5  # transitions of each action
    UNTAKEN = 6  # branches of each action that no step has taken, a bit each
    SIGHTINGS = 7  # of each bad: how often, first state, first transition or key
    FAULTS = 8  # of each check: the same
    STATE = 9  # number of the state that is expanded
    START = 10  # TRANSITIONS when that began
    ROUND = 11  # TRANSITIONS when the round began
    ENLARGE = 12  # called when a buffer is full
    # As an owner: where new states go.
    TABLE = 13
    TABLE_SIZE = 14
    COUNT = 15  # states it has
    ROOM = 16  # states it has room for
    PARENTS = 17
    ORDINALS = 18  # compact runs: which transition of the parent it was
    ARENA = 19  # where new states are written: its state number 0 is or would be there
    OWNER = 20  # its number
    ORDERS = 21  # for each worker, where new states are noted by position in the round; or 0
    WORKER = 22  # whose records are being inserted
    NEWS = 23  # set when something was seen for the first time
    SCRATCH = 24  # room for what is too large for the stack
    BROKEN = 25  # checked builds: how many rules of the layout were broken


BLOCK_WORDS = 26
BUFFER_WORDS = 4
SIGHTING_WORDS = 3


class Control(IntEnum):
    """Places in the block of the run, for the driver of one thread."""

    CURSOR = 0  # position in the level
    LEVEL_END = 1
    DEPTH = 2
    FRONTIER = 3
    NEXT = 4
    NEXT_COUNT = 5
    NEXT_ROOM = 6
    ORDER = 7
    BUDGET = 8  # states still to expand in this slice
    LARGE = 9  # levels of at least so many states are left to the workers
    NEEDY = 10  # the owner that has no room


CONTROL_WORDS = 11


class Status(IntEnum):
    """Why the driver came back."""

    SLICE = 0  # the budget is used up
    DONE = 1  # there is no state left
    ROOM = 2  # an owner has no room
    LEVEL = 3  # a large level begins
    NEXT = 4  # the list of the next level has no room


RECORD_HEADER = 2  # words before a state in a buffer: hash; parent and position in the round
BATCH = 256  # records that are collected before they are inserted
MAX_STATES = 2**32 - 2  # that an entry of the table can number
